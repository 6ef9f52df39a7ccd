//! `labctl report`: what stands on the page, what is unknown on it, and what it
//! never does.

use crate::support::{LAB, Lab, Said, lab_with_notebook_logs};

/// Of what people and programs call things.
const HOSTILE: &str = "<script>alert('x')<b> \"quoted\" & {{ 1 }} | 🚀 ניסוי \u{202e}turned";

/// A lab with a simulated run in `results/lab/one`.
fn lab_with_run() -> Lab {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one"]).code(0);
    lab
}

fn report(lab: &Lab, args: &[&str]) -> Said {
    lab.labctl(&[&["report"], args].concat())
}

/// The page needs nothing but itself, and only its own script can run.
#[track_caller]
fn assert_self_contained(page: &str) {
    let without_names = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["http://", "https://", "src=", "url(", "@import", "<link", "<iframe", "<img"] {
        assert!(!without_names.contains(outside), "{outside}");
    }
    assert!(page.matches("href=\"").count() == page.matches("href=\"#").count(), "links stay in the page");
    assert!(page.contains("default-src 'none'") && page.contains("script-src 'sha256-"));
    for way_in in [" onload=", " onclick=", " onerror=", "javascript:"] {
        assert!(!page.contains(way_in), "{way_in}");
    }
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}

/// Every link leads somewhere, and no place is there twice.
#[track_caller]
fn assert_links_lead_somewhere(page: &str) {
    let after = |mark: &str| -> Vec<String> {
        let pieces = page.split(mark).skip(1);
        pieces.map(|piece| piece.split('"').next().unwrap_or_default().to_owned()).collect()
    };
    let mut ids = after(" id=\"");
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "ids are unique");
    for link in after("href=\"#") {
        assert!(ids.contains(&link), "#{link}");
    }
}

/// Each of the texts stands in the page.
fn assert_holds(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "`{text}` is not in the page");
    }
}

#[test]
fn one_run_is_told_in_full() {
    let lab = lab_with_run();
    report(&lab, &["results/lab/latest"]).code(0).tells(&["report: report.html"]);
    let page = lab.read("report.html");
    assert_self_contained(&page);
    assert_links_lead_somewhere(&page);
    assert_holds(
        &page,
        &[
            "<html lang=\"en\">",
            "<title>lab / one",
            "Machine 2 (1 tick/s) is overloaded: 1.67 messages arrive for each of its ticks",
            "(expected: 15)",
            "Machines 1 and 3 keep up: their queues come back to empty, and at most 1 message was seen waiting.",
            "The logs are sound by all 24 rules.",
            "simulated in virtual time",
            "<th scope=\"row\" dir=\"auto\">Seed</th><td dir=\"auto\" class=\"short\">7</td>",
            "duration = &quot;20s&quot;",
            "<caption>Clock rates and lateness</caption>",
            "<caption>This run beside what is expected</caption>",
        ],
    );
    assert_eq!(page.matches("<figure id=").count(), 5, "queues, clocks, drift, jumps, waits");
    assert_eq!(
        page.matches("role=\"img\" aria-labelledby").count(),
        2 * 5,
        "each for a screen and for a phone"
    );
    assert_eq!(page.matches("<section class=\"player\"").count(), 1);
    assert_eq!(page.matches("'sha256-").count(), 2, "the page's script and the player's");
    assert_eq!(page.matches("<h1").count(), 1);
    assert_eq!(page.matches("<table>").count(), page.matches("<caption>").count());
}

/// Where the texts begin in a page, which must be their order.
#[track_caller]
fn assert_in_order(page: &str, texts: &[&str]) {
    let at = |text: &&str| page.find(text).unwrap_or_else(|| panic!("`{text}` is not in the page"));
    let places: Vec<usize> = texts.iter().map(at).collect();
    assert!(places.is_sorted(), "{texts:?} at {places:?}");
}

