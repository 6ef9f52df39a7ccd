//! The machines as a table: a row each, with as many columns as there is room
//! for.

use labctl::follow::MachineState;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Row, Table, Widget};

use super::Scene;
use super::bars::{bar, scale, sparkline};
use super::events;
use crate::cli::ui::view::{UNKNOWN, known};

/// The columns that fit into a width.
struct Columns {
    rate: bool,
    /// The achieved rate and the lateness.
    pace: bool,
    /// The last event.
    event: Option<usize>,
    bar: usize,
    trace: usize,
}

const ID: usize = 5;
const QUEUE: usize = 6;
const CLOCK: usize = 7;
const BEHIND: usize = 6;
const RATE: usize = 7;
const ACHIEVED: usize = 8;
const LATENESS: usize = 8;
const EVENT: usize = 38;
/// Before the bars and the queues over time get less, a column is left out.
const PICTURES_MIN: usize = 16;
const BAR_MAX: usize = 40;

impl Columns {
    /// `bar_min`: what the title of the bars needs, for a part of a number would
    /// be another number.
    fn of(width: usize, bar_min: usize) -> Columns {
        let mut free = width.saturating_sub(ID + QUEUE + CLOCK + BEHIND + 5);
        let mut room = |wanted: usize, pictures_min: usize| {
            let fits = free >= wanted + pictures_min;
            if fits {
                free -= wanted;
            }
            fits
        };
        let rate = room(RATE + 1, PICTURES_MIN);
        let pace = rate && room(ACHIEVED + LATENESS + 2, PICTURES_MIN);
        let event = (pace && room(EVENT + 1, PICTURES_MIN * 3 / 2)).then_some(EVENT);
        let bar = (free * 2 / 5).min(BAR_MAX).max(bar_min).min(free);
        Columns { rate, pace, event, bar, trace: (free - bar).min(MachineState::TRACE_LENGTH) }
    }
}

/// Draws the table from its `first` machine on.
pub fn table(scene: &Scene<'_>, first: usize, area: Rect, buffer: &mut Buffer) {
    let machines = &scene.shown().machines;
    let largest =
        machines.iter().flat_map(|machine| machine.queue_trace.iter().chain([&machine.queue_length]));
    let scale = scale(largest.copied().max().unwrap_or_default());
    let columns = Columns::of(usize::from(area.width), scale_title(scale).chars().count());
    let rows = machines.iter().enumerate().skip(first).map(|(at, machine)| {
        let row = Row::new(cells(scene, machine, scale, &columns));
        if scene.controls.chosen == Some(at) { row.style(scene.palette.chosen()) } else { row }
    });
    let (header, widths) = header(scale, &columns);
    Table::new(rows, widths)
        .header(Row::new(header).style(scene.palette.title()))
        .column_spacing(1)
        .render(area, buffer);
}

fn scale_title(scale: u64) -> String {
    format!("0–{scale}")
}

fn header(scale: u64, columns: &Columns) -> (Vec<Line<'static>>, Vec<Constraint>) {
    let right = |text: &'static str| Line::from(text).right_aligned();
    let mut wanted = vec![(right("m"), ID)];
    if columns.rate {
        wanted.push((right("rate/s"), RATE));
    }
    wanted.push((right("queue"), QUEUE));
    wanted.push((Line::from(scale_title(scale)), columns.bar));
    let titles = ["over time", "so far"];
    let over_time = titles.into_iter().find(|title| title.len() <= columns.trace).unwrap_or_default();
    wanted.push((Line::from(over_time), columns.trace));
    wanted.push((right("clock"), CLOCK));
    wanted.push((right("behind"), BEHIND));
    if columns.pace {
        wanted.push((right("achieved"), ACHIEVED));
        wanted.push((right("late p99"), LATENESS));
    }
    if let Some(width) = columns.event {
        wanted.push((Line::from("last event"), width));
    }
    let length = |width: usize| Constraint::Length(u16::try_from(width).unwrap_or(u16::MAX));
    wanted.into_iter().map(|(title, width)| (title, length(width))).unzip()
}

fn cells(scene: &Scene<'_>, machine: &MachineState, scale: u64, columns: &Columns) -> Vec<Line<'static>> {
    let palette = scene.palette;
    let right = |text: String| Line::from(text).right_aligned();
    let mut cells = vec![right(format!("m{}", machine.id))];
    if columns.rate {
        cells.push(right(known(machine.clock_rate, short)));
    }
    if machine.foreign || !machine.has_log {
        let why = if machine.foreign { "foreign" } else { "no log" };
        cells.push(right(UNKNOWN.to_owned()));
        cells.push(Line::default());
        cells.push(Line::styled(why, palette.quiet()));
        return cells;
    }
    cells.push(right(machine.queue_length.to_string()));
    let bar = bar(machine.queue_length, scale, columns.bar);
    cells.push(Line::styled(bar, palette.queue()));
    let trace = sparkline(&machine.queue_trace, scale, columns.trace);
    cells.push(Line::styled(trace, palette.queue()));
    cells.push(right(machine.clock.to_string()));
    cells.push(right(match machine.behind {
        0 => "leads".to_owned(),
        behind => behind.to_string(),
    }));
    if columns.pace {
        cells.push(right(known(machine.achieved_rate, digits)));
        cells.push(right(known(machine.lateness_p99_us, micros)));
    }
    if columns.event.is_some() {
        let last = machine.last.last().map(|happening| events::outline(happening, palette));
        cells.push(last.unwrap_or_default());
    }
    cells
}

/// Four digits, or as many as the whole part has.
fn digits(rate: f64) -> String {
    match rate {
        rate if rate >= 1000.0 => format!("{rate:.0}"),
        rate if rate >= 100.0 => format!("{rate:.1}"),
        rate if rate >= 10.0 => format!("{rate:.2}"),
        rate => format!("{rate:.3}"),
    }
}

/// The same, without zeros at the end that say nothing.
fn short(rate: f64) -> String {
    let text = digits(rate);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A time with its unit, in three digits or a few more.
fn micros(us: u64) -> String {
    match us {
        0..10_000 => format!("{us} µs"),
        10_000..10_000_000 => format!("{} ms", us / 1000),
        _ => format!("{} s", us / 1_000_000),
    }
}
