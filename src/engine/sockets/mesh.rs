//! The mesh: every machine's connections to every other, made before the first
//! tick. Of two `labctl` machines the later one connects; a foreign machine is
//! connected to, and connects to us to send.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time;

use super::acceptor::Acceptor;
use super::arrivals::{Arrivals, spawn_reader};
use super::context::ConnectionContext;
use super::dialer::{Answer, Dialer};
use super::link::Link;
use super::meeting::{Meeting, Step};
use super::mesh_error::MeshError;
use super::pace::{Epoch, MonotonicTime};
use super::peers::Peers;
use super::stream::{self, write_all};
use super::unheard::Unheard;
use crate::engine::StopSwitch;
use crate::platform::REUSES_ADDRESSES;

/// The system's queue of connections not yet accepted.
const BACKLOG: u32 = 1024;

/// Listens on `address`, free again at once after an earlier run.
pub fn listen(address: SocketAddr) -> Result<TcpListener, MeshError> {
    let bind = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(REUSES_ADDRESSES)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bind().map_err(|source| MeshError::Listen { address, source })
}

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
    context: &ConnectionContext,
    stop: StopSwitch,
    epoch: Epoch,
    strangers: usize,
) -> Result<Option<Met>, MeshError> {
    let known_peers = Arc::new(known_peers);
    let own = listener.local_addr().map_err(|source| MeshError::Own { source })?;
    let (arrivals, mut news) = mpsc::unbounded_channel();
    let acceptor = Acceptor {
        known_peers: Arc::clone(&known_peers),
        context: context.clone(),
        arrivals: arrivals.clone(),
        unheard: Unheard::new(strangers),
    };
    tokio::spawn(acceptor.keep(listener));
    let now = MonotonicTime::now();
    let mut meeting = Meeting::new(known_peers, context.clone(), stop, epoch, own, now);
    // Given up when the meeting is over.
    let mut dialing = JoinSet::new();
    for dialer in meeting.dialers(now) {
        dialing.spawn(make(dialer, context.clone(), arrivals.clone()));
    }
    loop {
        match meeting.step(MonotonicTime::now())? {
            Step::Start(start_ns) => return Ok(Some(Met { links: meeting.into_links(), start_ns })),
            Step::Stopped => return Ok(None),
            Step::Wait(until) => {
                let patience = until.since(MonotonicTime::now());
                if let Ok(Some(outcome)) = time::timeout(patience, news.recv()).await {
                    meeting.hear(outcome);
                }
            }
        }
    }
}

/// Makes a connection, and tells what comes of it.
async fn make(mut dialer: Dialer, context: ConnectionContext, arrivals: Arrivals) {
    loop {
        let patience = dialer.deadline.since(MonotonicTime::now());
        let answer = match time::timeout(patience, try_once(&mut dialer)).await {
            Ok(Ok((stream, Answer::Welcome(rest)))) => {
                return welcome(&dialer, stream, rest, &context, &arrivals);
            }
            Ok(Ok((_, answer))) => answer,
            Ok(Err(error)) => Answer::Lost(error.to_string()),
            Err(_) => Answer::Lost("no answer".to_owned()),
        };
        let again = match answer {
            Answer::Lost(why) => dialer.failed(&why, MonotonicTime::now(), &context.observer),
            Answer::Refused(error) => Err(error),
            Answer::Welcome(_) => return,
        };
        match again {
            Ok(next) => time::sleep(next.since(MonotonicTime::now())).await,
            // Nobody hears it where the run has been given up.
            Err(error) => return drop(arrivals.send(Err(error))),
        }
    }
}

/// One try. A failed socket is dropped, and so closed, before the next.
async fn try_once(dialer: &mut Dialer) -> io::Result<(TcpStream, Answer)> {
    let stream = TcpStream::connect(dialer.address).await?;
    stream.set_nodelay(true)?;
    let Some(hello) = dialer.hello() else { return Ok((stream, Answer::Welcome(Vec::new()))) };
    write_all(&stream, &hello).await?;
    loop {
        let mut buffer = stream::EMPTY;
        let read = stream::read(&stream, &mut buffer).await;
        if let Some(answer) = dialer.hear(read) {
            return Ok((stream, answer));
        }
    }
}

fn welcome(
    dialer: &Dialer,
    stream: TcpStream,
    rest: Vec<u8>,
    context: &ConnectionContext,
    arrivals: &Arrivals,
) {
    let stream = Arc::new(stream);
    // A foreign machine says nothing on the connection we made to it, but
    // closing it there must not go unread.
    let peer = Some(dialer.peer).filter(|_| !dialer.is_foreign());
    if arrivals.send(Ok((dialer.peer, Arc::clone(&stream)))).is_ok() {
        spawn_reader(peer, None, stream, rest, context);
    }
}
