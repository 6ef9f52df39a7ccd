//! The embedded font: DejaVu, of which every bare machine draws the same text.

use std::sync::OnceLock;

use ttf_parser::Face;

/// What charts are written in, plain and bold.
pub(in crate::charts) const FACES: [fn() -> &'static [u8]; 2] = [dejavu::sans::regular, dejavu::sans::bold];

/// Whether the font, plain and bold, can show a character.
pub(in crate::charts) fn can_show(c: char) -> bool {
    static PARSED: OnceLock<Vec<Face<'static>>> = OnceLock::new();
    let parsed = PARSED.get_or_init(|| FACES.iter().filter_map(|face| Face::parse(face(), 0).ok()).collect());
    parsed.iter().all(|face| face.glyph_index(c).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_letters_of_many_scripts_but_neither_chinese_nor_emoji() {
        for (text, has) in [("aéßΩЖ…·−÷", true), ("عدي", true), ("中文한", false), ("🦀🧪", false)]
        {
            assert!(text.chars().all(|c| can_show(c) == has), "{text}");
        }
    }
}
