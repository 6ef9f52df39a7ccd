//! A report: what was run, whether it is to be trusted, what was found, and the
//! charts of it, on one page that needs nothing but itself. Subjects → document
//! → page.

mod chance;
pub mod document;
mod drawing;
mod expected;
mod fidelity;
mod figures;
mod file;
mod findings;
mod grouping;
mod html;
mod markdown_page;
mod measured;
pub mod notebook;
pub mod notebook_specs;
mod overview;
mod own_paragraphs;
pub mod player;
pub mod reading;
mod runs;
mod samples;
mod setup;
pub mod subject;
mod sweeps;
mod trends;
mod verdicts;
mod wording;

pub use document::Document;
pub use file::{PageFormat, WriteError, check_notebook, may_be_replaced};
pub use html::html;
pub use markdown_page::markdown;
pub use notebook::{Notebook, Setting};
pub use reading::{ReadSubjectsError, read_subjects};
pub use subject::Subjects;

use crate::store::version::COMMIT;
use crate::store::version::VERSION;
use crate::text::numbers::counted;
use document::Section;
use figures::of_many;
use html::GENERATOR;
use wording::name;

/// Puts a report into words. `command` is what makes the same report again.
pub fn document(subjects: &Subjects, command: &str) -> Document {
    Document {
        generator: GENERATOR,
        title: title(subjects),
        about: about(subjects),
        findings: overview::overview(subjects),
        sections: sections(subjects),
        player: subjects.runs.first().and_then(|run| run.player.as_deref().cloned()),
        made: format!(
            "Made by {}, labctl {VERSION}, commit {COMMIT}. The same command on the same files gives the same report.",
            name(command)
        ),
    }
}

fn title(subjects: &Subjects) -> String {
    match (&subjects.runs[..], &subjects.sweeps[..]) {
        ([run], []) => name(&run.name()),
        ([], [sweep]) => format!("Sweep {}", name(&sweep.name)),
        (runs, sweeps) => {
            let counts =
                [(runs.len(), "run"), (subjects.groups.len(), "experiment"), (sweeps.len(), "sweep")];
            let reported: Vec<String> = counts
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, thing)| counted(count as u64, thing))
                .collect();
            reported.join(", ")
        }
    }
}

/// Why the experiment exists, where there is only one.
fn about(subjects: &Subjects) -> String {
    let mut plans = subjects.runs.iter().map(|run| run.setting().map(|setting| setting.why.as_str()));
    let of_sweep = || subjects.sweeps.first()?.plan.cells().first().map(|cell| cell.spec.why.as_str());
    let first = plans.next().unwrap_or_else(of_sweep).unwrap_or_default();
    let is_one = plans.all(|why| why == Some(first)) && subjects.sweeps.len() < 2;
    if is_one { first.split_whitespace().collect::<Vec<_>>().join(" ") } else { String::new() }
}

/// The charts first, then the numbers behind them, and last where they come from.
fn sections(subjects: &Subjects) -> Vec<Section> {
    let mut sections = sweeps::sections(subjects);
    if let ([run], []) = (&subjects.runs[..], &subjects.sweeps[..]) {
        sections.extend(runs::sections(run, ""));
        return sections;
    }
    if !subjects.side_by_side.is_empty() {
        let figures = of_many("speed-ratio", &subjects.side_by_side);
        sections.push(Section::new("speed-ratio", "Against the speed ratio", figures));
    }
    sections.extend(samples::section(subjects));
    sections.extend(runs::section(subjects));
    sections
}
