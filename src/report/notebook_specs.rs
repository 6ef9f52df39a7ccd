//! What is run for a notebook: a spec as it is, with clock rates that lie closer
//! together, and with a smaller internal probability. Pure.

use crate::model::time::LabTime;
use crate::spec::{ClockRate, MachineSpec, Spec};

/// A third of a fast machine's ticks at most are sends that nothing keeps it from.
const SMALLER_INTERNAL_PROB: f64 = 0.2;

/// A setting of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct NotebookSpec {
    /// In a few words.
    pub title: &'static str,
    pub spec: Spec,
}

/// The settings, in the order in which the notebook asks about them.
pub fn notebook_specs(base: &Spec) -> [NotebookSpec; 3] {
    let of = |title, ending: &str, spec: Spec| {
        let why = format!("The notebook's runs of {}: {title}.", base.name);
        NotebookSpec {
            title,
            spec: Spec { name: format!("{}{ending}", base.name), why, published: None, ..spec },
        }
    };
    let closer = Spec { machines: closer(&base.machines), ..base.clone() };
    let talkative = Spec { internal_prob: smaller(base.internal_prob), ..base.clone() };
    [
        NotebookSpec { title: "as it is", spec: base.clone() },
        of("closer clock rates", "_closer_rates", closer),
        of("smaller internal_prob", "_smaller_internal_prob", talkative),
    ]
}

/// How the runs are made, in a sentence; `engine` says by what.
pub fn words(specs: &[NotebookSpec; 3], replicates: u32, engine: &str) -> String {
    let [base, closer, talkative] = specs.each_ref().map(|one| &one.spec);
    let (first, last) = (base.seed, base.seed.wrapping_add(u64::from(replicates.saturating_sub(1))));
    let seeds =
        if replicates == 1 { format!("seed {first}") } else { format!("the seeds {first} to {last}") };
    let time = LabTime(base.duration.0);
    format!(
        "Each setting was run with {seeds}, for {time} of lab time, {engine}. As it is: clock rates {}, internal_prob {}. \
         Closer clock rates: {}, each half as far from the fastest. Smaller internal_prob: {}.",
        rates(&base.machines),
        base.internal_prob,
        rates(&closer.machines),
        talkative.internal_prob,
    )
}

fn rates(machines: &[MachineSpec]) -> String {
    machines.iter().map(|machine| machine.clock_rate.to_string()).collect::<Vec<_>>().join(", ")
}

/// Each clock rate half as far from the largest.
fn closer(machines: &[MachineSpec]) -> Vec<MachineSpec> {
    let top = |machine: &MachineSpec| match machine.clock_rate {
        ClockRate::Fixed(rate) => rate,
        ClockRate::Random { high, .. } => f64::from(high),
    };
    let fastest = machines.iter().map(top).fold(0.0, f64::max);
    let nearer = |rate: f64| fastest - (fastest - rate) / 2.0;
    let drawn = |rate: u32| nearer(f64::from(rate)).ceil() as u32;
    let clock_rate = |rate: ClockRate| match rate {
        ClockRate::Fixed(rate) => ClockRate::Fixed(nearer(rate)),
        ClockRate::Random { low, high } => ClockRate::Random { low: drawn(low), high: drawn(high) },
    };
    machines.iter().map(|one| MachineSpec { clock_rate: clock_rate(one.clock_rate), ..one.clone() }).collect()
}

fn smaller(internal_prob: f64) -> f64 {
    if internal_prob > 2.0 * SMALLER_INTERNAL_PROB { SMALLER_INTERNAL_PROB } else { internal_prob / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse;

    fn specs(text: &str) -> [NotebookSpec; 3] {
        let text = format!("name = \"x\"\nduration = \"60s\"\nseed = 7\n{text}");
        notebook_specs(&parse("x.toml", &text, &[]).unwrap())
    }

    #[test]
    fn rates_come_closer_and_fewer_ticks_are_internal() {
        let [base, closer, talkative] =
            specs("machine = [{ clock_rate = 6 }, { clock_rate = 1 }, { clock_rate = 2 }]");
        assert_eq!([rates(&base.spec.machines), rates(&closer.spec.machines)], ["6, 1, 2", "6, 3.5, 4"]);
        assert_eq!(talkative.spec.internal_prob, 0.2);
        assert_eq!((&*base.spec.name, &*closer.spec.name), ("x", "x_closer_rates"));
        let drawn = specs("internal_prob = 0.3\nmachine = [{ clock_rate = \"random 1..6\", count = 3 }]");
        assert_eq!(rates(&drawn[1].spec.machines), "random 4..6, random 4..6, random 4..6");
        assert_eq!(drawn[2].spec.internal_prob, 0.15);
        let text = words(&drawn, 5, "simulated");
        assert!(text.contains("the seeds 7 to 11, for 1m of lab time, simulated"), "{text}");
    }
}
