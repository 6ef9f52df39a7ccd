//! Whose logs are whose: runs, machines, rates and dialects, told from where files
//! lie and how they begin.

use crate::store::THEIRS;
use crate::support::{LAB, Lab, rows};

/// A dialect of internal events and sends, with these keys.
fn dialect(keys: &str) -> String {
    format!(
        "name = \"mine\"\ntime = \"elapsed-s\"\n{keys}\n\
         [[event]]\nkind = \"internal\"\nmatch = '(?<time>[0-9.]+) internal clock=(?<clock>\\d+)'\n\
         [[event]]\nkind = \"send\"\nmatch = '(?<time>[0-9.]+) sent to (?<to>.+) clock=(?<clock>\\d+)'\n\
         [[header]]\nmatch = 'rate (?<clock_rate>[0-9.]+)'\n"
    )
}

const VM: &str = "files = 'vm_(?<machine>\\d)\\.log'";

/// `experiment/run machine: rate, events, final clock`, a row each.
fn machines(lab: &Lab, args: &[&str]) -> Vec<String> {
    let said = lab.labctl(&[&["metrics", "--format", "csv"], args].concat()).code(0);
    let told = |row: &std::collections::BTreeMap<String, String>| {
        let of = |key: &str| row[key].clone();
        let of_rate = of("clock_rate");
        let (rate, events) = (of_rate.trim_end_matches(".0"), of("events"));
        format!(
            "{}/{} {}: {rate}, {events}, {}",
            of("experiment"),
            of("run"),
            of("machine"),
            of("final_clock")
        )
    };
    rows(&said.out).iter().map(told).collect()
}

#[test]
fn runs_of_one_folder_name_are_two_experiments() {
    let lab = Lab::new();
    lab.write("mine.toml", dialect(VM));
    for (folder, events) in [("slow", 2), ("fast", 3)] {
        for machine in 1..=2 {
            let log: String = (1..=events).map(|clock| format!("{clock} internal clock={clock}\n")).collect();
            lab.write(&format!("{folder}/run1/vm_{machine}.log"), log);
        }
    }
    let expected = [
        "fast/run1/fast/run1 1: , 3, 3",
        "fast/run1/fast/run1 2: , 3, 3",
        "slow/run1/slow/run1 1: , 2, 2",
        "slow/run1/slow/run1 2: , 2, 2",
    ];
    assert_eq!(machines(&lab, &[".", "--dialect", "mine.toml"]), expected);
    let said = lab.labctl(&["metrics", ".", "--dialect", "mine.toml"]).code(0);
    assert!(!said.out.contains("Over the runs"), "{}", said.out);
}

#[test]
fn runs_in_one_file_are_no_copies_of_each_other_and_copied_files_are() {
    let lab = Lab::new();
    let trials = "files = '(?<run>\\w)_(?<machine>\\d)\\.log'";
    lab.write("mine.toml", dialect(trials).replace("'rate ", "'TRIAL (?<run>\\d) rate "));
    let log =
        "TRIAL 1 rate 2\n0.5 internal clock=1\nTRIAL 2 rate 2\n0.5 internal clock=1\n1 internal clock=2\n";
    lab.write("theirs/a_1.log", log);
    lab.write("theirs/a_2.log", log);
    let metrics = ["metrics", "theirs", "--dialect", "mine.toml"];
    let said = lab.labctl(&metrics).code(0);
    assert!(said.out.contains("Over the runs") && !said.talk.contains("no replicates"), "{}", said.talk);
    lab.write("theirs/b_1.log", log);
    lab.write("theirs/b_2.log", log);
    lab.labctl(&metrics).code(0).tells(&["no replicates, and are left out of what is summarised: 2"]);
    lab.labctl(&["plot", "theirs", "--dialect", "mine.toml", "--format", "svg"])
        .code(0)
        .tells(&["2 runs against speed ratio", "no replicates, and are left out there: 2"]);
}

