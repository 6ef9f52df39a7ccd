//! A report as one HTML file: no network, nothing beside it. Whatever a spec, a
//! name or a log holds stays text.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Value, context};
use sha2::{Digest, Sha256};

use super::document::{Document, Figure};
use super::player::{DATA_ID, PlayerParts};
use super::wording::UNKNOWN;
use crate::charts::{PageError, Theme, theme_css};
use crate::store::version::VERSION;
use crate::text::sanitize::visible_around_isolates;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What a file says that was made as a report, and may be made anew.
pub const GENERATOR: &str = "labctl report";

/// Characters of a cell that are not broken into lines where there is room.
const SHORT: usize = 32;
/// Findings that are seen at once, so that charts are not far below.
const FINDINGS_SHOWN: usize = 10;

/// Writes the page.
pub fn html(document: &Document) -> Result<String, PageError> {
    let drawing = |figure: &Figure| Ok((figure.id.clone(), figure.drawing.inline()?));
    let drawings: BTreeMap<String, String> =
        document.figures().into_iter().map(drawing).collect::<Result<_, PageError>>()?;
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // Names of metrics stay on one line, sentences do not.
    environment.add_filter("is_short", |text: &str| text.chars().count() <= SHORT);
    environment.set_formatter(|out, _, value: &Value| {
        let text = value.to_string();
        out.write_str(&if value.is_safe() { text } else { escaped(&text) }).map_err(Error::from)
    });
    let scripts: Vec<&str> =
        [SCRIPT].into_iter().chain(document.player.as_ref().map(|player| player.script)).collect();
    let found = &document.findings[..];
    // One more takes no more room than the words that hide it.
    let count = if found.len() > FINDINGS_SHOWN + 1 { FINDINGS_SHOWN } else { found.len() };
    let (shown, more) = found.split_at(count);
    let page = context! {
        document => Value::from(Serde(document)),
        generator => format!("{} {VERSION}", document.generator),
        drawings => drawings,
        style => style(document.player.as_ref()),
        script_hashes => scripts.iter().map(|script| hash(script)).collect::<Vec<String>>(),
        scripts => scripts,
        player => document.player.as_ref().map(|player| context! {
            markup => player.markup.as_str(),
            data_id => DATA_ID,
            data => player.data_json.as_str(),
        }),
        findings => Value::from(Serde(shown)),
        more_findings => Value::from(Serde(more)),
        more => more.len(),
        unknown => UNKNOWN,
        verdicts => ["sound", "unsound", "unknown"],
        words => context! { good => "Good", finding => "Finding", warning => "Warning", unknown => "Unknown" },
    };
    Ok(environment.render_named_str("page.html", TEMPLATE, page)? + "\n")
}

/// The style of the page, and the colours of its charts in either theme.
fn style(player: Option<&PlayerParts>) -> String {
    let player = player.map_or("", |player| player.style);
    let (light, dark) = (theme_css(Theme::Light), theme_css(Theme::Dark));
    format!(
        "{STYLE}{player}:root{{{light}}}\n@media screen{{@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n\
         :root[data-theme=dark]{{{dark}}}}}\n"
    )
}

/// By which the page's policy lets this script run, and no other.
fn hash(script: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(script))
}

/// Text as it is written in HTML to be read as itself.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    for c in visible_around_isolates(text).chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Look, RunTheory, run_charts};
    use crate::metrics::series::RunSeries;
    use crate::report::document::{Block, Code, Column, Remark, Section, Table};
    use crate::report::drawing::Drawing;

    const HOSTILE: &str = "<script>alert('x')</script>\" onload=\"y & {{ z }} \u{202e}\u{0}";

    fn hostile_chart() -> Drawing {
        let series =
            RunSeries { experiment: HOSTILE.to_owned(), run: HOSTILE.to_owned(), machines: Vec::new() };
        let draw = |look: Look| run_charts(&series, &RunTheory::default(), look);
        Drawing::all(draw).unwrap().remove(0)
    }

    /// Charts see to themselves, and their namespace looks like a place outside.
    fn without_drawings(page: &str) -> String {
        let after = page.split("<svg").skip(1).filter_map(|piece| piece.split_once("</svg>"));
        let start = page.split("<svg").next().unwrap_or_default().to_owned();
        start + &after.map(|(_, rest)| rest).collect::<String>()
    }

    fn hostile_everywhere() -> Document {
        let hostile = || HOSTILE.to_owned();
        let table = Table {
            caption: hostile(),
            columns: vec![Column { heading: hostile(), is_number: false }],
            rows: vec![vec![hostile()]],
            note: hostile(),
        };
        let chart = hostile_chart();
        let figure = Figure { heading: hostile(), about: hostile(), ..Figure::new("top", &chart, hostile()) };
        let code = Code { caption: hostile(), text: hostile() };
        let inner = vec![
            Block::Prose(hostile()),
            Block::Remarks(vec![Remark::warning(HOSTILE)]),
            Block::Table(table),
            Block::Figure(Box::new(figure)),
            Block::Code(code),
        ];
        let part = Section::new("part", HOSTILE, inner.clone());
        let folded = Section::new("folded", HOSTILE, vec![Block::Part(part)]);
        Document {
            generator: GENERATOR,
            title: hostile(),
            about: hostile(),
            findings: vec![Remark::finding(HOSTILE)],
            sections: vec![Section::new("top", HOSTILE, vec![Block::Folded(folded)])],
            player: None,
            made: hostile(),
        }
    }

    #[test]
    fn hostile_text_stays_text_wherever_it_stands() {
        let page = html(&hostile_everywhere()).unwrap();
        assert_eq!(page.matches("<script").count(), 1, "ours alone");
        let page = without_drawings(&page);
        assert!(!page.contains("onload=\"") && !page.contains('\u{202e}') && !page.contains('\u{0}'));
        let shown = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;y &amp; {{ z }} \\u{202e}\\u{0}";
        assert!(page.matches(shown).count() > 15, "{page}");
    }

    #[test]
    fn the_policy_lets_the_pages_own_script_run_and_nothing_from_outside() {
        let page = html(&hostile_everywhere()).unwrap();
        let script = page.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
        assert!(page.contains(&format!("script-src 'sha256-{}'", hash(script))));
        let page = without_drawings(&page);
        assert!(
            page.contains("default-src 'none'") && !page.contains("http://") && !page.contains("https://")
        );
    }

    #[test]
    fn many_findings_are_folded_so_that_charts_are_not_far_below() {
        let with = |count: usize| Document {
            generator: GENERATOR,
            findings: (1..=count).map(|nth| Remark::finding(format!("no. {nth}."))).collect(),
            ..hostile_everywhere()
        };
        let page = html(&with(14)).unwrap();
        let (seen, folded) = page.split_once("<summary>4 more findings</summary>").unwrap();
        assert!(seen.contains("no. 10.") && !seen.contains("no. 11.") && folded.contains("no. 14."));
        assert!(!html(&with(11)).unwrap().contains("more findings"));
    }

    #[test]
    fn headings_go_down_by_one_and_every_place_is_there_once() {
        let page = html(&hostile_everywhere()).unwrap();
        for tag in [
            "<h1",
            "<h2 id=\"top-heading\"",
            "<summary><h3",
            "<h4 dir=\"auto\"",
            "<h5 class=\"finding\" id=\"top-",
        ] {
            assert_eq!(page.matches(tag).count(), 1, "{tag}");
        }
        for id in ["id=\"top\"", "id=\"folded\"", "id=\"part\"", "id=\"findings\""] {
            assert_eq!(page.matches(id).count(), 1, "{id}");
        }
    }
}
