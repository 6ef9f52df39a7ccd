//! What Mermaid would reject, or take for something else.

use std::collections::BTreeSet;
use std::io::{BufRead, Read};

use super::UNITS_MAX;
use crate::export::CheckError;

/// Reads a diagram as Mermaid does, which is to hold this many arrows and notes.
///
/// # Errors
///
/// Mermaid would reject the diagram, or read one of its lines otherwise than
/// meant.
pub fn check(mut input: impl BufRead, rows: u64) -> Result<(), CheckError> {
    // A unit takes at most three bytes of UTF-8.
    let mut diagram = Vec::new();
    input.by_ref().take(3 * UNITS_MAX as u64 + 1).read_to_end(&mut diagram)?;
    let is_long = diagram.len() > 3 * UNITS_MAX;
    let diagram = String::from_utf8_lossy(&diagram);
    if is_long || diagram.encode_utf16().count() > UNITS_MAX {
        return Err(CheckError::whole(format!(
            "it has more than the {UNITS_MAX} characters that Mermaid takes"
        )));
    }
    let mut reader = Reader { participants: BTreeSet::new(), rows: 0 };
    let mut lines = (1..).zip(diagram.lines());
    if lines.next().is_none_or(|(_, line)| line != "sequenceDiagram") {
        return Err(CheckError::line(1, "it does not begin with `sequenceDiagram`"));
    }
    for (number, line) in lines {
        reader.take(line).map_err(|reason| CheckError::line(number, reason))?;
    }
    if reader.rows != rows {
        return Err(CheckError::whole(format!("it has {} arrows and notes of {rows}", reader.rows)));
    }
    Ok(())
}

struct Reader {
    participants: BTreeSet<String>,
    rows: u64,
}

const ARROWS: [&str; 2] = ["--)", "-)"];

impl Reader {
    fn take(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim_start();
        if let Some(title) = line.strip_prefix("title ") {
            return is_text(title);
        }
        if let Some(rest) = line.strip_prefix("participant ") {
            let (id, name) = rest.split_once(" as ").ok_or("a participant has no name")?;
            is_id(id)?;
            is_text(name)?;
            return match self.participants.insert(id.to_owned()) {
                true => Ok(()),
                false => Err(format!("there are two participants {id}")),
            };
        }
        let (head, words) = line.split_once(": ").ok_or("it is no arrow, note or participant")?;
        is_text(words)?;
        self.rows += 1;
        match head.strip_prefix("Note over ") {
            Some(id) => self.is_known(id),
            None => {
                let ends = ARROWS.iter().find_map(|arrow| head.split_once(arrow));
                let (from, to) = ends.ok_or("it has no arrow")?;
                self.is_known(from)?;
                self.is_known(to)
            }
        }
    }

    fn is_known(&self, id: &str) -> Result<(), String> {
        match self.participants.contains(id) {
            true => Ok(()),
            false => Err(format!("there is no participant `{id}`, and Mermaid would make one up")),
        }
    }
}

fn is_id(id: &str) -> Result<(), String> {
    match !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric()) && id != "end" {
        true => Ok(()),
        false => Err(format!("`{id}` cannot name a participant")),
    }
}

/// A text ends at `;`, `#` begins a character's number, `%%` a comment or a
/// directive, `<` markup, and the word `end` a block.
fn is_text(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("there is no text".to_owned());
    }
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() || "#;%<>{}:\u{2028}\u{2029}".contains(c)) {
        let number = rest[at..].strip_prefix('#').and_then(|entity| entity.split_once(';'));
        let is_number =
            |number: &str| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
        match number.filter(|(number, _)| is_number(number)) {
            Some((_, after)) => rest = after,
            None => return Err(format!("the text is not plain at `{}`", rest[at..].escape_debug())),
        }
    }
    match text.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("end")) {
        true => Err("the word `end` ends a block".to_owned()),
        false => Ok(()),
    }
}
