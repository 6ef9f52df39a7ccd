//! What Perfetto would reject, or draw otherwise than meant.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::export::CheckError;

/// Reads a trace as Perfetto does, event by event, which is to hold this many
/// slices.
///
/// # Errors
///
/// Perfetto would reject the trace, lose an arrow or a span, or draw slices of
/// one machine over each other. The line is that of the event where each event
/// has a line of its own and the first has the second.
pub fn check(input: impl Read, slices: u64) -> Result<(), CheckError> {
    let mut trace = Trace::default();
    let mut json = serde_json::Deserializer::from_reader(input);
    let outcome = TraceSeed(&mut trace).deserialize(&mut json).and_then(|()| json.end());
    if let Some(refusal) = trace.refusal.take() {
        return Err(refusal);
    }
    outcome.map_err(|error| CheckError::whole(format!("it is no such JSON: {error}")))?;
    trace.end(slices)
}

/// An event of the trace, by the names of the format.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    ph: String,
    name: String,
    #[serde(default)]
    cat: String,
    pid: Option<u32>,
    tid: Option<u32>,
    ts: Option<f64>,
    dur: Option<f64>,
    id: Option<u64>,
    bp: Option<String>,
    #[serde(default)]
    args: Map<String, Value>,
}

/// What is known so far.
#[derive(Default)]
struct Trace {
    events: u64,
    slices: u64,
    processes: BTreeMap<u32, Process>,
    /// Of each thread the last slice: its begin and end, in nanoseconds.
    threads: BTreeMap<(u32, u32), (i64, i64)>,
    arrows: BTreeMap<u64, Arrow>,
    /// The spans that began and did not end: process, name and begin.
    spans: BTreeMap<u64, (u32, String, i64)>,
    last_id: u64,
    refusal: Option<CheckError>,
}

/// An arrow that left; its id, category and name tell that an end is its own.
struct Arrow {
    category: String,
    name: String,
    left: i64,
    met: u64,
}

#[derive(Default)]
struct Process {
    has_name: bool,
    has_place: bool,
}

/// Nanoseconds of a time in microseconds, if that has no more than three decimals.
fn nanoseconds(micros: Option<f64>, name: &str) -> Result<i64, String> {
    let micros = micros.filter(|micros| *micros >= 0.0).ok_or(format!("it has no `{name}` of 0 or more"))?;
    let ns = (micros * 1e3).round();
    if (ns / 1e3 - micros).abs() > micros.abs() * f64::EPSILON || ns >= i64::MAX as f64 {
        return Err(format!("`{name}` has more than three decimals"));
    }
    Ok(ns as i64)
}

impl Trace {
    fn take(&mut self, event: &Event) -> Result<(), String> {
        let pid = event.pid.ok_or("it has no pid")?;
        let track = event.tid.map(|tid| (pid, tid)).ok_or("it has no tid")?;
        if event.ph == "M" {
            return self.about(pid, event);
        }
        if !self.processes.get(&pid).is_some_and(|process| process.has_name && process.has_place) {
            return Err(format!("process {pid} has no name, or no place among the others, yet"));
        }
        let at = nanoseconds(event.ts, "ts")?;
        match event.ph.as_str() {
            "X" => self.slice(track, at, nanoseconds(event.dur, "dur")?),
            "s" => {
                self.on_slice(track, at)?;
                let id = self.new_id(event)?;
                let (category, name) = (event.cat.clone(), event.name.clone());
                self.arrows.insert(id, Arrow { category, name, left: at, met: 0 });
                Ok(())
            }
            "f" => self.arrives(track, at, event),
            "b" => {
                let id = self.new_id(event)?;
                self.spans.insert(id, (pid, event.name.clone(), at));
                Ok(())
            }
            "e" => {
                let began = event.id.and_then(|id| self.spans.remove(&id));
                let fits =
                    began.is_some_and(|(of, name, began)| of == pid && name == event.name && began <= at);
                if fits { Ok(()) } else { Err("it ends no span that began before".to_owned()) }
            }
            "C" => match !event.args.is_empty() && event.args.values().all(Value::is_number) {
                true => Ok(()),
                false => Err("a counter takes numbers only".to_owned()),
            },
            other => Err(format!("no event begins with `{other}`")),
        }
    }

