//! A rule about the files of a run: they are as the run left them.

use super::context::Context;
use super::finding::Findings;
use super::{Evidence, Rule};
use crate::model::event::MachineId;

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
    /// Its line ends became those of Windows, and nothing else of it changed.
    LineEnds,
    Removed,
    Added,
}

pub(super) static FILES_UNCHANGED: Rule = Rule {
    id: "files-unchanged",
    rests_on: Evidence::Files,
    reason: "the files of a run are as the run left them",
    page: "\
The manifest of a run keeps the SHA-256 checksum of each of its other files. A file with another checksum
was edited, cut, or copied from another run, even where no other rule can tell. Where its line ends alone
are others (CRLF), as an editor or a checkout on Windows leaves them, that is said. A log that the manifest
names must be there, and a log that is there be named, unless it is that of a program written by somebody
else.

Tables that can be made again from the logs may be deleted.

Without a manifest nothing is known, and the verdict says so. Whoever edits a log and its manifest alike
escapes this rule: it guards against accidents, not against forgery.",
    check: files_unchanged,
};

fn files_unchanged(context: &Context<'_>, findings: &mut Findings) {
    let Some(declared) =
        context.declared.filter(|declared| declared.has_manifest || !declared.changed_files.is_empty())
    else {
        return findings.unknown("there is no manifest with checksums");
    };
    let Some(first) = context.machines().first() else { return };
    // The log of a program written by somebody else is put there after the run.
    let is_foreign = |machine: Option<MachineId>| {
        machine.and_then(|id| context.history.machine(id)).is_some_and(|machine| context.is_foreign(machine))
    };
    for ChangedFile { name, machine, change } in &declared.changed_files {
        if *change == Change::Added && is_foreign(*machine) {
            continue;
        }
        let tell = || match change {
            Change::Edited => {
                format!("{name} was changed after the run: it has not its checksum of the manifest")
            }
            Change::LineEnds => format!(
                "{name} differs in its line ends alone (CRLF): it was saved or checked out as on Windows"
            ),
            Change::Removed => format!("{name} is in the manifest, and not in the folder of the run"),
            Change::Added => format!("{name} is no file of this run: the manifest has no checksum of it"),
        };
        match machine.filter(|id| context.history.machine(*id).is_some()) {
            Some(machine) => findings.add(machine, 0, || (tell(), Vec::new())),
            // What is no log, or gone, has no place in any.
            None => findings.add_file(first.id(), name, tell),
        }
    }
}
