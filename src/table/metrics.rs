//! Metrics as Parquet, a row a machine.

use std::io::{self, Write};

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, PolarsResult, Series};
use serde_json::Value;

use crate::metrics::MachineMetrics;

/// What a column holds, in whatever run.
#[derive(Clone, Copy, Debug)]
enum Holds {
    Id,
    Count,
    Number,
    Text,
}

/// The columns of metrics, but for those that the names of folders tell.
const COLUMNS: [(&str, Holds); 36] = [
    ("machine", Holds::Id),
    ("machines", Holds::Id),
    ("clock_rate", Holds::Number),
    ("speed_ratio", Holds::Number),
    ("ratio_difference", Holds::Number),
    ("span_s", Holds::Number),
    ("events", Holds::Count),
    ("internal", Holds::Count),
    ("sends", Holds::Count),
    ("receives", Holds::Count),
    ("utilisation", Holds::Number),
    ("max_queue", Holds::Count),
    ("end_queue", Holds::Count),
    ("end_queue_source", Holds::Text),
    ("final_clock", Holds::Count),
    ("clock_diff", Holds::Count),
    ("clock_drift", Holds::Number),
    ("jump_mean", Holds::Number),
    ("jump_p95", Holds::Count),
    ("jump_max", Holds::Count),
    ("wait_mean", Holds::Number),
    ("wait_p95", Holds::Number),
    ("wait_max", Holds::Number),
    ("wait_source", Holds::Text),
    ("ticks", Holds::Count),
    ("lost_ticks", Holds::Count),
    ("late_ticks", Holds::Count),
    ("late_share", Holds::Number),
    ("achieved_rate", Holds::Number),
    ("fidelity", Holds::Number),
    ("lateness_p50_us", Holds::Count),
    ("lateness_p99_us", Holds::Count),
    ("lateness_max_us", Holds::Count),
    ("messages_sent", Holds::Count),
    ("messages_received", Holds::Count),
    ("messages_queued", Holds::Count),
];

/// Writes the metrics of a run as a partition: without the columns that the
/// names of its folders tell.
pub fn write_metrics(out: impl Write, rows: &[MachineMetrics]) -> PolarsResult<()> {
    let rows: Vec<Value> =
        rows.iter().map(serde_json::to_value).collect::<Result<_, _>>().map_err(io::Error::from)?;
    let columns = COLUMNS.iter().map(|(name, holds)| holds.column(name, &rows)).collect();
    let mut frame = DataFrame::new(rows.len(), columns)?;
    super::small_parquet(out).finish(&mut frame)?;
    Ok(())
}

impl Holds {
    fn column(self, name: &str, rows: &[Value]) -> Column {
        let values = rows.iter().map(|row| &row[name]);
        match self {
            Holds::Id => {
                let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
                Series::new(name.into(), values.map(id).collect::<Vec<_>>())
            }
            Holds::Count => Series::new(name.into(), values.map(Value::as_u64).collect::<Vec<_>>()),
            Holds::Number => Series::new(name.into(), values.map(Value::as_f64).collect::<Vec<_>>()),
            Holds::Text => Series::new(name.into(), values.map(Value::as_str).collect::<Vec<_>>()),
        }
        .into_column()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::parquet_content;

    #[test]
    fn every_metric_but_the_names_of_the_run_has_its_column() {
        let row = crate::metrics::tests::row(2);
        let Value::Object(fields) = serde_json::to_value(&row).unwrap() else { panic!("no object") };
        let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
        names.retain(|name| !crate::table::PARTITION_COLUMNS.contains(name));
        let mut known = COLUMNS.map(|(name, _)| name);
        known.sort_unstable();
        assert_eq!(known[..], names[..]);
        let file = tempfile::tempfile().unwrap();
        write_metrics(file.try_clone().unwrap(), &[row]).unwrap();
        let content = parquet_content(&file, "final_clock").unwrap();
        assert_eq!((content.rows, content.columns), (1, COLUMNS.map(|(name, _)| name.to_owned()).to_vec()));
    }
}
