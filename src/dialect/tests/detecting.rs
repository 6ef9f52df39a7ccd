//! Telling dialects apart, and proposing new ones.

use super::dialect;
use super::samples::LOGS;
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
fn nothing_is_inferred_where_nothing_is_an_event() {
    for text in ["", "\n\n", "hello\nworld\n", "1 2\n", "{}\n{\"a\": 1}\n", "[1]\n"] {
        assert_eq!(infer(&[sample("a.log", text)]), None, "{text}");
    }
    assert_eq!(infer(&[]), None);
}
