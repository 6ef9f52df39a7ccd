//! A report as Markdown, for a lab notebook: the same document, its charts as
//! files beside it.

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::document::Document;
use crate::charts::PageError;
use crate::store::version::VERSION;
use crate::text::markdown;
use crate::text::sanitize::visible;

const TEMPLATE: &str = include_str!("page.md");

/// Writes the page. `charts` is the folder of the charts, relative to the page
/// and fit for a link; without one they are left out.
pub fn markdown(document: &Document, charts: Option<&str>) -> Result<String, PageError> {
    let mut environment = markdown::environment();
    environment.add_filter("indented", |text: &str| indented(text));
    let page = context! {
        document => Value::from(Serde(document)),
        charts => charts,
        generator => format!("{} {VERSION}", document.generator),
        words => context! { good => "Good", finding => "Finding", warning => "Warning", unknown => "Unknown" },
    };
    Ok(environment.render_named_str("page.md", TEMPLATE, page)?.trim_end().to_owned() + "\n")
}

/// Lines as a block of code: four blanks in front of each, which nothing within
/// them can end.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {}", visible(line))).collect::<Vec<String>>().join("\n")
}
