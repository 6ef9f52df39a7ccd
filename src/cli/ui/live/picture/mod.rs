//! The picture of a run: from what is known of it and the size of the screen
//! to what is on the screen, and nothing else.

mod bars;
mod events;
mod head;
mod help;
mod machines;
pub mod style;
#[cfg(test)]
pub mod tests;

use labctl::follow::Snapshot;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use self::style::Palette;
use super::controls::Controls;

pub use self::head::whole_seconds;

/// Everything that decides the picture.
pub struct Scene<'a> {
    /// The run at this moment; while the view is paused, an earlier one is shown.
    pub now: &'a Snapshot,
    pub controls: &'a Controls,
    /// The newest thing that was said.
    pub notice: Option<&'a str>,
    /// What leaving does: `end the run`.
    pub leaving: &'a str,
    pub palette: Palette,
}

impl Scene<'_> {
    pub fn shown(&self) -> &Snapshot {
        self.controls.paused.as_ref().unwrap_or(self.now)
    }
}

/// Fewer lines of events than this are not worth their title.
const EVENT_LINES_MIN: usize = 3;

/// Draws the scene all over the buffer.
pub fn paint(scene: &Scene<'_>, buffer: &mut Buffer) {
    let message = head::message(scene);
    let machine_count = scene.shown().machines.len();
    let rows = |rows: usize| u16::try_from(rows).unwrap_or(u16::MAX);
    let free = usize::from(buffer.area.height).saturating_sub(4 + usize::from(message.is_some()));
    let (machine_lines, event_lines) = share(free, machine_count);
    let [title, progress, reported, table, below, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(u16::from(message.is_some())),
        Constraint::Length(rows(machine_lines + 1)),
        Constraint::Length(rows(event_lines)),
        Constraint::Length(1),
    ])
    .areas(buffer.area);
    head::title(scene, title, buffer);
    head::progress(scene, progress, buffer);
    if let Some(message) = message {
        message.render(reported, buffer);
    }
    let first = first_shown(scene.controls.chosen, machine_lines);
    machines::table(scene, first, table, buffer);
    if event_lines > 0 {
        events::last(scene, below, buffer);
    }
    let hidden = (machine_lines < machine_count).then_some((first, machine_lines.min(machine_count)));
    foot(scene, hidden, keys, buffer);
    if scene.controls.help {
        help::explain(scene, buffer);
    }
}

/// How many of the free lines go to machines and to their events.
fn share(free: usize, machines: usize) -> (usize, usize) {
    let left = free.saturating_sub(machines);
    if left >= EVENT_LINES_MIN {
        return (machines, left);
    }
    let events = free / 3;
    if events >= EVENT_LINES_MIN { (free - events, events) } else { (free, 0) }
}

/// The first machine on the screen, so that the chosen one is on it.
fn first_shown(chosen: Option<usize>, lines: usize) -> usize {
    chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(lines))
}

/// The keys; and which machines are seen, where not all are.
fn foot(scene: &Scene<'_>, hidden: Option<(usize, usize)>, area: Rect, buffer: &mut Buffer) {
    let style = scene.palette.quiet();
    let leaving = if is_narrow(area) { scene.leaving.split(' ').next() } else { Some(scene.leaving) };
    let pause = if scene.controls.paused.is_some() { "go on" } else { "pause" };
    let keys = format!(" q {}  space {pause}  ? help  ↑↓ choose", leaving.unwrap_or_default());
    Line::styled(keys, style).render(area, buffer);
    if let Some((first, lines)) = hidden {
        let machines = scene.shown().machines.len();
        let seen = format!(" ↑↓ {}–{}/{machines} ", first + 1, (first + lines).min(machines));
        Line::styled(seen, style).right_aligned().render(area, buffer);
    }
}

/// Whether words must be short.
pub fn is_narrow(area: Rect) -> bool {
    area.width < 60
}
