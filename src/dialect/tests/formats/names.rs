//! What a format calls its machines, in lines and in the names of files.

use super::dice::Dice;

#[derive(Clone, Debug)]
pub struct Names {
    /// Of each machine.
    pub machines: Vec<String>,
    /// What stands before a name in a line: `VM `.
    pub noun: &'static str,
    /// Where a machine logs; `{run}` and `{name}` are filled in.
    file: String,
    /// Of each machine, in the names of files.
    of_files: Vec<String>,
    runs: Vec<&'static str>,
}

#[derive(Clone, Copy)]
enum Way {
    FromOne,
    FromZero,
    Letters,
    Ports,
    People,
}

impl Names {
    pub fn drawn(machines: usize, has_two_runs: bool, dice: &mut Dice) -> Names {
        let ways =
            [(4, Way::FromOne), (4, Way::FromZero), (1, Way::Letters), (1, Way::Ports), (1, Way::People)];
        let way = dice.weighted(&ways);
        let port = dice.one_of(&[5001, 8000, 12345, 2056]);
        let step = dice.one_of(&[1, 1, 1000, 10]);
        let letters = dice.one_of(&[["A", "B", "C", "D"], ["a", "b", "c", "d"]]);
        let name = |machine: usize| match way {
            Way::FromOne => (machine + 1).to_string(),
            Way::FromZero => machine.to_string(),
            Way::Letters => letters[machine].to_owned(),
            Way::Ports => (port + step * machine).to_string(),
            Way::People => ["alice", "bob", "carol", "dave"][machine].to_owned(),
        };
        let names: Vec<String> = (0..machines).map(name).collect();
        let nouns = ["", "", "machine ", "Machine ", "VM ", "vm", "node ", "P", "Process "];
        let (noun, file) = match way {
            Way::FromOne | Way::FromZero => (dice.one_of(&nouns), file(has_two_runs, &FILES, dice)),
            Way::Letters => (dice.one_of(&["", "Machine ", "VM "]), file(has_two_runs, &FILES, dice)),
            Way::People => ("", file(has_two_runs, &["logs/{name}.log", "{name}_log.txt"], dice)),
            Way::Ports => {
                let files = ["logs/{name}.log", "run/port_{name}_log.txt", "logs/machine_{nth}.log"];
                (dice.one_of(&["", "port ", "localhost:"]), file(has_two_runs, &files, dice))
            }
        };
        let of_files: Vec<String> = match file.contains("{nth}") {
            true => (1..=machines).map(|nth| nth.to_string()).collect(),
            false => names.clone(),
        };
        let file = file.replace("{nth}", "{name}");
        let runs = if has_two_runs { vec!["1", "2"] } else { vec!["2"] };
        Names { machines: names, noun, file, of_files, runs }
    }

    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The path of a machine's log in a run.
    pub fn path(&self, run: usize, machine: usize) -> String {
        self.file.replace("{run}", self.runs[run]).replace("{name}", &self.of_files[machine])
    }

    /// The path of a log of all machines.
    pub fn path_of_all(&self, run: usize) -> String {
        format!("logs/run{}.log", self.runs[run])
    }
}

const FILES: [&str; 9] = [
    "logs/machine_{name}.log",
    "logs/vm{name}.txt",
    "log_{name}.csv",
    "exp3/run_{run}/process-{name}.log",
    "trial{run}_vm_{name}.log",
    "logs/2025-03-03_10-11-12/node{name}.log",
    "{name}_machine.log",
    "c{name}/events.log",
    "results/Machine{name}_log",
];

fn file(has_two_runs: bool, of_one: &[&str], dice: &mut Dice) -> String {
    let file = dice.one_of(of_one);
    if !has_two_runs || file.contains("{run}") {
        return file.to_owned();
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    if file.starts_with("c{name}") {
        return format!("run{{run}}/{file}");
    }
    format!("{}{name}", dice.one_of(&["run{run}/", "experiments/trial_{run}/", "run{run}_"]))
}
