//! A sweep's `runs.csv`: the runs of all its cells, a row a machine.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use super::{Sample, SampleError, SampledRun};
use crate::files::regular::open_regular;
use crate::metrics::MachineMetrics;

/// How many columns come before the axes: those of [`Place`]. Read apart, as an
/// axis may be named as one of them.
const PLACE_COLUMNS: usize = 3;

/// Which run a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Place {
    /// Counted from 1.
    cell: u32,
    replicate: u32,
    seed: u64,
}

/// Reads the samples of all cells, by the cell's number.
pub fn read_cells(path: &Path) -> Result<BTreeMap<u32, Sample>, SampleError> {
    let file = open_regular(path).map_err(|source| SampleError::Open { path: path.to_owned(), source })?;
    let mut reader = csv::Reader::from_reader(file);
    let cells = read_rows(&mut reader).map_err(|(line, what)| SampleError::Row {
        path: path.to_owned(),
        line,
        what,
    })?;
    if cells.is_empty() { Err(SampleError::NoRows { path: path.to_owned() }) } else { Ok(cells) }
}

/// An error is a line, counted from 1, and what is wrong with it.
fn read_rows(reader: &mut csv::Reader<impl Read>) -> Result<BTreeMap<u32, Sample>, (u64, String)> {
    let mut cells: BTreeMap<u32, Vec<Found>> = BTreeMap::new();
    let mut last = None;
    let (head, tail) = split(reader.headers().map_err(|error| (1, error.to_string()))?);
    let mut row = csv::StringRecord::new();
    loop {
        let next = reader.position().line();
        if !reader.read_record(&mut row).map_err(|error| (line_of(&error, next), error.to_string()))? {
            return cells.into_iter().map(|(cell, runs)| Ok((cell, sample(cell, runs)?))).collect();
        }
        let line = row.position().map_or(next, csv::Position::line);
        let (place, machine) = split(&row);
        let place: Place =
            place.deserialize(Some(&head)).map_err(|error| (line, what_is_wrong(&error, &head)))?;
        let machine: MachineMetrics =
            machine.deserialize(Some(&tail)).map_err(|error| (line, what_is_wrong(&error, &tail)))?;
        let runs = cells.entry(place.cell).or_default();
        match runs.last_mut().filter(|run| last == Some(place) && run.is_without(&machine)) {
            Some(run) => run.rows.push(machine),
            None => runs.push(Found { line, place, rows: vec![machine] }),
        }
        last = Some(place);
    }
}

/// A run as it stands in the table.
struct Found {
    line: u64,
    place: Place,
    rows: Vec<MachineMetrics>,
}

impl Found {
    fn is_without(&self, machine: &MachineMetrics) -> bool {
        self.rows.iter().all(|row| row.machine != machine.machine)
    }
}

/// The runs of one cell that differ in their seeds: one that has the seed of
/// another before it is no replicate, nor are its rows once more.
fn sample(cell: u32, runs: Vec<Found>) -> Result<Sample, (u64, String)> {
    let (mut sample, mut replicates, mut seeds) = (Sample::default(), BTreeMap::new(), BTreeSet::new());
    for Found { line, place: Place { replicate, seed, .. }, rows } in runs {
        let before: Option<&SampledRun> = replicates.get(&replicate).map(|at: &usize| &sample.runs[*at]);
        if before.is_some_and(|before| before.rows != rows || before.seed != Some(seed)) {
            return Err((
                line,
                format!("cell {cell}, replicate {replicate} was there before, in other rows"),
            ));
        }
        if !seeds.insert(seed) {
            sample.repeated += 1;
            continue;
        }
        replicates.insert(replicate, sample.runs.len());
        sample.runs.push(SampledRun { seed: Some(seed), rows });
    }
    Ok(sample)
}

/// The columns of the place, and the others.
fn split(row: &csv::StringRecord) -> (csv::StringRecord, csv::StringRecord) {
    (row.iter().take(PLACE_COLUMNS).collect(), row.iter().skip(PLACE_COLUMNS).collect())
}

fn line_of(error: &csv::Error, otherwise: u64) -> u64 {
    error.position().map_or(otherwise, csv::Position::line)
}

