//! The mesh: every machine's connections to every other, made before the first
//! tick. Of two `labctl` machines the later one connects; a foreign machine is
//! connected to, and connects to us to send.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinSet;
use tokio::time;

use super::acceptor::Acceptor;
use super::dialer::{Answer, Dialer};
use super::foreign::Speaker;
use super::link::Link;
use super::meeting::{Meeting, Step};
use super::pace::{Epoch, Instant};
use super::peers::Peers;
use super::post::Post;
use super::reader::Reader;
use super::stream::{self, write_all};
use super::unheard::Unheard;
use crate::engine::StopSwitch;
use crate::engine::wire::Splitter;
use crate::model::event::MachineId;

/// The system's queue of connections not yet accepted.
const BACKLOG: u32 = 1024;

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

/// A connection that stands.
pub type Arrival = (MachineId, Arc<TcpStream>);
/// Where connections that stand are reported, and those that never will.
pub type Arrivals = UnboundedSender<Result<Arrival, MeshError>>;

/// A machine's connections, and when all start, in nanoseconds since the Unix
/// epoch.
pub struct Met {
    /// One a peer, in the order of their ids.
    pub links: Vec<Link<Arc<TcpStream>>>,
    pub start_ns: i64,
}

/// Makes all of a machine's connections and agrees on a start. Leaves a task
/// behind that takes in foreign connections and turns away whoever else comes
/// later; at most `strangers` may be silent at once. Gives nothing where the
/// run was stopped before its start.
pub async fn meet(
    known_peers: Peers,
    listener: TcpListener,
    post: &Post,
    stop: StopSwitch,
    epoch: Epoch,
    strangers: usize,
) -> Result<Option<Met>, MeshError> {
    let known_peers = Arc::new(known_peers);
    let own = listener.local_addr().map_err(|source| MeshError::Own { source })?;
    let (arrivals, mut news) = mpsc::unbounded_channel();
    let acceptor = Acceptor {
        known_peers: Arc::clone(&known_peers),
        post: post.clone(),
        arrivals: arrivals.clone(),
        unheard: Unheard::new(strangers),
    };
    tokio::spawn(acceptor.keep(listener));
    let now = Instant::now();
    let mut meeting = Meeting::new(known_peers, post.clone(), stop, epoch, own, now);
    // Given up when the meeting is over.
    let mut calls = JoinSet::new();
    for call in meeting.calls(now) {
        calls.spawn(make(call, post.clone(), arrivals.clone()));
    }
    loop {
        match meeting.step(Instant::now())? {
            Step::Start(start_ns) => return Ok(Some(Met { links: meeting.into_links(), start_ns })),
            Step::Stopped => return Ok(None),
            Step::Wait(until) => {
                let patience = until.since(Instant::now());
                if let Ok(Some(outcome)) = time::timeout(patience, news.recv()).await {
                    meeting.hear(outcome);
                }
            }
        }
    }
}

/// Makes a call, and tells what comes of it.
async fn make(mut call: Dialer, post: Post, arrivals: Arrivals) {
    loop {
        let patience = call.deadline.since(Instant::now());
        let answer = match time::timeout(patience, try_once(&mut call)).await {
            Ok(Ok((stream, Answer::Welcome(rest)))) => return welcome(&call, stream, rest, &post, &arrivals),
            Ok(Ok((_, answer))) => answer,
            Ok(Err(error)) => Answer::Lost(error.to_string()),
            Err(_) => Answer::Lost("no answer".to_owned()),
        };
        let again = match answer {
            Answer::Lost(why) => call.failed(&why, Instant::now(), &post.observer),
            Answer::Refused(error) => Err(error),
            Answer::Welcome(_) => return,
        };
        match again {
            Ok(next) => time::sleep(next.since(Instant::now())).await,
            // Nobody hears it where the run has been given up.
            Err(error) => return drop(arrivals.send(Err(error))),
        }
    }
}

/// One try. A failed socket is dropped, and so closed, before the next.
async fn try_once(call: &mut Dialer) -> io::Result<(TcpStream, Answer)> {
    let stream = TcpStream::connect(call.address).await?;
    stream.set_nodelay(true)?;
    let Some(hello) = call.hello() else { return Ok((stream, Answer::Welcome(Vec::new()))) };
    write_all(&stream, &hello).await?;
    loop {
        let mut buffer = stream::EMPTY;
        let read = stream::read(&stream, &mut buffer).await;
        if let Some(answer) = call.hear(read) {
            return Ok((stream, answer));
        }
    }
}

fn welcome(call: &Dialer, stream: TcpStream, rest: Vec<u8>, post: &Post, arrivals: &Arrivals) {
    let stream = Arc::new(stream);
    // A foreign machine says nothing on the connection we made to it, but
    // closing it there must not go unread.
    let peer = Some(call.peer).filter(|_| !call.is_foreign());
    if arrivals.send(Ok((call.peer, Arc::clone(&stream)))).is_ok() {
        spawn_reader(peer, None, stream, rest, post);
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