#[test]
fn a_header_again_with_the_clock_back_begins_a_second_run() {
    let lab = Lab::new();
    lab.write("mine.toml", dialect(VM));
    let first = "rate 1\n1 internal clock=1\n2 internal clock=2\n3 internal clock=3\n";
    let second = "rate 4\n100 internal clock=1\n100.25 internal clock=2\n";
    lab.write("theirs/vm_1.log", format!("{first}\n{second}"));
    let theirs = ["theirs", "--dialect", "mine.toml"];
    assert_eq!(machines(&lab, &theirs), ["theirs/1 1: 1, 3, 3", "theirs/2 1: 4, 2, 2"]);
    for command in [&["metrics"][..], &["parse"], &["check"], &["export", "--to", "shiviz"]] {
        lab.labctl(&[command, &theirs].concat())
            .tells(&["2 starts, by a header that comes again with the clock back at its start"]);
    }
    // A header that comes again in the midst of a run begins none.
    let again = "rate 1\n4 internal clock=4\n";
    lab.write("theirs/vm_1.log", format!("{first}{again}"));
    assert_eq!(machines(&lab, &theirs), ["theirs/theirs 1: 1, 4, 4"]);
    let line =
        |start: u32, second: u32, rest: &str| format!("2024-01-01 10:0{start}:0{second} INFO     {rest}\n");
    let start = |start: u32, rate: u32| {
        let event = |n| line(start, n, &format!("Internal event | local logical clock time: {n}"));
        let head = format!("Starting processes for host 6001 with {rate} operations per second.");
        line(start, 0, &head) + &event(1) + &event(2)
    };
    lab.write("shipped/6001.log", start(0, 1) + &start(5, 4));
    assert_eq!(machines(&lab, &["shipped/6001.log"]), ["shipped/1 1: 1, 2, 2", "shipped/2 1: 4, 2, 2"]);
}

#[test]
fn files_that_were_not_named_are_not_counted_beside_those_that_were() {
    let lab = Lab::new();
    let keys = "files = '(?<machine>\\d+)\\.log'\n\
                machines = { names = \"sorted\", peers = \"numbers\", peers_first = 0 }";
    lab.write("mine.toml", dialect(keys));
    for (nth, to) in [(1, "1 and 2"), (2, "0 and 2"), (3, "0 and 1")] {
        lab.write(&format!("700{nth}.log"), format!("1 sent to {to} clock=1\n2 internal clock=2\n"));
        lab.write(&format!("500{nth}.log"), "1 internal clock=1\n");
    }
    let said = lab.labctl(&["parse", "7001.log", "7002.log", "7003.log", "--dialect", "mine.toml"]).code(0);
    let found = rows(&said.out);
    let of = |key: &str| found.iter().map(|row| row[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("machine"), ["1", "1", "2", "2", "3", "3"]);
    assert_eq!(of("to"), ["all", "", "all", "", "all", ""]);
}

#[test]
fn a_file_beside_the_logs_tells_their_rates_and_is_no_run() {
    let lab = Lab::new();
    let keys = "files = '(?:process_(?<machine>\\d+)|config|notes)'";
    lab.write("mine.toml", dialect(keys).replace("'rate ", "'Process (?<machine>\\d+) has rate "));
    lab.write("theirs/config", "Process 1 has rate 2\nProcess 2 has rate 5\n");
    for machine in 1..=2 {
        lab.write(&format!("theirs/process_{machine}"), "1 internal clock=1\n");
    }
    let theirs = ["theirs", "--dialect", "mine.toml"];
    let expected = ["theirs/theirs 1: 2, 1, 1", "theirs/theirs 2: 5, 1, 1"];
    assert_eq!(machines(&lab, &theirs), expected);
    lab.write("theirs/notes", "nothing of a log\n");
    assert_eq!(machines(&lab, &theirs), expected);
    lab.labctl(&[&["metrics"][..], &theirs].concat())
        .code(0)
        .tells(&["notes: no line of it is an event, so it is no run"]);
}

#[test]
fn folders_tell_the_rates_of_several_machines_and_rates_may_be_a_minute() {
    let lab = Lab::new();
    lab.write("mine.toml", dialect("files = 'cr(?<clock_rate>[0-9_]+)/vm_(?<machine>\\d)\\.log'"));
    lab.write("a/cr1_3/vm_1.log", "1 internal clock=1\n");
    lab.write("a/cr1_3/vm_2.log", "1 internal clock=1\n");
    let rates = |args: &[&str]| -> Vec<String> {
        machines(&lab, args).iter().map(|row| row[row.find(": ").unwrap() + 2..].to_owned()).collect()
    };
    assert_eq!(rates(&["a", "--dialect", "mine.toml"]), ["1, 1, 1", "3, 1, 1"]);
    lab.write("minute.toml", dialect(&format!("{VM}\nclock_rate = \"per-minute\"")));
    lab.write("b/vm_1.log", "rate 90\n1 internal clock=1\n");
    assert_eq!(rates(&["b", "--dialect", "minute.toml"]), ["1.5, 1, 1"]);
}

#[test]
fn a_trial_says_why_a_line_fits_nothing() {
    let lab = Lab::new();
    lab.write(
        "mine.toml",
        dialect(VM).replace("elapsed-s", "date-time").replace("[0-9.]+) int", "[^ ]+) int"),
    );
    lab.write("vm_1.log", "2024-03-04_10-20 internal clock=1\n1 internal clock=x\nwhat is this\n");
    let said = lab.labctl(&["dialect", "test", "mine.toml", "vm_1.log"]).code(1).out;
    for why in [
        "fits [[event]] 1 (internal), but its time `2024-03-04_10-20` is no date-time",
        "is nearest to [[event]] 1 (internal), which fits as far as column 18, before `x`",
    ] {
        assert!(said.contains(why), "{why}: {said}");
    }
    lab.write("mine.toml", dialect(VM));
    lab.write("vm_1.log", "1 sent to nobody clock=1\n");
    let said = lab.labctl(&["dialect", "test", "mine.toml", "vm_1.log"]).code(0).out;
    assert!(said.contains("its to `nobody` is the name of no other machine that is known"), "{said}");
}

/// Two formats that no known dialect has.
fn foreign(lab: &Lab, folder: &str) {
    let log = |nth: u32| format!("rate 2\n1 sent to {} clock=1\n2 internal clock=2\n", 3 - nth);
    (1..=2).for_each(|nth| lab.write(&format!("{folder}/vm_{nth}.log"), log(nth)));
}

#[test]
fn own_runs_keep_their_numbers_beside_logs_of_others() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "r1", "--results", "tree"]).code(0);
    let alone = machines(&lab, &["tree"]);
    assert_eq!(alone.len(), 3);
    lab.write("mine.toml", dialect(VM));
    foreign(&lab, "elsewhere");
    foreign(&lab, "tree/theirs");
    let theirs = ["theirs/theirs 1: 2, 2, 2", "theirs/theirs 2: 2, 2, 2"];
    let elsewhere = ["elsewhere/elsewhere 1: 2, 2, 2", "elsewhere/elsewhere 2: 2, 2, 2"];
    let both = |found: Vec<String>, theirs: &[&str]| {
        assert_eq!(found.len(), 5, "{found:?}");
        assert!(alone.iter().all(|row| found.contains(row)), "{found:?}");
        assert!(theirs.iter().all(|row| found.iter().any(|found| found == row)), "{found:?}");
    };
    both(machines(&lab, &["tree/lab", "elsewhere", "--dialect", "mine.toml"]), &elsewhere);
    both(machines(&lab, &["tree", "--dialect", "mine.toml"]), &theirs);
    lab.write("known/mine.toml", dialect(VM));
    for more in [&["--dialects", "known"][..], &["--dialects", "known", "--dialect", "auto"]] {
        both(machines(&lab, &[&["tree"], more].concat()), &theirs);
        both(machines(&lab, &[&["tree/lab", "elsewhere"], more].concat()), &elsewhere);
    }
    // What labctl itself wrote of runs is no log of others.
    lab.labctl(&["parse", "tree/lab", "-o", "tree/events.csv"]).code(0);
    lab.write("tree/todo.txt", "buy milk\n");
    let said = lab.labctl(&["metrics", "tree", "--dialects", "known"]).code(0);
    assert!(!said.talk.contains("events.csv"), "{}", said.talk);
    said.tells(&["todo.txt: no log of labctl, and in no dialect that is known; not read"]);
}

