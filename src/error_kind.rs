//! What kind of failure an error is: an error says so itself, wherever it ends up.

use std::io;

/// Who can mend what failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The user has named what cannot be taken: a spec with a fault, a path that
    /// leads nowhere, or to something else than is asked for.
    Usage,
    /// Something that is there could not be read, made or written.
    Failed,
}

/// An error that says what kind it is.
pub trait HasKind {
    fn kind(&self) -> ErrorKind;
}

impl ErrorKind {
    /// Of a path that was named and cannot be read.
    pub fn of_path(error: &io::Error) -> ErrorKind {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ErrorKind::Usage,
            _ => ErrorKind::Failed,
        }
    }
}
