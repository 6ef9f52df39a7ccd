//! What is promised, in its own words, and the tests that hold it; and what every
//! run promises, whatever drives it: a table of specs, run on both engines, and
//! one set of checks on what they leave.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use labctl::lab::measured::measured;
use labctl::log::{End, Line, Record, Stamp, read_log};
use labctl::model::delay::DelayAt;
use labctl::model::event::{Kind, MachineId, Recipients};
use labctl::model::machine::Broadcast;
use labctl::model::schedule::Schedule;
use labctl::plan::Run;
use labctl::read::find::find_runs;

use crate::support::{Lab, sum};

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

/// Name, root keys, network and machines.
const SPECS: [(&str, &str, &str, &str); 7] = [
    ("two", "internal_prob = 0.3", "", "[[machine]]\nclock_rate = 5\n[[machine]]\nclock_rate = 2"),
    (
        "silent-never",
        "internal_prob = 0\nbroadcast = \"per-recipient\"",
        "",
        "[[machine]]\nclock_rate = 3\ncount = 2",
    ),
    (
        "assignment",
        "broadcast = \"per-recipient\"",
        "",
        "[[machine]]\nclock_rate = 1\n[[machine]]\nclock_rate = 3\n[[machine]]\nclock_rate = 6",
    ),
    (
        "fractions",
        "start_stagger = \"80ms\"",
        "delay = \"exponential:200ms\"",
        "[[machine]]\nclock_rate = 3.48\n[[machine]]\nclock_rate = 3.78\n[[machine]]\nclock_rate = 0.25",
    ),
    (
        "sleepers",
        "internal_prob = 0.2\nbroadcast = \"per-recipient\"",
        "delay = \"uniform:100ms..500ms\"\nwhere = \"sender\"",
        "[[machine]]\nclock_rate = 5\n[[machine]]\nclock_rate = 2\n[[machine]]\nclock_rate = 3",
    ),
    ("ten", "internal_prob = 0.4", "", "[[machine]]\nclock_rate = 4\ncount = 9\n[[machine]]\nclock_rate = 1"),
    (
        "ten-far",
        "internal_prob = 0.4\nbroadcast = \"per-recipient\"",
        "delay = \"constant:1s\"",
        "[[machine]]\nclock_rate = 4\ncount = 9\n[[machine]]\nclock_rate = 1.5",
    ),
];

type Check = fn(&Told) -> Result<(), String>;

const PROMISES: [(&str, Check); 8] = [
    ("clocks strictly rise", clocks_rise),
    ("clocks follow Lamport's rules", lamports_rules),
    ("links deliver what was sent, once and in order", links_keep_order),
    ("every message is accounted for", messages_add_up),
    ("nothing is sent or internal while a message waits", queue_comes_first),
    ("one event a tick", one_event_a_tick),
    ("every tick due is served or counted lost", ticks_add_up),
    ("the tables say what the logs say", tables_agree),
];

/// What a run left.
struct Told {
    run: Run,
    logs: Vec<Log>,
    /// Rows of `events.csv` and `metrics.csv`.
    events: Vec<BTreeMap<String, String>>,
    metrics: Vec<BTreeMap<String, String>>,
}

struct Log {
    machine: MachineId,
    schedule: Schedule,
    /// The stamp of lab time zero.
    start: Stamp,
    records: Vec<Record>,
    end: End,
}

#[test]
fn both_engines_keep_every_promise_and_decide_alike() {
    for (name, root, network, machines) in SPECS {
        let lab = Lab::with_spec(&format!(
            "name = \"lab\"\nduration = \"20s\"\nspeedup = 20\nseed = 7\n{root}\n[network]\n{network}\n{machines}\n"
        ));
        let reported = ["sim", "sockets"].map(|engine| {
            lab.labctl(&["run", "lab.toml", "--engine", engine, "--name", engine]).code(0);
            let reported = read(&lab, engine);
            for (promise, check) in PROMISES {
                check(&reported)
                    .unwrap_or_else(|broken| panic!("{name} on {engine}: {promise}, but {broken}"));
            }
            reported
        });
        let [simulated, on_sockets] = reported.each_ref().map(idle_ticks);
        let both: Vec<_> = simulated.keys().filter(|tick| on_sockets.contains_key(tick)).collect();
        assert!(both.len() > 10, "{name}: idle together at {} ticks only", both.len());
        for tick in both {
            assert_eq!(
                simulated[tick], on_sockets[tick],
                "{name}: (machine, tick) {tick:?} decides otherwise"
            );
        }
    }
}