#[test]
fn a_dialect_beside_the_logs_is_theirs() {
    let lab = Lab::new();
    for (student, word) in [("anna", "internal"), ("ben", "thinks")] {
        for nth in 1..=2 {
            lab.write(&format!("class/{student}/run/vm_{nth}.log"), format!("rate 2\n1 {word} clock=1\n"));
        }
        let own = dialect(VM).replace(" internal clock", &format!(" {word} clock"));
        lab.write(&format!("class/{student}/dialect.toml"), own);
    }
    lab.write("class/carl/log_1.txt", THEIRS);
    let expected = ["anna/run/anna/run 1: 2, 1, 1", "ben/run/ben/run 1: 2, 1, 1", "carl/carl 1: 3, 1, 1"];
    let found = machines(&lab, &["class"]);
    assert!(expected.iter().all(|row| found.iter().any(|found| found == row)), "{found:?}");
    assert_eq!(found.len(), 5, "{found:?}");
    lab.labctl(&["grade", "class", "-o", "g"]).code(0);
    let table = lab.rows("g/grades.csv");
    let dialects: Vec<&str> = table.iter().map(|row| row["dialect"].as_str()).collect();
    assert_eq!(dialects, ["mine", "mine", "labctl"]);
    assert!(lab.read("g/ben.md").contains("mine of class/ben/dialect.toml"));
    lab.write("class/ben/dialect.toml", "name = 1\n");
    lab.labctl(&["grade", "class", "-o", "g"])
        .code(1)
        .tells(&["ben: unreadable: error: `name` must be a text"]);
}

