//! What clocks cost on the wire: the bytes that each puts into a message.

use super::Step;
use crate::history::History;
use crate::model::event::Kind;

/// How a clock is written into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// A Lamport clock as the machines here send it: `clock:83` and a line break.
    LamportLine,
    /// A Lamport clock, seven bits a byte (LEB128).
    LamportVarint,
    /// A Lamport clock in eight bytes.
    LamportFixed,
    /// A vector clock, an entry a machine in a known order, seven bits a byte.
    VectorVarint,
    /// A hybrid logical clock: 48 bits of physical time and 16 of its counter
    /// (Kulkarni et al., 2014).
    Hybrid,
}

impl Encoding {
    /// In the order in which they are reported.
    pub const ALL: [Encoding; 5] = [
        Encoding::LamportLine,
        Encoding::LamportVarint,
        Encoding::LamportFixed,
        Encoding::VectorVarint,
        Encoding::Hybrid,
    ];

    /// The clock that is written.
    pub fn clock(self) -> &'static str {
        match self {
            Encoding::LamportLine | Encoding::LamportVarint | Encoding::LamportFixed => "Lamport",
            Encoding::VectorVarint => "vector",
            Encoding::Hybrid => "hybrid",
        }
    }

    /// How it is written, in words.
    pub fn written_as(self) -> &'static str {
        match self {
            Encoding::LamportLine => "line, as sent here",
            Encoding::LamportVarint => "varint",
            Encoding::LamportFixed | Encoding::Hybrid => "8 bytes",
            Encoding::VectorVarint => "a varint a machine",
        }
    }

    /// The bytes of an event's clock in a run of `machines`. A vector's
    /// entries for machines whose logs are not here are taken to be 0.
    fn bytes(self, lamport: u64, vector: &[u32], machines: u32) -> u64 {
        match self {
            Encoding::LamportLine => {
                "clock:\n".len() as u64 + u64::from(lamport.checked_ilog10().unwrap_or(0)) + 1
            }
            Encoding::LamportVarint => varint_bytes(lamport),
            Encoding::LamportFixed | Encoding::Hybrid => 8,
            Encoding::VectorVarint => {
                let known: u64 = vector.iter().map(|entry| varint_bytes(u64::from(*entry))).sum();
                known + u64::from(machines).saturating_sub(vector.len() as u64)
            }
        }
    }
}

/// The length of a number in LEB128.
fn varint_bytes(number: u64) -> u64 {
    u64::from((u64::BITS - number.leading_zeros()).div_ceil(7).max(1))
}

/// The bytes of one encoding over all messages of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StampSize {
    pub messages: u64,
    pub bytes: u64,
    pub largest: u64,
}

impl StampSize {
    /// Bytes a message; `None` without messages.
    pub fn mean(&self) -> Option<f64> {
        (self.messages > 0).then(|| self.bytes as f64 / self.messages as f64)
    }
}

/// Sizes by [`Encoding::ALL`], counted while vector clocks are replayed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StampSizes(pub [StampSize; Encoding::ALL.len()]);

impl StampSizes {
    /// A SEND makes as many messages as it reaches machines; one, where its log
    /// does not say whom.
    pub fn see(&mut self, history: &History, step: &Step, vector: &[u32]) {
        let machine = &history.machines()[step.place];
        if machine.kind(step.event.index) != Kind::Send {
            return;
        }
        let recipients = machine.to(step.event.index);
        let machines = history.machine_count();
        let messages = recipients.map_or(1, |to| to.count(machines));
        let lamport = machine.clock(step.event.index);
        for (size, encoding) in self.0.iter_mut().zip(Encoding::ALL) {
            let bytes = encoding.bytes(lamport, vector, machines);
            // A header may state any number of machines.
            size.messages = size.messages.saturating_add(messages);
            size.bytes = size.bytes.saturating_add(bytes.saturating_mul(messages));
            size.largest = size.largest.max(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_bytes_of_their_encoding() {
        for (number, varint, line) in [
            (0, 1, 8),
            (1, 1, 8),
            (99, 1, 9),
            (127, 1, 10),
            (128, 2, 10),
            (16_383, 2, 12),
            (16_384, 3, 12),
            (u64::MAX, 10, 27),
        ] {
            assert_eq!(varint_bytes(number), varint, "{number}");
            assert_eq!(Encoding::LamportLine.bytes(number, &[], 3), line, "{number}");
            assert_eq!(format!("clock:{number}\n").len() as u64, line);
        }
        assert_eq!(Encoding::VectorVarint.bytes(1, &[0, 127, 128, 70_000], 4), 1 + 1 + 2 + 3);
        assert_eq!(StampSize::default().mean(), None);
    }
}
