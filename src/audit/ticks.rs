//! Rules about ticks: one event each, and as many as the clock rate says.

use super::context::{Context, at, at_header};
use super::finding::{Findings, GOING_ON};
use super::pace::Pace;
use super::{Evidence, Place, Rule};
use crate::history::MachineHistory;
use crate::log::{End, Header, Record};
use crate::metrics::stamped_rate::{EVENTS_ENOUGH, SameTickLines};
use crate::metrics::trust::{is_off_pace, pace_tolerance};
use crate::model::event::Recipients;
use crate::model::schedule::Schedule;

pub(super) static ONE_EVENT_A_TICK: Rule = Rule {
    id: "one-event-a-tick",
    rests_on: Evidence::Ticks,
    reason: "each tick is one event, and none is left out",
    page: "\
A tick is exactly one event: a RECEIVE, an INTERNAL or a SEND. Only a send to all may be several lines of
one tick, one for each recipient. Tick numbers rise, and the ones that are left out are those that the
record of the end counts as lost: slept through, because a delay acts in the sender.

Only logs that number their ticks can show this.

Broken by: a loop that empties the whole queue in one tick, lines that were taken out or copied, a tick
that throws the die although it received.",
    check: one_event_a_tick,
};

fn one_event_a_tick(context: &Context<'_>, findings: &mut Findings) {
    for machine in context.machines() {
        let lost = machine.end().map(|end| end.lost_ticks);
        let (mut before, mut left_out, mut first_gap): (Option<Record>, u64, Option<u32>) = (None, 0, None);
        let mut numbered = machine.is_empty();
        for (index, record) in machine.records() {
            let Some(tick) = record.tick else { continue };
            numbered = true;
            let last = before.and_then(|before| before.tick).unwrap_or(0);
            if tick <= last && !before.is_some_and(|before| is_next_recipient(&before, &record)) {
                findings.add(machine.id(), machine.line(index), || {
                    let text = format!("tick {tick} after tick {last}: more than one event in a tick");
                    (text, index.checked_sub(1).map(|before| at(machine, before)).into_iter().collect())
                });
            } else if tick > last.saturating_add(1) {
                left_out = left_out.saturating_add(tick - last - 1);
                first_gap.get_or_insert(index);
            }
            before = Some(record);
        }
        let gap = first_gap.filter(|_| lost.is_some_and(|lost| left_out > lost));
        if let Some(index) = gap {
            findings.add(machine.id(), machine.line(index), || {
                let tick = machine.record(index).tick.unwrap_or_default();
                let lost = lost.unwrap_or_default();
                let text = format!(
                    "{left_out} ticks are left out, the first before tick {tick}; the record of the end counts {lost} as lost"
                );
                (text, index.checked_sub(1).map(|before| at(machine, before)).into_iter().collect())
            });
        } else if left_out > 0 && lost.is_none() {
            findings.unknown("ticks are left out, and no record of the end says whether they were lost");
        }
        if !numbered {
            findings.unknown("the logs do not number their ticks");
        }
    }
}

/// Two lines of one send to all.
fn is_next_recipient(before: &Record, record: &Record) -> bool {
    match (before.to, record.to) {
        (Some(Recipients::One(first)), Some(Recipients::One(second))) => {
            before.tick == record.tick && first < second
        }
        _ => false,
    }
}

pub(super) static RATE_KEPT: Rule = Rule {
    id: "rate-kept",
    rests_on: Evidence::Ticks,
    reason: "a machine ticks at its clock rate",
    page: "\
The clock rate is the experiment's first parameter. Ticks served (and lost to a delay in the sender) must
be those that were due in the machine's run time, within half a per cent or one and a half ticks; and no
tick may be served before its deadline.

Logs that do not number their ticks show the rate only between bounds: lines of one send to all may be
one tick or several, and stamps may be coarse. The verdict is unsound if the nominal rate lies outside
those bounds, and unknown if they are too wide to tell. It says by how much the rate is off: up to a tenth is
slow, or fast, and more is far off.

Broken by: `sleep(1 / rate)` after the work instead of absolute deadlines, a host that is too slow, a
delay that makes the sender sleep, a rate in the header that is not the one that ran.",
    check: |context, findings| {
        // Where ticks have no line, lines show no rate.
        let has_gaps = context.habits.never_logged.is_some();
        for machine in context.machines().iter().filter(|_| !has_gaps) {
            match (machine.header(), machine.end()) {
                (None, _) => findings.unknown("a log does not say its clock rate"),
                // Ticks that were slept through are counted at the end.
                (Some(_), None) if context.history.is_going_on() => findings.unknown(GOING_ON),
                (Some(header), Some(end)) if header.phase.is_some() => {
                    by_schedule(machine, header, end, findings)
                }
                (Some(header), None) if header.phase.is_some() && machine.stats().numbers_ticks => {
                    so_far(machine, header, findings)
                }
                (Some(header), _) => by_stamps(context, machine, header, findings),
            }
        }
    },
};

fn by_schedule(machine: &MachineHistory, header: &Header, end: &End, findings: &mut Findings) {
    let Some(phase) = header.phase else { return };
    let schedule = Schedule { clock_rate: header.clock_rate, phase, duration: end.run_time };
    let due = header.clock_rate * end.run_time.saturating_sub(phase).as_secs_f64();
    let ticks = end.ticks.saturating_add(end.lost_ticks);
    // Whole ticks where they can be counted; beyond, their number is as good.
    let due = if due < 1e9 { schedule.due(end.run_time) as f64 } else { due };
    if due > 0.0 && is_off_pace(ticks as f64, due) {
        findings.add(machine.id(), at_header(machine), || {
            let nominal = header.clock_rate;
            let off = Pace { shown: nominal * ticks as f64 / due, nominal };
            let text =
                format!("{ticks} ticks instead of the {due} that were due at {nominal} a second ({off})");
            (text, end_place(machine))
        });
    }
    none_early(machine, &schedule, findings);
}

