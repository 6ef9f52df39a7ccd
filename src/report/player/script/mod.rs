//! The player's script: modules that know each other by imports, put together
//! into one text for a page that has nothing beside it.

use std::sync::LazyLock;

/// The text of a module.
macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!($name, ".js")))),*]
    };
}

/// The modules by name, each after those that it imports from.
const MODULES: [(&str, &str); 28] = modules![
    "decode",
    "search",
    "kinds",
    "inbox",
    "lane",
    "deliveries",
    "run",
    "causality",
    "view",
    "text",
    "ink",
    "events",
    "messages",
    "chain",
    "lanes",
    "overview",
    "element",
    "details",
    "queues",
    "table",
    "player",
    "steps",
    "keys",
    "input",
    "actions",
    "listen",
    "api",
    "main",
];

/// All modules in one function: what they import is there already, so that these
/// lines go, and `export` before what they share.
pub static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let lines = MODULES.iter().flat_map(|(_, module)| module.lines());
    let kept = lines.filter(|line| !line.starts_with("import "));
    let kept = kept.map(|line| line.strip_prefix("export ").unwrap_or(line));
    let text: String = kept.flat_map(|line| [line, "\n"]).collect();
    format!("(function () {{\n'use strict';\n{text}}})();\n")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_module_comes_after_those_it_imports_from() {
        for (at, (name, module)) in MODULES.iter().enumerate() {
            for line in module.lines().filter(|line| line.contains("import ")) {
                let from = line.strip_prefix("import { ").and_then(|rest| rest.split_once(" } from './"));
                let from = from.and_then(|(_, from)| from.strip_suffix(".js';"));
                let from = from.unwrap_or_else(|| panic!("{name}: `{line}` is no import on one line"));
                assert!(MODULES[..at].iter().any(|(before, _)| *before == from), "{name} is before {from}");
            }
        }
    }

    #[test]
    fn nothing_of_the_modules_is_left_in_the_script() {
        assert!(SCRIPT.lines().all(|line| !line.starts_with("import ") && !line.starts_with("export ")));
        assert!(SCRIPT.contains("\nfunction decode(text, count) {\n"));
    }
}
