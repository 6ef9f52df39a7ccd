//! One event as a line, or a record of several, of a format.

use super::format::{Format, List, Part, Style};
use super::simulation::Event;
use crate::model::event::Kind;

/// What a line says of one part.
struct Said {
    part: Part,
    label: String,
    value: String,
    /// In quotes, where the style has any.
    is_word: bool,
}

/// The text of an event's line; `to` are the recipients that this line names.
pub fn line(format: &Format, event: &Event, to: &[usize]) -> String {
    let style = format.style;
    if let Style::Sentence(nth) = style {
        return sentence(format, nth, event, to);
    }
    let said = said(format, event, to);
    match style {
        Style::Labels { between, after_label } => labelled(&said, between, after_label),
        Style::Arrow { between } => labelled(&said, between, ": "),
        Style::Record { after_label } => labelled(&said, "\n", after_label) + "\n",
        Style::Columns { between, .. } => values(&said).join(between),
        Style::Padded { .. } => padded(&values(&said)),
        Style::Json => format!("{{{}}}", quoted(&said, '"')),
        Style::PythonDict => format!("{{{}}}", quoted(&said, '\'')),
        Style::Sentence(_) => String::new(),
    }
}

/// The line that names the columns, where there is one.
pub fn head(format: &Format) -> Option<String> {
    let words = &format.words;
    let name = |part: &Part| match part {
        Part::Kind => "event",
        Part::Time => words.time,
        Part::Clock => words.clock,
        Part::Queue => words.queue,
        Part::Peer => "peer",
        Part::MessageClock => words.message_clock,
    };
    let names: Vec<String> = columns(format).iter().map(|part| name(part).to_owned()).collect();
    match format.style {
        Style::Columns { between, has_head: true } => Some(names.join(between)),
        Style::Padded { has_head: true } => Some(padded(&names)),
        _ => None,
    }
}

fn is_in_columns(style: Style) -> bool {
    matches!(style, Style::Columns { .. } | Style::Padded { .. })
}

/// The columns of a format that has them, in their order.
fn columns(format: &Format) -> Vec<Part> {
    let has_peers = format.logs.from || format.logs.to;
    let is_column = |part: &Part| match part {
        Part::MessageClock => false,
        Part::Peer => has_peers,
        _ => true,
    };
    format.order.iter().copied().filter(is_column).collect()
}

fn said(format: &Format, event: &Event, to: &[usize]) -> Vec<Said> {
    let words = &format.words;
    let peer = peer(format, event, to);
    let is_arrow = matches!(format.style, Style::Arrow { .. });
    let joins = is_arrow || format.peer_at_kind && matches!(format.style, Style::Labels { .. });
    let mut kind = kind_word(format, event, to);
    if let Some(peer) = peer.as_ref().filter(|_| joins) {
        let own = format!("{}{}", format.names.noun, format.names.machines[event.machine]);
        kind = match event.kind {
            Kind::Receive if is_arrow => format!("{peer} -> {own}"),
            _ if is_arrow => format!("{own} -> {peer}"),
            Kind::Receive => format!("{kind} from {peer}"),
            _ => format!("{kind} to {peer}"),
        };
    }
    let has_queue = event.kind == Kind::Receive || format.logs.queue_of_all;
    let has_message = format.logs.message_clock && event.kind == Kind::Receive;
    let peer_label = if event.kind == Kind::Receive { words.from } else { words.to };
    let is_first = |part| format.order.first() == Some(&part);
    let mut said = Vec::new();
    for part in &format.order {
        let (label, value) = match part {
            Part::Kind if matches!(format.style, Style::Json | Style::PythonDict) => {
                ("event", Some(kind.clone()))
            }
            Part::Kind => ("", Some(kind.clone())),
            Part::Time
                if is_first(Part::Time) && !matches!(format.style, Style::Json | Style::PythonDict) =>
            {
                ("", Some(format.stamp.text(event.time_s)))
            }
            Part::Time => (words.time, Some(format.stamp.text(event.time_s))),
            Part::Clock => (words.clock, Some(clock(format, event))),
            Part::Queue => (words.queue, has_queue.then(|| queue(format, event))),
            Part::Peer => (peer_label, peer.clone().filter(|_| !joins)),
            Part::MessageClock => {
                let clock = event.message.as_ref().map(|message| message.clock.to_string());
                (words.message_clock, clock.filter(|_| has_message))
            }
        };
        let is_missing_column = is_in_columns(format.style) && columns(format).contains(part);
        let Some(value) = value.or_else(|| is_missing_column.then(|| format.blank.to_owned())) else {
            continue;
        };
        let is_word = value.parse::<f64>().is_err() && !value.starts_with('[');
        said.push(Said { part: *part, label: label.to_owned(), value, is_word });
    }
    said
}

fn kind_word(format: &Format, event: &Event, to: &[usize]) -> String {
    let words = &format.words;
    let word = match event.kind {
        Kind::Internal => words.internal.clone(),
        Kind::Receive => words.receive.clone(),
        Kind::Send if to.len() > 1 && !format.logs.to => format!("{} {}", words.send, words.all),
        Kind::Send => words.send.clone(),
    };
    if format.kind_in_brackets && !matches!(format.style, Style::Json | Style::PythonDict) {
        return format!("[{word}]");
    }
    word
}