#[test]
fn charts_follow_the_findings_and_where_it_ran_comes_last() {
    let lab = lab_with_run();
    report(&lab, &["results/lab/one"]).code(0);
    let sections = ["findings", "charts", "events", "metrics", "clocks", "audit", "theory", "setup"];
    let ids: Vec<String> = sections.iter().map(|id| format!("<section id=\"{id}\"")).collect();
    assert_in_order(&lab.read("report.html"), &ids.iter().map(String::as_str).collect::<Vec<_>>());
    report(&lab, &["results/lab/one", "--format", "md"]).code(0);
    let headings = [
        "## Findings",
        "## Charts",
        "## Metrics",
        "## Audit of the logs",
        "## Expected beside",
        "## What was run",
    ];
    assert_in_order(&lab.read("report.md"), &headings);
}

#[test]
fn headings_of_markdown_are_headings_and_none_is_left_out() {
    let lab = lab_with_run();
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--seed", "8", "--name", "two"]).code(0);
    report(&lab, &["results", "--format", "md"]).code(0);
    let page = lab.read("report.md");
    let mut level = 0;
    for line in page.lines().filter(|line| line.starts_with('#') || line.contains("\\#")) {
        let marks = line.bytes().take_while(|byte| *byte == b'#').count();
        assert!((1..=6).contains(&marks) && line[marks..].starts_with(' '), "{line}");
        assert!(marks <= level + 1, "{line} after a heading of level {level}");
        level = marks;
    }
    assert_in_order(&page, &["### lab / one", "#### Charts", "##### Machine 2's queue", "### lab / two"]);
}

#[test]
fn a_changed_run_lists_what_was_changed_and_not_the_old_purpose() {
    let lab = Lab::with_spec(&format!("why = \"twenty seconds of it\"\n{LAB}"));
    let about = |args: &[&str]| {
        lab.labctl(&[&["run", "lab.toml", "--engine", "sim", "--name", args[0]], &args[1..]].concat())
            .code(0);
        report(&lab, &[&format!("results/lab/{}", args[0])]).code(0);
        let page = lab.read("report.html");
        let about = page.split("class=\"why\" dir=\"auto\">").nth(1).expect("there is one");
        about.split('<').next().unwrap_or_default().to_owned()
    };
    assert_eq!(about(&["as-it-is", "--seed", "9"]), "twenty seconds of it");
    assert_eq!(about(&["short", "--set", "duration=5s"]), "Changed: duration = 5s.");
    assert_eq!(
        about(&["two", "--clock-rates", "1,3,6", "--delay", "constant:5ms"]),
        "Changed: network.delay = constant:5ms, clock_rates = 1, 3, 6."
    );
}

#[test]
fn names_in_any_script_stand_on_a_page_as_they_are() {
    let lab = lab_with_notebook_logs();
    std::fs::rename(lab.path("theirs"), lab.path("王小明 ניסוי")).unwrap();
    for format in ["html", "md"] {
        report(&lab, &["王小明 ניסוי", "--format", format]).code(0);
        let page = lab.read(&format!("report.{format}"));
        assert!(page.contains("\u{2068}王小明 ניסוי\u{2069}"), "it stays within its own direction");
        assert!(
            !page.contains("u{2068}") && !page.contains("u{2069}"),
            "and no mark of direction is spelt out"
        );
    }
}

#[test]
fn a_run_without_events_has_no_empty_charts() {
    let lab = lab_with_run();
    for machine in 1..=3 {
        let log = format!("results/lab/one/log_{machine}.txt");
        let header: Vec<String> = lab.read(&log).lines().take(2).map(str::to_owned).collect();
        lab.write(&format!("empty/log_{machine}.txt"), header.join("\n") + "\n");
    }
    report(&lab, &["empty"]).code(0);
    let page = lab.read("report.html");
    assert_holds(&page, &["Nothing was logged, so nothing is known of this run."]);
    assert!(!page.contains("<svg") && !page.contains("Charts"));
}