fn read(lab: &Lab, engine: &str) -> Told {
    let folder = lab.path(&format!("results/lab/{engine}"));
    let stored = &find_runs(&folder).unwrap()[0];
    let run = Run::single(measured(stored).unwrap().spec, engine.to_owned());
    let log = |(machine, clock_rate): (MachineId, &f64)| {
        let spec = &run.spec;
        let schedule =
            Schedule { clock_rate: *clock_rate, phase: spec.phase(machine), duration: spec.duration };
        let (mut start, mut records, mut end) = (None, Vec::new(), None);
        read_log(&stored.logs[machine.index()], |number, line| match line {
            Line::Event(record) => records.push(**record),
            Line::End(record) => end = Some(*record),
            Line::Started { at, .. } => start = Some(*at),
            Line::Rate(_) => {}
            _ => panic!("line {number} of machine {machine} on {engine}: {line:?}"),
        })
        .unwrap();
        Log { machine, schedule, start: start.unwrap(), records, end: end.unwrap() }
    };
    let logs = run.machines().zip(run.clock_rates()).map(log).collect();
    let [events, metrics] =
        ["events", "metrics"].map(|table| lab.rows(&format!("results/lab/{engine}/{table}.csv")));
    Told { run, logs, events, metrics }
}

/// What machines did in ticks that found an empty queue, by machine and tick.
type Decisions = BTreeMap<(MachineId, Option<u64>), Vec<(Kind, Option<Recipients>)>>;

fn idle_ticks(reported: &Told) -> Decisions {
    let mut idle = Decisions::new();
    for log in &reported.logs {
        for record in log.records.iter().filter(|record| record.kind != Kind::Receive) {
            idle.entry((log.machine, record.tick)).or_default().push((record.kind, record.to));
        }
    }
    idle
}

/// Whether a rule holds for every record and the one before it in its log.
fn each_pair(reported: &Told, holds: impl Fn(Option<&Record>, &Record) -> bool) -> Result<(), String> {
    for log in &reported.logs {
        let mut before = None;
        for record in &log.records {
            if !holds(before, record) {
                return Err(format!("machine {} has {before:?} and then {record:?}", log.machine));
            }
            before = Some(record);
        }
    }
    Ok(())
}

fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn clocks_rise(reported: &Told) -> Result<(), String> {
    each_pair(reported, |before, record| before.is_none_or(|before| before.clock < record.clock))
}

fn lamports_rules(reported: &Told) -> Result<(), String> {
    each_pair(reported, |before, record| {
        let own = before.map_or(0, |before| before.clock);
        record.clock == own.max(record.message_clock.unwrap_or(0)) + 1
    })
}

fn links_keep_order(reported: &Told) -> Result<(), String> {
    let machines = reported.run.spec.machine_count();
    let (mut sent, mut received): (BTreeMap<_, Vec<u64>>, BTreeMap<_, Vec<u64>>) = Default::default();
    for log in &reported.logs {
        for record in &log.records {
            if let Some(from) = record.from {
                received.entry((from, log.machine)).or_default().extend(record.message_clock);
            }
            for to in record.to.into_iter().flat_map(|to| to.ids(log.machine, machines)) {
                sent.entry((log.machine, to)).or_default().push(record.clock);
            }
        }
    }
    must(!received.is_empty(), || "nothing was received".to_owned())?;
    for ((from, to), clocks) in received {
        let sent = sent.remove(&(from, to)).unwrap_or_default();
        must(sent.starts_with(&clocks), || {
            format!("machine {from} sent {sent:?} to machine {to}, which received {clocks:?}")
        })?;
    }
    Ok(())
}

fn messages_add_up(reported: &Told) -> Result<(), String> {
    let machines = reported.run.spec.machine_count();
    for Log { machine, records, end, .. } in &reported.logs {
        let sent: u64 = records.iter().filter_map(|record| Some(record.to?.count(machines))).sum();
        let received = records.iter().filter(|record| record.kind == Kind::Receive).count() as u64;
        must((sent, received) == (end.sent, end.received), || {
            format!("machine {machine} logs {sent} sent and {received} received, and counts {end:?}")
        })?;
    }
    let total = |of: fn(&End) -> u64| reported.logs.iter().map(|log| of(&log.end)).sum::<u64>();
    let (sent, received) = (total(|end| end.sent), total(|end| end.received));
    let queued = total(|end| end.queue_length);
    must(sent == received + queued, || {
        format!("{sent} were sent, {received} received and {queued} are in queues")
    })
}

