//! The player's JavaScript, tested in Node where there is one.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{LAB, Lab};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/player/script");

/// The first Node whose tests these are.
const NODE: u32 = 20;

/// Whether there is a Node that is new enough; if not, that is said.
fn has_node() -> bool {
    let version = Command::new("node").arg("--version").output().map(|ran| ran.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    let major = version.strip_prefix('v').and_then(|rest| rest.split('.').next()?.parse().ok());
    let is_there = major.is_some_and(|major: u32| major >= NODE);
    if !is_there {
        eprintln!("skipped: there is no Node from version {NODE} on here");
    }
    is_there
}

/// What Node says; it must be satisfied.
fn node(arguments: &[&str], folder: &Path) -> String {
    let ran = Command::new("node").args(arguments).current_dir(folder).output().unwrap();
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(ran.status.success(), "node {}\n{said}", arguments.join(" "));
    said
}

#[test]
fn the_modules_of_the_player_do_what_they_promise() {
    if has_node() {
        let said = node(&["--test", "--test-reporter=tap"], Path::new(FOLDER));
        assert!(said.contains("\n# pass ") && !said.contains("\n# pass 0\n"), "{said}");
    }
}

#[test]
fn the_scripts_of_a_report_are_sound_and_hold_every_module() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r", "--results", "ours"]).code(0);
    lab.labctl(&["report", "ours", "-o", "page.html"]).code(0);
    let page = lab.read("page.html");
    let scripts: Vec<&str> =
        page.split("<script>").skip(1).filter_map(|rest| rest.split("</script>").next()).collect();
    assert_eq!(scripts.len(), 2, "the page's and the player's");
    for module in fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()) {
        if module.extension().is_some_and(|extension| extension == "js") {
            let text = fs::read_to_string(&module).unwrap();
            assert!(scripts[1].contains(text.lines().next().unwrap()), "{} is not in it", module.display());
        }
    }
    if !has_node() {
        return;
    }
    for (at, script) in scripts.iter().enumerate() {
        let name = format!("{at}.cjs");
        lab.write(&name, script);
        node(&["--check", &name], &lab.path(""));
    }
    let outside = "globalThis.document = { getElementById: () => null };\n";
    lab.write("page.cjs", format!("{outside}{}", scripts[1]));
    node(&["page.cjs"], &lab.path(""));
}
