//! The colours of the view.

use labctl::model::event::Kind;
use ratatui::style::{Color, Modifier, Style};

/// Which styles to use; without colour, weight alone tells things apart.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub coloured: bool,
}

impl Palette {
    fn color(self, color: Color) -> Style {
        if self.coloured { Style::new().fg(color) } else { Style::new() }
    }

    pub fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What only frames the rest.
    pub fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    pub fn queue(self) -> Style {
        self.color(Color::Cyan)
    }

    pub fn progress(self) -> Style {
        self.color(Color::Green)
    }

    /// What wants to be seen.
    pub fn alert(self) -> Style {
        self.color(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    pub fn banner(self) -> Style {
        self.alert().add_modifier(Modifier::REVERSED)
    }

    pub fn error(self) -> Style {
        self.color(Color::Red).add_modifier(Modifier::BOLD)
    }

    pub fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub fn event(self, kind: Kind) -> Style {
        match kind {
            Kind::Internal => self.quiet(),
            Kind::Send => self.color(Color::Green),
            Kind::Receive => self.color(Color::Blue),
        }
    }
}
