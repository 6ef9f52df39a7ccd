//! What a diagram says in words.

use super::scene::Scene;
use crate::charts::draw::heading::Heading;
use crate::charts::draw::{number, wording};
use crate::model::event::Kind;

/// What there was no room for, which is known last.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lost {
    /// Waits that share a row with others.
    pub waits: usize,
    /// Events whose clock is asked for and not shown.
    pub clocks: usize,
    /// Events that have no mark of their own.
    pub events: usize,
}

impl Lost {
    fn notes(self) -> impl Iterator<Item = String> {
        let waits = (self.waits > 0).then(|| {
            format!("{} drawn over others for want of room", wording::many(self.waits, "wait", "waits"))
        });
        let clocks = (self.clocks > 0)
            .then(|| format!("no room for {}", wording::many(self.clocks, "clock", "clocks")));
        let events = (self.events > 0).then(|| {
            let events = wording::many(self.events, "event", "events");
            format!("{events} not marked: one of each kind at a place is")
        });
        [waits, clocks, events].into_iter().flatten()
    }
}

/// The words above a diagram.
pub(super) fn heading(scene: &Scene<'_>, lost: Lost) -> Heading {
    let mut notes = Vec::new();
    if !scene.is_asked_for {
        notes.push("as much of the run as has room".to_owned());
    }
    notes.extend(of_messages(scene));
    if scene.is_spread {
        notes.push(
            "stamps in whole seconds: events are spread over their second in order, so arrows may run back"
                .to_owned(),
        );
    }
    let machines = scene.of.history.machines().iter();
    let back: Vec<_> = machines.filter(|machine| machine.runs_back()).map(|machine| machine.id()).collect();
    if !back.is_empty() {
        notes.push(format!(
            "stamps run back on {}: its events are not in their order",
            wording::machines(&back)
        ));
    }
    if !scene.lanes.left_out.is_empty() {
        let count = wording::many(scene.lanes.left_out.len(), "machine", "machines");
        let names = wording::machines(&scene.lanes.left_out);
        notes.push(format!("{count} with the fewest events left out: {names}"));
    }
    notes.extend(lost.notes());
    Heading { title: title(scene), subject: subject(scene), notes }
}

/// From when to when, and the longest wait where waits are known.
fn title(scene: &Scene<'_>) -> String {
    let [from, to] = number::ends(scene.span.from_s, scene.span.to_s);
    let stretch = format!("Messages from {from} s to {to} s");
    let waits = scene.read().filter_map(|message| Some((message.waited_s()?, message.receiver)));
    match waits.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((wait, lane)) if wait > 0.0 => {
            let machine = scene.lanes.machine(lane);
            format!("{stretch}: the longest wait is {}, on machine {machine}", seconds(wait))
        }
        _ => stretch,
    }
}

fn seconds(time_s: f64) -> String {
    if time_s < 0.1 {
        format!("{} ms", number::measured(time_s * 1000.0))
    } else {
        format!("{} s", number::measured(time_s))
    }
}

fn subject(scene: &Scene<'_>) -> String {
    let machines = wording::many(scene.of.history.machines().len(), "machine", "machines");
    let (shown, all) = (scene.events() as u64, scene.of.history.events());
    format!(
        "experiment {} · run {} · {machines} · {} of {} events",
        wording::brief(scene.of.experiment),
        wording::brief(scene.of.run),
        number::count(shown),
        number::count(all)
    )
}

/// What is to be known of the messages.
fn of_messages(scene: &Scene<'_>) -> Vec<String> {
    let messages = &scene.messages;
    let mut notes = Vec::new();
    let many = |count: usize| wording::many(count, "message", "messages");
    let all = messages.all.len();
    notes.push(if scene.drawn.len() < all {
        let drawn = number::count(scene.drawn.len() as u64);
        format!("{drawn} of {} drawn, evenly chosen", many(all))
    } else {
        many(all)
    });
    if all > 0 && messages.all.iter().all(|message| message.arrived_s.is_none()) {
        notes.push("the logs do not tell when messages arrived: arrows end where they are read".to_owned());
    }
    let doubtful = messages.all.iter().filter(|message| message.is_doubtful).count();
    if doubtful > 0 {
        notes.push(format!("dashed: {} that could be of another send", many(doubtful)));
    }
    if !messages.of_nowhere.is_empty() {
        notes.push(format!("{} without a send in the logs: no arrow", many(messages.of_nowhere.len())));
    }
    if messages.to_nobody_known > 0 {
        let sends = wording::many(messages.to_nobody_known, "send", "sends");
        notes.push(format!("{sends} without a known recipient"));
    }
    if messages.unread_before > 0 {
        notes.push(format!("not drawn: {} sent earlier and never read", many(messages.unread_before)));
    }
    if messages.without_lane > 0 {
        notes.push(format!("not drawn: {} of machines left out", many(messages.without_lane)));
    }
    notes
}

/// Why there is nothing to see.
pub(super) fn emptiness(scene: &Scene<'_>) -> Option<String> {
    if scene.of.history.events() == 0 {
        return Some("no events".to_owned());
    }
    if scene.events() == 0 && scene.messages.all.is_empty() {
        let [from, to] = number::ends(scene.whole.from_s, scene.whole.to_s);
        return Some(format!("no events here: the run's lie between {from} s and {to} s"));
    }
    None
}

/// Whether any event of a kind is shown.
pub(super) fn has(scene: &Scene<'_>, kind: Kind) -> bool {
    (0..scene.lanes.len()).any(|lane| scene.lanes.events(lane).iter().any(|event| event.kind == kind))
}
