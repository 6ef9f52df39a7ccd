//! What a spec may hold, as a JSON Schema (draft 7, which TOML editors speak):
//! they complete and explain keys from it, and mark mistakes as they are made.
//! It never refuses what the reader takes; some of what the reader refuses, such
//! as a delay longer than the run, it cannot see. Pure.

use serde_json::{Map, Value, json};

use crate::model::delay::DelayAt;
use crate::model::machine::Broadcast;
use crate::spec::document::{MAX_NAME, NOTHING_STATED};
use crate::spec::machines::{MAX_CLOCK_RATE, MAX_MACHINES};
use crate::spec::sweep::MAX_REPLICATES;
use crate::spec::{FOREIGN_BACKLOG, Network};

/// One duration, as [`LabTime::parse`](crate::model::time::LabTime::parse) reads it.
const DURATION: &str = "(([0-9]+([.,][0-9]+)?|[.][0-9]+)\\s*\
    (h(r|rs|our|ours)?|m(in|ins|inute|inutes)?|s(ec|ecs|econd|econds)?\
    |m(s|sec|secs|illi|illis|illisecond|illiseconds)|([uµμ]s|[uµμ]secs?|micros?|microseconds?)\
    |n(s|sec|secs|ano|anos|anosecond|anoseconds)),?\\s*)+\
    |([0-9]+\\s*h(r|rs|our|ours)?,?\\s*)?[0-9]+:[0-9]+:[0-9]+([.,][0-9]+)?\\s*";

/// The schema of specs.
pub fn schema() -> Value {
    let mut root = table(
        "A spec of labctl: an experiment with machines, queues and logical clocks.",
        &[
            ("$schema", text("Where an editor finds this schema; labctl passes it over.")),
            (
                "name",
                with(
                    text("Names the folder under results/: letters a to z, digits, `-`, `_` and `.`."),
                    json!({
                        "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*$", "maxLength": MAX_NAME, "examples": ["my-experiment"],
                    }),
                ),
            ),
            ("why", text("Why the experiment exists, in prose: what it asks, and what to look at.")),
            ("duration", positive_duration("How long the run lasts, in lab time.", &["60s", "1m 30s"])),
            (
                "seed",
                with(
                    whole("Decides every draw: the same seed meets the same dice.", 0, u64::MAX),
                    json!({"default": 1}),
                ),
            ),
            (
                "internal_prob",
                with(
                    number("Chance that an idle tick is INTERNAL; otherwise it is a SEND."),
                    json!({
                        "minimum": 0, "maximum": 1, "default": 0.7, "examples": [0.2, 0.7],
                    }),
                ),
            ),
            (
                "broadcast",
                choice(
                    "How a send to all peers counts: as one event, or as one SEND for each recipient.",
                    &[Broadcast::OneEvent.as_str(), Broadcast::PerRecipient.as_str()],
                    Broadcast::default().as_str(),
                ),
            ),
            (
                "start_stagger",
                duration(
                    "Lab time between the first ticks of neighbouring machines. By default 1/(60 N) s for N machines, \
                 so that ticks of whole rates from 1 to 6 never fall together.",
                    &["5ms"],
                ),
            ),
            (
                "speedup",
                with(
                    number("Lab time per real time: 10 makes a minute of lab time in six seconds."),
                    json!({
                        "exclusiveMinimum": 0, "default": 1.0, "examples": [1, 10],
                    }),
                ),
            ),
            (
                "machine",
                list(
                    "The machines; the first is machine 1. At least two, by tables or by `count`.",
                    machine(),
                ),
            ),
            ("network", network()),
            ("published", published()),
            (
                "replicates",
                with(
                    whole("Runs of each cell of a sweep; they differ in the seed alone.", 1, MAX_REPLICATES),
                    json!({"examples": [30]}),
                ),
            ),
            ("sweep", sweep()),
        ],
    );
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root["title"] = json!("labctl spec");
    root["required"] = json!(["name", "duration", "machine"]);
    root
}

fn machine() -> Value {
    let rate = json!({
        "description": "Ticks a second of lab time: a number above 0, fractions too, or a range to draw from.",
        "anyOf": [
            {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_CLOCK_RATE},
            {"type": "string", "pattern": "^\\s*random \\s*\\+?0*[1-9][0-9]*\\s*\\.\\.\\s*\\+?0*[1-9][0-9]*\\s*$"},
        ],
        "examples": [4, 0.5, "random 1..6"],
    });
    let address = with(
        text("Where it listens: an IP address and a port. Without one, the system chooses a port."),
        json!({
            "pattern": "^(localhost:\\+?|[0-9.]+:|\\[[0-9A-Fa-f:.%]+\\]:)0*[1-9][0-9]*$",
            "examples": ["127.0.0.1:5001", "localhost:5001"],
        }),
    );
    let foreign = "Written by someone else: labctl connects to it and does not run it. It needs an `address`, and \
                   `open = true` under `[network]`.";
    let count = with(
        whole("Machines alike that this table stands for.", 1, MAX_MACHINES as u64),
        json!({"default": 1}),
    );
    let mut machine = table(
        "One machine, or several alike.",
        &[("clock_rate", rate), ("address", address), ("foreign", flag(foreign, false)), ("count", count)],
    );
    machine["required"] = json!(["clock_rate"]);
    machine["allOf"] = json!([
        {
            "if": {"required": ["foreign"], "properties": {"foreign": {"const": true}}},
            "then": {"required": ["address"]},
        },
        {"if": {"required": ["address"]}, "then": {"properties": {"count": {"maximum": 1}}}},
    ]);
    machine
}

