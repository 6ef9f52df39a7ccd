//! A file of claims: what a publication says, as expectations that runs can
//! meet or miss. Pure; where specs come from is the caller's.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::expectation::{Expectation, Statistic};
use super::kind::Kind;
use super::outcome::HoldsIn;
use super::setup::{Finder, Setup, Setups};
use crate::metrics::Metric;
use crate::spec::fields::{Field, Fields};
use crate::spec::source::Source;
use crate::spec::sweep::Axis;
use crate::spec::{Override, SpecError, syntax};

const KEYS: [&str; 6] = ["title", "about", "publication", "published", "claim", "chart"];
const CLAIM_KEYS: [&str; 9] = ["id", "kind", "source", "quote", "says", "bounds", "why", "holds_in", "case"];
const CASE_KEYS: [&str; 6] = ["when", "experiment", "experiments", "set", "expect", "against"];
const SETUP_KEYS: [&str; 2] = ["experiment", "set"];
const CHART_KEYS: [&str; 7] = ["name", "says", "experiment", "set", "axis", "values", "metric"];

/// All that a file of claims asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    pub title: String,
    /// What the publication is, in a sentence or two.
    pub about: String,
    /// What the publication is called in a sentence, such as `the notebook`.
    pub publication: String,
    /// Experiments whose published values are checked against runs.
    pub published: Vec<Setup>,
    pub claims: Vec<Claim>,
    pub charts: Vec<ChartOrder>,
}

/// What a publication says, in our words.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Short, and no other claim's.
    pub id: String,
    pub kind: Kind,
    /// Where it was published, such as `finding 2`.
    pub source: String,
    /// The sentence that is judged, word for word; empty where there is none.
    pub quote: String,
    /// What is expected of the runs, in our words.
    pub says: String,
    /// Which of the bounds are ours and not the publication's.
    pub bounds: String,
    /// Why the runs show what they show.
    pub why: String,
    /// In how many of its cases it is to be met.
    pub holds_in: HoldsIn,
    /// At least one.
    pub cases: Vec<Case>,
}

/// One set of circumstances under which a claim is to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Tells it from the others; empty only where a claim has a single case.
    pub when: String,
    /// At least one; several only of a rank correlation.
    pub setups: Vec<Setup>,
    /// What differences are to.
    pub against: Option<Setup>,
    /// At least one.
    pub expectations: Vec<Expectation>,
}

impl Case {
    /// Its setups, and what they are checked against.
    pub fn title(&self) -> String {
        let setups: Vec<String> = self.setups.iter().map(Setup::title).collect();
        let against = self.against.as_ref().map(|against| format!(", against {}", against.title()));
        setups.join(", ") + &against.unwrap_or_default()
    }
}

/// A chart of a metric over one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartOrder {
    /// Names its file.
    pub name: String,
    /// What is to be seen on it.
    pub says: String,
    pub experiment: String,
    pub axis: String,
    pub metric: &'static Metric,
    /// The places on the axis, and what runs there.
    pub points: Vec<(f64, Setup)>,
}

/// Reads a file of claims. `source_name` is what errors call it; `find` gives
/// the text of a spec by its name; `typed` is laid over every spec.
///
/// # Errors
///
/// The first thing wrong, at its place in the text.
pub fn parse(
    source_name: &str,
    text: &str,
    typed: &[Override],
    find: &Finder<'_>,
) -> Result<Claims, SpecError> {
    let source = Source { name: source_name, text, overrides: &[] };
    let root = DeTable::parse(text).map_err(|error| syntax::explain(&source, &error))?.into_inner();
    let fields = Fields::new(source, &root, "", 0..0, &KEYS)?;
    let setups = Setups { source, typed, find };
    let claims = fields.or("claim", Vec::new(), |field| all_claims(&setups, field))?;
    let published = fields.or("published", Vec::new(), |field| {
        let names = field.list("a list of experiments, such as [\"exp1\", \"exp2\"]")?;
        names.iter().map(|name| setups.plain(name)).collect()
    })?;
    if claims.is_empty() && published.is_empty() {
        let error = source.error(0..0, "there is nothing to judge here");
        return Err(error.with_help("add a `[[claim]]`, or `published = [\"exp1\"]`"));
    }
    Ok(Claims {
        title: fields.or("title", "The claims".to_owned(), prose)?,
        about: fields.or("about", String::new(), prose)?,
        publication: fields.or("publication", "the publication".to_owned(), prose)?,
        published,
        claims,
        charts: fields.or("chart", Vec::new(), |field| all_charts(&setups, field))?,
    })
}