#[test]
fn queues_that_stay_empty_are_told_as_such() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--internal-prob", "1"]).code(0);
    report(&lab, &["results/lab/latest"]).code(0);
    let reported = "Machines 1, 2 and 3 keep up: no message was ever seen waiting.";
    assert!(lab.read("report.html").contains(reported));
}

#[test]
fn the_same_files_give_the_same_report() {
    let lab = lab_with_run();
    let page = |name: &str| {
        report(&lab, &["results", "-o", name]).code(0);
        lab.read(name)
    };
    assert!(page("one.html") == page("two.html"));
}

#[test]
fn several_runs_are_summarised_with_intervals_and_told_in_short() {
    let lab = Lab::with_spec(LAB);
    for seed in 1..=7 {
        let (seed, name) = (seed.to_string(), format!("r{seed}"));
        lab.labctl(&["run", "lab.toml", "--engine", "sim", "--seed", &seed, "--name", &name]).code(0);
    }
    report(&lab, &["results", "-o", "all.html"]).code(0);
    let page = lab.read("all.html");
    assert_self_contained(&page);
    assert_links_lead_somewhere(&page);
    assert_holds(
        &page,
        &[
            "<h1 dir=\"auto\">7 runs, 1 experiment</h1>",
            "lab: machine 2 (1 tick/s) is overloaded",
            "over 7 runs (expected: 15)",
            "The logs of 7 runs are sound",
            "<caption>Over the runs, machine by machine</caption>",
            "<caption>The mean beside what is expected</caption>",
            "Student&#39;s t for means, the calibrated bootstrap for medians",
            "Max queue against speed ratio",
            "<details id=\"run-7\"><summary><h3 dir=\"auto\">lab / r7</h3></summary>",
        ],
    );
}

#[test]
fn settings_of_one_experiment_are_told_apart_by_their_runs() {
    let lab = lab_with_run();
    for (rates, name) in [("1,3,6", "two"), ("5,5,5", "three"), ("600,500,400", "four")] {
        lab.labctl(&["run", "lab.toml", "--engine", "sim", "--clock-rates", rates, "--name", name]).code(0);
    }
    report(&lab, &["results"]).code(0);
    let page = lab.read("report.html");
    assert_holds(
        &page,
        &[
            "lab (one): machine 2 (1 tick/s)",
            "lab (two): machine 1 (1 tick/s)",
            "In lab (four) and lab (three) no machine",
        ],
    );
    report(&lab, &["results/lab/four", "-o", "four.html"]).code(0);
    let reported = lab.read("four.html");
    let counts = reported.split("All messages are accounted for: ").nth(1).expect("all are accounted for");
    let thousands = counts.split(" left").next().unwrap_or_default().matches(',').count();
    assert!(thousands >= 2 + 2, "thousands of those sent and received stand apart: {}", &counts[..80]);
}

#[test]
fn ticks_that_a_sender_slept_through_are_no_fault_of_the_clocks() {
    let lab = Lab::with_spec(LAB);
    let run =
        ["run", "lab.toml", "--speedup", "10", "--delay", "constant:700ms", "--set", "network.where=sender"];
    lab.labctl(&run).code(0);
    report(&lab, &["results/lab/latest"]).code(0);
    let page = lab.read("report.html");
    let reported = page.contains("lost to delays in the sender, as the spec asks)");
    assert!(reported || page.contains("To be doubted"), "a rate far below the nominal one is explained");
}

