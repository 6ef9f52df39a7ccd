//! An expectation: what a claim says of a quantity over many runs, as people
//! write it. Pure.

use std::fmt;
use std::str::FromStr;

use crate::metrics::quantity::QuantityError;
use crate::metrics::{Metric, Quantity};
use crate::text::suggest::nearest;

/// How an expectation is written, in a message.
pub const FORM: &str = "QUANTITY STATISTIC OPERATOR NUMBER, such as \"m2.end_queue mean > 20\" or \
                        \"max_queue share(<= 2) >= 90%\"";

/// `m2.end_queue mean > 20`: a quantity, what is looked at over the runs, and
/// on which side of a number it is to lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    pub quantity: Quantity,
    pub statistic: Statistic,
    pub operator: Operator,
    /// Of a share, from 0 to 1.
    pub bound: f64,
}

/// What is looked at over the runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    Mean,
    Median,
    P05,
    P95,
    Min,
    Max,
    /// The share of runs whose value lies on this side of a number.
    Share(Operator, f64),
    /// The same share of the machines of a run, in the mean over the runs.
    MachineShare(Operator, f64),
    /// The rank correlation with this metric over all machines of all setups of a
    /// case, one run of each at a time, in the mean over the runs.
    RankCorrelation(&'static Metric),
    /// Mean of the case's − mean of those it is checked against, in pairs that
    /// share their seeds.
    Difference,
}

/// On which side of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Below,
    AtMost,
    Equal,
    AtLeast,
    Above,
}

/// Text that is no expectation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExpectationError {
    #[error("`{text}` is no expectation; write {FORM}")]
    Form { text: String },
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    #[error("there is no statistic `{name}`; did you mean `{meant}`?")]
    DidYouMean { name: String, meant: &'static str },
    #[error(
        "there is no statistic `{name}`; they are mean, median, p05, p95, min, max, share(OPERATOR NUMBER), \
         machine_share(OPERATOR NUMBER), rank_correlation(METRIC) and difference"
    )]
    UnknownStatistic { name: String },
    #[error("`{name}` is of all machines of a run; write `{metric}` without a machine")]
    OneMachine { name: &'static str, metric: &'static str },
    #[error("`{text}` is no operator; write <, <=, >= or >, and within share(…) also ==")]
    Operator { text: String },
    #[error("what is estimated never equals a number; write <= or >=, or share(== {bound}) >= 90%")]
    Equals { bound: String },
    #[error("`{text}` is no finite number")]
    Number { text: String },
    #[error("a share is checked against a percentage from 0% to 100%, not `{text}`")]
    Percentage { text: String },
}

const PLAIN: [(&str, Statistic); 7] = [
    ("mean", Statistic::Mean),
    ("median", Statistic::Median),
    ("p05", Statistic::P05),
    ("p95", Statistic::P95),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
    ("difference", Statistic::Difference),
];
const SHARE: &str = "share";
const MACHINE_SHARE: &str = "machine_share";
const RANK_CORRELATION: &str = "rank_correlation";

/// Longest first, so that none is taken for the beginning of another.
const OPERATORS: [(&str, Operator); 5] = [
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("==", Operator::Equal),
    ("<", Operator::Below),
    (">", Operator::Above),
];

impl Operator {
    pub fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Operator::Below => value < bound,
            Operator::AtMost => value <= bound,
            Operator::Equal => value == bound,
            Operator::AtLeast => value >= bound,
            Operator::Above => value > bound,
        }
    }

    /// Whether large values meet it.
    pub fn is_upward(self) -> bool {
        matches!(self, Operator::AtLeast | Operator::Above)
    }

    pub fn sign(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("", |(sign, _)| sign)
    }
}

impl FromStr for Expectation {
    type Err = ExpectationError;

    fn from_str(text: &str) -> Result<Expectation, ExpectationError> {
        let form = || ExpectationError::Form { text: text.trim().to_owned() };
        let (quantity, rest) = text.trim().split_once(char::is_whitespace).ok_or_else(form)?;
        let quantity: Quantity = quantity.parse()?;
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').ok_or_else(form)?;
        let (name, rest) = rest.split_at(end);
        let (statistic, rest) = statistic(name, rest.trim_start(), form)?;
        let (operator, bound) = comparison(rest)?;
        let bound = match (statistic, operator) {
            (_, Operator::Equal) => return Err(ExpectationError::Equals { bound: bound.to_owned() }),
            (statistic, _) if statistic.is_share() => percentage(bound)?,
            _ => number(bound)?,
        };
        if let (Some(name), Some(_)) = (statistic.of_all_machines(), quantity.machine) {
            return Err(ExpectationError::OneMachine { name, metric: quantity.metric.name });
        }
        Ok(Expectation { quantity, statistic, operator, bound })
    }
}

impl Statistic {
    /// Whether it is checked against a percentage.
    pub fn is_share(self) -> bool {
        matches!(self, Statistic::Share(..) | Statistic::MachineShare(..))
    }

    /// The name of one that is of all machines of a run, and never of one alone.
    fn of_all_machines(self) -> Option<&'static str> {
        match self {
            Statistic::MachineShare(..) => Some(MACHINE_SHARE),
            Statistic::RankCorrelation(_) => Some(RANK_CORRELATION),
            _ => None,
        }
    }
}

