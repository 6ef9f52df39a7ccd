//! The door: takes in connections for as long as a machine runs, and turns
//! away whoever may not come in. All hand-shakes go on side by side; nobody
//! waits behind a stranger that says nothing.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::{task, time};

use super::handshake::{Arrival, First, read_first, write_all};
use super::mesh::{Post, spawn_reader};
use super::roster::Roster;
use super::unheard::Unheard;
use crate::engine::wire::{self, Hello, Said};

/// A stranger gets this long to say who it is. In an open network it may be
/// silent for longer: a foreign machine says nothing before its first message.
const HELLO_PATIENCE: Duration = Duration::from_secs(2);
/// After the system would not give a connection, and none could be dropped for it.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
/// Lines in the log about strangers; more are only counted.
const NOTICES_MAX: u64 = 100;
/// What a stranger that gives no answer in time is told.
const SILENT: &str = "it did not say who it is; `[network] open = true` lets strangers in";

/// Takes in connections for as long as the machine runs.
pub struct Door {
    pub roster: Arc<Roster>,
    pub post: Post,
    pub arrivals: mpsc::UnboundedSender<Arrival>,
    pub unheard: Unheard,
    pub notices: AtomicU64,
}

impl Door {
    /// Runs until the runtime does.
    pub async fn keep(self, listener: TcpListener) {
        let door = Arc::new(self);
        loop {
            match listener.accept().await {
                Ok((stream, from)) => Door::admit(&door, stream, from),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // Out of descriptors, most likely: a silent stranger gives one
                // back, or others get time to close theirs.
                Err(_) if door.unheard.drop_oldest() => {}
                Err(_) => time::sleep(ACCEPT_AGAIN).await,
            }
            // Those that were taken in are looked at before the next.
            task::yield_now().await;
        }
    }

    fn admit(door: &Arc<Door>, stream: TcpStream, from: SocketAddr) {
        let dropped_one = door.unheard.admit(|number| {
            let door = Arc::clone(door);
            let receive = async move {
                if let Err(why) = door.receive(stream, from, number).await {
                    door.notice(format!("a connection from {from} was refused: {why}"));
                }
            };
            tokio::spawn(receive).abort_handle()
        });
        if dropped_one {
            door.notice("a connection that said nothing was dropped: there are too many of them".to_owned());
        }
    }

    async fn receive(&self, stream: TcpStream, from: SocketAddr, number: u64) -> Result<(), String> {
        let first = self.first(&stream).await;
        if !self.unheard.leave(number) {
            return Ok(());
        }
        match first {
            Ok(First::Hello(hello, rest)) => self.seat(stream, hello, rest).await,
            Ok(First::Message(heard)) if self.roster.open => {
                let speaker = self.post.foreign.begin(from.ip());
                if self.post.foreign.is_crowded() {
                    self.notice(format!(
                        "{from} sends messages too, and the spec has one foreign machine: whose messages are whose is unknown"
                    ));
                }
                spawn_reader(None, Some(speaker), Arc::new(stream), heard, &self.post);
                Ok(())
            }
            Ok(First::Message(_)) => {
                self.refuse(&stream, SILENT).await;
                Err(SILENT.to_owned())
            }
            Err(why) => {
                self.refuse(&stream, &why).await;
                Err(why)
            }
        }
    }

    /// What a connection says first, in time.
    async fn first(&self, stream: &TcpStream) -> Result<First, String> {
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let reading = read_first(stream, self.roster.open);
        let read = if self.roster.open {
            reading.await
        } else {
            time::timeout(HELLO_PATIENCE, reading).await.map_err(|_| SILENT.to_owned())?
        };
        match read {
            Ok(Some(first)) => Ok(first),
            Ok(None) => Err(SILENT.to_owned()),
            Err(error) => Err(format!("it did not say who it is ({error})")),
        }
    }

