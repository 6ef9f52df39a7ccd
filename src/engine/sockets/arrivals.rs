//! Connections that stand: they are reported, and a task reads each.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;

use super::context::ConnectionContext;
use super::foreign::Speaker;
use super::mesh_error::MeshError;
use super::reader::Reader;
use crate::engine::wire::Splitter;
use crate::model::event::MachineId;

/// A connection that stands.
pub type Arrival = (MachineId, Arc<TcpStream>);
/// Where connections that stand are reported, and those that never will.
pub type Arrivals = UnboundedSender<Result<Arrival, MeshError>>;

/// Listens to a connection of a `labctl` peer, or of a foreign `speaker`.
pub fn spawn_reader(
    peer: Option<MachineId>,
    speaker: Option<Speaker>,
    stream: Arc<TcpStream>,
    first_bytes: Vec<u8>,
    context: &ConnectionContext,
) {
    let (inbox, clock) = (Arc::clone(&context.inbox), Arc::clone(&context.clock));
    let reader = Reader { peer, speaker, stream, inbox, clock, splitter: Splitter::default() };
    tokio::spawn(reader.run(first_bytes));
}
