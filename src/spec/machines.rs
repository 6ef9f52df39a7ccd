//! The `[[machine]]` tables, resolved into machines. Opens no socket and asks
//! no name server.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use toml::de::DeValue;

use crate::spec::error::SpecError;
use crate::spec::fields::{Field, Fields};
use crate::spec::{ClockRate, MachineSpec};

/// The most machines one spec may have.
pub const MAX_MACHINES: usize = 10_000;

/// Lab time is whole nanoseconds, so nothing ticks faster than 1e9 a second.
pub(super) const MAX_CLOCK_RATE: f64 = 1e9;

pub(super) const KEYS: [&str; 4] = ["clock_rate", "address", "foreign", "count"];

/// Reads all machines; `open` tells whether the network lets foreign ones in.
pub(super) fn resolve(root: &Fields<'_>, open: bool) -> Result<Vec<MachineSpec>, SpecError> {
    let field = root.require("machine", "[[machine]]")?;
    let mut machines = Vec::new();
    let mut owners = BTreeMap::new();
    for entry in field.list("a list of `[[machine]]` tables")? {
        let fields = entry.table("machine.", "a `[[machine]]` table", &KEYS)?;
        let (machine, count) = resolve_one(&fields, open)?;
        if machines.len() + count > MAX_MACHINES {
            return Err(entry.fault(format_args!("tables add up to more than {MAX_MACHINES} machines")));
        }
        if let (Some(address), Some(field)) = (machine.address, fields.get("address"))
            && let Some(owner) = owners.insert(address, machines.len() + 1)
        {
            return Err(field
                .fault(format_args!("{address} is already that of machine {owner}"))
                .with_help("give each machine a port of its own, or leave `address` out"));
        }
        machines.extend(std::iter::repeat_n(machine, count));
    }
    check_together(&field, &machines)?;
    Ok(machines)
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

/// One table, and how many machines alike it stands for.
fn resolve_one(fields: &Fields<'_>, open: bool) -> Result<(MachineSpec, usize), SpecError> {
    let clock_rate = clock_rate(&fields.require("clock_rate", "clock_rate = 4")?)?;
    let address = fields.or("address", None, |field| address(field).map(Some))?;
    let foreign = fields.or("foreign", false, Field::flag)?;
    let count = fields.or("count", 1, |field| {
        field.whole("a whole number from 1 to 10000", |count| (1..=MAX_MACHINES as u64).contains(&count))
    })?;
    if let Some(field) = fields.get("foreign").filter(|_| foreign) {
        if address.is_none() {
            return Err(field.fault("needs an `address` to connect to"));
        }
        if !open {
            let error = field.fault("needs a network that lets such a machine in");
            return Err(error.with_help("set `open = true` under `[network]`"));
        }
    }
    if let Some(field) = fields.get("count").filter(|_| address.is_some() && count > 1) {
        return Err(field.fault("does not go with `address`, which only one machine can have"));
    }
    Ok((MachineSpec { clock_rate, address, foreign }, count as usize))
}

fn clock_rate(field: &Field<'_>) -> Result<ClockRate, SpecError> {
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

fn address(field: &Field<'_>) -> Result<SocketAddr, SpecError> {
    let expected =
        "an IP address and a port from 1 to 65535, such as \"127.0.0.1:5001\" or \"localhost:5001\"";
    field.form(expected, |text| {
        let address = match text.strip_prefix("localhost:") {
            Some(port) => SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?)),
            None => text.parse().ok()?,
        };
        (address.port() != 0).then_some(address)
    })
}
