//! The distribution of a delay as people write it: `uniform:100ms..500ms`. Knows no
//! network and draws nothing.

use std::fmt;
use std::str::FromStr;

use crate::model::time::LabTime;

/// The distribution of a message's delay, in lab time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delay {
    #[default]
    None,
    Constant(LabTime),
    Uniform {
        low: LabTime,
        high: LabTime,
    },
    Exponential {
        mean: LabTime,
    },
}

/// Where a delay acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DelayAt {
    /// Messages are in flight, in order on each link; both ends go on.
    #[default]
    Link,
    /// The sender sleeps inside its tick, and loses the ticks it sleeps through.
    Sender,
}

impl DelayAt {
    /// As specs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            DelayAt::Link => "link",
            DelayAt::Sender => "sender",
        }
    }
}

/// Text that is no delay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDelayError {
    #[error("`{0}` is not a delay; write {FORMS}")]
    Form(String),
    #[error("goes from {low} down to {high}; write the shorter time first")]
    LowAboveHigh { low: LabTime, high: LabTime },
}

/// The ways to write a delay, in prose.
pub const FORMS: &str = "`none`, `constant:100ms`, `uniform:100ms..500ms` or `exponential:200ms`";

impl FromStr for Delay {
    type Err = ParseDelayError;

    fn from_str(text: &str) -> Result<Delay, ParseDelayError> {
        let refuse = || ParseDelayError::Form(text.to_owned());
        let time = |text: &str| LabTime::parse(text).map_err(|_| refuse());
        match text.trim().split_once(':') {
            None if text.trim() == "none" => Ok(Delay::None),
            Some(("constant", delay)) => Ok(Delay::Constant(time(delay)?)),
            Some(("exponential", mean)) => Ok(Delay::Exponential { mean: time(mean)? }),
            Some(("uniform", range)) => {
                let (low, high) = range.split_once("..").ok_or_else(refuse)?;
                let (low, high) = (time(low)?, time(high)?);
                if low > high {
                    return Err(ParseDelayError::LowAboveHigh { low, high });
                }
                Ok(Delay::Uniform { low, high })
            }
            _ => Err(refuse()),
        }
    }
}

impl Delay {
    /// The longest delay the law can draw, or its mean where it has no longest.
    pub fn scale(self) -> LabTime {
        match self {
            Delay::None => LabTime::ZERO,
            Delay::Constant(delay) => delay,
            Delay::Uniform { high, .. } => high,
            Delay::Exponential { mean } => mean,
        }
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delay::None => f.write_str("none"),
            Delay::Constant(delay) => write!(f, "constant:{delay}"),
            Delay::Uniform { low, high } => write!(f, "uniform:{low}..{high}"),
            Delay::Exponential { mean } => write!(f, "exponential:{mean}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn delays_read_as_people_write_them_and_print_back() {
        for (text, delay) in [
            ("none", Delay::None),
            ("constant:100ms", Delay::Constant(LabTime(100 * MS))),
            ("uniform:100ms..1s 500ms", Delay::Uniform { low: LabTime(100 * MS), high: LabTime(1500 * MS) }),
            ("exponential:200ms", Delay::Exponential { mean: LabTime(200 * MS) }),
        ] {
            assert_eq!(text.parse(), Ok(delay), "{text}");
            assert_eq!(delay.to_string(), text);
        }
        assert_eq!("uniform:0.1s .. 0.5s".parse(), "uniform:100ms..500ms".parse::<Delay>());
    }

    #[test]
    fn what_is_no_delay_is_refused_with_the_forms_allowed() {
        for text in
            ["", "100ms", "constant", "constant:", "uniform:100ms", "uniform:1..2", "normal:1s", "None"]
        {
            let error = text.parse::<Delay>().unwrap_err();
            assert!(error.to_string().contains("exponential:200ms"), "{text}: {error}");
        }
    }

    #[test]
    fn a_uniform_delay_goes_upwards() {
        let error = "uniform:500ms..100ms".parse::<Delay>().unwrap_err();
        assert_eq!(error.to_string(), "goes from 500ms down to 100ms; write the shorter time first");
    }
}
