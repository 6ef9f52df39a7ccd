//! A spec's file: the one place where a spec meets the disk, and where the name of
//! an experiment becomes a spec. Knows no TOML.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::files::file_name::is_plain;
use crate::files::regular::open_regular;
use crate::files::suggest_path;
use crate::spec::changes::changes;
use crate::spec::{Override, Spec, SpecError, document, shipped};

/// The folder of a lab's specs.
pub const EXPERIMENTS: &str = "experiments";

/// No spec written by people comes near this.
const MAX_BYTES: u64 = 1 << 20;

/// The text of a spec, and what errors call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecText {
    pub name: String,
    pub text: String,
}

/// Where a spec is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecPlace {
    File(PathBuf),
    /// In the program.
    Shipped(SpecText),
}

/// Where the spec is that a person named: by its path, or as an experiment. `exp4`,
/// `exp4.toml` and `experiments/exp4.toml` all name an experiment, which is the one
/// in `experiments/`, or else the shipped one.
pub fn find(given: &Path) -> SpecPlace {
    let as_given = || SpecPlace::File(given.to_owned());
    if given.exists() && !given.is_dir() {
        return as_given();
    }
    let Some(name) = experiment_name(given) else { return as_given() };
    let at_home = Path::new(EXPERIMENTS).join(format!("{name}.toml"));
    if at_home.is_file() {
        return SpecPlace::File(at_home);
    }
    shipped::spec(name).map_or_else(as_given, SpecPlace::Shipped)
}

/// The experiment that a path may name.
fn experiment_name(given: &Path) -> Option<&str> {
    let given = given.strip_prefix(".").unwrap_or(given);
    let name = given.strip_prefix(EXPERIMENTS).unwrap_or(given).to_str()?;
    Some(name.strip_suffix(".toml").unwrap_or(name)).filter(|name| is_plain(name))
}

/// The files of specs in `experiments/`, in the order of their names; none where
/// there is no such folder.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn files_here() -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(EXPERIMENTS) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    Ok(files)
}

/// Reads the spec that is named by `path`, with `overrides` laid over it. Where they
/// change what its runs come to, `why` lists that: what the file says of its
/// purpose was said of other settings.
///
/// # Errors
///
/// As [`read`] and [`document::parse`].
pub fn load(path: &Path, overrides: &[Override]) -> Result<Spec, SpecError> {
    let SpecText { name, text } = read(path)?;
    let spec = document::parse(&name, &text, overrides)?;
    // A file that cannot be read without overrides has nothing to be compared with.
    let own = if overrides.is_empty() { None } else { document::parse(&name, &text, &[]).ok() };
    let changes = own.map(|own| changes(&own, &spec)).unwrap_or_default();
    Ok(if changes.is_empty() {
        spec
    } else {
        Spec { why: format!("Changed: {}.", changes.join(", ")), ..spec }
    })
}

/// The text of the spec that is named by `given`, as [`find`] finds it.
///
/// # Errors
///
/// When there is no such spec, or when it is no text of at most 1 MiB.
pub fn read(given: &Path) -> Result<SpecText, SpecError> {
    let path = match find(given) {
        SpecPlace::File(path) => path,
        SpecPlace::Shipped(spec) => return Ok(spec),
    };
    let name = path.display().to_string();
    match text(&path) {
        Ok(text) => Ok(SpecText { name, text }),
        Err(fault) if path.exists() => Err(SpecError::new(name, fault)),
        Err(fault) => Err(SpecError::new(name, fault).with_help(advice(&path))),
    }
}

/// What to do about a path that leads nowhere.
fn advice(path: &Path) -> String {
    let named = || experiment_name(path).and_then(shipped::nearest).map(PathBuf::from);
    match meant(path).or_else(named) {
        Some(meant) => suggest_path::did_you_mean(&meant),
        None => "`labctl list --experiments` shows what can be run by its name".to_owned(),
    }
}

/// The spec that was most likely meant by a path that leads nowhere: its ending
/// or its folder may be left out, too.
fn meant(path: &Path) -> Option<PathBuf> {
    let whole = path.with_extension("toml");
    let at_home = Path::new(EXPERIMENTS).join(whole.file_name()?);
    let is_spec = |path: &PathBuf| path.is_file();
    let exact = [&whole, &at_home].into_iter().find(|path| is_spec(path)).cloned();
    exact
        .or_else(|| [&whole, &at_home].into_iter().find_map(|path| suggest_path::meant(path).filter(is_spec)))
}

/// The file's text, or what is wrong with it.
fn text(path: &Path) -> Result<String, String> {
    if path.is_dir() {
        return Err("this is a folder, not a spec; name a `.toml` file in it".to_owned());
    }
    let bytes = read_bytes(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("the file is larger than 1 MiB, which no spec is".to_owned());
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("the file is not UTF-8 text: byte {}", error.utf8_error().valid_up_to()))?;
    if text.trim().is_empty() {
        return Err(
            "the file is empty; a spec needs at least a `name`, a `duration` and two machines".to_owned()
        );
    }
    Ok(text)
}

/// At most one byte too many, however large the file.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, bytes).unwrap();
        let error = load(&path, &[]).unwrap_err();
        assert_eq!(error.source_name(), path.display().to_string());
        error.to_string()
    }

    #[test]
    fn a_missing_file_is_said_to_be_missing() {
        let error = load(Path::new("no/such.toml"), &[]).unwrap_err();
        assert_eq!(error.message(), "there is no such file");
        assert!(error.to_string().contains("no/such.toml"), "{error}");
    }

    #[test]
    fn a_folder_is_no_spec() {
        let folder = tempfile::tempdir().unwrap();
        let error = load(folder.path(), &[]).unwrap_err();
        assert!(error.message().contains("folder"), "{error}");
    }

    #[test]
    fn an_empty_file_is_told_what_a_spec_needs() {
        for bytes in [b"".as_slice(), b" \n\n"] {
            assert!(error_of(bytes).contains("`duration`"));
        }
    }

    #[test]
    fn what_is_not_utf8_is_refused_with_the_byte() {
        assert!(error_of(b"name = \"\xff\"").contains("not UTF-8 text: byte 8"));
    }

    #[test]
    fn ten_megabytes_of_noise_are_refused_for_their_size() {
        assert!(error_of(&vec![0xa5; 10 << 20]).contains("larger than 1 MiB"));
    }

    #[test]
    fn errors_in_the_text_name_the_path() {
        assert!(error_of(b"name = 3\n").contains("x.toml:1:8"));
    }
}
