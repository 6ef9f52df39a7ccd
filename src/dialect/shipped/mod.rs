//! The dialects that come with labctl.

use super::{Dialect, parse};

/// The names and texts of all, in the order of their names.
macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        const SHIPPED: &[(&str, &str)] = &[$(($name, include_str!(concat!($name, ".toml")))),*];
    };
}

shipped!(
    "action-vector-clock",
    "brackets-info",
    "brackets-machine",
    "brackets-no-day",
    "brackets-semicolons",
    "clock-pipe-no-day",
    "commas-letters",
    "dash-event-clock",
    "dash-system-time",
    "event-sender",
    "event-system-time",
    "event-tabs",
    "four-lines",
    "info-comma-ports",
    "info-pipe-ports",
    "info-updated-clock",
    "json-lines",
    "named-columns",
    "notebook",
    "parenthesised-times",
    "pipes-vector-clock",
    "run-clock-cycle",
    "sentence-commas",
    "sentences-epoch",
    "six-numbers",
    "tabs-named-fields",
    "tabs-numbers",
    "words-spaces",
);

/// Names that dialects once had, and those they have.
const FORMER_NAMES: [(&str, &str); 27] = [
    ("albertqi", "pipes-vector-clock"),
    ("alzh9000", "sentences-epoch"),
    ("carolynw", "six-numbers"),
    ("catherine", "event-system-time"),
    ("charumathib", "brackets-no-day"),
    ("ericgong", "tabs-numbers"),
    ("grxxce", "run-clock-cycle"),
    ("harshita-gupta", "four-lines"),
    ("henro25", "tabs-named-fields"),
    ("hwaneric", "event-sender"),
    ("iliang1234", "dash-event-clock"),
    ("jsod11", "info-comma-ports"),
    ("kamazet", "sentence-commas"),
    ("kev-y-huang", "parenthesised-times"),
    ("kevenli8888", "brackets-machine"),
    ("kevinh48264", "clock-pipe-no-day"),
    ("maxwellzen", "words-spaces"),
    ("msacco8", "info-pipe-ports"),
    ("mzcassim", "dash-system-time"),
    ("njd87", "brackets-info"),
    ("reamg", "commas-letters"),
    ("russell", "json-lines"),
    ("sophiaqho", "action-vector-clock"),
    ("tkaminsky", "named-columns"),
    ("tslilyai", "event-tabs"),
    ("turbofreeze", "brackets-semicolons"),
    ("vklocks", "info-updated-clock"),
];

/// Their names, in order.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The TOML of one of them, by its name or a former one.
pub fn shipped_text(name: &str) -> Option<&'static str> {
    let name = FORMER_NAMES.iter().find(|(former, _)| *former == name).map_or(name, |(_, name)| name);
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// All of them.
pub fn shipped() -> Vec<Dialect> {
    // Each of them is read by a test.
    SHIPPED.iter().filter_map(|(name, text)| parse(name, text).ok()).collect()
}
