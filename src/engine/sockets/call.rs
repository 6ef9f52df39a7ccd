//! A call: one outgoing connection in the making, tried until the peer is there.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time;

use super::handshake::{Arrival, read_line, write_all};
use super::mesh::{MeshError, REPORT_EVERY};
use super::roster::Roster;
use crate::engine::wire::{self, Said};
use crate::engine::{Notice, Observer};
use crate::model::event::MachineId;

const BACK_OFF_FIRST: Duration = Duration::from_millis(5);
const BACK_OFF_MAX: Duration = Duration::from_millis(500);

/// One outgoing connection in the making.
pub struct Call {
    pub peer: MachineId,
    pub address: SocketAddr,
    pub is_foreign: bool,
    pub roster: Arc<Roster>,
    pub deadline: time::Instant,
}

impl Call {
    /// Tries until the peer is there, more and more slowly.
    pub async fn connect(self, observer: Observer) -> Result<Arrival, MeshError> {
        let mut back_off = BACK_OFF_FIRST;
        let mut reported = time::Instant::now();
        loop {
            let why = match time::timeout_at(self.deadline, self.try_once()).await {
                Ok(Ok(Ok(arrival))) => return Ok(arrival),
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
            return Ok(Ok(Arrival { peer: self.peer, stream, first_bytes: Vec::new() }));
        }
        write_all(&stream, &wire::line(&Said::Hello(self.roster.hello_to(self.peer)))).await?;
        let (said, rest) = read_line(&stream).await?;
        match said {
            Said::Hello(hello) if self.roster.is_answer(&hello, self.peer) => {
                Ok(Ok(Arrival { peer: self.peer, stream, first_bytes: rest }))
            }
            Said::Refused(why) => Ok(Err(why)),
            _ => Ok(Err("it is not that machine of this run".to_owned())),
        }
    }
}
