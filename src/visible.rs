//! Text of others with nothing hidden in it. Pure.

/// Text in which characters that cannot be seen, or that turn the direction of
/// reading, are shown by their numbers; line ends and tabs stay.
pub fn visible(text: &str) -> String {
    let shown = |c: char| if is_hidden(c) { by_number(c) } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// A character by its number: `\u{202e}`.
pub fn by_number(c: char) -> String {
    format!("\\u{{{:x}}}", u32::from(c))
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown_and_the_rest_stays() {
        assert_eq!(visible("a\u{0}b\u{202e}c\n\tעברית 🚀"), "a\\u{0}b\\u{202e}c\n\tעברית 🚀");
    }
}
