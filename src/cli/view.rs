//! Metrics as tables that a person can read.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use labctl::metrics::MachineMetrics;
use labctl::metrics::summary::{RunMetrics, SummaryRow};
use labctl::plan::{Cell, Plan};
use labctl::statistics::Summary;
use labctl::sweep::CellOutline;
use labctl::visible::on_one_line;

use super::rounding::Rounding;

pub const UNKNOWN: &str = "?";
/// Stands for rows that are left out.
pub const LEFT_OUT: &str = "…";
/// A line under the header and nothing else: rows read best close together.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// A run: a row a machine.
pub fn machines(rows: &[MachineMetrics]) -> String {
    let header = [
        "machine",
        "rate\n1/s",
        "events",
        "max\nqueue",
        "end\nqueue",
        "final\nclock",
        "clock\ndiff",
        "clock\ndrift",
        "jump\np95",
        "busy",
        "achieved\n1/s",
        "lateness\np99, µs",
    ];
    let body = rows.iter().map(|row| {
        let queue_mark = match row.end_queue_source {
            labctl::metrics::EndQueueSource::Recorded | labctl::metrics::EndQueueSource::Unknown => "",
            labctl::metrics::EndQueueSource::LastLogged => "*",
        };
        vec![
            row.machine.to_string(),
            known(row.clock_rate, |rate| rate.to_string()),
            row.events.to_string(),
            known(row.max_queue, |queue| queue.to_string()),
            known(row.end_queue, |queue| format!("{queue}{queue_mark}")),
            row.final_clock.to_string(),
            known(row.clock_diff, |diff| diff.to_string()),
            known(row.clock_drift, |drift| format!("{drift:.3}")),
            known(row.jump_p95, |jump| jump.to_string()),
            known(row.utilisation, |share| format!("{:.1} %", share * 100.0)),
            known(row.achieved_rate, |rate| format!("{rate:.4}")),
            known(row.lateness_p99_us, |lateness| lateness.to_string()),
        ]
    });
    let mut text = table(&header, body);
    if rows.iter().any(|row| row.end_queue_source == labctl::metrics::EndQueueSource::LastLogged) {
        text.push_str("* the last queue length that was logged: this log has no record of its end\n");
    }
    text
}

/// What the whole run adds to its machines.
pub fn run_line(run: &RunMetrics) -> String {
    let queued = known(run.messages_queued, |queued| format!("{queued} left in queues"));
    let balance = match run.messages_unaccounted {
        Some(0) => "all accounted for".to_owned(),
        Some(missing) => format!("{missing} unaccounted for"),
        None => "the rest unknown".to_owned(),
    };
    let fidelity = known(run.fidelity_min, |fidelity| format!("{fidelity:.4}"));
    let queued = if run.messages_queued.is_some() { format!(", {queued}") } else { String::new() };
    format!(
        "messages: {} sent, {} received{queued}; {balance}. Clock fidelity: {fidelity}\n",
        known(run.messages_sent, |sent| sent.to_string()),
        run.messages_received
    )
}

/// Several runs of an experiment: a row a machine and metric.
pub fn summary(rows: &[SummaryRow]) -> String {
    let header = ["experiment", "machine", "metric", "n", "mean [95 %]", "sd", "median [95 %]", "min", "max"];
    let body = rows.iter().map(|row| {
        let rounding = Rounding::to(row.mean_low, row.mean_high);
        vec![
            row.experiment.clone(),
            row.machine.to_string(),
            row.metric.to_owned(),
            row.n.to_string(),
            rounding.estimate(row.mean, row.mean_low, row.mean_high),
            known(row.sd, |sd| rounding.number(sd)),
            rounding.estimate(row.median, row.median_low, row.median_high),
            Rounding::Brief.number(row.min),
            Rounding::Brief.number(row.max),
        ]
    });
    table(&header, body)
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
    let axes = plan.axes();
    let heads = ["runs", "max queue", "end queue", "clock diff"];
    let header = ["cell", "experiment"].into_iter().chain(axes.iter().copied()).chain(heads);
    let body = outlines.iter().map(|outline| {
        let cell = &plan.cells()[outline.cell];
        let place = [(outline.cell + 1).to_string(), cell.spec.name.clone()];
        let numbers = outline.whole.iter().map(|summary| summary.as_ref().map_or_else(String::new, mean));
        place
            .into_iter()
            .chain(values(cell, &axes))
            .chain([outline.runs.to_string()])
            .chain(numbers)
            .collect()
    });
    table(&header.collect::<Vec<_>>(), body)
}

fn mean(summary: &Summary) -> String {
    let (low, high) = summary.mean_interval.map(|interval| (interval.low, interval.high)).unzip();
    Rounding::to(low, high).estimate(summary.mean, low, high)
}

fn values<'a>(cell: &'a Cell, axes: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    axes.iter().map(|axis| {
        let setting = cell.settings.iter().find(|(key, _)| key == axis);
        setting.map_or_else(|| "-".to_owned(), |(_, value)| value.clone())
    })
}

/// A number of things: `1 run`, `1200 runs`. Numbers on a terminal are plain, so
/// that they can be searched for and copied; on pages they are grouped.
pub fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// What is not known is shown as `?`.
pub fn known<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), show)
}

/// Words to the left, numbers to the right.
pub fn table(header: &[&str], body: impl Iterator<Item = Vec<String>>) -> String {
    // A name stays in its row, whatever is in it.
    let rows: Vec<Vec<String>> = body.map(|row| row.iter().map(|cell| on_one_line(cell)).collect()).collect();
    let is_number = |text: &String| {
        [UNKNOWN, LEFT_OUT].contains(&text.as_str())
            || text.starts_with(|c: char| c.is_ascii_digit() || "-<>".contains(c))
    };
    let mut table = Table::new();
    table.load_style(STYLE).set_header(header);
    for (at, column) in table.column_iter_mut().enumerate() {
        if rows.iter().all(|row| row.get(at).is_none_or(is_number)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.add_rows(rows);
    format!("{table}\n")
}
