//! The words of a format: what it calls kinds of events and the numbers of lines.

use super::dice::Dice;
use crate::text::capital::capitalised;

#[derive(Clone, Debug)]
pub struct Words {
    pub send: String,
    pub receive: String,
    pub internal: String,
    /// A send to all, where its recipients are not listed.
    pub all: String,
    pub time: &'static str,
    pub clock: &'static str,
    pub queue: &'static str,
    pub message_clock: &'static str,
    pub from: &'static str,
    pub to: &'static str,
}

const KINDS: [(&str, &str, &str); 19] = [
    ("send", "receive", "internal"),
    ("sent", "received", "internal event"),
    ("send", "recv", "internal"),
    ("sent message", "received message", "internal event"),
    ("message sent", "message received", "internal event"),
    ("tx", "rx", "local"),
    ("send event", "receive event", "local event"),
    ("snd", "rcv", "int"),
    ("outgoing", "incoming", "internal"),
    ("msg_send", "msg_recv", "internal"),
    ("send_msg", "recv_msg", "internal_event"),
    ("sending", "processing message", "internal computation"),
    ("dispatch", "dequeue", "compute"),
    ("S", "R", "I"),
    ("event: send", "event: receive", "event: internal"),
    ("sent a message", "got a message", "internal event occurred"),
    ("type=send", "type=receive", "type=internal"),
    ("message_sent", "message_processed", "internal_event"),
    ("out", "in", "internal"),
];

const CLOCKS: [&str; 14] = [
    "clock",
    "logical clock",
    "LC",
    "Logical Clock Time",
    "lamport",
    "Clock",
    "logical_clock",
    "logical time",
    "LogicalClock",
    "local clock",
    "lc",
    "Lamport Clock",
    "clock value",
    "L",
];
const QUEUES: [&str; 12] = [
    "queue",
    "queue length",
    "Queue Length",
    "q",
    "qlen",
    "queue_size",
    "msgs in queue",
    "Queue",
    "messages left",
    "pending",
    "queue len",
    "Message Queue Length",
];
const MESSAGE_CLOCKS: [&str; 8] = [
    "message clock",
    "msg clock",
    "sender clock",
    "received clock",
    "msg_clock",
    "sender's clock",
    "message",
    "received timestamp",
];
const TIMES: [&str; 9] =
    ["time", "system time", "global time", "t", "timestamp", "Time", "sys_time", "System Time", "wall"];

impl Words {
    pub fn drawn(dice: &mut Dice) -> Words {
        let (send, receive, internal) = dice.one_of(&KINDS);
        let all = dice.one_of(&["all", "broadcast", "both", "send_all", "everyone", "all machines"]);
        let case = dice.one_of(&[lower, upper, capitalised]);
        Words {
            send: case(send),
            receive: case(receive),
            internal: case(internal),
            all: case(all),
            time: dice.one_of(&TIMES),
            clock: dice.one_of(&CLOCKS),
            queue: dice.one_of(&QUEUES),
            message_clock: dice.one_of(&MESSAGE_CLOCKS),
            from: dice.one_of(&["from", "sender", "src", "from machine", "source"]),
            to: dice.one_of(&["to", "recipient", "dst", "to machine", "target", "recipients"]),
        }
    }
}

fn lower(word: &str) -> String {
    word.to_lowercase()
}

fn upper(word: &str) -> String {
    word.to_uppercase()
}
