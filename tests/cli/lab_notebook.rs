//! The notebook that a student fills in: `labctl notebook`.

use rustix::process::Signal;

use crate::support::{LAB, Lab};

/// Six small runs.
const SMALL: [&str; 6] = ["--engine", "sim", "--replicates", "2", "--duration", "5s"];

fn notebook(lab: &Lab, args: &[&str]) -> crate::support::Said {
    lab.labctl(&[&["notebook"], args, &SMALL].concat())
}

#[test]
fn the_page_asks_the_assignments_questions_and_leaves_the_answers_to_the_student() {
    let lab = Lab::new();
    notebook(&lab, &[]).code(0).tells(&["6 runs to make of 6", "simulated", "page: notebook.md"]);
    let page = lab.read("notebook.md");
    for question in
        ["Jumps in", "Drift between", "Gaps in", "The queues", "A smaller spread", "A smaller internal"]
    {
        let part = page
            .split("\n## ")
            .find(|part| part.starts_with(question))
            .unwrap_or_else(|| panic!("{question}\n{page}"));
        assert!(part.contains("| 242 |"), "no table of the run\n{part}");
        assert!(part.contains("](notebook_charts/"), "no picture\n{part}");
        for own in ["What I expected", "What I think"] {
            let (_, below) =
                part.split_once(&format!("### {own}\n")).unwrap_or_else(|| panic!("{own}\n{part}"));
            let (_, text) = below.split_once("-->").unwrap();
            assert_eq!(
                text.split_once("<!-- labctl").unwrap().0.trim(),
                "",
                "something was written for the student"
            );
        }
    }
    let pictures = page.split("](notebook_charts/").skip(1).map(|rest| rest.split(')').next().unwrap());
    pictures.for_each(|picture| assert!(lab.has(&format!("notebook_charts/{picture}")), "{picture}"));
    assert!(page.contains("random 4..6") && page.contains("Smaller internal_prob: 0.2"), "{page}");
}

#[test]
fn what_a_student_wrote_stays_and_runs_are_made_once() {
    let lab = Lab::new();
    lab.labctl(&["init"]).code(0).tells(&["wrote notebook.md"]);
    let mine = "<!-- yours: jumps-expected -->\nLarge ones, I guess: 100 %.\n\n![mine](mine.png)\n";
    let written = lab.read("notebook.md").replace("<!-- yours: jumps-expected -->\n", mine);
    lab.write("notebook.md", &written);
    notebook(&lab, &[]).code(0);
    let filled = lab.read("notebook.md");
    assert!(filled.contains(mine) && filled.contains("| 242 |"), "{filled}");
    notebook(&lab, &[]).code(0).tells(&["all 6 runs are there"]);
    assert_eq!(lab.read("notebook.md"), filled, "the same runs make the same page");
    lab.write("notebook.md", filled.replace("## The queues", "## My queues"));
    notebook(&lab, &[]).code(0).tells(&["was changed by hand, and stays as it is"]);
    assert!(lab.read("notebook.md").contains("## My queues"));
}

#[test]
fn a_page_of_somebody_else_is_left_alone() {
    let lab = Lab::with_spec(LAB);
    lab.write("notebook.md", "# My own notebook\n");
    notebook(&lab, &[]).code(2).tells(&["notebook.md is not overwritten"]);
    assert_eq!(lab.read("notebook.md"), "# My own notebook\n");
    assert!(!lab.has("results"), "nothing is run for a page that cannot be written");
    // An experiment has a page of its own, and a report does not take its place.
    notebook(&lab, &["lab.toml"]).code(0).tells(&["page: notebook_lab.md"]);
    lab.labctl(&["report", "results/lab", "-o", "notebook_lab.md"]).code(2).tells(&["no report of labctl"]);
    assert!(lab.has("results/lab_closer_rates/latest/log_1.txt"));
}

#[test]
fn a_folder_and_an_html_page_can_be_named() {
    let lab = Lab::new();
    lab.labctl(&["init", "mine"]).code(0);
    notebook(&lab, &["mine", "-o", "page.html"]).code(0);
    let page = lab.read("page.html");
    assert!(page.contains("<!-- yours: queues-think -->") && page.contains("<title>Lab notebook"), "{page}");
    lab.write(
        "page.html",
        page.replace("<!-- yours: queues-think -->\n", "<!-- yours: queues-think -->\n<p>They grow.</p>\n"),
    );
    notebook(&lab, &["mine", "-o", "page.html"]).code(0).tells(&["all 6 runs are there"]);
    assert!(lab.read("page.html").contains("<p>They grow.</p>"));
    assert_eq!(lab.names("mine/results").len(), 3);
    assert!(!lab.has("results"));
}

#[test]
fn an_interrupted_notebook_goes_on() {
    let lab = Lab::with_spec(LAB);
    let args = ["notebook", "lab.toml", "--replicates", "2", "--duration", "20s", "--speedup", "10"];
    let running = lab.start(&args);
    running.wait_for_talk("6 runs to make of 6");
    crate::support::wait_for("a first run", || lab.has("results/lab/latest/manifest.json").then_some(()));
    running.signal(Signal::INT);
    running.end().code(130).tells(&["the same command goes on"]);
    assert!(lab.read("notebook_lab.md").contains("There are no runs yet"));
    let said = lab.labctl(&args).code(0);
    assert!(said.talk.contains("to make of 6, ") && !said.talk.contains(", 0 are there"), "{}", said.talk);
    assert!(lab.read("notebook_lab.md").contains("on real sockets, 10 times faster"));
}
