//! What drives the machines of the model.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What drives the machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Real sockets in real time.
    Sockets,
    /// Virtual time: the same bytes for the same spec on every host.
    Simulator,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
