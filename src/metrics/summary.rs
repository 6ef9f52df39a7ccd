//! Metrics over whole runs and over the runs of an experiment.

use std::collections::BTreeMap;

use super::{METRICS, MachineMetrics, Metric};
use crate::model::event::MachineId;
use crate::parallel;
use crate::statistics::{Interval, Summary};

/// One run as a whole.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RunMetrics {
    pub experiment: String,
    pub run: String,
    /// How many machines the run has.
    pub machines: u32,
    /// How many of their logs were read.
    pub logs: usize,
    pub events: u64,
    /// Largest over the machines; unknown where any machine's is.
    pub max_queue: Option<u64>,
    pub end_queue: Option<u64>,
    /// Unknown where a log is missing.
    pub clock_diff: Option<u64>,
    /// Unknown where any machine's is.
    pub messages_sent: Option<u64>,
    pub messages_received: u64,
    /// Unknown where a log is missing, or has no record of its end.
    pub messages_queued: Option<u64>,
    /// Sent − received − queued: 0 in a sound run.
    pub messages_unaccounted: Option<i64>,
    /// The worst over the machines, where known.
    pub fidelity_min: Option<f64>,
    pub lateness_p99_us: Option<u64>,
    pub late_ticks: Option<u64>,
    /// Of the ticks served, the largest over the machines.
    pub late_share: Option<f64>,
    /// Longest over the machines, in seconds of lab time; unknown where any
    /// machine's is.
    pub wait_mean: Option<f64>,
    pub wait_max: Option<f64>,
    /// The largest over the machines; unknown where any machine's is.
    pub clock_drift: Option<f64>,
    pub jump_mean: Option<f64>,
    pub lost_ticks: Option<u64>,
}

impl RunMetrics {
    /// The run that these rows, a row a machine, belong to.
    pub fn of(rows: &[MachineMetrics]) -> Option<RunMetrics> {
        let first = rows.first()?;
        let sum = |of: fn(&MachineMetrics) -> u64| total(rows.iter().map(of).collect());
        let known =
            |of: fn(&MachineMetrics) -> Option<u64>| rows.iter().map(of).collect::<Option<Vec<u64>>>();
        let sent = known(|row| row.messages_sent).map(total);
        let received = sum(|row| row.messages_received);
        let all_here = first.machines as usize == rows.len();
        let queued = known(|row| row.messages_queued).filter(|_| all_here).map(total);
        let measured =
            |of: fn(&MachineMetrics) -> Option<f64>| rows.iter().map(of).collect::<Option<Vec<f64>>>();
        let largest = |of| measured(of).and_then(|all| all.into_iter().reduce(f64::max));
        Some(RunMetrics {
            experiment: first.experiment.to_string(),
            run: first.run.to_string(),
            machines: first.machines,
            logs: rows.len(),
            events: sum(|row| row.events),
            max_queue: known(|row| row.max_queue).and_then(|all| all.into_iter().max()),
            end_queue: known(|row| row.end_queue).and_then(|all| all.into_iter().max()),
            clock_diff: known(|row| row.clock_diff).and_then(|all| all.into_iter().max()),
            messages_sent: sent,
            messages_received: received,
            messages_queued: queued,
            messages_unaccounted: sent.zip(queued).map(|(sent, queued)| {
                (sent as i64).saturating_sub(received as i64).saturating_sub(queued as i64)
            }),
            fidelity_min: measured(|row| row.fidelity).and_then(|all| all.into_iter().reduce(f64::min)),
            lateness_p99_us: known(|row| row.lateness_p99_us).and_then(|all| all.into_iter().max()),
            late_ticks: known(|row| row.late_ticks).map(total),
            late_share: largest(|row| row.late_share),
            wait_mean: largest(|row| row.wait_mean),
            wait_max: largest(|row| row.wait_max),
            clock_drift: largest(|row| row.clock_drift),
            jump_mean: largest(|row| row.jump_mean),
            lost_ticks: known(|row| row.lost_ticks).map(total),
        })
    }
}

/// Counts of a log's own words, which may claim any number.
fn total(counts: Vec<u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

/// Runs of one experiment whose machines have the same clock rates, stated or
/// drawn: means over others would be of no machine.
#[derive(Clone, Debug, PartialEq)]
pub struct SameRates<'a> {
    pub experiment: &'a str,
    /// Of each machine; `None` where it is unknown.
    pub clock_rates: Vec<Option<f64>>,
    /// Of each run a row a machine.
    pub runs: Vec<&'a [MachineMetrics]>,
}

