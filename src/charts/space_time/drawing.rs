//! From a stretch of a run to strokes on a page.

use super::events::{Shown, thinned};
use super::messages::Message;
use super::queues::{Wait, waits};
use super::scene::Scene;
use super::words::{self, Lost, emptiness, has};
use super::{SpaceTime, clocks};
use crate::charts::ChartError;
use crate::charts::draw::axis::Axis;
use crate::charts::draw::canvas::{Canvas, Font, Point};
use crate::charts::draw::color::Color;
use crate::charts::draw::key::{self, Item};
use crate::charts::draw::plot::Plot;
use crate::charts::draw::style::{self, INK, MARGIN, MUTED, MarkStyle, PAPER, Shape, Stroke};
use crate::charts::draw::{clip, number, wording};
use crate::model::event::Kind;

/// The least height of a lane, and the tallest heading above all of them.
const LEAST_LANE: f64 = 22.0;
const HEADING: f64 = 190.0;
/// A lane this high has its clock rate below its name.
const TWO_LINES: f64 = 46.0;
/// From the names of machines to their lanes.
const NAME: f64 = 20.0;
/// How far a mark reaches, at least and at most.
const RADII: (f64, f64) = (2.0, 6.0);
/// From a lane to the first wait below it, and between two of them.
const FIRST_ROW: f64 = 11.0;
const ROW: f64 = 4.5;
/// With more events than this, marks that lie on each other are drawn once.
const MOST_EVENTS: usize = 2000;
/// Pixels of a doubtful arrow: drawn, then left out.
const DASH: (f64, f64) = (6.0, 4.0);

const WAIT: Stroke = Stroke::new(style::color(1).faint(70), 2.2);
const UNREAD: Color = style::color(7);

/// With more messages than this, arrows are fainter.
const MOST_STRONG: usize = 150;

/// How the arrow of a message is drawn.
fn arrow(scene: &Scene<'_>) -> Stroke {
    let is_crowded = scene.drawn.len() > MOST_STRONG;
    Stroke::new(INK.faint(if is_crowded { 35 } else { 60 }), if is_crowded { 1.0 } else { 1.2 })
}

/// How an event of a kind is marked.
const fn mark(kind: Kind) -> MarkStyle {
    match kind {
        Kind::Internal => MarkStyle { shape: Shape::Circle, color: MUTED },
        Kind::Send => MarkStyle { shape: Shape::TriangleUp, color: style::color(0) },
        Kind::Receive => MarkStyle { shape: Shape::Square, color: style::color(1) },
    }
}

/// Draws a diagram.
pub(super) fn paint(canvas: &Canvas<'_>, of: &SpaceTime<'_>) -> Result<(), ChartError> {
    let page = canvas.page;
    let mut scene = Scene::new(of, ((page.bottom() - HEADING) / LEAST_LANE).max(1.0) as usize);
    let left = MARGIN + names_width(canvas, &scene)? + 28.0;
    // What has no room is known last, and the words for it have room kept.
    let worst = Lost { waits: usize::MAX, clocks: usize::MAX, events: usize::MAX };
    let key = key::height(canvas, left, items(&scene))?;
    let heading = words::heading(&scene, worst).top(canvas)?;
    let (top, bottom) = (heading + key, page.bottom());
    scene.lanes = scene.lanes.between(top, bottom);
    let x = Axis::range(scene.span.from_s, scene.span.to_s);
    let plot = Plot { left, right: page.right(), top, bottom, x, y: Axis::counts(1.0) };
    plot.draw_x_ticks(canvas)?;
    plot.draw_titles(canvas, "Lab time (s)", "")?;
    let drawing = Drawing { canvas, plot: &plot, scene: &scene, radius: radius(&scene, &plot) };
    let lost = drawing.paint()?;
    key::draw(canvas, (left, heading - 4.0), items(&scene))?;
    words::heading(&scene, lost).draw(canvas).map(drop)
}

