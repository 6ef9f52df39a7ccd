//! One machine of a run that is followed.

use std::collections::VecDeque;
use std::path::Path;

use super::tail::{Look, Tail};
use super::{Happening, MachineState, What};
use crate::log::{EndReason, Header, Line, LineParser, Stamp, file_name};
use crate::metrics::Meter;
use crate::metrics::series::{Sample, Thinned};
use crate::model::event::MachineId;
use crate::model::time::LabTime;

/// What the log of a machine has reported so far.
#[derive(Debug)]
pub struct Followed {
    id: MachineId,
    pub foreign: bool,
    planned_rate: Option<f64>,
    tail: Tail,
    parser: LineParser,
    reported: Reported,
}

/// What is forgotten when a log begins anew.
#[derive(Debug, Default)]
struct Reported {
    has_log: bool,
    /// Lab time zero.
    origin: Option<Stamp>,
    header: Option<Header>,
    meter: Option<Meter>,
    queue_trace: Thinned,
    clock: u64,
    queue_length: u64,
    /// Of the last line.
    time: Option<LabTime>,
    last: VecDeque<Happening>,
    end: Option<EndReason>,
    unmatched: u64,
    /// Lines were left out, so nothing can be counted.
    skipped: bool,
}

impl Followed {
    /// A machine of which the plan, if there is one, says this.
    pub fn new(id: MachineId, planned_rate: Option<f64>, foreign: bool) -> Followed {
        Followed {
            id,
            foreign,
            planned_rate,
            tail: Tail::default(),
            parser: LineParser::default(),
            reported: Reported::default(),
        }
    }

    /// Reads what is new. A log that cannot be read says nothing; it may be
    /// readable the next time.
    pub fn read(&mut self, folder: &Path, bytes_max: u64) -> Look {
        let (id, parser, reported) = (self.id, &mut self.parser, &mut self.reported);
        let path = folder.join(file_name(id));
        let look = self.tail.read(&path, bytes_max, |line| reported.see(id, &parser.parse(line)));
        let look = look.unwrap_or_default();
        if look.anew {
            self.reported = Reported::default();
        }
        self.reported.skipped |= look.skipped;
        look
    }

    pub fn has_log(&self) -> bool {
        self.reported.has_log
    }

    /// Nominal ticks per second of lab time; the log knows best.
    pub fn clock_rate(&self) -> Option<f64> {
        self.reported.header.map(|header| header.clock_rate).or(self.planned_rate)
    }

    pub fn speedup(&self) -> Option<f64> {
        self.reported.header?.speedup
    }

    /// The lab time of the last line.
    pub fn lab_time(&self) -> Option<LabTime> {
        self.reported.time
    }

    pub fn clock(&self) -> u64 {
        self.reported.clock
    }

    pub fn end_reason(&self) -> Option<EndReason> {
        self.reported.end
    }

    /// What to show of it, in a run that has come to `lab_time` and whose
    /// leader's clock is at `leader`.
    pub fn state(&self, lab_time: LabTime, leader: u64) -> MachineState {
        let reported = &self.reported;
        let meter = reported.meter.as_ref();
        MachineState {
            id: self.id,
            foreign: self.foreign,
            has_log: reported.has_log,
            clock_rate: self.clock_rate(),
            achieved_rate: meter.filter(|_| !reported.skipped).and_then(Meter::achieved_rate_so_far),
            clock: reported.clock,
            behind: leader.saturating_sub(reported.clock),
            queue_length: reported.queue_length,
            lateness_p99_us: meter.and_then(Meter::lateness_p99_us),
            queue_trace: evenly(reported.queue_trace.samples(), lab_time),
            last: reported.last.iter().cloned().collect(),
            unmatched: reported.unmatched,
            ended: reported.end.is_some(),
        }
    }
}