/// Whom the line names besides its own machine.
fn peer(format: &Format, event: &Event, to: &[usize]) -> Option<String> {
    let names = &format.names;
    let name = |machine: usize| format!("{}{}", names.noun, names.machines[machine]);
    match event.kind {
        Kind::Internal => None,
        Kind::Receive => event.message.as_ref().filter(|_| format.logs.from).map(|it| name(it.from)),
        Kind::Send if !format.logs.to => None,
        Kind::Send if to.len() == 1 => Some(name(to[0])),
        Kind::Send => Some(list(format, to)),
    }
}

fn list(format: &Format, to: &[usize]) -> String {
    let names = &format.names;
    let is_data = matches!(format.style, Style::Json | Style::PythonDict);
    let quote = if format.style == Style::Json { "\"" } else { "'" };
    let item = |machine: &usize| match &names.machines[*machine] {
        name if is_data && name.parse::<u64>().is_err() => format!("{quote}{name}{quote}"),
        name => name.clone(),
    };
    let items: Vec<String> = to.iter().map(item).collect();
    match format.list {
        List::Word | List::LineEach => format.words.all.clone(),
        _ if is_data => format!("[{}]", items.join(", ")),
        List::Brackets => format!("{}[{}]", names.noun, items.join(", ")),
        List::And => format!("{}{}", names.noun, items.join(" and ")),
        List::Commas => format!("{}{}", names.noun, items.join(", ")),
    }
}

fn clock(format: &Format, event: &Event) -> String {
    if format.has_vectors {
        let entries: Vec<String> = event.vector.iter().map(u64::to_string).collect();
        return format!("[{}]", entries.join(", "));
    }
    let nth = match event.kind {
        Kind::Internal => 0,
        Kind::Receive => 1,
        Kind::Send => 2,
    };
    if format.clock_before[nth] { event.clock_before.to_string() } else { event.clock.to_string() }
}

fn queue(format: &Format, event: &Event) -> String {
    (event.queue + u64::from(format.queue_before_pop && event.kind == Kind::Receive)).to_string()
}

fn labelled(said: &[Said], between: &str, after_label: &str) -> String {
    let part = |said: &Said| match said.label.as_str() {
        "" => said.value.clone(),
        label => format!("{label}{after_label}{}", said.value),
    };
    said.iter().map(part).collect::<Vec<_>>().join(between)
}

fn values(said: &[Said]) -> Vec<String> {
    said.iter().map(|said| said.value.clone()).collect()
}

fn padded(values: &[String]) -> String {
    let text: String = values.iter().map(|value| format!("{value:<22} ")).collect();
    text.trim_end().to_owned()
}

fn quoted(said: &[Said], quote: char) -> String {
    let part = |said: &Said| {
        let label = said.label.replace(' ', "_");
        let is_text = said.is_word || said.part == Part::Kind;
        let value = if is_text { format!("{quote}{}{quote}", said.value) } else { said.value.clone() };
        format!("{quote}{label}{quote}: {value}")
    };
    said.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Sentences for a send, a receive and an internal event. `{t}` is the time, `{c}`
/// the clock, `{p}` the other machine, `{me}` the own one, `{m}` the message's clock,
/// `{q}` the queue.
const SENTENCES: [[&str; 3]; super::format::SENTENCES] = [
    [
        "{t} - Sent message to {p}, logical clock is now {c}",
        "{t} - Received message from {p} with clock {m}, queue length {q}, logical clock is now {c}",
        "{t} - Internal event, logical clock is now {c}",
    ],
    [
        "[{t}] (LC={c}) sent to {p}",
        "[{t}] (LC={c}) received {m} from {p}; {q} messages left in queue",
        "[{t}] (LC={c}) internal event",
    ],
    [
        "At {t}, machine sent its clock {c} to {p}.",
        "At {t}, machine received {m} from {p}; queue length: {q}; clock: {c}.",
        "At {t}, machine did internal work; clock: {c}.",
    ],
    ["SEND to {p} @ {t} LC: {c}", "RECV from {p} @ {t} LC: {c} (msg {m}) Q: {q}", "INTERNAL @ {t} LC: {c}"],
    [
        "Message sent. Recipient: {p}. System time: {t}. Logical clock time: {c}.",
        "Message received. Sender: {p}. System time: {t}. Length of message queue: {q}. Message: {m}. \
         Logical clock time: {c}.",
        "Internal event. System time: {t}. Logical clock time: {c}.",
    ],
    [
        "{t} {me} sends {c} to {p}",
        "{t} {me} gets {m} from {p}, sets its clock to {c}, has {q} more waiting",
        "{t} {me} does an internal event, sets its clock to {c}",
    ],
    [
        "[{t}] clock {c}: message to {p} sent",
        "[{t}] clock {c}: message {m} from {p} taken from the queue, {q} remain",
        "[{t}] clock {c}: internal event",
    ],
];

fn sentence(format: &Format, nth: usize, event: &Event, to: &[usize]) -> String {
    let names = &format.names;
    let of_kind = match event.kind {
        Kind::Send => 0,
        Kind::Receive => 1,
        Kind::Internal => 2,
    };
    let message = event.message.as_ref().map_or(String::new(), |message| message.clock.to_string());
    SENTENCES[nth][of_kind]
        .replace("{t}", &format.stamp.text(event.time_s))
        .replace("{c}", &clock(format, event))
        .replace("{me}", &format!("{}{}", names.noun, names.machines[event.machine]))
        .replace("{p}", &peer(format, event, to).unwrap_or_default())
        .replace("{m}", &message)
        .replace("{q}", &queue(format, event))
}
