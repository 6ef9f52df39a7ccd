//! Logs of small runs in memory, to be read more than once.

use std::io::{self, Read};
use std::path::Path;

use crate::log::{open_log, read_small_log};
use crate::read::ReadError;
use crate::read::run_path::RunPath;

/// The logs of a small run, held in memory to be read more than once; of any
/// other run none.
#[derive(Debug, Default)]
pub struct Texts(Vec<Vec<u8>>);

impl Texts {
    /// Reads the logs of a run, if they are small.
    pub fn of(run: &RunPath) -> Result<Texts, ReadError> {
        const BYTES_MAX: u64 = 1 << 18;
        let mut texts = Vec::new();
        for path in run.logs.iter().filter(|_| run.log_bytes() <= BYTES_MAX) {
            match read_small_log(path, BYTES_MAX) {
                Ok(text) => texts.push(text),
                // It has grown since.
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return Ok(Texts::default()),
                Err(source) => return Err(ReadError::Log { path: path.clone(), source }),
            }
        }
        Ok(Texts(texts))
    }

    pub(super) fn open(&self, number: usize, path: &Path) -> io::Result<Box<dyn Read + '_>> {
        match self.0.get(number) {
            Some(text) => Ok(Box::new(&text[..])),
            None => Ok(Box::new(open_log(path)?)),
        }
    }
}