    fn about(&mut self, pid: u32, event: &Event) -> Result<(), String> {
        let process = self.processes.entry(pid).or_default();
        let (seen, is_right) = match event.name.as_str() {
            "process_name" => (&mut process.has_name, event.args.get("name").is_some_and(Value::is_string)),
            "process_sort_index" => {
                (&mut process.has_place, event.args.get("sort_index").is_some_and(Value::is_number))
            }
            "thread_name" => return Ok(()),
            other => return Err(format!("nothing is known of `{other}`")),
        };
        if std::mem::replace(seen, true) || !is_right {
            return Err(format!("`{}` of process {pid} comes twice, or says nothing", event.name));
        }
        Ok(())
    }

    fn slice(&mut self, track: (u32, u32), at: i64, length: i64) -> Result<(), String> {
        self.slices += 1;
        if length <= 0 {
            return Err("a slice has no length".to_owned());
        }
        let last = self.threads.insert(track, (at, at.saturating_add(length)));
        match last.is_some_and(|(_, end)| at < end) {
            true => Err("it begins before the last slice of its thread ends".to_owned()),
            false => Ok(()),
        }
    }

    /// An arrow binds to the slice that is open at its place.
    fn on_slice(&self, track: (u32, u32), at: i64) -> Result<(), String> {
        match self.threads.get(&track) {
            Some((begin, end)) if at == begin + 1 && at < *end => Ok(()),
            _ => Err("it does not lie a nanosecond after the begin of an open slice".to_owned()),
        }
    }

    fn arrives(&mut self, track: (u32, u32), at: i64, event: &Event) -> Result<(), String> {
        self.on_slice(track, at)?;
        if event.bp.as_deref() != Some("e") {
            return Err("an arrow that arrives needs `bp` to be `e`".to_owned());
        }
        let arrow = event.id.and_then(|id| self.arrows.get_mut(&id));
        let fits = |arrow: &&mut Arrow| (&arrow.category, &arrow.name) == (&event.cat, &event.name);
        let arrow = arrow.filter(fits).ok_or("no arrow of this id, category and name left before")?;
        arrow.met += 1;
        if arrow.left < at { Ok(()) } else { Err("it arrives before it left".to_owned()) }
    }

    /// Ids rise, so that none comes twice.
    fn new_id(&mut self, event: &Event) -> Result<u64, String> {
        let id = event.id.filter(|id| *id > self.last_id);
        self.last_id = id.ok_or("it has no id, or one that was used before")?;
        Ok(self.last_id)
    }

    fn end(self, slices: u64) -> Result<(), CheckError> {
        if let Some((id, _)) = self.arrows.iter().find(|(_, arrow)| arrow.met == 0) {
            return Err(CheckError::whole(format!("arrow {id} never arrives")));
        }
        if let Some(id) = self.spans.keys().next() {
            return Err(CheckError::whole(format!("span {id} never ends")));
        }
        if self.slices != slices {
            return Err(CheckError::whole(format!("it shows {} events of {slices}", self.slices)));
        }
        Ok(())
    }
}

/// Takes the events of a trace one by one.
struct TraceSeed<'a>(&'a mut Trace);

impl<'de> DeserializeSeed<'de> for TraceSeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TraceSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with traceEvents")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut has_events = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "traceEvents" => {
                    map.next_value_seed(EventsSeed(self.0))?;
                    has_events = true;
                }
                _ => drop(map.next_value::<serde::de::IgnoredAny>()?),
            }
        }
        if has_events { Ok(()) } else { Err(A::Error::custom("there are no traceEvents")) }
    }
}

struct EventsSeed<'a>(&'a mut Trace);

impl<'de> DeserializeSeed<'de> for EventsSeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for EventsSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut events: A) -> Result<(), A::Error> {
        while let Some(event) = events.next_element::<Event>()? {
            self.0.events += 1;
            if let Err(reason) = self.0.take(&event) {
                // The first event stands on the second line.
                self.0.refusal = Some(CheckError::line(self.0.events + 1, reason));
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}
