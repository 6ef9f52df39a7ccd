//! What is promised, in its own words, and the tests that hold it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Lab;

/// What the README, the help texts and the list of changes promise, word by word,
/// and the tests of this folder that hold it.
const KEPT: [(&str, &[&str]); 47] = [
    // A run.
    (
        "The same seed meets the same die at every tick, whatever arrived before",
        &["both_engines_keep_every_promise_and_decide_alike"],
    ),
    (
        "a tick served late is counted, reported and warned about",
        &["a_fidelity_never_stands_alone_where_ticks_are_late", "a_run_whose_audit_is_unsound_ends_with_1"],
    ),
    (
        "Ctrl-C ends it in order and keeps everything; a second Ctrl-C stops at once.",
        &[
            "ctrl_c_ends_a_run_in_order",
            "an_interrupted_run_stops_its_machines_in_order",
            "ctrl_c_keeps_everything_of_a_run_whose_folder_was_moved",
            "a_run_without_files_to_spare_at_its_end_keeps_its_logs",
            "the_first_ctrl_c_is_heard_while_a_foreign_machine_goes_on_sending",
            "a_second_ctrl_c_does_not_wait_for_a_machine_that_stopped_reading",
        ],
    ),
    (
        "SIGHUP ends a run in order as SIGTERM does",
        &["a_closed_terminal_ends_a_run_in_order", "sigterm_ends_a_run_in_order"],
    ),
    (
        "no line of a log is older than half a second before its file has it",
        &[
            "a_hundred_runs_killed_at_random_instants_leave_logs_that_are_true",
            "a_line_is_in_its_file_soon_also_while_a_machine_sleeps_inside_its_tick",
            "every_line_is_in_its_file_while_a_machine_is_waited_for_at_the_end",
        ],
    ),
    (
        "a SEND's line is in its file before its message is on the wire",
        &["a_hundred_runs_killed_at_random_instants_leave_logs_that_are_true"],
    ),
    (
        "a connection that breaks, a peer that does not tell its end, or a message that is missing fails the run",
        &[
            "a_connection_that_breaks_fails_the_run_and_what_came_in_is_told",
            "a_killed_machine_fails_the_run_and_is_named",
        ],
    ),
    (
        "A mistake in a spec is answered with its line, and what is allowed there",
        &["impossible_values_are_refused_with_their_key_and_place"],
    ),
    // What it leaves.
    (
        "leaves, in `results/<experiment>/<run>/` (`latest` points to the newest)",
        &["a_run_leaves_every_file_it_promises"],
    ),
    ("it can be run again", &["a_stored_spec_can_be_run_again_and_latest_is_the_newest_run"]),
    ("with every default and every drawn value", &["random_rates_are_drawn_by_the_seed_and_recorded"]),
    (
        "the SHA-256 of all files, its own with zeros in its place",
        &["the_manifest_says_what_ran_and_its_checksums_hold", "a_manifest_knows_when_it_was_changed"],
    ),
    (
        "Until it is complete, the folder's name ends in `.partial`",
        &["a_killed_run_leaves_logs_that_are_known_to_be_cut"],
    ),
    (
        "`labctl check --recover` completes runs whose process was killed and says what was lost",
        &[
            "a_killed_run_is_recovered_with_what_was_lost",
            "a_run_whose_logs_are_whole_is_recovered_whole_and_never_over_another",
        ],
    ),
    (
        "Nothing is ever overwritten",
        &[
            "a_run_is_never_overwritten",
            "nothing_that_a_run_or_a_sweep_left_is_ever_overwritten",
            "nothing_is_ever_overwritten_in_the_place_of_a_sweeps_run",
            "no_file_of_somebody_else_is_ever_overwritten",
            "a_tree_of_results_becomes_partitions_and_is_never_written_over",
            "a_report_is_replaced_and_nothing_else_is",
        ],
    ),
    (
        "nothing removed but what `labctl` marked as its own",
        &[
            "nothing_among_journals_is_removed_but_benches_of_killed_processes",
            "a_file_called_lock_is_nobodys_to_empty",
            "what_a_killed_command_left_is_removed_by_the_next_that_writes_there",
        ],
    ),
    ("nothing half written stays behind", &["ctrl_c_leaves_nothing_half_written"]),
    (
        "Results that are said to be written are on the disk",
        &["results_that_are_said_to_be_written_are_on_the_disk"],
    ),
    (
        "A report is replaced by one of the same name, any other file is left alone.",
        &["a_report_is_replaced_and_nothing_else_is"],
    ),
    ("Charts of other runs stay as they are.", &["nothing_that_a_run_or_a_sweep_left_is_ever_overwritten"]),
    // Simulations.
    (
        "a simulation comes out the same again, to the byte",
        &[
            "two_simulations_are_the_same_to_the_byte",
            "verify_simulates_again_and_names_the_first_line_that_differs",
        ],
    ),
    // Many runs.
    (
        "Replicate k has the same seed in every cell",
        &["a_sweep_has_a_row_for_every_machine_and_run_with_the_same_seeds_in_every_cell"],
    ),
    (
        "names the cells that do not reach it (exit code 3)",
        &["a_rule_on_what_is_not_there_is_refused_and_one_that_is_not_met_names_its_cells"],
    ),
    (
        "no run is lost and none is made twice",
        &[
            "simulated_sweeps_killed_at_random_instants_go_on_to_the_same_bytes",
            "sweeps_on_sockets_killed_at_random_instants_go_on_to_all_their_runs",
            "ctrl_c_on_sockets_loses_no_run_and_leaves_no_half_one",
        ],
    ),
    (
        "one whose clocks did not keep the pace is made again",
        &["a_run_whose_clocks_did_not_keep_the_pace_is_made_again"],
    ),
    (
        "submits again what was lost with a node",
        &["tasks_that_were_lost_are_submitted_again_while_others_come_back"],
    ),
    ("A shard may be run twice; every run counts once", &["a_piece_made_twice_counts_once"]),
    ("The exit code is 4 until every run is there.", &["pieces_made_at_once_join_to_the_bytes_of_a_sweep"]),
    (
        "the same command again makes only those that are missing",
        &[
            "claims_are_judged_and_what_was_run_is_not_run_again",
            "after_an_interruption_the_same_command_goes_on",
        ],
    ),
    // Reading.
    ("writes one HTML file that needs nothing else", &["one_run_is_told_in_full"]),
    (
        "against 24 rules, and quotes the lines that break them",
        &["a_corrupted_run_is_unsound_and_the_lines_are_quoted", "every_rule_is_explained"],
    ),
    ("end with exit code 1 where its logs are unsound", &["a_run_whose_audit_is_unsound_ends_with_1"]),
    (
        "the longest causal chain behind an event has as many events as its Lamport clock says",
        &["every_clock_of_a_run_on_sockets_is_proved"],
    ),
    (
        "90,308 of 660,675 pairs of events are concurrent",
        &["the_notebooks_pairs_of_events_are_as_many_as_is_said"],
    ),
    ("in 28 known [dialects]", &["dialects_are_listed_shown_and_tried_line_by_line"]),
    (
        "What a log cannot tell is shown as `?`, and left empty or null in data.",
        &["what_a_missing_log_would_say_is_unknown", "a_queue_that_no_log_tells_is_unknown_and_not_0"],
    ),
    (
        "A submission that cannot be read says why there, and does not stop the rest.",
        &["what_cannot_be_read_says_what_to_do_next"],
    ),
    (
        "what it would reject is not written (exit code 1)",
        &["what_a_viewer_cannot_take_is_told_with_its_limit"],
    ),
    ("leaving does not end it", &["leaving_does_not_end_a_watched_run_and_killing_it_is_noticed"]),
    (
        "Names of others lead into no other folder, bring nothing hidden to the terminal and no formula into a table; \
         pipes, devices and sockets are refused where files are read.",
        &[
            "charts_stay_below_their_folder_whatever_a_manifest_says",
            "names_reach_the_terminal_with_nothing_hidden_in_them",
            "tables_carry_no_formulas",
            "pipes_and_devices_are_refused_wherever_a_file_is_read",
        ],
    ),
    (
        "Exit codes: 0 done; 1 a run or a check failed; 2 wrong usage, a wrong spec or a path that leads nowhere",
        &[
            "a_path_that_leads_nowhere_is_wrong_usage_of_every_command",
            "what_cannot_be_written_fails_and_a_reader_that_has_seen_enough_does_not",
        ],
    ),
    // Machines of others.
    (
        "whoever connects and says nothing is no machine",
        &["a_silent_connection_is_no_foreign_machine_and_two_that_speak_are_not_told_apart"],
    ),
    (
        "a larger clock closes its connection with an ERROR line",
        &["a_clock_that_no_machine_can_reach_is_refused_and_poisons_nobody"],
    ),
    ("it is read no further until some are received", &["a_flood_is_held_back_and_its_sender_named"]),
    (
        "After the end it is waited for two seconds at most.",
        &["a_foreign_machine_that_goes_on_sending_does_not_keep_the_run_open"],
    ),
    (
        "The token itself is never sent, nor written into specs, results or reports.",
        &[
            "the_first_machine_makes_a_token_that_only_its_user_can_read_and_the_others_find_it",
            "what_the_spec_tells_lets_nobody_in",
        ],
    ),
    (
        "If two connections prove to be the same machine, or one leaves before the start, no run begins.",
        &[
            "no_run_begins_while_two_are_the_same_machine",
            "a_machine_that_leaves_before_the_start_is_named_at_once",
        ],
    ),
];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What files with this extension below a folder say, one after the other.
fn texts(folder: &str, extension: &str) -> String {
    let mut folders = vec![project().join(folder)];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                text += &fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

fn readme() -> String {
    text("README.md")
}

fn text(file: &str) -> String {
    fs::read_to_string(project().join(file)).unwrap()
}

/// With single spaces, wherever lines end.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_promise_is_made_and_has_its_tests() {
    let made =
        on_one_line(&(readme() + &text("CHANGELOG.md") + &texts("docs", "md") + &texts("src/cli", "rs")));
    let tests = texts("tests/cli", "rs");
    for (promise, kept_by) in KEPT {
        assert!(made.contains(promise), "nobody promises: {promise}");
        for test in kept_by {
            assert!(tests.contains(&format!("#[test]\nfn {test}()")), "{promise}: there is no test {test}");
        }
    }
}

