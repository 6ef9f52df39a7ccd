//! The tables of a dialect that say what lines look like: `[[event]]` and
//! `[[header]]`.

use super::Shape;
use super::field::Field as LogField;
use super::pattern::{Pattern, Role, RoleRule, Splitter};
use super::prefilter::prefilter;
use super::values::{CLOCK_LOGGED, Whole, check_groups, one_of, regex};
use crate::spec::SpecError;
use crate::spec::fields::{Field, Fields};
use crate::text::suggest::nearest;

const EVENT_KEYS: [&str; 7] = ["kind", "kinds", "match", "where", "fields", "count", "clock"];
const HEADER_KEYS: [&str; 5] = ["match", "where", "fields", "count", "starts_run"];

/// What a table under `[[event]]` says.
pub fn event_pattern(
    event: &Field<'_>,
    shape: &Shape,
    clock_before: bool,
    has_time: bool,
) -> Result<Pattern, SpecError> {
    let fields = event.table("event.", "a table", &EVENT_KEYS)?;
    let splitter = splitter(&fields, shape)?;
    let role = role(&fields)?;
    let pattern = Pattern {
        role,
        splitter,
        clock_before: fields.or("clock", clock_before, |field| one_of(field, &CLOCK_LOGGED))?,
        starts_run: false,
    };
    let has = |wanted: LogField| pattern.fields().contains(&wanted);
    if matches!(pattern.role, RoleRule::ByKind(..)) && !has(LogField::Kind) {
        let message = "needs something captured as `kind`";
        return Err(fields.require("kinds", "")?.fault(message));
    }
    for wanted in [LogField::Time, LogField::Clock] {
        let is_needed = wanted != LogField::Time || has_time;
        if is_needed && !has(wanted) && !matches!(pattern.role, RoleRule::Fixed(Role::Ignored)) {
            let name = wanted.name();
            let error = event.fault(format_args!("does not say where `{name}` is"));
            return Err(error
                .with_help(format!("capture it: `(?<{name}>…)` in `match`, or `{name} = …` in `fields`")));
        }
    }
    Ok(pattern)
}

/// What a table under `[[header]]` says.
pub fn header_pattern(header: &Field<'_>, shape: &Shape) -> Result<Pattern, SpecError> {
    let fields = header.table("header.", "a table", &HEADER_KEYS)?;
    let splitter = splitter(&fields, shape)?;
    let starts_run = fields.or("starts_run", false, |field| field.flag())?;
    Ok(Pattern { role: RoleRule::Fixed(Role::Header), splitter, clock_before: false, starts_run })
}

fn role(fields: &Fields<'_>) -> Result<RoleRule, SpecError> {
    let Some(kinds) = fields.get("kinds") else {
        let kind = fields.require("kind", "kind = \"internal\"")?;
        return one_of(&kind, &Role::NAMES).map(RoleRule::Fixed);
    };
    if let Some(kind) = fields.get("kind") {
        return Err(kind.fault("cannot stand beside `kinds`"));
    }
    let (mut roles, mut rest) = (Vec::new(), None);
    for (name, words) in kinds.entries("a table of kinds, each with the texts that tell it")? {
        let role = Role::NAMES.into_iter().find(|(known, _)| *known == name);
        let Some((_, role)) = role else {
            let error = words.fault("is no kind; the kinds are internal, receive, send, send-all and ignore");
            let meant = nearest(name, Role::NAMES.iter().map(|(name, _)| *name));
            return Err(
                meant.map_or(error.clone(), |name| error.with_help(format!("did you mean `{name}`?")))
            );
        };
        for word in words.texts("a text, or a list of them; \"*\" is any other")? {
            match word.text("a text")? {
                "*" => rest = Some(role),
                text => roles.push((text.to_owned(), role)),
            }
        }
    }
    Ok(RoleRule::ByKind(roles, rest))
}

fn splitter(fields: &Fields<'_>, shape: &Shape) -> Result<Splitter, SpecError> {
    if let Shape::Text = shape {
        for key in ["where", "fields", "count"] {
            if let Some(field) = fields.get(key) {
                return Err(field.fault("is for delimited lines and JSON; text is taken apart by `match`"));
            }
        }
        let field = fields.require("match", "match = '(?<time>…) … (?<clock>\\d+)'")?;
        let regex = regex(&field, Whole::Line)?;
        let names: Vec<&str> = LogField::ALL.iter().map(|field| field.name()).collect();
        check_groups(&field, &regex, &names)?;
        let named = regex.capture_names().enumerate();
        let groups = named.filter_map(|(at, name)| Some((LogField::named(name?)?, at))).collect();
        let prefilter = prefilter(field.text("a regular expression")?).map(Box::new);
        return Ok(Splitter::Text { regex, groups, prefilter });
    }
    if let Some(field) = fields.get("match") {
        return Err(field.fault("is for lines of text; name columns or keys under `fields`"));
    }
    let wanted =
        fields.get("where").map(|field| field.entries("a table of columns or keys, each with its text"));
    let wanted = wanted.transpose()?.unwrap_or_default();
    let places =
        fields.get("fields").map(|field| field.entries("a table of fields, each with its column or key"));
    let places = places.transpose()?.unwrap_or_default();
    match shape {
        Shape::Json => {
            let wanted = wanted.iter().map(|(key, field)| Ok(((*key).to_owned(), wanted_text(field)?)));
            let places = places.iter().map(|(name, field)| {
                Ok((log_field(name, field)?, field.text("the key of a JSON object")?.to_owned()))
            });
            Ok(Splitter::Keys {
                wanted: wanted.collect::<Result<_, SpecError>>()?,
                fields: places.collect::<Result<_, SpecError>>()?,
            })
        }
        _ => {
            let column_of = |key: &str| key.parse::<usize>().ok()?.checked_sub(1);
            let wanted = wanted.iter().map(|(key, field)| {
                let column =
                    column_of(key).ok_or_else(|| field.fault("is no column; columns are counted from 1"))?;
                Ok((column, wanted_text(field)?))
            });
            let places = places.iter().map(|(name, field)| {
                let column = field.whole("the number of a column, counted from 1", |column| {
                    (1..=10_000).contains(&column)
                })?;
                Ok((log_field(name, field)?, column as usize - 1))
            });
            let count =
                fields.get("count").map(|field| field.whole("how many columns there are", |count| count > 0));
            Ok(Splitter::Columns {
                wanted: wanted.collect::<Result<_, SpecError>>()?,
                fields: places.collect::<Result<_, SpecError>>()?,
                count: count.transpose()?.map(|count| count as usize),
            })
        }
    }
}

fn wanted_text(field: &Field<'_>) -> Result<String, SpecError> {
    field.text("the text that must be there").map(str::to_owned)
}

fn log_field(name: &str, field: &Field<'_>) -> Result<LogField, SpecError> {
    LogField::named(name).ok_or_else(|| {
        let known = LogField::ALL.map(LogField::name);
        let error = field.fault(format_args!("is no field; the fields are {}", known.join(", ")));
        let meant = nearest(name, known);
        meant.map_or(error.clone(), |name| error.with_help(format!("did you mean `{name}`?")))
    })
}
