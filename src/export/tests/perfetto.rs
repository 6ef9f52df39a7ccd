//! Perfetto: what is written is taken, and what is broken is refused.

use serde_json::Value;

use super::*;
use crate::export::perfetto::{Drawn, PerfettoWriter, check};

fn written(excerpts: &[&Excerpt<'_>]) -> (String, u64, Drawn) {
    let mut out = Vec::new();
    let mut writer = PerfettoWriter::new(&mut out).unwrap();
    let mut drawn = Drawn::default();
    for excerpt in excerpts {
        drawn = writer.add(excerpt).unwrap();
    }
    let events = writer.finish().unwrap();
    (String::from_utf8(out).unwrap(), events, drawn)
}

/// The events of a trace of one kind.
fn of_kind(text: &str, kind: &str) -> Vec<Value> {
    let trace: Value = serde_json::from_str(text).unwrap();
    trace["traceEvents"].as_array().unwrap().iter().filter(|event| event["ph"] == kind).cloned().collect()
}

#[test]
fn every_window_of_every_run_is_taken_and_every_message_in_it_has_an_arrow() {
    each_excerpt(|excerpt, of| {
        let (text, events, drawn) = written(&[excerpt]);
        assert_eq!((events, drawn.is_spread), (excerpt.events(), false), "{of}");
        check(text.as_bytes(), events).unwrap_or_else(|error| panic!("{of}: {error}"));
        let arrivals = excerpt.arrivals();
        let receives = of_kind(&text, "X").iter().filter(|event| event["name"] == "RECEIVE").count() as u64;
        let arrows = of_kind(&text, "f").len() as u64;
        assert_eq!(arrows + arrivals.outside + arrivals.unmatched, receives, "{of}");
    });
}

#[test]
fn runs_beside_each_other_share_no_process_and_no_id() {
    let (history, _) = simulated(SPECS[0], 1, Hide::Nothing);
    let excerpt = |run| Excerpt::of(("exp", run), &history, START, &Window::default());
    let (text, events, _) = written(&[&excerpt("a"), &excerpt("b")]);
    check(text.as_bytes(), events).unwrap();
    let names: Vec<Value> = of_kind(&text, "M");
    let named = |name: &str| names.iter().filter(|event| event["args"]["name"] == name).count();
    assert_eq!((named("machine 1 (exp/a)"), named("machine 1 (exp/b)")), (1, 1));
}

#[test]
fn events_of_a_whole_second_are_spread_over_it_in_causal_order() {
    let history = history(&WHOLE_SECONDS);
    let excerpt = Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &Window::default());
    let (text, events, drawn) = written(&[&excerpt]);
    check(text.as_bytes(), events).unwrap();
    let slices = of_kind(&text, "X");
    let times = |pid: u64| -> Vec<f64> {
        let own = slices.iter().filter(|event| event["pid"] == pid);
        own.map(|event| event["ts"].as_f64().unwrap() / 1e6).collect()
    };
    assert_eq!(times(1)[..4], [1.0, 1.5, 2.0, 2.5]);
    assert_eq!(times(3)[0], 2.000_000_004, "after its SEND");
    assert_eq!((drawn, of_kind(&text, "f").len()), (Drawn { is_spread: true, late: 0 }, 3));
    assert!(of_kind(&text, "b").is_empty(), "how long messages waited is unknown");
}

#[test]
fn time_that_runs_backwards_is_drawn_forwards_and_counted() {
    let log = WHOLE_SECONDS[0].replace("12:46:05", "12:40:05");
    let history = history(&[&log, WHOLE_SECONDS[1], WHOLE_SECONDS[2]]);
    let excerpt = Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, &Window::default());
    let (text, events, drawn) = written(&[&excerpt]);
    check(text.as_bytes(), events).unwrap();
    assert_eq!(drawn.late, 1);
}

#[test]
fn an_event_beyond_the_end_of_the_time_line_is_told_and_not_drawn() {
    let log = format!("{}2999-12-31 00:00:00 | INTERNAL | Clock: 7 | Internal event\n", WHOLE_SECONDS[0]);
    let history = history(&[&log, WHOLE_SECONDS[1], WHOLE_SECONDS[2]]);
    let add = |window: &Window| {
        let excerpt = Excerpt::of(("exp", "run"), &history, WHOLE_SECONDS_START, window);
        PerfettoWriter::new(Vec::new()).unwrap().add(&excerpt)
    };
    let line = log.lines().count();
    let refused = add(&Window::default()).unwrap_err().to_string();
    assert!(
        refused.starts_with(&format!("line {line} of machine 1 is stamped more than 50 days")),
        "{refused}"
    );
    assert!(add(&window(None, Some(60.0), &[])).is_ok(), "left out as is advised");
}

