//! Metrics as Parquet, a row a machine.

use std::io::Write;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, PolarsResult, Series};

use crate::metrics::MachineMetrics;

/// What a column holds, in whatever run.
enum Holds {
    Id(fn(&MachineMetrics) -> u32),
    Count(fn(&MachineMetrics) -> Option<u64>),
    Number(fn(&MachineMetrics) -> Option<f64>),
    Text(fn(&MachineMetrics) -> &str),
}

use Holds::{Count, Id, Number, Text};

/// The columns of metrics, but for that which the name of a folder tells.
const COLUMNS: [(&str, Holds); 37] = [
    ("run", Text(|row| &row.run)),
    ("machine", Id(|row| row.machine.0)),
    ("machines", Id(|row| row.machines)),
    ("clock_rate", Number(|row| row.clock_rate)),
    ("speed_ratio", Number(|row| row.speed_ratio)),
    ("ratio_difference", Number(|row| row.ratio_difference)),
    ("span_s", Number(|row| row.span_s)),
    ("events", Count(|row| Some(row.events))),
    ("internal", Count(|row| Some(row.internal))),
    ("sends", Count(|row| Some(row.sends))),
    ("receives", Count(|row| Some(row.receives))),
    ("utilisation", Number(|row| row.utilisation)),
    ("max_queue", Count(|row| row.max_queue)),
    ("end_queue", Count(|row| row.end_queue)),
    ("end_queue_source", Text(|row| row.end_queue_source.word())),
    ("final_clock", Count(|row| Some(row.final_clock))),
    ("clock_diff", Count(|row| row.clock_diff)),
    ("clock_drift", Number(|row| row.clock_drift)),
    ("jump_mean", Number(|row| row.jump_mean)),
    ("jump_p95", Count(|row| row.jump_p95)),
    ("jump_max", Count(|row| row.jump_max)),
    ("wait_mean", Number(|row| row.wait_mean)),
    ("wait_p95", Number(|row| row.wait_p95)),
    ("wait_max", Number(|row| row.wait_max)),
    ("wait_source", Text(|row| row.wait_source.word())),
    ("ticks", Count(|row| row.ticks)),
    ("lost_ticks", Count(|row| row.lost_ticks)),
    ("late_ticks", Count(|row| row.late_ticks)),
    ("late_share", Number(|row| row.late_share)),
    ("achieved_rate", Number(|row| row.achieved_rate)),
    ("fidelity", Number(|row| row.fidelity)),
    ("lateness_p50_us", Count(|row| row.lateness_p50_us)),
    ("lateness_p99_us", Count(|row| row.lateness_p99_us)),
    ("lateness_max_us", Count(|row| row.lateness_max_us)),
    ("messages_sent", Count(|row| row.messages_sent)),
    ("messages_received", Count(|row| Some(row.messages_received))),
    ("messages_queued", Count(|row| row.messages_queued)),
];

/// Writes the metrics of runs as a partition: without the column that the name
/// of its folder tells.
pub fn write_metrics(out: impl Write, rows: &[MachineMetrics]) -> PolarsResult<()> {
    let columns = COLUMNS.iter().map(|(name, holds)| holds.column(name, rows)).collect();
    let mut frame = DataFrame::new(rows.len(), columns)?;
    super::small_parquet(out).finish(&mut frame)?;
    Ok(())
}

impl Holds {
    fn column(&self, name: &str, rows: &[MachineMetrics]) -> Column {
        let name = name.into();
        match self {
            Id(of) => Series::new(name, rows.iter().map(of).collect::<Vec<_>>()),
            Count(of) => Series::new(name, rows.iter().map(of).collect::<Vec<_>>()),
            Number(of) => Series::new(name, rows.iter().map(of).collect::<Vec<_>>()),
            Text(of) => Series::new(name, rows.iter().map(of).collect::<Vec<_>>()),
        }
        .into_column()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::table::parquet_content;

    #[test]
    fn every_metric_but_the_name_of_the_experiment_has_its_column() {
        let row = crate::metrics::tests::row(2);
        let Value::Object(fields) = serde_json::to_value(&row).unwrap() else { panic!("no object") };
        let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
        names.retain(|name| *name != crate::table::PARTITION_COLUMN);
        let mut known = COLUMNS.map(|(name, _)| name);
        known.sort_unstable();
        assert_eq!(known[..], names[..]);
        let file = tempfile::tempfile().unwrap();
        write_metrics(file.try_clone().unwrap(), &[row]).unwrap();
        let content = parquet_content(&file, "final_clock").unwrap();
        assert_eq!((content.rows, content.columns), (1, COLUMNS.map(|(name, _)| name.to_owned()).to_vec()));
    }
}
