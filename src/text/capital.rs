//! Words at the beginning of a line.

/// The text with a capital letter first.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_letter_changes_whatever_it_is() {
        for (text, expected) in
            [("", ""), ("clock rate", "Clock rate"), ("ßeta", "SSeta"), ("3 runs", "3 runs")]
        {
            assert_eq!(capitalised(text), expected);
        }
    }
}
