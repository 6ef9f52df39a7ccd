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
    /// How many decimals of a single machine's value are shown.
    pub decimals: usize,
    of: fn(&MachineMetrics) -> Option<f64>,
}

/// What a run's own value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverMachines {
    Largest,
    Smallest,
    Sum,
}

/// A constant for each metric, and the table of all of them.
macro_rules! catalogue {
    ($($constant:ident: $name:literal, $label:literal, $over_machines:ident, $decimals:literal, $of:expr;)*) => {
        $(
            #[doc = $label]
            pub const $constant: Metric = Metric {
                name: $name,
                label: $label,
                over_machines: OverMachines::$over_machines,
                decimals: $decimals,
                of: $of,
            };
        )*
        /// All metrics, in the order in which they are shown.
        pub static METRICS: [Metric; [$($name),*].len()] = [$($constant),*];
    };
}

catalogue! {
    MAX_QUEUE: "max_queue", "Max queue (messages)", Largest, 1, |row| whole(row.max_queue);
    END_QUEUE: "end_queue", "End queue (messages)", Largest, 1, |row| whole(row.end_queue);
    CLOCK_DIFF: "clock_diff", "Clock difference (clock units)", Largest, 1, |row| whole(row.clock_diff);
    FINAL_CLOCK: "final_clock", "Final clock (clock units)", Largest, 1, |row| Some(row.final_clock as f64);
    CLOCK_DRIFT: "clock_drift", "Clock drift (clock units a tick)", Largest, 3, |row| row.clock_drift;
    JUMP_MEAN: "jump_mean", "Mean jump (clock units)", Largest, 3, |row| row.jump_mean;
    JUMP_P95: "jump_p95", "Jump, p95 (clock units)", Largest, 1, |row| whole(row.jump_p95);
    JUMP_MAX: "jump_max", "Largest jump (clock units)", Largest, 1, |row| whole(row.jump_max);
    WAIT_MEAN: "wait_mean", "Mean wait in the queue (s)", Largest, 3, |row| row.wait_mean;
    WAIT_P95: "wait_p95", "Wait in the queue, p95 (s)", Largest, 3, |row| row.wait_p95;
    WAIT_MAX: "wait_max", "Longest wait in the queue (s)", Largest, 3, |row| row.wait_max;
    UTILISATION: "utilisation", "Utilisation (share of ticks)", Largest, 3, |row| row.utilisation;
    SPEED_RATIO: "speed_ratio", "Speed ratio (fastest ÷ own)", Largest, 3, |row| row.speed_ratio;
    RATIO_DIFFERENCE: "ratio_difference", "Ratio difference (1 − own ÷ fastest)", Largest, 3, |row| row.ratio_difference;
    ACHIEVED_RATE: "achieved_rate", "Achieved rate (ticks/s)", Smallest, 3, |row| row.achieved_rate;
    FIDELITY: "fidelity", "Clock fidelity (served ÷ due ticks)", Smallest, 3, |row| row.fidelity;
    LATENESS_P50_US: "lateness_p50_us", "Lateness, median (µs)", Largest, 1, |row| whole(row.lateness_p50_us);
    LATENESS_P99_US: "lateness_p99_us", "Lateness, p99 (µs)", Largest, 1, |row| whole(row.lateness_p99_us);
    LATENESS_MAX_US: "lateness_max_us", "Lateness, max (µs)", Largest, 1, |row| whole(row.lateness_max_us);
    LATE_TICKS: "late_ticks", "Late ticks (ticks)", Sum, 1, |row| whole(row.late_ticks);
    LATE_SHARE: "late_share", "Late ticks (share of ticks)", Largest, 3, |row| row.late_share;
    LOST_TICKS: "lost_ticks", "Lost ticks (ticks)", Sum, 1, |row| whole(row.lost_ticks);
    MESSAGES_SENT: "messages_sent", "Sent (messages)", Sum, 1, |row| whole(row.messages_sent);
    MESSAGES_RECEIVED: "messages_received", "Received (messages)", Sum, 1, |row| Some(row.messages_received as f64);
    MESSAGES_QUEUED: "messages_queued", "Left in queue (messages)", Sum, 1, |row| whole(row.messages_queued);
}

/// The metrics that runs are first looked at by.
pub static MAIN_METRICS: [Metric; 6] = [MAX_QUEUE, END_QUEUE, CLOCK_DIFF, CLOCK_DRIFT, JUMP_MEAN, WAIT_MEAN];
/// The metrics of which simulated runs tell what to expect.
pub static EXPECTED_METRICS: [Metric; 6] =
    [UTILISATION, MAX_QUEUE, END_QUEUE, FINAL_CLOCK, CLOCK_DIFF, WAIT_MEAN];

fn whole(count: Option<u64>) -> Option<f64> {
    count.map(|count| count as f64)
}

impl Metric {
    /// The metric of this name.
    pub fn named(name: &str) -> Option<&'static Metric> {
        METRICS.iter().find(|metric| metric.name == name)
    }

    /// What it is called in a sentence: `max queue`.
    pub fn words(&self) -> String {
        let words = self.label.split(" (").next().unwrap_or_default();
        words.char_indices().map(|(at, c)| if at == 0 { c.to_ascii_lowercase() } else { c }).collect()
    }

    /// What it is counted in: `messages`.
    pub fn unit(&self) -> &'static str {
        self.label.rsplit_once('(').map_or("", |(_, unit)| unit.trim_end_matches(')'))
    }

    /// A machine's.
    pub fn of(&self, row: &MachineMetrics) -> Option<f64> {
        (self.of)(row)
    }

    /// A run's, from a row a machine; unknown where any machine's is.
    pub fn of_run(&self, rows: &[MachineMetrics]) -> Option<f64> {
        let values = rows.iter().map(self.of).collect::<Option<Vec<f64>>>()?;
        values.into_iter().reduce(match self.over_machines {
            OverMachines::Largest => f64::max,
            OverMachines::Smallest => f64::min,
            OverMachines::Sum => |a, b| a + b,
        })
    }
}

impl Metric {
    /// Whether it may lie below 0: all others count, or measure what cannot.
    fn may_be_negative(&self) -> bool {
        *self == CLOCK_DRIFT
    }

    /// What a sample of it says; its intervals lie where its values can.
    pub fn summary(&self, values: &[f64]) -> Option<Summary> {
        let summary = Summary::of(values)?;
        Some(if self.may_be_negative() { summary } else { summary.not_negative() })
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
    fn a_label_has_words_and_a_unit() {
        assert_eq!((CLOCK_DIFF.words(), CLOCK_DIFF.unit()), ("clock difference".to_owned(), "clock units"));
        assert_eq!((JUMP_P95.words(), FIDELITY.unit()), ("jump, p95".to_owned(), "served ÷ due ticks"));
    }

    #[test]
    fn names_are_columns_of_the_metrics_file_and_each_is_there_once() {
        let mut file = Vec::new();
        crate::metrics::file::write(&mut file, &[row(1)]).unwrap();
        let text = String::from_utf8(file).unwrap();
        let columns: Vec<&str> = text.lines().next().unwrap().split(',').collect();
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
