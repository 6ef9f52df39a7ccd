//! What the words of logs say: of the kind of an event, and of what a number
//! next to them is.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::event::Kind;

/// A kind as words tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword {
    pub kind: Kind,
    pub is_to_all: bool,
    /// A word says so; else the clocks do.
    pub is_word: bool,
}

/// Words that say who a message is from or for, and not what happened.
const PEOPLE: [&str; 6] = ["sender", "senders", "receiver", "receivers", "recipient", "recipients"];
/// Of a message that reached the queue, which is no event of the machine.
const ARRIVAL: [&str; 5] = ["arriv", "enqueu", "queued", "buffered", "added to"];

/// Whether words number a run.
pub fn is_run(words: &str) -> bool {
    ["run", "trial", "exp", "test", "sim", "iter", "round"].iter().any(|word| words.contains(word))
}

/// Whether the last of these words is one for machines.
pub fn names_machines(words: &str) -> bool {
    let last = tokens(&words.to_lowercase()).pop();
    last.is_some_and(|(_, word)| NOUNS.contains(&word.as_str()))
}

/// Whether words speak of a message on its way into the queue.
pub fn is_arrival(words: &str) -> bool {
    // `3 queued` counts them.
    let words = words.replace("# queued", "#").replace("# buffered", "#");
    let joined: String = tokens(&words).iter().map(|(_, word)| format!(" {word}")).collect();
    ARRIVAL.iter().any(|word| find(&joined, word).is_some())
}

/// Beginnings of words; those of five letters or fewer are whole words.
const RECEIVE: [&str; 25] = [
    "receiv",
    "recv",
    "reciev",
    "rcv",
    "rcvd",
    "rx",
    "got",
    "incoming",
    "inbound",
    "deliver",
    "pop",
    "popped",
    "dequeu",
    "consum",
    "processed",
    "processing",
    "process message",
    "process msg",
    "read",
    "handl",
    "rec",
    "get",
    "gets",
    "msg_in",
    "message_in",
];
const SEND: [&str; 20] = [
    "send",
    "sent",
    "snd",
    "tx",
    "outgoing",
    "outbound",
    "emit",
    "dispatch",
    "transmit",
    "post",
    "broadcast",
    "multicast",
    "unicast",
    "bcast",
    "msg_out",
    "message_out",
    "out",
    "message to",
    "msg to",
    "publish",
];
const INTERNAL: [&str; 14] = [
    "internal",
    "local event",
    "local_event",
    "localevent",
    "local",
    "int",
    "idle",
    "comput",
    "noop",
    "no-op",
    "own event",
    "inner",
    "work",
    "step",
];
const ALL: [&str; 15] = [
    "broadcast",
    "bcast",
    "multi",
    "double",
    "both",
    "all",
    "everyone",
    "everybody",
    "others",
    "everyone else",
    "cast",
    "all_",
    "sendall",
    "*",
    "every",
];

/// The words of a text: runs of letters, each with its place.
fn tokens(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut last: Option<char> = None;
    for (at, char) in text.char_indices() {
        if char.is_alphabetic() || char == '*' || char == '-' && last.is_some_and(char::is_alphabetic) {
            match found.last_mut() {
                Some((_, word)) if last.is_some_and(|last| last.is_alphabetic() || last == '-') => {
                    word.push(char)
                }
                _ => found.push((at, char.to_string())),
            }
        }
        last = Some(char);
    }
    found
}

/// The kind that words tell, without those of `common`, which all lines have.
pub fn kind(words: &str, common: &[String]) -> Option<Keyword> {
    let outside = without_labels(words);
    let found = of_words(&outside, common)
        .or_else(|| of_letters(&outside, common))
        .or_else(|| of_words(words, common))?;
    let is_to_all = found.is_to_all || found.kind == Kind::Send && has_all(words, common);
    Some(Keyword { is_to_all, ..found })
}

/// Whether a word stands for all machines.
fn has_all(words: &str, common: &[String]) -> bool {
    let told = tokens(words).into_iter().filter(|(_, word)| !common.contains(word));
    let joined: String = told.map(|(_, word)| format!(" {word}")).collect();
    ALL.iter().any(|word| find(&joined, word).is_some())
}

