//! Text of others with nothing hidden in it. Pure.

/// First Strong Isolate: what follows finds its own direction.
pub const ISOLATE: char = '\u{2068}';
/// Pop Directional Isolate: ends it.
pub const ISOLATE_END: char = '\u{2069}';

/// Text in which characters that cannot be seen, or that turn the direction of
/// reading, are shown by their numbers; line ends and tabs stay.
pub fn visible(text: &str) -> String {
    shown_unless(text, |c| !is_hidden(c) || matches!(c, '\n' | '\t'))
}

/// The same, but what isolates a part of the text from the direction of the rest
/// (FSI and PDI) stays where each that begins also ends.
pub fn visible_around_isolates(text: &str) -> String {
    let mut depth = 0_usize;
    let is_paired = text.chars().all(|c| match c {
        ISOLATE => {
            depth += 1;
            true
        }
        ISOLATE_END => depth.checked_sub(1).map(|left| depth = left).is_some(),
        _ => true,
    });
    if !is_paired || depth > 0 {
        return visible(text);
    }
    shown_unless(text, |c| !is_hidden(c) || matches!(c, '\n' | '\t' | ISOLATE | ISOLATE_END))
}

/// A name on one line: whatever is hidden in it, or ends a line, is shown by its
/// number.
pub fn on_one_line(name: &str) -> String {
    shown_unless(name, |c| !is_hidden(c) && !matches!(c, '\u{2028}' | '\u{2029}'))
}

fn shown_unless(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if stays(c) { shown.push(c) } else { shown.push_str(&by_number(c)) }
    }
    shown
}

/// The same on one line of a terminal, whose cursor no character moves.
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A character by its number: `\u{202e}`.
pub fn by_number(c: char) -> String {
    format!("\\u{{{:x}}}", u32::from(c))
}

/// Whether a character is a control, or turns the direction of reading
/// (Bidi_Control in the Unicode Character Database).
pub fn is_hidden(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isolates_stay_in_pairs_alone() {
        let of = visible_around_isolates;
        assert_eq!(of("a \u{2068}ניסוי\u{2069} b"), "a \u{2068}ניסוי\u{2069} b");
        assert_eq!(of("\u{2068}a\u{202e}\u{2069}"), "\u{2068}a\\u{202e}\u{2069}");
        for (unpaired, shown) in [
            ("\u{2068}a", "\\u{2068}a"),
            ("a\u{2069}\u{2068}", "a\\u{2069}\\u{2068}"),
            ("\u{2067}a\u{2069}", "\\u{2067}a\\u{2069}"),
        ] {
            assert_eq!(of(unpaired), shown);
        }
    }

    #[test]
    fn what_is_hidden_is_shown_and_the_rest_stays() {
        assert_eq!(visible("a\u{0}b\u{202e}c\n\tעברית 🚀"), "a\\u{0}b\\u{202e}c\n\tעברית 🚀");
        assert_eq!(visible("\u{2067}evil\u{2069}"), "\\u{2067}evil\\u{2069}", "isolates turn it too");
        assert_eq!(on_one_line("a\nb\u{2028}\u{1b}c\u{202e} é"), "a\\u{a}b\\u{2028}\\u{1b}c\\u{202e} é");
        assert_eq!(harmless("a\u{1b}[2J\n\u{2066}b"), "a\u{fffd}[2J\u{fffd}\u{fffd}b");
    }
}
