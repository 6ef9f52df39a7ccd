//! Telling dialects apart, and proposing new ones.

use super::dialect;
use super::samples::LOGS;
use crate::dialect::{Refusal, Sample, detect, propose, shipped};

fn sample(path: &str, text: &str) -> Sample {
    Sample { path: path.to_owned(), text: text.as_bytes().to_vec() }
}

#[test]
fn every_sample_is_known_for_what_it_is() {
    for log in LOGS {
        let found = detect(shipped(), &[sample(log.path, log.text)]);
        let found = found.unwrap_or_else(|refusal| panic!("{}: {refusal}", log.dialect));
        assert_eq!(found.dialect.name, log.dialect, "{found}");
        assert_eq!(found.share, 1.0, "{found}");
    }
}

#[test]
fn other_files_beside_the_logs_do_not_disturb() {
    let notes = sample("notes.txt", &"these are notes, and no log\n".repeat(50));
    for log in LOGS {
        let found = detect(shipped(), &[notes.clone(), sample(log.path, log.text)]).unwrap();
        assert_eq!(found.dialect.name, log.dialect);
    }
}

#[test]
fn what_is_unknown_or_could_be_several_is_refused_with_advice() {
    let unknown = detect(shipped(), &[sample("a.log", "hello\nworld\n")]).unwrap_err();
    assert_eq!(unknown, Refusal::Unknown { best: None });
    assert!(unknown.to_string().contains("labctl dialect new"), "{unknown}");
    let half = format!("{}{}", LOGS[1].text, "noise\n".repeat(3));
    let refusal = detect(shipped(), &[sample("a.log", &half)]).unwrap_err();
    assert!(matches!(refusal, Refusal::Unknown { best: Some(_) }), "{refusal}");
    let twin = |name: &str| {
        dialect(&format!(
            "name = \"{name}\"\ntime = \"elapsed-s\"\nevent = [{{ kind = \"internal\", match = '(?<time>\\d+) (?<clock>\\d+)' }}]\n"
        ))
    };
    let refusal = detect(vec![twin("one"), twin("two")], &[sample("a.log", "1 1\n2 2\n")]).unwrap_err();
    assert!(refusal.to_string().contains("--dialect one or --dialect two"), "{refusal}");
    assert_eq!(detect(shipped(), &[]).unwrap_err(), Refusal::NoLogs);
}

#[test]
fn a_proposal_loads_and_fits_most_of_what_it_was_made_from() {
    let mut poor = Vec::new();
    for log in LOGS {
        let Some(proposal) = propose(&[sample(log.path, log.text)]) else {
            poor.push(format!("{}: no proposal", log.dialect));
            continue;
        };
        dialect(&proposal.toml);
        let fits = proposal.matched * 10 >= proposal.lines * 8;
        let has_events = proposal.events as usize * 10 >= log.events.len() * 6;
        if !fits || !has_events || !proposal.toml.contains("guessed") {
            poor.push(format!("{}: {proposal:?}", log.dialect));
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n\n"));
}

#[test]
fn nothing_is_proposed_where_nothing_is_an_event() {
    for text in ["", "\n\n", "hello\nworld\n", "1 2\n", "{}\n{\"a\": 1}\n", "[1]\n"] {
        assert_eq!(propose(&[sample("a.log", text)]), None, "{text}");
    }
    assert_eq!(propose(&[]), None);
}

#[test]
fn a_pattern_of_one_line_says_so() {
    let proposal = propose(&[sample("a.log", "12:00:00 INTERNAL clock: 1\n")]).unwrap();
    assert!(proposal.toml.contains("\n# 1 line; guessed"), "{}", proposal.toml);
}

/// Lines of several machines' logs with what their proposal must have, and must not.
#[test]
fn a_proposal_knows_the_usual_short_words() {
    let kv = "rate=6 id=1\ntime=0.5 ev=RECEIVE lc=2 qlen=1 src=3 mlc=1\ntime=1.5 ev=SEND lc=3 qlen=0 dst=2\n";
    let row = |nth: u32| {
        let kind = ["RECEIVE", "INTERNAL", "SEND"][nth as usize % 3];
        format!("{:<9} {kind:<10} {:>5}  {:>5}\n", format!("{nth}.506"), 3 * nth, nth % 2)
    };
    let padded = format!("time      event      clock  queue\n{}", (1..60).map(row).collect::<String>());
    let syslog = "Mar  5 20:05:00 host vm2[4002]: got msg from vm1 carrying 1, 1 waiting (clock now 2)\n";
    let json = "\u{feff}{\"cfg\": {\"rate\": 2}}\n{\"type\": \"send\", \"ts\": 1741205100505, \"lc\": 2, \"dst\": [1]}\n\
        {\"type\": \"receive\", \"ts\": 1741205100506, \"lc\": 3, \"mlc\": 1}\n\
        {\"type\": \"send\", \"ts\": 1741205100507, \"lc\": 4, \"dst\": [2]}\n\
        {\"type\": \"internal\", \"ts\": 1741205100508, \"lc\": 5}\n";
    let records =
        "Machine 1\n** RECEIVE **\n  at: 12:00:00\n  clock: 2\n\n** SEND **\n  at: 12:00:01\n  clock: 3\n";
    let twelve_hours = "12:59:59 PM - SEND - clock: 1, to 2\n1:00:00 PM - INTERNAL - clock: 2\n";
    let cases: [(&str, &[&str], &[&str], u64); 6] = [
        (twelve_hours, &["time = \"time-of-day\""], &[" PM"], 4),
        (
            kv,
            &["rate=(?<clock_rate>", "qlen=(?<queue>", "src=(?<from>", "mlc=(?<message_clock>", "dst=(?<to>"],
            &[],
            4,
        ),
        (&padded, &["(?<time>", "RECEIVE +(?<clock>"], &["delimited"], 118),
        (syslog, &["kind = \"receive\"", "carrying (?<message_clock>", "now (?<clock>"], &["ignore"], 2),
        (json, &["to = 'dst'", "message_clock = 'mlc'"], &["''"], 8),
        (records, &["kind = \"send\""], &["Machine \\d+\\n\\*\\* SEND", "3\\nMachine"], 4),
    ];
    for (text, has, lacks, events) in cases {
        let proposal = propose(&[sample("vm_1.log", text), sample("vm_2.log", text)]).expect(text);
        for part in has {
            assert!(proposal.toml.contains(part), "{part} of {}", proposal.toml);
        }
        for part in lacks {
            assert!(!proposal.toml.contains(part), "{part} of {}", proposal.toml);
        }
        let is_enough = proposal.events >= events;
        assert!(is_enough, "{} events of {events}: {}", proposal.events, proposal.toml);
    }
}
