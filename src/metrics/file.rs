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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::row;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_damaged_table_is_read_or_refused(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..9)
        ) {
            let rows = [row(1), row(2)];
            let mut table = Vec::new();
            write(&mut table, &rows).unwrap();
            for (at, byte) in &changes {
                let at = at.index(table.len());
                table[at] = *byte;
            }
            let found = read(&table[..]);
            prop_assert!(!changes.is_empty() || found.is_ok_and(|found| found == rows));
        }
    }
}
