//! Logical clocks above their events.

use super::scene::Scene;
use crate::charts::ChartError;
use crate::charts::draw::canvas::{Canvas, Font, Point};
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{INK, PAPER};

const SIZE: f64 = 12.0;
/// The least that two clocks are apart.
const GAP: f64 = 4.0;
/// The share of clocks that may have no room where nobody asks for them.
const MISSING: f64 = 0.1;
/// How high a lane must be to have clocks.
const LEAST_LANE: f64 = 40.0;

/// Writes each clock that has room, if clocks are asked for or nearly all have;
/// says how many have none.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    plot: &Plot,
    scene: &Scene<'_>,
    radius: f64,
) -> Result<usize, ChartError> {
    let wanted = scene.of.clocks;
    if scene.lanes.height() < LEAST_LANE {
        return Ok(if wanted { scene.events() } else { 0 });
    }
    let mut placed: Vec<(String, Point)> = Vec::new();
    for lane in 0..scene.lanes.len() {
        let mut free = plot.left - 18.0;
        for event in scene.lanes.events(lane) {
            let text = event.clock.to_string();
            // At the left of arrows that leave or come upright.
            let right = plot.x(event.time_s) - 2.0;
            let left = right - canvas.width(&text, Font::size(SIZE))?;
            if left >= free {
                free = right + GAP;
                placed.push((text, (right, scene.lanes.y(lane) - radius - 0.75 * SIZE)));
            }
        }
    }
    let lost = scene.events() - placed.len();
    if !wanted && lost as f64 > MISSING * scene.events() as f64 {
        return Ok(0);
    }
    for (text, at) in &placed {
        let width = canvas.width(text, Font::size(SIZE))?;
        canvas.fill((at.0 - width - 1.0, at.1 - 6.0), (at.0 + 1.0, at.1 + 6.0), PAPER)?;
        canvas.text(text, *at, Font::size(SIZE).color(INK).ending())?;
    }
    Ok(lost)
}