#[test]
fn the_places_that_the_readme_names_are_there() {
    let readme = readme();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let rooms = readme.split('`').skip(1).step_by(2).filter(|code| code.starts_with("src/"));
    let mut places: Vec<PathBuf> = links
        .chain(rooms)
        .filter(|place| !place.starts_with("http"))
        .map(|place| project().join(place))
        .collect();
    places.sort();
    places.dedup();
    assert!(places.len() > 40, "{places:?}");
    for place in places {
        assert!(place.exists(), "{} is not there", place.display());
    }
}

#[test]
fn the_commands_that_the_readme_shows_and_their_flags_are_there() {
    let (lab, readme) = (Lab::new(), readme());
    let mut help: BTreeMap<String, String> = BTreeMap::new();
    let lines = readme.lines().filter_map(|line| line.strip_prefix("labctl "));
    let spans = readme.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("labctl "));
    for line in lines.chain(spans) {
        let typed = line.split(" #").next().unwrap_or_default();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let is_command = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase());
        let command: Vec<&str> = words.iter().take(2).take_while(is_command).copied().collect();
        let Some(first) = command.first() else { continue };
        let ask = || {
            let said = lab.labctl(&[&["help"][..], &command].concat());
            // The second word may be a file's name.
            if said.code == Some(0) { said.out } else { lab.labctl(&["help", first]).code(0).out }
        };
        let help = help.entry(command.join(" ")).or_insert_with(ask);
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            let flag = flag.split('=').next().unwrap_or_default();
            assert!(help.contains(flag), "labctl {line}: there is no {flag}");
        }
    }
    assert!(help.len() > 15, "{:?}", help.keys());
}