fn prose(field: &Field<'_>) -> Result<String, SpecError> {
    field.text("a text").map(|text| text.trim().to_owned())
}

fn all_claims(setups: &Setups<'_>, field: &Field<'_>) -> Result<Vec<Claim>, SpecError> {
    let mut ids = BTreeSet::new();
    let tables = field.list("a list of `[[claim]]` tables")?;
    let claim = |table: &Field<'_>| {
        let fields = table.table("claim.", "a `[[claim]]` table", &CLAIM_KEYS)?;
        let id = fields.require("id", "id = \"short-queues\"")?;
        let name = id.form("1 to 60 small letters, digits and `-`", |id| is_id(id).then(|| id.to_owned()))?;
        if !ids.insert(name.clone()) {
            return Err(id.fault("is that of another claim already"));
        }
        Ok(Claim {
            id: name,
            kind: fields.or("kind", Kind::default(), |field| {
                field.form("\"published\", \"reading\" or \"theory\"", Kind::named)
            })?,
            source: fields.or("source", String::new(), prose)?,
            quote: fields.or("quote", String::new(), prose)?,
            says: prose(&fields.require("says", "says = \"Queues stay short.\"")?)?,
            bounds: fields.or("bounds", String::new(), prose)?,
            why: fields.or("why", String::new(), prose)?,
            holds_in: fields.or("holds_in", HoldsIn::default(), |field| {
                field.form("\"all\", \"most\" or \"some\" of its cases", HoldsIn::named)
            })?,
            cases: cases(setups, &fields)?,
        })
    };
    tables.iter().map(claim).collect()
}

fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=60).contains(&id.len()) && id.chars().all(allowed)
}

fn is_file_word(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=60).contains(&name.len()) && name.chars().all(allowed)
}

fn cases(setups: &Setups<'_>, claim: &Fields<'_>) -> Result<Vec<Case>, SpecError> {
    let field = claim.require("case", "[[claim.case]]")?;
    let tables = field.list("a list of `[[claim.case]]` tables")?;
    if tables.is_empty() {
        return Err(field.fault("is empty: a claim without a case cannot be tested"));
    }
    let case = |table: &Field<'_>| {
        let fields = table.table("claim.case.", "a `[[claim.case]]` table", &CASE_KEYS)?;
        let when = fields.or("when", String::new(), prose)?;
        if when.is_empty() && tables.len() > 1 {
            let error = table.fault("is one of several, and has no `when` to tell it from the others");
            return Err(error.with_help("add `when = \"…\"`: a verdict names its cases"));
        }
        let of_case = all_setups(setups, &fields)?;
        let against = fields.or("against", None, |field| {
            let fields =
                field.table("claim.case.against.", "a table of `experiment` and `set`", &SETUP_KEYS)?;
            setups.of(&fields).map(Some)
        })?;
        let expectations = expectations(&fields, &of_case, against.as_ref())?;
        Ok(Case { when, setups: of_case, against, expectations })
    };
    tables.iter().map(case).collect()
}

/// `experiment` and `set`, or a list of `experiments` as they are.
fn all_setups(setups: &Setups<'_>, case: &Fields<'_>) -> Result<Vec<Setup>, SpecError> {
    let Some(field) = case.get("experiments") else { return Ok(vec![setups.of(case)?]) };
    if let Some(other) = case.get("experiment").or_else(|| case.get("set")) {
        return Err(other.fault("cannot stand beside `experiments`, which are taken as they are"));
    }
    let names = field.list("a list of experiments, such as [\"exp1\", \"exp2\"]")?;
    if names.is_empty() {
        return Err(field.fault("is empty: name the experiments that are looked at together"));
    }
    names.iter().map(|name| setups.plain(name)).collect()
}

