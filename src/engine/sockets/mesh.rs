//! The mesh: every machine's connections to every other, made before the first
//! tick. Of two `labctl` machines the later one connects; a foreign machine is
//! connected to, and connects to us to send.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::JoinSet;
use tokio::time::{self, Instant};

use super::call::Call;
use super::door::Door;
use super::foreign::{Foreign, Speaker};
use super::handshake::Arrival;
use super::inbox::{Inbox, Strangers};
use super::link::Link;
use super::pace::LabClock;
use super::reader::Reader;
use super::roster::Roster;
use super::seats::Seats;
use super::unheard::Unheard;
use crate::engine::wire::Splitter;
use crate::engine::{Notice, Observer};
use crate::model::event::MachineId;

/// The system's queue of connections not yet accepted.
const BACKLOG: u32 = 1024;
/// A missing peer is reported after this, and then each time this has passed.
pub const REPORT_EVERY: Duration = Duration::from_secs(1);
/// How often something that others change is looked at.
const GLANCE: Duration = Duration::from_millis(5);

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

/// Listens on `address`, free again at once after an earlier run.
pub fn listen(address: SocketAddr) -> Result<TcpListener, MeshError> {
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // On Windows the same flag would let two programs share a port.
        socket.set_reuseaddr(cfg!(unix))?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bind().map_err(|source| MeshError::Listen { address, source })
}

/// What belongs to a machine's connections and outlives their making.
#[derive(Clone)]
pub struct Post {
    pub inbox: Arc<Inbox>,
    /// Set when the run starts.
    pub clock: Arc<OnceLock<LabClock>>,
    pub observer: Observer,
    pub seats: Arc<Seats>,
    pub foreign: Arc<Foreign>,
}

impl Post {
    pub fn new(roster: &Roster, strangers: Strangers, observer: Observer) -> Post {
        Post {
            inbox: Arc::new(Inbox::new(strangers)),
            clock: Arc::default(),
            observer,
            seats: Arc::default(),
            foreign: Arc::new(Foreign::new(roster)),
        }
    }

    /// Returns when no run may begin any more: a machine came twice, or left.
    pub async fn broken(&self) -> MeshError {
        loop {
            if let Some(peer) = self.seats.twice() {
                return MeshError::Twice { peer };
            }
            if let Some(peer) = self.inbox.left_early() {
                return MeshError::LeftEarly { peer };
            }
            time::sleep(GLANCE).await;
        }
    }
}

/// A machine's connections.
pub struct Mesh {
    /// One a peer, in the order of their ids.
    pub links: Vec<Link<Arc<TcpStream>>>,
    /// The connections of `labctl` peers, for what is said before the start.
    pub streams: BTreeMap<MachineId, Arc<TcpStream>>,
}

/// Makes all of a machine's connections, and leaves a task behind that takes
/// in foreign ones and turns away whoever else comes later. At most `strangers`
/// connections may be silent at once.
pub async fn assemble(
    roster: Roster,
    listener: TcpListener,
    post: &Post,
    strangers: usize,
) -> Result<Mesh, MeshError> {
    let roster = Arc::new(roster);
    let deadline = Instant::now() + roster.patience;
    let (sender, mut arrivals) = mpsc::unbounded_channel();
    let own_address = listener.local_addr().map_err(|source| MeshError::Own { source })?;
    let door = Door {
        roster: Arc::clone(&roster),
        post: post.clone(),
        arrivals: sender,
        unheard: Unheard::new(strangers),
        notices: AtomicU64::new(0),
    };
    tokio::spawn(door.keep(listener));

    let mut mesh = Mesh { links: Vec::new(), streams: BTreeMap::new() };
    mesh.call_peers(&roster, deadline, post).await?;
    mesh.await_peers(&roster, own_address, deadline, &mut arrivals, post).await?;
    mesh.links.sort_by_key(|link| link.peer);
    Ok(mesh)
}

impl Mesh {
    /// Connects to those who were there before, and to foreign machines.
    async fn call_peers(
        &mut self,
        roster: &Arc<Roster>,
        deadline: Instant,
        post: &Post,
    ) -> Result<(), MeshError> {
        let mut calls = JoinSet::new();
        for (peer, address) in &roster.addresses {
            let is_foreign = roster.foreign.contains(peer);
            if is_foreign || *peer < roster.own {
                let call =
                    Call { peer: *peer, address: *address, is_foreign, roster: Arc::clone(roster), deadline };
                calls.spawn(call.connect(post.observer.clone()));
            }
        }
        while let Some(joined) = calls.join_next().await {
            let Ok(connected) = joined else { continue };
            let arrival = connected?;
            let speaks_labctl = !roster.foreign.contains(&arrival.peer);
            self.add(arrival, speaks_labctl, post);
        }
        Ok(())
    }

    /// Waits until those who come after have connected.
    async fn await_peers(
        &mut self,
        roster: &Roster,
        own_address: SocketAddr,
        deadline: Instant,
        arrivals: &mut UnboundedReceiver<Arrival>,
        post: &Post,
    ) -> Result<(), MeshError> {
        let mut expected: BTreeSet<MachineId> =
            roster.labctl_peers().into_iter().filter(|peer| *peer > roster.own).collect();
        let mut report_at = Instant::now() + REPORT_EVERY;
        while let Some(peer) = expected.first().copied() {
            if let Ok(Some(arrival)) = time::timeout_at(deadline.min(report_at), arrivals.recv()).await {
                expected.remove(&arrival.peer);
                self.add(arrival, true, post);
                continue;
            }
            if Instant::now() >= deadline {
                return Err(MeshError::NeverCame { peer, address: own_address, patience: roster.patience });
            }
            report_at = Instant::now() + REPORT_EVERY;
            let text = format!("machine {peer} has not connected to {own_address} yet, waiting");
            (post.observer)(Notice { machine: roster.own, text });
        }
        Ok(())
    }

    fn add(&mut self, arrival: Arrival, speaks_labctl: bool, post: &Post) {
        let Arrival { peer, stream, first_bytes } = arrival;
        let stream = Arc::new(stream);
        self.links.push(Link::new(peer, Arc::clone(&stream)));
        if speaks_labctl {
            self.streams.insert(peer, Arc::clone(&stream));
        }
        // A foreign machine says nothing on the connection we made to it, but
        // closing it there must not go unread.
        spawn_reader(Some(peer).filter(|_| speaks_labctl), None, stream, first_bytes, post);
    }
}

/// Listens to a connection of a `labctl` peer, or of a foreign `speaker`.
pub fn spawn_reader(
    peer: Option<MachineId>,
    speaker: Option<Speaker>,
    stream: Arc<TcpStream>,
    first_bytes: Vec<u8>,
    post: &Post,
) {
    let (inbox, clock) = (Arc::clone(&post.inbox), Arc::clone(&post.clock));
    let reader = Reader { peer, speaker, stream, inbox, clock, splitter: Splitter::default() };
    tokio::spawn(reader.run(first_bytes));
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
