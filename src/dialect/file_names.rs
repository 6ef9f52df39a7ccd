//! What the names of log files tell.

use std::path::{Path, PathBuf};

use regex::bytes::Regex;

/// What a dialect knows of the names of its logs.
#[derive(Clone, Debug)]
pub struct FileNames {
    /// Fits the last parts of a path; `None` takes every log.
    pub(super) regex: Option<Regex>,
    /// How many parts of a path the expression is for.
    pub parts: usize,
    /// Its clock rates are ticks a minute.
    pub(super) per_minute: bool,
}

/// What the name of a file says.
#[derive(Clone, Debug, Default)]
pub struct NameSays {
    pub machine: Option<String>,
    pub run: Option<String>,
    /// Ticks per second: one for all machines of the run, or one for each.
    pub clock_rates: Vec<f64>,
}

impl FileNames {
    /// Whether the dialect says how its files are called.
    pub fn are_stated(&self) -> bool {
        self.regex.is_some()
    }

    /// Whether a file of this path is a log.
    pub fn fits(&self, path: &str) -> bool {
        match &self.regex {
            Some(regex) => regex.is_match(path.as_bytes()),
            None => looks_like_a_log(Path::new(path)),
        }
    }

    /// What such a path says.
    pub fn says(&self, path: &str) -> NameSays {
        let Some(found) = self.regex.as_ref().and_then(|regex| regex.captures(path.as_bytes())) else {
            return NameSays::default();
        };
        let text =
            |name| found.name(name).map(|group| String::from_utf8_lossy(group.as_bytes()).into_owned());
        let rates = text("clock_rate").map(|text| self.clock_rates(&text));
        NameSays {
            machine: text("machine"),
            run: text("run").filter(|run| !run.is_empty()),
            clock_rates: rates.unwrap_or_default(),
        }
    }
}

impl FileNames {
    /// The rates in a text such as `3`, `1-3-6` or `1_3.5_6`; none where one makes no sense.
    fn clock_rates(&self, text: &str) -> Vec<f64> {
        let numbers = text.split(|char: char| !char.is_ascii_digit() && char != '.');
        let rate = |number: &str| {
            let rate = number.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0)?;
            Some(if self.per_minute { rate / 60.0 } else { rate })
        };
        let rates = numbers.filter(|number| !number.is_empty()).map(rate);
        rates.collect::<Option<Vec<f64>>>().unwrap_or_default()
    }
}

/// The name of a log without the end that gzip gives it.
pub fn unpacked(path: &Path) -> PathBuf {
    let is_packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    if is_packed { path.with_extension("") } else { path.to_owned() }
}

/// Whether a file of this name may be a log.
pub fn looks_like_a_log(path: &Path) -> bool {
    let path = &unpacked(path);
    const OTHERS: [&str; 5] = ["readme", "license", "licence", "requirements", "changelog"];
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_ascii_lowercase());
    if stem.is_some_and(|stem| OTHERS.contains(&stem.as_str())) {
        return false;
    }
    const EXTENSIONS: [&str; 9] = ["log", "txt", "csv", "tsv", "json", "jsonl", "ndjson", "out", "dat"];
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_none_or(|extension| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}
