//! What the language refuses, where, and with which advice.

use super::{context, dialect, read};
use crate::dialect::{load, parse};

const GOOD: &str = "name = \"t\"\ntime = \"elapsed-s\"\n[[event]]\nkind = \"internal\"\nmatch = '(?<time>\\d+) (?<clock>\\d+)'\n";

/// The place and the text of what is wrong with [`GOOD`] after a change.
fn refused(from: &str, to: &str) -> (usize, String) {
    assert!(GOOD.contains(from), "{from}");
    let error = parse("t.toml", &GOOD.replacen(from, to, 1)).unwrap_err();
    (error.line().unwrap_or(0), error.to_string())
}

#[test]
fn a_mistake_is_answered_with_its_place_and_what_was_meant() {
    parse("t.toml", GOOD).unwrap();
    for (from, to, line, words) in [
        ("time = \"elapsed-s\"", "time = \"elapsed\"", 2, "did you mean \"elapsed-"),
        ("time = \"elapsed-s\"\n", "", 1, "`time` is missing"),
        ("name =", "nam =", 1, "did you mean `name`?"),
        ("kind = \"internal\"", "kind = \"intern\"", 4, "did you mean \"internal\"?"),
        ("kind = \"internal\"\n", "", 3, "`event.kind` is missing"),
        ("(?<clock>", "(?<clok>", 5, "did you mean `clock`?"),
        ("(?<clock>\\d+)", "\\d+", 3, "does not say where `clock` is"),
        ("(?<time>\\d+)", "(?<time>\\d+", 5, "is no regular expression"),
        ("match = '", "where = { 1 = \"x\" }\nmatch = '", 5, "is for delimited lines"),
        ("match = '", "kinds = { internal = \"x\" }\nmatch = '", 4, "cannot stand beside `kinds`"),
        ("kind = \"internal\"", "kinds = { intrnal = \"x\" }", 4, "did you mean `internal`?"),
        ("kind = \"internal\"", "kinds = { internal = \"x\" }", 4, "needs something captured as `kind`"),
        (
            "[[event]]",
            "queue = \"after\"\nlines = { format = \"xml\" }\n[[event]]",
            4,
            "\"text\", \"json\" or \"delimited\"",
        ),
        (
            "[[event]]",
            "lines = { delimiter = \",\" }\n[[event]]",
            3,
            "only for lines of the format \"delimited\"",
        ),
        ("[[event]]", "files = '(?<host>x)'\n[[event]]", 3, "none of machine, run, clock_rate"),
        ("[[event]]", "machines = { names = [1] }\n[[event]]", 3, "must be a name"),
        ("name =", "name", 1, "not valid TOML"),
    ] {
        let (at, reported) = refused(from, to);
        assert!(reported.contains(words), "{to}: {reported}");
        assert_eq!(at, line, "{reported}");
        assert!(reported.contains("t.toml:"), "{reported}");
    }
    assert!(parse("t.toml", "").unwrap_err().to_string().contains("`name` is missing"));
}

#[test]
fn the_parts_of_a_path_are_as_many_as_the_slashes_that_it_has() {
    for (files, parts) in
        [("log\\d.txt", 1), ("[^/]*\\d[^/]+", 1), ("run\\d/log[\\]/]\\d", 2), ("(?:a/)?b/c\\[/d", 4)]
    {
        let known = parse("t.toml", &GOOD.replacen("[[event]]", &format!("files = '{files}'\n[[event]]"), 1));
        assert_eq!(known.unwrap().files.parts, parts, "{files}");
    }
}

#[test]
fn columns_and_fields_are_checked() {
    let columns = |rest: &str| {
        let text = format!(
            "name = \"t\"\ntime = \"elapsed-s\"\nlines = {{ format = \"delimited\" }}\n[[event]]\nkind = \"internal\"\n{rest}\n"
        );
        parse("t.toml", &text).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(columns("fields = { time = 1, clock = 2 }"), Ok(()));
    for (rest, words) in [
        ("fields = { time = 1, clock = 0 }", "counted from 1"),
        ("fields = { time = 1, clok = 2 }", "did you mean `clock`?"),
        ("where = { first = \"x\" }\nfields = { time = 1, clock = 2 }", "is no column"),
        ("match = 'x'", "name columns or keys"),
        ("fields = { time = 1 }", "does not say where `clock` is"),
    ] {
        let reported = columns(rest).unwrap_err();
        assert!(reported.contains(words), "{rest}: {reported}");
    }
}

#[test]
fn a_name_that_is_none_is_answered_with_the_one_meant() {
    let reported = load("tabs-named-feilds").unwrap_err().to_string();
    assert!(reported.contains("did you mean `tabs-named-fields`?"), "{reported}");
    assert!(load("no/such/file.toml").unwrap_err().to_string().contains("dialect list"));
    assert!(load(".").unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn an_expression_too_large_is_refused_and_not_built() {
    let text = GOOD.replacen("\\d+)'", "(?:[a-z]{900}){900})'", 1);
    let reported = parse("t.toml", &text).unwrap_err().to_string();
    assert!(reported.contains("is no regular expression"), "{reported}");
}

#[test]
fn the_example_of_the_documentation_reads_its_lines() {
    let text = include_str!("../../../docs/dialects.md");
    let block = |kind: &str| {
        let (_, rest) = text.split_once(&format!("```{kind}\n")).unwrap();
        rest.split_once("```").unwrap().0
    };
    let found = read(&dialect(block("toml")), &context(1, 3), block("text").as_bytes());
    assert_eq!(
        found.events,
        ["2 I t=251000 c=1", "3 R t=502000 c=7 q=1 m=6", "4 S t=753000 c=8 to=2", "5 S t=1004000 c=9 to=all"]
    );
    assert_eq!((found.clock_rate, found.stats.ignored, found.stats.unmatched), (Some(3.0), 1, 0));
}
