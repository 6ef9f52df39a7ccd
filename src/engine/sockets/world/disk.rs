//! A file that outlives its process.

use std::io::{self, ErrorKind, Write};

use super::dice::Shared;
use super::planted::Planted;

/// Takes no more once its process is killed.
#[derive(Default)]
pub struct Disk {
    pub bytes: Vec<u8>,
    pub room: Option<usize>,
    pub is_frozen: bool,
    pub planted: Option<Planted>,
    /// What a planted fault keeps from the file.
    pub kept_back: Vec<u8>,
}

pub struct Written(pub Shared<Disk>);

/// Lines that a planted fault leaves in memory.
const KEPT_BACK_BYTES: usize = 4096;

impl Disk {
    fn take(&mut self, bytes: &[u8]) {
        let (keeps, most) = match self.planted {
            Some(Planted::LineAfterMessage) => (true, 0),
            Some(Planted::LinesStayInMemory) => (true, KEPT_BACK_BYTES),
            _ => (false, 0),
        };
        if !keeps {
            self.bytes.extend(bytes);
        } else if self.kept_back.len() > most {
            self.bytes.append(&mut self.kept_back);
            self.kept_back.extend(bytes);
        } else {
            self.kept_back.extend(bytes);
        }
    }

    /// Its process ends in order.
    pub fn close(&mut self) {
        self.bytes.append(&mut self.kept_back);
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.borrow_mut();
        if disk.is_frozen {
            return Ok(bytes.len());
        }
        let room = disk.room.map_or(bytes.len(), |room| room.saturating_sub(disk.bytes.len()));
        if room == 0 && !bytes.is_empty() {
            return Err(ErrorKind::StorageFull.into());
        }
        let taken = room.min(bytes.len());
        disk.take(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
