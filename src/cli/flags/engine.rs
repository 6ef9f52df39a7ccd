//! The flag that chooses an engine, the same for every command that runs
//! something.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use labctl::model::engine::Engine;

/// What drives the machines: `sockets` or `sim`.
pub fn engine() -> impl TypedValueParser<Value = Engine> {
    let of = |word: String| if word == "sim" { Engine::Simulator } else { Engine::Sockets };
    PossibleValuesParser::new(["sockets", "sim"]).map(of)
}
