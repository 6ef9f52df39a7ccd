//! Tests of files of claims, and of the page as a whole.

use std::collections::BTreeMap;

use super::page::PageChart;
use super::*;
use crate::metrics::{MachineMetrics, complete_run, tests::row};
use crate::sample::{Sample, SampledRun};
use crate::spec::{Override, SpecError, SpecText, shipped};

const SPEC: &str = "name = \"lab\"\nduration = \"60s\"\n[[machine]]\nclock_rate = 4\n[[machine]]\nclock_rate = 1\n\
    [[machine]]\nclock_rate = 6\n[published]\nmax_queue = [0, 30, \"-\"]\n[published.logs]\nnote = \"One *log* | is short.\"\n\
    max_queue = [0, 400, 1]\n";

const CLAIM: &str = "[[claim]]\nid = \"a\"\nsays = \"Queues grow.\"\n[[claim.case]]\nexperiment = \"lab\"\n\
    expect = [\"m2.end_queue mean > 20\"]\n";

fn find(name: &str) -> Result<SpecText, String> {
    match name {
        "lab" => Ok(SpecText { name: "lab.toml".to_owned(), text: SPEC.to_owned() }),
        "broken" => Ok(SpecText { name: "broken.toml".to_owned(), text: "nam = 1\n".to_owned() }),
        _ => Err("is not here; lab is".to_owned()),
    }
}

fn parse(text: &str) -> Result<Claims, SpecError> {
    claims::parse("claims.toml", text, &[], &find)
}

#[track_caller]
fn refused(text: &str, line: usize, words: &[&str]) {
    let error = parse(text).unwrap_err();
    assert_eq!(error.line(), Some(line), "{error}");
    for word in words {
        assert!(error.to_string().contains(word), "`{word}` is not in\n{error}");
    }
}

#[test]
fn the_notebooks_claims_are_good_and_name_the_shipped_specs_by_their_names() {
    let find = |name: &str| shipped::spec(name).ok_or_else(|| "is not shipped".to_owned());
    let claims = claims::parse(notebook::CLAIMS_NAME, notebook::CLAIMS, &[], &find)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(claims.published.len(), 9);
    assert!(claims.claims.len() > 20 && claims.charts.len() == 1);
    for claim in &claims.claims {
        let is_published = claim.kind == kind::Kind::Published;
        assert_eq!(is_published, !claim.quote.is_empty(), "{}: what is published is quoted", claim.id);
    }
    for name in shipped::names() {
        let found = shipped::spec(name).unwrap();
        assert_eq!(crate::spec::parse(&found.name, &found.text, &[]).unwrap().name, name);
    }
}

#[test]
fn every_spec_in_experiments_is_embedded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut stems: Vec<String> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    stems.sort();
    assert_eq!(stems, shipped::names().collect::<Vec<_>>());
}

#[test]
fn what_is_wrong_with_claims_is_told_with_its_line_and_advice() {
    for (old, new, line, words) in [
        ("says =", "sayz =", 3, &["unknown key `claim.sayz`", "did you mean `claim.says`"][..]),
        ("id = \"a\"", "id = \"A b\"", 2, &["`claim.id`", "small letters"]),
        ("says = \"Queues grow.\"\n", "", 1, &["`claim.says` is missing", "add `says"]),
        ("\"lab\"", "\"lba\"", 5, &["is not here; lab is"]),
        ("m2.end_queue mean", "m2.end_que mean", 6, &["did you mean `m2.end_queue`"]),
        ("mean", "maen", 6, &["did you mean `mean`"]),
        ("mean > 20", "mean is 20", 6, &["`is` is no operator"]),
        ("m2.", "m4.", 6, &["machine 4", "only 3"]),
        ("mean > 20", "difference > 20", 6, &["difference", "against"]),
        ("[\"m2.end_queue mean > 20\"]", "[]", 6, &["is empty", "expect ="]),
        ("expect", "set = { durtion = \"5s\" }\nexpect", 6, &["unknown key `durtion`", "`duration`"]),
        ("expect", "set = { duration = \"soon\" }\nexpect", 6, &["`duration` must be"]),
        ("expect", "set = 3\nexpect", 6, &["`claim.case.set`", "a table"]),
        ("expect", "against = { experiment = \"lab\" }\nexpect", 6, &["checked against by no expectation"]),
        ("says", "kind = \"notebook\"\nsays", 3, &["`claim.kind`", "\"published\""]),
        ("says", "holds_in = \"many\"\nsays", 3, &["`claim.holds_in`", "\"most\""]),
        ("experiment =", "experiments = [\"lab\"]\nexperiment =", 6, &["beside `experiments`"]),
        ("experiment = \"lab\"", "experiments = []", 5, &["is empty"]),
        (
            "experiment = \"lab\"",
            "experiments = [\"lab\", \"lab\"]",
            6,
            &["one experiment", "rank_correlation"],
        ),
        ("expect", "against = { spec = \"lab\" }\nexpect", 6, &["`claim.case.against.spec`"]),
    ] {
        refused(&CLAIM.replacen(old, new, 1), line, words);
    }
    refused(&format!("{CLAIM}{CLAIM}"), 8, &["another claim"]);
    refused(
        &format!("{CLAIM}[[claim.case]]\nexperiment = \"lab\"\nexpect = [\"end_queue mean > 1\"]"),
        4,
        &["`when`"],
    );
    refused("title = \"x\"\n", 1, &["nothing to judge"]);
    refused("title = x\n", 1, &["not valid TOML"]);
    refused("published = [\"x\"]\n", 1, &["is not here"]);
    let chart = "published = [\"lab\"]\n[[chart]]\nname = \"c\"\nexperiment = \"lab\"\naxis = \"machine.2.clock_rate\"\n\
                 values = \"1..2:0.5\"\nmetric = \"end_queue\"\n";
    assert_eq!(parse(chart).unwrap().charts[0].points.len(), 3);
    for (old, new, line, words) in [
        ("name = \"c\"", "name = \"../c\"", 3, "a file's name"),
        ("1..2:0.5", "1..2:0", 6, "never ends"),
        ("1..2:0.5", "1,x", 6, "`x` is none"),
        ("\"end_queue\"", "\"queue\"", 7, "name of a metric"),
        ("machine.2.clock_rate", "machine.9.clock_rate", 5, "is of no machine"),
    ] {
        refused(&chart.replacen(old, new, 1), line, &[words]);
    }
}

