//! Clock rates that a file beside the logs tells, by its headers.

use std::io::{self, Read};

use super::Dialect;
use super::field::Field;
use super::interpreter::{Interpreter, LogContext, Meaning};
use super::matcher::LineMatcher;
use super::records::read_records;
use crate::model::event::MachineId;

/// A clock rate in a file that is no log.
#[derive(Clone, Debug, PartialEq)]
pub struct StatedRate {
    /// What its line calls the machine; all machines' where it calls none.
    machine: Option<Vec<u8>>,
    /// Ticks per second.
    clock_rate: f64,
}

impl Dialect {
    /// The clock rates that the headers of a file tell.
    pub fn stated_rates(&self, input: impl Read) -> io::Result<Vec<StatedRate>> {
        let mut matcher = LineMatcher::new(self);
        let context = LogContext::default();
        let mut interpreter = Interpreter::new(self, &context);
        let mut found = Vec::new();
        read_records(&self.bounds, input, |chunk| {
            matcher.look(chunk.text, |pattern, role, captured| {
                let meaning = interpreter.meaning(pattern, role, captured);
                if let Some(Meaning::Header { clock_rate: Some(clock_rate), .. }) = meaning {
                    let machine = captured.get(Field::Machine).map(<[u8]>::to_vec);
                    found.push(StatedRate { machine, clock_rate });
                }
                meaning.is_some()
            });
        })?;
        Ok(found)
    }

    /// What they say of a machine: of it by its name, or else of all.
    pub fn stated_rate(
        &self,
        stated: &[StatedRate],
        machine: MachineId,
        machine_names: &[String],
    ) -> Option<f64> {
        let is_its = |rate: &&StatedRate| {
            rate.machine.as_ref().is_some_and(|name| self.peer(name, machine_names) == Some(machine))
        };
        let own = stated.iter().rfind(is_its);
        own.or_else(|| stated.iter().rfind(|rate| rate.machine.is_none())).map(|rate| rate.clock_rate)
    }
}
