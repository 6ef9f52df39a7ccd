//! What a run amounts to: one definition of every metric, a row a machine.
//!
//! The rows are made from records alone, in one pass and in memory that does
//! not grow with the run. What a log cannot tell is `None`, never 0.

pub mod catalogue;
pub mod file;
pub mod from_sends;
mod jumps;
mod lab_clock;
mod meter;
pub mod quantity;
pub mod series;
mod slope;
pub mod stamped_rate;
pub mod summary;
mod ticks;
pub mod trust;
mod waits;

pub use catalogue::{EXPECTED_METRICS, MAIN_METRICS, METRICS, Metric};
pub use lab_clock::ClockSet;
pub use meter::{Machines, Meter};
pub use quantity::Quantity;
pub use waits::{WaitSource, WaitSummary};

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::event::MachineId;

/// One row of `metrics.csv`: a machine in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineMetrics {
    #[serde(serialize_with = "as_text", deserialize_with = "shared_text")]
    pub experiment: Arc<str>,
    #[serde(serialize_with = "as_text", deserialize_with = "shared_text")]
    pub run: Arc<str>,
    pub machine: MachineId,
    /// How many machines the run has, whether their logs are here or not.
    pub machines: u32,
    /// Nominal ticks per second of lab time.
    pub clock_rate: Option<f64>,
    /// The run's largest clock rate ÷ this one.
    pub speed_ratio: Option<f64>,
    /// 1 − this clock rate ÷ the run's largest.
    pub ratio_difference: Option<f64>,
    /// Lab time from the first event to the last; unknown where stamps run
    /// backwards or leap ahead by whole quarters of an hour.
    pub span_s: Option<f64>,
    pub events: u64,
    pub internal: u64,
    pub sends: u64,
    pub receives: u64,
    /// Share of the events that are RECEIVE.
    pub utilisation: Option<f64>,
    /// Largest queue length known: logged after its pops, and at the recorded
    /// end. Unknown where nothing was popped and no end is recorded, and where
    /// messages were received and no queue was ever logged.
    #[serde(deserialize_with = "in_a_column")]
    pub max_queue: Option<u64>,
    /// Messages left in the queue when the run ended.
    #[serde(deserialize_with = "in_a_column")]
    pub end_queue: Option<u64>,
    pub end_queue_source: EndQueueSource,
    /// Logical clock after the last event.
    pub final_clock: u64,
    /// The run's largest final clock − this one.
    #[serde(deserialize_with = "in_a_column")]
    pub clock_diff: Option<u64>,
    /// Slope of the logical clock against lab time ÷ the clock rate; unknown
    /// where stamps run backwards.
    pub clock_drift: Option<f64>,
    /// Clock increase of a RECEIVE over the event logged before it; of a log's
    /// first event over where the run's clocks begin.
    pub jump_mean: Option<f64>,
    pub jump_p95: Option<u64>,
    pub jump_max: Option<u64>,
    /// Seconds of lab time from a message's arrival in the queue to its pop.
    pub wait_mean: Option<f64>,
    pub wait_p95: Option<f64>,
    pub wait_max: Option<f64>,
    #[serde(default)]
    pub wait_source: WaitSource,
    /// Ticks served.
    pub ticks: Option<u64>,
    /// Ticks slept through, as a delay in the sender makes them.
    pub lost_ticks: Option<u64>,
    /// Ticks served nearer to the next deadline than to their own.
    pub late_ticks: Option<u64>,
    /// The same as a share of the ticks served.
    pub late_share: Option<f64>,
    /// Clock rate × ticks served ÷ ticks due within the run; of a log without tick
    /// numbers from its first event to its last, where each line is a tick.
    pub achieved_rate: Option<f64>,
    /// Ticks served ÷ ticks due that the model did not sleep through: how far
    /// the host kept the clock.
    pub fidelity: Option<f64>,
    /// Real time from a tick's deadline to its serving.
    pub lateness_p50_us: Option<u64>,
    pub lateness_p99_us: Option<u64>,
    pub lateness_max_us: Option<u64>,
    /// Messages: one for each recipient of a send.
    #[serde(deserialize_with = "in_a_column")]
    pub messages_sent: Option<u64>,
    pub messages_received: u64,
    /// Unknown where the log has no record of its end.
    pub messages_queued: Option<u64>,
}

