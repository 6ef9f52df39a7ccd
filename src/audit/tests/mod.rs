//! Audits of clean runs, which find nothing, and of corrupted ones, which find
//! what was corrupted where it was.

mod corrupted;
mod hosts;
mod logs;
mod noise;
mod odd;
mod sparse;

use super::*;
use crate::engine::simulator::START;
use crate::log::Stamp;
use logs::{Logs, SPEC, clean};

/// Every finding, for messages.
fn findings(audit: &Audit) -> String {
    let result = |result: &RuleResult| {
        let lines = result.findings.iter().map(|finding| {
            format!("{} {}:{}: {}\n", result.rule.id, finding.place.machine, finding.place.line, finding.text)
        });
        lines.collect::<String>()
    };
    audit.results.iter().map(result).collect()
}

/// A spec of two to six machines: both ways of sending to all, all delays,
/// whole and fractional rates.
fn varied_spec(seed: u64) -> String {
    let broadcast = ["one-event", "per-recipient"][seed as usize % 2];
    let delay =
        ["none", "constant:300ms", "uniform:100ms..500ms", "exponential:200ms"][seed as usize / 2 % 4];
    let place = ["link", "sender"][seed as usize / 8 % 2];
    let internal_prob = [0.7, 0.2, 0.0, 0.95][seed as usize / 16 % 4];
    let rates = ["4", "1", "3.48", "6", "0.9", "2.25"];
    let machines: String = (0..2 + seed as usize % 5)
        .map(|at| format!("[[machine]]\nclock_rate = {}\n", rates[(at + seed as usize / 3) % rates.len()]))
        .collect();
    format!(
        "duration = \"25s\"\nbroadcast = \"{broadcast}\"\ninternal_prob = {internal_prob}\n\
         [network]\ndelay = \"{delay}\"\nwhere = \"{place}\"\n{machines}"
    )
}

#[test]
fn a_thousand_clean_runs_are_sound_and_nothing_about_them_is_unknown() {
    for seed in 0..1000 {
        let audit = clean(&varied_spec(seed), seed, START).audit();
        assert!(audit.is_sound(), "{}{}", varied_spec(seed), findings(&audit));
        let unknown: Vec<_> = audit.unknown().collect();
        assert!(unknown.is_empty(), "{}{unknown:?}", varied_spec(seed));
    }
}

#[test]
fn clean_runs_are_sound_to_who_knows_not_that_they_were_simulated() {
    for seed in 0..50 {
        let mut logs = clean(&varied_spec(seed), seed, START);
        logs.declared = None;
        let audit = logs.audit();
        assert!(audit.is_sound(), "{}{}", varied_spec(seed), findings(&audit));
        let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
        assert_eq!(unknown, ["files-unchanged", "parameters"]);
    }
}

#[test]
fn clean_runs_are_sound_in_the_notebooks_words_as_far_as_those_can_show() {
    for seed in 0..300 {
        // A sender that sleeps loses ticks, which such logs do not account for.
        let spec = varied_spec(seed).replace("\"sender\"", "\"link\"");
        let audit = clean(&spec, seed, START).in_notebooks_words().audit();
        assert!(audit.is_sound(), "{spec}{}", findings(&audit));
        let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
        for id in ["log-whole", "end-agrees", "one-event-a-tick", "queue-first"] {
            assert!(unknown.contains(&id), "{id} of {unknown:?}");
        }
    }
}

/// What changes nothing about what a log says.
type Harmless = fn(&mut Logs);

#[test]
fn what_is_harmless_is_sound() {
    const LAST_SECONDS_OF_1999: Stamp = Stamp(START.0 - 20_000_000);
    const BEFORE_MIDNIGHT: Stamp = Stamp(START.0 + 45 * 86_400_000_000 - 20_000_000);
    let harmless: [(&str, Harmless); 6] = [
        ("line ends of Windows", |logs| {
            let each = logs.machines.iter_mut().flatten();
            each.for_each(|line| line.insert(line.len() - 1, b'\r'));
        }),
        ("a byte order mark", |logs| {
            logs.machines.iter_mut().for_each(|lines| drop(lines[0].splice(0..0, *b"\xef\xbb\xbf")));
        }),
        ("empty lines", |logs| logs.machines[0].insert(20, b"\n".to_vec())),
        ("spaces at the end of a line", |logs| {
            let line = &mut logs.machines[0][20];
            line.splice(line.len() - 1..line.len() - 1, *b"  ");
        }),
        ("no line end after the record of the end", |logs| {
            let end = logs.machines[0].last_mut().unwrap();
            assert_eq!(end.pop(), Some(b'\n'));
        }),
        ("nothing at all", |_| {}),
    ];
    for start in [START, LAST_SECONDS_OF_1999, BEFORE_MIDNIGHT] {
        for (name, change) in &harmless {
            let mut logs = clean(SPEC, 3, start);
            change(&mut logs);
            let audit = logs.audit();
            assert!(audit.is_sound(), "{name}: {}", findings(&audit));
        }
    }
}

