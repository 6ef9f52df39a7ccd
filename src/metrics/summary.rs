//! Metrics over whole runs and over the runs of an experiment. The table work
//! is done by polars.

use polars::prelude::{DataFrame, IntoLazy, PolarsResult, col, len};

use super::MachineMetrics;

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
    /// Largest over the machines.
    pub max_queue: u64,
    pub end_queue: u64,
    pub clock_diff: u64,
    pub messages_sent: u64,
    pub messages_received: u64,
    /// Unknown where a log is missing, or has no record of its end.
    pub messages_queued: Option<u64>,
    /// Sent − received − queued: 0 in a sound run.
    pub messages_unaccounted: Option<i64>,
    /// The worst over the machines, where known.
    pub fidelity_min: Option<f64>,
    pub lateness_p99_us: Option<u64>,
    pub late_ticks: Option<u64>,
    pub lost_ticks: Option<u64>,
}

impl RunMetrics {
    /// The run that these rows, a row a machine, belong to.
    pub fn of(rows: &[MachineMetrics]) -> Option<RunMetrics> {
        let first = rows.first()?;
        let sum = |of: fn(&MachineMetrics) -> u64| rows.iter().map(of).sum::<u64>();
        let max = |of: fn(&MachineMetrics) -> u64| rows.iter().map(of).max().unwrap_or(0);
        let known =
            |of: fn(&MachineMetrics) -> Option<u64>| rows.iter().map(of).collect::<Option<Vec<u64>>>();
        let (sent, received) = (sum(|row| row.messages_sent), sum(|row| row.messages_received));
        let all_here = first.machines as usize == rows.len();
        let queued =
            known(|row| row.messages_queued).filter(|_| all_here).map(|queued| queued.iter().sum::<u64>());
        let fidelities = rows.iter().map(|row| row.fidelity).collect::<Option<Vec<f64>>>();
        Some(RunMetrics {
            experiment: first.experiment.clone(),
            run: first.run.clone(),
            machines: first.machines,
            logs: rows.len(),
            events: sum(|row| row.events),
            max_queue: max(|row| row.max_queue),
            end_queue: max(|row| row.end_queue),
            clock_diff: max(|row| row.clock_diff),
            messages_sent: sent,
            messages_received: received,
            messages_queued: queued,
            messages_unaccounted: queued.map(|queued| sent as i64 - received as i64 - queued as i64),
            fidelity_min: fidelities.and_then(|all| all.into_iter().reduce(f64::min)),
            lateness_p99_us: known(|row| row.lateness_p99_us).and_then(|all| all.into_iter().max()),
            late_ticks: known(|row| row.late_ticks).map(|all| all.iter().sum()),
            lost_ticks: known(|row| row.lost_ticks).map(|all| all.iter().sum()),
        })
    }
}

/// The metrics that are summarised over the runs of an experiment.
pub const SUMMARISED: [&str; 14] = [
    "max_queue",
    "end_queue",
    "clock_diff",
    "final_clock",
    "clock_drift",
    "jump_mean",
    "jump_p95",
    "jump_max",
    "utilisation",
    "achieved_rate",
    "fidelity",
    "messages_sent",
    "messages_received",
    "speed_ratio",
];

/// One metric of one machine over the runs of an experiment.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SummaryRow {
    pub experiment: String,
    pub machine: u32,
    pub metric: &'static str,
    /// How many runs.
    pub n: u32,
    pub mean: Option<f64>,
    /// Sample standard deviation; a single run has none.
    pub sd: Option<f64>,
    pub median: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// Summarises every metric over runs, for each experiment and machine, in
/// their order.
pub fn summarise(rows: &[MachineMetrics]) -> PolarsResult<Vec<SummaryRow>> {
    let frame = frame(rows)?;
    let mut summary = Vec::new();
    for metric in SUMMARISED {
        let one = frame
            .clone()
            .lazy()
            .group_by([col("experiment"), col("machine")])
            .agg([
                len().alias("n"),
                col(metric).mean().alias("mean"),
                col(metric).std(1).alias("sd"),
                col(metric).median().alias("median"),
                col(metric).min().alias("min"),
                col(metric).max().alias("max"),
            ])
            .collect()?;
        rows_of(&one, metric, &mut summary)?;
    }
    let place = |metric: &str| SUMMARISED.iter().position(|name| *name == metric);
    summary.sort_by(|a, b| {
        (&a.experiment, a.machine, place(a.metric)).cmp(&(&b.experiment, b.machine, place(b.metric)))
    });
    Ok(summary)
}

fn frame(rows: &[MachineMetrics]) -> PolarsResult<DataFrame> {
    let column = |of: fn(&MachineMetrics) -> Option<f64>| rows.iter().map(of).collect::<Vec<_>>();
    polars::df! {
        "experiment" => rows.iter().map(|row| row.experiment.as_str()).collect::<Vec<_>>(),
        "machine" => rows.iter().map(|row| row.machine.0).collect::<Vec<_>>(),
        "max_queue" => column(|row| Some(row.max_queue as f64)),
        "end_queue" => column(|row| Some(row.end_queue as f64)),
        "clock_diff" => column(|row| Some(row.clock_diff as f64)),
        "final_clock" => column(|row| Some(row.final_clock as f64)),
        "clock_drift" => column(|row| row.clock_drift),
        "jump_mean" => column(|row| row.jump_mean),
        "jump_p95" => column(|row| row.jump_p95.map(|jump| jump as f64)),
        "jump_max" => column(|row| row.jump_max.map(|jump| jump as f64)),
        "utilisation" => column(|row| row.utilisation),
        "achieved_rate" => column(|row| row.achieved_rate),
        "fidelity" => column(|row| row.fidelity),
        "messages_sent" => column(|row| Some(row.messages_sent as f64)),
        "messages_received" => column(|row| Some(row.messages_received as f64)),
        "speed_ratio" => column(|row| row.speed_ratio),
    }
}

fn rows_of(frame: &DataFrame, metric: &'static str, rows: &mut Vec<SummaryRow>) -> PolarsResult<()> {
    let (experiments, machines, counts) =
        (frame.column("experiment")?.str()?, frame.column("machine")?.u32()?, frame.column("n")?.u32()?);
    let [mean, sd, median, min, max] = ["mean", "sd", "median", "min", "max"].map(|name| frame.column(name));
    let (mean, sd, median, min, max) = (mean?.f64()?, sd?.f64()?, median?.f64()?, min?.f64()?, max?.f64()?);
    for at in 0..frame.height() {
        rows.push(SummaryRow {
            experiment: experiments.get(at).unwrap_or_default().to_owned(),
            machine: machines.get(at).unwrap_or_default(),
            metric,
            n: counts.get(at).unwrap_or_default(),
            mean: mean.get(at),
            sd: sd.get(at),
            median: median.get(at),
            min: min.get(at),
            max: max.get(at),
        });
    }
    Ok(())
}
