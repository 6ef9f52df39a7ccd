//! The meeting: everything between a machine's listening and its start, as a
//! state machine. [`Meeting::step`] is given the time, says to the peers what is
//! due, and says when it wants to be woken; it never waits itself. So every wait
//! has an end and hears the stop, and a test can drive many in one thread.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::barrier::Barrier;
use super::context::ConnectionContext;
use super::dialer::{Dialer, REPORT_EVERY};
use super::link::{Connection, Link, Trouble};
use super::mesh_error::MeshError;
use super::pace::{Epoch, MonotonicTime};
use super::peers::Peers;
use crate::engine::{Notice, StopSwitch};
use crate::log::EndReason;
use crate::model::event::MachineId;

/// How often something that others change is looked at, before all connections
/// stand and after.
const GLANCE: Duration = Duration::from_millis(5);
const GLANCE_AT_BARRIER: Duration = Duration::from_millis(1);
/// How often at least a peer is sent the start before it is given up: that this
/// machine slept meanwhile on a busy host is not the peer's fault.
const TRIES_MIN: u32 = 20;

/// One machine on its way to the start.
pub struct Meeting<C> {
    known_peers: Arc<Peers>,
    context: ConnectionContext,
    stop: StopSwitch,
    epoch: Epoch,
    /// Where this machine listens.
    own: SocketAddr,
    links: Vec<Link<C>>,
    /// Peers that this machine dials and that are not there yet.
    dialed: BTreeSet<MachineId>,
    /// Peers that dial this machine and have not yet.
    expected: BTreeSet<MachineId>,
    deadline: MonotonicTime,
    report_at: Option<MonotonicTime>,
    barrier: Option<Barrier>,
    /// How often the start could not be reported to all.
    tries: u32,
    stopped_at: Option<MonotonicTime>,
    failure: Option<MeshError>,
}

/// What the meeting comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next step at this moment, or when a connection stands.
    Wait(MonotonicTime),
    /// All start at this time, in nanoseconds since the Unix epoch.
    Start(i64),
    /// Somebody has stopped the run before it began.
    Stopped,
}

impl<C: Connection> Meeting<C> {
    pub fn new(
        known_peers: Arc<Peers>,
        context: ConnectionContext,
        stop: StopSwitch,
        epoch: Epoch,
        own: SocketAddr,
        now: MonotonicTime,
    ) -> Meeting<C> {
        let is_dialed = |peer: &MachineId| known_peers.foreign.contains(peer) || *peer < known_peers.own;
        let (dialed, expected) = known_peers.addresses.keys().partition(|peer| is_dialed(peer));
        let deadline = now.after(known_peers.patience);
        Meeting {
            known_peers,
            context,
            stop,
            epoch,
            own,
            links: Vec::new(),
            dialed,
            expected,
            deadline,
            report_at: None,
            barrier: None,
            tries: 0,
            stopped_at: None,
            failure: None,
        }
    }

    /// The connections that this machine has to make: to those who were there
    /// before, and to foreign machines.
    pub fn dialers(&self, now: MonotonicTime) -> Vec<Dialer> {
        let dialer = |peer: &MachineId| {
            let address = *self.known_peers.addresses.get(peer)?;
            Some(Dialer::new(*peer, address, Arc::clone(&self.known_peers), now, self.deadline))
        };
        self.dialed.iter().filter_map(dialer).collect()
    }

