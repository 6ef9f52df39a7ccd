//! The TOML of a spec: text in, a [`Spec`] out. Touches neither disk nor clock;
//! nothing past this border sees what the file looked like.

use toml::de::DeTable;

use crate::model::delay::Delay;
use crate::model::delay::DelayAt;
use crate::model::delay::{self, ParseDelayError};
use crate::model::machine::Broadcast;
use crate::model::time::LabTime;
use crate::spec::error::SpecError;
use crate::spec::fields::{Field, Fields};
use crate::spec::overrides::{self, Override};
use crate::spec::source::Source;
use crate::spec::{Logged, MachineSpec, Network, Published, Spec, machines, sweep, syntax};

pub use crate::spec::written::to_toml;

pub(super) const KEYS: [&str; 14] = [
    "$schema",
    "name",
    "why",
    "duration",
    "seed",
    "internal_prob",
    "broadcast",
    "start_stagger",
    "speedup",
    "machine",
    "network",
    "published",
    "replicates",
    "sweep",
];
pub(super) const NETWORK_KEYS: [&str; 5] = ["delay", "where", "open", "connect_timeout", "foreign_backlog"];
/// A key of old specs that none may have now.
const TOKEN_KEY: &str = "token";
pub(super) const PUBLISHED_KEYS: [&str; 5] = ["source", "max_queue", "end_queue", "clock_diff", "logs"];
pub(super) const LOGGED_KEYS: [&str; 4] = ["note", "max_queue", "end_queue", "clock_diff"];

/// Stands for the value of a machine of which nothing was stated.
pub(super) const NOTHING_STATED: &str = "-";

pub(super) const MAX_NAME: usize = 100;

/// Reads a spec from its text, with `overrides` laid over it in order.
///
/// `source_name` is what errors call the text, usually its path.
///
/// # Errors
///
/// The first thing wrong, at its place in the text, or with the override that
/// brought it in.
pub fn parse(source_name: &str, text: &str, overrides: &[Override]) -> Result<Spec, SpecError> {
    let source = Source { name: source_name, text, overrides };
    let mut root = table(&source)?;
    overrides::apply(source, &mut root)?;
    let fields = root_fields(&source, &root)?;
    sweep::resolve(&source, &fields)?;
    let mut spec = resolve(&fields)?;
    if spec.published.is_some() && !overrides.is_empty() {
        // What was published was not of other settings.
        let is_as_written =
            parse(source_name, text, &[]).is_ok_and(|plain| decisive(&plain) == decisive(&spec));
        spec.published = spec.published.filter(|_| is_as_written);
    }
    Ok(spec)
}

/// What decides the results of a spec's runs, but for chance.
fn decisive(spec: &Spec) -> Spec {
    let machine = |machine: &MachineSpec| MachineSpec { address: None, ..machine.clone() };
    let Network { delay, delay_at, .. } = spec.network;
    Spec {
        name: String::new(),
        why: String::new(),
        seed: 0,
        speedup: 1.0,
        published: None,
        machines: spec.machines.iter().map(machine).collect(),
        network: Network { delay, delay_at, ..Network::default() },
        ..spec.clone()
    }
}

/// The text's table, before anything is laid over it.
pub(super) fn table<'a>(source: &Source<'a>) -> Result<DeTable<'a>, SpecError> {
    Ok(DeTable::parse(source.text).map_err(|error| syntax::explain(source, &error))?.into_inner())
}

/// The keys of a spec, of which no unknown one is let through.
pub(super) fn root_fields<'a>(source: &Source<'a>, root: &'a DeTable<'a>) -> Result<Fields<'a>, SpecError> {
    let first_key = root.keys().map(|key| key.span()).filter(|span| span.end <= source.text.len());
    let span = first_key.min_by_key(|span| span.start).unwrap_or(0..0);
    Fields::new(*source, root, "", span, &KEYS)
}

fn resolve(root: &Fields<'_>) -> Result<Spec, SpecError> {
    let name = root.require("name", "name = \"my-experiment\"")?.form(
        "a folder's name of at most 100 letters a to z, digits, `-`, `_` and `.`, not beginning with `.`",
        |name| is_folder_name(name).then(|| name.to_owned()),
    )?;
    root.or("$schema", (), |field| field.text("the place of a schema, for editors").map(|_| ()))?;
    let why = root.or("why", String::new(), |field| field.text("a text").map(str::to_owned))?;
    let duration = root.require("duration", "duration = \"60s\"")?;
    let duration = positive_duration(&duration)?;
    let seed = root.or("seed", 1, |field| field.whole("a whole number from 0 to 2^64 - 1", |_| true))?;
    let internal_prob = root.or("internal_prob", 0.7, |field| {
        field.number("a number from 0 to 1", |prob| (0.0..=1.0).contains(&prob))
    })?;
    let broadcast = root.or("broadcast", Broadcast::default(), |field| {
        field.form("\"one-event\" or \"per-recipient\"", broadcast)
    })?;
    let speedup = root.or("speedup", 1.0, |field| {
        field.number("a number above 0", |speedup| speedup > 0.0 && speedup.is_finite())
    })?;
    let network = root.or("network", Network::default(), |field| resolve_network(field, duration))?;
    let machines = machines::resolve(root, network.open)?;
    let start_stagger = start_stagger(root, duration, &machines)?;
    let published = root.or("published", None, |field| resolve_published(field, &machines).map(Some))?;
    Ok(Spec {
        name,
        why,
        duration,
        seed,
        internal_prob,
        broadcast,
        start_stagger,
        speedup,
        machines,
        network,
        published,
    })
}

fn is_folder_name(name: &str) -> bool {
    let allowed = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    !name.is_empty() && name.len() <= MAX_NAME && !name.starts_with('.') && name.chars().all(allowed)
}

