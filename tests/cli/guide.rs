//! The lessons of docs/guide, and the page on shells and editors: every command in them is run, in order, in an
//! empty folder with the experiments, and must print what the lesson shows.
//!
//! In a lesson's output `…` on a line of its own stands for any lines, and
//! within a line for any characters. Pictures are those that the commands drew:
//! `UPDATE_GUIDE=1 cargo test --test cli guide` puts them there anew.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::support::{Lab, free_ports, has};

const PICTURES_MAX_BYTES: u64 = 600_000;
/// The ports in lesson 6, which may be taken on the host that runs it.
const PORTS: [&str; 3] = ["5001", "5002", "5003"];

/// Commands of a lesson, and what it shows of their output.
struct Step {
    line: usize,
    commands: String,
    output: Option<String>,
}

fn guide() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide")
}

fn page(name: &str) -> String {
    fs::read_to_string(guide().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The fenced blocks: the line each begins at, its language and its text.
fn blocks(page: &str) -> Vec<(usize, &str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (at, line) in page.lines().enumerate() {
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((at + 1, language, String::new())),
            (None, None) => {}
            (Some(block), Some(_)) => blocks.push(block),
            (Some((start, language, text)), None) => open = Some((start, language, text + line + "\n")),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, language, text) in blocks(page) {
        match language {
            "sh" => steps.push(Step { line, commands: text, output: None }),
            "text" => {
                let step = steps.last_mut().filter(|step| step.output.is_none());
                step.unwrap_or_else(|| panic!("line {line}: of which commands is this the output?")).output =
                    Some(text);
            }
            "python" => {}
            other => panic!("line {line}: a block of `{other}` is neither run nor compared"),
        }
    }
    steps
}

/// Whether the text is what a lesson shows of it.
fn fits(shown: &str, text: &str) -> bool {
    let text = format!("{}\n", text.trim_end());
    let line = |line: &str| match line.trim_end() {
        "…" => "(?:.*\n)*?".to_owned(),
        line => regex::escape(line).replace('…', ".*?") + "[ \t]*\n",
    };
    let pattern: String = shown.trim_end().lines().map(line).collect();
    Regex::new(&format!("^{pattern}$")).unwrap().is_match(&text)
}

/// The pictures that a page shows, by their paths below docs/guide.
fn pictures(page: &str) -> Vec<&str> {
    let links = page.split("![").skip(1).map(|link| link.split_once("](").unwrap());
    links
        .map(|(words, rest)| {
            assert!(words.len() > 20, "a picture needs words for those who do not see it: {words}");
            rest.split(')').next().unwrap()
        })
        .collect()
}

/// Runs a lesson from its first command to its last.
#[track_caller]
fn run(name: &str) {
    let (lab, page) = (lab(), page(name));
    run_in(&lab, name);
    for picture in pictures(&page) {
        let drawn = fs::read(lab.path(picture.strip_prefix("pictures/").unwrap())).unwrap();
        let shown = guide().join(picture);
        if std::env::var_os("UPDATE_GUIDE").is_some() {
            fs::create_dir_all(shown.parent().unwrap()).unwrap();
            fs::write(&shown, &drawn).unwrap();
        }
        assert!(fs::read(&shown).unwrap() == drawn, "{name}: {picture} is not what the commands draw");
    }
}

/// A folder as the guide wants it.
fn lab() -> Lab {
    let lab = Lab::new();
    symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/experiments"), lab.path("experiments")).unwrap();
    fs::copy(guide().join("machine.py"), lab.path("machine.py")).unwrap();
    lab
}

#[track_caller]
fn run_in(lab: &Lab, name: &str) {
    let page = page(name);
    let ports = free_ports(PORTS.len());
    let on_free_ports = |text: &str| {
        PORTS
            .iter()
            .zip(&ports)
            .fold(text.to_owned(), |text, (port, free)| text.replace(port, &free.to_string()))
    };
    let steps = steps(&page);
    assert!(steps.len() >= 3, "{name} has {} steps", steps.len());
    for Step { line, commands, output } in steps {
        let commands = on_free_ports(&commands);
        let said = lab.shell(&format!(
            "exec 2>&1; set -e; HOME=$PWD PATH=\"$(dirname \"$LABCTL\"):$PATH\"\n{commands}"
        ));
        let place = format!("{name}:{line}\n{commands}");
        assert_eq!(said.code, Some(0), "{place}\n{}", said.out);
        if let Some(shown) = output.map(|shown| on_free_ports(&shown)) {
            assert!(fits(&shown, &said.out), "{place}\nshown:\n{shown}\nprinted:\n{}", said.out);
        }
    }
}

/// Nobody makes a new folder for each.
#[test]
fn lessons_follow_each_other_in_the_same_folder() {
    let lab = lab();
    for name in [
        "1-run.md",
        "2-read-a-log.md",
        "3-clocks-and-causality.md",
        "4-queues-and-the-threshold.md",
        "5-replicates-and-honesty.md",
    ] {
        run_in(&lab, name);
    }
    if has("python3") {
        run_in(&lab, "6-your-own-machine.md");
    }
}

#[test]
fn lesson_1_runs_and_is_true() {
    run("1-run.md");
}

#[test]
fn lesson_2_runs_and_is_true() {
    run("2-read-a-log.md");
}

#[test]
fn lesson_3_runs_and_is_true() {
    run("3-clocks-and-causality.md");
}

#[test]
fn lesson_4_runs_and_is_true() {
    run("4-queues-and-the-threshold.md");
}

#[test]
fn lesson_5_runs_and_is_true() {
    run("5-replicates-and-honesty.md");
}

#[test]
fn lesson_6_runs_and_is_true() {
    if has("python3") {
        run("6-your-own-machine.md");
    } else {
        eprintln!("skipped: there is no python3");
    }
}

#[test]
fn what_is_said_of_shells_and_editors_is_true() {
    run("../shells-and-editors.md");
}

#[test]
fn lessons_quote_their_program_as_it_is() {
    let program = page("machine.py");
    let lesson = page("6-your-own-machine.md");
    let quoted: Vec<String> =
        blocks(&lesson).into_iter().filter(|block| block.1 == "python").map(|block| block.2).collect();
    assert!(!quoted.is_empty());
    for text in quoted {
        assert!(program.contains(&text), "not in machine.py:\n{text}");
    }
}

#[test]
fn the_guide_lists_its_lessons_and_has_no_picture_too_many() {
    let index = page("README.md");
    let mut shown = BTreeSet::new();
    for entry in fs::read_dir(guide()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") && name != "README.md" {
            assert!(index.contains(&format!("]({name})")), "{name} is not in the index");
            let page = page(&name);
            shown.extend(pictures(&page).into_iter().map(|picture| guide().join(picture)));
        }
    }
    let mut bytes = 0;
    let mut folders = vec![guide().join("pictures")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                bytes += path.metadata().unwrap().len();
                assert!(shown.contains(&path), "{} is in no lesson", path.display());
            }
        }
    }
    assert!(bytes <= PICTURES_MAX_BYTES, "{bytes} bytes of pictures");
}

#[test]
fn elisions_stand_for_anything_and_nothing_else_does() {
    let text = "one 1\ntwo 22\nthree 3\n";
    for shown in ["one 1\n…\nthree 3\n", "one …\ntwo 2…\nthree 3\n", "…\n", "one 1\n…\ntwo 22\nthree 3\n"]
    {
        assert!(fits(shown, text), "{shown}");
    }
    for shown in ["one 1\nthree 3\n", "one 1\n", "…\ntwo 22\n", "one 1\ntwo 2\nthree 3\n", ""] {
        assert!(!fits(shown, text), "{shown}");
    }
}
