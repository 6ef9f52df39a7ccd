//! The page of a lab notebook: the questions of the assignment, below each what
//! runs show of it, and room for what a student expects and thinks. It concludes
//! nothing. Pure.

use super::document::{Block, Document, Own, Section, Table};
use super::drawing::Drawing;
use super::figures;
use super::own_paragraphs;
use super::subject::{Audited, RunSubject, Subjects};
use super::wording::{UNKNOWN, headings, known, machine, name, value, whole};
use crate::metrics::catalogue::{
    CLOCK_DIFF, CLOCK_DRIFT, END_QUEUE, FIDELITY, FINAL_CLOCK, JUMP_MAX, JUMP_MEAN, JUMP_P95, MAX_QUEUE,
    UTILISATION, WAIT_MEAN,
};
use crate::metrics::{MachineMetrics, Metric};
use crate::store::version::VERSION;

/// What a notebook says that may be made anew around a student's words.
pub const GENERATOR: &str = "labctl notebook";

/// What was run for a notebook.
#[derive(Debug)]
pub struct Notebook {
    /// The spec that it began with.
    pub experiment: String,
    /// How the runs were made, in a sentence.
    pub ran: String,
    /// As assigned.
    pub assigned: Setting,
    /// With clock rates that lie closer together.
    pub closer: Setting,
    /// With fewer INTERNAL ticks, and so more messages.
    pub talkative: Setting,
    /// That makes the page again.
    pub command: String,
}

/// Runs that differ in the seed, which may draw their clock rates.
#[derive(Debug)]
pub struct Setting {
    /// What is set, in a few words.
    pub title: &'static str,
    /// None before the runs are made.
    pub subjects: Subjects,
}

/// A question of the assignment on the runs as assigned.
struct Question {
    id: &'static str,
    heading: &'static str,
    asks: &'static str,
    means: &'static str,
    columns: &'static [Column],
    /// Of one run, by their names.
    charts: &'static [&'static str],
    /// Of all runs, by their names.
    of_all: &'static [&'static str],
}

