//! The TOML of a spec: text in, a [`Spec`] out, and back. Touches neither disk nor
//! clock; nothing past this border sees what the file looked like.

use serde_json::{Value, json};
use toml::de::DeTable;

use crate::model::time::LabTime;
use crate::spec::changes::decisive;
use crate::spec::error::SpecError;
use crate::spec::fields::Fields;
use crate::spec::key::{self, Keyed};
use crate::spec::source::{Override, Source};
use crate::spec::sweep::{ManyRuns, SweepTable};
use crate::spec::{Axis, Spec, Sweep, machines, overrides, syntax};

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
    refuse_token(&fields)?;
    read_sweep(&fields)?;
    let mut spec = read_spec(&fields)?;
    if spec.published.is_some() && !overrides.is_empty() {
        // What was published was not of other settings.
        let is_as_written =
            parse(source_name, text, &[]).is_ok_and(|plain| decisive(&plain) == decisive(&spec));
        spec.published = spec.published.filter(|_| is_as_written);
    }
    Ok(spec)
}

/// Reads what a spec's text says of many runs.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_sweep(source_name: &str, text: &str) -> Result<Sweep, SpecError> {
    let source = Source { name: source_name, text, overrides: &[] };
    let root = table(&source)?;
    read_sweep(&root_fields(&source, &root)?)
}

/// The spec as TOML, every default made explicit; [`parse`] gives it back.
pub fn to_toml(spec: &Spec) -> String {
    key::write_keys(Spec::KEYS, spec, "")
}

/// What a spec may hold, as a JSON Schema (draft 7, which TOML editors speak):
/// they complete and explain keys from it, and mark mistakes as they are made.
/// It never refuses what the reader takes; some of what the reader refuses, such
/// as a delay longer than the run, it cannot see.
pub fn schema() -> Value {
    let mut root = key::table_schema(Spec::KEYS);
    for key in ManyRuns::KEYS {
        root["properties"][key.name()] = key.schema();
    }
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root["title"] = json!("labctl spec");
    root["description"] = json!("A spec of labctl: an experiment with machines, queues and logical clocks.");
    root
}

/// The text's table, before anything is laid over it.
fn table<'a>(source: &Source<'a>) -> Result<DeTable<'a>, SpecError> {
    Ok(DeTable::parse(source.text).map_err(|error| syntax::explain(source, &error))?.into_inner())
}

/// The keys of a spec, of which no unknown one is let through.
fn root_fields<'a>(source: &Source<'a>, root: &'a DeTable<'a>) -> Result<Fields<'a>, SpecError> {
    let first_key = root.keys().map(|key| key.span()).filter(|span| span.end <= source.text.len());
    let span = first_key.min_by_key(|span| span.start).unwrap_or(0..0);
    let known = [key::names(Spec::KEYS), key::names(ManyRuns::KEYS)].concat();
    Fields::new(*source, root, "", span, &known)
}

fn read_spec(root: &Fields<'_>) -> Result<Spec, SpecError> {
    let mut spec: Spec = key::read_keys(root)?;
    if root.get("start_stagger").is_none() {
        spec.start_stagger = Spec::default_stagger(spec.machines.len());
    }
    check_delay(root, &spec)?;
    root.get("machine").map_or(Ok(()), |machines| machines::check_open(&machines, spec.network.open))?;
    check_starts(root, &spec)?;
    check_published(root, spec.machines.len())?;
    Ok(spec)
}

fn check_delay(root: &Fields<'_>, spec: &Spec) -> Result<(), SpecError> {
    let scale = spec.network.delay.scale();
    match root.at("network.delay") {
        Some(field) if scale > spec.duration => {
            let error = field.fault(format_args!("of {scale} is longer than the run of {}", spec.duration));
            Err(error.with_help("shorten the delay, or lengthen `duration`"))
        }
        _ => Ok(()),
    }
}

/// All machines must have started before the run is over.
fn check_starts(root: &Fields<'_>, spec: &Spec) -> Result<(), SpecError> {
    let last_start = LabTime(spec.start_stagger.0.saturating_mul(spec.machines.len() as u64 - 1));
    match root.get("start_stagger").or_else(|| root.get("duration")) {
        Some(field) if last_start >= spec.duration => Err(field.fault(format_args!(
            "lets the last machine start {last_start} into a run of {}; it has to start before the end",
            spec.duration
        ))),
        _ => Ok(()),
    }
}

/// Lists of what was published have a value for each machine, or none.
fn check_published(root: &Fields<'_>, machines: usize) -> Result<(), SpecError> {
    for table in ["published", "published.logs"].into_iter().filter_map(|path| root.at(path)) {
        for (_, field) in table.entries("a table")? {
            let values = field.value().as_array().map_or(0, |values| values.len());
            if values > 0 && values != machines {
                return Err(field
                    .fault(format_args!("has {values} values for {machines} machines"))
                    .with_help("give one value for each machine, or none"));
            }
        }
    }
    Ok(())
}

/// What a spec says of many runs; names in its condition must be among its axes.
fn read_sweep(root: &Fields<'_>) -> Result<Sweep, SpecError> {
    let ManyRuns { replicates, sweep: SweepTable { grid, zip, condition } } = key::read_keys(root)?;
    let axes: Vec<Axis> = grid.into_iter().chain(zip).collect();
    if let (Some(condition), Some(field)) = (&condition, root.at("sweep.where")) {
        let keys: Vec<&str> = axes.iter().flat_map(Axis::keys).collect();
        condition.check(&keys).map_err(|error| field.fault(error))?;
    }
    Ok(Sweep { axes, condition, replicates })
}

/// Specs are copied into results and reports, and a token is for machines alone.
fn refuse_token(root: &Fields<'_>) -> Result<(), SpecError> {
    root.at("network.token").map_or(Ok(()), |token| {
        let error = token.fault("does not belong in a spec, which is copied into results and reports");
        Err(error.with_help(
            "remove it: a run makes its own token, and machines started by hand share one in a file \
             (`labctl machine --help`)",
        ))
    })
}
