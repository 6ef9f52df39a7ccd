//! Whether what was measured differs from what should be by more than chance,
//! in sentences.

use super::document::Remark;
use super::wording::listed;
use crate::count::counted;
use crate::residual::{HARDLY_CHANCE_SD, Residual};
use crate::rounding::brief;

/// What was measured, and held against theory.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Empty where there is only one.
    pub experiment: String,
    pub residuals: &'a [Residual],
    /// How many the measured values are a mean of.
    pub seeds: usize,
}

/// A figure, and how many standard deviations it lies off.
struct Off {
    what: String,
    by: f64,
}

/// Sets apart what chance does not explain, and what theory itself leaves out:
/// there simulations of the same spec lie as far from it. Only quantities of
/// which theory has a figure count.
pub fn chance(all: &[Held<'_>]) -> Vec<Remark> {
    let figures = || {
        let of = |held: &Held<'_>| -> Vec<(String, Residual, usize)> {
            let told = held.residuals.iter().filter(|one| one.theory.is_some());
            told.map(|one| (what(&held.experiment, one), *one, held.seeds)).collect()
        };
        all.iter().flat_map(of)
    };
    let off = |by: &dyn Fn(&Residual, usize) -> Option<f64>| -> Vec<Off> {
        figures().filter_map(|(what, one, seeds)| Some(Off { what, by: by(&one, seeds)? })).collect()
    };
    let (from_theory, from_simulation) =
        (off(&|one, _| one.value()), off(&|one, seeds| one.against_simulation(seeds)));
    if from_theory.is_empty() {
        return Vec::new();
    }
    let (strange, strangest) = beyond(&from_simulation);
    let (missed, furthest) = beyond(&from_theory);
    let count = counted(from_theory.len() as u64, "figure");
    let mut found = Vec::new();
    if strange > 0 {
        found.push(Remark::warning(format!(
            "{strange} of {count} lie more than {HARDLY_CHANCE_SD} standard deviations from simulations of the same spec, which \
             is hardly chance: {strangest}."
        )));
    } else if missed == 0 {
        found.push(Remark::good(format!(
            "What was measured agrees with theory: all {count} that it foretells lie within {HARDLY_CHANCE_SD} standard \
             deviations of it."
        )));
    } else {
        found.push(Remark::good(format!(
            "What was measured agrees with simulations of the same spec: all {count} lie within {HARDLY_CHANCE_SD} standard \
             deviations of their mean."
        )));
    }
    if missed > 0 && strange == 0 {
        found.push(Remark::finding(format!(
            "Theory itself is off for {missed} of {count}, as simulations are as well: it takes the fastest clock to hear of \
             no faster one, which is a lower bound. Furthest: {furthest}."
        )));
    }
    found
}

fn what(experiment: &str, one: &Residual) -> String {
    let quantity = one.quantity.name().replace('_', " ");
    let of = if experiment.is_empty() { String::new() } else { format!("{experiment}, ") };
    format!("{of}{quantity} of machine {}", one.machine)
}

/// How many lie too far off, and the furthest of them in words.
fn beyond(all: &[Off]) -> (usize, String) {
    let mut beyond: Vec<&Off> = all.iter().filter(|off| off.by.abs() > HARDLY_CHANCE_SD).collect();
    beyond.sort_by(|a, b| b.by.abs().total_cmp(&a.by.abs()));
    let told = |off: &&Off| {
        format!("{} by {}{}", off.what, if off.by < 0.0 { "−" } else { "+" }, brief(off.by.abs()))
    };
    (beyond.len(), listed(&beyond.iter().map(told).collect::<Vec<String>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::MachineId;
    use crate::report::document::Tone;
    use crate::residual::Quantity;

    fn said(theory: Option<f64>, simulated: f64, measured: f64) -> Vec<Remark> {
        let residual = Residual {
            machine: MachineId(2),
            quantity: Quantity::FinalClock,
            theory,
            simulated: Some(simulated),
            measured: Some(measured),
            chance: Some(1.0),
        };
        chance(&[Held { experiment: "e".to_owned(), residuals: &[residual], seeds: 1 }])
    }

    #[test]
    fn what_chance_explains_is_told_from_what_theory_leaves_out() {
        let tones = |theory, simulated, measured| -> Vec<Tone> {
            said(theory, simulated, measured).iter().map(|remark| remark.tone).collect()
        };
        assert_eq!(tones(Some(10.0), 10.2, 11.0), [Tone::Good]);
        assert_eq!(tones(Some(10.0), 19.8, 20.0), [Tone::Good, Tone::Finding]);
        assert_eq!(tones(Some(10.0), 10.2, 20.0), [Tone::Warning]);
        assert_eq!(tones(None, 10.2, 20.0), [], "theory has no figure");
        assert!(said(Some(10.0), 10.2, 20.0)[0].text.contains("e, final clock of machine 2 by +9.78"));
    }
}