/// A column of a question's table.
enum Column {
    Of(Metric),
    Named(&'static str, fn(&MachineMetrics) -> String),
}

const QUESTIONS: [Question; 4] = [
    Question {
        id: "jumps",
        heading: "Jumps in the logical clocks",
        asks: "How large are the jumps in the values of the logical clocks, and on which machines?",
        means: "A jump is by how much a RECEIVE raises the machine's logical clock: 1 where the message was \
                sent with a smaller clock, more where the machine was behind its sender. Mean jump is over all \
                RECEIVE events of the machine; p95 is a jump that 95 % of them do not exceed.",
        columns: &[Column::Of(JUMP_MEAN), Column::Of(JUMP_P95), Column::Of(JUMP_MAX)],
        charts: &["jumps"],
        of_all: &[],
    },
    Question {
        id: "drift",
        heading: "Drift between the machines",
        asks: "How far do the logical clocks of the machines drift apart while a run lasts?",
        means: "Final clock is the logical clock after the machine's last event, and clock difference how far that \
                lies behind the largest of the run. Clock drift is the slope of the logical clock against lab \
                time, divided by the machine's own clock rate: 1 where the clock advances by the machine's own \
                ticks alone, above 1 where messages pull it ahead.",
        columns: &[Column::Of(FINAL_CLOCK), Column::Of(CLOCK_DIFF), Column::Of(CLOCK_DRIFT)],
        charts: &["clocks", "drift"],
        of_all: &[],
    },
    Question {
        id: "gaps",
        heading: "Gaps in the clock values",
        asks: "How do different clock rates change the gaps between one clock value of a machine and its next?",
        means: "A gap is the clock values that no event of the machine has, as a jump went over them: a jump of 4 \
                leaves a gap of 3. Values left out is the final clock minus the count of events; the largest \
                gap is the largest jump minus 1. The speed ratio is the fastest machine's clock rate divided by \
                the machine's own.",
        columns: &[
            Column::Named("#Events", |row| row.events.to_string()),
            Column::Named("#Values left out", |row| whole(row.final_clock.checked_sub(row.events))),
            Column::Named("#Largest gap", |row| whole(row.jump_max.map(|jump| jump.saturating_sub(1)))),
        ],
        charts: &[],
        of_all: &["jump_mean_vs_speed_ratio"],
    },
    Question {
        id: "queues",
        heading: "The queues",
        asks: "How long do the message queues become, and does any of them grow for as long as a run lasts?",
        means: "Max queue is the longest queue after a pop or at the end, end queue what is left when the run ends. \
                Mean wait is the lab time from a message's arrival in the queue to its pop. Utilisation is the \
                share of the machine's ticks that are RECEIVE: at 1 it does nothing but receive.",
        columns: &[
            Column::Of(MAX_QUEUE),
            Column::Of(END_QUEUE),
            Column::Of(WAIT_MEAN),
            Column::Of(UTILISATION),
        ],
        charts: &["queue", "wait"],
        of_all: &["max_queue_vs_speed_ratio"],
    },
];

/// Of a whole run: what changes from setting to setting.
const COMPARED: [Metric; 5] = [JUMP_MEAN, JUMP_MAX, CLOCK_DIFF, MAX_QUEUE, END_QUEUE];
/// The charts of a run in another setting.
const COMPARED_CHARTS: [&str; 3] = ["jumps", "clocks", "queue"];

impl Notebook {
    /// The page, with empty paragraphs for the student.
    pub fn document(&self) -> Document {
        let mut sections = vec![self.made()];
        sections.extend(QUESTIONS.iter().map(|question| self.question(question)));
        sections.push(self.comparison(
            "spread",
            "A smaller spread of clock rates",
            "What changes when the clock rates of the machines lie closer together?",
            &self.closer,
        ));
        sections.push(self.comparison(
            "internal",
            "A smaller internal probability",
            "What changes when fewer ticks are INTERNAL, so that the machines send more messages?",
            &self.talkative,
        ));
        let conclusion = vec![own("conclusion", "What I conclude")];
        sections.push(Section::new("conclusion", "In the end", conclusion));
        sections.extend(self.runs());
        Document {
            generator: GENERATOR,
            title: format!("Lab notebook: {}", name(&self.experiment)),
            about: "The paragraphs below What I expected, What I think and What I conclude are yours, and stay as they are \
                    when labctl writes this page anew. All else is read off the runs."
                .to_owned(),
            findings: Vec::new(),
            sections,
            player: None,
            made: format!("Made by {}, labctl {VERSION}.", name(&self.command)),
        }
    }

    fn settings(&self) -> [&Setting; 3] {
        [&self.assigned, &self.closer, &self.talkative]
    }

    fn made(&self) -> Section {
        let command = name(&self.command);
        let text = match self.assigned.subjects.runs.is_empty() {
            true => format!("There are no runs yet; {command} makes them."),
            false => self.ran.clone(),
        };
        Section::new("made", "What was run", vec![Block::Prose(text)])
    }

    /// Each run and where it is; `None` before there are any.
    fn runs(&self) -> Option<Section> {
        let headings = ["Setting", "#Seed", "Clock rates (ticks/s)", "#Clock fidelity", "Audit", "Folder"];
        let rows = self.settings().into_iter().flat_map(|setting| {
            setting.subjects.runs.iter().map(|run| {
                vec![
                    setting.title.to_owned(),
                    seed(run),
                    rates(run),
                    value(FIDELITY, FIDELITY.of_run(&run.rows)),
                    audited(run).to_owned(),
                    name(&run.stored.folder.display().to_string()),
                ]
            })
        });
        let table = Table::new("All runs", &headings).with(rows).noted(
            "Clock fidelity: ticks served ÷ ticks due, of the machine that was served worst; 1 where the host kept every \
             clock. Audit: whether the logs keep the rules of the model; labctl check tells more. The folder has the logs.",
        );
        (!table.rows.is_empty()).then(|| Section::new("runs", "The runs", vec![Block::Table(table)]))
    }

    fn question(&self, question: &Question) -> Section {
        let subjects = &self.assigned.subjects;
        let mut found = Vec::new();
        if !subjects.runs.is_empty() {
            let charts = || of_first(subjects, question.charts, question.id);
            let of_all =
                subjects.side_by_side.iter().filter(|chart| question.of_all.contains(&&*chart.wide.name));
            let of_all: Vec<Drawing> = of_all.cloned().collect();
            found.push(Block::Table(by_machine(question, subjects)));
            found.extend(charts());
            found.extend(figures::of_many(question.id, &of_all));
        }
        asked(question.id, question.heading, question.asks, found)
    }

