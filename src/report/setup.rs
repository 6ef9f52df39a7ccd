//! What was run: the spec's values, and where, when and by which program.

use super::document::{Block, Code, Section, Table};
use super::subject::RunSubject;
use super::wording::{UNKNOWN, known, name};
use crate::model::engine::Engine;
use crate::model::event::MachineId;
use crate::plan::Run;
use crate::spec::{Network, Spec, to_toml};

use crate::store::{Manifest, SPEC_FILE, Word};

/// The section on how the run was set up.
pub fn section(run: &RunSubject, id: &str) -> Section {
    let mut blocks = vec![Block::Table(facts(run))];
    if let Some(plan) = &run.plan {
        blocks.push(Block::Table(machines(plan)));
        let code = Code { caption: format!("{SPEC_FILE}, as it ran"), text: to_toml(&plan.spec) };
        blocks.push(Block::Folded(Section::new(
            format!("{id}-spec"),
            "The whole spec, every default made explicit",
            vec![Block::Code(code)],
        )));
    } else {
        let why = "There is no spec with these logs: what the program was given cannot be known.";
        blocks.push(Block::Prose(why.to_owned()));
    }
    Section::new(id, "What was run", blocks)
}

fn facts(run: &RunSubject) -> Table {
    let stored = &run.stored;
    let mut rows = vec![
        ("Experiment", name(&stored.experiment)),
        ("Run", name(&stored.run)),
        ("Folder", name(&stored.folder.display().to_string())),
    ];
    if let Some(dialect) = &stored.dialect {
        rows.push(("Written by", format!("others, read by the dialect {}", name(&dialect.dialect.name))));
    }
    rows.extend(of_spec(run.plan.as_deref()));
    rows.extend(of_manifest(run.manifest.as_deref()));
    let rows = rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]);
    Table::new("The run", &["What", "Value"]).with(rows)
}

fn of_spec(plan: Option<&Run>) -> Vec<(&'static str, String)> {
    let spec = plan.map(|plan| &plan.spec);
    let of = |show: fn(&Spec) -> String| known(spec, show);
    vec![
        ("Seed", of(|spec| spec.seed.to_string())),
        ("Lab time", of(|spec| spec.duration.to_string())),
        ("Chance that an idle tick is INTERNAL", of(|spec| spec.internal_prob.to_string())),
        ("A send to all counts as", of(|spec| spec.broadcast.as_str().to_owned())),
        ("Delay of messages", of(delay)),
        ("Stagger of the machines' starts", of(|spec| spec.start_stagger.to_string())),
        ("Lab time per real time", of(|spec| spec.speedup.to_string())),
    ]
}

fn delay(spec: &Spec) -> String {
    let Network { delay, delay_at, .. } = &spec.network;
    match delay {
        crate::model::delay::Delay::None => delay.to_string(),
        _ => format!("{delay}, at the {}", delay_at.as_str()),
    }
}

fn of_manifest(manifest: Option<&Manifest>) -> Vec<(&'static str, String)> {
    let of = |show: fn(&Manifest) -> String| known(manifest, show);
    vec![
        ("Engine", of(engine)),
        ("Ended", of(|manifest| manifest.status.to_string())),
        (
            "Host",
            of(|manifest| {
                let host = &manifest.host;
                format!("{}, {} {}, {} cores", name(&host.name), host.os, host.arch, host.cores)
            }),
        ),
        ("Program", of(|manifest| format!("labctl {}", manifest.labctl_version))),
        ("Commit", of(|manifest| manifest.labctl_commit.clone())),
        ("From", of(|manifest| to_the_second(&manifest.started))),
        ("To", of(|manifest| to_the_second(&manifest.ended))),
    ]
}

/// Where there are sockets, it matters whether machines share a process.
fn engine(manifest: &Manifest) -> String {
    match &manifest.engine {
        Word::Known(engine @ Engine::Simulator) => engine.to_string(),
        engine => format!("{engine}, machines as {}", manifest.isolation),
    }
}

/// A time of a manifest without the fractions of its second.
fn to_the_second(time: &str) -> String {
    let whole = time.split('.').next().unwrap_or_default();
    format!("{} UTC", whole.trim_end_matches('Z').replace('T', " "))
}

fn machines(plan: &Run) -> Table {
    let spec = &plan.spec;
    let row = |(machine, rate): (MachineId, &f64)| {
        let own = spec.machines.get(machine.index());
        let by = match own.map(|own| own.foreign) {
            Some(true) => "others",
            Some(false) => "labctl",
            None => UNKNOWN,
        };
        let address = own.and_then(|own| own.address);
        let address = address.map_or_else(|| "chosen by the system".to_owned(), |at| at.to_string());
        vec![machine.to_string(), rate.to_string(), spec.phase(machine).to_string(), by.to_owned(), address]
    };
    let headings = ["#Machine", "#Clock rate (ticks/s)", "#First tick later by", "Written by", "Address"];
    Table::new("The machines as planned", &headings).with(plan.machines().zip(plan.clock_rates()).map(row))
}
