//! `metrics.csv`: a row a machine, one owner for writing and for reading.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::LazyLock;

use super::{MachineMetrics, Machines, Meter};
use crate::log::Stamp;
use crate::model::event::MachineId;
use crate::text::spreadsheet::cell;

/// Writes the rows with a header line. Names are written as text, whatever they
/// begin with.
pub fn write(out: impl Write, rows: &[MachineMetrics]) -> csv::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        match (cell(&row.experiment), cell(&row.run)) {
            (Cow::Borrowed(_), Cow::Borrowed(_)) => writer.serialize(row)?,
            (experiment, run) => {
                let (experiment, run) = (experiment.into(), run.into());
                writer.serialize(MachineMetrics { experiment, run, ..row.clone() })?;
            }
        }
    }
    writer.flush()?;
    Ok(())
}

/// The rows without a header line.
pub fn rows(rows: &[MachineMetrics]) -> csv::Result<Vec<u8>> {
    let mut text = Vec::new();
    write(&mut text, rows)?;
    let header = memchr::memchr(b'\n', &text).map_or(0, |at| at + 1);
    text.drain(..header);
    Ok(text)
}

/// The header line alone.
pub fn header() -> csv::Result<String> {
    let mut text = Vec::new();
    let nobody = Meter::new(MachineId(1), Stamp(0)).finish("", "", Machines::Are(1));
    write(&mut text, &[nobody])?;
    let names = text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(names).into_owned())
}

/// Reads what [`write()`] wrote.
pub fn read(input: impl Read) -> csv::Result<Vec<MachineMetrics>> {
    csv::Reader::from_reader(input).into_deserialize().collect()
}

/// The same, of the bytes of a file.
pub fn read_bytes(bytes: &[u8]) -> csv::Result<Vec<MachineMetrics>> {
    plain(bytes).map_or_else(|| read(bytes), Ok)
}

/// As this version writes it; empty where that cannot be told.
static OWN_HEADER: LazyLock<String> = LazyLock::new(|| header().unwrap_or_default());

/// A table without quotes, whose rows all have the columns of its header: to set
/// up a reader for it takes longer than to read it. `None` of any other.
fn plain(bytes: &[u8]) -> Option<Vec<MachineMetrics>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if text.contains(['"', '\r']) {
        return None;
    }
    let record = |line: &str| line.split(',').collect::<csv::StringRecord>();
    let (names, rows) = text.strip_suffix('\n')?.split_once('\n')?;
    let header = record(names);
    // Columns in their order are found faster than by their names.
    let names = (names != OWN_HEADER.trim_end()).then_some(&header);
    let row = |row: &str| {
        let row = record(row);
        let is_whole = row.len() == header.len();
        if is_whole { row.deserialize(names).ok() } else { None }
    };
    rows.split('\n').map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::row;
    use proptest::prelude::*;

    #[test]
    fn a_table_of_before_there_were_waits_is_read() {
        let mut table = Vec::new();
        write(&mut table, &[row(1)]).unwrap();
        let text = String::from_utf8(table).unwrap();
        let (header, line) = text.trim_end().split_once('\n').unwrap();
        let is_new = |name: &str| name.starts_with("wait_") || name == "late_share";
        let cells = header.split(',').zip(line.split(',')).filter(|(name, _)| !is_new(name));
        let (names, values): (Vec<&str>, Vec<&str>) = cells.unzip();
        let old = format!("{}\n{}\n", names.join(","), values.join(","));
        assert_eq!(read(old.as_bytes()).unwrap(), [row(1)]);
    }

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
            if let Some(plain) = plain(&table) {
                let shown = |rows: &[MachineMetrics]| format!("{rows:?}");
                prop_assert_eq!(found.as_ref().map(|rows| shown(rows)).ok(), Some(shown(&plain)));
            }
            prop_assert!(!changes.is_empty() || found.is_ok_and(|found| found == rows));
        }
    }
}
