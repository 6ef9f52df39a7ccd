//! The logs of a run on all processors: one thread cuts a chunk off a log, any
//! parses it, and one at a time shows it to the log's visitor, in order.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Visitor;
use crate::log::{Chunk, Cutter, LogFile, LogReader, ReadStats, machine_of_file, open_log};
use crate::parallel;

/// What was taken from a log, and who was shown it; or why it cannot be read.
pub(super) type Outcome<V> = io::Result<(ReadStats, V)>;

/// Reads logs that are written as ours, each with its visitor. A log that cannot
/// be read is the last of which there is an outcome.
pub(super) fn read_logs<V: Visitor>(paths: &[PathBuf], visitors: Vec<V>, threads: usize) -> Vec<Outcome<V>> {
    let one_by_one = visitors.iter().any(Visitor::is_one_by_one);
    let lanes = paths.iter().zip(visitors).map(|(path, visitor)| Lane::new(path, visitor)).collect();
    let pipeline = Pipeline {
        state: Mutex::new(State {
            lanes,
            first: 0,
            wanted: paths.len(),
            spare: Vec::new(),
            one_by_one,
            closed: false,
        }),
        changed: Condvar::new(),
        ahead: threads + 1,
    };
    parallel::crew(threads, || pipeline.serve());
    let state = pipeline.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.lanes.into_iter().take(state.wanted).filter_map(|lane| lane.outcome).collect()
}

struct Pipeline<'a, V> {
    state: Mutex<State<'a, V>>,
    changed: Condvar,
    /// No more chunks of a log wait to be stats.
    ahead: usize,
}

struct State<'a, V> {
    lanes: Vec<Lane<'a, V>>,
    /// The first lane that is not over.
    first: usize,
    /// How many lanes are: those up to the first that cannot be read.
    wanted: usize,
    /// Chunks whose room can be used again.
    spare: Vec<Chunk>,
    one_by_one: bool,
    closed: bool,
}

/// A log on its way.
struct Lane<'a, V> {
    path: &'a Path,
    source: Source,
    /// How many chunks were cut off, and stats.
    cut: usize,
    stats: usize,
    ready: BTreeMap<usize, Chunk>,
    /// Not here while it is shown a chunk.
    reading: Option<Box<(LogReader, V)>>,
    outcome: Option<Outcome<V>>,
}

enum Source {
    Unopened,
    Open(Cutter<LogFile>),
    /// A thread cuts a chunk off it.
    Away,
    Ended,
}

enum Task<'a, V> {
    Cut { lane: usize, path: &'a Path, source: Source, room: Chunk },
    Take { lane: usize, chunk: Chunk, reading: Box<(LogReader, V)> },
}

impl<'a, V: Visitor> Pipeline<'a, V> {
    fn lock(&self) -> MutexGuard<'_, State<'a, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what there is to do until all logs are read.
    fn serve(&self) {
        let closing = Closing(self);
        while let Some(task) = self.next_task() {
            match task {
                Task::Cut { lane, path, source, room } => self.cut(lane, path, source, room),
                Task::Take { lane, chunk, reading } => self.take(lane, chunk, reading),
            }
            self.changed.notify_all();
        }
        drop(closing);
    }