#[test]
fn two_formats_in_one_folder_are_each_read_in_their_own() {
    let lab = Lab::new();
    lab.write("team/port_5001_log.txt", "logical clock: 1 | internal event | global time: 10:00:01.5\n");
    let line = "2024-01-01 10:00:01.f - INTERNAL EVENT - System time: 1704103201.5, Logical clock: 1\n";
    lab.write("team/machine_1.log", line);
    lab.write("team/machine_2.log", line);
    let said = lab.labctl(&["parse", "team"]).code(0);
    assert_eq!(rows(&said.out).len(), 3);
    said.tells(&["dialect: clock-pipe-no-day", "dialect: dash-system-time"]);
}

#[test]
fn recipients_and_numbers_are_known_in_many_notations() {
    let lab = Lab::new();
    let keys = format!("{VM}\nmachines = {{ first = 1, peers_first = 0 }}");
    lab.write("mine.toml", dialect(&keys).replace("(?<clock>\\d+)", "(?<clock>[0-9.e]+)"));
    let lists = ["#1 and #2", "(1.0, 2.0)", "[1;2]", "<1 & 2>"];
    let log: String =
        lists.iter().zip(1..).map(|(to, n)| format!("{n} sent to {to} clock={n}.0\n")).collect();
    lab.write("theirs/vm_1.log", log + "5 sent to 2 clock=1e1\n");
    (2..=3).for_each(|nth| lab.write(&format!("theirs/vm_{nth}.log"), "1 internal clock=1\n"));
    let found = rows(&lab.labctl(&["parse", "theirs", "--dialect", "mine.toml"]).code(0).out);
    let of = |key: &str| found.iter().take(5).map(|row| row[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("to"), ["all", "all", "all", "all", "3"]);
    assert_eq!(of("clock"), ["1", "2", "3", "4", "10"]);
}

#[test]
fn senders_may_be_numbered_otherwise_than_recipients() {
    let lab = Lab::new();
    let keys = format!("{VM}\nmachines = {{ first = 1, senders = [\"ann\", \"bob\"] }}");
    let receive = "[[event]]\nkind = \"receive\"\n\
                   match = '(?<time>[0-9.]+) got (?<message_clock>\\d+) of (?<from>\\w+) clock=(?<clock>\\d+)'\n";
    lab.write("mine.toml", dialect(&keys) + receive);
    lab.write("theirs/vm_1.log", "1 sent to 2 clock=1\n2 got 1 of bob clock=2\n");
    lab.write("theirs/vm_2.log", "1 sent to 1 clock=1\n2 got 1 of ann clock=2\n");
    let found = rows(&lab.labctl(&["parse", "theirs", "--dialect", "mine.toml"]).code(0).out);
    let of = |key: &str| found.iter().map(|row| row[key].clone()).collect::<Vec<_>>();
    assert_eq!(
        (of("to"), of("from")),
        (["2", "", "1", ""].map(str::to_owned).to_vec(), ["", "2", "", "1"].map(str::to_owned).to_vec())
    );
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn logs_packed_by_gzip_are_read_as_what_they_hold() {
    let lab = Lab::new();
    lab.write("mine.toml", dialect(VM));
    let log = "rate 2\n1 internal clock=1\n";
    lab.write("theirs/vm_1.log.gz", gzipped(log));
    lab.write("theirs/vm_2.log", log);
    lab.write("theirs/vm_2.log.gz", gzipped(log));
    let expected = ["theirs/theirs 1: 2, 1, 1", "theirs/theirs 2: 2, 1, 1"];
    assert_eq!(machines(&lab, &["theirs", "--dialect", "mine.toml"]), expected);
    lab.labctl(&["dialect", "test", "mine.toml", "theirs"]).code(0).tells(&["4 lines: 4 matched"]);
    lab.write("notebook/log_1.txt.gz", gzipped(THEIRS));
    assert_eq!(machines(&lab, &["notebook"]), ["notebook/notebook 1: 3, 1, 1"]);
}

#[test]
fn without_times_the_order_is_known_and_nothing_that_rests_on_time() {
    let lab = Lab::new();
    let text = dialect(VM).replace("elapsed-s", "none").replace("(?<time>[0-9.]+) ", "");
    lab.write("mine.toml", text);
    lab.write("theirs/vm_1.log", "rate 2\ninternal clock=1\nsent to 2 clock=2\ninternal clock=3\n");
    lab.write("theirs/vm_2.log", "rate 3\ninternal clock=1\ninternal clock=2\n");
    let theirs = ["theirs", "--dialect", "mine.toml"];
    let with = |command: &[&'static str]| lab.labctl(&[command, &theirs].concat());
    let events = with(&["parse"]).code(0).tells(&["no time is told, so what rests on time is unknown"]);
    let found = rows(&events.out);
    assert!(
        found.iter().all(|row| row["time_us"].is_empty() && row["stamp_us"].is_empty()),
        "{}",
        events.out
    );
    assert_eq!(found.iter().map(|row| row["clock"].as_str()).collect::<Vec<_>>(), ["1", "2", "3", "1", "2"]);
    let found = rows(&with(&["metrics", "--format", "csv"]).code(0).out);
    for key in ["span_s", "clock_drift", "wait_mean", "achieved_rate", "fidelity"] {
        assert_eq!(found[0][key], "", "{key}");
    }
    assert_eq!((found[0]["final_clock"].as_str(), found[0]["messages_sent"].as_str()), ("3", "1"));
    let checked = with(&["check"]).code(0).out;
    assert!(
        checked.starts_with("theirs: sound, ") && checked.contains("rate-kept: a log is too short"),
        "{checked}"
    );
    with(&["plot", "--format", "svg"]).code(0);
    with(&["report", "-o", "r.md"]).code(0);
    with(&["export", "--to", "csv", "-o", "e.csv"]).code(0);
}

/// A ZIP file of these, deflated.
fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut zip, mut list) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let at = zip.len() as u32;
        // From the version to the length of the name, alike in both places.
        let mut head = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        head.extend((packed.len() as u32).to_le_bytes());
        head.extend((text.len() as u32).to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        zip.extend([b"PK\x03\x04", &head[..], &[0; 2], name.as_bytes(), &packed].concat());
        list.extend([b"PK\x01\x02\x14\0", &head[..], &[0; 12], &at.to_le_bytes(), name.as_bytes()].concat());
    }
    let (count, at) = ((files.len() as u16).to_le_bytes(), (zip.len() as u32).to_le_bytes());
    let bytes = (list.len() as u32).to_le_bytes();
    zip.extend(list);
    zip.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &bytes, &at, &[0; 2]].concat());
    zip
}

