//! `labctl grade`: a class of submissions, good, bad and unreadable.

use rustix::process::Signal;

use crate::support::{LAB, Lab, lab_with_notebook_logs, rows};

/// Submissions: a sound run, the same corrupted, and what is no log.
fn a_class() -> Lab {
    let lab = lab_with_notebook_logs();
    lab.write("lab.toml", LAB);
    for student in ["ada", "bob"] {
        let results = format!("class/{student}");
        lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one", "--results", &results]).code(0);
    }
    let log = "class/bob/lab/one/log_3.txt";
    lab.write(log, lab.read(log).replacen("Clock: 9 |", "Clock: 8 |", 1));
    for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        lab.write(&format!("class/cleo/{log}"), lab.read(&format!("theirs/{log}")));
    }
    lab.write("class/dan/main.py", "print('hello')\n");
    lab.write("class/eve <script>|/log_1.txt", "what a day\nnothing here\n");
    lab.write("class/.git/log_1.txt", "hidden");
    lab
}

#[test]
fn each_submission_gets_a_page_and_all_of_them_a_table() {
    let lab = a_class();
    let said = lab.labctl(&["grade", "class"]).code(1).tells(&[
        "ada: sound",
        "bob: unsound",
        "dan: unreadable: ",
        "eve <script>|: unreadable: these are no logs of labctl, and no known dialect fits these logs",
    ]);
    assert!(
        said.out.lines().any(|line| line.contains("bob") && line.contains("clock-rises")),
        "{}",
        said.out
    );
    assert_eq!(
        lab.names("grades"),
        ["README.md", "ada.md", "bob.md", "cleo.md", "dan.md", "eve %3Cscript%3E%7C.md", "grades.csv"]
    );
    let table = rows(&lab.read("grades/grades.csv"));
    let grades: Vec<(&str, &str)> =
        table.iter().map(|row| (row["submission"].as_str(), row["grade"].as_str())).collect();
    assert_eq!(
        [grades[0], grades[1], grades[3], grades[4]],
        [("ada", "sound"), ("bob", "unsound"), ("dan", "unreadable"), ("eve <script>|", "unreadable")]
    );
    let page = lab.read("grades/bob.md");
    for text in [
        "Verdict: **unsound**, breaks ",
        "  > log_3.txt:11: 2",
        "log_3.txt:11: the logical clock does not rise: 8 after 8",
        "\\| Clock: 8 \\|",
        "### Against what is expected",
        "with `--internal-prob 0.7`",
        "within chance",
        "## The rules that are broken",
        "What usually breaks it: lines that were swapped",
    ] {
        assert!(page.contains(text), "{text} is not in\n{page}");
    }
    let readme = lab.read("grades/README.md");
    assert!(readme.contains("[eve \\<script>\\|](<eve %253Cscript%253E%257C.md>)"), "{readme}");
    // Theory has no say where it is not given enough, and that is no fault.
    assert!(table[2]["why"].is_empty() || table[2]["why"].contains("logs"), "{:?}", table[2]);
}

#[test]
fn names_in_other_scripts_are_names_of_pages() {
    let lab = lab_with_notebook_logs();
    let names = ["王小明", "王小红", "Ана Ковач", "אבי", "José", "jOSÉ"];
    for name in names {
        for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
            lab.write(&format!("class/{name}/{log}"), lab.read(&format!("theirs/{log}")));
        }
    }
    lab.labctl(&["grade", "class"]).code(0);
    let pages = ["王小明.md", "王小红.md", "Ана Ковач.md", "אבי.md", "José.md", "jOSÉ-2.md"];
    let table = lab.read("grades/README.md");
    for (name, page) in names.iter().zip(pages) {
        assert!(lab.has(&format!("grades/{page}")), "{page}: {:?}", lab.names("grades"));
        assert!(table.contains(&format!("| [{name}](<{page}>) |")), "{table}");
    }
    assert!(table.contains(" of machine ") && !table.contains("final_clock"), "{table}");
}