/// What a reader may meet.
fn items(scene: &Scene<'_>) -> impl Iterator<Item = Item> {
    let kinds = [Kind::Internal, Kind::Send, Kind::Receive].into_iter().filter(|kind| has(scene, *kind));
    let marks = kinds.map(|kind| Item::Mark(kind.word(), mark(kind)));
    let waits = scene.messages.all.iter().any(|message| message.waited_s().is_some_and(|wait| wait > 0.0));
    let messages = scene.messages.all.iter().any(|message| message.popped_s.is_some());
    let unread = scene.messages.all.iter().any(|message| message.popped_s.is_none());
    let strokes = [
        messages.then_some(Item::Arrow("message", arrow(scene))),
        waits.then_some(Item::Stroke("waits in the queue", WAIT)),
        unread.then_some(Item::Open("never read", UNREAD)),
    ];
    marks.chain(strokes.into_iter().flatten())
}

/// As large as events that are close to each other let marks be.
fn radius(scene: &Scene<'_>, plot: &Plot) -> f64 {
    let most = (0..scene.lanes.len()).map(|lane| scene.lanes.events(lane).len()).max().unwrap_or(1);
    let apart = (plot.right - plot.left) / most.max(1) as f64;
    (apart * 0.35).min(scene.lanes.height() * 0.2).clamp(RADII.0, RADII.1)
}

fn rate(scene: &Scene<'_>, lane: usize) -> String {
    scene.lanes.clock_rate(lane).map_or(String::new(), |rate| format!("{}/s", number::plain(rate)))
}

fn names_width(canvas: &Canvas<'_>, scene: &Scene<'_>) -> Result<f64, ChartError> {
    let mut widest = 0.0_f64;
    for lane in 0..scene.lanes.len() {
        let name =
            canvas.width(&wording::machine(scene.lanes.machine(lane)), Font::size(style::LABEL).bold())?;
        let rate = canvas.width(&rate(scene, lane), Font::size(style::LABEL))?;
        widest = widest.max(name + 10.0 + rate);
    }
    Ok(widest)
}

struct Drawing<'a, 'page> {
    canvas: &'a Canvas<'page>,
    plot: &'a Plot,
    scene: &'a Scene<'a>,
    radius: f64,
}

impl Drawing<'_, '_> {
    /// Draws all of it, and says what had no room.
    fn paint(&self) -> Result<Lost, ChartError> {
        if let Some(why) = emptiness(self.scene) {
            self.plot.say(self.canvas, &why)?;
            return Ok(Lost::default());
        }
        for lane in 0..self.scene.lanes.len() {
            self.draw_lane(lane)?;
        }
        let drawn = &self.scene.drawn;
        let room = self.scene.lanes.room_below() - FIRST_ROW - self.radius - 4.0;
        let (waits, sharing) = waits(drawn, (room / ROW).max(1.0) as usize);
        waits.iter().try_for_each(|wait| self.draw_wait(wait))?;
        drawn.iter().try_for_each(|message| self.draw_message(message))?;
        let mut lost = Lost { waits: sharing, ..Lost::default() };
        let is_crowded = self.scene.events() > MOST_EVENTS;
        for lane in 0..self.scene.lanes.len() {
            lost.events += self.draw_marks(lane, is_crowded)?;
        }
        if !is_crowded {
            lost.clocks = clocks::draw(self.canvas, self.plot, self.scene, self.radius)?;
        }
        Ok(lost)
    }

    fn draw_lane(&self, lane: usize) -> Result<(), ChartError> {
        let (left, right) = (self.plot.left, self.plot.right);
        let y = self.canvas.page.sharp(self.scene.lanes.y(lane));
        self.canvas.line(&[(left, y), (right, y)], Stroke::new(MUTED.faint(70), 1.0))?;
        let font = Font::size(style::LABEL);
        let name = wording::machine(self.scene.lanes.machine(lane));
        let rate = rate(self.scene, lane);
        if self.scene.lanes.height() >= TWO_LINES && !rate.is_empty() {
            self.canvas.text(&name, (left - NAME, y - 9.0), font.bold().ending())?;
            return self.canvas.text(&rate, (left - NAME, y + 9.0), font.color(MUTED).ending());
        }
        self.canvas.text(&name, (MARGIN, y), font.bold())?;
        self.canvas.text(&rate, (left - NAME, y), font.color(MUTED).ending())
    }

