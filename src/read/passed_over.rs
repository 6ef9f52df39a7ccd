//! Names that are passed over: hidden, packed, or of no machine.

use std::ffi::OsStr;
use std::path::Path;

/// Whether a file is an archive, by its name.
pub fn is_packed(path: &Path) -> bool {
    const ARCHIVES: [&str; 9] = ["zip", "gz", "tgz", "bz2", "xz", "zst", "tar", "7z", "rar"];
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| ARCHIVES.contains(&extension.as_str()))
}

/// Whether a file is a log by its name that is not read as one: packed, as
/// `log_3.txt.gz`, or under a number that no machine has, as `log_0.txt` and
/// `log_01.txt`.
pub(super) fn is_log_passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let Some(rest) = name.strip_prefix("log_") else { return false };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < rest.len() && (after == ".txt" || after.starts_with('.') && is_packed(path))
}

/// Whether a name is passed over: hidden, as the folder in which a sweep makes
/// its runs, or what macOS packs beside the files of an archive.
pub fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "__MACOSX"
}