#[test]
fn each_fault_is_refused_at_its_line() {
    let (history, _) = simulated(SPECS[0], 1, Hide::Nothing);
    let excerpt = Excerpt::of(("exp", "run"), &history, START, &window(None, Some(6.0), &[]));
    let (text, events, _) = written(&[&excerpt]);
    check(text.as_bytes(), events).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let first = |has: &str| lines.iter().position(|line| line.contains(has)).unwrap();
    // The trace with the first line that has `has` changed, and where that is.
    let change = |has: &str, from: &str, to: &str| {
        let at = first(has);
        assert!(lines[at].contains(from), "`{from}` is not in {}", lines[at]);
        let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        changed[at] = changed[at].replacen(from, to, 1);
        (changed.join("\n"), format!("line {}: ", at + 1))
    };
    let without = |has: &str| {
        let at = first(has);
        let kept = lines.iter().enumerate().filter(|(line, _)| *line != at);
        kept.map(|(_, line)| *line).collect::<Vec<_>>().join("\n")
    };
    let id_of_wait = format!("\"id\":{},", of_kind(&text, "b")[0]["id"]);
    for ((broken, line), why) in [
        (change("\"ph\":\"X\"", "\"dur\":", "\"dur\":0.000,\"_\":"), "unknown field"),
        (change("\"ph\":\"X\"", "\"ph\":\"X\"", "\"ph\":\"Q\""), "no event begins with `Q`"),
        (change("\"ph\":\"X\"", "\"ts\":", "\"ts\":-"), "no `ts` of 0 or more"),
        (change("\"ph\":\"X\"", ".000,\"dur\"", ".0005,\"dur\""), "three decimals"),
        (change("\"ph\":\"X\"", "\"dur\":", "\"dur\":90000000"), "before the last slice"),
        (change("\"ph\":\"X\"", "\"pid\":", "\"pid\":7"), "process 7"),
        (change("\"ph\":\"s\"", ".001", ".002"), "open slice"),
        (change("\"ph\":\"s\"", "\"id\":1,", ""), "no id"),
        (change("\"ph\":\"f\"", ",\"bp\":\"e\"", ""), "`bp` to be `e`"),
        (change("\"ph\":\"f\"", "\"id\":1,", "\"id\":99,"), "no arrow of this id"),
        (change("\"ph\":\"f\"", "\"cat\":\"message\"", "\"cat\":\"other\""), "no arrow of this id"),
        (change("\"ph\":\"e\"", "in the queue", "elsewhere"), "ends no span"),
        (change("\"ph\":\"b\"", &id_of_wait, "\"id\":1,"), "used before"),
        (change("\"ph\":\"C\"", "\"clock\":1", "\"clock\":\"1\""), "numbers only"),
        (change("sort_index", "process_sort_index", "process_name"), "comes twice"),
        (change("process_name", "process_name", "process_colour"), "nothing is known"),
    ] {
        let is_of_line = !["unknown field", "before the last slice", "process 7"].contains(&why);
        let outcome = check(broken.as_bytes(), events);
        if is_of_line {
            refuses(check(broken.as_bytes(), events), &line);
        }
        refuses(outcome, why);
    }
    let without_ends: Vec<&str> =
        lines.iter().copied().filter(|line| !line.contains("\"ph\":\"f\"")).collect();
    for (broken, why) in [
        (without("process_sort_index"), "has no name, or no place"),
        (without_ends.join("\n"), "never arrives"),
        (without("\"ph\":\"e\""), "never ends"),
        (without("\"ph\":\"b\""), "ends no span"),
        (text.clone(), "events of"),
        (text[..text.len() - 4].to_owned(), "no such JSON"),
        ("{}".to_owned(), "there are no traceEvents"),
        (String::new(), "no such JSON"),
    ] {
        let count = if why == "events of" { events + 1 } else { events };
        refuses(check(broken.as_bytes(), count), why);
    }
}
