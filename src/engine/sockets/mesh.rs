//! The mesh: every machine's connections to every other, made before the first
//! tick. Of two `labctl` machines the later one connects; a foreign machine is
//! connected to, and connects to us to send.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time;

use super::inbox::Inbox;
use super::link::Link;
use super::pace::{LabClock, Moment};
use super::reader::Reader;
use crate::engine::wire::{self, Hello, Said, Splitter};
use crate::engine::{Notice, Observer};
use crate::event::MachineId;

/// A stranger gets this long to say who it is.
const HELLO_PATIENCE: Duration = Duration::from_secs(2);
/// Where foreign peers are let in, a silent connection counts as one after this.
const FOREIGN_PATIENCE: Duration = Duration::from_millis(200);
/// Connections that may be saying who they are at the same time.
const HELLOS_AT_ONCE: usize = 128;
/// The system's queue of connections not yet accepted.
const BACKLOG: u32 = 1024;
const BACK_OFF_FIRST: Duration = Duration::from_millis(5);
const BACK_OFF_MAX: Duration = Duration::from_millis(500);
/// A missing peer is reported after this, and then each time this has passed.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// What one machine knows of the others before it meets them.
#[derive(Clone, Debug)]
pub struct Roster {
    pub own: MachineId,
    /// Names the run, so that machines of different runs do not mix.
    pub run: String,
    /// What a machine of this run must say to be let in.
    pub token: String,
    /// Where each of the others listens.
    pub addresses: BTreeMap<MachineId, SocketAddr>,
    pub foreign: BTreeSet<MachineId>,
    /// Whether connections that do not say who they are are let in.
    pub open: bool,
    /// How long to wait for the others.
    pub patience: Duration,
}

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
    #[error("machine {peer} was not ready within {patience:?}")]
    NotReady { peer: MachineId, patience: Duration },
    #[error(
        "cannot listen on {address}: {source}; choose another port in the spec, or leave the address out"
    )]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the connection of machine {peer} broke before the start: {source}")]
    Broken { peer: MachineId, source: io::Error },
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
}

/// A machine's connections.
pub struct Mesh {
    /// One a peer, in the order of their ids.
    pub links: Vec<Link>,
    /// The connections of `labctl` peers, for what is said before the start.
    pub streams: BTreeMap<MachineId, Arc<TcpStream>>,
}

/// A connection that has said who it is.
struct Arrival {
    /// `None` is a foreign machine.
    peer: Option<MachineId>,
    stream: TcpStream,
    splitter: Splitter,
    first_bytes: Vec<u8>,
}

/// Makes all of a machine's connections, and leaves a task behind that turns
/// away whoever comes later.
pub async fn assemble(roster: Roster, listener: TcpListener, post: &Post) -> Result<Mesh, MeshError> {
    let own_address = listener
        .local_addr()
        .map_err(|source| MeshError::Listen { address: SocketAddr::from(([0, 0, 0, 0], 0)), source })?;
    let deadline = time::Instant::now() + roster.patience;
    let roster = Arc::new(roster);
    let (sender, mut arrivals) = mpsc::unbounded_channel();
    let door =
        Door { roster: Arc::clone(&roster), post: post.clone(), seated: Arc::default(), arrivals: sender };
    tokio::spawn(door.keep(listener));

    let mut outgoing = tokio::task::JoinSet::new();
    for (peer, address) in &roster.addresses {
        let is_foreign = roster.foreign.contains(peer);
        if is_foreign || *peer < roster.own {
            let call =
                Call { peer: *peer, address: *address, is_foreign, roster: Arc::clone(&roster), deadline };
            outgoing.spawn(call.connect(post.observer.clone()));
        }
    }
    let mut mesh = Mesh { links: Vec::new(), streams: BTreeMap::new() };
    let mut expected: BTreeSet<MachineId> = roster
        .addresses
        .keys()
        .filter(|peer| **peer > roster.own && !roster.foreign.contains(peer))
        .copied()
        .collect();
    let mut foreign_expected = roster.foreign.len();
    while let Some(joined) = outgoing.join_next().await {
        let Ok(arrival) = joined else { continue };
        let (peer, arrival) = arrival?;
        mesh.add(Some(peer), arrival, post, !roster.foreign.contains(&peer));
    }
    let reporting = ReportEvery::new();
    while !expected.is_empty() || foreign_expected > 0 {
        let next = time::timeout_at(deadline.min(time::Instant::now() + REPORT_EVERY), arrivals.recv()).await;
        match next {
            Ok(Some(arrival)) => match arrival.peer {
                Some(peer) => {
                    expected.remove(&peer);
                    mesh.add(Some(peer), arrival, post, true);
                }
                None => {
                    foreign_expected = foreign_expected.saturating_sub(1);
                    let from = roster.foreign.first().copied().filter(|_| roster.foreign.len() == 1);
                    listen_to_foreign(from, arrival, post);
                }
            },
            _ => {
                let peer = expected.first().or(roster.foreign.first()).copied().unwrap_or(roster.own);
                if time::Instant::now() >= deadline {
                    return Err(MeshError::NeverCame {
                        peer,
                        address: own_address,
                        patience: roster.patience,
                    });
                }
                reporting.tell(
                    post,
                    roster.own,
                    &format!("machine {peer} has not connected to {own_address} yet, waiting"),
                );
            }
        }
    }
    mesh.links.sort_by_key(|link| link.peer);
    let (foreign, post) = (roster.foreign.clone(), post.clone());
    tokio::spawn(async move {
        // Foreign machines may come and go while the run lasts.
        while let Some(arrival) = arrivals.recv().await {
            let from = foreign.first().copied().filter(|_| foreign.len() == 1);
            listen_to_foreign(from, arrival, &post);
        }
    });
    Ok(mesh)
}