fn expectations(
    case: &Fields<'_>,
    setups: &[Setup],
    against: Option<&Setup>,
) -> Result<Vec<Expectation>, SpecError> {
    let example = "expect = [\"end_queue mean > 20\"]";
    let field = case.require("expect", example)?;
    let items = field.list("a list of expectations")?;
    if items.is_empty() {
        return Err(field.fault("is empty").with_help(format!("write `{example}`")));
    }
    let mut expectations = Vec::new();
    for item in &items {
        let expectation: Expectation = item
            .text("a list of texts")?
            .parse()
            .map_err(|error| item.fault(format_args!("holds: {error}")))?;
        let machines = setups.iter().chain(against).map(|setup| setup.spec.machine_count());
        if let (Some(machine), Some(least)) = (expectation.quantity.machine, machines.min())
            && machine.index() >= least as usize
        {
            return Err(item.fault(format_args!("asks for machine {machine}, and there are only {least}")));
        }
        if setups.len() > 1 && !matches!(expectation.statistic, Statistic::RankCorrelation(_)) {
            let error = item.fault("looks at one experiment, and the case has several");
            return Err(error.with_help("use `rank_correlation(METRIC)`, or write a case for each"));
        }
        if expectation.statistic == Statistic::Difference && against.is_none() {
            let error = item.fault("asks for a difference, but not to what");
            return Err(error.with_help("add `against = { experiment = \"…\" }` to the case"));
        }
        expectations.push(expectation);
    }
    match case.get("against") {
        Some(field) if expectations.iter().all(|one| one.statistic != Statistic::Difference) => Err(field
            .fault("is checked against by no expectation")
            .with_help("use the statistic `difference`")),
        _ => Ok(expectations),
    }
}

fn all_charts(setups: &Setups<'_>, field: &Field<'_>) -> Result<Vec<ChartOrder>, SpecError> {
    let mut names = BTreeSet::new();
    let chart = |table: &Field<'_>| {
        let fields = table.table("chart.", "a `[[chart]]` table", &CHART_KEYS)?;
        let name = fields.require("name", "name = \"threshold\"")?;
        let stem = name.form("a file's name of small letters, digits and `_`", |name| {
            is_file_word(name).then(|| name.to_owned())
        })?;
        if !names.insert(stem.clone()) {
            return Err(name.fault("is that of another chart already"));
        }
        let axis = fields.require("axis", "axis = \"machine.2.clock_rate\"")?.text("a key of the spec")?;
        let values = fields.require("values", "values = \"0.5..2.5:0.5\"")?;
        let metric = fields.require("metric", "metric = \"end_queue\"")?;
        let metric = metric.form("the name of a metric, such as \"end_queue\"", Metric::named)?;
        let mut points = Vec::new();
        for value in axis_values(axis, &values)? {
            let place = value.parse::<f64>().ok().filter(|place| place.is_finite());
            let place = place.ok_or_else(|| {
                values.fault(format_args!("must be numbers, to be places on an axis, and `{value}` is none"))
            })?;
            points.push((place, setups.with(&fields, axis, &value)?));
        }
        Ok(ChartOrder {
            name: stem,
            says: fields.or("says", String::new(), prose)?,
            experiment: setups.of(&fields)?.experiment,
            axis: axis.to_owned(),
            metric,
            points,
        })
    };
    field.list("a list of `[[chart]]` tables")?.iter().map(chart).collect()
}

/// A list, or a text such as `0.5..2.5:0.5`.
fn axis_values(axis: &str, field: &Field<'_>) -> Result<Vec<String>, SpecError> {
    if let DeValue::Array(items) = field.value() {
        return Ok(items.iter().map(|item| crate::spec::sweep::written(item.get_ref())).collect());
    }
    let text = field.text("a list of numbers, or a text such as \"0.5..2.5:0.5\"")?;
    let steps = Axis::of(&Override::new("", axis, text)).map_err(|error| field.fault(error.message()))?.steps;
    Ok(steps.into_iter().flatten().map(|setting| setting.value).collect())
}
