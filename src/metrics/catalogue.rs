//! The catalogue of metrics: their names, their words, and how a run's follows
//! from its machines'.

use super::MachineMetrics;
use crate::statistics::Summary;

/// A number that each machine of a run has, where its log can tell.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// As in `metrics.csv`.
    pub name: &'static str,
    /// For an axis, with the unit.
    pub label: &'static str,
    pub over_machines: OverMachines,
    of: fn(&MachineMetrics) -> Option<f64>,
}

/// The names of the metrics that runs are first looked at by.
const MAIN: [&str; 6] = ["max_queue", "end_queue", "clock_diff", "clock_drift", "jump_mean", "wait_mean"];

/// The metrics that runs are first looked at by.
pub fn main_metrics() -> impl Iterator<Item = &'static Metric> {
    MAIN.into_iter().filter_map(Metric::named)
}

/// What a run's own value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverMachines {
    Largest,
    Smallest,
    Sum,
}

use OverMachines::{Largest, Smallest, Sum};

/// All metrics, in the order in which they are shown.
pub static METRICS: [Metric; 25] = [
    metric("max_queue", "Max queue (messages)", Largest, |row| whole(row.max_queue)),
    metric("end_queue", "End queue (messages)", Largest, |row| whole(row.end_queue)),
    metric("clock_diff", "Clock difference (clock units)", Largest, |row| whole(row.clock_diff)),
    metric("final_clock", "Final clock (clock units)", Largest, |row| Some(row.final_clock as f64)),
    metric("clock_drift", "Clock drift (clock units a tick)", Largest, |row| row.clock_drift),
    metric("jump_mean", "Mean jump (clock units)", Largest, |row| row.jump_mean),
    metric("jump_p95", "Jump, p95 (clock units)", Largest, |row| whole(row.jump_p95)),
    metric("jump_max", "Largest jump (clock units)", Largest, |row| whole(row.jump_max)),
    metric("wait_mean", "Mean wait in the queue (s)", Largest, |row| row.wait_mean),
    metric("wait_p95", "Wait in the queue, p95 (s)", Largest, |row| row.wait_p95),
    metric("wait_max", "Longest wait in the queue (s)", Largest, |row| row.wait_max),
    metric("utilisation", "Utilisation (share of ticks)", Largest, |row| row.utilisation),
    metric("speed_ratio", "Speed ratio (fastest ÷ own)", Largest, |row| row.speed_ratio),
    metric("ratio_difference", "Ratio difference (1 − own ÷ fastest)", Largest, |row| {
        row.ratio_difference
    }),
    metric("achieved_rate", "Achieved rate (ticks/s)", Smallest, |row| row.achieved_rate),
    metric("fidelity", "Clock fidelity (served ÷ due ticks)", Smallest, |row| row.fidelity),
    metric("lateness_p50_us", "Lateness, median (µs)", Largest, |row| whole(row.lateness_p50_us)),
    metric("lateness_p99_us", "Lateness, p99 (µs)", Largest, |row| whole(row.lateness_p99_us)),
    metric("lateness_max_us", "Lateness, max (µs)", Largest, |row| whole(row.lateness_max_us)),
    metric("late_ticks", "Late ticks (ticks)", Sum, |row| whole(row.late_ticks)),
    metric("late_share", "Late ticks (share of ticks)", Largest, |row| row.late_share),
    metric("lost_ticks", "Lost ticks (ticks)", Sum, |row| whole(row.lost_ticks)),
    metric("messages_sent", "Sent (messages)", Sum, |row| whole(row.messages_sent)),
    metric("messages_received", "Received (messages)", Sum, |row| Some(row.messages_received as f64)),
    metric("messages_queued", "Left in queue (messages)", Sum, |row| whole(row.messages_queued)),
];

const fn metric(
    name: &'static str,
    label: &'static str,
    over_machines: OverMachines,
    of: fn(&MachineMetrics) -> Option<f64>,
) -> Metric {
    Metric { name, label, over_machines, of }
}

fn whole(count: Option<u64>) -> Option<f64> {
    count.map(|count| count as f64)
}

impl Metric {
    /// The metric of this name.
    pub fn named(name: &str) -> Option<&'static Metric> {
        METRICS.iter().find(|metric| metric.name == name)
    }

    /// A machine's.
    pub fn of(&self, row: &MachineMetrics) -> Option<f64> {
        (self.of)(row)
    }

    /// A run's, from a row a machine; unknown where any machine's is.
    pub fn of_run(&self, rows: &[MachineMetrics]) -> Option<f64> {
        let values = rows.iter().map(self.of).collect::<Option<Vec<f64>>>()?;
        values.into_iter().reduce(match self.over_machines {
            Largest => f64::max,
            Smallest => f64::min,
            Sum => |a, b| a + b,
        })
    }
}

/// All others count, or measure what cannot lie below 0.
const MAY_BE_NEGATIVE: &str = "clock_drift";

impl Metric {
    /// What a sample of it says; its intervals lie where its values can.
    pub fn summary(&self, values: &[f64]) -> Option<Summary> {
        let summary = Summary::of(values)?;
        Some(if self.name == MAY_BE_NEGATIVE { summary } else { summary.not_negative() })
    }
}

/// Metrics have names of their own, and are equal by them.
impl PartialEq for Metric {
    fn eq(&self, other: &Metric) -> bool {
        self.name == other.name
    }
}

impl Eq for Metric {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::summary::RunMetrics;
    use crate::metrics::tests::row;

    #[test]
    fn names_are_columns_of_the_metrics_file_and_each_is_there_once() {
        let mut file = Vec::new();
        crate::metrics::file::write(&mut file, &[row(1)]).unwrap();
        let text = String::from_utf8(file).unwrap();
        let columns: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        assert_eq!(main_metrics().count(), MAIN.len());
        for metric in &METRICS {
            assert!(columns.contains(&metric.name), "{}", metric.name);
            assert_eq!(METRICS.iter().filter(|other| *other == metric).count(), 1, "{}", metric.name);
            assert!(metric.label.ends_with(')'), "{} has no unit", metric.label);
        }
    }

    #[test]
    fn a_runs_value_is_the_one_that_its_own_metrics_have() {
        let mut rows = [row(1), row(2), row(3)];
        rows[1].end_queue = Some(50);
        rows[1].fidelity = Some(0.9);
        rows[2].late_ticks = Some(4);
        rows[2].messages_sent = Some(30);
        let run = RunMetrics::of(&rows).unwrap();
        let of = |name: &str| Metric::named(name).unwrap().of_run(&rows);
        assert_eq!(of("end_queue"), run.end_queue.map(|queue| queue as f64));
        assert_eq!(of("fidelity"), run.fidelity_min);
        assert_eq!(of("late_ticks"), run.late_ticks.map(|ticks| ticks as f64));
        assert_eq!(of("messages_sent"), run.messages_sent.map(|sent| sent as f64));
        rows[0].fidelity = None;
        assert_eq!(Metric::named("fidelity").unwrap().of_run(&rows), None);
        assert_eq!(Metric::named("end_queue").unwrap().of_run(&[]), None);
    }
}