#[test]
fn what_cannot_be_read_says_what_to_do_next() {
    let lab = lab_with_notebook_logs();
    std::fs::create_dir_all(lab.path("class/ada")).unwrap();
    lab.write("class/bob/logs.zip", "PK");
    lab.write("class/cleo/log_1.txt", "");
    lab.write("class/dan/log_1.txt", b"\xff\xfeM\0");
    lab.labctl(&["grade", "class"]).code(1).tells(&[
        "ada: unreadable: class/ada is empty",
        "but logs.zip, which is packed; unpack it first",
        "cleo: unreadable: no line of its logs is an event; they are empty",
        "class/dan/log_1.txt: it is in UTF-16; save it in UTF-8",
    ]);
}

#[test]
fn a_submission_with_a_log_missing_is_not_held_against_theory() {
    let lab = lab_with_notebook_logs();
    for log in ["log_1.txt", "log_2.txt"] {
        lab.write(&format!("class/ada/{log}"), lab.read(&format!("theirs/{log}")));
    }
    let said = lab
        .labctl(&["grade", "class"])
        .code(0)
        .tells(&["ada: sound as far as shown; 1 of 3 logs is not here"]);
    assert!(said.out.contains("sound as far as shown; 1 of 3 logs is not here"), "{}", said.out);
    let table = lab.read("grades/README.md");
    assert!(table.contains("|  | unknown: some machines' logs are not here |"), "{table}");
    let page = lab.read("grades/ada.md");
    assert!(page.contains("Nothing to say: some machines' logs are not here."), "{page}");
    assert!(page.contains("- message-sent: 1 of 3 logs is not here"), "{page}");
    // The last logged queue length is no record of the end.
    assert!(page.contains("| 1 | 1\\* | 3 |") && page.contains("`*` is the last length"), "{page}");
}

#[test]
fn a_class_that_can_be_read_is_done_whatever_its_verdicts() {
    let lab = a_class();
    for gone in ["class/dan", "class/eve <script>|"] {
        std::fs::remove_dir_all(lab.path(gone)).unwrap();
    }
    for file in ["notes.txt", "list.csv", "a.zip", "z.zip"] {
        lab.write(&format!("class/{file}"), "");
    }
    lab.labctl(&["grade", "class", "-o", "marks"])
        .code(0)
        .tells(&["4 files in class belong to no submission: a.zip, list.csv, notes.txt, …; each"]);
    assert!(lab.has("marks/bob.md"));
}

#[test]
fn a_folder_without_folders_is_told_what_is_wanted() {
    let lab = lab_with_notebook_logs();
    lab.labctl(&["grade", "theirs"]).code(2).tells(&["each submission is a folder of its own"]);
    lab.write("class/ada.zip", "PK");
    lab.write("class/bob.tar.gz", "");
    lab.write("class/notes.txt", "");
    lab.labctl(&["grade", "class"])
        .code(2)
        .tells(&["class holds no folders, but 2 files that are packed: ada.zip, bob.tar.gz; unpack each"]);
    lab.labctl(&["grade", "gone"]).code(2).tells(&["cannot read gone"]);
    assert!(!lab.has("grades"));
}

#[test]
fn what_a_mac_packs_beside_the_logs_is_nobodys() {
    let lab = lab_with_notebook_logs();
    for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        let text = lab.read(&format!("theirs/{log}"));
        for folder in ["class/ada", "class/ada/__MACOSX", "class/__MACOSX"] {
            lab.write(&format!("{folder}/{log}"), &text);
        }
    }
    lab.labctl(&["grade", "class"]).code(0);
    let table = rows(&lab.read("grades/grades.csv"));
    assert_eq!(table.len(), 1, "{table:?}");
    let found = lab.labctl(&["metrics", "class/ada", "--dialect", "labctl", "--format", "csv"]).code(0);
    assert_eq!(rows(&found.out).len(), 3, "{}", found.out);
}

#[test]
fn an_interrupted_teacher_keeps_what_is_done() {
    let lab = a_class();
    const COPIES: usize = 400;
    lab.shell(&format!("for copy in $(seq {COPIES}); do cp -r class/ada class/zoe$copy; done")).code(0);
    let running = lab.start(&["grade", "class"]);
    running.wait_for_talk("ada: sound");
    running.signal(Signal::INT);
    running.end().code(130);
    let done = rows(&lab.read("grades/grades.csv")).len();
    assert!((1..COPIES).contains(&done), "{done}");
}
