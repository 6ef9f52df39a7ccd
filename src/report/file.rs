//! A report as a file; as Markdown with its charts in a folder beside it.

use std::io::Read;
use std::path::Path;

use super::{Document, GENERATOR, html, markdown};
use crate::charts::{Format, PageError};
use crate::error_kind::{ErrorKind, HasKind};
use crate::files::regular::open_regular;
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
}

impl HasKind for WriteError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Failed
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
        write_file(path, page.as_bytes())?;
        Ok(page.len())
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

/// A name as the target of a link.
fn link(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}
