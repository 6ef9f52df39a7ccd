//! A rule about arrivals: the first to come is the first to be received.

use super::context::{Context, at, seconds};
use super::finding::Findings;
use super::times::arrival;
use super::{Evidence, Rule};

pub(super) static QUEUE_ORDER: Rule = Rule {
    id: "queue-order",
    rests_on: Evidence::Receives,
    reason: "messages are received in the order in which they arrived",
    page: "\
A queue gives back first what came first, whoever sent it. Where a log says how long each message waited,
its arrival is known: no RECEIVE's message may have come before one that was received earlier.

On real sockets two messages from two machines may come into the queue in another order than that of their
stamps, by up to a tenth of a second of real time; so much is granted. `link-order` holds the messages of
one machine against each other, whatever the stamps are.

Broken by: a stack in place of the queue, a queue sorted by clock, a wait that is counted wrong.",
    check: queue_order,
};

fn queue_order(context: &Context<'_>, findings: &mut Findings) {
    let mut timeless = false;
    for machine in context.machines() {
        let trust = context.trust(machine);
        // The message that came last of those that were received so far.
        let mut latest: Option<(i64, u32)> = None;
        for receive in machine.receive_ids() {
            if machine.waited_us(receive.index).is_none() {
                timeless = true;
                continue;
            }
            let (arrived_us, _) = arrival(machine, receive.index, trust);
            let overtaken = latest.filter(|(us, _)| arrived_us.saturating_add(trust.slack_us) < *us);
            if let Some((us, earlier)) = overtaken {
                findings.add(machine.id(), machine.line(receive.index), || {
                    let early = seconds(us.saturating_sub(arrived_us));
                    let text = format!("the message came {early} before one that was received earlier");
                    (text, vec![at(machine, earlier)])
                });
            }
            latest = latest.max(Some((arrived_us, receive.index)));
        }
    }
    if timeless {
        findings.unknown("the logs do not say when messages arrived");
    }
    context.doubt_stamps(findings);
}
