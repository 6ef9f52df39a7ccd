//! Telling dialects apart, and inferring what the usual words mean.

use super::samples::LOGS;
use super::{context, dialect, read};
use crate::dialect::{Refusal, Sample, detect, infer, shipped};

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
fn what_is_inferred_loads_and_counts_no_more_events_than_records() {
    for log in LOGS {
        let Some(inference) = infer(&[sample(log.path, log.text)]) else { continue };
        dialect(&inference.toml);
        assert!(inference.events <= inference.records, "{}: {inference:?}", log.dialect);
        assert!(inference.with_keyword <= inference.events, "{}: {inference:?}", log.dialect);
    }
}

#[test]
fn nothing_is_inferred_where_nothing_is_an_event() {
    for text in ["", "\n\n", "hello\nworld\n", "1 2\n", "{}\n{\"a\": 1}\n", "[1]\n"] {
        assert_eq!(infer(&[sample("a.log", text)]), None, "{text}");
    }
    assert_eq!(infer(&[]), None);
}

#[test]
fn a_pattern_of_one_line_says_so() {
    let inference = infer(&[sample("a.log", "12:00:00 INTERNAL clock: 1\n")]).unwrap();
    assert!(inference.toml.contains("\n# 1 line\n"), "{}", inference.toml);
}

/// Lines of a machine's log, and what is read of them by what is inferred.
#[test]
fn the_usual_short_words_are_known() {
    let kv = "rate=6 id=1\ntime=0.5 ev=RECEIVE lc=5 qlen=1 src=3 mlc=4\ntime=1.5 ev=RECEIVE lc=6 qlen=0 src=2 mlc=3\n\
        time=2.5 ev=SEND lc=7 qlen=0 dst=2\ntime=3.5 ev=INTERNAL lc=8 qlen=0\n\
        time=4.5 ev=RECEIVE lc=12 qlen=0 src=3 mlc=11\n";
    let row = |nth: u32| {
        let kind = ["RECEIVE", "INTERNAL", "SEND"][nth as usize % 3];
        format!("{:<9} {kind:<10} {nth:>5}  {:>5}\n", format!("{nth}.506"), u32::from(nth.is_multiple_of(6)))
    };
    let padded = format!("time      event      clock  queue\n{}", (1..60).map(row).collect::<String>());
    let json = "\u{feff}{\"cfg\": {\"rate\": 2}}\n{\"type\": \"send\", \"ts\": 1741205100505, \"lc\": 2, \"dst\": [3]}\n\
        {\"type\": \"receive\", \"ts\": 1741205100506, \"lc\": 3, \"mlc\": 1}\n\
        {\"type\": \"send\", \"ts\": 1741205100507, \"lc\": 4, \"dst\": [2]}\n\
        {\"type\": \"internal\", \"ts\": 1741205100508, \"lc\": 5}\n";
    let records = "Machine 1\n** RECEIVE **\n  at: 12:00:00\n  clock: 2\n\n** SEND **\n  at: 12:00:01\n  clock: 3\n\n\
        ** SEND **\n  at: 12:00:02\n  clock: 4\n";
    let twelve_hours = "12:59:59 PM - SEND - clock: 1, to 2\n1:00:00 PM - INTERNAL - clock: 2\n";
    let cases: [(&str, &[&str]); 5] = [
        (
            kv,
            &[
                "2 R t=500000 c=5 q=1 m=4 f=3",
                "3 R t=1500000 c=6 q=0 m=3 f=2",
                "4 S t=2500000 c=7 q=0 to=2",
                "5 I t=3500000 c=8 q=0",
                "6 R t=4500000 c=12 q=0 m=11 f=3",
            ],
        ),
        (&padded, &["2 I t=1506000 c=1", "3 S t=2506000 c=2", "4 R t=3506000 c=3"]),
        (
            json,
            &[
                "2 S t=1741205100505000 c=2 to=3",
                "3 R t=1741205100506000 c=3 m=1",
                "4 S t=1741205100507000 c=4 to=2",
                "5 I t=1741205100508000 c=5",
            ],
        ),
        (records, &["1 R t=43200000000 c=2", "6 S t=43201000000 c=3", "10 S t=43202000000 c=4"]),
        (twelve_hours, &["1 S t=46799000000 c=1 to=2", "2 I t=46800000000 c=2"]),
    ];
    for (text, events) in cases {
        let inference = infer(&[sample("vm_1.log", text)]).expect(text);
        let found = read(&dialect(&inference.toml), &context(1, 3), text.as_bytes());
        assert!(found.events.len() >= events.len(), "{}", inference.toml);
        for (read, event) in found.events.iter().zip(events) {
            // What more is read than the words tell is no matter here.
            let is_so = read == event || read.starts_with(&format!("{event} "));
            assert!(is_so, "{event} is read as {read}: {}", inference.toml);
        }
    }
}
