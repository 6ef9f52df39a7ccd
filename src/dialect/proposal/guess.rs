//! What words and numbers probably mean.

use crate::dialect::Field;
use crate::dialect::pattern::Role;
use crate::dialect::timestamp::{TimeFormat, Unit};
use crate::model::event::Kind;

/// What a line is, by the first telling word in it.
pub fn role(words: &str) -> Option<Role> {
    const RECEIVE: [&str; 6] =
        ["receiv", "recv", "processed message", "got message", "got msg", "got a message"];
    const SEND: [&str; 4] = ["send", "sent", "broadcast", "multicast"];
    const ALL: [&str; 9] =
        ["broadcast", "multi", "double", "both", " all", "_all", "everyone", "everybody", "all other"];
    let words = words.to_lowercase();
    let first = |of: &[&str]| of.iter().filter_map(|word| words.find(word)).min();
    let found = [
        (first(&RECEIVE), Role::Event(Kind::Receive)),
        (first(&SEND), Role::Event(Kind::Send)),
        (first(&["internal"]), Role::Event(Kind::Internal)),
    ];
    let found = found.into_iter().filter_map(|(at, role)| Some((at?, role))).min_by_key(|(at, _)| *at);
    match found?.1 {
        Role::Event(Kind::Send) if ALL.iter().any(|word| words.contains(word)) => Some(Role::SendToAll),
        role => Some(role),
    }
}

/// Whether words speak of a clock's rate.
pub fn is_rate(words: &str) -> bool {
    const RATE: [&str; 9] = [
        "clock rate",
        "clock_rate",
        "clock speed",
        "clock_speed",
        "tick rate",
        "ticks per",
        "ticks:",
        "per second",
        "hz",
    ];
    let words = words.to_lowercase();
    RATE.iter().any(|word| words.contains(word))
}

/// Whether a word of a line that is no event, such as `rate=6 id=1`, is `rate`.
pub fn has_word_rate(words: &str) -> bool {
    words.split(|char: char| !char.is_ascii_alphabetic()).any(|word| word.eq_ignore_ascii_case("rate"))
}

/// What a number is, by its label and by what its line is.
pub fn field(label: &str, role: Role) -> Option<Field> {
    let label = label.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| label.contains(word));
    let ends = |words: &[&str]| {
        let bare = label.trim_end_matches(|char: char| !char.is_ascii_alphanumeric());
        let bare = ["machine", "machines", "process", "vms", "vm", "peers", "client", "port", "m", "p", "id"]
            .iter()
            .find_map(|noun| bare.strip_suffix(noun))
            .unwrap_or(bare);
        let bare = bare.trim_end_matches(|char: char| !char.is_ascii_alphanumeric());
        words.iter().any(|word| bare.ends_with(word))
    };
    let word = label.trim_matches(|char: char| !char.is_ascii_alphanumeric());
    let is_carried = role == Role::Event(Kind::Receive)
        && (["mlc", "msglc", "msg_lc"].contains(&word) || ends(&["carried", "carrying"]));
    if is_carried {
        return Some(Field::MessageClock);
    }
    let is_clock = has(&["clock", "logical time", "logical_time", "lamport"]) || ends(&["lc"]);
    if is_clock && (has(&["rate", "speed"]) || has(&["old"])) {
        return None;
    }
    if has(&["queue", "qlen", "remaining", "backlog"]) || word == "q" {
        return Some(Field::Queue);
    }
    if is_clock
        && role == Role::Event(Kind::Receive)
        && has(&["sender", "message clock", "received_clock", "msg"])
    {
        return Some(Field::MessageClock);
    }
    if is_clock {
        return Some(Field::Clock);
    }
    match role {
        Role::Event(Kind::Receive) if ends(&["from", "sender", "src"]) => Some(Field::From),
        Role::Event(Kind::Send) | Role::SendToAll
            if ends(&["to", "recipient", "receiver", "target", "dst", "dest"]) =>
        {
            Some(Field::To)
        }
        _ => None,
    }
}

/// Whether a label is that of the machine whose line it is: `[VM 2]`, `machine_id`.
pub fn is_machine(label: &str) -> bool {
    const NOUNS: [&str; 9] =
        ["machine", "vm", "process", "node", "server", "client", "host", "proc", "virtual machine"];
    let label = label.to_lowercase();
    let bare = label.trim_matches(|char: char| !char.is_ascii_alphanumeric());
    let bare = bare.strip_suffix("id").unwrap_or(bare).trim_end_matches(|char: char| !char.is_alphanumeric());
    NOUNS.contains(&bare)
}

/// The least of several numbers; `None` where they do not tell machines apart.
pub fn first_of_several<'a>(values: impl Iterator<Item = &'a str>) -> Option<u64> {
    let numbers: Option<std::collections::BTreeSet<u64>> = values.map(|value| value.parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() > 1)?.first().copied()
}

/// How a number counts time, by its size.
pub fn epoch(text: &str) -> Option<TimeFormat> {
    let digits = text.split('.').next().unwrap_or_default();
    if !digits.starts_with(['1', '2']) {
        return None;
    }
    match digits.len() {
        10 => Some(TimeFormat::Epoch(Unit::Seconds)),
        13 => Some(TimeFormat::Epoch(Unit::Milliseconds)),
        16 => Some(TimeFormat::Epoch(Unit::Microseconds)),
        19 => Some(TimeFormat::Epoch(Unit::Nanoseconds)),
        _ => None,
    }
}

/// How often numbers rise and fall from one to the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Course {
    pub rises: usize,
    pub falls: usize,
    pub has_decimals: bool,
    pub count: usize,
}

impl Course {
    /// The course of these texts; `None` where one is no number.
    pub fn of<'a>(values: impl Iterator<Item = &'a str>) -> Option<Course> {
        let mut course = Course::default();
        let mut last: Option<f64> = None;
        for text in values {
            let value: f64 = text.trim().parse().ok().filter(|value: &f64| value.is_finite())?;
            course.count += 1;
            course.has_decimals |= text.contains('.');
            course.rises += usize::from(last.is_some_and(|last| value > last));
            course.falls += usize::from(last.is_some_and(|last| value < last));
            last = Some(value);
        }
        (course.count > 0).then_some(course)
    }

    /// Whether it hardly ever falls, as clocks and times do; each log begins anew.
    pub fn climbs(self) -> bool {
        self.falls * 10 <= self.rises && (self.rises > 0 || self.count == 1)
    }
}
