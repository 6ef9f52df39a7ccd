//! `labctl run --live` and `labctl watch`: on real terminals, and off them.

use std::fs;

use rustix::process::{Pid, Signal, test_kill_process};

use crate::support::{LAB, Lab, Running, signal_to, wait_for, wait_for_events};
use crate::tmux::Tmux;

const PARTIAL: &str = "results/lab/long.partial/log_1.txt";

/// A window with a shell in the lab's folder, where `$LABCTL` is the program.
fn terminal(lab: &Lab) -> Option<Tmux> {
    let tmux = Tmux::start(&lab.path(""), 100, 60)?;
    let program = assert_cmd::cargo::cargo_bin!("labctl").display();
    tmux.type_line(&format!("unset NO_COLOR; LABCTL='{program}'; stty -a > before; clear"));
    Some(tmux)
}

/// Runs a command in the window; its process is reported in the file `pid`, and
/// its end on the screen.
fn type_command(tmux: &Tmux, args: &str) {
    let line = format!("sh -c 'echo $$ > pid; exec $0 \"$@\"' $LABCTL {args}");
    tmux.type_line(&format!("{line}; code=$?; stty -a > after; echo \"code=$code\""));
}

fn process(lab: &Lab) -> u32 {
    wait_for("a process", || fs::read_to_string(lab.path("pid")).ok()?.trim().parse().ok())
}

/// The lab time in the view's second line, in seconds.
fn lab_time_s(screen: &str) -> Option<f64> {
    let (before, _) = screen.lines().nth(1)?.split_once(" of ")?;
    before.rsplit(' ').next()?.parse().ok()
}

/// Whether a machine's row has the clock of the last event at its end.
fn has_clock_of_event(row: &str) -> bool {
    let Some((before, event)) = row.split_once("clock ") else { return false };
    let clock = event.split([' ', ',']).next();
    before.split_whitespace().any(|word| Some(word) == clock)
}

const LONG: &str = "run lab.toml --live --name=long --duration=1h --speedup=20";

fn start_long(lab: &Lab) -> Running {
    let run = lab.start(&["run", "lab.toml", "--name=long", "--duration=1h", "--speedup=20"]);
    wait_for_events(lab, &[PARTIAL]);
    run
}

#[test]
fn the_view_can_be_paused_and_resized_and_q_ends_the_run_with_its_results() {
    let lab = Lab::with_spec(LAB);
    let Some(tmux) = terminal(&lab) else { return };
    type_command(&tmux, LONG);
    let seen = tmux.wait_until("events", |screen| screen.contains("RECEIVE") && screen.contains("clock"));
    assert!(tmux.has_whole_screen());
    for text in ["lab  seed 7  ×20  long", "of 3600 s lab time", "m3", "leads", "last events of each"] {
        assert!(seen.contains(text), "{text}\n{seen}");
    }

    tmux.resize(120, 60);
    tmux.wait_until("every machine's share, and rows of one moment", |screen| {
        let share = |id: u32| screen.lines().filter(|line| line.contains(&format!(" s    m{id} "))).count();
        let row = |id: u32| screen.lines().find(|line| line.trim_start().starts_with(&format!("m{id} ")));
        let rows_agree = [1, 2, 3].map(|id| row(id).is_some_and(has_clock_of_event));
        rows_agree == [true; 3] && [1, 2, 3].map(share).iter().all(|share| *share >= 15)
    });
    tmux.resize(100, 60);

    tmux.press("Space");
    let paused = tmux.wait_for("VIEW PAUSED");
    let at = lab_time_s(&paused).unwrap();
    // The picture stands still, and the run does not.
    let reported = |screen: &str| {
        let (_, now) = screen.split_once("the run goes on: ")?;
        now.split(' ').next()?.parse::<f64>().ok()
    };
    let later = tmux.wait_until("the run going on", |screen| reported(screen) > Some(at + 20.0));
    assert_eq!(lab_time_s(&later), Some(at), "{later}");
    tmux.press("Space");
    tmux.wait_until("the view going on", |screen| lab_time_s(screen) > Some(at + 20.0));

    tmux.resize(40, 10);
    tmux.wait_for(" q end  space pause");
    tmux.press("?");
    tmux.wait_for("pause the view, not the run");
    tmux.press("?");
    tmux.resize(100, 60);
    tmux.wait_until("a wide view", |screen| screen.contains("late p99") && lab_time_s(screen).is_some());

    tmux.press("q");
    tmux.wait_for("end the run? q again ends it");
    tmux.press("x");
    tmux.wait_until("the answer no", |screen| !screen.contains("end the run?"));
    tmux.press("q");
    tmux.wait_for("end the run? q again ends it");
    tmux.press("q");
    let ended = tmux.wait_for("code=130");
    for text in
        ["stopping: the logs are being closed", "lab, interrupted", "all accounted for", "charts:", "audit:"]
    {
        assert!(ended.contains(text), "{text}\n{ended}");
    }
    tmux.assert_given_back();
    assert_eq!(lab.json("results/lab/long/manifest.json")["status"], "interrupted");
}

