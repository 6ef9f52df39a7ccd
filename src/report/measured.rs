//! What was measured of a run, machine by machine.

use super::document::{Block, Section, Table};
use super::subject::RunSubject;
use super::wording::{headings, value, whole};
use crate::metrics::catalogue::{
    CLOCK_DIFF, CLOCK_DRIFT, END_QUEUE, FINAL_CLOCK, JUMP_MAX, JUMP_MEAN, JUMP_P95, MAX_QUEUE, UTILISATION,
    WAIT_MAX, WAIT_MEAN, WAIT_P95,
};
use crate::metrics::{EndQueueSource, MachineMetrics, Metric, WaitSource};

/// The section on the metrics.
pub fn section(run: &RunSubject, id: &str) -> Section {
    let blocks = vec![
        Block::Table(machines(&run.rows)),
        Block::Table(jumps_and_waits(&run.rows)),
        Block::Table(messages(&run.rows)),
    ];
    Section::new(id, "Metrics", blocks)
}

/// A row a machine: queues and clocks.
pub fn machines(rows: &[MachineMetrics]) -> Table {
    const METRICS: [Metric; 6] = [MAX_QUEUE, END_QUEUE, FINAL_CLOCK, CLOCK_DIFF, CLOCK_DRIFT, UTILISATION];
    let place = ["#Machine", "#Clock rate (ticks/s)", "#Events"].map(str::to_owned).to_vec();
    let row = |row: &MachineMetrics| {
        let place = vec![row.machine.to_string(), whole(row.clock_rate), row.events.to_string()];
        let mark = |metric: &Metric| match row.end_queue_source {
            EndQueueSource::LastLogged if *metric == END_QUEUE && row.end_queue.is_some() => "*",
            _ => "",
        };
        [place, METRICS.iter().map(|metric| value(*metric, metric.of(row)) + mark(metric)).collect()].concat()
    };
    let is_marked = rows.iter().any(|row| row.end_queue_source == EndQueueSource::LastLogged);
    let mark = " * The last length that was logged: the log has no record of its end.";
    Table::new("Queues and clocks", &[place, headings(&METRICS)].concat()).with(rows.iter().map(row)).noted(format!(
        "Max queue is counted after each pop and when the run ended, end queue when the run ended. Clock difference: the \
         largest final logical clock − this one. Clock drift: the slope of the logical clock ÷ the machine's own rate; 1 \
         where it advances by its own ticks alone. Utilisation: the share of ticks that are RECEIVE.{}",
        if is_marked { mark } else { "" },
    ))
}

fn jumps_and_waits(rows: &[MachineMetrics]) -> Table {
    const METRICS: [Metric; 6] = [JUMP_MEAN, JUMP_P95, JUMP_MAX, WAIT_MEAN, WAIT_P95, WAIT_MAX];
    const WAITS: [Metric; 3] = [WAIT_MEAN, WAIT_P95, WAIT_MAX];
    let row = |row: &MachineMetrics| {
        let mark = |metric: &Metric| {
            if WAITS.contains(metric) && metric.of(row).is_some() { bound(row) } else { "" }
        };
        let values = METRICS.iter().map(|metric| mark(metric).to_owned() + &value(*metric, metric.of(row)));
        [row.machine.to_string()].into_iter().chain(values).collect()
    };
    let is_bound = rows.iter().any(|row| row.wait_source == WaitSource::FromSends);
    let mark = " ≤ From the SEND to the RECEIVE: the log does not tell when messages arrived.";
    let headings = [vec!["#Machine".to_owned()], headings(&METRICS)].concat();
    Table::new("Jumps and waits", &headings).with(rows.iter().map(row)).noted(format!(
        "Jump: by how much a RECEIVE raises the clock. Wait: lab time from a message's arrival in the queue to its pop.{}",
        if is_bound { mark } else { "" }
    ))
}

/// The mark of waits that are upper bounds.
fn bound(row: &MachineMetrics) -> &'static str {
    if row.wait_source == WaitSource::FromSends { "≤ " } else { "" }
}

fn messages(rows: &[MachineMetrics]) -> Table {
    let headings = ["#Machine", "#INTERNAL", "#SEND", "#RECEIVE", "#Sent", "#Received", "#Left in queue"];
    let row = |row: &MachineMetrics| {
        let messages = [row.messages_sent, Some(row.messages_received), row.messages_queued];
        let counts = [row.internal, row.sends, row.receives].map(Some).into_iter().chain(messages).map(whole);
        [row.machine.to_string()].into_iter().chain(counts).collect()
    };
    Table::new("Events and messages", &headings)
        .with(rows.iter().map(row))
        .noted("Sent counts a message for each recipient.")
}
