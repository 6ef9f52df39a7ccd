//! Files that may be logs, in folders and in ZIP files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::dialect::Dialect;
use crate::dialect::detection::Sample;
use crate::dialect::file_names::{looks_like_a_log, unpacked};
use crate::files::suggest_path;
use crate::log::{files_in_zip, is_zip, open_log, zip_of};
use crate::read::passed_over::is_hidden;
use crate::read::runs_error::RunsError;

/// Bytes of a log that a sample has.
const SAMPLE_BYTES: u64 = 64 * 1024;
/// Parts of a path that a sample keeps.
const SAMPLE_PARTS: usize = 4;
/// Folders within folders, before they are taken for a mistake.
const DEPTH_MAX: usize = 32;

/// The files at or below `paths` that may be logs; a file that is named is one.
pub fn log_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, RunsError> {
    let mut found = Vec::new();
    for path in paths {
        match files_below(path)? {
            Some(below) => found.extend(below.into_iter().filter(|path| looks_like_a_log(path))),
            None => found.push(path.clone()),
        }
    }
    Ok(found)
}

/// All files below a folder or in a ZIP file, in order; `None` of any other file.
pub(super) fn files_below(path: &Path) -> Result<Option<Vec<PathBuf>>, RunsError> {
    let on_disk = zip_of(path).map_or(path, |(zip, _)| zip);
    let failed = |source| RunsError::Read { path: path.to_owned(), source };
    let metadata = suggest_path::metadata(on_disk).map_err(failed)?;
    if metadata.is_file() && is_zip(path) {
        return in_zip(path).map(Some).map_err(failed);
    } else if metadata.is_file() {
        return Ok(None);
    } else if !metadata.is_dir() {
        return Err(RunsError::NoFile { path: path.to_owned() });
    }
    let mut files = Vec::new();
    walk(path, DEPTH_MAX, &mut files)?;
    Ok(Some(files))
}

/// Files beside those of a run, as far down as its logs lie below its folder.
pub(super) fn files_beside(path: &Path, parts: usize) -> Result<Vec<PathBuf>, RunsError> {
    let folder = run_folder(path, parts);
    let Some((zip, _)) = zip_of(path) else {
        let mut files = Vec::new();
        walk(&folder, parts, &mut files)?;
        return Ok(files);
    };
    let failed = |source| RunsError::Read { path: path.to_owned(), source };
    let mut files = in_zip(zip).map_err(failed)?;
    files.retain(|file| run_folder(file, parts) == folder);
    Ok(files)
}

/// Whether a file is named as the logs of a dialect are.
pub fn is_named_as(dialect: &Dialect, file: &Path) -> bool {
    dialect.files.fits(&last_parts(file, dialect.files.parts))
}

/// The beginning of a log, whole lines of it.
pub fn read_sample(path: &Path) -> Result<Sample, RunsError> {
    let failed = |source| RunsError::Read { path: path.to_owned(), source };
    let mut text = Vec::new();
    open_log(path).map_err(failed)?.take(SAMPLE_BYTES).read_to_end(&mut text).map_err(failed)?;
    if text.len() as u64 == SAMPLE_BYTES {
        text.truncate(memchr::memrchr(b'\n', &text).map_or(text.len(), |at| at + 1));
    }
    Ok(Sample { path: last_parts(path, SAMPLE_PARTS), text })
}

/// All files at or below a folder, in order; links below it are not followed.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), RunsError> {
    let failed = |source| RunsError::Read { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !is_hidden(&entry.file_name()) {
            entries.push((entry.path(), entry.file_type().map_err(failed)?));
        }
    }
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    // What is there as it was before it was packed, is read once.
    let bare: BTreeSet<PathBuf> = entries.iter().map(|(path, _)| path.clone()).collect();
    entries.retain(|(path, _)| unpacked(path) == *path || !bare.contains(&unpacked(path)));
    for (path, kind) in entries {
        if kind.is_file() && is_zip(&path) {
            // What is none, or cannot be read, holds no logs.
            found.extend(in_zip(&path).unwrap_or_default());
        } else if kind.is_file() {
            found.push(path);
        } else if kind.is_dir() && depth > 1 {
            walk(&path, depth - 1, found)?;
        }
    }
    Ok(())
}

/// The files in a ZIP file, without those that are hidden in it.
fn in_zip(zip: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = files_in_zip(zip)?;
    let within = |file: &Path| file.strip_prefix(zip).map(Path::to_owned).unwrap_or_default();
    files.retain(|file| !within(file).components().any(|part| is_hidden(part.as_os_str())));
    Ok(files)
}

/// Where a file or folder really is, also within a ZIP file.
pub(super) fn real_path(path: &Path) -> Result<PathBuf, RunsError> {
    let real = match zip_of(path) {
        Some((zip, within)) => zip.canonicalize().map(|zip| zip.join(within)),
        None => path.canonicalize(),
    };
    real.map_err(|source| RunsError::Read { path: path.to_owned(), source })
}

/// The end of a path, as it is without the packing of the file.
pub(super) fn last_parts(path: &Path, count: usize) -> String {
    let path = unpacked(path);
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts[parts.len().saturating_sub(count)..].join("/")
}

/// The folder that so many parts of the path lie below.
pub(super) fn run_folder(path: &Path, parts: usize) -> PathBuf {
    let folder = path.ancestors().nth(parts).unwrap_or(Path::new(""));
    if folder == Path::new("") { PathBuf::from(".") } else { folder.to_owned() }
}
