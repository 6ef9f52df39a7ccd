//! Why a machine's connections cannot be made.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::model::event::MachineId;

/// The mesh cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MeshError {
    #[error(
        "machine {peer} at {address} did not come within {patience:?} ({why}); start it, or check its address in the spec"
    )]
    Absent { peer: MachineId, address: SocketAddr, patience: Duration, why: String },
    #[error(
        "machine {peer} did not connect to {address} within {patience:?}; start it, or check that it knows this address"
    )]
    NeverCame { peer: MachineId, address: SocketAddr, patience: Duration },
    #[error("machine {peer} at {address} refuses this machine: {why}")]
    Refused { peer: MachineId, address: SocketAddr, why: String },
    #[error(
        "machine {peer} sent no message within {patience:?}; a foreign machine takes part from its first line \
         `clock:<n>` on: start it, or check that it knows the addresses of its peers"
    )]
    Unheard { peer: MachineId, patience: Duration },
    #[error(
        "two connections prove to be machine {peer}; it was started twice, or somebody else has the token"
    )]
    Twice { peer: MachineId },
    #[error("machine {peer} left before the start; see what it said, and start all machines again")]
    LeftEarly { peer: MachineId },
    #[error("machine {peer} was not ready within {patience:?}")]
    NotReady { peer: MachineId, patience: Duration },
    #[error("machine {peer} could not be sent the start: it reads nothing; start all machines again")]
    NotTold { peer: MachineId },
    #[error("cannot tell where this machine listens: {source}")]
    Own { source: io::Error },
    #[error("cannot listen on {address}: {source}; {}", advice(source))]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the connection of machine {peer} broke before the start: {source}")]
    Broken { peer: MachineId, source: io::Error },
}

/// What to do where a machine cannot listen: another port helps only where the port is the trouble.
fn advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrNotAvailable => {
            "no network of this host has this address: give one of its own in the spec, or leave the address out"
        }
        _ => "choose another port in the spec, or leave the address out",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_port_is_advised_only_where_the_port_is_the_trouble() {
        let advice = |kind: io::ErrorKind| advice(&kind.into());
        assert!(advice(io::ErrorKind::AddrInUse).starts_with("choose another port"));
        assert!(
            advice(io::ErrorKind::AddrNotAvailable).starts_with("no network of this host has this address")
        );
    }
}
