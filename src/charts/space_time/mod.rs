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

use super::{Chart, ChartError, Look, canvas};
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
    /// Where it begins and ends, in seconds of lab time; what is not told is
    /// chosen so that events have room.
    pub from_s: Option<f64>,
    pub to_s: Option<f64>,
    /// Write the logical clock to each event that has room for it, rather than
    /// only where nearly all have.
    pub clocks: bool,
}

/// Draws a stretch of a run as a space-time diagram.
pub fn space_time(of: &SpaceTime<'_>, look: Look) -> Result<Chart, ChartError> {
    canvas::draw("space-time", look, |canvas| drawing::paint(canvas, of))
}
