//! One direction of a connection: tears writes and reads, fills, hangs, breaks.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};

use super::dice::{Dice, Shared};
use super::plan::Word;
use super::planted::Planted;
use crate::engine::sockets::ear::Ear;
use crate::engine::sockets::link::Connection;
use crate::engine::sockets::pace::MonotonicTime;
use crate::engine::sockets::visitor::Visitor;
use crate::model::event::MachineId;

/// What a read is heard by.
pub enum Listener {
    /// A stranger, or what is closed.
    Nobody,
    /// Somebody at the acceptor, under this number.
    Visitor {
        visitor: Visitor,
        number: u64,
    },
    /// A machine that is let in and is being sent its welcome.
    Welcomed {
        peer: MachineId,
        welcome: Vec<u8>,
        rest: Vec<u8>,
        until: MonotonicTime,
    },
    /// The dialer at this place among its machine's.
    Dialer(usize),
    Ear(Ear),
}

pub struct Pipe {
    /// Machines by their places; whoever comes after them is a stranger.
    pub from: usize,
    pub to: usize,
    /// The other direction of the same connection.
    pub twin: Option<usize>,
    pub bytes: VecDeque<u8>,
    pub capacity: usize,
    /// No write succeeds any more.
    pub is_reset: bool,
    /// Closes when all is read.
    pub closes: bool,
    /// Its reader knows that it was reset or has closed.
    pub is_reported: bool,
    /// Messages that were in it when it was reset.
    pub lost: u64,
    pub stuck_until: MonotonicTime,
    /// The last word of a hand-shake that was said here.
    pub word: Option<Word>,
    /// Of each whole line in it, whether it is a message.
    lines: VecDeque<bool>,
    /// How the line begins that is being written.
    begins: Option<u8>,
}

impl Pipe {
    pub fn new(from: usize, to: usize, capacity: usize) -> Pipe {
        Pipe {
            from,
            to,
            twin: None,
            bytes: VecDeque::new(),
            capacity,
            is_reset: false,
            closes: false,
            is_reported: false,
            lost: 0,
            stuck_until: MonotonicTime::at_ns(0),
            word: None,
            lines: VecDeque::new(),
            begins: None,
        }
    }

    /// Messages in it, or of which the last byte is.
    pub fn messages(&self) -> u64 {
        self.lines.iter().filter(|is_message| **is_message).count() as u64
    }

    pub fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let begins = *self.begins.get_or_insert(*byte);
            if *byte == b'\n' {
                self.lines.push_back(begins == b'c');
                self.begins = None;
            }
        }
        self.bytes.extend(bytes);
    }

    /// Takes out the first `size` bytes.
    pub fn take(&mut self, size: usize) -> Vec<u8> {
        let bytes: Vec<u8> = self.bytes.drain(..size).collect();
        let ends = memchr::memchr_iter(b'\n', &bytes).count();
        self.lines.drain(..ends);
        bytes
    }

    /// Whether its reader has something to hear.
    pub fn has_news(&self) -> bool {
        !self.bytes.is_empty() || (self.closes || self.is_reset) && !self.is_reported
    }

    pub fn reset(&mut self) {
        self.is_reset = true;
        self.lost += self.messages();
        self.bytes.clear();
        self.lines.clear();
    }
}

/// A machine's way into a pipe.
pub struct Wire {
    pub pipe: Shared<Pipe>,
    pub dice: Shared<Dice>,
    /// Of so many writes one is refused.
    pub refusals: u64,
    pub planted: Option<Planted>,
}

impl Connection for Wire {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let (mut pipe, mut dice) = (self.pipe.borrow_mut(), self.dice.borrow_mut());
        if pipe.is_reset {
            let is_silent = self.planted == Some(Planted::WritesVanish);
            return if is_silent { Ok(bytes.len()) } else { Err(ErrorKind::ConnectionReset.into()) };
        }
        let room = pipe.capacity.saturating_sub(pipe.bytes.len()).min(bytes.len());
        if room == 0 || dice.one_in(self.refusals) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let taken = if dice.one_in(2) { room } else { 1 + dice.below(room as u64) as usize };
        let words = [Word::Hello, Word::Ready, Word::Go];
        pipe.word = words.into_iter().find(|word| bytes.starts_with(word.begins())).or(pipe.word);
        if self.planted == Some(Planted::EndBeforeLastLine)
            && let Some(end) = bytes.windows(11).position(|piece| piece == b"labctl-end:")
        {
            pipe.put(&bytes[end..]);
            pipe.put(&bytes[..end]);
            return Ok(bytes.len());
        }
        pipe.put(&bytes[..taken]);
        if self.planted == Some(Planted::TornWriteRepeated) && taken < bytes.len() && dice.one_in(8) {
            return Ok(taken - 1);
        }
        Ok(taken)
    }
}
