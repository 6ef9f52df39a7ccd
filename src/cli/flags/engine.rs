//! The flag that chooses an engine, the same for every command that runs
//! something.

use clap::ValueEnum;
use labctl::plan::EngineKind;

/// What drives the machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EngineFlag {
    Sockets,
    Sim,
}

impl EngineFlag {
    pub fn kind(self) -> EngineKind {
        match self {
            EngineFlag::Sockets => EngineKind::Sockets,
            EngineFlag::Sim => EngineKind::Simulator,
        }
    }
}
