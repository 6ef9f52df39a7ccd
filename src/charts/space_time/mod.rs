//! The space-time diagram: a lane for each machine, lab time along it, its events,
//! and each message from its send to the pop at its receiver.

mod clocks;
mod drawing;
mod events;
mod lanes;
mod messages;
mod queues;
mod scene;
mod window;
mod words;

use super::draw::{canvas, number};
use super::{Chart, ChartError, ChartType, Draw, Look};
use crate::history::History;
use crate::log::Stamp;

/// A stretch of lab time in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    from_s: f64,
    to_s: f64,
}

/// What a diagram is made of.
#[derive(Clone, Copy, Debug)]
pub struct SpaceTime<'a> {
    pub experiment: &'a str,
    pub run: &'a str,
    pub history: &'a History,
    /// When the run's lab time began.
    pub origin: Stamp,
    /// Where it begins and ends, in seconds of lab time; what is not reported is
    /// chosen so that events have room.
    pub from_s: Option<f64>,
    pub to_s: Option<f64>,
    /// Write the logical clock to each event that has room for it, rather than
    /// only where nearly all have.
    pub clocks: bool,
}

impl SpaceTime<'_> {
    /// Why there is nothing to draw, where the stretch that is asked for begins
    /// after the run's last event or ends before its first.
    pub fn outside(&self) -> Option<String> {
        let whole = window::whole(self.history, &events::Times::new(self.history, self.origin));
        let is_late = self.from_s.is_some_and(|from| from > whole.to_s);
        let is_early = self.to_s.is_some_and(|to| to < whole.from_s);
        let [from, to] = number::ends(whole.from_s, whole.to_s);
        (self.history.events() > 0 && (is_late || is_early)).then(|| {
            format!(
                "{}, {}: no space-time diagram, as the run's events lie between {from} s and {to} s",
                self.experiment, self.run
            )
        })
    }
}

/// A space-time diagram.
pub const SPACE_TIME: ChartType = ChartType {
    name: "space-time",
    shows: "Events and messages over lab time; drawn where asked for by name",
    draw: Draw::Events(draw),
};

/// Draws a stretch of a run.
fn draw(of: &SpaceTime<'_>, look: Look) -> Result<Chart, ChartError> {
    canvas::draw(SPACE_TIME.name, look, |canvas| drawing::paint(canvas, of))
}
