//! The specs that come with the program, embedded: it runs them in an empty folder.

use super::{EXPERIMENTS, SpecText};

/// The text of a shipped spec.
macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../experiments/", $name, ".toml")))),*]
    };
}

/// The shipped specs, by name and in its order.
const SPECS: [(&str, &str); 10] = shipped![
    "exp1",
    "exp2",
    "exp3",
    "exp4",
    "exp5",
    "fractional_clocks",
    "network_delay",
    "random_rates",
    "smaller_clock_difference",
    "smaller_internal_prob",
];

/// The names of the shipped specs.
pub fn names() -> impl Iterator<Item = &'static str> {
    SPECS.iter().map(|(name, _)| *name)
}

/// The shipped spec of this name.
pub fn spec(name: &str) -> Option<SpecText> {
    let (name, text) = SPECS.iter().find(|(shipped, _)| *shipped == name)?;
    Some(SpecText { name: format!("{EXPERIMENTS}/{name}.toml"), text: (*text).to_owned() })
}

/// The shipped name that was most likely meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    crate::text::suggest::nearest(name, names())
}
