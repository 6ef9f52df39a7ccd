//! How narrow an interval is to be.

use std::fmt;
use std::str::FromStr;

/// Half the width of an interval; above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HalfWidth {
    /// In the quantity's own unit.
    Absolute(f64),
    /// Of the mean's absolute value.
    Percent(f64),
}

/// Text that is no width.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no width; write a number above 0, such as `10%` of the mean or `2` messages")]
pub struct WidthError(String);

impl HalfWidth {
    /// The half width that is wanted of an interval around this mean.
    pub fn wanted(self, mean: f64) -> f64 {
        match self {
            HalfWidth::Absolute(width) => width,
            HalfWidth::Percent(percent) => percent / 100.0 * mean.abs(),
        }
    }
}

impl FromStr for HalfWidth {
    type Err = WidthError;

    fn from_str(text: &str) -> Result<HalfWidth, WidthError> {
        let text = text.trim();
        let (number, is_percent) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text, false),
        };
        let width = number.parse::<f64>().ok().filter(|width| *width > 0.0 && width.is_finite());
        match width {
            Some(percent) if is_percent => Ok(HalfWidth::Percent(percent)),
            Some(width) => Ok(HalfWidth::Absolute(width)),
            None => Err(WidthError(text.to_owned())),
        }
    }
}

impl fmt::Display for HalfWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HalfWidth::Absolute(width) => width.fmt(f),
            HalfWidth::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}
