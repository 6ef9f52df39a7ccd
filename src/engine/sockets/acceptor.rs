//! The acceptor: takes in connections for as long as a machine runs, and turns
//! away whoever may not come in. All hand-shakes go on side by side; nobody
//! waits behind a stranger that says nothing.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{self, AbortHandle};
use tokio::time;

use super::arrivals::{Arrivals, spawn_reader};
use super::context::ConnectionContext;
use super::handshake::SILENT;
use super::pace::MonotonicTime;
use super::peers::Peers;
use super::stream::{self, write_all};
use super::unheard::Unheard;
use super::visitor::{First, HELLO_PATIENCE, Verdict, Visitor};
use crate::engine::wire::{self, Said};
use crate::model::event::MachineId;

/// After the system would not give a connection, and none could be dropped for it.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Takes in connections for as long as the machine runs.
pub struct Acceptor {
    pub known_peers: Arc<Peers>,
    pub context: ConnectionContext,
    pub arrivals: Arrivals,
    pub unheard: Unheard<AbortHandle>,
}

impl Acceptor {
    /// Runs until the runtime does.
    pub async fn keep(self, listener: TcpListener) {
        let acceptor = Arc::new(self);
        loop {
            match listener.accept().await {
                Ok((stream, from)) => Acceptor::admit(&acceptor, stream, from),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // Out of descriptors, most likely: a silent stranger gives one
                // back, or others get time to close theirs.
                Err(_) => match acceptor.unheard.take_oldest() {
                    Some(oldest) => oldest.abort(),
                    None => time::sleep(ACCEPT_AGAIN).await,
                },
            }
            // Those that were taken in are looked at before the next.
            task::yield_now().await;
        }
    }

    fn admit(acceptor: &Arc<Acceptor>, stream: TcpStream, from: SocketAddr) {
        let oldest = acceptor.unheard.admit(|number| {
            let acceptor = Arc::clone(acceptor);
            let receive = async move {
                if let Err(why) = acceptor.receive(stream, from, number).await {
                    acceptor.context.tell_of_stranger(format!("a connection from {from} was refused: {why}"));
                }
            };
            tokio::spawn(receive).abort_handle()
        });
        if let Some(oldest) = oldest {
            oldest.abort();
            let text = "a connection that said nothing was dropped: there are too many of them";
            acceptor.context.tell_of_stranger(text.to_owned());
        }
    }

    async fn receive(&self, stream: TcpStream, from: SocketAddr, number: u64) -> Result<(), String> {
        let first = self.first(&stream).await;
        if !self.unheard.leave(number) {
            return Ok(());
        }
        match Verdict::on(first, from, &self.known_peers, &self.context) {
            Verdict::Admit { peer, welcome, rest } => self.connect(peer, stream, &welcome, rest).await,
            Verdict::Listen { speaker, said } => {
                spawn_reader(None, Some(speaker), Arc::new(stream), said, &self.context);
                Ok(())
            }
            Verdict::Refuse { why } => {
                // The stranger may have gone already, and need not hear it.
                let _ = say(&stream, &wire::line(&Said::Refused(why.clone()))).await;
                Err(why)
            }
        }
    }

    /// What a connection says first, in time.
    async fn first(&self, stream: &TcpStream) -> Result<First, String> {
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let mut visitor = Visitor::new(self.known_peers.open, MonotonicTime::now());
        let leaves_at = visitor.leaves_at();
        let hearing = async {
            let mut buffer = stream::EMPTY;
            if let Some(first) = stream::read_now(stream, &mut buffer).and_then(|read| visitor.hear(read)) {
                return first;
            }
            loop {
                if let Some(first) = visitor.hear(stream::read(stream, &mut buffer).await) {
                    return first;
                }
            }
        };
        match leaves_at {
            None => hearing.await,
            Some(leaves_at) => {
                let patience = leaves_at.since(MonotonicTime::now());
                time::timeout(patience, hearing).await.unwrap_or_else(|_| Err(SILENT.to_owned()))
            }
        }
    }

    async fn connect(
        &self,
        peer: MachineId,
        stream: TcpStream,
        welcome: &[u8],
        rest: Vec<u8>,
    ) -> Result<(), String> {
        if let Err(error) = say(&stream, welcome).await {
            self.context.connected.give_back(peer);
            return Err(error.to_string());
        }
        let stream = Arc::new(stream);
        let arrival = Ok((peer, Arc::clone(&stream)));
        self.arrivals.send(arrival).map_err(|_| "the run is over".to_owned())?;
        spawn_reader(Some(peer), None, stream, rest, &self.context);
        Ok(())
    }
}

async fn say(stream: &TcpStream, line: &[u8]) -> io::Result<()> {
    time::timeout(HELLO_PATIENCE, write_all(stream, line)).await?
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::TcpStream as Client;

    use std::io::{BufRead, BufReader, Write};

    use tokio::sync::mpsc;

    use super::*;
    use crate::engine::Token;
    use crate::engine::sockets::inbox::{InFlight, Strangers};
    use crate::engine::sockets::mesh;
    use crate::model::event::MachineId;

    /// Nobody's silence is cut short in an open network, so whoever waited
    /// behind these would wait for ever.
    #[test]
    fn a_machine_is_heard_while_strangers_are_silent_without_end() {
        let runtime = super::super::runtime().unwrap();
        let (sender, mut arrivals) = mpsc::unbounded_channel();
        let machine = |id, port: u16| (MachineId(id), SocketAddr::from(([127, 0, 0, 1], port)));
        let known_peers = Peers {
            own: MachineId(1),
            run: "r".into(),
            token: Token::of([7; 16]),
            addresses: BTreeMap::from([machine(2, 1), machine(3, 2)]),
            foreign: BTreeSet::new(),
            open: true,
            patience: Duration::from_secs(600),
        };
        let hello = known_peers.token.hello("r", MachineId(2), MachineId(1));
        let strangers = Strangers { machines: BTreeSet::new(), backlog: 1, clock_max: 1 };
        let context = ConnectionContext::new(&known_peers, strangers, Arc::new(|_| {}));
        let inbox = Arc::clone(&context.inbox);
        let address = runtime.block_on(async {
            let listener = mesh::listen("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = listener.local_addr().unwrap();
            let (known_peers, unheard) = (Arc::new(known_peers), Unheard::new(4));
            tokio::spawn(Acceptor { known_peers, context, arrivals: sender, unheard }.keep(listener));
            address
        });
        let silent: Vec<Client> = (0..300).map(|_| Client::connect(address).unwrap()).collect();
        let mut client = Client::connect(address).unwrap();
        client.write_all(&wire::line(&Said::Hello(hello))).unwrap();
        let mut answer = String::new();
        BufReader::new(client).read_line(&mut answer).unwrap();
        assert!(answer.starts_with("labctl-hello:r 1 "), "{answer}");
        assert_eq!(runtime.block_on(arrivals.recv()).unwrap().unwrap().0, MachineId(2));
        let mut in_flight = InFlight::default();
        inbox.empty_into(&mut in_flight);
        let notices = in_flight.notices;
        let dropped = notices.iter().filter(|notice| notice.contains("was dropped")).count();
        assert_eq!(
            (dropped, notices.len()),
            (100, 101),
            "296 or more were, and that is reported in few lines"
        );
        drop(silent);
    }
}
