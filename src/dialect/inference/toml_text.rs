//! Texts as TOML writes them, the way people read them best.

/// A text in quotes: single ones, in which nothing is escaped, where they do.
pub fn quoted(text: &str) -> String {
    let text = text.replace('\t', "\\t").replace('\n', "\\n");
    if text.contains('\'') || text.chars().any(char::is_control) {
        toml::Value::String(text).to_string()
    } else {
        format!("'{text}'")
    }
}