/// The words without those that only say what a number is: `sender: #`.
fn without_labels(words: &str) -> String {
    let mut kept = String::new();
    for part in words.split_inclusive('#') {
        let Some(text) = part.strip_suffix('#') else {
            kept += part;
            continue;
        };
        let bare = text.trim_end_matches(|char: char| " =:-\"'([{>".contains(char));
        let after = |stops: &dyn Fn(char) -> bool| {
            bare.rfind(stops).map_or(0, |at| at + bare[at..].chars().next().map_or(1, char::len_utf8))
        };
        let phrase =
            after(&|char| "|,;\t\n()[]{}#".contains(char)).max(bare.rfind(" - ").map_or(0, |at| at + 3));
        let word = after(&|char: char| !char.is_alphanumeric() && char != '_');
        let label = |from: usize| {
            of_label(&bare[from..], Some(Kind::Receive)).or(of_label(&bare[from..], Some(Kind::Send)))
        };
        let from = match label(phrase) {
            Some(Quantity::From | Quantity::To | Quantity::Machine) | None if label(word).is_some() => word,
            Some(Quantity::From | Quantity::To | Quantity::Machine) | None => text.len(),
            Some(_) => phrase,
        };
        kept += text.get(..from).unwrap_or(text);
        // A letter that stands for a kind is no part of the label behind it.
        let first = text.get(from..).unwrap_or_default().split_whitespace().next();
        kept.extend(
            first.filter(|word| word.len() == 1 && from < text.len()).map(|word| format!(" {word} ")),
        );
        kept.push('#');
    }
    kept
}

/// Single letters that stand for kinds.
fn of_letters(words: &str, common: &[String]) -> Option<Keyword> {
    let letters: Vec<(usize, String)> =
        tokens(words).into_iter().filter(|(_, word)| word.len() == 1 && !common.contains(word)).collect();
    let joined: String = tokens(words).iter().map(|(_, word)| format!(" {word}")).collect();
    letters.iter().find_map(|(_, word)| {
        let kind = match word.as_str() {
            "i" => Kind::Internal,
            "r" => Kind::Receive,
            "s" | "b" => Kind::Send,
            _ => return None,
        };
        let is_to_all =
            kind == Kind::Send && (word == "b" || ALL.iter().any(|word| find(&joined, word).is_some()));
        Some(Keyword { kind, is_to_all, is_word: true })
    })
}

fn of_words(words: &str, common: &[String]) -> Option<Keyword> {
    let tokens: Vec<(usize, String)> = tokens(words)
        .into_iter()
        .filter(|(_, word)| !common.contains(word) && !PEOPLE.contains(&word.as_str()))
        .collect();
    let joined: String = tokens.iter().map(|(_, word)| format!(" {word}")).collect();
    let first = |of: &[&str]| of.iter().filter_map(|word| find(&joined, word)).min();
    let mut found =
        [(first(&RECEIVE), Kind::Receive), (first(&SEND), Kind::Send), (first(&INTERNAL), Kind::Internal)]
            .into_iter()
            .filter_map(|(at, kind)| Some((at?, kind)))
            .collect::<Vec<_>>();
    found.sort_by_key(|(at, _)| *at);
    let (_, kind) = *found.first()?;
    let is_to_all =
        kind == Kind::Send && ALL.iter().any(|word| find(&joined, word).is_some() || words.contains("_all"));
    Some(Keyword { kind, is_to_all, is_word: true })
}

/// Where a word begins; one of five letters or fewer has to end there too.
fn find(joined: &str, word: &str) -> Option<usize> {
    let is_short = word.len() <= 5 && !matches!(word, "send" | "sent" | "recv" | "arriv");
    let mut from = 0;
    while let Some(at) = joined[from..].find(word).map(|at| at + from) {
        let begins = at == 0 || joined[..at].ends_with([' ', '_', '-']);
        let end = at + word.len();
        let ends = joined[end..].chars().next().is_none_or(|char| matches!(char, ' ' | '_' | '-'));
        if begins && (!is_short || ends) {
            return Some(at);
        }
        from = end;
    }
    None
}

/// The words that stand in nearly all lines: texts with the number of their lines.
pub fn common<'a>(texts: impl Iterator<Item = (&'a str, usize)>, all: usize) -> Vec<String> {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (text, count) in texts {
        let words: BTreeSet<String> = tokens(text).into_iter().map(|(_, word)| word).collect();
        for word in words {
            *lines.entry(word).or_default() += count;
        }
    }
    lines.into_iter().filter(|(_, count)| count * 100 >= all * 97).map(|(word, _)| word).collect()
}

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Clock,
    MessageClock,
    Queue,
    From,
    To,
    Machine,
    /// Anything else that is named: a count of ticks, a port, the clock before.
    Other,
}

/// What the words before a number, or else those after it, say that it is.
pub fn quantity(before: &str, after: &str, kind: Option<Kind>) -> Option<Quantity> {
    const LINKS: [&str; 8] = ["at", "is", "of", "with", "has", "was", "on", "and"];
    let last = before.split(|char: char| !char.is_alphanumeric()).rfind(|word| !word.is_empty());
    let is_open = last.is_none_or(|word| LINKS.contains(&word));
    of_label(before, kind).or_else(|| if is_open { of_label(after, kind) } else { None })
}

