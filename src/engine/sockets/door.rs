//! The door: takes in connections for as long as a machine runs, and turns
//! away whoever may not come in.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time;

use super::handshake::{Arrival, read_line_into, write_all};
use super::inbox::Inbox;
use super::roster::Roster;
use crate::engine::wire::{self, Hello, Said};
use crate::event::MachineId;

/// A stranger gets this long to say who it is.
const HELLO_PATIENCE: Duration = Duration::from_secs(2);
/// Where foreign peers are let in, a silent connection counts as one after this.
const FOREIGN_PATIENCE: Duration = Duration::from_millis(200);
/// Connections that may be saying who they are at the same time.
const HELLOS_AT_ONCE: usize = 128;
/// After the system would not give a connection.
const ACCEPT_AGAIN: Duration = Duration::from_millis(500);

/// Takes in connections for as long as the machine runs.
pub struct Door {
    pub roster: Arc<Roster>,
    pub inbox: Arc<Inbox>,
    /// Peers that have their connection.
    pub seated: Arc<Mutex<BTreeSet<MachineId>>>,
    pub arrivals: mpsc::UnboundedSender<Arrival>,
}

impl Door {
    /// Runs until the runtime does.
    pub async fn keep(self, listener: TcpListener) {
        let door = Arc::new(self);
        let places = Arc::new(Semaphore::new(HELLOS_AT_ONCE));
        loop {
            let Ok((stream, from)) = listener.accept().await else {
                // Out of descriptors, most likely: give others time to close theirs.
                time::sleep(ACCEPT_AGAIN).await;
                continue;
            };
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let door = Arc::clone(&door);
            tokio::spawn(async move {
                if let Err(why) = door.receive(stream).await {
                    door.inbox.notice(format!("a connection from {from} was refused: {why}"));
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
                let arrival = Arrival { peer: None, stream, first_bytes: heard };
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
        let peer = Some(hello.machine);
        self.arrivals
            .send(Arrival { peer, stream, first_bytes: rest })
            .map_err(|_| "the run is over".to_owned())
    }

    async fn refuse(&self, stream: &TcpStream, why: &str) {
        // The stranger may have gone already, and need not hear it.
        let _ = write_all(stream, &wire::line(&Said::Refused(why.to_owned()))).await;
    }
}
