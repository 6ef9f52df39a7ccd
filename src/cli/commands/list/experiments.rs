//! `labctl list --experiments`: what can be run by its name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use labctl::spec::{self, Spec, SpecPlace, shipped};
use labctl::text::sanitize::on_one_line;
use labctl::text::spreadsheet::cell;
use serde::Serialize;

use crate::cli::flags::output_format::TableFormat;
use crate::cli::ui::view;
use crate::cli::{Exit, Terminal};

/// An experiment that has a name to run it by.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// Ticks/s, in the order of the machines, or what draws them; `None` of a spec
    /// that cannot be read.
    clock_rates: Option<String>,
    /// The first sentence of its `why`, or what is wrong with the spec.
    shows: String,
    /// The spec's file; `None` of one that comes with labctl.
    file: Option<PathBuf>,
}

/// Lists them, those in `experiments/` before the shipped ones.
pub fn list(format: TableFormat, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut rows: Vec<Row> = spec::files_here()?.iter().filter_map(|file| Row::of_file(file)).collect();
    let here: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    rows.extend(shipped::names().filter(|name| !here.contains(*name)).map(|name| Row::of(name, None)));
    match format {
        TableFormat::Table => {
            terminal.data(&table(&rows))?;
            terminal.say("labctl run NAME runs one; labctl init writes those of labctl to experiments/");
        }
        TableFormat::Csv => terminal.csv(&csv(&rows)?)?,
        TableFormat::Json => terminal.json(&rows)?,
    }
    Ok(Exit::Done)
}

impl Row {
    fn of_file(file: &Path) -> Option<Row> {
        let name = file.file_stem()?.to_str()?;
        // A name that does not lead to the file cannot be run by.
        let is_found = spec::find(Path::new(name)) == SpecPlace::File(file.to_owned());
        is_found.then(|| Row::of(name, Some(file.to_owned())))
    }

    fn of(name: &str, file: Option<PathBuf>) -> Row {
        let (clock_rates, shows) = match spec::load(Path::new(name), &[]) {
            Ok(spec) => (Some(rates(&spec)), first_sentence(&spec.why)),
            Err(error) => (None, format!("cannot be run: {}", error.message())),
        };
        Row { name: name.to_owned(), clock_rates, shows, file }
    }
}

fn rates(spec: &Spec) -> String {
    const SHOWN: usize = 6;
    let rates: Vec<String> = spec.machines.iter().map(|machine| machine.clock_rate.to_string()).collect();
    match rates.split_first() {
        Some((first, others)) if others.len() > 1 && others.iter().all(|rate| rate == first) => {
            format!("{} × {first}", rates.len())
        }
        _ if rates.len() > SHOWN => format!("{}, … ({})", rates[..SHOWN].join(", "), rates.len()),
        _ => rates.join(", "),
    }
}

fn first_sentence(why: &str) -> String {
    let line = why.split_whitespace().collect::<Vec<_>>().join(" ");
    line.find(". ").map_or(line.clone(), |end| line[..=end].to_owned())
}

fn table(rows: &[Row]) -> String {
    let body = rows.iter().map(|row| {
        let place = row.file.as_ref().map_or("labctl".to_owned(), |file| file.display().to_string());
        vec![
            row.name.clone(),
            view::known(row.clock_rates.clone(), |rates| rates),
            on_one_line(&row.shows),
            on_one_line(&place),
        ]
    });
    view::table(&["experiment", "clock rates, 1/s", "what it shows", "comes from"], body)
}

fn csv(rows: &[Row]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let clean = |text: &str| cell(text).into_owned();
        writer.serialize((
            clean(&row.name),
            row.clock_rates.as_deref().map(clean),
            clean(&row.shows),
            row.file.as_ref().map(|file| clean(&file.display().to_string())),
        ))?;
    }
    let rows = String::from_utf8(writer.into_inner().map_err(|error| error.into_error())?)?;
    Ok(format!("name,clock_rates,shows,file\n{rows}"))
}
