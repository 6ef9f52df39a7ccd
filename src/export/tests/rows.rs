//! Tables of events: what is written reads back, and what is broken is refused.

use super::*;
use crate::export::rows::{Tabled, check_csv, check_jsonl, check_parquet};
use crate::table::{CsvSink, EventSink, EventTable, JsonlSink, Origin, ParquetContent};

fn write<S: EventSink>(sink: S, experiment: &str) -> Tabled {
    let mut table = EventTable::new(sink);
    let origin = Origin { stamp: WHOLE_SECONDS_START, is_date: true, is_told: true };
    table.begin_run(experiment, "run", origin).unwrap();
    let mut tabled = Tabled::default();
    for machine in history(&WHOLE_SECONDS).machines() {
        for (index, record) in machine.records() {
            table.push(machine.id(), machine.line(index), &record).unwrap();
            tabled.rows += 1;
            tabled.clock_sum += record.clock;
        }
    }
    table.finish().unwrap();
    tabled
}

fn csv(experiment: &str) -> (String, Tabled) {
    let mut out = Vec::new();
    let tabled = write(CsvSink::new(&mut out), experiment);
    (String::from_utf8(out).unwrap(), tabled)
}

fn jsonl(experiment: &str) -> (String, Tabled) {
    let mut out = Vec::new();
    let tabled = write(JsonlSink::new(&mut out), experiment);
    (String::from_utf8(out).unwrap(), tabled)
}

#[test]
fn tables_read_back_whatever_the_run_is_called() {
    for name in ["exp", "a,b \"c\"\nd;e", "<script>", "\u{202e}😀", "'=1+1"] {
        let (text, tabled) = csv(name);
        check_csv(text.as_bytes(), &tabled).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
        let (text, tabled) = jsonl(name);
        check_jsonl(text.as_bytes(), &tabled).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!((&first["experiment"], &first["to"]), (&name.into(), &serde_json::Value::Null));
    }
}

#[test]
fn each_fault_of_a_csv_table_is_refused() {
    let (text, tabled) = csv("exp");
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "`{from}` is not in\n{text}");
        text.replacen(from, to, 1)
    };
    let second = text.lines().nth(2).unwrap();
    for (broken, why) in [
        (change("experiment,run", "run,experiment"), "the columns are to be"),
        (change(",INTERNAL,", ",internal,"), "`internal` is no event"),
        (change(",INTERNAL,1,", ",INTERNAL,one,"), "line 2"),
        (change(",INTERNAL,1,", ",INTERNAL,"), "line 2"),
        (change(",INTERNAL,1,,,,,", ",INTERNAL,1,,4,,,"), "cannot have"),
        (change(",SEND,2,,,,2,", ",SEND,2,,,,0,"), "`to` is a machine's number"),
        (change(",SEND,2,", ",SEND,9,"), "clocks are not those"),
        (change(second, &format!("{second}\n{second}")), "order of their log"),
        (change(&format!("{second}\n"), ""), "7 rows of 8"),
        (String::new(), "the columns are to be"),
    ] {
        refuses(check_csv(broken.as_bytes(), &tabled), why);
    }
}

#[test]
fn each_fault_of_a_json_lines_table_is_refused() {
    let (text, tabled) = jsonl("exp");
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "`{from}` is not in\n{text}");
        text.replacen(from, to, 1)
    };
    for (broken, why) in [
        (change("\"tick\":null,", ""), "missing field `tick`"),
        (change("\"tick\":null", "\"tock\":null"), "unknown field `tock`"),
        (change("\"clock\":1,", "\"clock\":\"1\","), "invalid type"),
        (change("\"message_clock\":null", "\"message_clock\":3"), "cannot have"),
        (change("{\"experiment\"", "\"experiment\""), "line 1"),
        (change("\n", "\n\n"), "line 2"),
        (text[..text.len() - 20].to_owned(), "line 8"),
        (text.lines().next().unwrap().to_owned(), "1 rows of 8"),
    ] {
        refuses(check_jsonl(broken.as_bytes(), &tabled), why);
    }
}

#[test]
fn a_parquet_file_with_other_columns_rows_or_clocks_is_refused() {
    let (text, tabled) = csv("exp");
    let columns: Vec<String> = text.lines().next().unwrap().split(',').skip(1).map(str::to_owned).collect();
    let good = ParquetContent { columns, rows: tabled.rows, sum: tabled.clock_sum };
    check_parquet(&good, &tabled).unwrap();
    let cut = ParquetContent { columns: good.columns[1..].to_vec(), ..good.clone() };
    refuses(check_parquet(&cut, &tabled), "its columns are machine");
    refuses(check_parquet(&ParquetContent { rows: 7, ..good.clone() }, &tabled), "7 rows of 8");
    refuses(check_parquet(&ParquetContent { sum: 7, ..good }, &tabled), "clocks are not those");
}