impl MachineMetrics {
    /// Leaves nothing that rests on time, of logs that tell none.
    pub fn forget_time(&mut self) {
        (self.span_s, self.clock_drift) = (None, None);
        (self.wait_mean, self.wait_p95, self.wait_max) = (None, None, None);
        (self.ticks, self.lost_ticks, self.late_ticks, self.late_share) = (None, None, None, None);
        (self.achieved_rate, self.fidelity) = (None, None);
        (self.lateness_p50_us, self.lateness_p99_us, self.lateness_max_us) = (None, None, None);
    }
}

/// All rows of a run share its names, of which there may be very many.
fn shared_text<'de, D: Deserializer<'de>>(column: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(column).map(Arc::from)
}

fn as_text<S: Serializer>(name: &str, column: S) -> Result<S::Ok, S::Error> {
    column.serialize_str(name)
}

/// A value that may be unknown, in a column that must be there.
fn in_a_column<'de, D: Deserializer<'de>>(column: D) -> Result<Option<u64>, D::Error> {
    Option::deserialize(column)
}

/// Where `end_queue` was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndQueueSource {
    /// From the log's record of its end.
    Recorded,
    /// From the last RECEIVE, as the log has no record of its end.
    LastLogged,
    /// The log tells no queue.
    Unknown,
}

impl EndQueueSource {
    /// As in `metrics.csv`.
    pub fn word(self) -> &'static str {
        match self {
            EndQueueSource::Recorded => "recorded",
            EndQueueSource::LastLogged => "last_logged",
            EndQueueSource::Unknown => "unknown",
        }
    }
}

/// Counts the first jump of each log of a run: from the smallest clock that any
/// of them begins with, which is 0 unless clocks begin elsewhere.
pub fn count_first_jumps<'a>(meters: impl Iterator<Item = &'a mut Meter>) {
    let meters: Vec<&mut Meter> = meters.collect();
    let begin = meters.iter().filter_map(|meter| meter.first_clock_before()).min().unwrap_or(0);
    meters.into_iter().for_each(|meter| meter.jump_from(begin));
}

impl MachineMetrics {
    /// Whether the log's stamps run backwards or leap ahead, so that nothing is known
    /// of its speed.
    pub fn has_clock_set(&self) -> bool {
        self.events > 0 && self.span_s.is_none()
    }
}

/// Fills in what only a whole run can say of its machines. Clock differences
/// and ratios of clock rates stay unknown where a log is missing: it may be the
/// fastest machine's.
pub fn complete_run(rows: &mut [MachineMetrics]) {
    let all_here = rows.iter().all(|row| row.machines as usize == rows.len());
    let leading_clock = rows.iter().map(|row| row.final_clock).max().filter(|_| all_here);
    let rates = rows.iter().map(|row| row.clock_rate.filter(|_| all_here)).collect::<Option<Vec<f64>>>();
    let fastest = rates.and_then(|rates| rates.into_iter().reduce(f64::max));
    // Where a kind of event is never logged, lines are no ticks.
    let is_logged = |count: fn(&MachineMetrics) -> u64| rows.iter().any(|row| count(row) > 0);
    let are_all_logged =
        is_logged(|row| row.internal) && (is_logged(|row| row.receives) || !is_logged(|row| row.sends));
    for row in rows {
        if !are_all_logged && row.ticks.is_none() {
            row.achieved_rate = None;
        }
        row.clock_diff = leading_clock.map(|leading| leading - row.final_clock);
        if let (Some(rate), Some(fastest)) = (row.clock_rate, fastest) {
            row.speed_ratio = Some(fastest / rate);
            row.ratio_difference = Some(1.0 - rate / fastest);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row of which nothing is known but the machine.
    pub(crate) fn row(machine: u32) -> MachineMetrics {
        let unknown =
            Meter::new(MachineId(machine), crate::log::Stamp(0)).finish("exp", "run", Machines::Are(3));
        MachineMetrics {
            max_queue: Some(0),
            end_queue: Some(0),
            fidelity: Some(1.0),
            late_ticks: Some(0),
            ..unknown
        }
    }
}