/// The statistic, and what comes after it.
fn statistic<'a>(
    name: &str,
    rest: &'a str,
    form: impl Fn() -> ExpectationError,
) -> Result<(Statistic, &'a str), ExpectationError> {
    if [SHARE, MACHINE_SHARE, RANK_CORRELATION].contains(&name) {
        let inner = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (inner, rest) = inner.ok_or_else(form)?;
        return Ok((with_argument(name, inner.trim())?, rest.trim_start()));
    }
    if let Some((_, statistic)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
        return Ok((*statistic, rest));
    }
    if name.is_empty() {
        return Err(form());
    }
    let names = PLAIN.iter().map(|(plain, _)| *plain).chain([SHARE, MACHINE_SHARE, RANK_CORRELATION]);
    let (meant, name) = (nearest(name, names), name.to_owned());
    match meant {
        Some(meant) => Err(ExpectationError::DidYouMean { name, meant }),
        None => Err(ExpectationError::UnknownStatistic { name }),
    }
}

fn with_argument(name: &str, argument: &str) -> Result<Statistic, ExpectationError> {
    if name == RANK_CORRELATION {
        let other: Quantity = argument.parse()?;
        return match other.machine {
            None => Ok(Statistic::RankCorrelation(other.metric)),
            Some(_) => {
                Err(ExpectationError::OneMachine { name: RANK_CORRELATION, metric: other.metric.name })
            }
        };
    }
    let (operator, value) = comparison(argument)?;
    let value = number(value)?;
    Ok(match name == SHARE {
        true => Statistic::Share(operator, value),
        false => Statistic::MachineShare(operator, value),
    })
}

/// An operator, and the text after it.
fn comparison(text: &str) -> Result<(Operator, &str), ExpectationError> {
    let found = OPERATORS.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
    let first = || text.split_whitespace().next().unwrap_or_default().to_owned();
    found
        .map(|(operator, rest)| (operator, rest.trim()))
        .ok_or_else(|| ExpectationError::Operator { text: first() })
}

fn number(text: &str) -> Result<f64, ExpectationError> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| ExpectationError::Number { text: text.to_owned() })
}

fn percentage(text: &str) -> Result<f64, ExpectationError> {
    let percent = text.strip_suffix('%').and_then(|percent| percent.trim_end().parse::<f64>().ok());
    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
    percent
        .map(|percent| percent / 100.0)
        .ok_or_else(|| ExpectationError::Percentage { text: text.to_owned() })
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Statistic::Share(operator, value) => write!(f, "{SHARE}({} {value})", operator.sign()),
            Statistic::MachineShare(operator, value) => {
                write!(f, "{MACHINE_SHARE}({} {value})", operator.sign())
            }
            Statistic::RankCorrelation(other) => write!(f, "{RANK_CORRELATION}({})", other.name),
            plain => {
                let name = PLAIN.iter().find(|(_, statistic)| statistic == plain);
                f.write_str(name.map_or("", |(name, _)| name))
            }
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.quantity, self.statistic, self.operator.sign())?;
        match self.statistic.is_share() {
            true => write!(f, "{}%", self.bound * 100.0),
            false => write!(f, "{}", self.bound),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(text: &str) -> String {
        text.parse::<Expectation>().unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_is_understood_and_shown_as_it_was() {
        for text in [
            "m2.end_queue mean > 20",
            "max_queue median <= 2",
            "m3.max_queue share(<= 2) >= 90%",
            "clock_diff share(== 0) < 12.5%",
            "m1.clock_diff difference >= -0.5",
            "end_queue machine_share(== 0) > 50%",
            "max_queue rank_correlation(ratio_difference) > 0.3",
            "end_queue p05 > 1",
            "end_queue p95 < 1",
            "end_queue min >= 0",
            "end_queue max < 1000",
        ] {
            let expectation: Expectation = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(expectation.to_string(), text);
        }
        assert_eq!(
            " m2.end_queue   share( >3 )<=90 % ".parse::<Expectation>().unwrap().to_string(),
            "m2.end_queue share(> 3) <= 90%"
        );
    }

    #[test]
    fn what_is_no_expectation_is_refused_with_advice() {
        for text in
            ["", "end_queue", "end_queue mean", "end_queue > 3", "end_queue share <= 3", "\u{0} \u{0}"]
        {
            let reported = reported(text);
            assert!(
                reported.contains("such as") || reported.contains("there is no metric"),
                "{text}: {reported}"
            );
        }
        for (text, words) in [
            ("end_queu mean > 3", "did you mean `end_queue`"),
            ("end_queue maen > 3", "did you mean `mean`"),
            ("end_queue shares(> 3) > 3%", "did you mean `share`"),
            ("m1.end_queue machine_share(> 3) > 3%", "write `end_queue` without a machine"),
            ("m1.end_queue rank_correlation(clock_diff) > 0", "write `end_queue` without a machine"),
            ("end_queue rank_correlation(m2.clock_diff) > 0", "write `clock_diff` without a machine"),
            ("end_queue rank_correlation(clock_dif) > 0", "did you mean `clock_diff`"),
            ("end_queue rank_correlation > 0", "is no expectation"),
            ("end_queue machine_share(== 0) > 0.5", "percentage from 0% to 100%"),
            ("end_queue xyzzy > 3", "mean, median, p05"),
            ("end_queue mean ~ 3", "`~` is no operator"),
            ("end_queue mean == 3", "share(== 3) >= 90%"),
            ("end_queue mean > many", "`many` is no finite number"),
            ("end_queue mean > NaN", "no finite number"),
            ("end_queue mean > ", "no finite number"),
            ("end_queue share(> 3) > 0.9", "percentage from 0% to 100%"),
            ("end_queue share(> 3) > 101%", "percentage"),
            ("end_queue share(> inf) > 10%", "no finite number"),
        ] {
            assert!(reported(text).contains(words), "{text}: {}", reported(text));
        }
    }
}
