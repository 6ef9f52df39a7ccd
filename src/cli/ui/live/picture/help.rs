//! What the keys and the columns mean, over the picture.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph, Widget};

use super::Scene;

/// Draws the box in the middle, cut where the screen is smaller.
pub fn explain(scene: &Scene<'_>, buffer: &mut Buffer) {
    let leave = format!("q       {}; so does Ctrl-C", scene.leaving);
    let lines = [
        "space   pause the view, not the run",
        &leave,
        "↑ ↓     choose a machine; PgUp, PgDn",
        "Esc     events of each machine",
        "Ctrl-Z  stop this process a while",
        "?       close this",
        "Ctrl-L  draw all anew",
        "",
        "queue      messages that wait",
        "over time  the queue since the start",
        "clock      Lamport clock",
        "behind     the leader's clock − own",
        "achieved   ticks served per second",
        "late p99   99 of 100 ticks came no",
        "           later, in real time",
    ];
    let widest = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
    let width = u16::try_from(widest + 4).unwrap_or(u16::MAX).min(buffer.area.width);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(buffer.area.height);
    let area =
        Rect { x: (buffer.area.width - width) / 2, y: (buffer.area.height - height) / 2, width, height };
    Clear.render(area, buffer);
    let text: Vec<Line<'_>> = lines.iter().map(|line| Line::from(format!(" {line}"))).collect();
    Paragraph::new(text).block(Block::bordered().title(" help ")).render(area, buffer);
}
