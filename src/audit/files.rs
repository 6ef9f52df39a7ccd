//! A rule about the files of a run: they are as the run left them.

use super::Rule;
use super::case::Case;
use super::finding::Findings;
use crate::event::MachineId;

/// A file of a run that is not as its manifest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    pub name: String,
    /// Whose log it is, if it is one.
    pub machine: Option<MachineId>,
    pub change: Change,
}

/// What became of a file after the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Its checksum is another one.
    Edited,
    Removed,
    Added,
}

pub(super) static FILES_UNCHANGED: Rule = Rule {
    id: "files-unchanged",
    reason: "the files of a run are as the run left them",
    page: "\
The manifest of a run keeps the SHA-256 checksum of each of its other files. A file with another checksum
was edited, saved by an editor that changes line ends, cut, or copied from another run, even where no
other rule can tell. A log that the manifest names must be there, and a log that is there be named.

Tables that can be made again from the logs may be deleted.

Without a manifest nothing is known, and the verdict says so. Whoever edits a log and its manifest alike
escapes this rule: it guards against accidents, not against forgery.",
    check: files_unchanged,
};

fn files_unchanged(case: &Case<'_>, findings: &mut Findings) {
    let Some(stated) = case.stated else {
        return findings.unknown("there is no manifest with checksums");
    };
    let Some(first) = case.machines().first() else { return };
    for ChangedFile { name, machine, change } in &stated.changed_files {
        // A log that is gone has no place of its own.
        let machine = machine.filter(|id| case.history.machine(*id).is_some()).unwrap_or(first.id());
        findings.add(machine, 0, || {
            let text = match change {
                Change::Edited => {
                    format!("{name} was changed after the run: it has not its checksum of the manifest")
                }
                Change::Removed => format!("{name} is in the manifest, and not in the folder of the run"),
                Change::Added => format!("{name} is no file of this run: the manifest has no checksum of it"),
            };
            (text, Vec::new())
        });
    }
}
