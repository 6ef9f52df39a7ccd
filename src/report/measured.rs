//! What was measured of a run, machine by machine.

use super::document::{Block, Section, Table};
use super::subject::RunSubject;
use super::wording::{known, percent, whole};
use crate::metrics::{EndQueueSource, MachineMetrics, WaitSource};
use crate::text::numbers::seconds;

/// The section on the metrics.
pub fn section(run: &RunSubject, id: &str) -> Section {
    let blocks = vec![Block::Table(machines(&run.rows)), Block::Table(messages(&run.rows))];
    Section::new(id, "Metrics", blocks)
}

/// A row a machine: queues and clocks.
pub fn machines(rows: &[MachineMetrics]) -> Table {
    let headings = [
        "#Machine",
        "#Clock rate, 1/s",
        "#Events",
        "#Max queue",
        "#End queue",
        "#Final clock",
        "#Clock difference",
        "#Clock drift",
        "#Jump, mean",
        "#p95",
        "#Max",
        "#Wait, mean, s",
        "#p95",
        "#Max",
        "#Utilisation",
    ];
    let row = |row: &MachineMetrics| {
        let mark = if row.end_queue_source == EndQueueSource::LastLogged { "*" } else { "" };
        vec![
            row.machine.to_string(),
            whole(row.clock_rate),
            row.events.to_string(),
            whole(row.max_queue),
            known(row.end_queue, |queue| format!("{queue}{mark}")),
            row.final_clock.to_string(),
            whole(row.clock_diff),
            known(row.clock_drift, |drift| format!("{drift:.3}")),
            known(row.jump_mean, |jump| format!("{jump:.2}")),
            whole(row.jump_p95),
            whole(row.jump_max),
            known(row.wait_mean, |wait| bound(row) + &seconds(wait)),
            known(row.wait_p95, seconds),
            known(row.wait_max, seconds),
            known(row.utilisation, percent),
        ]
    };
    let is_marked = rows.iter().any(|row| row.end_queue_source == EndQueueSource::LastLogged);
    let is_bound = rows.iter().any(|row| row.wait_source == WaitSource::FromSends);
    let bound_mark = " ≤ From the SEND to the RECEIVE: the log does not tell when messages arrived.";
    let mark = " * The last length that was logged: the log has no record of its end.";
    Table::new("Queues and clocks", &headings).with(rows.iter().map(row)).noted(format!(
        "Max queue is counted after each pop and when the run ended, end queue when the run ended. Clock difference: the largest final logical \
         clock − this one. Clock drift: the slope of the logical clock ÷ the machine's own rate; 1 where it advances by its \
         own ticks alone. Jump: by how much a RECEIVE raises the clock. Wait: lab time from a message's arrival in the queue to its pop. \
         Utilisation: the share of ticks that are RECEIVE.{}{}",
        if is_marked { mark } else { "" },
        if is_bound { bound_mark } else { "" }
    ))
}

/// The mark of waits that are upper bounds.
fn bound(row: &MachineMetrics) -> String {
    if row.wait_source == WaitSource::FromSends { "≤ ".to_owned() } else { String::new() }
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
