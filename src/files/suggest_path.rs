//! A path that leads nowhere, and the one that was most likely meant.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::text::suggest::nearest;

/// What lies at a path that a person named; links are followed.
///
/// # Errors
///
/// It cannot be seen. Where nothing is there, the error offers what was meant.
pub fn metadata(path: &Path) -> io::Result<Metadata> {
    fs::metadata(path).map_err(|error| reported(path, error))
}

/// The error that came of `path`; where nothing is there, with what was meant.
pub fn reported(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::NotFound {
        return error;
    }
    let nothing = match path.is_symlink() {
        true => "this link leads nowhere",
        false => "there is no such file or folder",
    };
    let advice = meant(path).map_or_else(String::new, |meant| format!("; {}", did_you_mean(&meant)));
    io::Error::new(error.kind(), format!("{nothing}{advice}"))
}

/// The question, as every refusal asks it.
pub fn did_you_mean(path: &Path) -> String {
    format!("did you mean `{}`?", path.display())
}

/// The path that is there and most like one that is not: each part that is
/// missing stands for the name most like it in the folder before it. It ends
/// before a part that nothing is like.
pub fn meant(path: &Path) -> Option<PathBuf> {
    let (mut found, mut is_mended) = (PathBuf::new(), false);
    for part in path {
        let exact = found.join(part);
        if exact.exists() {
            found = exact;
            continue;
        }
        match nearest_in(&found, &part.to_string_lossy()) {
            Some(name) => (found, is_mended) = (found.join(name), true),
            None => break,
        }
    }
    is_mended.then_some(found)
}

/// Names of one ending are compared without it, as it makes any two alike.
fn nearest_in(folder: &Path, given: &str) -> Option<String> {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    let (stem, ending) = given.rfind('.').map_or((given, ""), |dot| given.split_at(dot));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let there = entries.filter(|entry| entry.path().exists());
    let names = there.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    let without = |name: &'_ String| name.strip_suffix(ending).unwrap_or(name).len();
    let meant = nearest(stem, names.iter().map(|name| &name[..without(name)]))?;
    names.iter().find(|name| name[..without(name)] == *meant).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_part_is_mended_as_far_as_something_is_like_it() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for file in ["results/exp4/sample/log_1.txt", "results/exp4/latest/log_1.txt", "specs/a.toml"] {
            fs::create_dir_all(at(file).parent().unwrap()).unwrap();
            fs::write(at(file), "").unwrap();
        }
        for (given, expected) in [
            ("results/exp4/lates", Some("results/exp4/latest")),
            ("results/exp4/lates/log_1.txt", Some("results/exp4/latest/log_1.txt")),
            ("reslts/exp/sampel", Some("results/exp4/sample")),
            ("reslts/nothing/alike", Some("results")),
            ("results/exp4/latest/log_1.txt/below", None),
            ("results/exp4/gone", None),
            // Only their endings are alike.
            ("specs/b.toml", None),
            ("specs/a", Some("specs/a.toml")),
        ] {
            assert_eq!(meant(&at(given)), expected.map(at), "{given}");
        }
    }

    #[test]
    fn only_what_is_not_there_is_told_anew() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("latest")).unwrap();
        let error = metadata(&root.path().join("lates")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let meant = root.path().join("latest");
        let expected = format!("there is no such file or folder; did you mean `{}`?", meant.display());
        assert_eq!(error.to_string(), expected);
        let other = reported(root.path(), io::Error::other("the disk is on fire"));
        assert_eq!(other.to_string(), "the disk is on fire");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_not_offered() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("latest");
        std::os::unix::fs::symlink("gone", &link).unwrap();
        assert_eq!(metadata(&link).unwrap_err().to_string(), "this link leads nowhere");
    }
}
