//! The last events: of the chosen machine, or of all in the order of time.

use labctl::event::{Kind, Recipients};
use labctl::follow::{Happening, MachineState, What};
use labctl::log::Record;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::picture::Scene;
use super::style::{Palette, harmless};

/// Draws a title and below it as many lines as there is room for, the newest
/// at the bottom.
pub fn last(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let shown = scene.shown();
    let chosen: Option<&MachineState> = scene.controls.chosen.and_then(|at| shown.machines.get(at));
    let (whose, happenings) = match chosen {
        Some(machine) => (format!("machine {}", machine.id), machine.last.iter().collect()),
        None => ("all machines".to_owned(), shown.last_of_all()),
    };
    let title = format!("─ last events of {whose} ");
    let rule = "─".repeat(usize::from(area.width).saturating_sub(title.chars().count()));
    Line::styled(title + &rule, scene.palette.quiet()).render(Rect { height: 1, ..area }, buffer);
    let lines = usize::from(area.height.saturating_sub(1));
    let newest = &happenings[happenings.len().saturating_sub(lines)..];
    for (row, happening) in (area.y + 1..).zip(newest) {
        line(happening, scene.palette, true).render(Rect { y: row, height: 1, ..area }, buffer);
    }
}

/// One event; with its time and its machine, where these are not seen beside it.
pub fn line(happening: &Happening, palette: Palette, with_place: bool) -> Line<'static> {
    let mut spans = Vec::new();
    if with_place {
        let time = happening.time.as_secs_f64();
        spans.push(Span::styled(format!("{time:>11.3} s "), palette.quiet()));
        spans.push(Span::raw(format!("{:>5} ", format!("m{}", happening.machine))));
    }
    match &happening.what {
        What::Event(record) => {
            spans.push(Span::styled(format!("{:<9}", record.kind.word()), palette.event(record.kind)));
            spans.push(Span::raw(told(record)));
        }
        What::Error(text) => {
            spans.push(Span::styled("ERROR    ", palette.error()));
            spans.push(Span::raw(harmless(text)));
        }
        What::End(reason) => {
            spans.push(Span::styled("END      ", palette.title()));
            spans.push(Span::raw(reason.word()));
        }
    }
    Line::from(spans)
}

fn told(record: &Record) -> String {
    let clock = format!("clock {}", record.clock);
    match (record.kind, record.to) {
        (Kind::Internal, _) => clock,
        (_, Some(Recipients::One(peer))) => format!("{clock}  to m{peer}"),
        (_, Some(Recipients::All)) => format!("{clock}  to all"),
        _ => {
            let from = record.from.map(|from| format!("  from m{from}")).unwrap_or_default();
            let left = record.queue_length.map(|left| format!(", {left} left")).unwrap_or_default();
            let waited = record.waited_us.map(|us| format!(", waited {:.2} s", us as f64 / 1e6));
            format!("{clock}{from}{left}{}", waited.unwrap_or_default())
        }
    }
}