impl Mesh {
    fn add(&mut self, peer: Option<MachineId>, arrival: Arrival, post: &Post, speaks_labctl: bool) {
        let Some(peer) = peer else { return };
        let stream = Arc::new(arrival.stream);
        self.links.push(Link::new(peer, Arc::clone(&stream)));
        if speaks_labctl {
            self.streams.insert(peer, Arc::clone(&stream));
        }
        // A foreign machine says nothing on the connection we made to it, but
        // closing it there must not go unread.
        spawn_reader(
            Some(peer).filter(|_| speaks_labctl),
            stream,
            arrival.splitter,
            arrival.first_bytes,
            post,
        );
    }
}

fn listen_to_foreign(from: Option<MachineId>, arrival: Arrival, post: &Post) {
    spawn_reader(from, Arc::new(arrival.stream), arrival.splitter, arrival.first_bytes, post);
}

fn spawn_reader(
    peer: Option<MachineId>,
    stream: Arc<TcpStream>,
    splitter: Splitter,
    first: Vec<u8>,
    post: &Post,
) {
    let reader =
        Reader { peer, stream, inbox: Arc::clone(&post.inbox), clock: Arc::clone(&post.clock), splitter };
    tokio::spawn(reader.run(first));
}

/// Says the same thing no more often than a person wants to read it.
struct ReportEvery(Mutex<Moment>);

impl ReportEvery {
    fn new() -> ReportEvery {
        ReportEvery(Mutex::new(Moment::now()))
    }

    fn tell(&self, post: &Post, machine: MachineId, text: &str) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Moment::now();
        if now.since(*last) >= REPORT_EVERY {
            *last = now;
            (post.observer)(Notice { machine, text: text.to_owned() });
        }
    }
}

/// One outgoing connection in the making.
struct Call {
    peer: MachineId,
    address: SocketAddr,
    is_foreign: bool,
    roster: Arc<Roster>,
    deadline: time::Instant,
}

impl Call {
    /// Tries until the peer is there, more and more slowly.
    async fn connect(self, observer: Observer) -> Result<(MachineId, Arrival), MeshError> {
        let mut back_off = BACK_OFF_FIRST;
        let mut reported = time::Instant::now();
        loop {
            let why = match time::timeout_at(self.deadline, self.try_once()).await {
                Ok(Ok(Ok(arrival))) => return Ok((self.peer, arrival)),
                Ok(Ok(Err(why))) => {
                    return Err(MeshError::Refused { peer: self.peer, address: self.address, why });
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            if time::Instant::now() + back_off >= self.deadline {
                let (peer, address, patience) = (self.peer, self.address, self.roster.patience);
                return Err(MeshError::Absent { peer, address, patience, why });
            }
            if reported.elapsed() >= REPORT_EVERY {
                reported = time::Instant::now();
                let text = format!(
                    "machine {} at {} is not there yet ({why}), trying again",
                    self.peer, self.address
                );
                observer(Notice { machine: self.roster.own, text });
            }
            time::sleep(back_off).await;
            back_off = (back_off * 2).min(BACK_OFF_MAX);
        }
    }

    /// One try; the inner error is a refusal, which is final. A failed socket
    /// is dropped, and so closed, before the next try.
    async fn try_once(&self) -> io::Result<Result<Arrival, String>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        if self.is_foreign {
            let (splitter, first_bytes) = (Splitter::default(), Vec::new());
            return Ok(Ok(Arrival { peer: Some(self.peer), stream, splitter, first_bytes }));
        }
        write_all(&stream, &wire::line(&Said::Hello(self.roster.hello()))).await?;
        let (said, rest) = read_line(&stream).await?;
        match said {
            Said::Hello(hello) if hello == (Hello { machine: self.peer, ..self.roster.hello() }) => {
                let splitter = Splitter::default();
                Ok(Ok(Arrival { peer: Some(self.peer), stream, splitter, first_bytes: rest }))
            }
            Said::Refused(why) => Ok(Err(why)),
            _ => Ok(Err("it is not that machine of this run".to_owned())),
        }
    }
}

impl Roster {
    fn hello(&self) -> Hello {
        Hello { run: self.run.clone(), machine: self.own, token: self.token.clone() }
    }

