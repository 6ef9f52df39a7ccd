//! Logs that are packed, read as what they hold.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// The first bytes of such a file.
pub(super) const GZIP: &[u8] = b"\x1f\x8b";
/// No log is this large where its packed file is not larger than memory.
const BYTES_MAX: u64 = 256 << 20;

/// What a log holds that is packed by gzip.
pub(super) fn unpacked<R: Read>(packed: R, packed_bytes: u64) -> Unpacked<MultiGzDecoder<R>> {
    Unpacked::new(MultiGzDecoder::new(packed), packed_bytes)
}

/// What is unpacked, up to a bound: a small file may hold more than fits anywhere.
pub(super) struct Unpacked<R> {
    input: R,
    left: u64,
    most: u64,
    packed_bytes: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if room == 0 && !buffer.is_empty() {
            return if self.input.read(&mut [0])? == 0 { Ok(0) } else { Err(self.too_large()) };
        }
        let read = self.input.read(&mut buffer[..room])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl<R> Unpacked<R> {
    pub(super) fn new(input: R, packed_bytes: u64) -> Unpacked<R> {
        Unpacked { input, left: BYTES_MAX, most: BYTES_MAX, packed_bytes }
    }

    /// No more than it is said to hold.
    pub(super) fn up_to(self, most: u64) -> Unpacked<R> {
        let most = most.min(self.most);
        Unpacked { left: most, most, ..self }
    }

    fn too_large(&self) -> io::Error {
        let Unpacked { most, packed_bytes, .. } = self;
        io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!(
                "its {packed_bytes} bytes unpack to more than {most}, which is refused; if it is a log, unpack it \
                 first"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_unpacks_to_more_than_the_bound_is_refused_with_its_size() {
        let read = |most: u64| {
            let mut text = Vec::new();
            let mut input = Unpacked { input: &b"12345"[..], left: most, most, packed_bytes: 2 };
            input.read_to_end(&mut text).map(|_| text)
        };
        assert_eq!(read(6).unwrap(), b"12345");
        assert_eq!(read(5).unwrap(), b"12345");
        let refused = read(4).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::FileTooLarge);
        assert!(refused.to_string().starts_with("its 2 bytes unpack to more than 4"), "{refused}");
    }
}
