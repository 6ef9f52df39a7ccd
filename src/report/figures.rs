//! Charts with their captions, which tell in words what is to be read off them.

use super::document::{Block, Figure, Section};
use super::drawing::Drawing;
use super::subject::{Drawn, RunSubject};
use super::wording::known;
use crate::charts::RunChart;
use crate::metrics::MachineMetrics;
use crate::metrics::series::Thinned;
use crate::text::numbers::grouped;

/// Captions name no more machines than this.
const MACHINES_NAMED: usize = 8;

/// The section on a run's charts; `None` where they were not drawn.
pub fn section(run: &RunSubject, id: &str) -> Option<Section> {
    // Without events there is nothing to be seen.
    let drawn = run.drawn.as_ref().filter(|_| run.rows.iter().any(|row| row.events > 0))?;
    let mut blocks: Vec<Block> = drawn
        .charts
        .iter()
        .map(|(of, chart)| Block::Figure(Box::new(of_run(of, chart, &run.rows, id))))
        .collect();
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

/// A chart of a run, with what it shows of each machine.
pub fn of_run(of: &RunChart, chart: &Drawing, rows: &[MachineMetrics], id: &str) -> Figure {
    let named = rows
        .iter()
        .take(MACHINES_NAMED)
        .map(|row| format!("machine {}: {}", row.machine, known((of.of_machine)(row), |value| value)));
    let more = rows.len().saturating_sub(MACHINES_NAMED);
    let each: Vec<String> = named.chain((more > 0).then(|| format!("and {more} more"))).collect();
    // The page says already of which run it is.
    let about = chart.wide.notes.clone();
    Figure { about, ..Figure::new(id, chart, format!("{}, {}.", of.caption, each.join("; "))) }
}

/// Charts of many runs, whose headings say it all.
pub fn of_many(place: &str, charts: &[Drawing]) -> Vec<Block> {
    charts.iter().map(|chart| Block::Figure(Box::new(Figure::new(place, chart, String::new())))).collect()
}
