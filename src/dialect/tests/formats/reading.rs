//! What a dialect reads of logs, through the door that all commands use.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::expected::Expected;
use crate::dialect::{Dialect, Sample};
use crate::log::{Line, Record};
use crate::model::event::{Kind, MachineId, Recipients};
use crate::read::dialect_runs::find_runs;

/// The events of the logs below a folder, by path and line; the reason where the
/// logs cannot be put in order.
pub fn read_below(root: &Path, dialect: Dialect) -> Result<BTreeMap<(String, u64), Expected>, String> {
    let runs =
        find_runs(&Arc::new(dialect), &[root.to_owned()], &[]).map_err(|error| error.to_string())?.runs;
    let mut found: BTreeMap<(String, u64), Expected> = BTreeMap::new();
    for run in runs {
        let Some(logs) = &run.dialect else { continue };
        let machines = logs.contexts.iter().map(|context| context.machine.0).max().unwrap_or(0);
        for (at, path) in run.logs.iter().enumerate() {
            let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
            let text = std::fs::read(path).map_err(|error| error.to_string())?;
            let machine = logs.contexts[at].machine;
            let read = logs.read(at, &text[..], |line, said| {
                let Line::Event(record) = said else { return };
                let event = expected(record, machine, machines);
                match found.get_mut(&(name.clone(), line)) {
                    // One line that names some of the machines, but not all.
                    Some(Expected { to: Some(known), .. }) => known.extend(event.to.into_iter().flatten()),
                    _ => drop(found.insert((name.clone(), line), event)),
                }
            });
            read.map_err(|error| error.to_string())?;
        }
    }
    Ok(found)
}

fn expected(record: &Record, machine: MachineId, machines: u32) -> Expected {
    let to = record.to.map(|to| match to {
        Recipients::One(one) => vec![one.0],
        Recipients::Several(some) => some.ids().map(|id| id.0).collect(),
        Recipients::All => (1..=machines).filter(|other| *other != machine.0).collect(),
    });
    Expected {
        machine: machine.0,
        kind: record.kind,
        clock: record.clock,
        queue: record.queue_length.filter(|_| record.kind == Kind::Receive),
        from: record.from.map(|from| from.0),
        to,
    }
}

/// Writes logs below a folder.
pub fn write_below(root: &Path, samples: &[Sample]) {
    for sample in samples {
        let path = root.join(&sample.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &sample.text).unwrap();
    }
}