    /// What a setting changes, run by run.
    fn comparison(&self, id: &str, heading: &str, asks: &str, other: &Setting) -> Section {
        let mut found = Vec::new();
        if !other.subjects.runs.is_empty() {
            let headings = [
                ["Setting", "#Seed", "Clock rates (ticks/s)"].map(str::to_owned).to_vec(),
                headings(&COMPARED),
            ];
            let rows = [&self.assigned, other].into_iter().flat_map(|setting| {
                setting.subjects.runs.iter().map(|run| {
                    let place = vec![setting.title.to_owned(), seed(run), rates(run)];
                    let values = COMPARED.iter().map(|metric| value(*metric, metric.of_run(&run.rows)));
                    place.into_iter().chain(values).collect()
                })
            });
            found.push(Block::Table(Table::new("Run by run", &headings.concat()).with(rows).noted(
                "Of each run the largest over its machines. The same seed meets the same dice in both settings, so rows \
                 with the same seed are pairs. What is measured means the same as above.",
            )));
            found.extend(of_first(&other.subjects, &COMPARED_CHARTS, id));
        }
        asked(id, heading, asks, found)
    }
}

/// A question: what is expected before anything is seen, what is found, and what
/// is thought of it.
fn asked(id: &str, heading: &str, asks: &str, found: Vec<Block>) -> Section {
    let before = [Block::Prose(asks.to_owned()), own(&format!("{id}-expected"), "What I expected")];
    let after = own(&format!("{id}-think"), "What I think");
    Section::new(id, heading, before.into_iter().chain(found).chain([after]).collect())
}

fn own(id: &str, heading: &str) -> Block {
    let (begin, end) = (own_paragraphs::begin(id), own_paragraphs::end(id));
    Block::Own(Own { heading: heading.to_owned(), begin, end })
}

fn by_machine(question: &Question, subjects: &Subjects) -> Table {
    let place = ["#Seed", "#Machine", "#Clock rate (ticks/s)"].map(str::to_owned);
    let heading = |column: &Column| match column {
        Column::Of(metric) => format!("#{}", metric.label),
        Column::Named(heading, _) => (*heading).to_owned(),
    };
    let headings: Vec<String> = place.into_iter().chain(question.columns.iter().map(heading)).collect();
    let rows = subjects.runs.iter().flat_map(|run| {
        run.rows.iter().map(|row| {
            let place = [seed(run), row.machine.to_string(), whole(row.clock_rate)];
            let cell = |column: &Column| match column {
                Column::Of(metric) => value(*metric, metric.of(row)),
                Column::Named(_, of) => of(row),
            };
            place.into_iter().chain(question.columns.iter().map(cell)).collect()
        })
    });
    Table::new("Machine by machine", &headings).with(rows).noted(question.means)
}

/// Charts of the first run, and of which one that is.
fn of_first(subjects: &Subjects, charts: &[&str], id: &str) -> Vec<Block> {
    let Some((run, drawn)) = subjects.runs.first().and_then(|run| Some((run, run.drawn.as_ref()?))) else {
        return Vec::new();
    };
    let wanted = drawn.charts.iter().filter(|(_, chart)| charts.contains(&&*chart.wide.name));
    let mut blocks: Vec<Block> = wanted
        .map(|(of, chart)| Block::Figure(Box::new(figures::of_run(of, chart, &run.rows, id))))
        .collect();
    if !blocks.is_empty() {
        let machines: Vec<String> = run.rows.iter().map(|row| machine(row).to_lowercase()).collect();
        let text = format!("The run with seed {}: {}.", seed(run), machines.join(", "));
        blocks.insert(0, Block::Prose(text));
    }
    blocks
}

fn seed(run: &RunSubject) -> String {
    known(run.stored.manifest.as_ref(), |manifest| manifest.seed.to_string())
}

fn rates(run: &RunSubject) -> String {
    run.rows.iter().map(|row| whole(row.clock_rate)).collect::<Vec<_>>().join(", ")
}

fn audited(run: &RunSubject) -> &'static str {
    match &run.audited {
        Audited::Held { .. } if run.is_unsound() => "unsound",
        Audited::Held { .. } => "sound",
        Audited::LeftOut(_) => UNKNOWN,
    }
}
