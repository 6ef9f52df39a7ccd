//! Metrics as tables that a person can read.

use labctl::metrics::summary::{RunMetrics, SummaryRow};
use labctl::metrics::trust::fidelity_words;
use labctl::metrics::{EndQueueSource, MAIN_METRICS, MachineMetrics, WaitSource};
use labctl::plan::{Cell, Plan};
use labctl::sweep::CellOutline;
use labctl::text::numbers::percent;

pub use super::table::{LEFT_OUT, UNKNOWN, table};
pub use labctl::text::numbers::counted_plain as counted;

use super::table::keyed;
use crate::cli::rounding::{self, Rounding, mean};

/// Which columns of a table, or which of its rows, are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Those that are looked at first, which fit 80 columns.
    Brief,
    /// All.
    Wide,
}

type Column<'a> = (&'a str, fn(&MachineMetrics) -> String);

/// What is looked at first of a machine.
const BRIEF: [Column<'_>; 9] = [
    ("machine", |row| row.machine.to_string()),
    ("rate\n1/s", |row| known(row.clock_rate, |rate| rate.to_string())),
    ("max\nqueue", |row| known(row.max_queue, |queue| queue.to_string())),
    ("end\nqueue", |row| known(row.end_queue, |queue| format!("{queue}{}", end_queue_mark(row)))),
    ("final\nclock", |row| row.final_clock.to_string()),
    ("clock\ndrift", |row| known(row.clock_drift, |drift| format!("{drift:.3}"))),
    ("jump\np95", |row| known(row.jump_p95, |jump| jump.to_string())),
    ("wait\ns", |row| known(row.wait_mean, |wait| format!("{}{}", wait_mark(row), seconds(wait)))),
    ("busy", |row| known(row.utilisation, percent)),
];
/// What there is besides.
const BESIDES: [Column<'_>; 6] = [
    ("events", |row| row.events.to_string()),
    ("sent", |row| known(row.messages_sent, |sent| sent.to_string())),
    ("clock\ndiff", |row| known(row.clock_diff, |diff| diff.to_string())),
    ("jump\nmax", |row| known(row.jump_max, |jump| jump.to_string())),
    ("wait\nmax, s", |row| known(row.wait_max, |wait| format!("{}{}", wait_mark(row), seconds(wait)))),
    ("late\np99, µs", |row| known(row.lateness_p99_us, |lateness| lateness.to_string())),
];

/// A run: a row a machine.
pub fn machines(rows: &[MachineMetrics], extent: Extent) -> String {
    let besides = BESIDES.iter().filter(|_| extent == Extent::Wide);
    let columns: Vec<&Column<'_>> = BRIEF.iter().chain(besides).collect();
    let header: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let body = rows.iter().map(|row| columns.iter().map(|(_, of)| of(row)).collect());
    let mut text = table(&header, body);
    for row in rows.iter().filter(|row| row.has_clock_set()) {
        let machine = row.machine;
        text.push_str(&format!(
            "the stamps of machine {machine} run backwards or leap ahead: its drift is unknown\n"
        ));
    }
    text
}

/// What the marks in tables of machines mean, of those that occur.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    last_logged: bool,
    from_sends: bool,
}

impl Marks {
    pub fn see(&mut self, rows: &[MachineMetrics]) {
        self.last_logged |= rows.iter().any(|row| row.end_queue_source == EndQueueSource::LastLogged);
        self.from_sends |= rows.iter().any(|row| row.wait_source == WaitSource::FromSends);
    }

    /// A line for each.
    pub fn text(self) -> String {
        const LAST_LOGGED: &str =
            "* the last queue length that was logged: this log has no record of its end\n";
        const FROM_SENDS: &str =
            "≤ from the SEND to the RECEIVE: these logs do not tell when a message arrived\n";
        let told = [(self.last_logged, LAST_LOGGED), (self.from_sends, FROM_SENDS)];
        told.iter().filter(|(occurs, _)| *occurs).map(|(_, text)| *text).collect()
    }
}

/// The last length that was logged is marked as no more than that.
fn end_queue_mark(row: &MachineMetrics) -> &'static str {
    if row.end_queue_source == EndQueueSource::LastLogged { "*" } else { "" }
}

/// An upper bound is marked as one.
fn wait_mark(row: &MachineMetrics) -> &'static str {
    if row.wait_source == WaitSource::FromSends { "≤" } else { "" }
}

fn seconds(time_s: f64) -> String {
    if time_s < 100.0 { format!("{time_s:.3}") } else { format!("{time_s:.0}") }
}

