//! Paths taken apart into numbers and what lies between.

/// A part of a path: a run of digits, or what lies between.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    Digits(String),
    Words(String),
    Slash,
}

/// The pieces of a path.
pub fn pieces(path: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    for char in path.chars() {
        match (char, found.last_mut()) {
            ('/', _) => found.push(Piece::Slash),
            (digit, Some(Piece::Digits(text))) if digit.is_ascii_digit() => text.push(digit),
            (digit, _) if digit.is_ascii_digit() => found.push(Piece::Digits(digit.to_string())),
            (letter, Some(Piece::Words(text))) => text.push(letter),
            (letter, _) => found.push(Piece::Words(letter.to_string())),
        }
    }
    found
}
