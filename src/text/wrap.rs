//! Text broken into lines that fit a width, counted in columns of a terminal.
//! Pure.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// How far a line's rest stands further in than the line.
const REST: &str = "  ";

/// Lines of prose, each broken between words where it is wider than `width`. A
/// word that is wider than that stays whole, so that a path can be copied.
pub fn prose(text: &str, width: usize) -> String {
    let mut broken = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        if columns(line) <= width {
            broken += line;
        } else {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            let indent = line[..blanks].to_owned() + REST;
            let options =
                options(width, WordSeparator::AsciiSpace).break_words(false).subsequent_indent(&indent);
            broken += &textwrap::wrap(line, options).join("\n");
        }
        broken += end;
    }
    broken
}

/// The same of paragraphs whose lines were broken at another width; lines that
/// begin with a blank stay lines.
pub fn paragraphs(text: &str, width: usize) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        joined += line;
        let is_prose = |line: &str| !line.is_empty() && !line.starts_with(' ');
        let goes_on = is_prose(line) && lines.peek().is_some_and(|next| is_prose(next));
        joined += if goes_on { " " } else { "\n" };
    }
    let options = options(width, WordSeparator::AsciiSpace).break_words(false);
    joined.lines().map(|line| textwrap::fill(line, &options) + "\n").collect()
}

/// The lines of a cell of a table, none wider than `width`: broken between words,
/// or else within names where a part of them ends, or else anywhere.
pub fn cell(text: &str, width: usize) -> String {
    let options = options(width.max(1), WordSeparator::Custom(parts));
    text.lines().flat_map(|line| textwrap::wrap(line, &options)).collect::<Vec<_>>().join("\n")
}

/// The columns of the widest part that [`cell`] keeps whole.
pub fn widest_part(text: &str) -> usize {
    text.lines().flat_map(parts).map(|part| columns(&part)).max().unwrap_or_default()
}

/// The columns that the widest line of a text takes.
pub fn columns(text: &str) -> usize {
    text.lines().map(textwrap::core::display_width).max().unwrap_or_default()
}

fn options<'a>(width: usize, separator: WordSeparator) -> Options<'a> {
    Options::new(width)
        .word_separator(separator)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
}

/// Words, and the parts of names: `m1.clock_drift` is three.
fn parts(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    const ENDS: [char; 6] = [' ', '_', '.', '/', '-', ','];
    /// A shorter part, like the `1/` of a unit, is not worth a line.
    const BYTES_MIN: usize = 3;
    let mut ends: Vec<usize> = Vec::new();
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let end = at + letter.len_utf8();
        let is_long = end - ends.last().unwrap_or(&0) >= BYTES_MIN;
        // A number's point or sign is no end, and several ends in a row are one.
        let ends_name = |next: char| is_long && (letter == '/' || next.is_alphabetic());
        let is_end = |next: char| !ENDS.contains(&next) && (letter == ' ' || ends_name(next));
        if ENDS.contains(&letter) && next.is_none_or(is_end) {
            ends.push(end);
        }
    }
    ends.push(line.len());
    let starts = [0].into_iter().chain(ends.clone());
    Box::new(starts.zip(ends).filter(|(from, to)| from < to).map(|(from, to)| Word::from(&line[from..to])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_broken_between_words_and_goes_on_further_in() {
        let text = "short\n  one two three four\nend\n";
        assert_eq!(prose(text, 14), "short\n  one two\n    three four\nend\n");
        assert_eq!(prose("see results/a-long/path now", 12), "see\n  results/a-long/path\n  now");
        assert_eq!(prose("é日本語 x", 8), "é日本語\n  x", "wide letters take two columns");
        assert_eq!(prose("", 10), "");
    }

    #[test]
    fn colours_take_no_columns() {
        let text = "\u{1b}[1m\u{1b}[33mwarning\u{1b}[0m: it is";
        assert_eq!((columns(text), prose(text, 14)), (14, text.to_owned()));
    }

    #[test]
    fn paragraphs_are_filled_anew_and_keep_what_stands_in() {
        let text = "one two\nthree\n\n  code stays\nfour\n";
        assert_eq!(paragraphs(text, 80), "one two three\n\n  code stays\nfour\n");
        assert_eq!(paragraphs(text, 8), "one two\nthree\n\n  code\nstays\nfour\n");
    }

    #[test]
    fn a_cell_is_broken_where_a_part_of_a_name_ends() {
        assert_eq!(cell("m1.clock_drift", 9), "m1.clock_\ndrift");
        assert_eq!(cell("machine.1.clock_rate", 10), "machine.1.\nclock_rate");
        assert_eq!(cell("A: mean [95 %]", 8), "A: mean\n[95 %]");
        assert_eq!(cell("0.880 [0.784, 0.976]", 8), "0.880\n[0.784,\n0.976]");
        assert_eq!(cell("aaaaaaaaaa", 4), "aaaa\naaaa\naa");
        assert_eq!(cell("日本語日本語", 4), "日本\n語日\n本語");
        assert_eq!(cell("", 4), "");
        assert_eq!([widest_part("m1.clock_drift"), widest_part("a bc"), widest_part("")], [6, 2, 0]);
    }
}
