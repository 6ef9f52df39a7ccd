//! A quantity: a metric of one machine or of the whole run, as people name it.

use std::fmt;
use std::str::FromStr;

use super::MachineMetrics;
use super::catalogue::{METRICS, Metric};
use crate::model::event::MachineId;
use crate::text::suggest::nearest;

/// What is measured of a run: `end_queue`, or `m2.end_queue` of machine 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    pub metric: &'static Metric,
    /// Without one it is the run's own value: of most metrics the largest over
    /// the machines.
    pub machine: Option<MachineId>,
}

/// Text that names no quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    #[error("there is no metric `{name}`; did you mean `{meant}`?")]
    DidYouMean { name: String, meant: String },
    #[error("there is no metric `{name}`; the metrics are {}", names())]
    UnknownMetric { name: String },
    #[error("`{text}` names no machine; write m2.end_queue for machine 2, or end_queue for the whole run")]
    UnknownMachine { text: String },
}

fn names() -> String {
    METRICS.iter().map(|metric| metric.name).collect::<Vec<_>>().join(", ")
}

impl Quantity {
    /// Its value in a run, given a row a machine; `None` where it is unknown.
    pub fn of(&self, rows: &[MachineMetrics]) -> Option<f64> {
        match self.machine {
            None => self.metric.of_run(rows),
            Some(machine) => {
                rows.iter().find(|row| row.machine == machine).and_then(|row| self.metric.of(row))
            }
        }
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Quantity, QuantityError> {
        let Some((machine, name)) = text.trim().split_once('.') else {
            return Ok(Quantity { metric: metric(text.trim(), "")?, machine: None });
        };
        let number = machine.strip_prefix('m').and_then(|number| number.parse().ok());
        let machine = number.ok_or_else(|| QuantityError::UnknownMachine { text: machine.to_owned() })?;
        let metric = metric(name, &format!("m{machine}."))?;
        Ok(Quantity { metric, machine: Some(machine) })
    }
}

fn metric(name: &str, prefix: &str) -> Result<&'static Metric, QuantityError> {
    if let Some(metric) = Metric::named(name) {
        return Ok(metric);
    }
    let names = METRICS.iter().map(|metric| metric.name);
    Err(match nearest(&name.replace('-', "_"), names) {
        Some(meant) => QuantityError::DidYouMean { name: name.to_owned(), meant: format!("{prefix}{meant}") },
        None => QuantityError::UnknownMetric { name: name.to_owned() },
    })
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(machine) = self.machine {
            write!(f, "m{machine}.")?;
        }
        f.write_str(self.metric.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::row;

    #[test]
    fn what_is_shown_can_be_read_again() {
        for metric in &METRICS {
            for machine in [None, Some(MachineId(1)), Some(MachineId(123))] {
                let quantity = Quantity { metric, machine };
                assert_eq!(quantity.to_string().parse(), Ok(quantity));
            }
        }
    }

    #[test]
    fn what_names_nothing_is_answered_with_advice() {
        let reported = |text: &str| text.parse::<Quantity>().unwrap_err().to_string();
        assert!(reported("end_queu").ends_with("did you mean `end_queue`?"));
        assert!(reported("m2.End-Queue").ends_with("did you mean `m2.end_queue`?"));
        assert!(reported("xyzzy").contains("max_queue, end_queue,"));
        for text in ["2.end_queue", "m0.end_queue", "m.end_queue", "m-1.end_queue", "m99999999999.end_queue"]
        {
            assert!(reported(text).contains("m2.end_queue for machine 2"), "{text}");
        }
        assert!("".parse::<Quantity>().is_err() && ".".parse::<Quantity>().is_err());
    }

    #[test]
    fn a_quantity_is_a_machines_or_the_runs() {
        let mut rows = [row(1), row(2)];
        rows[1].end_queue = Some(7);
        let of = |text: &str| text.parse::<Quantity>().unwrap().of(&rows);
        assert_eq!((of("m1.end_queue"), of("m2.end_queue")), (Some(0.0), Some(7.0)));
        assert_eq!((of("end_queue"), of("m3.end_queue")), (Some(7.0), None));
    }
}
