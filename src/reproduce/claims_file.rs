//! Where claims and the specs that they name come from: files, or what is shipped.

use std::io;
use std::path::Path;

use super::claims::{self, Claims};
use super::notebook;
use crate::files::regular::read_regular;
use crate::files::suggest_path;
use crate::spec::{self, Override, SpecError, SpecText, shipped};

/// No claims written by people come near this.
const BYTES_MAX: u64 = 16 << 20;

/// Reads a file of claims, or the lab notebook's where none is named; `typed` is
/// laid over every spec. Specs lie beside the file.
pub fn read(path: Option<&Path>, typed: &[Override]) -> Result<Claims, SpecError> {
    let Some(path) = path else {
        let find = |name: &str| find(name, Path::new("."));
        return claims::parse(notebook::CLAIMS_NAME, notebook::CLAIMS, typed, &find);
    };
    let name = path.display().to_string();
    let text = read_regular(path, BYTES_MAX)
        .and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other))
        .map_err(|error| suggest_path::reported(path, error))
        .map_err(|error| SpecError::new(&name, format!("these claims cannot be read: {error}")))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    claims::parse(&name, &text, typed, &|name| find(name, folder))
}

/// A shipped spec by its name, or a file's by its path from `folder`.
fn find(name: &str, folder: &Path) -> Result<SpecText, String> {
    if let Some(shipped) = shipped::spec(name) {
        return Ok(shipped);
    }
    let path = folder.join(name);
    if !path.exists() {
        let names: Vec<&str> = shipped::names().collect();
        let advice = shipped::nearest(name).map_or_else(
            || format!("the shipped ones are {}", names.join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        let path = path.display();
        return Err(format!(
            "names neither a shipped experiment nor a file, as there is no {path}; {advice}"
        ));
    }
    spec::read(&path).map_err(|error| format!("names a file that is no spec: {}", error.message()))
}