/// By the queue that each RECEIVE leaves, and by the arrival of each message. On
/// sockets a tick may fall between a message's arrival and its way into the
/// queue; then the next one sees it.
fn queue_comes_first(reported: &Told) -> Result<(), String> {
    each_pair(reported, |before, record| {
        let left = |record: &Record| record.queue_length.unwrap_or(0);
        let waiting = before.map_or(0, left);
        if record.kind == Kind::Receive { left(record) + 1 >= waiting } else { waiting == 0 }
    })?;
    let passes_allowed = if reported.run.name == "sim" { 0 } else { 1 };
    for log in &reported.logs {
        let mut idle_us = Vec::new();
        for record in &log.records {
            let Some(waited_us) = record.waited_us else {
                idle_us.push(record.stamp.0);
                idle_us.dedup();
                continue;
            };
            // Both times are cut to the microsecond.
            let arrived_us = record.stamp.0 - waited_us as i64 + 1;
            let passed = idle_us.iter().rev().take_while(|idle_us| **idle_us > arrived_us).count();
            must(passed <= passes_allowed, || {
                format!("machine {} was idle for {passed} ticks while {record:?} waited", log.machine)
            })?;
        }
    }
    Ok(())
}

fn one_event_a_tick(reported: &Told) -> Result<(), String> {
    let per_recipient = reported.run.spec.broadcast == Broadcast::PerRecipient;
    let to_all = reported.run.spec.machines.len() - 1;
    each_pair(reported, |before, record| {
        let alone = before.is_none_or(|before| before.tick < record.tick);
        record.tick.is_some() && (alone || per_recipient && record.kind == Kind::Send)
    })?;
    for (tick, actions) in idle_ticks(reported) {
        let distinct = actions.iter().map(|(_, to)| format!("{to:?}")).collect::<BTreeSet<_>>().len();
        let to_all_at_once = actions.iter().any(|(_, to)| *to == Some(Recipients::All));
        let one_or_each = actions.len() == 1 || actions.len() == to_all && distinct == to_all;
        must(one_or_each && !(per_recipient && to_all_at_once), || {
            format!("(machine, tick) {tick:?} has {actions:?}")
        })?;
    }
    Ok(())
}

fn ticks_add_up(reported: &Told) -> Result<(), String> {
    let lost: u64 = reported.logs.iter().map(|log| log.end.lost_ticks).sum();
    let sleeps = reported.run.spec.network.delay_at == DelayAt::Sender;
    must(sleeps == (lost > 0), || format!("{lost} ticks were lost"))?;
    for log in &reported.logs {
        let (end, schedule, machine) = (&log.end, log.schedule, log.machine);
        let numbers: BTreeSet<u64> = log.records.iter().filter_map(|record| record.tick).collect();
        let counted = end.ticks + end.lost_ticks;
        must(numbers.len() as u64 == end.ticks, || {
            format!("machine {machine} counts {} ticks and logs {}", end.ticks, numbers.len())
        })?;
        must(numbers.last().is_none_or(|last| *last <= counted), || {
            format!("machine {machine} counts {counted} ticks, served or lost, and logs {:?}", numbers.last())
        })?;
        // A machine that is behind by a whole period when the run is over ends there.
        let next = schedule.deadline(counted + 1);
        let excused = end.stamp >= log.start.at(next + schedule.period());
        must(next > schedule.duration || excused, || {
            format!("machine {machine} leaves out tick {} and what follows", counted + 1)
        })?;
    }
    Ok(())
}

fn tables_agree(reported: &Told) -> Result<(), String> {
    let is_simulated = reported.run.name == "sim";
    let late_us =
        reported.metrics.iter().map(|row| row["lateness_max_us"].parse::<u64>().unwrap_or(u64::MAX));
    must(!is_simulated || late_us.max() == Some(0), || "a simulated tick was late".to_owned())?;
    let lines = |of: fn(&Log) -> u64| reported.logs.iter().map(of).sum::<u64>();
    let events = lines(|log| log.records.len() as u64);
    for (what, logged, tabled) in [
        ("rows of events.csv", events, reported.events.len() as u64),
        ("events", events, sum(&reported.metrics, "events")),
        ("messages_sent", lines(|log| log.end.sent), sum(&reported.metrics, "messages_sent")),
        ("messages_received", lines(|log| log.end.received), sum(&reported.metrics, "messages_received")),
        ("messages_queued", lines(|log| log.end.queue_length), sum(&reported.metrics, "messages_queued")),
        ("lost_ticks", lines(|log| log.end.lost_ticks), sum(&reported.metrics, "lost_ticks")),
    ] {
        must(logged == tabled, || format!("{what}: {logged} by the logs, {tabled} by the tables"))?;
    }
    Ok(())
}
