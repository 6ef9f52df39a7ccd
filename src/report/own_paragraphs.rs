//! A page that a person writes on: it is made anew around what is theirs. Pure.
//!
//! Comments divide the page into parts. One of the program names itself and the
//! digest of its text, by which a part that was changed by hand is known, and
//! stays; what follows `yours` is the person's, and stays whatever it is.

use std::fmt;

use crate::files::digest::sha256;

/// The first words of such a page, and of no other.
const OURS: &str = "<!-- labctl: ";
const YOURS: &str = "<!-- yours: ";
const END: &str = " -->";
/// Names the part before the first paragraph.
const TOP: &str = "top";
/// Of a digest; enough to see a change.
const DIGITS: usize = 12;

/// A page without any mark of what is whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no notebook of labctl, or has lost the comments that tell what is yours")]
pub struct NoMarks;

/// A page made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    pub page: String,
    /// Parts of the program that were changed by hand, and so stay as they were.
    pub changed_by_hand: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner<'a> {
    /// With the digest of the text as it was written.
    Program {
        digest: &'a str,
    },
    Person,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part<'a> {
    name: &'a str,
    owner: Owner<'a>,
    text: &'a str,
}

/// The comment before a person's paragraph.
pub fn begin(name: &str) -> String {
    format!("{YOURS}{name}{END}")
}

/// The comment behind a person's paragraph.
pub fn end(name: &str) -> String {
    format!("{OURS}{name}{END}")
}

/// A page as a template makes it, with the digests of its parts.
pub fn sealed(page: &str) -> String {
    let whole = format!("{}\n{page}", end(TOP));
    let seal = |part: Part<'_>| match part.owner {
        Owner::Program { .. } => {
            Part { owner: Owner::Program { digest: &digest(part.text) }, ..part }.to_string()
        }
        Owner::Person => part.to_string(),
    };
    parts(&whole).into_iter().map(seal).collect()
}

/// The page that was there, with the parts of the program taken from `new`, which
/// is [`sealed`].
///
/// # Errors
///
/// The page that was there is no such page.
pub fn renewed(old: &str, new: &str) -> Result<Renewed, NoMarks> {
    let (old, new) = (parts(old), parts(new));
    if old.first().is_none_or(|first| first.owner == Owner::Person || first.name != TOP) {
        return Err(NoMarks);
    }
    let (mut page, mut changed_by_hand) = (String::new(), Vec::new());
    for part in old {
        let is_ours = |other: &&Part<'_>| other.name == part.name && other.owner != Owner::Person;
        page += &match (part.owner, new.iter().find(is_ours)) {
            (Owner::Program { digest: stated }, Some(new)) if stated == digest(part.text) => new.to_string(),
            (Owner::Program { digest: stated }, _) => {
                if stated != digest(part.text) {
                    changed_by_hand.push(part.name.to_owned());
                }
                part.to_string()
            }
            (Owner::Person, _) => part.to_string(),
        };
    }
    Ok(Renewed { page, changed_by_hand })
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Part { name, text, .. } = self;
        match self.owner {
            Owner::Program { digest: "" } => write!(f, "{OURS}{name}{END}\n{text}"),
            Owner::Program { digest } => write!(f, "{OURS}{name} {digest}{END}\n{text}"),
            Owner::Person => write!(f, "{YOURS}{name}{END}\n{text}"),
        }
    }
}

/// The parts of a page; what stands before the first mark is none.
fn parts(page: &str) -> Vec<Part<'_>> {
    let mut found: Vec<(usize, Part<'_>)> = Vec::new();
    let mut at = 0;
    for line in page.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some((name, owner)) = mark(line.trim_end()) else { continue };
        if let Some((begin, part)) = found.last_mut() {
            part.text = &page[*begin..start];
        }
        found.push((at, Part { name, owner, text: "" }));
    }
    if let Some((begin, part)) = found.last_mut() {
        part.text = &page[*begin..];
    }
    found.into_iter().map(|(_, part)| part).collect()
}

fn mark(line: &str) -> Option<(&str, Owner<'_>)> {
    let line = line.strip_suffix(END)?;
    if let Some(name) = line.strip_prefix(YOURS) {
        return Some((name, Owner::Person));
    }
    let rest = line.strip_prefix(OURS)?;
    let (name, digest) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((name, Owner::Program { digest }))
}

/// Editors may end lines otherwise, and leave out blanks at their ends.
fn digest(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    sha256(lines.join("\n").trim_end().as_bytes())[..DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: &str) -> String {
        sealed(&format!(
            "# Notebook\n\n## Jumps\n{}\n\n{}\nmean {number}\n{}\n\n{}\nthe end\n",
            begin("expected"),
            end("expected"),
            begin("think"),
            end("think"),
        ))
    }

    #[test]
    fn what_a_person_wrote_stays_and_the_numbers_are_new() {
        let written =
            page("3").replace("yours: expected -->\n", "yours: expected -->\nThey grow.\n* and stay\n");
        let renewed = renewed(&written, &page("4")).unwrap();
        assert_eq!(renewed.changed_by_hand, [""; 0]);
        assert_eq!(
            renewed.page,
            page("4").replace("yours: expected -->\n", "yours: expected -->\nThey grow.\n* and stay\n")
        );
    }

    #[test]
    fn a_part_that_was_changed_by_hand_stays_whole_and_is_named() {
        let written = page("3").replace("mean 3", "mean 3, which is odd");
        let again = renewed(&written, &page("4")).unwrap();
        assert_eq!(again.changed_by_hand, ["expected"]);
        assert_eq!(again.page, written);
        // A paragraph whose mark was lost belongs to the part before it, and stays, too.
        let lost = page("3").replace("<!-- yours: think -->\n", "What I think.\n");
        let again = renewed(&lost, &page("4")).unwrap();
        assert!(again.page.contains("What I think.") && again.page.contains("mean 3"), "{}", again.page);
    }

    #[test]
    fn a_page_of_somebody_else_is_refused_and_an_editors_line_ends_are_no_change() {
        for other in ["", "# My notebook\n", "<!-- labctl report 0.1.0 -->\n"] {
            assert_eq!(renewed(other, &page("4")), Err(NoMarks), "{other}");
        }
        let windows = page("3").replace('\n', "\r\n");
        let again = renewed(&windows, &page("4")).unwrap();
        assert!(again.changed_by_hand.is_empty() && again.page.contains("mean 4"), "{}", again.page);
    }
}