#[test]
fn what_is_not_here_is_unknown_and_not_unsound() {
    let mut logs = clean(SPEC, 3, START);
    logs.machines.pop();
    let audit = logs.audit();
    assert!(audit.is_sound(), "{}", findings(&audit));
    let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
    assert_eq!(
        unknown,
        ["clock-condition", "message-sent", "message-once", "nothing-lost", "messages-add-up"]
    );
    let nothing = Logs { machines: vec![Vec::new()], declared: None }.audit();
    assert!(nothing.is_sound(), "{}", findings(&nothing));
    let of_files = nothing.results.iter().filter(|result| result.verdict == Verdict::Sound);
    let of_files: Vec<&str> = of_files.map(|result| result.rule.id).collect();
    assert_eq!(
        of_files,
        ["lines-readable", "one-header", "no-errors"],
        "what has no event keeps no rule about events"
    );
}

#[test]
fn a_run_that_is_going_on_is_not_accused_wherever_its_logs_end() {
    const SHARES: [f64; 5] = [0.0, 0.31, 0.33, 0.5, 0.97];
    for seed in 0..100 {
        let logs = clean(&varied_spec(seed), seed, START);
        let share = |machine: usize| SHARES[(seed as usize / 5 * machine + seed as usize) % SHARES.len()];
        let audit = logs.so_far(&(0..logs.machines.len()).map(share).collect::<Vec<_>>());
        assert!(audit.is_sound(), "{}{}", varied_spec(seed), findings(&audit));
        let unknown: Vec<&str> = audit.unknown().map(|(rule, _)| rule.id).collect();
        assert!(unknown.contains(&"log-whole") && unknown.contains(&"messages-add-up"), "{unknown:?}");
    }
}

#[test]
fn what_is_wrong_by_now_is_found_while_the_run_goes_on() {
    let mut logs = clean(SPEC, 3, START);
    let lost = logs.find(1, 8, |text, _| text.contains(" | SEND | "));
    logs.machines[0].remove(lost - 1);
    let audit = logs.so_far(&[0.7, 0.7, 0.7]);
    let broken = audit.results.iter().filter(|result| result.verdict == Verdict::Unsound);
    let broken: Vec<&str> = broken.map(|result| result.rule.id).collect();
    assert!(broken.contains(&"message-sent"), "{broken:?}");
}

#[test]
fn rules_have_short_names_and_whole_pages() {
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    for one in RULES {
        assert!(
            one.id.chars().all(|c| c.is_ascii_lowercase() || c == '-') && one.id.len() <= 24,
            "{}",
            one.id
        );
        assert!(one.reason.len() < 90 && !one.reason.ends_with('.'), "{}", one.reason);
        assert!(one.page.len() > 150 && one.page.lines().all(|line| line.len() <= 110), "{}", one.id);
        assert!(rule(one.id).is_some_and(|found| std::ptr::eq(found, one)));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
}

#[test]
fn every_error_line_is_reported_and_proves_nothing() {
    let mut logs = clean(SPEC, 3, START);
    let error = "2000-01-01 00:00:05.000000 | ERROR | Clock: 7 | a stranger was refused\n";
    logs.machines[1].splice(20..20, vec![error.as_bytes().to_vec(); 30]);
    let audit = logs.audit();
    let errors = audit.results.iter().find(|result| result.rule.id == "no-errors").unwrap();
    assert!(audit.is_sound() && matches!(errors.verdict, Verdict::Unknown(_)));
    assert_eq!((errors.count(), errors.findings[0].place.line), (30, 21), "{}", findings(&audit));
    assert!(errors.findings[0].text.ends_with("a stranger was refused"), "{}", errors.findings[0].text);
}
