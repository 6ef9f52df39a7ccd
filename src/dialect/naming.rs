//! What a dialect calls its machines, and which number each of them gets.

use crate::model::event::MachineId;

/// More machines than any log is of; larger numbers name something else.
const MACHINES_MAX: u64 = 1 << 20;

/// How machines are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By numbers one after the other; the first machine has this one.
    Numbers { first: u64 },
    /// By letters: A is the first.
    Letters,
    /// By names, in the order of their machines.
    Listed(Vec<String>),
    /// By the names of a run's files, in their order.
    Sorted,
}

impl Naming {
    /// The machine of one name. `machine_names` is the run's names in order.
    pub fn machine(&self, name: &[u8], machine_names: &[String]) -> Option<MachineId> {
        // Lines may capitalise what files do not.
        let among = |names: &[String]| {
            let exact = names.iter().position(|known| known.as_bytes() == name);
            exact.or_else(|| names.iter().position(|known| known.as_bytes().eq_ignore_ascii_case(name)))
        };
        let nth = match self {
            Naming::Numbers { first } => number(name)?.checked_sub(*first)?,
            Naming::Letters => match name {
                [letter] if letter.is_ascii_alphabetic() => u64::from(letter.to_ascii_uppercase() - b'A'),
                _ => return None,
            },
            Naming::Listed(names) => among(names)? as u64,
            Naming::Sorted => among(machine_names)? as u64,
        };
        (nth < MACHINES_MAX).then(|| MachineId(nth as u32 + 1))
    }

    /// Every machine that a text names, in its order: `2`, `[1, 2]`, `VM B`,
    /// `localhost:5001`.
    #[inline]
    pub fn all_in(&self, text: &[u8], machine_names: &[String], found: &mut Vec<MachineId>) {
        found.clear();
        let is_part = |byte: &u8| match self {
            // So that `2.0` is one, and an address of the Internet is none.
            Naming::Numbers { .. } => byte.is_ascii_digit() || *byte == b'.',
            _ => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
        };
        let names = text.split(|byte| !is_part(byte)).map(without_stops).filter(|name| !name.is_empty());
        for machine in names.filter_map(|name| self.machine(name, machine_names)) {
            if !found.contains(&machine) {
                found.push(machine);
            }
        }
    }
}

/// A name without the full stops around it.
#[inline]
fn without_stops(name: &[u8]) -> &[u8] {
    let name = name.strip_suffix(b".").unwrap_or(name);
    name.strip_prefix(b".").unwrap_or(name)
}

/// A whole number, also as `3.0` or `1e3`, unless it is too large.
#[inline]
pub fn number(text: &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return decimal(text);
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    (!text.is_empty()).then_some(value)
}

/// A whole number in the notation of others, up to where each of them is exact.
#[cold]
fn decimal(text: &[u8]) -> Option<u64> {
    const EXACT_MAX: f64 = (1_u64 << 53) as f64;
    const BYTES_MAX: usize = 32;
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+');
    if text.len() > BYTES_MAX || !text.first()?.is_ascii_digit() || !text.iter().all(is_part) {
        return None;
    }
    let value: f64 = str::from_utf8(text).ok()?.parse().ok()?;
    (value.fract() == 0.0 && value <= EXACT_MAX).then_some(value as u64)
}

/// Sorts names as people do: numbers in them by value.
pub fn sort_naturally(names: &mut [String]) {
    names.sort_by_cached_key(|name| natural_key(name));
}

/// The runs of digits of a name, padded, and what lies between.
fn natural_key(name: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for char in name.chars().chain(['\0']) {
        if char.is_ascii_digit() {
            digits.push(char);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{:0>20}", digits.trim_start_matches('0')));
            digits.clear();
        }
        key.push(char);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(naming: &Naming, text: &str, machine_names: &[&str]) -> Vec<u32> {
        let machine_names: Vec<String> = machine_names.iter().map(|name| (*name).to_owned()).collect();
        let mut found = Vec::new();
        naming.all_in(text.as_bytes(), &machine_names, &mut found);
        found.into_iter().map(|machine| machine.0).collect()
    }

    #[test]
    fn machines_are_found_by_whatever_they_are_called() {
        let numbers = |first| Naming::Numbers { first };
        assert_eq!(all(&numbers(0), "VMs [1, 2]", &[]), [2, 3]);
        assert_eq!(all(&numbers(1), "2 and 3", &[]), [2, 3]);
        assert_eq!(all(&numbers(5001), "[[\"127.0.0.1\",5002],[\"localhost\",5003]]", &[]), [2, 3]);
        for list in ["(2.0, 3.0)", "{2;3}", "#2 and #3", "2 & 3.", "<2|3>", "2,3", "machines 2/3"] {
            assert_eq!(all(&numbers(1), list, &[]), [2, 3], "{list}");
        }
        assert_eq!(all(&numbers(1), "127.0.0.1", &[]), [0u32; 0], "an address is no number");
        assert_eq!(all(&Naming::Letters, "B, c and nobody", &[]), [2, 3]);
        let listed = Naming::Listed(vec!["alice".to_owned(), "bob".to_owned()]);
        assert_eq!(all(&listed, "to bob, bobby", &[]), [2]);
        assert_eq!(all(&Naming::Sorted, "4056 and 2056", &["2056", "3056", "4056"]), [3, 1]);
        assert_eq!(all(&numbers(0), "2, 2", &[]), [3], "each once");
    }

    #[test]
    fn what_names_nobody_is_nobody() {
        for text in ["", "none", "99999999999999999999", "-"] {
            assert_eq!(all(&Naming::Numbers { first: 1 }, text, &[]), [0u32; 0], "{text}");
        }
        assert_eq!(all(&Naming::Numbers { first: 1 }, "0", &[]), [0u32; 0]);
        assert_eq!(all(&Naming::Numbers { first: 0 }, "4294967295", &[]), [0u32; 0]);
    }

    #[test]
    fn whole_numbers_are_known_in_other_notations() {
        for (text, value) in [
            ("17", Some(17)),
            ("17.0", Some(17)),
            ("17.", Some(17)),
            ("1e3", Some(1000)),
            ("1.5E+1", Some(15)),
            ("17.5", None),
            ("", None),
            (".", None),
            ("e3", None),
            ("inf", None),
            ("1e300", None),
            ("18446744073709551616", None),
            ("-3", None),
        ] {
            assert_eq!(number(text.as_bytes()), value, "{text}");
        }
    }

    #[test]
    fn names_with_numbers_are_sorted_by_them() {
        let mut names = ["10", "9", "vm_11", "vm_2", "007"].map(str::to_owned);
        sort_naturally(&mut names);
        assert_eq!(names, ["007", "9", "10", "vm_2", "vm_11"]);
    }
}
