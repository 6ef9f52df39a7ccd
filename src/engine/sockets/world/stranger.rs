//! Who comes to a machine's acceptor without being of its run.

use super::dice::Dice;
use crate::engine::Token;
use crate::engine::wire::{self, Said};
use crate::model::event::MachineId;

pub const RUN: &str = "r";
/// Clocks that only strangers say begin here.
pub const STRANGE_CLOCK: u64 = 500_000;

/// What machines of the run know.
pub fn token() -> Token {
    Token::of([7; 16])
}

/// One connection of a stranger.
pub struct Stranger {
    pub at_ms: u64,
    pub to: usize,
    pub says: Vec<u8>,
    /// Whether it closes once that is said.
    pub leaves: bool,
}

impl Stranger {
    /// A stranger at one of `count` acceptors. It knows `known`, which is not the
    /// run's token.
    pub fn new(dice: &mut Dice, count: usize, known: &Token) -> Stranger {
        let to = dice.below(count as u64) as usize;
        let id = |at: u64| MachineId(at as u32 + 1);
        let (own, other) = (id(to as u64), id(dice.below(count as u64)));
        let next = id((to as u64 + 1) % count as u64);
        let says = match dice.below(10) {
            0 | 1 => Vec::new(),
            2 => b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            3 => wire::line(&Said::Hello(known.hello(RUN, other, own))),
            4 => wire::line(&Said::Hello(token().hello("another", other, own))),
            // Overheard where it was said to another machine.
            5 => wire::line(&Said::Hello(token().hello(RUN, other, next))),
            6 => b"labctl-ready\nlabctl-go:1\nlabctl-end:0\n".to_vec(),
            7 => vec![b'x'; 600],
            8 => format!("clock:{STRANGE_CLOCK}\nclock:{}\n", STRANGE_CLOCK + 1).into_bytes(),
            _ => wire::line(&Said::Hello(known.hello(RUN, other, own))).split_off(9),
        };
        let latest_ms = dice.one_of(&[5, 100, 1500]);
        Stranger { at_ms: dice.below(latest_ms), to, says, leaves: dice.one_in(3) }
    }
}