impl SameRates<'_> {
    /// As `--clock-rates` takes them; an unknown one is `?`, and nothing is given
    /// where none is known.
    pub fn reported(&self) -> String {
        tell_rates(&self.clock_rates)
    }
}

/// Clock rates as `--clock-rates` takes them: `4,5,6`.
pub fn tell_rates(clock_rates: &[Option<f64>]) -> String {
    if clock_rates.iter().all(Option::is_none) {
        return String::new();
    }
    let reported =
        clock_rates.iter().map(|rate| rate.map_or_else(|| "?".to_owned(), |rate| rate.to_string()));
    reported.collect::<Vec<_>>().join(",")
}

/// Sorts rows, those of a run together and in the order of its machines, into
/// runs of the same rates: by experiment, and by rates from the lowest on.
pub fn same_rates<'a>(rows: impl IntoIterator<Item = &'a [MachineMetrics]>) -> Vec<SameRates<'a>> {
    let mut sorted: BTreeMap<_, Vec<&[MachineMetrics]>> = BTreeMap::new();
    for run in rows.into_iter().flat_map(by_run) {
        sorted.entry((&*run[0].experiment, RatesKey::of(run))).or_default().push(run);
    }
    let alike = |((experiment, RatesKey { rates, .. }), runs): ((_, RatesKey), _)| SameRates {
        experiment,
        clock_rates: rates.into_iter().map(|rate| rate.map(f64::from_bits)).collect(),
        runs,
    };
    sorted.into_iter().map(alike).collect()
}

/// Rows, those of a run together and in the order of its machines, run by run.
pub fn by_run(rows: &[MachineMetrics]) -> impl Iterator<Item = &[MachineMetrics]> {
    rows.chunk_by(|one, next| {
        one.run == next.run && one.experiment == next.experiment && one.machine < next.machine
    })
}

/// A run's clock rates and machines, in the order of the rates from the lowest on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RatesKey {
    /// Rates are above 0, and their bits in the order of their size.
    rates: Vec<Option<u64>>,
    machines: Vec<MachineId>,
}

impl RatesKey {
    /// Given a row a machine.
    pub fn of(run: &[MachineMetrics]) -> RatesKey {
        RatesKey {
            rates: run.iter().map(|row| row.clock_rate.map(f64::to_bits)).collect(),
            machines: run.iter().map(|row| row.machine).collect(),
        }
    }
}

/// One metric of one machine over runs of an experiment.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SummaryRow {
    pub experiment: String,
    /// Of all machines of these runs, as `4,5,6`; runs of other rates, drawn ones
    /// too, are summarised by themselves.
    pub clock_rates: String,
    pub machine: MachineId,
    pub metric: &'static str,
    /// Of how many runs it is known.
    pub n: u64,
    pub mean: f64,
    /// Of the sample; a single run has none.
    pub sd: Option<f64>,
    /// From where to where the mean lies, at 95 %; a single run cannot tell.
    pub mean_low: Option<f64>,
    pub mean_high: Option<f64>,
    /// `t`; `all equal` where nothing varies, or empty of a single run.
    pub mean_method: &'static str,
    pub median: f64,
    /// From where to where the median lies, at 95 %; fewer than six runs
    /// cannot tell.
    pub median_low: Option<f64>,
    pub median_high: Option<f64>,
    /// `bootstrap`; `all equal`, or empty of fewer than six runs.
    pub median_method: &'static str,
    pub p05: f64,
    pub p95: f64,
    pub min: f64,
    pub max: f64,
}

impl SummaryRow {
    fn new(alike: &SameRates<'_>, machine: MachineId, metric: &Metric, summary: &Summary) -> SummaryRow {
        let (mean, median) = (summary.mean_interval, summary.median_interval);
        let low = |interval: Option<Interval>| interval.map(|interval| interval.low);
        let high = |interval: Option<Interval>| interval.map(|interval| interval.high);
        SummaryRow {
            experiment: alike.experiment.to_owned(),
            clock_rates: alike.reported(),
            machine,
            metric: metric.name,
            n: summary.n,
            mean: summary.mean,
            sd: summary.sd,
            mean_low: low(mean),
            mean_high: high(mean),
            mean_method: summary.mean_method(),
            median: summary.median,
            median_low: low(median),
            median_high: high(median),
            median_method: summary.median_method(),
            p05: summary.p05,
            p95: summary.p95,
            min: summary.min,
            max: summary.max,
        }
    }
}

