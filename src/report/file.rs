//! A report as a file; as Markdown with its charts in a folder beside it.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::own_paragraphs::{self, NoMarks, Renewed};
use super::{Document, GENERATOR, html, markdown};
use crate::charts::{Format, PageError};
use crate::error_kind::{ErrorKind, HasKind};
use crate::files::regular::{open_regular, read_regular};
use crate::store::{StoreError, write_file};

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFormat {
    Html,
    Markdown,
}

/// A report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Page(#[from] PageError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is not overwritten, as {source}; choose another name, or move it away")]
    NotOurs { path: PathBuf, source: NoMarks },
}

impl HasKind for WriteError {
    fn kind(&self) -> ErrorKind {
        match self {
            WriteError::NotOurs { .. } => ErrorKind::Usage,
            _ => ErrorKind::Failed,
        }
    }
}

impl PageFormat {
    /// The page by itself. Markdown has its charts in files, for which there is no
    /// place then.
    pub fn page(self, document: &Document) -> Result<String, PageError> {
        match self {
            PageFormat::Html => html(document),
            PageFormat::Markdown => markdown(document, None),
        }
    }

    /// Writes the page, and gives the count of its bytes.
    pub fn write(self, document: &Document, path: &Path) -> Result<usize, WriteError> {
        let page = self.page_at(document, path)?;
        write_file(path, page.as_bytes())?;
        Ok(page.len())
    }

    /// The page that will be at `path`; of Markdown the charts are written beside it.
    fn page_at(self, document: &Document, path: &Path) -> Result<String, WriteError> {
        let page = match self {
            PageFormat::Html => html(document)?,
            PageFormat::Markdown => {
                let folder = format!("{}_charts", path.file_stem().unwrap_or_default().to_string_lossy());
                for figure in document.figures() {
                    figure
                        .drawing
                        .wide
                        .write(&path.with_file_name(&folder), Format::Svg)
                        .map_err(PageError::from)?;
                }
                markdown(document, Some(&link(&folder)))?
            }
        };
        Ok(page)
    }

    /// The page of a notebook, as it is before anybody wrote on it.
    pub fn sealed(self, document: &Document) -> Result<String, PageError> {
        self.page(document).map(|page| own_paragraphs::sealed(&page))
    }

    /// Writes the page around the paragraphs that a person wrote on the one that is
    /// there. Gives the parts that were changed by hand, and so are not made anew.
    pub fn write_around(self, document: &Document, path: &Path) -> Result<Vec<String>, WriteError> {
        let there = there(path)?;
        let new = own_paragraphs::sealed(&self.page_at(document, path)?);
        let renewed = match there {
            Some(old) => own_paragraphs::renewed(&old, &new)
                .map_err(|source| WriteError::NotOurs { path: path.to_owned(), source })?,
            None => Renewed { page: new, changed_by_hand: Vec::new() },
        };
        write_file(path, renewed.page.as_bytes())?;
        Ok(renewed.changed_by_hand)
    }
}

/// Whether nothing is there, or a report that was made before.
pub fn may_be_replaced(path: &Path) -> bool {
    const BYTES_LOOKED_AT: u64 = 4096;
    if path.symlink_metadata().is_err() {
        return true;
    }
    let mut start = Vec::new();
    let read = open_regular(path).and_then(|file| file.take(BYTES_LOOKED_AT).read_to_end(&mut start));
    read.is_ok() && String::from_utf8_lossy(&start).contains(GENERATOR)
}

/// Checks that a page can be written at `path` around what is there.
///
/// # Errors
///
/// Something else is there, or cannot be read.
pub fn check_notebook(path: &Path) -> Result<(), WriteError> {
    let Some(old) = there(path)? else { return Ok(()) };
    own_paragraphs::renewed(&old, "")
        .map(|_| ())
        .map_err(|source| WriteError::NotOurs { path: path.to_owned(), source })
}

/// What is at `path`; `None` where nothing is, or nothing is in it.
fn there(path: &Path) -> Result<Option<String>, WriteError> {
    const BYTES_MAX: u64 = 64 << 20;
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let text =
        read_regular(path, BYTES_MAX).and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
    let text = text.map_err(|source| WriteError::Read { path: path.to_owned(), source })?;
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// A name as the target of a link.
fn link(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}
