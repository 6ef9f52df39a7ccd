//! The ways in which a log can be odd, each reported at its line.

use std::fmt;

use crate::model::event::MachineId;
use crate::text::sanitize::is_hidden;

/// Something odd about a log, at a line counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFault {
    pub line: u64,
    pub kind: FaultKind,
}

/// The ways in which a log can be odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file ends inside a line, which is not taken.
    CutInsideLine { text: String },
    /// A header where one was read before.
    SecondHeader { text: String },
    /// A line that can be read once its stray characters are left out.
    Mistyped { text: String },
    /// A line that says nothing known.
    Unmatched { text: String },
    /// The header names another machine than the file.
    OtherMachine { header: MachineId, file: MachineId },
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::CutInsideLine { text } => {
                write!(f, "the log is cut inside this line, which is not taken: `{text}`")
            }
            FaultKind::SecondHeader { text } => {
                write!(f, "a second header, `{text}`; the last one before the first event holds")
            }
            FaultKind::Mistyped { text } => {
                write!(f, "a mistyped line, read without its stray characters: `{text}`")
            }
            FaultKind::Unmatched { text } => write!(f, "nothing that a log says: `{text}`"),
            FaultKind::OtherMachine { header, file } => {
                write!(f, "the header names machine {header}, the file machine {file}; the file's name holds")
            }
        }
    }
}

impl LogFault {
    /// Whether it is a line that says nothing known.
    pub fn is_unmatched(&self) -> bool {
        matches!(self.kind, FaultKind::Unmatched { .. })
    }
}

impl fmt::Display for LogFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.kind)
    }
}

/// A line as a message can show it: tabs that can be seen, nothing else that is
/// hidden, and not too long.
pub fn shown(text: &[u8]) -> String {
    const LENGTH_SHOWN: usize = 100;
    let readable = String::from_utf8_lossy(&text[..text.len().min(4 * LENGTH_SHOWN)]);
    let visible = |c: char| match c {
        '\t' => '⇥',
        c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let mut shown: String = readable.chars().take(LENGTH_SHOWN).map(visible).collect();
    if shown.len() < text.len() && readable.chars().count() > LENGTH_SHOWN {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_on_one_line_with_its_tabs() {
        assert_eq!(shown(b"0.5\tSend\tTo VM 1"), "0.5⇥Send⇥To VM 1");
        assert_eq!(shown(b"a\x1b[31mred\r\n"), "a\u{fffd}[31mred\u{fffd}\u{fffd}");
        assert_eq!(shown("a\u{202e}b\u{2066}".as_bytes()), "a\u{fffd}b\u{fffd}");
        assert_eq!(shown("é".repeat(200).as_bytes()), "é".repeat(100) + "…");
    }
}
