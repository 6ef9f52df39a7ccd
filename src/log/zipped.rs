//! Logs in a ZIP file, each under a path below it: `theirs.zip/run_1/vm_1.log`.
//!
//! As PKWARE's APPNOTE 6.3.10 has it, without what no log needs: several disks, more
//! than 4 GiB, or encryption.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use flate2::read::DeflateDecoder;

use super::packed::Unpacked;
use crate::files::regular::open_regular;

/// More files, or longer lists of them, are in no hand-in.
const FILES_MAX: u16 = 2_000;
const LIST_BYTES_MAX: u32 = 16 << 20;
/// Of all files together, unpacked.
const BYTES_MAX: u64 = 1 << 30;
const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL: &[u8; 4] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// A file within.
struct Entry {
    name: String,
    is_encrypted: bool,
    method: u16,
    packed_bytes: u32,
    bytes: u32,
    at: u32,
}

/// Whether a file is packed so, by its name.
pub fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// The ZIP file that a path leads into, and the path within.
pub fn zip_of(path: &Path) -> Option<(&Path, &Path)> {
    let zip = path.ancestors().skip(1).find(|above| is_zip(above) && above.is_file())?;
    Some((zip, path.strip_prefix(zip).ok()?))
}

/// The paths of the files in a ZIP file, below its own, in order.
///
/// # Errors
///
/// It cannot be read, or is none.
pub fn files_in_zip(zip: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries(&mut open_regular(zip)?)? {
        let within = Path::new(&entry.name);
        let is_below = within.components().all(|part| matches!(part, Component::Normal(_)));
        if is_below && !entry.name.ends_with('/') {
            paths.push(zip.join(within));
        }
    }
    paths.sort();
    Ok(paths)
}

/// Opens a file in a ZIP file.
pub(super) fn open_in_zip(zip: &Path, within: &Path) -> io::Result<Box<dyn Read + Send>> {
    let mut file = open_regular(zip)?;
    let entry = entries(&mut file)?.into_iter().find(|entry| Path::new(&entry.name) == within);
    let entry = entry.ok_or(io::ErrorKind::NotFound)?;
    if entry.is_encrypted {
        return Err(invalid("it is encrypted; unpack it first"));
    }
    file.seek(SeekFrom::Start(entry.at.into()))?;
    let mut local = [0; LOCAL_BYTES];
    file.read_exact(&mut local)?;
    if !local.starts_with(LOCAL) {
        return Err(invalid("its ZIP file is damaged"));
    }
    let behind = i64::from(number(&local, 26)) + i64::from(number(&local, 28));
    file.seek(SeekFrom::Current(behind))?;
    let packed = file.take(entry.packed_bytes.into());
    match entry.method {
        STORED => Ok(Box::new(packed)),
        DEFLATED => Ok(Box::new(
            Unpacked::new(DeflateDecoder::new(packed), entry.packed_bytes.into()).up_to(entry.bytes.into()),
        )),
        _ => Err(invalid("it is packed in a way that is not known here; unpack it first")),
    }
}

/// The list at the end of a ZIP file.
fn entries(file: &mut File) -> io::Result<Vec<Entry>> {
    /// A comment may follow the end of the list.
    const COMMENT_BYTES_MAX: u64 = u16::MAX as u64;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END_BYTES as u64 + COMMENT_BYTES_MAX)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = tail.windows(END_BYTES).rposition(|window| window.starts_with(END));
    let end = end.map(|at| &tail[at..at + END_BYTES]).ok_or_else(|| invalid("it is no ZIP file"))?;
    let (count, bytes, at) = (number(end, 10), long(end, 12), long(end, 16));
    if count > FILES_MAX || bytes > LIST_BYTES_MAX {
        return Err(invalid("it holds more files than any logs are; unpack it first"));
    }
    file.seek(SeekFrom::Start(at.into()))?;
    let mut list = Vec::new();
    file.take(bytes.into()).read_to_end(&mut list)?;
    let (mut entries, mut rest) = (Vec::new(), &list[..]);
    while rest.len() >= ENTRY_BYTES && rest.starts_with(ENTRY) && entries.len() < count.into() {
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(number(rest, at)));
        let Some(text) = rest.get(ENTRY_BYTES..ENTRY_BYTES + name) else { break };
        entries.push(Entry {
            name: String::from_utf8_lossy(text).into_owned(),
            is_encrypted: number(rest, 8) & 1 == 1,
            method: number(rest, 10),
            packed_bytes: long(rest, 20),
            bytes: long(rest, 24),
            at: long(rest, 42),
        });
        rest = rest.get(ENTRY_BYTES + name + extra + comment..).unwrap_or_default();
    }
    let bytes: u64 = entries.iter().map(|entry: &Entry| u64::from(entry.bytes)).sum();
    if bytes > BYTES_MAX {
        return Err(invalid(format!(
            "its {length} bytes unpack to {bytes}, which is refused; unpack it first"
        )));
    }
    Ok(entries)
}

fn number(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from(number(bytes, at)) | u32::from(number(bytes, at + 2)) << 16
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}
