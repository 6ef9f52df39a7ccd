//! Publications reproduced: runs made once, claims judged, pages written.

use rustix::process::Signal;

use crate::support::{LAB, Lab, rows};

const CLAIMS: &str = "title = \"Two claims\"\npublished = [\"lab.toml\"]\n\
    [[claim]]\nid = \"backlog\"\nsource = \"page 1\"\nquote = \"It piles up.\"\nsays = \"The slow machine gets a backlog.\"\n\
    [[claim.case]]\nwhen = \"it is slow\"\nexperiment = \"lab.toml\"\nexpect = [\"m2.end_queue mean > 3\"]\n\
    [[claim.case]]\nwhen = \"the slow machine is faster than every other machine of the experiment\"\nexperiment = \"lab.toml\"\nset = { \"machine.2.clock_rate\" = 5 }\n\
    against = { experiment = \"lab.toml\" }\nexpect = [\"m2.end_queue difference > 0\"]\n\
    [[claim]]\nid = \"faster\"\nkind = \"reading\"\nsays = \"The fastest is never behind.\"\n\
    [[claim.case]]\nexperiment = \"exp4\"\nset = { duration = \"20s\" }\nexpect = [\"m1.clock_diff max <= 0\"]\n\
    [[chart]]\nname = \"border\"\nsays = \"Where it begins.\"\nexperiment = \"lab.toml\"\naxis = \"machine.2.clock_rate\"\n\
    values = \"1;2\"\nmetric = \"end_queue\"\n";

/// A folder of claims, and a spec beside them.
fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("mine/claims.toml", CLAIMS);
    let published = "[published]\nmax_queue = [0, 7, 0]\n[published.logs]\nmax_queue = [0, 8, 0]\n";
    lab.write("mine/lab.toml", format!("{LAB}{published}"));
    lab
}

#[test]
fn claims_are_judged_and_what_was_run_is_not_run_again() {
    let lab = lab();
    let args = ["reproduce", "--claims", "mine/claims.toml", "--replicates", "12", "-o", "page"];
    let first = lab.labctl(&args).code(0).tells(&["4 cells, 48 runs, simulated", "page: page/README.md"]);
    assert!(!first.out.contains("\\u{"), "a long verdict goes on in a next line:\n{}", first.out);
    for text in [
        "not met: the slow machine is faster than every other machine of the experiment",
        "Of the publication's 1 claim, met: 0, not met: 1, undecided: 0.",
        "Of our 1 reading of it, met: 1, not met: 0, undecided: 0.",
    ] {
        let words = first.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(text), "`{text}` is not in\n{}", first.out);
    }
    let page = lab.read("page/README.md");
    for text in [
        "# Two claims, reproduced",
        "Of the publication's 1 claim, met: 0, not met: 1, undecided: 0.",
        "“It piles up.”",
        "The slow machine gets a backlog.",
        "12 times each, from its spec's seed on",
        "lab with machine.2.clock_rate = 5, against lab",
        "![End queue (messages) over machine.2.clock_rate](border.png)",
        "labctl reproduce --claims claims.toml --replicates 12",
    ] {
        assert!(page.contains(text), "`{text}` is not in\n{page}");
    }
    for link in page.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
        assert!(lab.has(&format!("page/{}", link.0)), "{} is linked and not there", link.0);
    }
    let again = lab.labctl(&args).code(0).tells(&["done before: 48 runs"]);
    assert_eq!((again.out, lab.read("page/README.md")), (first.out, page));
    let folders = lab.names("results");
    assert_eq!(folders.len(), 1);
    assert_eq!(rows(&lab.read(&format!("results/{}/runs.csv", folders[0]))).len(), 48 * 3);
}

#[test]
fn few_runs_leave_claims_undecided() {
    let lab = lab();
    let said = lab.labctl(&["reproduce", "--claims", "mine/claims.toml", "--replicates", "2"]).code(0);
    assert_eq!(said.out.matches("undecided: 1.").count(), 2, "{}", said.out);
    assert!(lab.has("plots/reproduction/README.md"));
}

