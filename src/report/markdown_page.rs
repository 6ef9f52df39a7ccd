//! A report as Markdown, for a lab notebook: the same document, its charts as
//! files beside it.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Value, context};

use super::document::{Block, Document, Figure};
use super::html::GENERATOR;
use crate::lab::VERSION;
use crate::markdown::plain;

const TEMPLATE: &str = include_str!("page.md");

/// Writes the page. `charts` is the folder of the charts, relative to the page
/// and fit for a link; without one they are left out.
pub fn markdown(document: &Document, charts: Option<&str>) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(|out, _, value: &Value| {
        let text = value.to_string();
        out.write_str(&if value.is_safe() { text } else { plain(&text) }).map_err(Error::from)
    });
    environment.add_filter("indented", |text: &str| indented(text));
    let page = context! {
        document => Value::from(Serde(document)),
        charts => charts,
        generator => format!("{GENERATOR} {VERSION}"),
        words => context! { good => "Good", finding => "Finding", warning => "Warning", unknown => "Unknown" },
    };
    environment.render_named_str("page.md", TEMPLATE, page).map(|page| page.trim_end().to_owned() + "\n")
}

/// Lines as a block of code: four blanks in front of each, which nothing within
/// them can end.
fn indented(text: &str) -> String {
    let shown = |line: &str| -> String {
        line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
    };
    text.lines().map(|line| format!("    {}", shown(line))).collect::<Vec<String>>().join("\n")
}

/// The charts of a document, in its order.
pub fn figures(document: &Document) -> Vec<&Figure> {
    fn of<'a>(blocks: &'a [Block], found: &mut Vec<&'a Figure>) {
        for block in blocks {
            match block {
                Block::Figure(figure) => found.push(figure),
                Block::Part(section) | Block::Folded(section) => of(&section.blocks, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    document.sections.iter().for_each(|section| of(&section.blocks, &mut found));
    found
}
