//! How numbers, findings and theory are put into words. Pure.

use super::expectation::{Expectation, Statistic};
use super::judge::{Basis, Finding};
use super::setup::Setup;
use crate::model::theory::{Prediction, Regime};
use crate::plan::Run;
use crate::statistics::rounding::Rounding;
pub use crate::statistics::rounding::brief;
use crate::text::numbers::percent;

/// What the runs show of an expectation.
pub fn finding(expectation: &Expectation, finding: &Finding) -> String {
    let Some(value) = finding.value else { return "no runs".to_owned() };
    let shares = |low: f64, high: f64| format!("[{:.1}, {:.1}]", low.max(0.0) * 100.0, high.min(1.0) * 100.0);
    match (expectation.statistic, finding.basis) {
        (Statistic::Share(..), Basis::Interval(low, high)) => {
            format!("{} of runs {}", percent(value), shares(low, high))
        }
        (Statistic::MachineShare(..), Basis::Interval(low, high)) => {
            format!("{} of machines {}", percent(value), shares(low, high))
        }
        (Statistic::MachineShare(..), _) => {
            format!("{} of machines in {} runs", percent(value), finding.n)
        }
        (_, Basis::Interval(low, high)) => {
            Rounding::to(Some(low), Some(high)).estimate(value, Some(low), Some(high))
        }
        (_, Basis::Count(count)) => {
            let (sign, bound) = (expectation.operator.sign(), expectation.bound);
            format!("{}; {count} of {} runs {sign} {bound}", brief(value), finding.n)
        }
        (_, Basis::Runs) => format!("{} in {} runs", brief(value), finding.n),
        (_, Basis::Nothing) => brief(value),
    }
}

/// What theory says of the machines of a setup; `None` where it does not apply.
pub fn predictions(setup: &Setup) -> Option<Vec<Prediction>> {
    let run = Run::single(setup.spec.clone(), String::new());
    (!setup.spec.has_random_rates() && !run.delays_senders()).then(|| run.predictions())
}

/// The overloaded machines of a setup, or the one nearest to it; of several
/// setups nothing, as there is a table of them.
pub fn loads(setups: &[Setup]) -> String {
    match setups {
        [setup] => load(setup),
        _ => String::new(),
    }
}

fn load(setup: &Setup) -> String {
    let Some(predictions) = predictions(setup) else { return "does not apply".to_owned() };
    let reported = |(at, machine): (usize, &Prediction)| {
        let sign = if machine.is_overloaded() { '<' } else { '>' };
        let threshold = Rounding::Decimals(2).number(machine.overloaded_below);
        format!("m{}: rate {} {sign} {threshold}", at + 1, machine.clock_rate)
    };
    let machines = || predictions.iter().enumerate();
    let strained = machines().filter(|(_, machine)| machine.regime != Regime::Stable);
    let strained: Vec<String> =
        strained.map(|(at, machine)| format!("{} {}", machine.regime, reported((at, machine)))).collect();
    if !strained.is_empty() {
        return strained.join("; ");
    }
    let margin = |machine: &Prediction| machine.clock_rate / machine.overloaded_below;
    let nearest = machines().min_by(|(_, a), (_, b)| margin(a).total_cmp(&margin(b)));
    nearest.map_or_else(String::new, |nearest| format!("all stable, nearest m{}", &reported(nearest)[1..]))
}
