//! Opening files that others made: regular files alone. A pipe that nobody
//! writes to, or a device without an end, would be waited for for ever.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::platform::never_wait;

/// Opens a regular file, or a link to one, to read it. Never waits.
///
/// # Errors
///
/// It cannot be opened, or is a folder, a pipe, a device or a socket.
pub fn open_regular(path: &Path) -> io::Result<File> {
    open_known(path).map(|(file, _)| file)
}

/// The same, with what is known of it.
fn open_known(path: &Path) -> io::Result<(File, Metadata)> {
    // Merely to open some devices does something; a second look follows, for
    // the path may lead elsewhere by then.
    check(&path.metadata()?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    never_wait(&mut options);
    let file = options.open(path)?;
    let found = file.metadata()?;
    check(&found)?;
    Ok((file, found))
}

/// All bytes of a regular file that is no larger than `bytes_max`.
///
/// # Errors
///
/// As [`open_regular`], or it is larger.
pub fn read_regular(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    read_known(path, bytes_max).map(|(bytes, _)| bytes)
}

/// The same, with what is known of the file.
///
/// # Errors
///
/// As [`read_regular`].
pub fn read_known(path: &Path, bytes_max: u64) -> io::Result<(Vec<u8>, Metadata)> {
    const ROOM_MAX: u64 = 1 << 20;
    let (file, found) = open_known(path)?;
    // One byte more, for the end to be found without more room.
    let mut bytes = Vec::with_capacity(found.len().min(bytes_max).min(ROOM_MAX) as usize + 1);
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is larger than {bytes_max} bytes"),
        ));
    }
    Ok((bytes, found))
}

fn check(found: &Metadata) -> io::Result<()> {
    if found.is_file() {
        Ok(())
    } else if found.is_dir() {
        Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"))
    } else {
        let what = "it is a pipe, a device or a socket, and only files are read";
        Err(io::Error::new(io::ErrorKind::InvalidInput, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_files_and_links_to_files_are_opened() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::write(at("file"), "x").unwrap();
        std::os::unix::fs::symlink("file", at("link")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("endless")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RWXU).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (name, is_opened) in
            [("file", true), ("link", true), ("endless", false), ("pipe", false), ("socket", false)]
        {
            assert_eq!(open_regular(&at(name)).is_ok(), is_opened, "{name}");
        }
        assert_eq!(open_regular(root.path()).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(read_regular(&at("file"), 1).unwrap(), b"x");
        assert!(read_regular(&at("file"), 0).is_err());
    }
}
