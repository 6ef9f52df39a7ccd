//! A wanted precision.

use std::fmt;
use std::str::FromStr;

use crate::metrics::Quantity;
use crate::metrics::quantity::QuantityError;
use crate::statistics::half_width::{HalfWidth, WidthError};

/// How narrow the 95 % interval of a mean is to be: `end_queue ci95 < 10%`,
/// `m2.end_queue ci95 < 2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    pub quantity: Quantity,
    /// What half the interval's width is to stay below.
    pub half_width: HalfWidth,
}

/// Text that is no precision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrecisionError {
    #[error("`{text}` is no precision; write it like `end_queue ci95 < 10%` or `m2.end_queue ci95 < 2`")]
    Form { text: String },
    #[error(transparent)]
    Width(#[from] WidthError),
    #[error(transparent)]
    Quantity(#[from] QuantityError),
}

impl FromStr for Precision {
    type Err = PrecisionError;

    fn from_str(text: &str) -> Result<Precision, PrecisionError> {
        let form = || PrecisionError::Form { text: text.to_owned() };
        let (left, width) = text.split_once('<').ok_or_else(form)?;
        let quantity = left.trim_end().strip_suffix("ci95").ok_or_else(form)?;
        if quantity.trim().is_empty() || !quantity.ends_with(char::is_whitespace) {
            return Err(form());
        }
        Ok(Precision { quantity: quantity.parse()?, half_width: width.parse()? })
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ci95 < {}", self.quantity, self.half_width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn precision(text: &str) -> Precision {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        for text in [
            "end_queue ci95 < 10%",
            "m2.end_queue ci95 < 2",
            "fidelity ci95 < 0.001",
            "jump_mean ci95 < 0.5%",
        ] {
            assert_eq!(precision(text).to_string(), text);
        }
        assert_eq!(precision("  m12.max_queue  ci95<7 % ").to_string(), "m12.max_queue ci95 < 7%");
    }

    #[test]
    fn what_is_no_precision_is_answered_with_its_form() {
        let reported = |text: &str| text.parse::<Precision>().unwrap_err().to_string();
        for text in [
            "",
            "end_queue",
            "end_queue < 10%",
            "ci95 < 2",
            "end_queueci95 < 2",
            "end_queue ci95 > 2",
            "end_queue ci90 < 2",
        ] {
            assert!(reported(text).contains("like `end_queue ci95 < 10%`"), "{text}");
        }
        for width in ["", "0", "-1", "NaN", "inf", "ten", "0%", "%", "2%%"] {
            assert!(reported(&format!("end_queue ci95 < {width}")).contains("above 0"), "{width}");
        }
        assert!(reported("end_queu ci95 < 2").contains("did you mean `end_queue`"));
    }
}
