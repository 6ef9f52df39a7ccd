//! The TOML of a dialect: text in, a [`Dialect`] out. Touches neither disk nor
//! clock.

use toml::de::DeTable;

use super::field::Field as LogField;
use super::file_names::FileNames;
use super::naming::Naming;
use super::pattern::{Pattern, Role, RoleRule};
use super::pattern_table::{event_pattern, header_pattern};
use super::records::Bounds;
use super::values::{CLOCK_LOGGED, Whole, check_groups, one_of, regex};
use super::{Dialect, SendToAll, Shape, TimeFormat, Vector};
use crate::spec::SpecError;
use crate::spec::fields::{Field, Fields};
use crate::spec::source::Source;
use crate::spec::syntax;

const KEYS: [&str; 16] = [
    "$schema",
    "name",
    "about",
    "files",
    "lines",
    "time",
    "queue",
    "clock",
    "clocks_begin",
    "clock_rate",
    "vector",
    "send_to_all",
    "machines",
    "event",
    "header",
    "ignore",
];
const SEND_TO_ALL: [(&str, SendToAll); 3] = [
    ("line-each", SendToAll::LineEach),
    ("line-each-rising", SendToAll::LineEachRising),
    ("one-line", SendToAll::OneLine),
];
const LINES_KEYS: [&str; 4] = ["format", "delimiter", "begins", "ends"];
const MACHINES_KEYS: [&str; 6] = ["names", "first", "peers", "peers_first", "senders", "senders_first"];
/// What the name of a file can tell.
const FILE_GROUPS: [&str; 3] = ["machine", "run", "clock_rate"];

/// Reads a dialect from its text; `source_name` is what errors call it.
///
/// # Errors
///
/// The first thing wrong, at its place in the text.
pub fn parse(source_name: &str, text: &str) -> Result<Dialect, SpecError> {
    let source = Source { name: source_name, text, overrides: &[] };
    let root = DeTable::parse(text).map_err(|error| syntax::explain(&source, &error))?.into_inner();
    let first_key = root.keys().map(|key| key.span()).min_by_key(|span| span.start).unwrap_or(0..0);
    resolve(&Fields::new(source, &root, "", first_key, &KEYS)?)
}

fn resolve(root: &Fields<'_>) -> Result<Dialect, SpecError> {
    let name = root.require("name", "name = \"mine\"")?.text("a text")?.to_owned();
    let about = root.or("about", String::new(), |field| field.text("a text").map(str::to_owned))?;
    let lines = root.get("lines").map(|field| field.table("lines.", "a table", &LINES_KEYS)).transpose()?;
    let shape = lines.as_ref().map_or(Ok(Shape::Text), shape)?;
    let bound = |key| {
        let field = lines.as_ref().and_then(|lines| lines.get(key));
        field.map(|field| regex(&field, Whole::Part)).transpose()
    };
    let bounds = Bounds { begins: bound("begins")?, ends: bound("ends")? };
    let clock_before = root.or("clock", false, |field| one_of(field, &CLOCK_LOGGED))?;
    let mut patterns = Vec::new();
    let events = root.require("event", "[[event]]\\nkind = \"internal\"\\nmatch = '…'")?;
    let events = events.list("a list of tables, each under [[event]]")?;
    are_few(&events)?;
    let time = time(&root.require("time", "time = \"date-time\"")?)?;
    for event in events {
        patterns.push(event_pattern(&event, &shape, clock_before, time != TimeFormat::None)?);
        let is_ignored = |pattern: &Pattern| matches!(pattern.role, RoleRule::Fixed(Role::Ignored));
        let mut events = patterns.iter().filter(|pattern| !is_ignored(pattern));
        let tells = |pattern: &Pattern| pattern.fields().contains(&LogField::Machine);
        if let Some(first) = events.next().map(tells)
            && events.any(|pattern| tells(pattern) != first)
        {
            return Err(
                event.fault("must say where `machine` is if any event does: a line is of one machine")
            );
        }
    }
    if let Some(headers) = root.get("header") {
        let headers = headers.list("a list of tables, each under [[header]]")?;
        are_few(&headers)?;
        for header in headers {
            patterns.push(header_pattern(&header, &shape)?);
        }
    }
    let per_minute =
        root.or("clock_rate", false, |field| one_of(field, &[("per-minute", true), ("per-second", false)]))?;
    let no_names = FileNames { regex: None, parts: 1, per_minute };
    let Names { machines, peers, senders } = root.or("machines", Names::default(), naming)?;
    Ok(Dialect {
        name,
        about,
        files: root.or("files", no_names, |field| files(field, per_minute))?,
        per_minute,
        shape,
        bounds,
        time,
        queue_before_pop: root
            .or("queue", false, |field| one_of(field, &[("before-pop", true), ("after-pop", false)]))?,
        vector: root.or("vector", None, |field| one_of(field, &Vector::NAMES).map(Some))?,
        send_to_all: root.or("send_to_all", SendToAll::OneLine, |field| one_of(field, &SEND_TO_ALL))?,
        clocks_begin: root
            .or("clocks_begin", 0, |field| field.whole("a whole number from 0 on", |_| true))?,
        machines,
        peers,
        senders,
        patterns,
        ignore: root.or("ignore", Vec::new(), |field| {
            let expected = "a regular expression, or a list of them";
            field.texts(expected)?.iter().map(|item| regex(item, Whole::Part)).collect()
        })?,
    })
}