    /// The place of a moment on a lane, which may lie beyond the plot.
    fn at(&self, lane: usize, time_s: f64) -> Point {
        (self.plot.beyond(time_s, 0.0).0, self.scene.lanes.y(lane))
    }

    /// A bracket below the lane, from the arrival to the pop.
    fn draw_wait(&self, wait: &Wait) -> Result<(), ChartError> {
        let (from, to) = (self.at(wait.lane, wait.from_s), self.at(wait.lane, wait.to_s));
        let y = from.1 + FIRST_ROW + ROW * wait.row as f64;
        let path = [from, (from.0, y), (to.0, y), to];
        for pair in path.windows(2) {
            if let Some(piece) = self.clipped(pair[0], pair[1]) {
                self.canvas.line(&piece, WAIT)?;
            }
        }
        Ok(())
    }

    fn draw_message(&self, message: &Message) -> Result<(), ChartError> {
        let from = self.at(message.sender, message.sent_s);
        let Some(lands_s) = message.lands_s() else { return self.draw_unread(message, from) };
        let to = self.at(message.receiver, lands_s);
        let Some([start, end]) = self.clipped(from, to) else { return Ok(()) };
        // An arrow ends at the edge of the mark it points to.
        let is_pop = message.popped_s == Some(lands_s);
        let stroke = arrow(self.scene);
        let end = if end == to { nearer(end, start, if is_pop { self.radius } else { 1.0 }) } else { end };
        if message.is_doubtful {
            let dashes = clip::dashes(&[start, end], self.plot, DASH);
            return dashes.iter().try_for_each(|dash| self.canvas.line(dash, stroke));
        }
        if self.plot.holds(to) {
            self.canvas.arrow(start, end, stroke)
        } else {
            self.canvas.line(&[start, end], stroke)
        }
    }

    /// A stub with an open end, towards the machine that never read it.
    fn draw_unread(&self, message: &Message, from: Point) -> Result<(), ChartError> {
        let to = self.scene.lanes.y(message.receiver);
        let height = (0.34 * self.scene.lanes.height()).min(30.0);
        let end = (from.0 + 0.45 * height, from.1 + (to - from.1).signum() * height);
        self.canvas.line(&[from, end], Stroke::new(UNREAD, 1.2))?;
        self.canvas.ring(end, (0.75 * self.radius).max(2.2), UNREAD)
    }

    /// The part of a line within the plot.
    fn clipped(&self, from: Point, to: Point) -> Option<[Point; 2]> {
        let (first, last) = clip::within(from, to, self.plot)?;
        let at = |share: f64| match share {
            0.0 => from,
            1.0 => to,
            _ => (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share),
        };
        Some([at(first), at(last)])
    }

    /// Marks the events of a lane, and says how many have no mark of their own.
    fn draw_marks(&self, lane: usize, is_crowded: bool) -> Result<usize, ChartError> {
        let events = self.scene.lanes.events(lane);
        let second = self.plot.beyond(self.scene.span.from_s + 1.0, 0.0).0 - self.plot.left;
        let kept: Vec<Shown>;
        let drawn = if is_crowded {
            kept = thinned(events, self.scene.span, self.radius / second);
            &kept[..]
        } else {
            events
        };
        for event in drawn {
            let radius = if event.kind == Kind::Internal { 0.7 * self.radius } else { self.radius };
            let at = self.at(lane, event.time_s);
            self.canvas.mark(at, radius + 1.0, MarkStyle { color: PAPER, ..mark(event.kind) })?;
            self.canvas.mark(at, radius, mark(event.kind))?;
        }
        Ok(events.len() - drawn.len())
    }
}

/// The place `pixels` before `end`, on the way from `start`.
fn nearer(end: Point, start: Point, pixels: f64) -> Point {
    let length = (end.0 - start.0).hypot(end.1 - start.1);
    let share = if length > 0.0 { (pixels / length).min(0.5) } else { 0.0 };
    (end.0 + (start.0 - end.0) * share, end.1 + (start.1 - end.1) * share)
}
