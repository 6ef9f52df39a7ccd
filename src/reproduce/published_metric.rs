//! What was published, cell by cell, and where it lies among our runs. Pure.

use super::cells::Replicates;
use super::setup::Setup;
use crate::charts::{PublishedValues, logged_values, published_values};
use crate::metrics::{Metric, Quantity};
use crate::model::event::MachineId;
use crate::spec::ClockRate;
use crate::statistics::Summary;

/// The metrics that the notebook publishes.
pub const PUBLISHED_METRICS: [&str; 3] = ["max_queue", "end_queue", "clock_diff"];

/// One metric of one machine, as it was published and as we find it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedMetric {
    pub experiment: String,
    pub machine: MachineId,
    pub clock_rate: ClockRate,
    pub metric: &'static Metric,
    pub published: Option<Placed>,
    /// As the logs behind the publication say.
    pub logged: Option<Placed>,
    /// Of our runs.
    pub values: Vec<f64>,
    pub summary: Option<Summary>,
}

/// A value, and its place among our runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    pub value: u64,
    /// From 0 to 100; `None` without runs.
    pub percentile: Option<f64>,
}

impl Placed {
    fn among(value: u64, values: &[f64]) -> Placed {
        Placed { value, percentile: percentile(value as f64, values) }
    }

    /// Whether it lies outside of what 90 % of runs show.
    pub fn is_outside(&self) -> bool {
        self.percentile.is_some_and(|percentile| !(5.0..=95.0).contains(&percentile))
    }
}

/// The mid-rank of a value: how many percent of runs lie below it, and half of
/// those that equal it.
pub fn percentile(value: f64, values: &[f64]) -> Option<f64> {
    let below = values.iter().filter(|other| **other < value).count() as f64;
    let equal = values.iter().filter(|other| **other == value).count() as f64;
    (!values.is_empty()).then(|| 100.0 * (below + equal / 2.0) / values.len() as f64)
}

/// All that was published of these experiments, in their order.
pub fn published_metrics(published: &[Setup], replicates: &Replicates<'_>) -> Vec<PublishedMetric> {
    let metrics = PUBLISHED_METRICS.iter().filter_map(|name| Metric::named(name));
    metrics
        .flat_map(|metric| published.iter().flat_map(move |setup| of_metric(metric, setup, replicates)))
        .collect()
}

fn of_metric(metric: &'static Metric, setup: &Setup, replicates: &Replicates<'_>) -> Vec<PublishedMetric> {
    let printed: Vec<_> =
        published_values(&setup.experiment, &setup.spec).map(|(_, values)| values).collect();
    let logged: Vec<_> = logged_values(&setup.spec).collect();
    let sample = replicates.of(setup);
    let of_machine = |(machine, spec): (MachineId, &crate::spec::MachineSpec)| {
        let quantity = Quantity { metric, machine: Some(machine) };
        let values: Vec<f64> = sample.values(&quantity).flatten().collect();
        let placed = |all: &[PublishedValues]| {
            Some(Placed::among(all.get(machine.index())?.of(metric.name)?, &values))
        };
        PublishedMetric {
            experiment: setup.experiment.clone(),
            machine,
            clock_rate: spec.clock_rate,
            metric,
            published: placed(&printed),
            logged: placed(&logged),
            summary: Summary::of(&values),
            values,
        }
    };
    MachineId::all(setup.spec.machine_count()).zip(&setup.spec.machines).map(of_machine).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_counts_half_of_what_is_equal() {
        let values = [0.0, 0.0, 0.0, 1.0, 5.0];
        for (value, place) in [(0.0, 30.0), (1.0, 70.0), (3.0, 80.0), (9.0, 100.0), (-1.0, 0.0)] {
            assert_eq!(percentile(value, &values), Some(place), "{value}");
        }
        assert_eq!(percentile(0.0, &[]), None);
    }

    #[test]
    fn what_ninety_percent_of_runs_do_not_show_is_outside() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let outside = |value| Placed::among(value, &values).is_outside();
        assert!(outside(3) && outside(96) && !outside(5) && !outside(94));
        assert!(!Placed::among(3, &[]).is_outside());
    }
}