    fn next_task(&self) -> Option<Task<'a, V>> {
        let mut state = self.lock();
        loop {
            if state.closed || state.first >= state.wanted {
                return None;
            }
            if let Some(task) = state.next_task(self.ahead) {
                return Some(task);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn cut(&self, at: usize, path: &Path, source: Source, room: Chunk) {
        let cut = match source {
            Source::Open(cutter) => Ok(cutter),
            _ => open_log(path).map(Cutter::new),
        };
        let cut = cut.and_then(|mut cutter| Ok((cutter.cut(room)?, cutter)));
        let (mut chunk, number) = {
            let mut state = self.lock();
            let lane = &mut state.lanes[at];
            let number = lane.cut;
            lane.cut += 1;
            match cut {
                Err(error) => return state.fail(at, error),
                Ok((chunk, _)) if chunk.is_last() => {
                    lane.source = Source::Ended;
                    (chunk, number)
                }
                Ok((chunk, cutter)) => {
                    lane.source = Source::Open(cutter);
                    (chunk, number)
                }
            }
        };
        self.changed.notify_all();
        chunk.parse();
        self.lock().lanes[at].ready.insert(number, chunk);
    }

    fn take(&self, at: usize, chunk: Chunk, mut reading: Box<(LogReader, V)>) {
        let (reader, visitor) = &mut *reading;
        reader.take(&chunk, |number, line| visitor.see(number, line));
        let mut state = self.lock();
        let lane = &mut state.lanes[at];
        lane.stats += 1;
        if chunk.is_last() {
            let (reader, visitor) = *reading;
            state.finish(at, Ok((reader.into_taken(), visitor)));
        } else {
            lane.reading = Some(reading);
        }
        state.spare.push(chunk);
    }
}

impl<'a, V: Visitor> State<'a, V> {
    /// Taking comes first, for it makes room; and the first logs do.
    fn next_task(&mut self, ahead: usize) -> Option<Task<'a, V>> {
        let takers = if self.one_by_one { self.first + 1 } else { self.wanted };
        let lanes = self.lanes[..takers].iter_mut().enumerate().skip(self.first).take(ahead);
        for (at, lane) in lanes {
            if lane.reading.is_some()
                && lane.outcome.is_none()
                && let Some(chunk) = lane.ready.remove(&lane.stats)
                && let Some(reading) = lane.reading.take()
            {
                return Some(Task::Take { lane: at, chunk, reading });
            }
        }
        let lanes = self.lanes[..self.wanted].iter_mut().enumerate().skip(self.first).take(ahead);
        for (at, lane) in lanes {
            let is_here = matches!(lane.source, Source::Unopened | Source::Open(_));
            if is_here && lane.outcome.is_none() && lane.cut < lane.stats + ahead {
                let source = std::mem::replace(&mut lane.source, Source::Away);
                let room = self.spare.pop().unwrap_or_default();
                return Some(Task::Cut { lane: at, path: lane.path, source, room });
            }
        }
        None
    }

    /// Of logs after one that cannot be read nothing is wanted.
    fn fail(&mut self, at: usize, error: io::Error) {
        self.wanted = self.wanted.min(at + 1);
        self.finish(at, Err(error));
    }

    fn finish(&mut self, at: usize, mut outcome: Outcome<V>) {
        if let (Ok((_, visitor)), Some(next)) = (&mut outcome, self.lanes.get_mut(at + 1))
            && let Some(next) = &mut next.reading
        {
            next.1.succeed(visitor);
        }
        self.lanes[at].outcome = Some(outcome);
        while self.lanes.get(self.first).is_some_and(|lane| lane.outcome.is_some()) {
            self.first += 1;
        }
    }
}

impl<'a, V> Lane<'a, V> {
    fn new(path: &'a Path, visitor: V) -> Lane<'a, V> {
        let reading = Some(Box::new((LogReader::new(machine_of_file(path)), visitor)));
        let (source, ready) = (Source::Unopened, BTreeMap::new());
        Lane { path, source, cut: 0, stats: 0, ready, reading, outcome: None }
    }
}

/// Sends everybody home, also where a thread panics.
struct Closing<'p, 'a, V: Visitor>(&'p Pipeline<'a, V>);

impl<V: Visitor> Drop for Closing<'_, '_, V> {
    fn drop(&mut self) {
        self.0.lock().closed |= std::thread::panicking();
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::log::Line;

    /// What it is shown, and what those before it were.
    #[derive(Default)]
    struct Seen {
        one_by_one: bool,
        lines: Vec<String>,
        before: usize,
    }

    impl Visitor for Seen {
        fn see(&mut self, number: u64, line: &Line<'_>) {
            self.lines.push(format!("{number} {line:?}"));
        }

        fn is_one_by_one(&self) -> bool {
            self.one_by_one
        }

        fn succeed(&mut self, before: &mut Self) {
            assert!(!self.one_by_one || self.lines.is_empty(), "it was shown lines before its turn");
            self.before = before.before + before.lines.len();
        }
    }

    /// A log of so many events, each of another clock.
    fn log(events: u64) -> String {
        let line =
            |clock| format!("2026-03-05 12:46:04.020113 | INTERNAL | Clock: {clock} | Internal event\n");
        "Clock rate: 4 ticks per second\n".to_owned() + &(1..=events).map(line).collect::<String>()
    }

    fn read(paths: &[PathBuf], one_by_one: bool, threads: usize) -> Vec<Outcome<Seen>> {
        let visitors = paths.iter().map(|_| Seen { one_by_one, ..Seen::default() });
        read_logs(paths, visitors.collect(), threads)
    }

    #[test]
    fn any_number_of_threads_shows_every_line_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let logs = [30_000, 0, 7_000, 1, 12_000].map(log);
        let paths: Vec<PathBuf> = (1..)
            .zip(&logs)
            .map(|(machine, text)| {
                let path = folder.path().join(format!("log_{machine}.txt"));
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        for (threads, one_by_one) in [(1, false), (2, true), (2, false), (7, true), (7, false)] {
            let mut before = 0;
            let outcomes = read(&paths, one_by_one, threads);
            assert_eq!(outcomes.len(), logs.len());
            for (outcome, (path, text)) in outcomes.into_iter().zip(paths.iter().zip(&logs)) {
                let (stats, seen) = outcome.unwrap();
                let mut lines = Vec::new();
                let reader = LogReader::new(machine_of_file(path));
                let whole =
                    reader.read(text.as_bytes(), |at, line| lines.push(format!("{at} {line:?}"))).unwrap();
                assert!(stats == whole && seen.lines == lines, "{threads} threads");
                assert!(!one_by_one || seen.before == before);
                before += lines.len();
            }
        }
    }

    #[test]
    fn the_first_log_that_cannot_be_read_is_the_last_that_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["log_1.txt", "log_4.txt"] {
            fs::write(at(name), log(9_000)).unwrap();
        }
        let paths = ["log_1.txt", "log_2.txt", "log_3.txt", "log_4.txt"].map(at);
        for (threads, one_by_one) in [(1, true), (3, false), (7, true)] {
            let outcomes = read(&paths, one_by_one, threads);
            let is_read: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
            assert_eq!(is_read, [true, false]);
        }
    }
}
