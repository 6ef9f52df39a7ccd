//! The dialects that come with labctl.

use super::{Dialect, parse};

/// The names and texts of all, in the order of their names.
macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        const SHIPPED: &[(&str, &str)] = &[$(($name, include_str!(concat!("shipped/", $name, ".toml")))),*];
    };
}

shipped!(
    "albertqi",
    "alzh9000",
    "carolynw",
    "catherine",
    "charumathib",
    "ericgong",
    "grxxce",
    "harshita-gupta",
    "henro25",
    "hwaneric",
    "iliang1234",
    "jsod11",
    "kamazet",
    "kev-y-huang",
    "kevenli8888",
    "kevinh48264",
    "maxwellzen",
    "msacco8",
    "mzcassim",
    "njd87",
    "notebook",
    "reamg",
    "russell",
    "sophiaqho",
    "tkaminsky",
    "tslilyai",
    "turbofreeze",
    "vklocks",
);

/// Their names, in order.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The TOML of one of them.
pub fn shipped_text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// All of them.
pub fn shipped() -> Vec<Dialect> {
    // Each of them is read by a test.
    SHIPPED.iter().filter_map(|(name, text)| parse(name, text).ok()).collect()
}
