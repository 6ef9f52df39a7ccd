//! Text that is no TOML, explained. Knows no key of the spec.

use crate::spec::error::SpecError;
use crate::spec::source::Source;

/// What to say of text that the TOML parser refuses.
pub(crate) fn explain(source: &Source<'_>, error: &toml::de::Error) -> SpecError {
    let span = error.span().unwrap_or(0..0);
    let why = error.message().trim();
    let unnamed = source.error(span.clone(), format!("not valid TOML: {why}"));
    let Some((key, value)) = unnamed.line_text().and_then(key_and_value) else { return unnamed };
    let named = source.error(span, format!("not valid TOML at `{key}`: {why}"));
    if why.contains("quoted") && !value.contains('"') {
        return named.with_help(format!("put the text in quotes: `{key} = \"{value}\"`"));
    }
    named
}

fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim(), value.split('#').next().unwrap_or_default().trim());
    let bare = |char: char| char.is_ascii_alphanumeric() || "-_.$\"".contains(char);
    (!key.is_empty() && key.chars().all(bare)).then_some((key, value))
}
