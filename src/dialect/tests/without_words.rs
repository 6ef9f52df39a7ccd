//! Formats of programs whose words nobody knows, or whose lines look like no others:
//! what the clocks tell of them.

use std::collections::BTreeMap;

use super::formats::dice::Dice;
use super::formats::expected::Expected;
use super::formats::share::Share;
use super::formats::simulation::{Event, Happening, Model, ToAll, simulated};
use crate::dialect::Sample;
use crate::model::event::Kind;

/// A way of logging.
struct Format {
    name: &'static str,
    /// The log of a machine, which is counted from 0.
    path: fn(usize) -> String,
    /// The lines of an event.
    lines: fn(&Event) -> String,
    /// Whether they tell the queue, the sender and the recipients.
    tells: [bool; 3],
}

/// The text for an INTERNAL, a RECEIVE, a SEND and a SEND to all.
fn of_kind(event: &Event, texts: [String; 4]) -> String {
    let [internal, receive, send, send_to_all] = texts;
    match event.kind {
        Kind::Internal => internal,
        Kind::Receive => receive,
        Kind::Send if event.to.len() > 1 => send_to_all,
        Kind::Send => send,
    }
}

fn from(event: &Event) -> usize {
    event.message.as_ref().map_or(0, |message| message.from)
}

fn to(event: &Event) -> usize {
    event.to.first().copied().unwrap_or(0)
}

