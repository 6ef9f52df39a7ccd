//! What is expected beside what was measured.

use super::document::{Block, Remark, Section, Table};
use super::subject::RunSubject;
use super::wording::known;
use crate::metrics::Metric;
use crate::model::theory::Prediction;
use crate::predict::residual::Residual;
use crate::statistics::rounding::brief;

/// The section on what should have happened; `None` where nothing is known of
/// that.
pub fn section(run: &RunSubject, id: &str) -> Option<Section> {
    let predictions = run.predictions();
    let mut blocks = Vec::new();
    if !predictions.is_empty() {
        blocks.push(Block::Table(loads(&predictions)));
    }
    if !run.residuals.is_empty() {
        blocks.push(Block::Table(beside("This run beside what is expected", &run.residuals, "sd")));
    }
    if let Some(why) = &run.no_expectation {
        blocks.push(Block::Remarks(vec![Remark::unknown(format!("It is checked against nothing: {why}."))]));
    }
    (!blocks.is_empty()).then(|| Section::new(id, "Expected beside measured", blocks))
}

/// What the clock rates alone say of each machine.
pub fn loads(predictions: &[Prediction]) -> Table {
    let headings = [
        "#Machine",
        "#Clock rate (ticks/s)",
        "#Arrivals (messages/s)",
        "#Load",
        "Regime",
        "#Overloaded below (ticks/s)",
        "#Queue growth (messages/s)",
    ];
    let row = |(at, law): (usize, &Prediction)| {
        vec![
            (at + 1).to_string(),
            law.clock_rate.to_string(),
            format!("{:.3}", law.arrival_rate),
            format!("{:.3}", law.load),
            law.regime.to_string(),
            format!("{:.3}", law.overloaded_below),
            format!("{:.3}", law.queue_growth),
        ]
    };
    Table::new("What the law says", &headings).with(predictions.iter().enumerate().map(row)).noted(
        "Load is arrivals ÷ clock rate; above 1 a machine is overloaded: it only receives, its queue grows for as long as \
         the run lasts, and its clock rises at about the leader's pace ÷ load. Overloaded below: the clock rate at which its \
         load would be 1, the others being as they are. Near-critical: so close to load 1 that in a run of this length chance \
         moves the queue as far as growth does.",
    )
}

/// Measured quantities against what is expected; `chance` is what one step of
/// the residual is called.
pub fn beside(caption: &str, residuals: &[Residual], chance: &str) -> Table {
    let of_chance = format!("#Chance ({chance})");
    let headings = ["#Machine", "Quantity", "#Expected", "#Measured", of_chance.as_str(), "#Residual"];
    let row = |one: &Residual| {
        vec![
            one.machine.to_string(),
            one.metric.label.to_owned(),
            known(one.expected, shown_as(one.metric)),
            known(one.measured, shown_as(one.metric)),
            known(one.chance, shown_as(one.metric)),
            known(one.value, brief),
        ]
    };
    Table::new(caption, &headings).with(residuals.iter().map(row)).noted(format!(
        "Expected is the mean of simulated runs of the same spec with other seeds, and chance what they scatter by \
         ({chance}). Residual: where the measured value lies among them, in standard deviations of a normal law; beyond ±3 it \
         is hardly chance."
    ))
}

fn shown_as(metric: Metric) -> impl Fn(f64) -> String {
    move |value| format!("{value:.*}", metric.decimals)
}
