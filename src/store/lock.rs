//! Who makes a run holds its folder locked, so that others can tell a run that
//! is going on from one whose process is there no more, however it went.

use std::fs::{File, TryLockError};
use std::path::Path;

/// Locks a folder for as long as what is given is kept; the system unlocks it
/// when the process ends. `None` where folders cannot be locked.
pub(super) fn hold(folder: &Path) -> Option<File> {
    let lock = File::open(folder).ok()?;
    lock.try_lock().ok().map(|()| lock)
}

/// Takes a folder whose maker is there no more; `None` where he still holds it.
///
/// # Errors
///
/// It is unknown: the folder cannot be opened, or folders cannot be locked here.
pub(super) fn take(folder: &Path) -> std::io::Result<Option<File>> {
    let lock = File::open(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a process on this host holds the folder.
pub fn is_held(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder) else { return false };
    // Those who only ask do not shut each other out.
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_as_long_as_its_lock_and_under_any_name() {
        let root = tempfile::tempdir().unwrap();
        let (before, after) = (root.path().join("before"), root.path().join("after"));
        std::fs::create_dir(&before).unwrap();
        assert!(!is_held(&before));
        let lock = hold(&before).expect("a folder that can be locked");
        assert!(is_held(&before) && is_held(&before) && hold(&before).is_none());
        std::fs::rename(&before, &after).unwrap();
        assert!(is_held(&after) && !is_held(&before));
        drop(lock);
        assert!(!is_held(&after));
    }
}