#[test]
fn cells_of_many_axes_are_named_by_their_values() {
    let lab = Lab::with_spec(LAB);
    let axes = [
        "--clock-rates",
        "1,3,6;2,4,6",
        "--internal-prob",
        "0.2,0.7",
        "--set",
        "network.delay=none,constant:100ms",
    ];
    lab.labctl(&[&["sweep", "lab.toml", "--engine", "sim", "--name", "grid"], &axes[..]].concat()).code(0);
    report(&lab, &["results/grid"]).code(0);
    let page = lab.read("report.html");
    assert_holds(
        &page,
        &[
            "1,3,6 · 0.2 · none",
            "2,4,6 · 0.7 · constant:100ms",
            "Clock rates (ticks/s) · internal-event probability · network delay",
        ],
    );
}

#[test]
fn an_unsound_run_is_told_first_and_its_lines_are_quoted() {
    let lab = lab_with_run();
    let log = lab.read("results/lab/one/log_3.txt");
    lab.write("results/lab/one/log_3.txt", log.replacen("Clock: 9 |", "Clock: 8 |", 1));
    report(&lab, &["results/lab/one"]).code(0);
    let page = lab.read("report.html");
    let findings = page.split("What was run").nth(1).unwrap();
    assert!(findings.contains("The logs are unsound: they break"), "before what was run");
    assert_holds(
        &page,
        &["log_3.txt:11: the logical clock does not rise: 8 after 8", "log_3.txt:10  20", "INTERNAL"],
    );
}

#[test]
fn what_others_logs_cannot_tell_is_unknown_and_never_0() {
    let lab = lab_with_notebook_logs();
    report(&lab, &["theirs"]).code(0);
    let page = lab.read("report.html");
    assert_self_contained(&page);
    let unknown = "<td class=\"unknown\"><abbr title=\"unknown\">?</abbr></td>";
    for what in ["Seed", "Engine", "Host", "Commit", "Delay of messages"] {
        assert!(page.contains(&format!("{what}</th>{unknown}")), "{what}");
    }
    assert_holds(
        &page,
        &[
            "Nothing is expected here: there is no spec",
            "How well the clocks kept their pace these logs do not tell.",
            "how many were left in queues the logs do not tell",
            "log-whole</th><td dir=\"auto\" class=\"verdict unknown\">unknown</td>",
            "1*</td>",
        ],
    );
    assert!(!page.contains("Expected beside measured"));
}

