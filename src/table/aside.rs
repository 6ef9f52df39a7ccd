//! Batches that another thread writes, while this one goes on reading.

use std::io;
use std::mem;
use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use polars::prelude::{DataFrame, PolarsError, PolarsResult};

use super::{EventSink, EventTable};

/// Batches that wait to be written; more only take up memory.
const BATCHES_WAITING: usize = 4;

/// Hands batches to the thread that writes them.
struct Aside {
    has_cells: bool,
    batches: SyncSender<DataFrame>,
}

impl EventSink for Aside {
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        // The thread's own error tells why it is gone.
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        Ok(self.batches.send(mem::take(batch)).map_err(gone)?)
    }

    fn finish(&mut self) -> PolarsResult<()> {
        Ok(())
    }

    fn has_cells(&self) -> bool {
        self.has_cells
    }
}

/// Has `fill` fill a table whose batches go into `sink` in a thread of their own.
///
/// # Errors
///
/// What the sink fails with, or else `fill`.
pub fn write_aside<S: EventSink + Send, R, E: From<PolarsError>>(
    mut sink: S,
    fill: impl FnOnce(&mut EventTable<Box<dyn EventSink + Send>>) -> Result<R, E>,
) -> Result<R, E> {
    thread::scope(|scope| {
        let (batches, waiting) = sync_channel(BATCHES_WAITING);
        let aside = Aside { has_cells: sink.has_cells(), batches };
        let writer = scope.spawn(move || {
            for mut batch in waiting {
                sink.write(&mut batch)?;
            }
            sink.finish()
        });
        let mut table = EventTable::new(Box::new(aside) as Box<dyn EventSink + Send>);
        let filled = fill(&mut table).and_then(|filled| Ok(table.finish().map(|()| filled)?));
        writer.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        filled
    })
}

#[cfg(test)]
mod tests {
    use super::super::{CsvSink, Origin};
    use super::*;
    use crate::log::{Line, LineParser, Stamp};
    use crate::model::event::MachineId;

    /// A table of so many events; what stands there once it is written.
    fn filled<S: EventSink>(table: &mut EventTable<S>, events: u64) -> PolarsResult<()> {
        let mut parser = LineParser::default();
        let line = b"2026-03-05 12:46:04.020113 | INTERNAL | Clock: 7 | Internal event, Tick: 1";
        let Line::Event(record) = parser.parse(line) else { panic!("it is an event") };
        for run in ["r1", "=r2"] {
            table.begin_run("exp", run, Origin { stamp: Stamp(5), is_date: run == "r1", is_told: true })?;
            (1..=events).try_for_each(|number| table.push(MachineId(2), number, record))?;
        }
        Ok(())
    }

    #[test]
    fn what_is_written_aside_is_what_would_be_written_here() {
        for events in [0, 3, 30_000] {
            let (mut here, mut aside) = (Vec::new(), Vec::new());
            let mut table = EventTable::new(CsvSink::new(&mut here));
            filled(&mut table, events).unwrap();
            table.finish().unwrap();
            write_aside(CsvSink::new(&mut aside), |table| filled(table, events)).unwrap();
            assert!(
                here == aside && here.iter().filter(|byte| **byte == b'\n').count() as u64 == 1 + 2 * events
            );
        }
    }

    /// Takes one batch, and no more.
    struct Full(bool);

    impl EventSink for Full {
        fn write(&mut self, _: &mut DataFrame) -> PolarsResult<()> {
            match std::mem::replace(&mut self.0, true) {
                false => Ok(()),
                true => Err(io::Error::from(io::ErrorKind::StorageFull).into()),
            }
        }

        fn finish(&mut self) -> PolarsResult<()> {
            Ok(())
        }
    }

    #[test]
    fn an_error_of_the_writer_is_the_one_that_is_told() {
        let reported = write_aside(Full(false), |table| filled(table, 200_000)).unwrap_err().to_string();
        assert!(reported.contains("no storage space"), "{reported}");
    }
}
