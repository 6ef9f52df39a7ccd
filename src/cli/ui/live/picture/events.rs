//! The last events: of the chosen machine, or of each, in the order of time.

use labctl::follow::{Happening, MachineState, What};
use labctl::log::Record;
use labctl::model::event::Recipients;
use labctl::text::sanitize::harmless;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::Scene;
use super::style::Palette;

/// Draws a title and below it as many lines as there is room for, the newest
/// at the bottom.
pub fn last(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let shown = scene.shown();
    let chosen: Option<&MachineState> = scene.controls.chosen.and_then(|at| shown.machines.get(at));
    let lines = usize::from(area.height.saturating_sub(1));
    let (whose, happenings): (String, Vec<&Happening>) = match chosen {
        Some(machine) => {
            let newest = &machine.last[machine.last.len().saturating_sub(lines)..];
            (format!("machine {}", machine.id), newest.iter().collect())
        }
        None => ("each machine".to_owned(), shown.last_of_each(lines)),
    };
    let title = format!("─ last events of {whose} ");
    let rule = "─".repeat(usize::from(area.width).saturating_sub(title.chars().count()));
    Line::styled(title + &rule, scene.palette.quiet()).render(Rect { height: 1, ..area }, buffer);
    for (row, happening) in (area.y + 1..).zip(happenings) {
        line(happening, scene.palette).render(Rect { y: row, height: 1, ..area }, buffer);
    }
}

/// One event, with its time and its machine.
fn line(happening: &Happening, palette: Palette) -> Line<'static> {
    let time = happening.time.as_secs_f64();
    let mut line = outline(happening, palette);
    if let What::Event(Record { waited_us: Some(us), .. }) = &happening.what {
        line.push_span(format!(", waited {:.2} s", *us as f64 / 1e6));
    }
    line.spans.insert(0, Span::styled(format!("{time:>11.3} s "), palette.quiet()));
    line.spans.insert(1, Span::raw(format!("{:>5} ", format!("m{}", happening.machine))));
    line
}

/// One event in a few words.
pub fn outline(happening: &Happening, palette: Palette) -> Line<'static> {
    let (word, style, text) = match &happening.what {
        What::Event(record) => (record.kind.word(), palette.event(record.kind), text(record)),
        What::Error(text) => ("ERROR", palette.error(), harmless(text)),
        What::End(reason) => ("END", palette.title(), reason.to_string()),
    };
    Line::from(vec![Span::styled(format!("{word:<9}"), style), Span::raw(text)])
}

fn text(record: &Record) -> String {
    let mut text = format!("clock {}", record.clock);
    match record.to {
        Some(Recipients::One(peer)) => text += &format!("  to m{peer}"),
        Some(Recipients::All) => text += "  to all",
        Some(Recipients::Several(some)) => some.ids().for_each(|peer| text += &format!("  to m{peer}")),
        None => {}
    }
    if let Some(from) = record.from {
        text += &format!("  from m{from}");
    }
    if let Some(left) = record.queue_length {
        text += &format!(", {left} left");
    }
    text
}
