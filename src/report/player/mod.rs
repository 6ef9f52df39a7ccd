//! The space-time player of a page: a run's events and messages, to be zoomed,
//! scrubbed and asked for causes. Pure; it draws itself where it is shown.

mod columns;
mod machine;
mod packing;
mod script;
#[cfg(test)]
mod tests;
mod window;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use super::wording::micros;
use crate::history::History;
use crate::model::event::Kind;
use crate::text::numbers::counted;
use machine::Machine;
use window::Window;

/// How many events a page holds so that it stays small and quick: they take
/// about a megabyte and a half.
pub const EVENTS_SHOWN: u64 = 200_000;

/// The id of the element that holds the data.
pub const DATA_ID: &str = "player-data";

const STYLE: &str = include_str!("player.css");
const MARKUP: &str = include_str!("player.html");
/// What a page needs to show a player.
#[derive(Clone, Debug)]
pub struct PlayerParts {
    /// HTML, for the page's body; there can be one player a page.
    pub markup: String,
    /// CSS.
    pub style: &'static str,
    /// JavaScript, to be run when the markup and the data are there.
    pub script: &'static str,
    /// JSON, for `<script type="application/json" id="player-data">`; nothing
    /// in it can end that element.
    pub data_json: String,
}

/// The part of the run that is shown.
#[derive(Debug, Serialize)]
struct Shown {
    /// All of the run.
    events_of_run: u64,
    events: u64,
    is_whole: bool,
    /// Where the run's time begins, in microseconds since the Unix epoch.
    origin_us: i64,
    /// Of the last event shown, since the origin.
    to_us: i64,
    /// Every stamp is a whole second, so that the order within is not known.
    whole_seconds: bool,
}

#[derive(Debug, Serialize)]
struct Data<'a> {
    shown: &'a Shown,
    machines: Vec<Machine>,
}

/// The player of a run. Of a run of more than `events_shown` events it shows
/// the first ones, together with everything that is in their causal past, so
/// that pasts, clocks and chains are right.
pub fn section(history: &History, events_shown: u64) -> PlayerParts {
    let window = Window::first(history, events_shown);
    let shown = shown(history, &window);
    let machines = machine::machines(history, &window, shown.origin_us);
    let data = serde_json::to_string(&Data { shown: &shown, machines }).expect("numbers and plain texts");
    PlayerParts {
        markup: markup(history, &window, &shown),
        style: STYLE,
        script: &script::SCRIPT,
        data_json: data.replace('<', "\\u003c"),
    }
}

fn shown(history: &History, window: &Window) -> Shown {
    let stamps = || {
        let machines = history.machines().iter().zip(&window.ends);
        machines.flat_map(|(machine, end)| (0..*end).map(|index| machine.stamp(index).0))
    };
    let starts = history.machines().iter().filter_map(|machine| machine.started()).map(|stamp| stamp.0);
    let origin_us = starts.min().or_else(|| stamps().min()).unwrap_or(0);
    let events = window.ends.iter().map(|end| u64::from(*end)).sum();
    Shown {
        events_of_run: history.events(),
        events,
        is_whole: events == history.events(),
        origin_us,
        to_us: stamps().max().map_or(0, |last| machine::since(last, origin_us)),
        whole_seconds: events > 0 && stamps().all(|stamp| stamp % 1_000_000 == 0),
    }
}

/// Whether a RECEIVE that is shown does not tell how long its message waited.
fn hides_arrivals(history: &History, window: &Window) -> bool {
    let machines = history.machines().iter().zip(&window.ends);
    let mut records = machines.flat_map(|(machine, end)| (0..*end).map(|index| machine.record(index)));
    records.any(|record| record.kind == Kind::Receive && record.waited_us.is_none())
}

fn markup(history: &History, window: &Window, shown: &Shown) -> String {
    #[derive(Serialize)]
    struct Context<'a> {
        shown: &'a Shown,
        machines: String,
        events: String,
        events_of_run: String,
        to: String,
        hides_arrivals: bool,
        is_complete: bool,
    }
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    let context = Context {
        shown,
        machines: counted(history.machines().len() as u64, "machine"),
        events: counted(shown.events, "event"),
        events_of_run: counted(shown.events_of_run, "event"),
        to: micros(shown.to_us.unsigned_abs()),
        hides_arrivals: hides_arrivals(history, window),
        is_complete: history.missing_logs().is_none(),
    };
    templates.render_str(MARKUP, Serde(context)).expect("the template and its context belong together")
}
