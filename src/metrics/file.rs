//! `metrics.csv`: a row a machine, one owner for writing and for reading.

use std::io::{Read, Write};

use super::MachineMetrics;

/// Writes the rows with a header line.
pub fn write(out: impl Write, rows: &[MachineMetrics]) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        writer.serialize(row)?;
    }
    writer.flush()?;
    Ok(())
}

/// Reads what [`write()`] wrote.
pub fn read(input: impl Read) -> csv::Result<Vec<MachineMetrics>> {
    csv::Reader::from_reader(input).into_deserialize().collect()
}