impl Reported {
    fn see(&mut self, machine: MachineId, line: &Line<'_>) {
        self.has_log = true;
        self.unmatched += u64::from(*line == Line::Unmatched);
        if let Line::Started { at, .. } = line {
            self.origin = Some(*at);
        }
        let stamp = match line {
            Line::Event(record) => Some(record.stamp),
            Line::Error(error) => Some(error.stamp),
            Line::End(end) => Some(end.stamp),
            _ => None,
        };
        let origin = *match (self.origin, stamp) {
            (None, None) => return,
            (Some(origin), _) => self.origin.insert(origin),
            // A log without a header begins at its first event.
            (None, Some(stamp)) => self.origin.insert(stamp),
        };
        self.meter.get_or_insert_with(|| Meter::new(machine, origin)).see(line);
        let Some(stamp) = stamp else {
            if let Line::Rate(header) = line {
                self.header = Some(*header);
            }
            return;
        };
        let time = LabTime::from_secs_f64(stamp.seconds_since(origin));
        self.time = self.time.max(Some(time));
        self.happen(machine, time, line);
    }

    fn happen(&mut self, machine: MachineId, time: LabTime, line: &Line<'_>) {
        let what = match line {
            Line::Event(record) => {
                self.clock = record.clock;
                // An idle tick finds the queue empty.
                self.queue_length = record.queue_length.unwrap_or_default();
                self.queue_trace.push(Sample::of_event(
                    time.as_secs_f64(),
                    self.queue_length,
                    self.clock,
                    record.waited_us,
                ));
                What::Event(**record)
            }
            Line::Error(error) => What::Error(error.text.clone()),
            Line::End(end) => {
                (self.clock, self.queue_length) = (end.clock, end.queue_length);
                self.end = Some(end.reason);
                What::End(end.reason)
            }
            _ => return,
        };
        if self.last.len() == MachineState::LAST_LENGTH {
            self.last.pop_front();
        }
        self.last.push_back(Happening { machine, time, what });
    }
}

/// The largest queue length in each of equal stretches from the start to
/// `lab_time`; where nothing happened, the length before.
fn evenly(samples: &[Sample], lab_time: LabTime) -> Vec<u64> {
    if samples.is_empty() || lab_time == LabTime::ZERO {
        return Vec::new();
    }
    let length = MachineState::TRACE_LENGTH;
    let place = |time_s: f64| ((time_s / lab_time.as_secs_f64() * length as f64) as usize).min(length - 1);
    let mut largest: Vec<Option<u64>> = vec![None; length];
    let mut after = vec![0; length];
    for sample in samples {
        let (from, to) = (place(sample.from_s), place(sample.to_s));
        for slot in &mut largest[from..=to] {
            *slot = (*slot).max(Some(sample.queue_max));
        }
        after[to] = sample.queue_last;
    }
    let mut before = 0;
    let filled = largest.into_iter().zip(after).map(|(largest, after)| match largest {
        Some(largest) => {
            before = after;
            largest
        }
        None => before,
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_has_the_largest_of_each_stretch_and_holds_what_stays() {
        let mut thinned = Thinned::default();
        for (time_s, queue) in [(0.1, 1), (0.2, 9), (0.3, 2), (6.0, 4)] {
            thinned.push(Sample::of_event(time_s, queue, 0, None));
        }
        let trace = evenly(thinned.samples(), LabTime::from_secs_f64(12.0));
        assert_eq!(trace.len(), MachineState::TRACE_LENGTH);
        // A stretch is a tenth of a second.
        assert_eq!(trace[..5], [0, 1, 9, 2, 2]);
        assert_eq!((trace[59], trace[60], trace[119]), (2, 4, 4));
    }

    #[test]
    fn a_log_whose_time_runs_backwards_has_a_trace() {
        let mut thinned = Thinned::default();
        let events = 3 * Thinned::CAPACITY as u64;
        (0..events)
            .for_each(|event| thinned.push(Sample::of_event((events - event) as f64, event, event, None)));
        let trace = evenly(thinned.samples(), LabTime::from_secs_f64(events as f64));
        assert_eq!(trace.iter().max(), Some(&(events - 1)));
    }
}
