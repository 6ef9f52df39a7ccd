//! Who may use whom, as data: the rooms of the program and the doors to the
//! crates and clocks it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of `src/`, each with the rooms it uses. A room stands below those it
/// uses, so that no arrow goes up and there is no ring. Unit tests may look up.
const ROOMS: [(&str, &[&str]); 31] = [
    ("platform", &[]),
    ("text", &[]),
    ("error_kind", &[]),
    ("files", &["platform", "text"]),
    ("parallel", &[]),
    ("model", &[]),
    ("statistics", &[]),
    ("spec", &["error_kind", "text", "files", "model"]),
    ("log", &["text", "files", "model"]),
    ("history", &["text", "parallel", "model", "log"]),
    ("metrics", &["text", "parallel", "model", "statistics", "log", "history"]),
    ("dialect", &["text", "files", "model", "spec", "log"]),
    ("plan", &["error_kind", "files", "model", "statistics", "spec", "metrics"]),
    ("engine", &["platform", "files", "model", "log", "plan"]),
    ("store", &["platform", "files", "model", "log"]),
    ("table", &["text", "model", "log", "metrics"]),
    (
        "read",
        &[
            "error_kind",
            "text",
            "files",
            "parallel",
            "model",
            "spec",
            "log",
            "history",
            "metrics",
            "dialect",
            "store",
            "table",
        ],
    ),
    ("predict", &["text", "model", "statistics", "spec", "log", "metrics", "plan", "engine"]),
    (
        "sample",
        &[
            "error_kind",
            "text",
            "files",
            "parallel",
            "model",
            "statistics",
            "spec",
            "log",
            "metrics",
            "plan",
            "engine",
            "store",
            "read",
            "predict",
        ],
    ),
    ("audit", &["text", "files", "parallel", "model", "spec", "log", "history", "metrics", "plan"]),
    ("causality", &["text", "parallel", "model", "log", "history", "read"]),
    (
        "lab",
        &[
            "platform", "files", "parallel", "model", "spec", "log", "history", "metrics", "plan", "engine",
            "store", "table", "read", "predict", "audit",
        ],
    ),
    (
        "sweep",
        &[
            "platform",
            "error_kind",
            "text",
            "files",
            "parallel",
            "model",
            "statistics",
            "spec",
            "log",
            "metrics",
            "plan",
            "engine",
            "store",
            "read",
            "predict",
            "sample",
            "lab",
        ],
    ),
    ("follow", &["files", "model", "spec", "log", "metrics", "plan", "engine", "store", "read"]),
    (
        "charts",
        &[
            "error_kind",
            "text",
            "files",
            "parallel",
            "model",
            "statistics",
            "spec",
            "log",
            "history",
            "metrics",
            "plan",
            "engine",
            "predict",
            "sample",
            "sweep",
        ],
    ),
    (
        "plot",
        &[
            "error_kind",
            "files",
            "metrics",
            "plan",
            "spec",
            "store",
            "read",
            "predict",
            "sample",
            "sweep",
            "charts",
        ],
    ),
    (
        "export",
        &[
            "platform",
            "text",
            "files",
            "model",
            "log",
            "history",
            "metrics",
            "store",
            "table",
            "read",
            "causality",
        ],
    ),
    (
        "report",
        &[
            "error_kind",
            "text",
            "files",
            "parallel",
            "model",
            "statistics",
            "spec",
            "log",
            "history",
            "metrics",
            "plan",
            "engine",
            "store",
            "read",
            "predict",
            "sample",
            "audit",
            "causality",
            "lab",
            "sweep",
            "charts",
        ],
    ),
    (
        "reproduce",
        &[
            "text",
            "files",
            "model",
            "statistics",
            "spec",
            "metrics",
            "plan",
            "store",
            "predict",
            "sample",
            "sweep",
            "charts",
        ],
    ),
    (
        "grade",
        &[
            "text",
            "model",
            "statistics",
            "spec",
            "log",
            "history",
            "metrics",
            "plan",
            "engine",
            "store",
            "read",
            "predict",
            "audit",
            "lab",
        ],
    ),
    (
        "cli",
        &[
            "platform",
            "error_kind",
            "text",
            "files",
            "parallel",
            "model",
            "statistics",
            "spec",
            "log",
            "history",
            "metrics",
            "dialect",
            "plan",
            "engine",
            "store",
            "table",
            "read",
            "predict",
            "sample",
            "audit",
            "causality",
            "lab",
            "sweep",
            "follow",
            "charts",
            "plot",
            "export",
            "report",
            "reproduce",
            "grade",
        ],
    ),
];

