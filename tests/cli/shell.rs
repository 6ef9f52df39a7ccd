//! What labctl gives to shells, manuals and editors.
#![cfg(unix)]

use crate::support::{LAB, Lab, Said, has};

/// What bash, asked for real, offers after these words of a command line.
fn offered_by_bash(lab: &Lab, line: &[&str]) -> Vec<String> {
    let last = line.len() - 1;
    let script = format!(
        "source completions.bash && COMP_WORDS=({}) COMP_CWORD={last} && \
         _labctl labctl \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{}]}}\" && printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        line.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        last - 1,
    );
    lab.write("ask.bash", script);
    let said = lab.shell("bash --norc ask.bash").code(0);
    said.out.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_values_and_files() {
    let lab = Lab::new();
    lab.write("completions.bash", lab.labctl(&["completions", "bash"]).code(0).out);
    lab.write("exp4.toml", LAB);
    assert_eq!(offered_by_bash(&lab, &["labctl", "ru"]), ["run"]);
    let flags = offered_by_bash(&lab, &["labctl", "run", "--i"]);
    assert_eq!(flags, ["--isolation", "--internal-prob"]);
    assert_eq!(offered_by_bash(&lab, &["labctl", "run", "--engine", "s"]), ["sockets", "sim"]);
    assert_eq!(offered_by_bash(&lab, &["labctl", "dialect", "sh"]), ["show"]);
    assert_eq!(offered_by_bash(&lab, &["labctl", "machine", "--token-file", "ex"]), ["exp4.toml"]);
    assert!(!offered_by_bash(&lab, &["labctl", "machine", "--"]).contains(&"--controlled".to_owned()));
}

#[test]
fn every_shell_gets_a_script_that_it_can_read() {
    let lab = Lab::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = lab.labctl(&["completions", shell]).code(0).out;
        assert!(script.contains("internal-prob") && script.contains("completions"), "{shell}: {script}");
        lab.write(shell, script);
        if ["bash", "zsh", "fish"].contains(&shell) && has(shell) {
            let said = lab.shell(&format!("{shell} -n {shell}")).code(0);
            assert_eq!(said.talk, "", "{shell}");
        }
    }
    lab.labctl(&["completions", "csh"]).code(2).tells(&["'csh'", "bash"]);
}

/// The commands that `labctl --help` lists.
fn commands(help: &Said) -> Vec<String> {
    let listed = help.out.lines().take_while(|line| *line != "Options:");
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_command_has_a_manual_page() {
    let lab = Lab::new();
    let one = lab.labctl(&["man"]).code(0).out;
    lab.labctl(&["man", "share/man1"]).code(0);
    assert_eq!(lab.read("share/man1/labctl.1"), one);
    let commands = commands(&lab.labctl(&["--help"]).code(0));
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let page = lab.read(&format!("share/man1/labctl-{command}.1"));
        let dashed = command.replace('-', "\\-");
        for part in [format!(".SH NAME\nlabctl\\-{dashed} \\- "), ".SH \"SEE ALSO\"".to_owned()] {
            assert!(page.contains(&part), "`{part}` is not in\n{page}");
        }
        assert!(one.contains(&format!("labctl\\-{dashed}(1)")), "{command}");
    }
    assert!(lab.has("share/man1/labctl-dialect-list.1"));
}

#[test]
fn manual_pages_show_examples_line_by_line() {
    let lab = Lab::new();
    lab.labctl(&["man", "man1"]).code(0);
    let page = lab.read("man1/labctl-twin-verify.1");
    let typed = ".SH EXAMPLES\n.EX\n  labctl run experiments/exp4.toml \\-\\-engine sim\n  labctl twin verify results/exp4/latest\n.EE\n.PP\n";
    assert!(page.contains(typed), "{page}");
    assert!(lab.read("man1/labctl.1").contains(".SH \"EXIT STATUS\"\n0 done; 1 a run or a check failed"));
    for name in lab.names("man1") {
        if has("mandoc") {
            lab.shell(&format!("mandoc -T lint -W error man1/{name}")).code(0);
        }
        if has("man") {
            let shown = lab.shell(&format!("MANWIDTH=80 man -l man1/{name}")).code(0);
            assert!(shown.out.contains("SYNOPSIS"), "{name}: {}{}", shown.out, shown.talk);
        }
    }
}

#[test]
fn a_folder_for_manual_pages_that_cannot_be_made_is_told_of() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["man", "lab.toml/man1"]).code(1).tells(&["cannot make the folder lab.toml/man1"]);
}

#[test]
fn a_spec_names_its_schema_in_either_way() {
    let lab = Lab::new();
    lab.write("labctl.schema.json", lab.labctl(&["schema"]).code(0).out);
    let schema = lab.json("labctl.schema.json");
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert_eq!(schema["properties"]["machine"]["items"]["required"][0], "clock_rate");
    for line in ["#:schema ./labctl.schema.json", "\"$schema\" = \"./labctl.schema.json\""] {
        lab.write("lab.toml", format!("{line}\n{LAB}"));
        lab.labctl(&["predict", "lab.toml"]).code(0);
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for command in ["completions bash", "man", "schema"] {
        let said =
            Lab::new().shell(&format!("\"$LABCTL\" {command} | true; \"$LABCTL\" {command} | head -n 1"));
        assert_eq!(said.code(0).talk, "", "{command}");
    }
}
