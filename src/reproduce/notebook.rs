//! The claims of the lab notebook and the shipped specs, embedded: a bare
//! program can reproduce it.

use crate::plan::Source;

/// What errors call the embedded claims.
pub const CLAIMS_NAME: &str = "experiments/claims/notebook.toml";
/// The notebook's claims.
pub const CLAIMS: &str = include_str!("../../experiments/claims/notebook.toml");

/// The text of a shipped spec.
macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../experiments/", $name, ".toml")))),*]
    };
}

/// The shipped specs, by name.
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
pub fn spec(name: &str) -> Option<Source> {
    let (name, text) = SPECS.iter().find(|(shipped, _)| *shipped == name)?;
    Some(Source { name: format!("experiments/{name}.toml"), text: (*text).to_owned() })
}

/// The shipped name that was most likely meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    crate::text::suggest::nearest(name, names())
}