/// Summarises every metric over runs of the same rates, of each experiment and
/// machine, in their order. What is known of no run is left out.
pub fn summarise<'a>(rows: impl IntoIterator<Item = &'a [MachineMetrics]>) -> Vec<SummaryRow> {
    let alike = same_rates(rows);
    let each: Vec<(&SameRates<'_>, usize, &Metric)> = alike
        .iter()
        .flat_map(|alike| (0..alike.clock_rates.len()).map(move |at| (alike, at)))
        .flat_map(|(alike, at)| METRICS.iter().map(move |metric| (alike, at, metric)))
        .collect();
    let of_metric = |&(alike, at, metric): &(&SameRates<'_>, usize, &Metric)| {
        let values: Vec<f64> = alike.runs.iter().filter_map(|run| metric.of(&run[at])).collect();
        let summary = metric.summary(&values)?;
        Some(SummaryRow::new(alike, alike.runs[0][at].machine, metric, &summary))
    };
    let is_much = alike.iter().any(|alike| alike.runs.len() > ALONE_RUNS_MAX);
    let summaries: Vec<Option<SummaryRow>> =
        if is_much { parallel::map(&each, of_metric) } else { each.iter().map(of_metric).collect() };
    summaries.into_iter().flatten().collect()
}

/// Fewer runs are summarised by one thread.
const ALONE_RUNS_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_a_log_only_claims_do_not_overflow() {
        assert_eq!(total(vec![u64::MAX, 1]), u64::MAX);
    }
    use crate::metrics::tests::row;

    #[test]
    fn experiments_and_machines_are_summarised_apart_and_in_order() {
        let rows: Vec<MachineMetrics> = (0..7)
            .flat_map(|run| ["b", "a"].map(|experiment| (run, experiment)))
            .flat_map(|(run, experiment)| {
                let of = |machine| MachineMetrics {
                    experiment: experiment.into(),
                    end_queue: Some(run),
                    ..row(machine)
                };
                [of(2), of(10)]
            })
            .collect();
        let summary = summarise([&rows[..]]);
        let queues: Vec<&SummaryRow> = summary.iter().filter(|row| row.metric == "end_queue").collect();
        let groups: Vec<_> = queues.iter().map(|row| (row.experiment.as_str(), row.machine.0)).collect();
        assert_eq!(groups, [("a", 2), ("a", 10), ("b", 2), ("b", 10)]);
        let queue = queues[0];
        assert_eq!((queue.n, queue.mean, queue.median, queue.min, queue.max), (7, 3.0, 3.0, 0.0, 6.0));
        assert_eq!((queue.mean_method, queue.median_method), ("t", "bootstrap"));
        assert!(queue.mean_low < Some(3.0) && queue.mean_high > Some(3.0));
        assert!(!summary.iter().any(|row| row.metric == "clock_drift"), "nobody knows it");
    }

    #[test]
    fn runs_of_other_rates_are_summarised_by_themselves() {
        let run = |name: &str, rates: [f64; 2], queue: u64| {
            let of = |machine: u32, rate: f64| MachineMetrics {
                run: name.into(),
                clock_rate: Some(rate),
                end_queue: Some(queue),
                ..row(machine)
            };
            [of(1, rates[0]), of(2, rates[1])]
        };
        let rows = [run("r1", [6.0, 1.5], 36), run("r2", [2.0, 3.0], 0), run("r3", [6.0, 1.5], 30)].concat();
        let queues: Vec<_> = summarise([&rows[..]])
            .into_iter()
            .filter(|row| row.metric == "end_queue")
            .map(|row| (row.clock_rates, row.machine.0, row.n, row.mean, row.mean_low.is_some()))
            .collect();
        let (slow, fast) = ("2,3".to_owned(), "6,1.5".to_owned());
        assert_eq!(
            queues,
            [
                (slow.clone(), 1, 1, 0.0, false),
                (slow, 2, 1, 0.0, false),
                (fast.clone(), 1, 2, 33.0, true),
                (fast, 2, 2, 33.0, true)
            ]
        );
        assert_eq!(tell_rates(&[Some(4.0), None]), "4,?");
        assert_eq!(tell_rates(&[None, None]), "");
    }

    #[test]
    fn one_run_is_summarised_without_intervals() {
        let summary = summarise([&[row(1)][..]]);
        assert!(!summary.is_empty());
        for row in summary {
            assert_eq!((row.n, row.sd, row.mean_low, row.median_high), (1, None, None, None));
            assert_eq!((row.mean_method, row.median_method), ("", ""));
        }
        assert_eq!(summarise([]), []);
    }
}