#[test]
fn what_is_wrong_with_a_spec_itself_is_told_in_its_own_file() {
    let error = parse(&CLAIM.replace("\"lab\"", "\"broken\"")).unwrap_err();
    assert_eq!((error.source_name(), error.line()), ("broken.toml", Some(1)));
    let typed = [Override::new("--seed x", "seed", "x")];
    let error = claims::parse("claims.toml", CLAIM, &typed, &find).unwrap_err();
    assert_eq!(error.source_name(), "--seed x");
}

#[test]
fn equal_settings_are_run_once() {
    let twice =
        CLAIM.replace("expect", "set = { duration = \"60s\" }\nexpect").replace("id = \"a\"", "id = \"b\"");
    let longer = twice.replace("60s", "61s").replace("\"b\"", "\"c\"");
    let claims = parse(&format!("published = [\"lab\"]\n{CLAIM}{twice}{longer}")).unwrap();
    let cells = Cells::of(&claims, 5);
    let durations: Vec<f64> = cells.cells().iter().map(|cell| cell.spec.duration.as_secs_f64()).collect();
    assert_eq!(durations, [60.0, 61.0]);
    let samples = BTreeMap::from([(1, sample(1)), (2, sample(2))]);
    let replicates = Replicates::new(&cells, samples);
    assert_eq!(replicates.of(&claims.claims[1].cases[0].setups[0]), &sample(1));
    assert_eq!(replicates.of(&claims.claims[2].cases[0].setups[0]), &sample(2));
    assert!(Replicates::new(&cells, BTreeMap::new()).of(&claims.published[0]).runs.is_empty());
}

/// Thirty runs of which machine 2 has a queue about ten times `scale`.
fn sample(scale: u64) -> Sample {
    let run = |at: u64| {
        let queue = scale * (10 + at % 7);
        let slow = MachineMetrics { max_queue: Some(queue + 1), end_queue: Some(queue), ..row(2) };
        let mut rows = vec![row(1), slow, row(3)];
        complete_run(&mut rows);
        SampledRun { seed: Some(at), rows }
    };
    Sample { runs: (1..=30).map(run).collect(), ..Sample::default() }
}

#[test]
fn a_page_says_it_all_and_hostile_text_stays_text() {
    let text = "title = \"A *lab* | notebook\"\nabout = \"# no heading\"\npublished = [\"lab\"]\n\
        [[claim]]\nid = \"hostile\"\nquote = \"<i> | *x*\"\nbounds = \"[ours](y)\"\nsource = \"`page` | 3 <b>\"\nsays = \"Queues | grow\\n| - | <script>x</script>.\"\n\
        why = \"| a | b |\\n|---|---|\"\n[[claim.case]]\nwhen = \"[slow](x) | \"\nexperiment = \"lab\"\n\
        expect = [\"m2.end_queue mean > 9\", \"m2.max_queue share(<= 12) < 90%\"]\n\
        [[claim.case]]\nwhen = \"`fast`\"\nexperiment = \"lab\"\nset = { \"machine.2.clock_rate\" = 3 }\n\
        against = { experiment = \"lab\" }\nexpect = [\"m2.end_queue difference < 0\", \"m2.max_queue p95 <= 9\"]\n\
        [[claim]]\nid = \"plain\"\nkind = \"theory\"\nsays = \"Nothing waits.\"\n[[claim.case]]\nexperiment = \"lab\"\n\
        expect = [\"m1.max_queue max <= 0\"]\n";
    let claims = parse(text).unwrap();
    let cells = Cells::of(&claims, 30);
    let replicates = Replicates::new(&cells, BTreeMap::from([(1, sample(1)), (2, sample(2))]));
    let reproduction = Reproduction::of(&claims, &replicates);
    let making = Making {
        ran: "2 settings were run.".to_owned(),
        missing: Some("3 of 60 runs are missing here.".to_owned()),
        command: "labctl reproduce --claims mine.toml".to_owned(),
        plan: "0123abcd".to_owned(),
    };
    let chart = |file: &str, says: &str| PageChart {
        file: file.to_owned(),
        alt: "a | chart".to_owned(),
        says: says.to_owned(),
    };
    let charts = [chart("threshold.png", "Where it *grows*."), chart("beside.png", "")];
    let page = page::write(&reproduction, &making, &charts, |metric| Some(format!("{metric}.png"))).unwrap();
    let cells_of = |line: &str| line.replace("\\|", "").matches('|').count();
    for table in page.split("\n\n").filter(|block| block.starts_with('|')) {
        let widths: Vec<usize> = table.lines().map(cells_of).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{table}");
    }
    let scripts = page.match_indices("<script").filter(|(at, _)| !page[..*at].ends_with('\\'));
    assert_eq!(scripts.count(), 0, "{page}");
    insta::assert_snapshot!(page.replace(crate::store::version::VERSION, "VERSION"));
}
