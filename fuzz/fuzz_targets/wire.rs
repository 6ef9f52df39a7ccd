//! The wire: cuts between reads change nothing, what was heard is said again as
//! the same, and no line holds memory.

#![no_main]

use labctl::engine::wire::{CLOCK_MAX, LINE_BYTES_MAX, Said, Splitter, WireError, line};
use labctl_fuzz::{reported, within};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first byte says how large the reads are.
    let Some((size, bytes)) = data.split_first() else { return };
    let whole = heard(std::iter::once(bytes));
    assert_eq!(heard(bytes.chunks(usize::from(*size) + 1)), whole);
    let (said, outcome) = whole;
    if let Err(error) = outcome {
        reported(&error);
    }
    for said in said {
        assert!(!matches!(said, Said::Clock(clock) if clock > CLOCK_MAX));
        let again = line(&said);
        assert_eq!(heard(std::iter::once(&again[..])), (vec![said], Ok(())));
    }
});

fn heard<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Said>, Result<(), WireError>) {
    let mut splitter = Splitter::default();
    let mut heard = Vec::new();
    for piece in pieces {
        // What was heard is kept here, in room that doubles as it fills, while the old is there.
        let kept = 3 * size_of::<Said>() * (piece.len() + heard.len());
        let room = 4 * LINE_BYTES_MAX + kept;
        if let Err(error) = within(room, || splitter.feed(piece, |said| heard.push(said))) {
            return (heard, Err(error));
        }
    }
    (heard, Ok(()))
}