/// What the whole run adds to its machines.
pub fn run_line(run: &RunMetrics) -> String {
    let queued = known(run.messages_queued, |queued| format!("{queued} left in queues"));
    let balance = match run.messages_unaccounted {
        Some(0) => "all accounted for".to_owned(),
        Some(missing) => format!("{missing} unaccounted for"),
        None => "the rest unknown".to_owned(),
    };
    let fidelity = known(run.fidelity_min, |fidelity| fidelity_words(fidelity, run.late_share));
    let queued = if run.messages_queued.is_some() { format!(", {queued}") } else { String::new() };
    format!(
        "messages: {} sent, {} received{queued}; {balance}\nclock fidelity: {fidelity}\n",
        known(run.messages_sent, |sent| sent.to_string()),
        run.messages_received
    )
}

/// Several runs of an experiment: a row a machine and metric.
pub fn summary(rows: &[SummaryRow], extent: Extent) -> String {
    let is_shown = |row: &&SummaryRow| {
        extent == Extent::Wide || MAIN_METRICS.iter().any(|metric| metric.name == row.metric)
    };
    let shown: Vec<&SummaryRow> = rows.iter().filter(is_shown).collect();
    // Rates are reported where they tell apart.
    let differ = |pair: &[SummaryRow]| {
        pair[0].experiment == pair[1].experiment && pair[0].clock_rates != pair[1].clock_rates
    };
    let rates = rows.windows(2).any(differ).then_some("rates, 1/s");
    let figures: &[&str] = match extent {
        Extent::Brief => &["machine", "metric", "n", "mean [95 %]", "min", "max"],
        Extent::Wide => &["machine", "metric", "n", "mean [95 %]", "sd", "median [95 %]", "min", "max"],
    };
    let header: Vec<&str> = ["experiment"].into_iter().chain(rates).chain(figures.iter().copied()).collect();
    let body = shown.iter().map(|row| {
        let rounding = Rounding::to(row.mean_low, row.mean_high);
        let mut cells = vec![row.experiment.clone()];
        cells.extend(rates.map(|_| row.clock_rates.clone()));
        cells.extend([row.machine.to_string(), row.metric.to_owned(), row.n.to_string()]);
        cells.push(rounding::estimate(rounding, row.mean, row.mean_low, row.mean_high, row.mean_method));
        if extent == Extent::Wide {
            cells.push(known(row.sd, |sd| rounding.number(sd)));
            let (low, high) = (row.median_low, row.median_high);
            cells.push(rounding::estimate(rounding, row.median, low, high, row.median_method));
        }
        cells.extend([row.min, row.max].map(|end| Rounding::Brief.number(end)));
        cells
    });
    let mut text = table(&header, body);
    if shown.len() < rows.len() {
        text += "more metrics, and medians, with --wide\n";
    }
    text
}

/// The cells of a plan.
pub fn plan(plan: &Plan) -> String {
    let axes = plan.axes();
    let header = ["cell", "experiment"].into_iter().chain(axes.iter().copied()).chain(["runs"]);
    let body = plan.cells().iter().enumerate().map(|(at, cell)| {
        let place = [(at + 1).to_string(), cell.spec.name.clone()];
        place.into_iter().chain(values(cell, &axes)).chain([cell.replicates.to_string()]).collect()
    });
    table(&header.collect::<Vec<_>>(), body)
}

/// What the cells of a sweep came to: of each run the largest over its
/// machines, and of these the mean with its interval.
pub fn cells(plan: &Plan, outlines: &[CellOutline]) -> String {
    const HEADS: [&str; 6] =
        ["max queue", "end queue", "clock diff", "clock drift", "mean jump", "mean wait, s"];
    let axes = plan.axes();
    let is_drawn = |outline: &CellOutline| plan.cells()[outline.cell].spec.has_random_rates();
    let rates = outlines.iter().any(is_drawn).then_some("rates, 1/s");
    let name = |cell: &Cell| cell.spec.name.clone();
    let differ = plan.cells().windows(2).any(|pair| name(&pair[0]) != name(&pair[1]));
    let experiment = differ.then_some("experiment");
    let places = ["cell"].into_iter().chain(experiment).chain(axes.iter().copied());
    let header: Vec<&str> = places.chain(rates).chain(["runs"]).chain(HEADS).collect();
    let body = outlines.iter().map(|outline| {
        let cell = &plan.cells()[outline.cell];
        [(outline.cell + 1).to_string()]
            .into_iter()
            .chain(experiment.map(|_| name(cell)))
            .chain(values(cell, &axes))
            .chain(rates.map(|_| outline.clock_rates.clone()))
            .chain([outline.runs.to_string()])
            .chain(outline.whole.iter().map(|summary| known(summary.as_ref(), mean)))
            .collect()
    });
    keyed(header.len() - HEADS.len(), &header, body)
}

fn values<'a>(cell: &'a Cell, axes: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    axes.iter().map(|axis| {
        let setting = cell.settings.iter().find(|(key, _)| key == axis);
        setting.map_or_else(|| "-".to_owned(), |(_, value)| value.clone())
    })
}

/// What is not known is shown as `?`.
pub fn known<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), show)
}
