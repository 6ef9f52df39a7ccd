//! Text of others in tables that spreadsheets open. Pure.

use std::borrow::Cow;

/// A text as a cell of a CSV table. Spreadsheets run what begins like a formula,
/// and whoever named a folder is not asked; an apostrophe makes it text.
pub fn cell(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_number = || text.parse::<f64>().is_ok();
    if is_formula && !is_number() { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for formula in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        for plain in ["exp4", "-2", "+0.5", "-1e3", "", "a=b"] {
            assert_eq!(cell(plain), plain);
        }
    }
}