fn network() -> Value {
    let default = Network::default();
    let law = format!(
        "^\\s*(none|(constant|exponential):\\s*\\+?({DURATION})|uniform:\\s*\\+?({DURATION})\\.\\.\\s*\\+?({DURATION}))\\s*$"
    );
    let delay = with(
        text("The distribution of a message's delay, in lab time."),
        json!({
            "pattern": law,
            "default": default.delay.to_string(),
            "examples": ["constant:100ms", "uniform:100ms..500ms", "exponential:200ms"],
        }),
    );
    let place = choice(
        "Where the delay acts. link: messages are in flight, and both ends go on. sender: the sender sleeps inside \
         its tick.",
        &[DelayAt::Link.as_str(), DelayAt::Sender.as_str()],
        default.delay_at.as_str(),
    );
    let mut timeout = positive_duration("Real time to wait for the peers before the first tick.", &["60s"]);
    timeout["default"] = json!(default.connect_timeout.to_string());
    let backlog = json!({
        "description": format!(
            "Messages of foreign machines that may wait at a machine; beyond it these are read no further. \
             {FOREIGN_BACKLOG} unless given."
        ),
        "type": "integer",
        "minimum": 1,
        "maximum": u64::MAX,
    });
    table(
        "The way between the machines.",
        &[
            ("delay", delay),
            ("where", place),
            (
                "open",
                flag("Lets in machines that do not shake hands, such as those of others.", default.open),
            ),
            ("connect_timeout", timeout),
            ("foreign_backlog", backlog),
        ],
    )
}

fn published() -> Value {
    let mut logs = machine_values().to_vec();
    logs.push(("note", text("What to know of these logs before they are trusted.")));
    let mut keys = machine_values().to_vec();
    keys.push(("source", text("Where they were published.")));
    keys.push(("logs", table("The same, measured from the logs behind the publication.", &logs)));
    table("What a publication states of this experiment; charts and tables show it beside the runs.", &keys)
}

/// The published numbers: one for each machine, or none.
fn machine_values() -> [(&'static str, Value); 3] {
    let values = |what: &str| {
        let about =
            format!("{what}: a value for each machine, \"{NOTHING_STATED}\" for one that is passed over.");
        json!({
            "description": about,
            "type": "array",
            "items": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": u64::MAX}, {"const": NOTHING_STATED}]},
        })
    };
    [
        ("max_queue", values("The longest queue")),
        ("end_queue", values("Messages left in the queue at the end")),
        ("clock_diff", values("How far the final logical clock lies behind the largest")),
    ]
}

fn sweep() -> Value {
    let condition = with(
        text("Which cells of the grid are wanted: a condition on its axes."),
        json!({
            "maxLength": crate::spec::condition::MAX_BYTES,
            "examples": ["internal_prob < 0.5 && duration == 60"],
        }),
    );
    table(
        "What varies between the runs of a sweep.",
        &[
            ("grid", axes("Every value of a key with every value of the others.")),
            ("zip", axes("Keys that step together; all have as many values.")),
            ("where", condition),
        ],
    )
}

/// Any key of a spec with its values; the usual ones by name.
fn axes(about: &str) -> Value {
    let axis = |about: &str, example: Value| {
        json!({
            "description": about,
            "type": ["array", "string", "number", "boolean"],
            "minItems": 1,
            "examples": [example],
        })
    };
    json!({
        "description": format!("{about} A list, or a text such as \"0.1..0.9:0.1\"."),
        "type": "object",
        "properties": {
            "internal_prob": axis("Values of internal_prob.", json!([0.2, 0.7])),
            "duration": axis("Values of duration.", json!("30s..120s:30s")),
            "clock_rates": axis("All clock rates at once; sets are parted by `;`.", json!("1,3,6; 2,4,6")),
            "broadcast": axis("Values of broadcast.", json!(["one-event", "per-recipient"])),
        },
        "additionalProperties": {
            "type": ["array", "string", "number", "boolean", "object"],
            "minItems": 1,
        },
    })
}

/// A table of these keys and no others.
fn table(about: &str, keys: &[(&str, Value)]) -> Value {
    let keys: Map<String, Value> =
        keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    json!({"description": about, "type": "object", "properties": keys, "additionalProperties": false})
}

fn list(about: &str, item: Value) -> Value {
    json!({"description": about, "type": "array", "items": item, "minItems": 1})
}

fn text(about: &str) -> Value {
    json!({"description": about, "type": "string"})
}

fn flag(about: &str, default: bool) -> Value {
    json!({"description": about, "type": "boolean", "default": default})
}

fn number(about: &str) -> Value {
    json!({"description": about, "type": "number"})
}

fn whole(about: &str, least: u64, most: u64) -> Value {
    json!({"description": about, "type": "integer", "minimum": least, "maximum": most})
}

fn choice(about: &str, values: &[&str], default: &str) -> Value {
    json!({"description": about, "enum": values, "default": default})
}

fn duration(about: &str, examples: &[&str]) -> Value {
    let pattern = format!("^\\s*\\+?({DURATION})$");
    json!({"description": about, "type": "string", "pattern": pattern, "examples": examples})
}

/// A duration with a digit other than 0 in it.
fn positive_duration(about: &str, examples: &[&str]) -> Value {
    with(duration(about, examples), json!({"allOf": [{"pattern": "[1-9]"}]}))
}

/// The schema with more said of it.
fn with(mut schema: Value, more: Value) -> Value {
    if let (Value::Object(schema), Value::Object(more)) = (&mut schema, more) {
        schema.extend(more);
    }
    schema
}