#[test]
fn hostile_names_and_texts_are_shown_as_text() {
    let long = "n".repeat(200);
    let why = HOSTILE.replace('\u{202e}', "").replace('"', "\\\"");
    let lab = Lab::with_spec(&format!("why = \"{why} </script></style> {long}\"\n{LAB}"));
    lab.labctl(&["run", "lab.toml", "--engine", "sim", "--name", "one"]).code(0);
    for (name, text) in crate::support::NOTEBOOK_LOGS {
        lab.write(&format!("results/{HOSTILE}/{name}"), text);
        lab.write(&format!("results/{long}/{name}"), text);
    }
    lab.write(&format!("results/{HOSTILE}/log_2.txt"), format!("{HOSTILE}</script>\n"));
    report(&lab, &["results"]).code(0);
    let page = lab.read("report.html");
    assert_self_contained(&page);
    assert_links_lead_somewhere(&page);
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    assert_eq!(page.matches("</script>").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(!page.contains('\u{202e}'), "nothing turns the direction of reading");
    assert_holds(&page, &["&lt;script&gt;alert(&#39;x&#39;)&lt;b&gt;", "🚀 ניסוי", "\\u{202e}turned", &long]);
    report(&lab, &["results", "--format", "md"]).code(0);
    let page = lab.read("report.md");
    assert!(page.contains("\\<script>alert('x')\\<b>") && page.contains("\\| 🚀"), "{page}");
    let is_code = |line: &&str| line.starts_with("    ");
    assert!(
        page.lines()
            .filter(|line| !is_code(line))
            .all(|line| !line.replace("\\<", "").contains('<') || line.starts_with("<!--"))
    );
    assert!(!page.contains('\u{202e}') && page.contains("\\\\u{202e}turned"), "{page}");
}

#[test]
fn a_sweep_without_folders_is_told_by_its_tables() {
    let lab = Lab::with_spec(LAB);
    let sweep = ["sweep", "lab.toml", "--internal-prob", "0.2,0.7", "--replicates", "4", "--engine", "sim"];
    lab.labctl(&[&sweep[..], &["--name", "probs"]].concat()).code(0);
    report(&lab, &["results/probs"]).code(0);
    let page = lab.read("report.html");
    assert_self_contained(&page);
    assert_links_lead_somewhere(&page);
    assert_holds(
        &page,
        &[
            "<h1 dir=\"auto\">Sweep probs</h1>",
            "Theory expects an overloaded machine in 2 of 2 cells",
            "8 runs in 2 cells, over internal_prob; engine simulator",
            "internal_prob = 0.2",
            "<caption>The cells, machine by machine</caption>",
        ],
    );
    assert_eq!(page.matches("<figure id=").count(), 6);
}

#[test]
fn a_sweep_says_how_measures_go_with_what_it_varies_where_that_is_clear() {
    let lab = Lab::with_spec(LAB);
    let sweep = ["sweep", "lab.toml", "--engine", "sim"];
    let probs = ["--internal-prob", "0.1..0.9:0.2", "--replicates", "4", "--name", "probs"];
    lab.labctl(&[&sweep[..], &probs].concat()).code(0);
    report(&lab, &["results/probs"]).code(0);
    let page = lab.read("report.html");
    assert_holds(
        &page,
        &[
            "Max queue of machine 2 (1 tick/s) falls from ",
            " messages as internal-event probability rises from 0.1 to 0.9 (Spearman&#39;s rank correlation −0.",
            " over 20 runs, p &lt; 0.001); by the law it leaves overload between 0.7 and 0.9.",
        ],
    );
    // Where the axis decides nothing, no trend is seen in chance.
    let stagger = ["--set", "start_stagger=1ms,2ms,3ms,4ms", "--replicates", "6", "--name", "stagger"];
    lab.labctl(&[&sweep[..], &stagger].concat()).code(0);
    report(&lab, &["results/stagger"]).code(0);
    assert!(!lab.read("report.html").contains("rank correlation"));
}

#[test]
fn a_large_sweep_has_its_maps_before_a_few_rows_and_says_where_all_are() {
    let lab = Lab::with_spec(LAB);
    let axes = ["--internal-prob", "0.1..0.9:0.1", "--set", "machine.1.clock_rate=1,2,3,4,5,6,7,8,9,10,11"];
    lab.labctl(&[&["sweep", "lab.toml", "--engine", "sim", "--name", "grid"], &axes[..]].concat()).code(0);
    report(&lab, &["results/grid"]).code(0);
    let page = lab.read("report.html");
    assert_in_order(&page, &["class=\"chart\"", "<caption>The cells</caption>", "engine simulator"]);
    assert_holds(
        &page,
        &[
            "<details id=\"sweep-all-cells\"><summary>",
            "<th scope=\"col\" class=\"number\">clock rate of machine 1 (ticks/s)</th>",
            "75 cells more are left out here; results/grid/summary.csv has all of them.",
        ],
    );
    assert!(page.matches("<tr>").count() < 2 * (24 + 2), "{} rows", page.matches("<tr>").count());
}

#[test]
fn no_chart_is_there_twice() {
    let lab = Lab::with_spec(LAB);
    lab.labctl(&["sweep", "lab.toml", "--engine", "sim", "--replicates", "6", "--name", "seeds"]).code(0);
    report(&lab, &["results/seeds"]).code(0);
    let page = lab.read("report.html");
    let headings =
        || page.split("class=\"finding\" id=").skip(1).filter_map(|piece| piece.split(['>', '<']).nth(1));
    let metrics: Vec<&str> = headings().filter_map(|heading| heading.split([':', ' ']).next()).collect();
    assert_eq!(metrics.len(), 6, "a chart a metric: {:?}", headings().collect::<Vec<_>>());
}

#[test]
fn a_tree_is_told_with_its_sweeps_and_each_once() {
    let lab = lab_with_run();
    let sweep = ["sweep", "lab.toml", "--internal-prob", "0.2,0.7", "--engine", "sim", "--name"];
    lab.labctl(&[&sweep[..], &["probs"]].concat()).code(0);
    for paths in [&["results"][..], &["results/lab", "results/probs"], &["results/probs", "results"]] {
        report(&lab, paths).code(0);
        let page = lab.read("report.html");
        for text in ["2 runs in 2 cells, over internal_prob", "<h3 dir=\"auto\">lab / one</h3>"] {
            assert_eq!(page.matches(text).count(), 1, "`{text}` of {paths:?}");
        }
    }
    lab.write("results/probs/plan.json", "{}");
    report(&lab, &["results"]).code(1).tells(&["results/probs/plan.json"]);
}

#[test]
fn a_report_is_replaced_and_nothing_else_is() {
    let lab = lab_with_run();
    lab.write("report.html", "my own notes");
    report(&lab, &["results"]).code(2).tells(&["report.html is there and no report of labctl"]);
    assert_eq!(lab.read("report.html"), "my own notes");
    for name in ["new.html", "new.md"] {
        report(&lab, &["results", "-o", name]).code(0);
        report(&lab, &["results", "-o", name]).code(0);
    }
    report(&lab, &["nowhere", "-o", "new.html"]).code(2).tells(&["nowhere"]);
    report(&lab, &["results", "-o", "no/such/folder/r.html"]).code(1).tells(&["cannot write"]);
}

#[test]
fn markdown_has_its_charts_beside_it() {
    let lab = lab_with_run();
    report(&lab, &["results/lab/one", "-o", "my notes.md"]).code(0);
    let page = lab.read("my notes.md");
    assert_eq!(lab.names("my notes_charts").len(), 5);
    assert!(page.contains("](my%20notes_charts/charts-queue.svg)"), "{page}");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 40 && rows.iter().all(|row| row.ends_with('|')));
}

