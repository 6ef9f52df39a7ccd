//! Publications reproduced: runs made once, claims judged, pages written.

use rustix::process::Signal;

use crate::support::{LAB, Lab, rows};

const CLAIMS: &str = "title = \"Two claims\"\npublished = [\"lab.toml\"]\n\
    [[claim]]\nid = \"backlog\"\nsource = \"page 1\"\nsays = \"The slow machine gets a backlog.\"\n\
    [[claim.case]]\nwhen = \"it is slow\"\nexperiment = \"lab.toml\"\nexpect = [\"m2.end_queue mean > 3\"]\n\
    [[claim.case]]\nwhen = \"it is fast\"\nexperiment = \"lab.toml\"\nset = { \"machine.2.clock_rate\" = 5 }\n\
    against = { experiment = \"lab.toml\" }\nexpect = [\"m2.end_queue difference > 0\"]\n\
    [[claim]]\nid = \"faster\"\nsays = \"The fastest is never behind.\"\n\
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
    assert!(first.out.contains("holds only when it is slow"), "{}", first.out);
    let page = lab.read("page/README.md");
    for text in [
        "# Two claims, reproduced",
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
    assert_eq!(said.out.matches("undecided: too few runs").count(), 2, "{}", said.out);
    assert!(lab.has("plots/reproduction/README.md"));
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
    let place = "mine/claims.toml:10:11";
    refused(&CLAIMS.replacen("m2.end_queue mean", "m2.end_queue maen", 1), &[place, "did you mean `mean`"]);
    refused(
        &CLAIMS.replace("\"exp4\"", "\"exp9\""),
        &["mine/claims.toml:21:14", "no mine/exp9", "did you mean `exp"],
    );
    refused("", &["nothing to judge"]);
    lab.labctl(&["reproduce", "--claims", "gone.toml"]).code(2).tells(&["gone.toml", "cannot be read"]);
    assert!(!lab.has("results"));
}
