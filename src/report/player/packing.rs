//! Whole numbers as short text: variable-length quantities in base 64, as
//! source maps write them, of which small numbers take one letter.
//!
//! A digit holds five bits, the lowest first; a sixth says that more follow.
//! The lowest bit of the first is the sign. Minus zero stands for the unknown.
//! Source: <https://tc39.es/ecma426/#sec-base64-vlq>.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const UNKNOWN: u64 = 1;

/// A column of numbers; zeros at its end are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    text: String,
    /// Zeros that are only written if something else follows.
    zeros: usize,
}

impl Packed {
    /// Appends a number of less than 2⁵² in either direction: with its sign a
    /// page reads no more exactly.
    pub fn push(&mut self, value: impl Into<Option<i64>>) {
        let value = value.into();
        debug_assert!(value.is_none_or(|value| value.unsigned_abs() < 1 << 52), "{value:?} is too large");
        let quantity = match value {
            Some(0) => {
                self.zeros += 1;
                return;
            }
            Some(value) => value.unsigned_abs() << 1 | u64::from(value < 0),
            None => UNKNOWN,
        };
        self.text.extend(std::iter::repeat_n('A', self.zeros));
        self.zeros = 0;
        self.write(quantity);
    }

    fn write(&mut self, mut quantity: u64) {
        loop {
            let (digit, rest) = (quantity & 31, quantity >> 5);
            let more = u64::from(rest > 0) << 5;
            self.text.push(char::from(DIGITS[(digit | more) as usize]));
            quantity = rest;
            if quantity == 0 {
                return;
            }
        }
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(values: &[Option<i64>]) -> String {
        let mut packed = Packed::default();
        values.iter().for_each(|value| packed.push(*value));
        packed.into_text()
    }

    #[test]
    fn numbers_are_written_as_source_maps_write_them() {
        assert_eq!(packed(&[Some(1), Some(-1), Some(15), Some(16), Some(-511)]), "CDegB/f");
        assert_eq!(packed(&[Some(123_456_789)]), "qxmvrH");
    }

    #[test]
    fn zeros_at_the_end_take_no_room_and_the_unknown_is_no_number() {
        assert_eq!(packed(&[Some(0), Some(0), Some(1), Some(0), Some(0)]), "AAC");
        assert_eq!(packed(&[Some(0), None, Some(0)]), "AB");
        assert_eq!(packed(&[]), "");
    }
}
