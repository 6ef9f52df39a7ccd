//! Which stretch of a run is shown.

use super::events::Times;
use super::{SpaceTime, Span};
use crate::history::History;

/// Events that a stretch has, where nobody says how long it is: so many for each
/// machine, within these bounds.
const EVENTS_A_MACHINE: usize = 12;
const EVENTS: (usize, usize) = (48, 160);

/// The stretch that is shown, and whether somebody asked for just this one.
pub(super) fn window(of: &SpaceTime<'_>, times: &Times<'_>) -> (Span, bool) {
    let whole = whole(of.history, times);
    let finite = |time: Option<f64>| time.filter(|time| time.is_finite());
    let (from, to) = (finite(of.from_s), finite(of.to_s));
    if let (Some(from_s), Some(to_s)) = (from, to)
        && from_s < to_s
    {
        return (Span { from_s, to_s }, true);
    }
    let length = length(of.history, times, from.unwrap_or(whole.from_s));
    let from_s = match (from, to) {
        (Some(from), _) => from,
        (None, Some(to)) => (to - length).max(whole.from_s.min(to - 1e-6)),
        (None, None) => whole.from_s,
    };
    (Span { from_s, to_s: to.filter(|to| *to > from_s).unwrap_or(from_s + length) }, false)
}

/// From the start of a run, or from its first event where that is far later, to
/// its last event.
pub(super) fn whole(history: &History, times: &Times<'_>) -> Span {
    let ends = history.machines().iter().enumerate().filter(|(_, machine)| !machine.is_empty());
    let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
    for (place, machine) in ends {
        let end = machine.len() as u32 - 1;
        // Where stamps run backwards, any event may be the first or the last.
        let step = if machine.runs_back() { 1 } else { end.max(1) as usize };
        for time in (0..=end).step_by(step).map(|index| times.at(place, index)) {
            (first, last) = (first.min(time), last.max(time));
        }
    }
    if first > last {
        return Span { from_s: 0.0, to_s: 1.0 };
    }
    // Logs that count from elsewhere begin with their first event.
    let from_s = if first >= 0.0 && first <= (last - first).max(1.0) { 0.0 } else { first.floor() };
    Span { from_s, to_s: last }
}

/// A round number of seconds in which there are about as many events as a page
/// shows well.
fn length(history: &History, times: &Times<'_>, from_s: f64) -> f64 {
    let wanted = (EVENTS_A_MACHINE * history.machines().len()).clamp(EVENTS.0, EVENTS.1);
    let mut later: Vec<f64> = Vec::new();
    for (place, machine) in history.machines().iter().enumerate() {
        let all = (0..machine.len() as u32).map(|index| times.at(place, index));
        later.extend(all.filter(|time| *time >= from_s).take(wanted));
    }
    later.sort_by(f64::total_cmp);
    let needed = later.get(wanted - 1).or(later.last()).map_or(1.0, |last| last - from_s);
    let decade = 10.0_f64.powf(needed.max(1e-6).log10().floor());
    let digits = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    digits.into_iter().map(|digit| digit * decade).find(|round| *round >= needed).unwrap_or(10.0 * decade)
}