    async fn seat(&self, stream: TcpStream, hello: Hello, rest: Vec<u8>) -> Result<(), String> {
        let machine = hello.machine;
        let objection = self.roster.objection(&hello).or_else(|| {
            let is_taken = !self.post.seats.take(machine);
            is_taken.then(|| format!("machine {machine} is connected already"))
        });
        if let Some(why) = objection {
            self.refuse(&stream, &why).await;
            return Err(why);
        }
        let welcome = wire::line(&Said::Hello(self.roster.hello_to(machine)));
        write_all(&stream, &welcome).await.map_err(|error| error.to_string())?;
        let arrival = Arrival { peer: machine, stream, first_bytes: rest };
        self.arrivals.send(arrival).map_err(|_| "the run is over".to_owned())
    }

    async fn refuse(&self, stream: &TcpStream, why: &str) {
        // The stranger may have gone already, and need not hear it.
        let _ = write_all(stream, &wire::line(&Said::Refused(why.to_owned()))).await;
    }

    /// Strangers are told of in the log, but cannot fill it.
    fn notice(&self, text: String) {
        match self.notices.fetch_add(1, Relaxed) {
            0..NOTICES_MAX => self.post.inbox.notice(text),
            NOTICES_MAX => self
                .post
                .inbox
                .notice(format!("more than {NOTICES_MAX} lines about strangers: the rest is left out")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::TcpStream as Client;

    use std::io::{BufRead, BufReader, Write};

    use super::*;
    use crate::engine::Token;
    use crate::engine::sockets::inbox::{Mail, Strangers};
    use crate::engine::sockets::mesh;
    use crate::model::event::MachineId;

    /// Nobody's silence is cut short in an open network, so whoever waited
    /// behind these would wait for ever.
    #[test]
    fn a_machine_is_heard_while_strangers_are_silent_without_end() {
        let runtime = super::super::runtime().unwrap();
        let (sender, mut arrivals) = mpsc::unbounded_channel();
        let machine = |id, port: u16| (MachineId(id), SocketAddr::from(([127, 0, 0, 1], port)));
        let roster = Roster {
            own: MachineId(1),
            run: "r".into(),
            token: Token::of([7; 16]),
            addresses: BTreeMap::from([machine(2, 1), machine(3, 2)]),
            foreign: BTreeSet::new(),
            open: true,
            patience: Duration::from_secs(600),
        };
        let hello = roster.token.hello("r", MachineId(2), MachineId(1));
        let strangers = Strangers { machines: BTreeSet::new(), backlog: 1, clock_max: 1 };
        let post = Post::new(&roster, strangers, Arc::new(|_| {}));
        let inbox = Arc::clone(&post.inbox);
        let address = runtime.block_on(async {
            let listener = mesh::listen("127.0.0.1:0".parse().unwrap()).unwrap();
            let address = listener.local_addr().unwrap();
            let (roster, notices, unheard) = (Arc::new(roster), AtomicU64::new(0), Unheard::new(4));
            tokio::spawn(Door { roster, post, arrivals: sender, unheard, notices }.keep(listener));
            address
        });
        let silent: Vec<Client> = (0..300).map(|_| Client::connect(address).unwrap()).collect();
        let mut client = Client::connect(address).unwrap();
        client.write_all(&wire::line(&Said::Hello(hello))).unwrap();
        let mut answer = String::new();
        BufReader::new(client).read_line(&mut answer).unwrap();
        assert!(answer.starts_with("labctl-hello:r 1 "), "{answer}");
        assert_eq!(runtime.block_on(arrivals.recv()).unwrap().peer, MachineId(2));
        let mut mail = Mail::default();
        inbox.empty_into(&mut mail);
        let notices = mail.notices;
        let dropped = notices.iter().filter(|notice| notice.contains("was dropped")).count();
        assert_eq!(
            (dropped, notices.len()),
            (100, 101),
            "296 or more were, and that is told of in few lines"
        );
        drop(silent);
    }
}