/// Names the column, where there is one to name.
fn what_is_wrong(error: &csv::Error, headers: &csv::StringRecord) -> String {
    let csv::ErrorKind::Deserialize { err, .. } = error.kind() else { return error.to_string() };
    let column = err.field().and_then(|field| headers.get(field as usize));
    let what = err.kind();
    column.map_or_else(|| what.to_string(), |column| format!("column {column}: {what}"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::metrics::{self, tests::row};
    use crate::store::RUNS_FILE;

    /// Runs of two machines: cell, replicate and seed of each.
    fn table(runs: &[(u32, u32, u64)]) -> String {
        let mut text = String::new();
        for (cell, replicate, seed) in runs {
            let mut rows = Vec::new();
            let end_queue = u64::from(cell * 10 + replicate);
            let machines = [MachineMetrics { end_queue: Some(end_queue), ..row(1) }, row(2)];
            metrics::file::write(&mut rows, &machines).unwrap();
            for (number, line) in String::from_utf8(rows).unwrap().lines().enumerate() {
                match number {
                    0 if text.is_empty() => {
                        text += &format!("cell,replicate,seed,seed,network.delay,{line}\n");
                    }
                    0 => {}
                    _ => text += &format!("{cell},{replicate},{seed},1;2,uniform:1ms..2ms,{line}\n"),
                }
            }
        }
        text
    }

    fn sweep(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my-sweep");
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join(RUNS_FILE), text).unwrap();
        (folder, path)
    }

    #[test]
    fn a_cell_is_named_as_if_it_were_a_folder_of_the_sweep() {
        let (_folder, sweep) = sweep(&table(&[(1, 1, 5), (1, 2, 6), (2, 1, 5), (2, 2, 6), (2, 3, 7)]));
        let second = Sample::read(&sweep.join("c2")).unwrap();
        let runs: Vec<_> = second
            .runs
            .iter()
            .map(|run| (run.seed, run.rows.len(), run.rows[0].end_queue.unwrap()))
            .collect();
        assert_eq!(runs, [(Some(5), 2, 21), (Some(6), 2, 22), (Some(7), 2, 23)]);
        std::fs::create_dir(sweep.join("c1")).unwrap();
        assert_eq!(Sample::read(&sweep.join("c1")).unwrap().runs.len(), 2, "a folder is no hindrance");
        let reported = Sample::read(&sweep.join("c3")).unwrap_err().to_string();
        assert!(reported.contains("no cell 3; its cells are 1 to 2"), "{reported}");
        let reported = Sample::read(&sweep).unwrap_err().to_string();
        assert!(reported.contains("holds 2 cells") && reported.ends_with("my-sweep/c1"), "{reported}");
    }

    #[test]
    fn a_sweep_of_one_cell_is_a_sample() {
        let (_folder, sweep) = sweep(&table(&[(1, 1, 5), (1, 2, 6)]));
        assert_eq!(Sample::read(&sweep).unwrap(), Sample::read(&sweep.join("c1")).unwrap());
    }

    #[test]
    fn the_same_rows_and_the_same_seeds_are_no_replicates() {
        for runs in [
            // Once more at once, later, and under another number.
            &[(1, 1, 5), (1, 1, 5), (1, 2, 6)][..],
            &[(1, 1, 5), (1, 2, 6), (1, 1, 5)],
            &[(1, 1, 5), (1, 2, 6), (1, 3, 5)],
        ] {
            let sample = Sample::read(&sweep(&table(runs)).1).unwrap();
            let found: Vec<_> = sample.runs.iter().map(|run| (run.seed, run.rows.len())).collect();
            assert_eq!((found, sample.repeated), (vec![(Some(5), 2), (Some(6), 2)], 1), "{runs:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_table_is_told_with_its_line() {
        let good = table(&[(1, 1, 5), (1, 2, 6)]);
        let reported = |text: &str| Sample::read(&sweep(text).1).unwrap_err().to_string();
        let scattered = table(&[(1, 1, 5), (1, 2, 6), (1, 1, 7)]);
        for (text, place, what) in [
            (good.replacen("1,2,6", "1,two,6", 1), ":4:", "column replicate"),
            (good.replacen("1,2,6", "1,2,-6", 1), ":4:", "column seed"),
            (good.replacen("1,2,6,1;2", "1,2,6", 1), ":4:", "fields"),
            (good.replacen("end_queue,", "queue_end,", 1), ":2:", "end_queue"),
            (good.replacen("seed", "sead", 1), ":2:", "seed"),
            (scattered, ":6:", "replicate 1 was there before"),
        ] {
            let reported = reported(&text);
            let all = reported.contains(place)
                && reported.contains(what)
                && reported.contains("cell, replicate, seed");
            assert!(all, "{place} {what}: {reported}");
        }
        let header = good.lines().next().unwrap();
        assert!(reported(header).contains("holds no runs"));
        assert!(reported("").contains("holds no runs"));
    }
}
