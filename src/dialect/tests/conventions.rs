//! The conventions that a dialect declares, turned into our own.

use super::{context, dialect, read};
use crate::dialect::{Dialect, LogContext};
use crate::log::FaultKind;

fn made(keys: &str) -> Dialect {
    dialect(&format!(
        "name = \"t\"\ntime = \"elapsed-s\"\n{keys}\n\
         [[event]]\nkind = \"internal\"\nmatch = 'I (?<time>\\d+) (?<clock>[0-9,]+)'\n\
         [[event]]\nkind = \"receive\"\nmatch = 'R (?<time>\\d+) (?<clock>[0-9,]+)(?: q(?<queue>\\S+))?(?: m(?<message_clock>\\d+))?'\n\
         [[event]]\nkind = \"send\"\nmatch = 'S (?<time>\\d+) (?<clock>[0-9,]+)(?: to (?<to>.+))?'\n\
         [[header]]\nmatch = 'rate (?<clock_rate>\\S+)'\n"
    ))
}

fn events(keys: &str, machines: u32, text: &str) -> Vec<String> {
    read(&made(keys), &context(1, machines), text.as_bytes()).events
}

#[test]
fn the_queue_before_the_pop_is_one_longer() {
    assert_eq!(
        events("queue = \"before-pop\"", 3, "R 1 5 q3\nR 2 6\n"),
        ["1 R t=1000000 c=5 q=2", "2 R t=2000000 c=6"]
    );
    // There was nothing to pop, so this was not the queue before it.
    assert_eq!(events("queue = \"before-pop\"", 3, "R 1 5 q0\n"), ["1 R t=1000000 c=5"]);
}

#[test]
fn the_clock_before_the_update_is_updated() {
    let found =
        events("clock = \"before\"", 3, "I 1 0\nS 2 1 to 2\nR 3 2 m9\nR 4 10\nR 5 40\nI 6 77\nR 7 78\n");
    let clocks: Vec<&str> = found.iter().map(|event| event.split(' ').nth(3).unwrap()).collect();
    assert_eq!(clocks, ["c=1", "c=2", "c=10", "c=40", "c=77", "c=78", "c=79"]);
}

#[test]
fn a_list_of_recipients_is_all_or_some() {
    assert_eq!(events("", 3, "S 1 1 to 2, 3\n"), ["1 S t=1000000 c=1 to=all"]);
    assert_eq!(events("", 5, "S 1 1 to 2, 3\n"), ["1 S t=1000000 c=1 to=2 3"]);
    assert_eq!(
        events("", 0, "S 1 1 to 2, 3\n"),
        ["1 S t=1000000 c=1 to=all"],
        "nobody knows how many there are"
    );
    assert_eq!(events("", 3, "S 1 1 to 1\n"), ["1 S t=1000000 c=1"], "nobody sends to itself");
}

#[test]
fn a_line_for_each_recipient_is_one_send() {
    let keys = "send_to_all = \"line-each\"";
    let text = "S 1 1 to 2\nS 1 1 to 3\nS 2 2 to 3\nS 3 3 to 3\nI 4 4\n";
    assert_eq!(
        events(keys, 3, text),
        ["1 S t=1000000 c=1 to=all", "3 S t=2000000 c=2 to=3", "4 S t=3000000 c=3 to=3", "5 I t=4000000 c=4"]
    );
    let found = read(&made(keys), &context(1, 3), text.as_bytes());
    assert_eq!(found.stats.faults, []);
}

#[test]
fn lines_of_rising_clocks_are_one_send_where_the_first_has_the_clock_before_the_update() {
    let keys = "send_to_all = \"line-each-rising\"";
    let read = |machines, text| events(keys, machines, text);
    assert_eq!(
        read(3, "I 1 1\nS 2 1 to 2\nS 2 2 to 3\nI 3 3\n"),
        ["1 I t=1000000 c=1", "2 S t=2000000 c=2 to=all", "4 I t=3000000 c=3"]
    );
    assert_eq!(read(4, "S 1 0 to 2\nS 1 0 to 3\nS 1 1 to 4\n"), ["1 S t=1000000 c=1 to=all"]);
    // Each of these has risen by its own line, so each is a tick of its own.
    assert_eq!(
        read(3, "I 1 1\nS 2 2 to 2\nS 3 3 to 3\n")[1..],
        ["2 S t=2000000 c=2 to=2", "3 S t=3000000 c=3 to=3"]
    );
    assert_eq!(
        read(5, "I 1 1\nS 2 1 to 2\nS 2 2 to 3\nS 3 3 to 4\n")[1..],
        ["2 S t=2000000 c=2 to=2 3", "4 S t=3000000 c=3 to=4"]
    );
}

