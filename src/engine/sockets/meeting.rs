//! The meeting: everything between a machine's listening and its start, as a
//! state machine. [`Meeting::step`] is told the time, says to the peers what is
//! due, and says when it wants to be woken; it never waits itself. So every wait
//! has an end and hears the stop, and a test can drive many in one thread.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::barrier::Barrier;
use super::call::{Call, REPORT_EVERY};
use super::link::{Connection, Link, Trouble};
use super::mesh::MeshError;
use super::pace::{Epoch, Moment};
use super::post::Post;
use super::roster::Roster;
use crate::engine::{Notice, StopSwitch};
use crate::event::MachineId;
use crate::log::EndReason;

/// How often something that others change is looked at, before all connections
/// stand and after.
const GLANCE: Duration = Duration::from_millis(5);
const GLANCE_AT_BARRIER: Duration = Duration::from_millis(1);

/// One machine on its way to the start.
pub struct Meeting<C> {
    roster: Arc<Roster>,
    post: Post,
    stop: StopSwitch,
    epoch: Epoch,
    /// Where this machine listens.
    own: SocketAddr,
    links: Vec<Link<C>>,
    /// Peers that this machine calls and that are not there yet.
    called: BTreeSet<MachineId>,
    /// Peers that call this machine and have not yet.
    expected: BTreeSet<MachineId>,
    deadline: Moment,
    report_at: Option<Moment>,
    barrier: Option<Barrier>,
    stopped_at: Option<Moment>,
    failure: Option<MeshError>,
}

/// What the meeting comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next step at this moment, or when a connection stands.
    Wait(Moment),
    /// All start at this time, in nanoseconds since the Unix epoch.
    Start(i64),
    /// Somebody has stopped the run before it began.
    Stopped,
}

impl<C: Connection> Meeting<C> {
    pub fn new(
        roster: Arc<Roster>,
        post: Post,
        stop: StopSwitch,
        epoch: Epoch,
        own: SocketAddr,
        now: Moment,
    ) -> Meeting<C> {
        let is_called = |peer: &MachineId| roster.foreign.contains(peer) || *peer < roster.own;
        let (called, expected) = roster.addresses.keys().partition(|peer| is_called(peer));
        let deadline = now.after(roster.patience);
        Meeting {
            roster,
            post,
            stop,
            epoch,
            own,
            links: Vec::new(),
            called,
            expected,
            deadline,
            report_at: None,
            barrier: None,
            stopped_at: None,
            failure: None,
        }
    }

    /// The connections that this machine has to make: to those who were there
    /// before, and to foreign machines.
    pub fn calls(&self, now: Moment) -> Vec<Call> {
        let call = |peer: &MachineId| {
            let address = *self.roster.addresses.get(peer)?;
            Some(Call::new(*peer, address, Arc::clone(&self.roster), now, self.deadline))
        };
        self.called.iter().filter_map(call).collect()
    }

    /// The connection of this peer stands, or never will.
    pub fn hear(&mut self, outcome: Result<(MachineId, C), MeshError>) {
        match outcome {
            Ok((peer, connection)) => {
                self.called.remove(&peer);
                self.expected.remove(&peer);
                self.links.push(Link::new(peer, connection));
            }
            Err(error) => drop(self.failure.get_or_insert(error)),
        }
    }

    /// The links to all peers, in the order of their ids.
    pub fn into_links(mut self) -> Vec<Link<C>> {
        self.links.sort_by_key(|link| link.peer);
        self.links
    }

    /// Does what is due at `now`, which never runs backwards from step to step.
    ///
    /// # Errors
    ///
    /// The run cannot begin. There is no next step then.
    pub fn step(&mut self, now: Moment) -> Result<Step, MeshError> {
        match self.go_on(now) {
            // What goes wrong among machines that are stopped is that they leave.
            Err(_) if self.stop.reason() == Some(EndReason::Interrupted) => Ok(Step::Stopped),
            outcome => outcome,
        }
    }

    fn go_on(&mut self, now: Moment) -> Result<Step, MeshError> {
        self.flush(now)?;
        if let Some(step) = self.begin(now)? {
            return Ok(step);
        }
        if self.is_stopped(now) {
            return Ok(Step::Stopped);
        }
        if let Some(error) = self.failure.take().or_else(|| self.post.trouble()) {
            return Err(error);
        }
        if self.barrier.is_none() && !self.is_complete(now)? {
            return Ok(Step::Wait(now.after(GLANCE)));
        }
        let barrier = self.barrier.get_or_insert_with(|| Barrier::new(&self.roster, now));
        let words = barrier.step(now, &self.roster, &self.post, &self.epoch)?;
        for (peer, said) in words {
            self.links.iter_mut().filter(|link| link.peer == peer).for_each(|link| link.say(&said));
        }
        self.flush(now)?;
        Ok(self.begin(now)?.unwrap_or(Step::Wait(now.after(GLANCE_AT_BARRIER))))
    }

    /// Whether the start is known here and all that had to be said is on its
    /// way. From when this machine has named the start there is no way back: a
    /// stop is heard after it.
    fn begin(&self, now: Moment) -> Result<Option<Step>, MeshError> {
        let waiting = self.links.iter().find(|link| link.backlog_bytes() > 0);
        let named = self.barrier.as_ref().and_then(Barrier::named);
        match (named, waiting) {
            (Some(named), None) => Ok(Some(Step::Start(named.unix_ns))),
            (Some(named), Some(link)) if now >= named.until => Err(MeshError::NotTold { peer: link.peer }),
            (Some(_), Some(_)) => Ok(Some(Step::Wait(now.after(GLANCE_AT_BARRIER)))),
            (None, None) if self.barrier.is_some() => Ok(self.post.inbox.go_unix_ns().map(Step::Start)),
            (None, _) => Ok(None),
        }
    }

    fn is_stopped(&mut self, now: Moment) -> bool {
        if self.stop.reason().is_none() {
            return false;
        }
        let stopped_at = *self.stopped_at.get_or_insert(now);
        now.since(stopped_at) >= self.barrier.as_ref().map_or(Duration::ZERO, Barrier::patience)
    }

    /// Whether all connections stand.
    fn is_complete(&mut self, now: Moment) -> Result<bool, MeshError> {
        // Those that are called are told of by their calls.
        let Some(peer) = self.expected.first().copied() else { return Ok(self.called.is_empty()) };
        if !self.called.is_empty() {
            return Ok(false);
        }
        if now >= self.deadline {
            let (address, patience) = (self.own, self.roster.patience);
            return Err(MeshError::NeverCame { peer, address, patience });
        }
        if now >= *self.report_at.get_or_insert(now.after(REPORT_EVERY)) {
            self.report_at = None;
            let text = format!("machine {peer} has not connected to {} yet, waiting", self.own);
            (self.post.observer)(Notice { machine: self.roster.own, text });
        }
        Ok(false)
    }

    fn flush(&mut self, now: Moment) -> Result<(), MeshError> {
        for link in &mut self.links {
            if let Err(Trouble::Broken(source)) = link.flush(now) {
                return Err(MeshError::Broken { peer: link.peer, source });
            }
        }
        Ok(())
    }
}