#[test]
fn the_markdown_of_others_logs_reads_well() {
    let lab = lab_with_notebook_logs();
    report(&lab, &["theirs", "--format", "md"]).code(0);
    let filters = [(r"labctl \d+\.\d+\.\d+, commit [^.]+\.", "labctl [version], commit [commit].")];
    insta::with_settings!({ filters => [filters[0], (r"report \d+\.\d+\.\d+", "report [version]")] }, {
        insta::assert_snapshot!(lab.read("report.md"));
    });
}

#[test]
fn a_run_that_was_killed_is_told_as_such() {
    let lab = lab_with_run();
    std::fs::rename(lab.path("results/lab/one"), lab.path("results/lab/one.partial")).unwrap();
    for machine in 1..=3 {
        let log = format!("results/lab/one.partial/log_{machine}.txt");
        let text = lab.read(&log);
        let half: Vec<&str> = text.lines().take(text.lines().count() / 2).collect();
        std::fs::write(lab.path(&log), half.join("\n") + "\n").unwrap();
    }
    report(&lab, &["results/lab/one.partial"]).code(0);
    let page = lab.read("report.html");
    assert!(page.contains("The run was cut short"));
    assert!(page.contains("(by the law: 6)") && !page.contains("expected: "), "the law of half the run");
}

#[test]
fn kept_metrics_alone_make_a_report() {
    let lab = lab_with_run();
    for log in ["log_1.txt", "log_2.txt", "log_3.txt"] {
        std::fs::remove_file(lab.path(&format!("results/lab/one/{log}"))).unwrap();
    }
    report(&lab, &["results"]).code(0);
    let page = lab.read("report.html");
    assert!(page.contains("The logs were not audited: there are no logs here"));
    assert!(page.contains("Machine 2 (1 tick/s) is overloaded"));
}