#[test]
fn clocks_that_begin_at_one_come_out_as_ours_do() {
    let keys = "clocks_begin = 1";
    let found = events(keys, 3, "I 1 2\nR 2 8 m7\n");
    assert_eq!(found, ["1 I t=1000000 c=1", "2 R t=2000000 c=7 m=6"]);
    assert!(events(keys, 3, "I 1 0\n").is_empty(), "no clock lies before the first");
}

#[test]
fn a_send_may_say_what_its_message_carried() {
    let event =
        "[[event]]\nkind = \"send\"\nmatch = 'C (?<time>\\d+) (?<clock>\\d+) carried (?<message_clock>\\d+)'";
    assert_eq!(events(event, 3, "C 1 5 carried 4\n"), ["1 S t=1000000 c=5 m=4"]);
}

#[test]
fn the_order_is_that_of_the_file() {
    assert_eq!(events("", 3, "I 9 1\nI 3 2\n"), ["1 I t=9000000 c=1", "2 I t=3000000 c=2"]);
}

#[test]
fn vector_clocks_need_to_be_asked_for() {
    assert!(events("", 3, "I 1 1,2,3\n").is_empty());
    assert_eq!(events("vector = \"sum\"", 3, "I 1 1,2,3\n"), ["1 I t=1000000 c=6"]);
    assert_eq!(events("vector = \"max\"", 3, "I 1 1,2,3\n"), ["1 I t=1000000 c=3"]);
    assert_eq!(events("vector = \"own\"", 3, "I 1 1,2,3\n"), ["1 I t=1000000 c=1"]);
}

#[test]
fn the_users_clock_rate_holds_over_the_headers_and_that_over_the_files() {
    let with = |user, file| LogContext { clock_rate: user, file_clock_rate: file, ..context(1, 3) };
    let rate = |context: &LogContext, text: &str| read(&made(""), context, text.as_bytes()).clock_rate;
    let text = "rate 3\nI 1 1\n";
    assert_eq!(rate(&with(Some(5.0), Some(4.0)), text), Some(5.0));
    assert_eq!(rate(&with(None, Some(4.0)), text), Some(3.0));
    assert_eq!(rate(&with(None, Some(4.0)), "I 1 1\n"), Some(4.0));
    assert_eq!(rate(&with(None, None), "I 1 1\n"), None);
    for nonsense in ["0", "-1", "nan", "inf", "fast"] {
        assert_eq!(rate(&with(None, None), &format!("rate {nonsense}\nI 1 1\n")), None, "{nonsense}");
    }
}

#[test]
fn lines_are_accounted_for() {
    let text = "rate 3\n\nnoise\nI 1 1\nrate 4\nI 2 99999999999999999999999\n";
    let found = read(&made("ignore = 'nothing like it'"), &context(1, 3), text.as_bytes());
    assert_eq!(
        (found.stats.lines, found.stats.ignored, found.stats.unmatched, found.stats.events),
        (6, 1, 2, 1)
    );
    let kinds: Vec<&FaultKind> = found.stats.faults.iter().map(|fault| &fault.kind).collect();
    assert!(matches!(
        kinds[..],
        [FaultKind::Unmatched { .. }, FaultKind::SecondHeader { .. }, FaultKind::Unmatched { .. }]
    ));
    assert_eq!(found.stats.faults[0].line, 3);
    let found = read(&made("ignore = 'noise'"), &context(1, 3), text.as_bytes());
    assert_eq!((found.stats.ignored, found.stats.unmatched), (2, 1));
}
