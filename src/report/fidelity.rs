//! How far the clocks of a run are to be trusted.

use super::document::{Block, Remark, Section, Table};
use super::subject::RunSubject;
use super::wording::{known, whole};
use crate::metrics::MachineMetrics;
use crate::metrics::trust::{FIDELITY_TOLERANCE, LATE_SHARE_TOLERANCE, doubts};
use crate::text::numbers::percent;

/// The section on the machines' clock rates and their lateness.
pub fn section(run: &RunSubject, id: &str) -> Section {
    let doubted = run.whole().map(|whole| doubts(&run.rows, &whole)).unwrap_or_default();
    let mut blocks: Vec<Block> = Vec::new();
    if !doubted.is_empty() {
        blocks.push(Block::Remarks(doubted.iter().map(|doubt| Remark::warning(doubt.to_string())).collect()));
    }
    blocks.push(Block::Table(table(&run.rows)));
    Section::new(id, "Fidelity of the clocks", blocks)
}

fn table(rows: &[MachineMetrics]) -> Table {
    let headings = [
        "#Machine",
        "#Clock rate (ticks/s)",
        "#Achieved rate (ticks/s)",
        "#Clock fidelity (served ÷ due ticks)",
        "#Ticks",
        "#Late ticks",
        "#Lost ticks",
        "#Lateness, median (µs)",
        "#Lateness, p99 (µs)",
        "#Lateness, max (µs)",
    ];
    let row = |row: &MachineMetrics| {
        vec![
            row.machine.to_string(),
            whole(row.clock_rate),
            known(row.achieved_rate, |rate| format!("{rate:.4}")),
            known(row.fidelity, |fidelity| format!("{fidelity:.4}")),
            whole(row.ticks),
            late(row),
            whole(row.lost_ticks),
            whole(row.lateness_p50_us),
            whole(row.lateness_p99_us),
            whole(row.lateness_max_us),
        ]
    };
    Table::new("Clock rates and lateness", &headings).with(rows.iter().map(row)).noted(format!(
        "Achieved rate: the clock rate × ticks served ÷ ticks due. Fidelity: the same share without the ticks that a delay in \
         the sender slept through, so how far the host kept the clock. Lateness is real time from a tick's deadline to its serving. A tick is late if it was served nearer to the next \
         deadline than to its own; lost ticks are those that a delay in the sender slept through. A run is doubted where a \
         rate is off by more than {}, or more than {} of the ticks are late.",
        percent(FIDELITY_TOLERANCE),
        percent(LATE_SHARE_TOLERANCE)
    ))
}

/// Late ticks, and their share of all.
fn late(row: &MachineMetrics) -> String {
    let share = row.late_share.filter(|share| *share > 0.0);
    let share = share.map_or_else(String::new, |share| format!(" ({})", percent(share)));
    whole(row.late_ticks) + &share
}
