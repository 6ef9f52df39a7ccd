//! Kinds of values that keys of a spec hold, each by itself. Knows no key.

use serde_json::json;

use crate::files::file_name::{PLAIN_MAX, is_plain};
use crate::model::delay::{self, Delay, ParseDelayError};
use crate::model::time::LabTime;
use crate::spec::error::SpecError;
use crate::spec::fields::Field;
use crate::spec::key::{Kind, Write};

/// Stands for the value of a machine of which nothing was stated.
const NOTHING_STATED: &str = "-";

/// One duration, as [`LabTime::parse`] reads it.
const DURATION: &str = "(([0-9]+([.,][0-9]+)?|[.][0-9]+)\\s*\
    (h(r|rs|our|ours)?|m(in|ins|inute|inutes)?|s(ec|ecs|econd|econds)?\
    |m(s|sec|secs|illi|illis|illisecond|illiseconds)|([uµμ]s|[uµμ]secs?|micros?|microseconds?)\
    |n(s|sec|secs|ano|anos|anosecond|anoseconds)),?\\s*)+\
    |([0-9]+\\s*h(r|rs|our|ours)?,?\\s*)?[0-9]+:[0-9]+:[0-9]+([.,][0-9]+)?\\s*";

/// Prose.
pub(super) const TEXT: Kind<String> = Kind {
    read: |field| field.text("a text").map(str::to_owned),
    write: Write::Value(|text| quoted(text)),
    schema: || json!({"type": "string"}),
};

/// A text for other programs.
pub(super) const PASSED_OVER: Kind<()> = Kind {
    read: |field| field.text("the place of a schema, for editors").map(drop),
    write: Write::Never,
    schema: || json!({"type": "string"}),
};

/// A text that can name a folder anywhere.
pub(super) const FOLDER_NAME: Kind<String> = Kind {
    read: |field| {
        field.form(
            "a folder's name of at most 100 letters a to z, digits, `-`, `_` and `.`, not beginning with `.`",
            |name| is_plain(name).then(|| name.to_owned()),
        )
    },
    write: Write::Value(|name| quoted(name)),
    schema: || json!({"type": "string", "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*$", "maxLength": PLAIN_MAX}),
};

/// True or false.
pub(super) const FLAG: Kind<bool> = Kind {
    read: |field| field.flag(),
    write: Write::Value(bool::to_string),
    schema: || json!({"type": "boolean"}),
};

/// A whole number, both ends included.
pub(super) const fn whole<const LEAST: u64, const MOST: u64>() -> Kind<u64> {
    Kind {
        read: |field| read_whole(field, LEAST, MOST),
        write: Write::Value(u64::to_string),
        schema: || json!({"type": "integer", "minimum": LEAST, "maximum": MOST}),
    }
}

/// The same, where it may be left out.
pub(super) const fn optional_whole<const MOST: u32>() -> Kind<Option<u32>> {
    Kind {
        read: |field| read_whole(field, 1, u64::from(MOST)).map(|whole| Some(whole as u32)),
        write: Write::Never,
        schema: || json!({"type": "integer", "minimum": 1, "maximum": MOST}),
    }
}

/// A number from 0 to 1.
pub(super) const SHARE: Kind<f64> = Kind {
    read: |field| field.number("a number from 0 to 1", |number| (0.0..=1.0).contains(&number)),
    write: Write::Value(|number| format!("{number:?}")),
    schema: || json!({"type": "number", "minimum": 0, "maximum": 1}),
};

/// A number above 0, and finite.
pub(super) const ABOVE_ZERO: Kind<f64> = Kind {
    read: |field| field.number("a number above 0", |number| number > 0.0 && number.is_finite()),
    write: Write::Value(|number| format!("{number:?}")),
    schema: || json!({"type": "number", "exclusiveMinimum": 0}),
};

/// A duration.
pub(super) const TIME: Kind<LabTime> = Kind {
    read: |field| field.duration("a duration, such as \"5ms\""),
    write: Write::Value(|time| quoted(time)),
    schema: || json!({"type": "string", "pattern": format!("^\\s*\\+?({DURATION})$")}),
};

/// A duration above zero.
pub(super) const TIME_ABOVE_ZERO: Kind<LabTime> = Kind {
    read: |field| {
        let expected = "a duration above zero, such as \"60s\" or \"1m 30s\"";
        let time = field.duration(expected)?;
        if time == LabTime::ZERO { Err(field.refuse(expected)) } else { Ok(time) }
    },
    write: TIME.write,
    schema: || {
        let mut schema = (TIME.schema)();
        // A digit other than 0 is in it.
        schema["allOf"] = json!([{"pattern": "[1-9]"}]);
        schema
    },
};

/// The distribution of a delay.
pub(super) const DELAY: Kind<Delay> = Kind {
    read: |field| {
        field.text(delay::FORMS)?.parse().map_err(|error| match error {
            ParseDelayError::Form(_) => field.refuse(delay::FORMS),
            ParseDelayError::LowAboveHigh { .. } => field.fault(error),
        })
    },
    write: Write::Value(|delay| quoted(delay)),
    schema: || {
        let law = format!(
            "^\\s*(none|(constant|exponential):\\s*\\+?({DURATION})|uniform:\\s*\\+?({DURATION})\\.\\.\\s*\\+?({DURATION}))\\s*$"
        );
        json!({"type": "string", "pattern": law})
    },
};

/// One of a few words: `choice!(Broadcast: OneEvent, PerRecipient)`.
macro_rules! choice {
    ($type:ident: $($variant:ident),+) => {
        $crate::spec::key::Kind {
            read: |field| field.one_of(&[$(($type::$variant.as_str(), $type::$variant)),+]),
            write: $crate::spec::key::Write::Value(|value: &$type| format!("\"{}\"", value.as_str())),
            schema: || serde_json::json!({"enum": [$($type::$variant.as_str()),+]}),
        }
    };
}
pub(super) use choice;

/// A value for each machine, or none at all.
pub(super) const MACHINE_VALUES: Kind<Vec<Option<u64>>> = Kind {
    read: |field| {
        field.list("a list of whole numbers, one for each machine")?.iter().map(machine_value).collect()
    },
    write: Write::Value(|values| {
        let text =
            |value: &Option<u64>| value.map_or_else(|| quoted(NOTHING_STATED), |value| value.to_string());
        format!("[{}]", values.iter().map(text).collect::<Vec<_>>().join(", "))
    }),
    schema: || {
        let number = json!({"type": "integer", "minimum": 0, "maximum": u64::MAX});
        json!({"type": "array", "items": {"anyOf": [number, {"const": NOTHING_STATED}]}})
    },
};

/// A text with the quotes and escapes of TOML.
pub(super) fn quoted(text: impl ToString) -> String {
    toml::Value::String(text.to_string()).to_string()
}

fn read_whole(field: &Field<'_>, least: u64, most: u64) -> Result<u64, SpecError> {
    let expected = match (least, most) {
        (0, u64::MAX) => "a whole number from 0 to 2^64 - 1".to_owned(),
        (_, u64::MAX) => format!("a whole number from {least} on"),
        _ => format!("a whole number from {least} to {most}"),
    };
    field.whole(&expected, |whole| (least..=most).contains(&whole))
}

fn machine_value(item: &Field<'_>) -> Result<Option<u64>, SpecError> {
    if item.value().as_str() == Some(NOTHING_STATED) {
        return Ok(None);
    }
    item.whole("a list of whole numbers from 0 on, or \"-\" for a machine that is passed over", |_| true)
        .map(Some)
}