/// A log without its end, whose ticks are numbered: up to its last one.
fn so_far(machine: &MachineHistory, header: &Header, findings: &mut Findings) {
    let (Some(phase), Some(started)) = (header.phase, machine.started()) else {
        return findings.unknown("a log does not say when it began");
    };
    let schedule = Schedule { clock_rate: header.clock_rate, phase, duration: phase };
    none_early(machine, &schedule, findings);
    let is_behind = |index: u32| {
        let record = machine.record(index);
        let time_s = record.stamp.seconds_since(started) - phase.as_secs_f64();
        let due = (header.clock_rate * time_s).floor();
        due > 0.0 && record.tick.is_some_and(|tick| is_off_pace(tick as f64, due))
    };
    let Some(last) = (machine.len() as u32).checked_sub(1) else { return };
    // Who was late at the last tick alone may have caught up.
    if is_behind(last) && is_behind(last / 2) {
        findings.add(machine.id(), at_header(machine), || {
            let tick = machine.record(last).tick.unwrap_or_default();
            let time_s = machine.stamp(last).seconds_since(started);
            let text = format!(
                "only {tick} ticks in {time_s:.3} s, at {} a second and a phase of {phase}",
                header.clock_rate
            );
            (text, vec![at(machine, last)])
        });
    } else if is_behind(last) {
        findings.unknown("a log ends behind its pace, and no record of its end says whether it caught up");
    }
}

fn none_early(machine: &MachineHistory, schedule: &Schedule, findings: &mut Findings) {
    let Some(started) = machine.started() else { return };
    /// Deadlines and stamps are each cut to the microsecond.
    const CUT_US: i64 = 2;
    let early = machine.records().find(|(_, record)| {
        record
            .tick
            .is_some_and(|tick| record.stamp.0.saturating_add(CUT_US) < started.at(schedule.deadline(tick)).0)
    });
    if let Some((index, record)) = early {
        findings.add(machine.id(), machine.line(index), || {
            let tick = record.tick.unwrap_or_default();
            let text =
                format!("tick {tick} is served before its deadline at {} a second", schedule.clock_rate);
            (text, vec![Place { machine: machine.id(), line: at_header(machine) }])
        });
    }
}

fn end_place(machine: &MachineHistory) -> Vec<Place> {
    machine.end_line().map(|line| Place { machine: machine.id(), line }).into_iter().collect()
}

/// A range in words, or the one number that both its ends are to two places.
fn between(least: f64, most: f64) -> String {
    let (low, high) = (format!("{least:.2}"), format!("{most:.2}"));
    if low == high { low } else { format!("{low} to {high}") }
}

fn by_stamps(context: &Context<'_>, machine: &MachineHistory, header: &Header, findings: &mut Findings) {
    if (machine.len() as u64) < EVENTS_ENOUGH {
        return findings.unknown("a log is too short to show its machine's rate");
    }
    let last = machine.len() as u32 - 1;
    let span_us = context.ends_us(machine).map_or(0, |(first, last)| last.saturating_sub(first));
    let span_s = span_us as f64 / 1e6;
    let resolution_s = context.trust(machine).resolution_us as f64 / 1e6;
    // A leap of the clock is known to a tick and a stamp.
    let leaps = context.times.leaps_of(context.history.place(machine.id()).unwrap_or_default()) as f64;
    let blur_s = resolution_s + leaps * (resolution_s + 1.0 / header.clock_rate);
    if span_s <= blur_s {
        return findings.unknown("the stamps are too coarse to show a rate");
    }
    let most = f64::from(last) / (span_s - blur_s);
    let least = (f64::from(last) - same_tick_lines(context, machine, header)) / (span_s + blur_s);
    let nominal = header.clock_rate;
    let tolerance = nominal * pace_tolerance(nominal * span_s);
    if most < nominal - tolerance || least > nominal + tolerance {
        findings.add(machine.id(), at_header(machine), || {
            let off = Pace { shown: if most < nominal { most } else { least }, nominal };
            let text = format!(
                "the log shows {} ticks a second, and its header says {nominal} ({off})",
                between(least, most)
            );
            (text, vec![at(machine, 0), at(machine, last)])
        });
    } else if most - least > 4.0 * tolerance {
        let id = machine.id();
        findings.unknown(format!(
            "without tick numbers rates show only roughly: machine {id} ticks {} times a second, \
             and its header says {nominal}",
            between(least, most)
        ));
    }
}

/// Lines that may belong to the tick of the line before.
fn same_tick_lines(context: &Context<'_>, machine: &MachineHistory, header: &Header) -> f64 {
    let resolution_us = context.trust(machine).resolution_us;
    let peers = context.history.machine_count().saturating_sub(1);
    let mut lines = SameTickLines::new(header.clock_rate, resolution_us, peers);
    for index in 0..machine.len() as u32 {
        lines.see(machine.kind(index), machine.to(index), machine.stamp(index));
    }
    f64::from(lines.count)
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn a_range_that_is_one_number_is_reported_as_one() {
        assert_eq!(between(0.061, 0.064), "0.06");
        assert_eq!(between(0.06, 0.08), "0.06 to 0.08");
    }
}
