//! Charts with their captions, and what stands in their place for those who do
//! not see them.

use super::document::{Block, Figure, Section};
use super::subject::{Drawn, RunSubject};
use super::wording::{grouped, known};
use crate::charts::Chart;
use crate::metrics::MachineMetrics;
use crate::metrics::series::Thinned;

/// Alternative texts name no more machines than this.
const MACHINES_NAMED: usize = 8;

/// The section on a run's charts; `None` where they were not drawn.
pub fn section(run: &RunSubject, id: &str) -> Option<Section> {
    let drawn = run.drawn.as_ref()?;
    let mut blocks: Vec<Block> =
        drawn.charts.iter().map(|chart| Block::Figure(of_run(chart, &run.rows, id))).collect();
    blocks.extend(thinned(drawn).map(Block::Prose));
    Some(Section::new(id, "Charts", blocks))
}

fn thinned(drawn: &Drawn) -> Option<String> {
    (drawn.events_a_point > 1).then(|| {
        format!(
            "Lines over time are thinned to at most {} points each, more than a screen has pixels: one point stands for up \
             to {} events in a row, and keeps the shortest and the longest queue among them.",
            grouped(Thinned::CAPACITY as u64),
            grouped(drawn.events_a_point)
        )
    })
}

fn of_run(chart: &Chart, rows: &[MachineMetrics], id: &str) -> Figure {
    let each = |show: fn(&MachineMetrics) -> String| {
        let named =
            rows.iter().take(MACHINES_NAMED).map(|row| format!("machine {}: {}", row.machine, show(row)));
        let more = rows.len().saturating_sub(MACHINES_NAMED);
        let more = (more > 0).then(|| format!("and {more} more"));
        named.chain(more).collect::<Vec<_>>().join("; ")
    };
    let (caption, values) = match chart.name.as_str() {
        "queue" => (
            "Queue length over lab time, counted after each event.",
            format!("Longest, {}.", each(|row| known(row.max_queue, |queue| queue.to_string()))),
        ),
        "clocks" => (
            "Logical clocks over lab time.",
            format!("At the end, {}.", each(|row| row.final_clock.to_string())),
        ),
        "drift" => (
            "How far each logical clock is behind the leading one, over lab time.",
            format!("At the end, {}.", each(|row| row.clock_diff.to_string())),
        ),
        "jumps" => (
            "By how much RECEIVE events raise the clock.",
            format!("95 % of them by at most, {}.", each(|row| known(row.jump_p95, |jump| jump.to_string()))),
        ),
        _ => ("", String::new()),
    };
    Figure {
        name: format!("{id}-{}", chart.name),
        svg: chart.svg.clone(),
        alt: format!("{caption} {values}"),
        caption: caption.to_owned(),
    }
}

/// A chart that is not of one run.
pub fn of_many(chart: &Chart, about: &str) -> Figure {
    let words = chart.name.replace("_vs_", " against ").replace('_', " ");
    Figure {
        name: chart.name.clone(),
        svg: chart.svg.clone(),
        alt: format!("Chart: {words}, {about}."),
        caption: format!("{}, {about}.", capital(&words)),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