/// What may be named only by sources at or below these places.
const DOORS: [(&str, &[&str]); 16] = [
    // Unit tests make pipes by it.
    ("rustix", &["src/platform/", "src/files/regular.rs"]),
    ("tokio", &["src/engine/sockets/", "src/platform/signals.rs", "src/cli/"]),
    ("socket2", &["src/engine/sockets/"]),
    ("polars", &["src/table/", "src/read/"]),
    ("polars_io", &["src/table/"]),
    ("plotters", &["src/charts/"]),
    ("resvg", &["src/charts/"]),
    ("ttf_parser", &["src/charts/draw/font.rs"]),
    ("regex", &["src/dialect/", "src/export/shiviz/", "src/spec/tests/"]),
    ("regex_syntax", &["src/dialect/prefilter.rs", "src/dialect/nearest.rs"]),
    ("flate2", &["src/log/packed.rs", "src/log/zipped.rs"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("indicatif", &["src/cli/"]),
    ("comfy_table", &["src/cli/"]),
    ("ratatui", &["src/cli/ui/live/"]),
    ("textwrap", &["src/text/wrap.rs"]),
];

/// Sources that decide and compute, and neither touch the world nor ask it.
const PURE: [&str; 33] = [
    "src/model/",
    "src/text/",
    "src/plan/",
    "src/spec/",
    "src/engine/wire.rs",
    "src/engine/simulator.rs",
    "src/engine/sockets/barrier.rs",
    "src/engine/sockets/dialer.rs",
    "src/engine/sockets/ear.rs",
    "src/engine/sockets/foreign.rs",
    "src/engine/sockets/handshake.rs",
    "src/engine/sockets/driver/mod.rs",
    "src/engine/sockets/driver/",
    "src/engine/sockets/meeting.rs",
    "src/engine/sockets/context.rs",
    "src/engine/sockets/peers.rs",
    "src/engine/sockets/connected.rs",
    "src/engine/sockets/unheard.rs",
    "src/engine/sockets/visitor.rs",
    "src/predict/expected.rs",
    "src/predict/residual.rs",
    "src/statistics/",
    "src/lab/twin/timing_margin.rs",
    "src/dialect/",
    "src/report/",
    "src/reproduce/",
    "src/history/",
    "src/audit/",
    "src/causality/",
    "src/export/",
    "src/follow/snapshot.rs",
    "src/files/file_name.rs",
    "src/cli/ui/live/picture/",
];
/// The places where specs and dialects meet the disk, and tests that look at files.
const NOT_PURE: [&str; 9] = [
    "src/spec/file.rs",
    "src/spec/tests/",
    "src/dialect/file.rs",
    "src/dialect/tests/",
    "src/report/reading.rs",
    "src/report/file.rs",
    "src/reproduce/claims_file.rs",
    "src/reproduce/tests.rs",
    "src/export/parquet.rs",
];
const WORLD: [&str; 8] =
    ["fs", "File", "TcpStream", "TcpListener", "Instant", "SystemTime", "thread", "Timestamp"];

struct Source {
    /// From the project's root, with `/`.
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(Source { path: relative(root, &path), text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    assert!(found.len() > 50, "only {} sources found", found.len());
    found
}

fn relative(root: &Path, path: &Path) -> String {
    let below: PathBuf = path.strip_prefix(root).unwrap().into();
    below.to_string_lossy().replace('\\', "/")
}

/// Whether `place`, a file or a folder with `/` at its end, takes in the path.
fn lies_in(path: &str, place: &&str) -> bool {
    path == *place || (place.ends_with('/') && path.starts_with(*place))
}

/// The words of the code, each with its line; comments and texts are left out.
fn words(text: &str) -> Vec<(usize, &str)> {
    let lines =
        text.lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()));
    lines
        .flat_map(|(number, line)| {
            let outside_texts = line.split('"').step_by(2);
            let word = |c: char| !(c.is_alphanumeric() || c == '_');
            outside_texts.flat_map(move |piece| piece.split(word)).map(move |word| (number, word))
        })
        .filter(|(_, word)| !word.is_empty())
        .collect()
}

#[test]
fn each_crate_enters_by_its_own_door() {
    let mut wrong = Vec::new();
    for source in sources() {
        let shut =
            DOORS.iter().filter(|(_, places)| !places.iter().any(|place| lies_in(&source.path, place)));
        for (name, places) in shut {
            let uses = words(&source.text).into_iter().filter(|(_, word)| word == name);
            wrong.extend(uses.map(|(line, _)| {
                format!("{}:{line} uses {name}, which belongs in {}", source.path, places.join(", "))
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The room of a source; `None` for what holds the rooms together.
fn room(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    (!["lib", "main"].contains(&name)).then_some(name)
}

/// The code without unit tests.
fn code(source: &Source) -> &str {
    let is_test = source.path.contains("/tests") || source.path.ends_with("/check.rs");
    let end = source.text.find("#[cfg(test)]\nmod tests {").unwrap_or(source.text.len());
    if is_test { "" } else { &source.text[..end] }
}

/// The rooms that a source names, each with its line.
fn used_rooms(source: &Source) -> Vec<(usize, String)> {
    let numbered = code(source).lines().enumerate();
    let lines = numbered.map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()));
    lines
        .flat_map(|(number, line)| {
            let pieces = ["crate::", "labctl::"].into_iter().flat_map(|root| line.split(root).skip(1));
            pieces.map(move |piece| {
                (number, piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
            })
        })
        .filter(|(_, name): &(usize, String)| ROOMS.iter().any(|(room, _)| room == name))
        .collect()
}

#[test]
fn no_arrow_goes_up() {
    for (at, (name, uses)) in ROOMS.iter().enumerate() {
        for used in *uses {
            let is_below = ROOMS[..at].iter().any(|(below, _)| below == used);
            assert!(is_below, "{name} uses {used}, which stands beside or above it");
        }
    }
}

#[test]
fn each_room_uses_those_it_names_and_no_other() {
    let mut wrong = Vec::new();
    let mut idle: BTreeSet<(&str, &str)> =
        ROOMS.iter().flat_map(|(name, uses)| uses.iter().map(move |used| (*name, *used))).collect();
    for source in sources() {
        let Some(own) = room(&source.path) else { continue };
        let Some((name, uses)) = ROOMS.iter().find(|(name, _)| *name == own) else {
            wrong.push(format!("{} lies in no room of the table", source.path));
            continue;
        };
        for (line, used) in used_rooms(&source).into_iter().filter(|(_, used)| used != name) {
            match uses.iter().find(|place| **place == used) {
                Some(used) => drop(idle.remove(&(*name, *used))),
                None => wrong.push(format!("{}:{line} uses {used}", source.path)),
            }
        }
    }
    wrong.extend(idle.iter().map(|(name, used)| format!("{name} does not use {used}: strike it out")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_pure_neither_touches_the_world_nor_asks_it() {
    let mut wrong = Vec::new();
    let is_pure = |source: &Source| {
        let listed = |places: &[&str]| places.iter().any(|place| lies_in(&source.path, place));
        listed(&PURE) && !listed(&NOT_PURE)
    };
    let pure: Vec<Source> = sources().into_iter().filter(is_pure).collect();
    for place in PURE {
        assert!(pure.iter().any(|source| lies_in(&source.path, &place)), "{place} is gone");
    }
    for source in pure {
        let uses = words(&source.text).into_iter().filter(|(_, word)| WORLD.contains(word));
        wrong.extend(uses.map(|(line, word)| format!("{}:{line} uses {word}", source.path)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_library_knows_nothing_of_the_command_line() {
    let is_library = |source: &Source| {
        !["src/cli/", "src/main.rs"].iter().any(|place| lies_in(&source.path, place))
            && !source.path.contains("/tests")
    };
    let library = sources().into_iter().filter(is_library);
    for source in library {
        for name in ["crate::cli", "println!", "eprintln!", "process::exit"] {
            assert!(!source.text.contains(name), "{} has `{name}`", source.path);
        }
    }
}

#[test]
fn every_source_begins_by_saying_what_it_is() {
    for source in sources() {
        let first = source.text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 8, "{} begins with `{first}`", source.path);
    }
}

/// The files of a folder that each of its files uses, by their names.
fn siblings_used() -> BTreeMap<String, BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sources = sources();
    for source in sources.iter().filter(|source| !source.path.ends_with("/mod.rs")) {
        let Some((folder, _)) = source.path.rsplit_once('/') else { continue };
        let within = folder.strip_prefix("src/").unwrap_or_default().replace('/', "::");
        let names = code(source).lines().filter_map(|line| {
            let path = line.trim_start().trim_start_matches("pub ").strip_prefix("use ")?;
            let inside =
                path.strip_prefix("super::").or_else(|| path.strip_prefix(&format!("crate::{within}::")))?;
            inside.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()
        });
        let files = names.map(|name| format!("{folder}/{name}.rs"));
        let known = files.filter(|file| sources.iter().any(|other| other.path == *file));
        uses.insert(source.path.clone(), known.collect());
    }
    uses
}

#[test]
fn no_two_files_of_a_folder_use_each_other() {
    let mut uses = siblings_used();
    assert!(uses.values().any(|used| !used.is_empty()), "no file uses another any more");
    // What uses nothing that is left is in no ring.
    while let Some(free) = uses.iter().find(|(_, used)| used.is_empty()).map(|(file, _)| file.clone()) {
        uses.remove(&free);
        for used in uses.values_mut() {
            used.remove(&free);
        }
    }
    assert!(uses.is_empty(), "these use each other, or what does: {uses:#?}");
}