/// Two cases that are clear, one each way, and one that 12 runs cannot tell: how
/// many of them a claim needs decides what it comes to.
#[test]
fn a_claim_is_judged_as_strong_as_it_is_worded() {
    let lab = lab();
    let case = |when: &str, expect: &str| {
        format!("[[claim.case]]\nwhen = \"{when}\"\nexperiment = \"lab.toml\"\nexpect = [\"{expect}\"]\n")
    };
    let cases = [
        case("met", "m2.end_queue mean > 3"),
        case("missed", "m2.end_queue mean < 3"),
        case("open", "m2.end_queue share(>= 0) >= 99%"),
    ];
    let claim = |id: &str, holds_in: &str, cases: &str| {
        format!("[[claim]]\nid = \"{id}\"\nsays = \"x\"\nholds_in = \"{holds_in}\"\n{cases}")
    };
    let [met, missed, open] = cases;
    let claims = [
        claim("all-but-one", "all", &format!("{met}{missed}{open}")),
        claim("all-or-unknown", "all", &format!("{met}{open}")),
        claim("one-proves", "some", &format!("{met}{missed}{open}")),
        claim("none-proves", "some", &format!("{missed}{open}")),
        claim("most", "most", &format!("{met}{missed}{open}")),
    ];
    lab.write("mine/claims.toml", claims.concat());
    let args = ["reproduce", "--claims", "mine/claims.toml", "--replicates", "12", "--format"];
    let of = |format: &str| lab.labctl(&[&args[..], &[format]].concat()).code(0).out;
    let verdicts: Vec<(String, String)> =
        rows(&of("csv")).iter().map(|row| (row["claim"].clone(), row["verdict"].clone())).collect();
    let verdict = |claim: &str, verdict: &str| (claim.to_owned(), verdict.to_owned());
    assert_eq!(
        verdicts,
        [
            verdict("all-but-one", "not_met"),
            verdict("all-or-unknown", "undecided"),
            verdict("one-proves", "met"),
            verdict("none-proves", "undecided"),
            verdict("most", "undecided"),
        ]
    );
    let json: serde_json::Value = serde_json::from_str(&of("json")).unwrap();
    assert_eq!(json["tallies"][0]["kind"], "published");
    assert_eq!((&json["tallies"][0]["met"], &json["tallies"][0]["undecided"]), (&1.into(), &3.into()));
    let finding = &json["claims"][0]["findings"][0];
    assert_eq!((&finding["expected"], &finding["verdict"]), (&"m2.end_queue mean > 3".into(), &"met".into()));
    assert!(finding["low"].as_f64().unwrap() > 3.0, "{finding}");
}

#[test]
#[ignore = "half a minute with --release, minutes without: ten reproductions of the notebook, of 8,800 runs each"]
fn the_notebooks_verdicts_do_not_hang_on_the_seed() {
    let lab = Lab::new();
    let verdicts = |seed: u32| -> Vec<(String, String)> {
        let said = lab.labctl(&["reproduce", "--format", "csv", "--seed", &seed.to_string()]);
        rows(&said.code(0).out).iter().map(|row| (row["claim"].clone(), row["verdict"].clone())).collect()
    };
    let first = verdicts(1);
    for seed in (1..10).map(|repeat| 1 + repeat * 1000) {
        assert_eq!(verdicts(seed), first, "seed {seed}");
    }
}

#[test]
fn the_same_claims_can_be_judged_on_sockets() {
    let lab = lab();
    let args = [
        "reproduce",
        "--claims",
        "mine/claims.toml",
        "--engine",
        "sockets",
        "--speedup",
        "40",
        "--replicates",
        "1",
    ];
    lab.labctl(&args).code(0);
    let page = lab.read("plots/reproduction/README.md");
    assert!(page.contains("on real sockets, 40 times faster than real time"), "{page}");
    lab.labctl(&["reproduce", "--speedup", "40"]).code(2).tells(&["--engine sockets"]);
}

#[test]
fn runs_that_fail_are_told_of_on_the_page_too() {
    let lab = lab();
    let foreign = "name = \"lab\"\nduration = \"20s\"\n[network]\nopen = true\n[[machine]]\nclock_rate = 4\ncount = 2\n\
        [[machine]]\nclock_rate = 1\nforeign = true\naddress = \"127.0.0.1:9\"\n";
    lab.write("mine/lab.toml", foreign);
    let claims = "[[claim]]\nid = \"a\"\nsays = \"x\"\n[[claim.case]]\nexperiment = \"lab.toml\"\n\
        expect = [\"m2.end_queue mean > 3\"]\n";
    lab.write("mine/claims.toml", claims);
    let said = lab.labctl(&["reproduce", "--claims", "mine/claims.toml", "--replicates", "6"]).code(4);
    assert!(said.out.contains("undecided") && said.talk.contains("failed"), "{}{}", said.out, said.talk);
    assert!(lab.read("plots/reproduction/README.md").contains("**6 of 6 runs are missing here.**"));
}

#[test]
fn after_an_interruption_the_same_command_goes_on() {
    let lab = lab();
    let args = ["reproduce", "--claims", "mine/claims.toml", "--engine", "sockets", "--speedup", "1"];
    let running = lab.start(&args);
    running.wait_for_talk("on sockets");
    running.signal(Signal::INT);
    let said = running.end().code(130).tells(&["the same command goes on"]);
    assert!(said.out.is_empty() && !lab.has("plots"), "{}", said.out);
    assert_eq!(lab.names("results").len(), 1);
}

#[test]
fn claims_that_cannot_be_used_are_refused_with_their_line() {
    let lab = lab();
    let refused = |claims: &str, words: &[&str]| {
        lab.write("mine/claims.toml", claims);
        lab.labctl(&["reproduce", "--claims", "mine/claims.toml"]).code(2).tells(words);
    };
    let place = "mine/claims.toml:11:11";
    refused(&CLAIMS.replacen("m2.end_queue mean", "m2.end_queue maen", 1), &[place, "did you mean `mean`"]);
    refused(
        &CLAIMS.replace("\"exp4\"", "\"exp9\""),
        &["mine/claims.toml:23:14", "no mine/exp9", "did you mean `exp"],
    );
    refused("", &["nothing to judge"]);
    lab.labctl(&["reproduce", "--claims", "gone.toml"]).code(2).tells(&["gone.toml", "cannot be read"]);
    assert!(!lab.has("results"));
}