#[test]
fn logs_in_a_zip_file_are_read_as_if_it_were_a_folder() {
    let lab = Lab::new();
    lab.write("mine.toml", dialect(VM));
    let log = "rate 2\n1 internal clock=1\n";
    let files = [
        ("run_1/vm_1.log", log),
        ("run_1/vm_2.log", log),
        ("run_2/vm_1.log", log),
        ("__MACOSX/vm_1.log", log),
    ];
    lab.write("class/anna.zip", zipped(&files));
    let expected = ["run_1/run_1 1: 2, 1, 1", "run_1/run_1 2: 2, 1, 1", "run_2/run_2 1: 2, 1, 1"];
    for path in ["class", "class/anna.zip"] {
        assert_eq!(machines(&lab, &[path, "--dialect", "mine.toml"]), expected, "{path}");
    }
    assert_eq!(machines(&lab, &["class/anna.zip/run_2/vm_1.log", "--dialect", "mine.toml"]), expected[2..]);
    lab.write("ours.zip", zipped(&[("r/log_1.txt", THEIRS)]));
    assert_eq!(machines(&lab, &["ours.zip"]), ["r/r 1: 3, 1, 1"]);
    lab.labctl(&["check", "ours.zip"]).code(0);
    lab.write("class/ben/run/vm_1.log", log);
    lab.write("class/ben.zip", zipped(&files));
    lab.labctl(&["grade", "class", "--dialect", "mine.toml", "-o", "g"]).code(0);
    let graded = lab.rows("g/grades.csv");
    let names: Vec<&str> = graded.iter().map(|row| row["submission"].as_str()).collect();
    assert_eq!(names, ["anna", "anna", "ben"], "what is unpacked already is graded once");
    let mut bomb = zipped(&files);
    let listed = bomb.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    bomb[listed + 24..listed + 28].copy_from_slice(&u32::MAX.to_le_bytes());
    lab.write("bomb.zip", bomb);
    lab.labctl(&["metrics", "bomb.zip"]).code(1).tells(&["bytes unpack to 4294967", "which is refused"]);
    lab.write("none.zip", "PK");
    lab.labctl(&["metrics", "none.zip"]).code(1).tells(&["none.zip: it is no ZIP file"]);
}
