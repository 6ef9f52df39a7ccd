//! The `[[machine]]` tables and the kinds of values in them. Opens no socket and
//! asks no name server.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde_json::json;
use toml::de::DeValue;

use crate::spec::error::SpecError;
use crate::spec::fields::Field;
use crate::spec::key::{Keyed, Kind, Write, read_table, table_schema, write_keys};
use crate::spec::kinds::quoted;
use crate::spec::{ClockRate, MAX_MACHINES, MachineSpec};

/// Lab time is whole nanoseconds, so nothing ticks faster than 1e9 a second.
const MAX_CLOCK_RATE: f64 = 1e9;

/// One table, and how many machines alike it stands for.
pub(super) struct Alike {
    pub machine: MachineSpec,
    pub count: u64,
}

impl Default for Alike {
    fn default() -> Alike {
        let machine =
            MachineSpec { clock_rate: ClockRate::Fixed(1.0), address: None, foreign: false, log: None };
        Alike { machine, count: 1 }
    }
}

/// All machines.
pub(super) const MACHINES: Kind<Vec<MachineSpec>> = Kind {
    read: read_machines,
    write: Write::Tables(|machines, name| {
        let alike = machines.chunk_by(|one, next| one == next && one.address.is_none());
        let table = |machines: &[MachineSpec]| {
            let alike = Alike { machine: machines[0].clone(), count: machines.len() as u64 };
            format!("\n[[{name}]]\n{}", write_keys(Alike::KEYS, &alike, ""))
        };
        alike.map(table).collect()
    }),
    schema: || {
        let mut machine = table_schema(Alike::KEYS);
        machine["description"] = json!("One machine, or several alike.");
        machine["allOf"] = json!([
            {
                "if": {"required": ["foreign"], "properties": {"foreign": {"const": true}}},
                "then": {"required": ["address"]},
            },
            {
                "if": {"required": ["log"]},
                "then": {"required": ["foreign"], "properties": {"foreign": {"const": true}}},
            },
            {"if": {"required": ["address"]}, "then": {"properties": {"count": {"maximum": 1}}}},
        ]);
        json!({"type": "array", "items": machine, "minItems": 1})
    },
};

fn read_machines(list: &Field<'_>) -> Result<Vec<MachineSpec>, SpecError> {
    let mut machines = Vec::new();
    let mut owners = BTreeMap::new();
    for entry in list.list("a list of `[[machine]]` tables")? {
        let Alike { machine, count } = read_table(&entry, "a `[[machine]]` table")?;
        if let Some(field) = entry.at("foreign").filter(|_| machine.foreign && machine.address.is_none()) {
            return Err(field.fault("needs an `address` to connect to"));
        }
        if let Some(field) = entry.at("log").filter(|_| !machine.foreign) {
            return Err(field
                .fault("goes with `foreign = true` alone: labctl's machines log into their run")
                .with_help("leave it out"));
        }
        if let Some(field) = entry.at("count").filter(|_| machine.address.is_some() && count > 1) {
            return Err(field.fault("does not go with `address`, which only one machine can have"));
        }
        if machines.len() + count as usize > MAX_MACHINES {
            return Err(entry.fault(format_args!("tables add up to more than {MAX_MACHINES} machines")));
        }
        if let (Some(address), Some(field)) = (machine.address, entry.at("address"))
            && let Some(owner) = owners.insert(address, machines.len() + 1)
        {
            return Err(field
                .fault(format_args!("{address} is already that of machine {owner}"))
                .with_help("give each machine a port of its own, or leave `address` out"));
        }
        machines.extend(std::iter::repeat_n(machine, count as usize));
    }
    check_together(list, &machines)?;
    Ok(machines)
}

/// Refuses a machine of others in a network that lets none in.
pub(super) fn check_open(list: &Field<'_>, open: bool) -> Result<(), SpecError> {
    let entries = list.list("a list of `[[machine]]` tables")?;
    let is_true = |field: &Field<'_>| field.value().as_bool() == Some(true);
    match entries.iter().filter_map(|entry| entry.at("foreign")).find(is_true) {
        Some(field) if !open => Err(field
            .fault("needs a network that lets such a machine in")
            .with_help("set `open = true` under `[network]`")),
        _ => Ok(()),
    }
}

fn check_together(field: &Field<'_>, machines: &[MachineSpec]) -> Result<(), SpecError> {
    if machines.len() < 2 {
        let error = field
            .fault(format_args!("tables make {} machine(s), and a system has at least 2", machines.len()));
        return Err(error.with_help("add a `[[machine]]` table, or a `count` to the one there is"));
    }
    if machines.iter().all(|machine| machine.foreign) {
        return Err(field.fault("tables are all `foreign`, which leaves no machine to run"));
    }
    Ok(())
}

/// Ticks a second: a number, or a range to draw from.
pub(super) const RATE: Kind<ClockRate> = Kind {
    read: read_rate,
    write: Write::Value(|rate| match rate {
        ClockRate::Fixed(rate) => format!("{rate:?}"),
        random => quoted(random),
    }),
    schema: || {
        let range = "^\\s*random \\s*\\+?0*[1-9][0-9]*\\s*\\.\\.\\s*\\+?0*[1-9][0-9]*\\s*$";
        let number = json!({"type": "number", "exclusiveMinimum": 0, "maximum": MAX_CLOCK_RATE});
        json!({"anyOf": [number, {"type": "string", "pattern": range}]})
    },
};

fn read_rate(field: &Field<'_>) -> Result<ClockRate, SpecError> {
    let expected = "a number of ticks per second above 0 and up to 1e9, or \"random 1..6\"";
    if !matches!(field.value(), DeValue::String(_)) {
        let rate = field.number(expected, |rate| rate > 0.0 && rate <= MAX_CLOCK_RATE)?;
        return Ok(ClockRate::Fixed(rate));
    }
    let (low, high) = field.form(expected, random_range)?;
    if low < 1 || low > high || f64::from(high) > MAX_CLOCK_RATE {
        return Err(field.refuse(
            "drawn from a range that begins at 1 or above and does not end before, such as \"random 1..6\"",
        ));
    }
    Ok(ClockRate::Random { low, high })
}

/// `random 1..6`, both ends included.
fn random_range(text: &str) -> Option<(u32, u32)> {
    let (low, high) = text.trim().strip_prefix("random ")?.split_once("..")?;
    Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
}

/// The log of a machine of others.
pub(super) const OWN_LOG: Kind<Option<PathBuf>> = Kind {
    read: |field| field.form("the path of a file", |text| (!text.is_empty()).then(|| Some(text.into()))),
    write: Write::Value(|log| log.as_ref().map_or_else(String::new, |log| quoted(log.display()))),
    schema: || json!({"type": "string", "pattern": "."}),
};

/// Where a machine listens.
pub(super) const ADDRESS: Kind<Option<SocketAddr>> = Kind {
    read: |field| {
        let expected =
            "an IP address and a port from 1 to 65535, such as \"127.0.0.1:5001\" or \"localhost:5001\"";
        field.form(expected, socket_address).map(Some)
    },
    write: Write::Value(|address| address.map_or_else(String::new, quoted)),
    schema: || {
        let pattern = "^(localhost:\\+?|[0-9.]+:|\\[[0-9A-Fa-f:.%]+\\]:)0*[1-9][0-9]*$";
        json!({"type": "string", "pattern": pattern})
    },
};

fn socket_address(text: &str) -> Option<SocketAddr> {
    let address = match text.strip_prefix("localhost:") {
        Some(port) => SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?)),
        None => text.parse().ok()?,
    };
    (address.port() != 0).then_some(address)
}
