//! Logical clocks as dialects write them: a number, or a vector that stands in
//! for one.

use super::naming::number;
use crate::model::event::MachineId;

/// Which number of a vector clock stands in for Lamport's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vector {
    /// The sum of its entries: it rises with every event and every message, as
    /// Lamport's does.
    Sum,
    /// The largest entry.
    Max,
    /// The machine's own entry: its events alone.
    Own,
}

impl Vector {
    pub const NAMES: [(&'static str, Vector); 3] =
        [("sum", Vector::Sum), ("max", Vector::Max), ("own", Vector::Own)];

    /// The number that stands for a vector such as `[3, 0, 14]`, `3,0,14` or
    /// `{"m1": 3}`, of a machine of this number.
    pub fn stand_in(self, text: &[u8], machine: MachineId) -> Option<u64> {
        let keyed = text.contains(&b':');
        let parts = text.split(|byte| matches!(byte, b',' | b';' | b' ')).filter(|part| !part.is_empty());
        let (mut sum, mut max, mut own, mut seen) = (0u64, 0, None, 0u32);
        for part in parts {
            let value = part.rsplit(|byte| *byte == b':').next().unwrap_or(part);
            let value = strip(value);
            if value.is_empty() {
                continue;
            }
            let value = number(value)?;
            seen += 1;
            (sum, max) = (sum.checked_add(value)?, value.max(max));
            if !keyed && seen == machine.0 {
                own = Some(value);
            }
        }
        match self {
            _ if seen == 0 => None,
            Vector::Sum => Some(sum),
            Vector::Max => Some(max),
            Vector::Own => own,
        }
    }
}

/// Takes the marks around a number off it.
fn strip(text: &[u8]) -> &[u8] {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    match (text.iter().position(is_digit), text.iter().rposition(is_digit)) {
        (Some(from), Some(to)) => &text[from..=to],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_in_any_writing_has_its_stand_ins() {
        for text in ["[15, 2, 14]", "15,2,14", "(15 2 14)", "15;2;14"] {
            let of = |vector: Vector| vector.stand_in(text.as_bytes(), MachineId(2));
            assert_eq!(
                [Vector::Sum, Vector::Max, Vector::Own].map(of),
                [Some(31), Some(15), Some(2)],
                "{text}"
            );
        }
        assert_eq!(Vector::Sum.stand_in(b"{\"m1\": 3, \"m2\":4}", MachineId(1)), Some(7));
    }

    #[test]
    fn what_is_no_vector_has_none() {
        for text in ["", "[]", "[a]", "[18446744073709551615, 1]", "1,9x9,2"] {
            assert_eq!(Vector::Sum.stand_in(text.as_bytes(), MachineId(1)), None, "{text}");
        }
        assert_eq!(Vector::Own.stand_in(b"1,2", MachineId(3)), None);
    }
}