/// A name of a format, or one in the notation of `strptime`.
fn time(field: &Field<'_>) -> Result<TimeFormat, SpecError> {
    match field.value().as_str().filter(|text| text.contains('%')) {
        Some(text) => TimeFormat::named(text).ok_or_else(|| {
            field.fault("asks for what no time has; `%d/%m/%Y %H:%M:%S.%f` is a format of strptime")
        }),
        None => {
            let names: Vec<(&str, usize)> =
                TimeFormat::NAMES.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
            one_of(field, &names).map(|at| TimeFormat::NAMES[at].1.clone())
        }
    }
}

fn are_few(tables: &[Field<'_>]) -> Result<(), SpecError> {
    const PATTERNS_MAX: usize = 256;
    let reported = format_args!("is one too many: no program logs in more than {PATTERNS_MAX} ways");
    tables.get(PATTERNS_MAX).map_or(Ok(()), |one| Err(one.fault(reported)))
}

fn shape(lines: &Fields<'_>) -> Result<Shape, SpecError> {
    let formats = [
        ("text", Shape::Text),
        ("json", Shape::Json),
        ("delimited", Shape::Delimited { delimiter: ",".to_owned() }),
    ];
    let names: Vec<(&str, usize)> = formats.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
    let chosen = lines.or("format", 0, |field| one_of(field, &names))?;
    match (formats[chosen].1.clone(), lines.get("delimiter")) {
        (Shape::Delimited { .. }, Some(field)) => {
            let expected = "one or more characters, such as \",\" or \"\\t\"";
            let delimiter = field.form(expected, |text| (!text.is_empty()).then(|| text.to_owned()))?;
            Ok(Shape::Delimited { delimiter })
        }
        (_, Some(field)) => Err(field.fault("is only for lines of the format \"delimited\"")),
        (shape, None) => Ok(shape),
    }
}

fn files(field: &Field<'_>, per_minute: bool) -> Result<FileNames, SpecError> {
    let pattern = field.text("a regular expression for the names of log files")?;
    let regex = regex(field, Whole::Path)?;
    check_groups(field, &regex, &FILE_GROUPS)?;
    Ok(FileNames { parts: slashes(pattern) + 1, regex: Some(regex), per_minute })
}

/// How many slashes a regular expression asks for; those among the characters of
/// a class, as in `[^/]`, are none.
fn slashes(pattern: &str) -> usize {
    let (mut count, mut in_class, mut escaped) = (0, false, false);
    for c in pattern.chars() {
        match c {
            '[' if !escaped => in_class = true,
            ']' if !escaped => in_class = false,
            '/' if !in_class => count += 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    count
}

/// What machines are called: by their files, by lines, and as senders.
struct Names {
    machines: Naming,
    peers: Naming,
    senders: Naming,
}

impl Default for Names {
    fn default() -> Names {
        let from_1 = || Naming::Numbers { first: 1 };
        Names { machines: from_1(), peers: from_1(), senders: from_1() }
    }
}

fn naming(field: &Field<'_>) -> Result<Names, SpecError> {
    let fields = field.table("machines.", "a table", &MACHINES_KEYS)?;
    let machines = names(&fields, "names", "first")?.unwrap_or(Naming::Numbers { first: 1 });
    let peers = names(&fields, "peers", "peers_first")?.unwrap_or_else(|| machines.clone());
    let senders = names(&fields, "senders", "senders_first")?.unwrap_or_else(|| peers.clone());
    Ok(Names { machines, peers, senders })
}

fn names(fields: &Fields<'_>, key: &str, first_key: &str) -> Result<Option<Naming>, SpecError> {
    const EXPECTED: &str = "\"numbers\", \"letters\", \"sorted\", or a list of names";
    let first =
        fields.get(first_key).map(|field| field.whole("a whole number from 0 on", |_| true)).transpose()?;
    let Some(field) = fields.get(key) else { return Ok(first.map(|first| Naming::Numbers { first })) };
    if field.value().as_array().is_some() {
        let items = field.list(EXPECTED)?;
        let texts: Result<_, _> = items.iter().map(|item| item.text("a name").map(str::to_owned)).collect();
        return Ok(Some(Naming::Listed(texts?)));
    }
    Ok(Some(match one_of(&field, &[("numbers", 0), ("letters", 1), ("sorted", 2)])? {
        0 => Naming::Numbers { first: first.unwrap_or(1) },
        1 => Naming::Letters,
        _ => Naming::Sorted,
    }))
}
