//! Theory beside measurement.

use super::document::{Block, Section, Table};
use super::subject::RunSubject;
use super::wording::known;
use crate::residual::{Quantity, Residual, SIMULATED_RUNS};
use crate::rounding::brief;
use crate::theory::{Prediction, Regime};

/// The section on what should have happened; `None` where theory says nothing.
pub fn section(run: &RunSubject, id: &str) -> Option<Section> {
    let predictions = run.predictions();
    if predictions.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Table(loads(&predictions))];
    if !run.residuals.is_empty() {
        blocks.push(Block::Table(beside("This run beside theory", &run.residuals, "sd")));
    }
    Some(Section::new(id, "Theory beside measurement", blocks))
}

/// What the clock rates alone say of each machine.
pub fn loads(predictions: &[Prediction]) -> Table {
    let headings = [
        "#Machine",
        "#Clock rate, 1/s",
        "#Arrivals, 1/s",
        "#Load",
        "Regime",
        "#Overloaded below, 1/s",
        "#Queue growth, 1/s",
        "#Queue met",
        "#Clock slope, 1/s",
    ];
    let row = |(at, theory): (usize, &Prediction)| {
        vec![
            (at + 1).to_string(),
            theory.clock_rate.to_string(),
            format!("{:.3}", theory.arrival_rate),
            format!("{:.3}", theory.load),
            theory.regime.to_string(),
            format!("{:.3}", theory.overloaded_below),
            format!("{:.3}", theory.queue_growth),
            match theory.regime {
                Regime::Stable => known(theory.mean_queue, |mean| format!("{mean:.2}")),
                Regime::Critical => "wanders".to_owned(),
                Regime::Overloaded => "grows".to_owned(),
            },
            format!("{:.3}", theory.clock_slope),
        ]
    };
    Table::new("What theory expects", &headings).with(predictions.iter().enumerate().map(row)).noted(
        "Load is arrivals ÷ clock rate; above 1 a machine is overloaded: it only receives, and its queue grows for as long \
         as the run lasts. Overloaded below: the clock rate at which its load would be 1, the others being as they are. \
         Queue met: mean length as a tick meets it, before the pop.",
    )
}

/// Measured quantities against theory; `chance` is what one step of the
/// residual is called.
pub fn beside(caption: &str, residuals: &[Residual], chance: &str) -> Table {
    let of_chance = format!("#Chance ({chance})");
    let headings =
        ["#Machine", "Quantity", "#Theory", "#Simulated", "#Measured", of_chance.as_str(), "#Residual"];
    let row = |one: &Residual| {
        let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), shown_as(one.quantity));
        vec![
            one.machine.to_string(),
            one.quantity.name().replace('_', " "),
            shown(one.theory),
            shown(one.simulated),
            known(one.measured, shown_as(one.quantity)),
            shown(one.chance),
            one.value().map_or_else(|| "–".to_owned(), brief),
        ]
    };
    let note = if residuals.iter().any(|one| one.simulated.is_some()) {
        format!(
            "Simulated is the mean of {SIMULATED_RUNS} simulated runs of the same spec with other seeds, and chance what \
             they scatter by ({chance}). Residual: (measured − theory) ÷ chance; beyond ±3 it is hardly chance. Of queues \
             theory has a figure where they grow."
        )
    } else {
        "What chance does was not simulated, as the runs are long; labctl predict does it.".to_owned()
    };
    Table::new(caption, &headings).with(residuals.iter().map(row)).noted(note)
}

fn shown_as(quantity: Quantity) -> fn(f64) -> String {
    match quantity {
        Quantity::Utilisation => |value| format!("{value:.3}"),
        Quantity::EndQueue | Quantity::FinalClock => |value| format!("{value:.1}"),
    }
}
