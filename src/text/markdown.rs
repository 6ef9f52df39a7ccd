//! Markdown in which whatever a text holds stays one piece of plain text, in a
//! table as anywhere. Pure.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Value};
use serde::Serialize;

use crate::text::sanitize::visible_around_isolates;

/// Fills in a template. What it is given is text, and is made harmless unless
/// the template calls it `safe`.
///
/// # Errors
///
/// The template does not fit what it is given.
pub fn render(template: &str, page: &impl Serialize) -> Result<String, Error> {
    environment().render_named_str("page.md", template, Value::from(Serde(page))).map(|page| page + "\n")
}

/// In which templates are filled in: values are text unless they are `safe`, and
/// hide nothing.
pub fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.add_filter("heading", heading);
    environment.set_formatter(|out, _, value: &Value| {
        let text = value.to_string();
        out.write_str(&if value.is_safe() { text } else { plain(&visible_around_isolates(&text)) })
            .map_err(Error::from)
    });
    environment
}

/// A heading of this level, of which Markdown knows six.
fn heading(text: &str, level: usize) -> Value {
    const LEVELS: usize = 6;
    let marks = "#".repeat(level.clamp(1, LEVELS));
    Value::from_safe_string(format!("{marks} {}", plain(&visible_around_isolates(text))))
}

/// Characters that mean something in the middle of a line.
const SPECIAL: [char; 10] = ['\\', '`', '*', '[', ']', '<', '|', '~', '$', '!'];

/// Text as it is written in Markdown to be read as itself, on one line.
pub fn plain(text: &str) -> String {
    let one_line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let one_line = one_line.collect::<Vec<_>>().join(" ");
    let mut written = String::with_capacity(one_line.len() + 8);
    if begins_a_block(&one_line) {
        written.push('\\');
    }
    let mut before = ' ';
    let mut rest = one_line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => written.push_str("&amp;"),
            // Within a word it means nothing.
            '_' if before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric()) => {
                written.push('_');
            }
            '.' | ')' if begins_a_list(&written, rest.peek()) => written.extend(['\\', c]),
            '_' => written.push_str("\\_"),
            special if SPECIAL.contains(&special) => written.extend(['\\', special]),
            other => written.push(other),
        }
        before = c;
    }
    written
}

/// Whether a line so far and a point or bracket after it number an item.
fn begins_a_list(before: &str, next: Option<&char>) -> bool {
    let is_number = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
    is_number && next.is_none_or(|next| *next == ' ')
}

/// Whether a line that begins so would be a heading, a list, a quotation or a
/// rule.
fn begins_a_block(line: &str) -> bool {
    let rest = line.trim_start_matches(['#', '-', '+', '=']);
    line.starts_with('>') || (rest.len() < line.len() && (rest.is_empty() || rest.starts_with(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_any_depth_stay_headings() {
        for (text, level, written) in
            [("runs", 1, "# runs"), ("# of <runs>", 3, "### \\# of \\<runs>"), ("deep", 9, "###### deep")]
        {
            assert_eq!(heading(text, level).to_string(), written);
        }
    }

    #[test]
    fn what_means_something_to_markdown_is_taken_as_it_is() {
        for (text, written) in [
            ("queues stay short", "queues stay short"),
            ("m2.end_queue <= 2", "m2.end_queue \\<= 2"),
            ("a | b", "a \\| b"),
            ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
            ("[x](http://y) ![z](w)", "\\[x\\](http://y) \\!\\[z\\](w)"),
            ("**bold** _it_ `code`", "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`"),
            ("two\nlines\r\n\tand\u{0}more", "two lines and more"),
            ("# heading", "\\# heading"),
            ("- item", "\\- item"),
            ("---", "\\---"),
            ("-3.5", "-3.5"),
            ("> quote", "\\> quote"),
            ("1. item", "1\\. item"),
            ("1.5 ticks", "1.5 ticks"),
            ("7)", "7\\)"),
            ("&lt; &", "&amp;lt; &amp;"),
            ("", ""),
        ] {
            assert_eq!(plain(text), written, "{text}");
        }
    }
}
