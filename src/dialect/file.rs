//! A dialect by its name or its file: the one place where the language meets
//! the disk.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::document::parse;
use super::{Dialect, shipped_names, shipped_text};
use crate::files::regular::open_regular;
use crate::files::suggest_path;
use crate::spec::SpecError;
use crate::text::suggest::nearest;

/// No dialect written by people comes near this.
const MAX_BYTES: u64 = 1 << 20;

/// The dialect that is called so, or that the file of this path describes.
///
/// # Errors
///
/// When there is neither, and as [`parse`].
pub fn load(name_or_path: &str) -> Result<Dialect, SpecError> {
    parse(name_or_path, &text(name_or_path)?)
}

/// All dialects of a folder: its files that end in `.toml`, in the order of their names.
///
/// # Errors
///
/// When it cannot be read or has none, and as [`parse`].
pub fn load_all(folder: &Path) -> Result<Vec<Dialect>, SpecError> {
    let error = |message: String| SpecError::new(folder.display().to_string(), message);
    let entries = std::fs::read_dir(folder).map_err(|fault| {
        error(format!("the folder cannot be read: {}", suggest_path::reported(folder, fault)))
    })?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "toml"));
    files.sort();
    if files.is_empty() {
        return Err(error("there is no file of a dialect, mine.toml, in this folder".to_owned()));
    }
    files.iter().map(|file| load(&file.display().to_string())).collect()
}

/// Its TOML.
///
/// # Errors
///
/// When there is neither.
pub fn text(name_or_path: &str) -> Result<String, SpecError> {
    if let Some(text) = shipped_text(name_or_path) {
        return Ok(text.to_owned());
    }
    let path = Path::new(name_or_path);
    let error = |message: String| SpecError::new(name_or_path, message);
    match read(path) {
        Ok(text) => Ok(text),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {
            let meant = nearest(name_or_path, shipped_names());
            let help = match (meant, suggest_path::meant(path)) {
                (Some(name), _) => format!("did you mean `{name}`? `labctl dialect list` has them all"),
                (None, Some(file)) => suggest_path::did_you_mean(&file),
                (None, None) => {
                    "`labctl dialect list` has all that are known; a path leads to one of your own".to_owned()
                }
            };
            Err(error("there is no dialect of this name, and no such file".to_owned()).with_help(help))
        }
        Err(fault) => Err(error(format!("the file cannot be read: {fault}"))),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 1 MiB, which no dialect is"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))
}