#[test]
fn sigterm_and_ctrl_c_give_the_terminal_back() {
    let lab = Lab::with_spec(LAB);
    let Some(tmux) = terminal(&lab) else { return };
    type_command(&tmux, LONG);
    tmux.wait_for("RECEIVE");
    signal_to(process(&lab), Signal::TERM);
    let ended = tmux.wait_for("code=143");
    assert!(ended.contains("lab, interrupted"), "{ended}");
    tmux.assert_given_back();

    tmux.type_line("clear; rm pid after");
    type_command(&tmux, "run lab.toml --live --duration=1h --speedup=20");
    tmux.wait_for("RECEIVE");
    tmux.press("C-c");
    tmux.wait_for("code=130");
    tmux.assert_given_back();
}

#[test]
fn ctrl_z_gives_the_terminal_back_until_the_run_goes_on() {
    let lab = Lab::with_spec(LAB);
    let Some(tmux) = terminal(&lab) else { return };
    // A shell that knows jobs.
    tmux.type_line("set -m; clear");
    tmux.type_line("$LABCTL run lab.toml --live --duration=1h --speedup=20");
    tmux.wait_for("RECEIVE");
    tmux.press("C-z");
    tmux.wait_until("the shell", |screen| screen.contains("Stopped") && !screen.contains("RECEIVE"));
    tmux.type_line("stty -a > after; echo over");
    tmux.wait_until("the shell's answer", |screen| screen.lines().any(|line| line.trim() == "over"));
    tmux.assert_given_back();
    tmux.type_line("fg");
    tmux.wait_for("RECEIVE");
    assert!(tmux.has_whole_screen());
    tmux.press("q");
    tmux.wait_for("end the run? q again ends it");
    tmux.press("q");
    tmux.wait_for("lab, interrupted");
}

#[test]
fn after_a_live_run_all_is_printed_as_always() {
    let lab = Lab::with_spec(LAB);
    let Some(tmux) = terminal(&lab) else { return };
    type_command(&tmux, "run lab.toml --live > table.txt");
    let ended = tmux.wait_for("code=0");
    for text in ["results: ", "charts: ", "audit: "] {
        assert!(ended.contains(text), "{text}\n{ended}");
    }
    tmux.assert_given_back();
    let table = lab.read("table.txt");
    assert!(table.starts_with("lab, completed\n") && !table.contains('\u{1b}'), "{table}");
}

#[test]
fn a_terminal_that_cannot_be_taken_over_has_bars() {
    let lab = Lab::with_spec(LAB);
    let Some(tmux) = terminal(&lab) else { return };
    tmux.type_line("export TERM=dumb");
    type_command(&tmux, "run lab.toml --live");
    let ended = tmux.wait_for("code=0");
    assert!(ended.contains("cannot show the live view: TERM says that it is dumb"), "{ended}");
}

#[test]
fn a_run_of_another_process_is_watched_into_its_place() {
    let lab = Lab::with_spec(LAB);
    let Some(tmux) = terminal(&lab) else { return };
    let run = start_long(&lab);
    type_command(&tmux, "watch results/lab/latest");
    // The last line is drawn last.
    let seen = tmux.wait_until("the view", |screen| screen.contains("RECEIVE") && screen.contains("q leave"));
    assert!(seen.contains("lab  seed 7  ×20  long"), "{seen}");
    run.signal(Signal::INT);
    run.end().code(130);
    // The title says it once the results stand in their place.
    tmux.wait_until("the end", |screen| {
        screen.contains("END      interrupted") && screen.contains(" interrupted\n")
    });
    assert!(tmux.has_whole_screen(), "the end is shown until q");
    tmux.press("q");
    let left = tmux.wait_for("code=0");
    assert!(left.contains("lab/long, interrupted at "), "{left}");
    tmux.assert_given_back();
}