fn positive_duration(field: &Field<'_>) -> Result<LabTime, SpecError> {
    let expected = "a duration above zero, such as \"60s\" or \"1m 30s\"";
    let duration = field.duration(expected)?;
    if duration == LabTime::ZERO { Err(field.refuse(expected)) } else { Ok(duration) }
}

fn broadcast(text: &str) -> Option<Broadcast> {
    [Broadcast::OneEvent, Broadcast::PerRecipient].into_iter().find(|broadcast| broadcast.as_str() == text)
}

fn delay_at(text: &str) -> Option<DelayAt> {
    [DelayAt::Link, DelayAt::Sender].into_iter().find(|place| place.as_str() == text)
}

/// All machines must have started before the run is over.
fn start_stagger(
    root: &Fields<'_>,
    duration: LabTime,
    machines: &[MachineSpec],
) -> Result<LabTime, SpecError> {
    let stagger = root.or("start_stagger", Spec::default_stagger(machines.len()), |field| {
        field.duration("a duration, such as \"5ms\"")
    })?;
    let last_start = LabTime(stagger.0.saturating_mul(machines.len() as u64 - 1));
    match root.get("start_stagger").or_else(|| root.get("duration")) {
        Some(field) if last_start >= duration => Err(field.fault(format_args!(
            "lets the last machine start {last_start} into a run of {duration}; it has to start before the end"
        ))),
        _ => Ok(stagger),
    }
}

fn resolve_network(field: &Field<'_>, duration: LabTime) -> Result<Network, SpecError> {
    refuse_token(field)?;
    let fields = field.table("network.", "a table", &NETWORK_KEYS)?;
    let default = Network::default();
    Ok(Network {
        delay: fields.or("delay", default.delay, |field| delay(field, duration))?,
        delay_at: fields
            .or("where", default.delay_at, |field| field.form("\"link\" or \"sender\"", delay_at))?,
        open: fields.or("open", default.open, Field::flag)?,
        connect_timeout: fields.or("connect_timeout", default.connect_timeout, positive_duration)?,
        foreign_backlog: fields.or("foreign_backlog", default.foreign_backlog, |field| {
            field.whole("a whole number from 1 on", |messages| messages > 0)
        })?,
    })
}

/// Specs are copied into results and reports, and a token is for machines alone.
fn refuse_token(network: &Field<'_>) -> Result<(), SpecError> {
    let has_token = network.value().as_table().is_some_and(|table| table.contains_key(TOKEN_KEY));
    if !has_token {
        return Ok(());
    }
    let mut known = NETWORK_KEYS.to_vec();
    known.push(TOKEN_KEY);
    let fields = network.table("network.", "a table", &known)?;
    fields.get(TOKEN_KEY).map_or(Ok(()), |token| {
        let error = token.fault("does not belong in a spec, which is copied into results and reports");
        Err(error.with_help(
            "remove it: a run makes its own token, and machines started by hand share one in a file \
             (`labctl machine --help`)",
        ))
    })
}

fn delay(field: &Field<'_>, duration: LabTime) -> Result<Delay, SpecError> {
    let delay: Delay = field.text(delay::FORMS)?.parse().map_err(|error| match error {
        ParseDelayError::Form(_) => field.refuse(delay::FORMS),
        ParseDelayError::LowAboveHigh { .. } => field.fault(error),
    })?;
    if delay.scale() > duration {
        let error = field.fault(format_args!("of {} is longer than the run of {duration}", delay.scale()));
        return Err(error.with_help("shorten the delay, or lengthen `duration`"));
    }
    Ok(delay)
}

fn resolve_published(field: &Field<'_>, machines: &[MachineSpec]) -> Result<Published, SpecError> {
    let fields = field.table("published.", "a table", &PUBLISHED_KEYS)?;
    let values = |key| machine_values(&fields, key, machines.len());
    Ok(Published {
        source: prose(&fields, "source")?,
        max_queue: values("max_queue")?,
        end_queue: values("end_queue")?,
        clock_diff: values("clock_diff")?,
        logs: fields.or("logs", None, |field| resolve_logged(field, machines.len()).map(Some))?,
    })
}

fn resolve_logged(field: &Field<'_>, machines: usize) -> Result<Logged, SpecError> {
    let fields = field.table("published.logs.", "a table", &LOGGED_KEYS)?;
    let values = |key| machine_values(&fields, key, machines);
    Ok(Logged {
        note: prose(&fields, "note")?,
        max_queue: values("max_queue")?,
        end_queue: values("end_queue")?,
        clock_diff: values("clock_diff")?,
    })
}

fn prose(fields: &Fields<'_>, key: &str) -> Result<String, SpecError> {
    fields.or(key, String::new(), |field| field.text("a text").map(str::to_owned))
}

/// A value for each machine, or none at all.
fn machine_values(fields: &Fields<'_>, key: &str, machines: usize) -> Result<Vec<Option<u64>>, SpecError> {
    fields.or(key, Vec::new(), |field| {
        let items = field.list("a list of whole numbers, one for each machine")?;
        if !items.is_empty() && items.len() != machines {
            return Err(field
                .fault(format_args!("has {} values for {machines} machines", items.len()))
                .with_help("give one value for each machine, or none"));
        }
        items.iter().map(machine_value).collect()
    })
}

fn machine_value(item: &Field<'_>) -> Result<Option<u64>, SpecError> {
    if item.value().as_str() == Some(NOTHING_STATED) {
        return Ok(None);
    }
    item.whole("a list of whole numbers from 0 on, or \"-\" for a machine that is passed over", |_| true)
        .map(Some)
}
