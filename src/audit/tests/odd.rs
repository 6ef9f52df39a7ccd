//! Runs that are true and look odd: few ticks, slow machines, senders that
//! sleep for seconds. None of them is accused of anything.

use super::*;

/// Durations of a few ticks, rates below one, all staggers and long delays.
fn odd_spec(seed: u64) -> String {
    let pick = |list: &[&str], step: u64| list[(seed / step) as usize % list.len()].to_owned();
    let stagger = pick(&["", "start_stagger = \"0s\"\n", "start_stagger = \"100ms\"\n"], 4);
    let delay = pick(&["none", "uniform:3s..9s", "constant:4s", "exponential:2s"], 12);
    let short = ["1s", "5s", "10s", "2.5s"][seed as usize % 4];
    let duration = if delay == "none" { short } else { "10s" };
    let place = pick(&["link", "sender"], 48);
    let internal_prob = pick(&["0.7", "0.0", "0.3"], 96);
    let rates = ["3.1", "0.2", "6", "1", "0.4", "2"];
    let machines: String = (0..2 + seed as usize % 3)
        .map(|at| format!("[[machine]]\nclock_rate = {}\n", rates[(at + seed as usize / 3) % rates.len()]))
        .collect();
    format!(
        "duration = \"{duration}\"\ninternal_prob = {internal_prob}\n{stagger}\
         [network]\ndelay = \"{delay}\"\nwhere = \"{place}\"\n{machines}"
    )
}

#[test]
fn odd_runs_are_sound() {
    for seed in 0..600 {
        let logs = clean(&odd_spec(seed), seed, START);
        let undeclared = Logs { declared: None, ..logs.clone() };
        for logs in [logs, undeclared] {
            let audit = logs.audit();
            assert!(audit.is_sound(), "{seed}: {}{}", odd_spec(seed), findings(&audit));
        }
    }
}

#[test]
fn odd_runs_are_of_one_run_in_the_notebooks_words_too_with_and_without_their_headers() {
    for seed in 0..600 {
        let logs = clean(&odd_spec(seed), seed, START).in_notebooks_words();
        let mut headless = logs.clone();
        headless.machines.iter_mut().for_each(|lines| drop(lines.remove(0)));
        for logs in [logs, headless] {
            let audit = logs.audit();
            for rule in [
                "one-run",
                "host-clocks",
                "time-forward",
                "sent-before-received",
                "queue-order",
                "messages-add-up",
            ] {
                let result = audit.results.iter().find(|result| result.rule.id == rule).unwrap();
                assert_eq!(result.count(), 0, "{seed}: {}{}", odd_spec(seed), findings(&audit));
            }
        }
    }
}

/// A run of a process that died: of each log only its first part is there.
#[test]
fn a_run_that_was_killed_is_accused_of_nothing_but_logs_that_are_cut() {
    const SHARES: [f64; 5] = [0.11, 0.31, 0.5, 0.83, 0.99];
    let mut missed = 0;
    for seed in 0..200 {
        let logs = clean(&varied_spec(seed), seed, START);
        let share = |machine: usize| SHARES[(seed as usize / 5 * machine + seed as usize) % SHARES.len()];
        let shares: Vec<f64> = (0..logs.machines.len()).map(share).collect();
        let audit = logs.cut_short(&shares);
        let accused: Vec<&RuleResult> = audit.results.iter().filter(|result| result.count() > 0).collect();
        assert!(
            accused.iter().all(|result| result.rule.id == "log-whole"),
            "{}{}",
            varied_spec(seed),
            findings(&audit)
        );
        let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
        assert!(unknown.contains(&"messages-add-up"), "{unknown:?}");
        missed += usize::from(unknown.contains(&"message-sent"));
    }
    assert!(missed > 20, "in only {missed} runs was a RECEIVE there and its SEND not");
}

#[test]
fn what_no_lost_tail_explains_is_found_in_a_killed_run() {
    let mut logs = clean(SPEC, 3, START);
    let lost = logs.find(1, 8, |text, _| text.contains(" | SEND | "));
    logs.machines[0].remove(lost - 1);
    let audit = logs.cut_short(&[0.7, 0.7, 0.7]);
    let broken: Vec<&str> =
        audit.results.iter().filter(|result| result.count() > 0).map(|result| result.rule.id).collect();
    assert!(broken.contains(&"message-sent"), "{broken:?}");
}

/// The ticks of a log without its end have their numbers: its rate is known.
#[test]
fn the_rate_of_a_killed_run_shows_by_the_numbers_of_its_ticks() {
    let verdict = |logs: &Logs| {
        let audit = logs.cut_short(&[0.7, 0.7, 0.7]);
        audit.results.into_iter().find(|result| result.rule.id == "rate-kept").unwrap().verdict
    };
    let logs = clean(SPEC, 3, START);
    assert_eq!(verdict(&logs), Verdict::Sound);
    for change in [|rate: u64| rate + 2, |rate: u64| rate - 2] {
        let mut logs = logs.clone();
        logs.change(1, 2, "Clock rate", change);
        assert_eq!(verdict(&logs), Verdict::Unsound);
    }
}
