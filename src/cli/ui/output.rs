//! Where a command's data goes: standard output, a file, a pipe.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use labctl::files::atomic::{FileBeside, folder_of};
use labctl::store::{MANIFEST_FILE, PLAN_FILE};

/// The file that is asked for by `-o`; `-` is standard output, as without it.
pub fn file_of(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| *path != Path::new("-"))
}

/// Whether data for programs would go to a terminal, where nobody asked for it by
/// `-o -`. What every command with `-o` does not do.
pub fn would_flood(output: Option<&Path>) -> bool {
    output.is_none() && io::stdout().is_terminal()
}

/// Refuses `-` where files go into a folder.
pub fn folder(text: &str) -> Result<PathBuf, String> {
    match text {
        "-" => Err("several files go there, which standard output cannot take; name a folder".to_owned()),
        _ => Ok(PathBuf::from(text)),
    }
}

/// Standard output, until its reader has seen enough; that is no error.
pub struct UntilClosed<W>(pub Option<W>);

impl<W: Write> UntilClosed<W> {
    fn attempt<T>(&mut self, closed: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        let Some(out) = &mut self.0 else { return Ok(closed) };
        match act(out) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.0 = None;
                Ok(closed)
            }
            outcome => outcome,
        }
    }
}

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
}

/// Data that is written where nobody sees it, and can be read again, until it is
/// complete. Then a file is renamed into its place; a pipe or a device, which a
/// rename would replace, and standard output take what it holds.
#[derive(Debug)]
pub struct Draft {
    place: Option<PathBuf>,
    /// Beside its place, where that is to be a plain file.
    beside: Option<FileBeside>,
    file: File,
}

impl Draft {
    /// Begins a draft for `place`, or for standard output. Whatever a run or a
    /// sweep left is no place for it.
    pub fn begin(place: Option<&Path>) -> anyhow::Result<Draft> {
        let place = place.map(Path::to_owned);
        let Some(path) = place.as_deref().filter(|path| !is_stream(path)) else {
            let file = tempfile::tempfile().context("cannot write a temporary file")?;
            return Ok(Draft { place, beside: None, file });
        };
        let failed = || format!("cannot write {}", path.display());
        if belongs_to_results(path) {
            bail!(
                "{}: it belongs to a run or a sweep, and results are never overwritten; choose another name by -o",
                failed()
            );
        }
        let beside = FileBeside::begin(path).with_context(failed)?;
        let file = beside.file().try_clone().with_context(failed)?;
        Ok(Draft { place, beside: Some(beside), file })
    }

    /// Where to write.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// What is written, from its start.
    pub fn read(&self) -> io::Result<BufReader<&File>> {
        (&self.file).rewind()?;
        Ok(BufReader::new(&self.file))
    }

    /// What it is for, as errors tell it.
    pub fn failed(&self) -> String {
        let place = self.place.as_ref().map(|path| path.display().to_string());
        format!("cannot write {}", place.as_deref().unwrap_or("to standard output"))
    }

    /// Puts it into its place.
    pub fn finish(self) -> anyhow::Result<()> {
        let failed = self.failed();
        self.put().context(failed)
    }

    fn put(self) -> anyhow::Result<()> {
        match (self.beside, self.place) {
            (Some(beside), Some(place)) => {
                beside.put_into(&place)?;
            }
            (_, place) => {
                (&self.file).rewind()?;
                let out: Box<dyn Write> = match place {
                    Some(place) => Box::new(File::options().write(true).open(place)?),
                    None => Box::new(io::stdout().lock()),
                };
                let mut out = UntilClosed(Some(out));
                io::copy(&mut &self.file, &mut out)?;
                out.flush()?;
            }
        }
        Ok(())
    }
}

/// Whether it is there, in the folder of a run or a sweep.
fn belongs_to_results(path: &Path) -> bool {
    let in_its_folder = |file| folder_of(path).join(file).exists();
    path.exists() && [MANIFEST_FILE, PLAN_FILE].iter().any(in_its_folder)
}

fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}
