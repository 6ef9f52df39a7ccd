//! `metrics.csv`: a row a machine, one owner for writing and for reading.

use std::borrow::Cow;
use std::io::{Read, Write};

use super::MachineMetrics;
use crate::spreadsheet::cell;

/// Writes the rows with a header line. Names are written as text, whatever they
/// begin with.
pub fn write(out: impl Write, rows: &[MachineMetrics]) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        match (cell(&row.experiment), cell(&row.run)) {
            (Cow::Borrowed(_), Cow::Borrowed(_)) => writer.serialize(row)?,
            (experiment, run) => {
                let (experiment, run) = (experiment.into_owned(), run.into_owned());
                writer.serialize(MachineMetrics { experiment, run, ..row.clone() })?;
            }
        }
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