/// Hours, minutes and seconds from ten o'clock on.
fn clock_time(event: &Event) -> String {
    let ms = (event.time_s * 1000.0) as u64;
    format!("10:{:02}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000)
}

const PEOPLE: [&str; 3] = ["Ann", "Ben", "Cat"];

const FORMATS: [Format; 12] = [
    Format {
        name: "codes",
        path: |machine| format!("m{}.log", machine + 1),
        lines: |event| {
            let code = of_kind(event, [0, 1, 2, 3].map(|code| code.to_string()));
            format!("{:.4} {code} {} {}", 1.7e9 + event.time_s, event.clock, event.queue)
        },
        tells: [true, false, true],
    },
    Format {
        name: "signs",
        path: |machine| format!("g{}.log", machine + 1),
        lines: |event| {
            let (from, to, clock, queue) = (from(event) + 1, to(event) + 1, event.clock, event.queue);
            let text = of_kind(
                event,
                [
                    format!("-- {clock}"),
                    format!("<< {from} {clock} (q {queue})"),
                    format!(">> {to} {clock}"),
                    format!(">> all {clock}"),
                ],
            );
            format!("{:.3} {text}", event.time_s)
        },
        tells: [true, true, true],
    },
    Format {
        name: "colours",
        path: |machine| format!("process{machine}.log"),
        lines: |event| {
            let text = of_kind(
                event,
                [
                    "\x1b[33mINTERNAL\x1b[0m".to_owned(),
                    format!("\x1b[34mRECEIVE\x1b[0m from {} queue {}", from(event), event.queue),
                    format!("\x1b[35mSEND\x1b[0m to {}", to(event)),
                    "\x1b[35mSEND\x1b[0m to all".to_owned(),
                ],
            );
            format!("\x1b[32m{}\x1b[0m {text} clock {}", clock_time(event), event.clock)
        },
        tells: [true, true, true],
    },
    Format {
        name: "another language",
        path: |machine| format!("logs/m{}.log", machine + 1),
        lines: |event| {
            let (from, to, clock) = (from(event) + 1, to(event) + 1, event.clock);
            let text = of_kind(
                event,
                [
                    format!("evento interno, reloj {clock}"),
                    format!("mensaje recibido de {from}, reloj {clock}, cola {}", event.queue),
                    format!("mensaje enviado a {to}, reloj {clock}"),
                    format!("mensaje enviado a todos, reloj {clock}"),
                ],
            );
            format!("{} {text}", clock_time(event))
        },
        tells: [true, true, true],
    },
    Format {
        name: "another script",
        path: |machine| format!("m{}.log", machine + 1),
        lines: |event| {
            let (from, to) = (from(event) + 1, to(event) + 1);
            let text = of_kind(
                event,
                [
                    "内部事件".to_owned(),
                    format!("收到来自 {from} 的消息 队列={}", event.queue),
                    format!("发送消息给 {to}"),
                    "发送消息给所有机器".to_owned(),
                ],
            );
            format!("{} {text} 时钟={}", clock_time(event), event.clock)
        },
        tells: [true, true, true],
    },
    Format {
        name: "names that lines capitalise",
        path: |machine| format!("{}.log", PEOPLE[machine].to_lowercase()),
        lines: |event| {
            let clock = event.clock;
            let text = of_kind(
                event,
                [
                    format!("did something at {clock}"),
                    format!("heard from {} at {clock}, {} to go", PEOPLE[from(event)], event.queue),
                    format!("wrote to {} at {clock}", PEOPLE[to(event)]),
                    format!("wrote to everyone at {clock}"),
                ],
            );
            format!("{} {} {text}", clock_time(event), PEOPLE[event.machine])
        },
        tells: [true, true, true],
    },
    Format {
        name: "two lines for an event",
        path: |machine| format!("machine-{}.log", machine + 1),
        lines: |event| {
            let time = clock_time(event).replace("10:", "2:");
            let time = time.split('.').next().unwrap_or_default();
            let text = of_kind(
                event,
                [
                    "Internal event".to_owned(),
                    format!("Received from {}, queue {}", from(event) + 1, event.queue),
                    format!("Sent to {}", to(event) + 1),
                    "Sent to all".to_owned(),
                ],
            );
            format!("Mar 06, 2023 {time} PM lab.Machine run\nINFO: {text}, clock {}", event.clock)
        },
        tells: [true, true, true],
    },
    Format {
        name: "a field a line",
        path: |machine| format!("machine{}.txt", machine + 1),
        lines: |event| {
            let kind = of_kind(event, ["internal", "receive", "send", "send_all"].map(str::to_owned));
            let queue = if event.kind == Kind::Receive {
                format!("\n  queue: {}", event.queue)
            } else {
                String::new()
            };
            format!("- event: {kind}\n  time: {:.3}\n  clock: {}{queue}", 1.7e9 + event.time_s, event.clock)
        },
        tells: [true, false, true],
    },
    Format {
        name: "identifiers",
        path: |machine| format!("exp1/machine_{}_{}.log", machine + 1, [2, 5, 3][machine]),
        lines: |event| {
            let text = of_kind(
                event,
                [
                    "internal".to_owned(),
                    format!("recv from machine {} backlog {}", from(event) + 1, event.queue),
                    format!("send to machine {}", to(event) + 1),
                    format!("send to machines {}", both(event, " and ")),
                ],
            );
            // Multiplied by a large odd number, clocks look like anything.
            let id = (event.clock as u32).wrapping_mul(2_654_435_761) ^ event.machine as u32;
            format!("{} [{id:08x}] {text} lc {}", clock_time(event), event.clock)
        },
        tells: [true, true, true],
    },
    Format {
        name: "days before months",
        path: |machine| format!("m{}.log", machine + 1),
        lines: |event| {
            let text = of_kind(
                event,
                [
                    "INTERN".to_owned(),
                    format!("RECEIVE von={} Rest={}", from(event) + 1, event.queue),
                    format!("SEND an={}", to(event) + 1),
                    "SEND an=alle".to_owned(),
                ],
            );
            format!("26.03.2023 {} {text} Uhr={}", clock_time(event), event.clock)
        },
        tells: [true, true, true],
    },
    Format {
        name: "clocks before and after",
        path: |machine| format!("vm{machine}.log"),
        lines: |event| {
            let text = of_kind(
                event,
                [
                    "INTERNAL".to_owned(),
                    format!("RECEIVE from {} (queue: {})", from(event), event.queue),
                    format!("SEND to {}", to(event)),
                    "SEND to all".to_owned(),
                ],
            );
            format!("{} {text} LC {} -> {}", clock_time(event), event.clock_before, event.clock)
        },
        tells: [true, true, true],
    },
    Format {
        name: "ports",
        path: |machine| format!("localhost_{}.log", 5001 + machine),
        lines: |event| {
            let text = of_kind(
                event,
                [
                    "Internal event".to_owned(),
                    format!("Received message from port {} - queue {}", 5001 + from(event), event.queue),
                    format!("Sent message to port {}", 5001 + to(event)),
                    format!("Sent message to ports {}", both_ports(event)),
                ],
            );
            format!("{} - {text} - logical clock {}", clock_time(event), event.clock)
        },
        tells: [true, true, true],
    },
];

fn both(event: &Event, between: &str) -> String {
    let names: Vec<String> = event.to.iter().map(|to| (to + 1).to_string()).collect();
    names.join(between)
}

fn both_ports(event: &Event) -> String {
    let names: Vec<String> = event.to.iter().map(|to| (5001 + to).to_string()).collect();
    names.join(", ")
}

/// How much of three logs in a format is read right.
fn share(format: &Format) -> Share {
    let model = Model {
        clock_rates: vec![2, 5, 3],
        duration_s: 40.0,
        internal_percent: 70,
        first_clock: 0,
        to_all: ToAll::OneEvent,
    };
    let (mut texts, mut expected) = (BTreeMap::<String, String>::new(), BTreeMap::new());
    for happening in simulated(&model, &mut Dice::new(1)) {
        let Happening::Event(event) = happening else { continue };
        let path = (format.path)(event.machine);
        let text = texts.entry(path.clone()).or_default();
        let line = text.lines().count() as u64 + 1;
        *text += &format!("{}\n", (format.lines)(&event));
        let [has_queue, has_sender, has_recipients] = format.tells;
        let is_receive = event.kind == Kind::Receive;
        let is_known = event.kind == Kind::Send && (has_recipients && has_sender || event.to.len() > 1);
        let wanted = Expected {
            machine: event.machine as u32 + 1,
            kind: event.kind,
            clock: event.clock,
            queue: (is_receive && has_queue).then_some(event.queue),
            from: (is_receive && has_sender).then(|| from(&event) as u32 + 1),
            to: is_known.then(|| event.to.iter().map(|to| *to as u32 + 1).collect()),
        };
        expected.insert((path, line), wanted);
    }
    let samples: Vec<Sample> =
        texts.into_iter().map(|(path, text)| Sample { path, text: text.into_bytes() }).collect();
    Share::of(&samples, &expected)
}

#[test]
fn the_clocks_tell_what_no_known_word_does() {
    for format in &FORMATS {
        let share = share(format);
        assert!(
            share.value() > 0.99,
            "{}: {:.3} {:?} {}",
            format.name,
            share.value(),
            share.causes,
            share.example
        );
        let inference = share.inference.unwrap();
        assert!(inference.is_sound(), "{}: {inference:?}", format.name);
    }
}