#[test]
fn leaving_does_not_end_a_watched_run_and_killing_it_is_noticed() {
    let lab = Lab::with_spec(LAB);
    let Some(tmux) = terminal(&lab) else { return };
    let run = start_long(&lab);
    type_command(&tmux, "watch results");
    tmux.wait_for("RECEIVE");
    tmux.press("q");
    let left = tmux.wait_for("code=0");
    assert!(left.contains("lab/long, going on at "), "{left}");
    tmux.assert_given_back();
    let before = fs::metadata(lab.path(PARTIAL)).unwrap().len();
    wait_for("the run going on", || (fs::metadata(lab.path(PARTIAL)).ok()?.len() > before).then_some(()));

    tmux.type_line("clear; rm pid after");
    type_command(&tmux, "watch results/lab/long");
    tmux.wait_for("RECEIVE");
    run.signal(Signal::KILL);
    run.end();
    tmux.wait_for("the logs have not grown for ");
    signal_to(process(&lab), Signal::TERM);
    tmux.wait_for("code=143");
    tmux.assert_given_back();
}

#[test]
fn whatever_shows_a_run_ends_when_its_terminal_is_closed() {
    for command in [LONG, "watch results/lab/followed"] {
        let lab = Lab::with_spec(LAB);
        let followed = lab.start(&["run", "lab.toml", "--name=followed", "--duration=1h", "--speedup=20"]);
        wait_for_events(&lab, &["results/lab/followed.partial/log_1.txt"]);
        let Some(tmux) = terminal(&lab) else { return };
        type_command(&tmux, command);
        tmux.wait_for("RECEIVE");
        let process = process(&lab);
        drop(tmux);
        wait_for(format_args!("the end of {command}"), || {
            test_kill_process(Pid::from_raw(process as i32)?).is_err().then_some(())
        });
        if command == LONG {
            assert_eq!(lab.json("results/lab/long/manifest.json")["status"], "interrupted");
        }
        followed.signal(Signal::INT);
        followed.end().code(130);
    }
}

#[test]
fn off_a_terminal_a_live_run_says_so_and_goes_on_plainly() {
    let lab = Lab::with_spec(LAB);
    let said = lab.labctl(&["run", "lab.toml", "--live"]).code(0);
    let said = said.tells(&["warning: --live needs a terminal", "results: "]);
    assert!(!said.talk.contains('\u{1b}') && !said.out.contains('\u{1b}'), "{}", said.talk);
}

#[test]
fn off_a_terminal_a_watch_ends_with_the_run_and_sums_it_up() {
    let lab = Lab::with_spec(LAB);
    let run = start_long(&lab);
    let watch = lab.start(&["watch"]);
    watch.wait_for_talk("watching results/lab/long.partial");
    run.signal(Signal::INT);
    run.end().code(130);
    let said = watch.end().code(0);
    assert!(said.out.starts_with("lab/long, interrupted at "), "{}", said.out);
    let rows = said.out.lines().skip_while(|line| !line.starts_with('─')).skip(1);
    assert_eq!(rows.count(), 3, "{}", said.out);
    // A finished run is summed up at once.
    let again = lab.labctl(&["watch", "results/lab/latest"]).code(0);
    assert_eq!(again.out, said.out);
}

#[test]
fn off_a_terminal_a_killed_run_is_given_up() {
    let lab = Lab::with_spec(LAB);
    let run = start_long(&lab);
    run.signal(Signal::KILL);
    run.end();
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    for log in lab.names("results/lab/long.partial") {
        let path = lab.path(&format!("results/lab/long.partial/{log}"));
        fs::File::options().append(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    let said = lab.labctl(&["watch", "results/lab/long"]).code(1).tells(&["the logs have not grown for "]);
    assert!(said.out.contains("lab/long, no news for "), "{}", said.out);
}

#[test]
fn what_is_no_run_cannot_be_watched() {
    let lab = Lab::new();
    lab.labctl(&["watch"]).code(2).tells(&["results"]);
    lab.write("empty/notes.txt", "");
    lab.labctl(&["watch", "empty"]).code(2).tells(&["empty holds no runs"]);
}