    /// The connection of this peer stands, or never will.
    pub fn hear(&mut self, outcome: Result<(MachineId, C), MeshError>) {
        match outcome {
            Ok((peer, connection)) => {
                self.dialed.remove(&peer);
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
    pub fn step(&mut self, now: MonotonicTime) -> Result<Step, MeshError> {
        match self.go_on(now) {
            // What goes wrong among machines that are stopped is that they leave.
            Err(_) if self.stop.reason() == Some(EndReason::Interrupted) => Ok(Step::Stopped),
            outcome => outcome,
        }
    }

    fn go_on(&mut self, now: MonotonicTime) -> Result<Step, MeshError> {
        self.flush(now)?;
        if let Some(step) = self.begin(now)? {
            return Ok(step);
        }
        if self.is_stopped(now) {
            return Ok(Step::Stopped);
        }
        if let Some(error) = self.failure.take().or_else(|| self.context.trouble()) {
            return Err(error);
        }
        if self.barrier.is_none() && !self.is_complete(now)? {
            return Ok(Step::Wait(now.after(GLANCE)));
        }
        let barrier = self.barrier.get_or_insert_with(|| {
            Barrier::new(Arc::clone(&self.known_peers), self.context.clone(), self.epoch, now)
        });
        let words = barrier.step(now)?;
        for (peer, said) in words {
            self.links.iter_mut().filter(|link| link.peer == peer).for_each(|link| link.say(&said));
        }
        self.flush(now)?;
        Ok(self.begin(now)?.unwrap_or(Step::Wait(now.after(GLANCE_AT_BARRIER))))
    }

    /// Whether the start is known here and all that had to be said is on its
    /// way. From when this machine has named the start there is no way back: a
    /// stop is heard after it.
    fn begin(&mut self, now: MonotonicTime) -> Result<Option<Step>, MeshError> {
        let waiting = self.links.iter().find(|link| link.backlog_bytes() > 0);
        let named = self.barrier.as_ref().and_then(Barrier::named);
        match (named, waiting) {
            (Some(named), None) => Ok(Some(Step::Start(named.unix_ns))),
            (Some(named), Some(link)) if now >= named.until && self.tries >= TRIES_MIN => {
                Err(MeshError::NotTold { peer: link.peer })
            }
            (Some(_), Some(_)) => {
                self.tries += 1;
                Ok(Some(Step::Wait(now.after(GLANCE_AT_BARRIER))))
            }
            (None, None) if self.barrier.is_some() => Ok(self.context.inbox.go_unix_ns().map(Step::Start)),
            (None, _) => Ok(None),
        }
    }

    fn is_stopped(&mut self, now: MonotonicTime) -> bool {
        if self.stop.reason().is_none() {
            return false;
        }
        let stopped_at = *self.stopped_at.get_or_insert(now);
        now.since(stopped_at) >= self.barrier.as_ref().map_or(Duration::ZERO, Barrier::patience)
    }

    /// Whether all connections stand.
    fn is_complete(&mut self, now: MonotonicTime) -> Result<bool, MeshError> {
        // Those that are dialed are reported by their dialers.
        let Some(peer) = self.expected.first().copied() else { return Ok(self.dialed.is_empty()) };
        if !self.dialed.is_empty() {
            return Ok(false);
        }
        if now >= self.deadline {
            let (address, patience) = (self.own, self.known_peers.patience);
            return Err(MeshError::NeverCame { peer, address, patience });
        }
        if now >= *self.report_at.get_or_insert(now.after(REPORT_EVERY)) {
            self.report_at = None;
            let text = format!("machine {peer} has not connected to {} yet, waiting", self.own);
            (self.context.observer)(Notice { machine: self.known_peers.own, text });
        }
        Ok(false)
    }

    fn flush(&mut self, now: MonotonicTime) -> Result<(), MeshError> {
        for link in &mut self.links {
            if let Err(Trouble::Broken(source)) = link.flush(now) {
                return Err(MeshError::Broken { peer: link.peer, source });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeMap;
    use std::io;
    use std::rc::Rc;

    use super::*;
    use crate::engine::Token;
    use crate::engine::sockets::inbox::Strangers;
    use crate::engine::wire::CLOCK_MAX;

    const BEGINNING: MonotonicTime = MonotonicTime::at_ns(1_000_000_000);

    /// Takes nothing until it is ordered to.
    #[derive(Clone, Default)]
    struct Valve(Rc<Cell<bool>>);

    impl Connection for Valve {
        fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.get() { Ok(bytes.len()) } else { Err(io::ErrorKind::WouldBlock.into()) }
        }
    }

    /// Machine `own` of three, with its connections, whose valves are shut, and
    /// its switch.
    fn meeting(own: u32) -> (Meeting<Valve>, ConnectionContext, StopSwitch, Vec<Valve>) {
        let address = |id: u32| SocketAddr::from(([10, 0, 0, id as u8], 5000));
        let peers: Vec<u32> = (1..=3).filter(|id| *id != own).collect();
        let known_peers = Peers {
            own: MachineId(own),
            run: "r".into(),
            token: Token::of([7; 16]),
            addresses: peers.iter().map(|id| (MachineId(*id), address(*id))).collect::<BTreeMap<_, _>>(),
            foreign: BTreeSet::new(),
            open: false,
            patience: Duration::from_secs(3),
        };
        let strangers = Strangers { machines: BTreeSet::new(), backlog: 1, clock_max: CLOCK_MAX };
        let context = ConnectionContext::new(&known_peers, strangers, Arc::new(|_| {}));
        let stop = StopSwitch::default();
        let epoch = Epoch::at(BEGINNING, 0);
        let mut meeting = Meeting::new(
            Arc::new(known_peers),
            context.clone(),
            stop.clone(),
            epoch,
            address(own),
            BEGINNING,
        );
        let valves: Vec<Valve> = peers.iter().map(|_| Valve::default()).collect();
        for (peer, valve) in peers.iter().zip(&valves) {
            meeting.hear(Ok((MachineId(*peer), valve.clone())));
        }
        (meeting, context, stop, valves)
    }

    fn after_ms(ms: u64) -> MonotonicTime {
        BEGINNING.after(Duration::from_millis(ms))
    }

    #[test]
    fn a_stop_between_two_words_of_the_start_is_heard_after_it() {
        let (mut meeting, context, stop, valves) = meeting(1);
        [2, 3].iter().for_each(|id| context.inbox.peer_ready(MachineId(*id)));
        valves[0].0.set(true);
        assert!(matches!(meeting.step(after_ms(0)), Ok(Step::Wait(_))), "machine 3 is not reported yet");
        stop.interrupt();
        assert!(matches!(meeting.step(after_ms(1)), Ok(Step::Wait(_))), "machine 2 begins, so all do");
        valves[1].0.set(true);
        assert!(matches!(meeting.step(after_ms(2)), Ok(Step::Start(_))));
    }

    #[test]
    fn a_machine_that_cannot_be_told_the_start_is_not_waited_for_without_end() {
        let (mut meeting, context, _, valves) = meeting(1);
        [2, 3].iter().for_each(|id| context.inbox.peer_ready(MachineId(*id)));
        valves[0].0.set(true);
        assert!(matches!(meeting.step(after_ms(0)), Ok(Step::Wait(_))));
        let gave_up = (1..300).find_map(|ms| Some((ms, meeting.step(after_ms(ms)).err()?)));
        assert!(matches!(gave_up, Some((200, MeshError::NotTold { peer: MachineId(3) }))), "{gave_up:?}");
    }

    #[test]
    fn a_first_machine_that_slept_does_not_give_up_a_peer_for_that() {
        let (mut meeting, context, _, valves) = meeting(1);
        [2, 3].iter().for_each(|id| context.inbox.peer_ready(MachineId(*id)));
        assert!(matches!(meeting.step(after_ms(0)), Ok(Step::Wait(_))));
        assert!(matches!(meeting.step(after_ms(900)), Ok(Step::Wait(_))), "its first try since");
        valves.iter().for_each(|valve| valve.0.set(true));
        assert!(matches!(meeting.step(after_ms(901)), Ok(Step::Start(_))));
    }

    #[test]
    fn a_machine_whose_word_does_not_leave_gives_up_in_time_or_at_a_stop() {
        let (mut waiting, _, _, _) = meeting(2);
        assert!(matches!(waiting.step(after_ms(0)), Ok(Step::Wait(_))));
        let outcome = waiting.step(after_ms(4000));
        assert!(matches!(outcome, Err(MeshError::NotReady { peer: MachineId(1), .. })), "{outcome:?}");

        let (mut waiting, _, stop, _) = meeting(2);
        assert!(matches!(waiting.step(after_ms(0)), Ok(Step::Wait(_))));
        stop.interrupt();
        assert!(matches!(waiting.step(after_ms(1)), Ok(Step::Wait(_))), "the start may be on its way");
        assert_eq!(waiting.step(after_ms(201)).unwrap(), Step::Stopped);
    }

    #[test]
    fn before_the_barrier_a_stop_is_heard_at_once_and_after_it_the_named_start_first() {
        let (mut follower, context, stop, valves) = meeting(3);
        valves.iter().for_each(|valve| valve.0.set(true));
        assert!(matches!(follower.step(after_ms(0)), Ok(Step::Wait(_))));
        stop.interrupt();
        assert!(matches!(follower.step(after_ms(10)), Ok(Step::Wait(_))));
        context.inbox.go(77);
        assert_eq!(follower.step(after_ms(20)).unwrap(), Step::Start(77));

        let (mut leader, _, stop, _) = meeting(1);
        stop.interrupt();
        assert_eq!(leader.step(after_ms(0)).unwrap(), Step::Stopped);
    }

    #[test]
    fn a_machine_that_left_and_came_again_is_said_to_have_left() {
        let (mut meeting, context, _, _) = meeting(1);
        assert!(context.connected.take(MachineId(2)));
        context.inbox.peer_gone(MachineId(2));
        assert!(!context.connected.take(MachineId(2)));
        let outcome = meeting.step(after_ms(0));
        assert!(matches!(outcome, Err(MeshError::LeftEarly { peer: MachineId(2) })), "{outcome:?}");
    }
}