    /// Why a connection that says this is not let in.
    fn objection(&self, hello: &Hello) -> Option<String> {
        if hello.run != self.run {
            return Some(format!("this is run {}, not {}: the specs differ", self.run, hello.run));
        }
        if hello.token != self.token {
            return Some("the token is wrong".to_owned());
        }
        let expected = self.addresses.contains_key(&hello.machine) && !self.foreign.contains(&hello.machine);
        if !expected || hello.machine < self.own {
            return Some(format!("machine {} is not expected here", hello.machine));
        }
        None
    }
}

/// Takes in connections for as long as the machine runs.
struct Door {
    roster: Arc<Roster>,
    post: Post,
    /// Peers that have their connection.
    seated: Arc<Mutex<BTreeSet<MachineId>>>,
    arrivals: mpsc::UnboundedSender<Arrival>,
}

impl Door {
    async fn keep(self, listener: TcpListener) {
        let door = Arc::new(self);
        let places = Arc::new(Semaphore::new(HELLOS_AT_ONCE));
        loop {
            let Ok((stream, from)) = listener.accept().await else {
                // Out of descriptors, most likely: give others time to close theirs.
                time::sleep(BACK_OFF_MAX).await;
                continue;
            };
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let door = Arc::clone(&door);
            tokio::spawn(async move {
                if let Err(why) = door.receive(stream).await {
                    door.post.inbox.notice(format!("a connection from {from} was refused: {why}"));
                }
                drop(place);
            });
        }
    }

    async fn receive(&self, stream: TcpStream) -> Result<(), String> {
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let patience = if self.roster.open { FOREIGN_PATIENCE } else { HELLO_PATIENCE };
        let mut heard = Vec::new();
        let read = time::timeout(patience, read_line_into(&stream, &mut heard)).await;
        let said = match read {
            Ok(Ok((said, rest))) => Some((said, rest)),
            Ok(Err(error)) => return Err(format!("it did not say who it is ({error})")),
            Err(_) => None,
        };
        match said {
            Some((Said::Hello(hello), rest)) => self.seat(stream, hello, rest).await,
            _ if self.roster.open => {
                let arrival =
                    Arrival { peer: None, stream, splitter: Splitter::default(), first_bytes: heard };
                self.arrivals.send(arrival).map_err(|_| "the run is over".to_owned())
            }
            _ => {
                let why = "it did not say who it is; `[network] open = true` lets strangers in";
                self.refuse(&stream, why).await;
                Err(why.to_owned())
            }
        }
    }

    async fn seat(&self, stream: TcpStream, hello: Hello, rest: Vec<u8>) -> Result<(), String> {
        let objection = self.roster.objection(&hello).or_else(|| {
            let is_new = self.seated.lock().unwrap_or_else(PoisonError::into_inner).insert(hello.machine);
            (!is_new).then(|| format!("machine {} is connected already", hello.machine))
        });
        if let Some(why) = objection {
            self.refuse(&stream, &why).await;
            return Err(why);
        }
        let welcome = wire::line(&Said::Hello(self.roster.hello()));
        write_all(&stream, &welcome).await.map_err(|error| error.to_string())?;
        let (peer, splitter) = (Some(hello.machine), Splitter::default());
        self.arrivals
            .send(Arrival { peer, stream, splitter, first_bytes: rest })
            .map_err(|_| "the run is over".to_owned())
    }

    async fn refuse(&self, stream: &TcpStream, why: &str) {
        // The stranger may have gone already, and need not hear it.
        let _ = write_all(stream, &wire::line(&Said::Refused(why.to_owned()))).await;
    }
}

/// Writes all of it, waiting where it must.
pub async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn read_line(stream: &TcpStream) -> io::Result<(Said, Vec<u8>)> {
    read_line_into(stream, &mut Vec::new()).await
}

/// Reads until the first line is whole; gives it and what came after it.
/// `heard` holds all that was read, also when the wait is broken off.
async fn read_line_into(stream: &TcpStream, heard: &mut Vec<u8>) -> io::Result<(Said, Vec<u8>)> {
    let invalid = |error: wire::WireError| io::Error::new(io::ErrorKind::InvalidData, error);
    let mut buffer = [0; wire::LINE_BYTES_MAX];
    loop {
        stream.readable().await?;
        match stream.try_read(&mut buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => heard.extend_from_slice(&buffer[..bytes]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        if let Some(end) = memchr::memchr(b'\n', heard) {
            let mut first = None;
            Splitter::default().feed(&heard[..=end], |said| first = Some(said)).map_err(invalid)?;
            return Ok((first.unwrap_or(Said::Other), heard[end + 1..].to_vec()));
        }
        if heard.len() > wire::LINE_BYTES_MAX {
            return Err(invalid(wire::WireError::TooLong));
        }
    }
}