/// What machines are called; the first twelve also stand for one by themselves.
pub const NOUNS: [&str; 24] = [
    "machine",
    "machines",
    "vm",
    "vms",
    "process",
    "node",
    "nodes",
    "server",
    "client",
    "host",
    "peer",
    "peers",
    "id",
    "m",
    "p",
    "port",
    "localhost",
    "proc",
    "#",
    "ports",
    "processes",
    "servers",
    "clients",
    "hosts",
];
const FROM: [&str; 7] = ["from", "sender", "src", "source", "by", "origin", "frm"];
const TO: [&str; 11] = [
    "to",
    "recipient",
    "recipients",
    "receiver",
    "receivers",
    "target",
    "targets",
    "dst",
    "dest",
    "destination",
    "destinations",
];

fn of_label(label: &str, kind: Option<Kind>) -> Option<Quantity> {
    let words: Vec<String> = label
        .split(|char: char| !char.is_alphanumeric() && char != '#')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    // The words nearest to the number say most.
    let near = &words[words.len().saturating_sub(5)..];
    let last = near.last()?.as_str();
    let has = |of: &[&str]| near.iter().any(|word| of.iter().any(|one| word.contains(one)));
    let is = |of: &[&str]| near.iter().any(|word| of.contains(&word.as_str()));
    let is_receive = kind == Some(Kind::Receive);
    let is_send = kind == Some(Kind::Send);
    let is_lamport = has(&["clock", "lamport", "logical"])
        || is(&["lc", "lt", "clk", "lclk", "ltime", "lts", "mlc", "lclock"])
        || matches!(last, "c" | "l");
    let is_foreign = has(&["sender", "receiv", "recv", "remote", "incoming", "their", "carri", "peer"])
        || is(&[
            "msg", "message", "mlc", "there", "sent", "mclock", "msgclock", "rc", "mc", "payload", "content",
            "body", "stamp",
        ]);
    let is_queue = has(&[
        "qlen",
        "qsize",
        "remaining",
        "backlog",
        "pending",
        "inbox",
        "mailbox",
        "buffer",
        "unread",
        "waiting",
        "outstanding",
    ]) || near
        .iter()
        .any(|word| word.contains("queue") && !word.contains("dequeu") && !word.contains("enqueu"))
        || is(&["q", "ql", "qs", "left", "len"]);
    let bare: Vec<&str> = near.iter().map(String::as_str).filter(|word| !NOUNS.contains(word)).collect();
    let stem = bare.last().copied().unwrap_or_default();
    let is_peer = bare.is_empty() && is(&["peer", "peers", "partner", "other"]);
    // `its clock to machine 2` names the machine.
    let is_clock_word = !NOUNS.contains(&last) && (is_lamport || is(&["time", "timestamp", "ts"]));
    if is_receive && (FROM.contains(&stem) || is_peer) && !is_clock_word {
        return Some(Quantity::From);
    }
    if is_send && (TO.contains(&stem) || is_peer) && !is_clock_word {
        return Some(Quantity::To);
    }
    if has(&["rate", "speed", "hz", "port", "pid", "seed", "version"])
        || is(&["old", "prev", "previous", "seq", "sequence", "tick", "ticks", "line"]) && !is_queue
    {
        return Some(Quantity::Other);
    }
    if is_queue {
        return Some(Quantity::Queue);
    }
    if is_lamport {
        return Some(if is_foreign && is_receive { Quantity::MessageClock } else { Quantity::Clock });
    }
    if is_receive
        && is_foreign
        && is(&["time", "timestamp", "ts", "stamp", "value", "payload", "content", "body"])
    {
        return Some(Quantity::MessageClock);
    }
    if bare.is_empty() && NOUNS[..12].contains(&near[0].as_str()) {
        return Some(Quantity::Machine);
    }
    None
}

/// Whether words speak of a clock's rate.
pub fn is_rate(words: &str) -> bool {
    const RATE: [&str; 22] = [
        "clock rate",
        "clock_rate",
        "clockrate",
        "clock speed",
        "clock_speed",
        "tick rate",
        "tick_rate",
        "tickrate",
        "ticks per",
        "ticks:",
        "per second",
        "hz",
        "ticks/s",
        "ticks / s",
        "frequency",
        "speed",
        "rate",
        "instructions per",
        "operations per",
        "events per",
        "tps",
        "ops",
    ];
    RATE.iter().any(|word| words.contains(word))
}
