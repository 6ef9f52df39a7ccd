//! A drawn chart, and the documents made of it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::look::Look;
use super::style::UNITS_A_PIXEL;
use super::{png, theme};
use crate::charts::{ChartError, Format};
use crate::files::atomic::FileBeside;
use crate::files::file_name::file_name;
use crate::parallel;

/// A chart, drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What its file is called, without the extension.
    pub name: String,
    /// What it shows, or what is found in it.
    pub title: String,
    /// Of what it is, and what a reader must know to read it.
    pub description: String,
    /// What a reader must know to read it: the end of the description.
    pub notes: String,
    pub(in crate::charts) look: Look,
    /// The elements of the drawing, their colours as codes.
    pub(in crate::charts) shapes: String,
}

impl Chart {
    /// The chart as a whole SVG document, in the size and theme it was drawn in.
    pub fn svg(&self) -> Result<String, ChartError> {
        let (width, height) = self.look.picture_size();
        let theme = self.look.theme();
        let shapes = theme::colored(&self.shapes, |color| theme::hex(theme.rgb(color)))?;
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"{}\" role=\"img\">\n\
             <title>{}</title>\n<desc>{}</desc>\n{shapes}",
            self.view_box(),
            escaped(&self.title),
            escaped(&self.description)
        ))
    }

    /// The chart as an `<svg>` element to stand in an HTML page: as wide as the
    /// page lets it, reported to those who do not see it, and in colours that the
    /// page decides by [`theme_css`](crate::charts::theme_css). `id` is unique within the
    /// page, of letters, digits and `-`.
    pub fn inline(&self, id: &str) -> Result<String, ChartError> {
        let shapes = theme::colored(&self.shapes, theme::variable)?;
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" class=\"chart\" viewBox=\"{}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{shapes}",
            self.view_box(),
            escaped(&self.title),
            escaped(&self.description)
        ))
    }

    /// The chart as the bytes of a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        png::encode(&self.svg()?, self.look.picture_size())
    }

    fn view_box(&self) -> String {
        let (width, height) = self.look.size();
        format!("0 0 {} {}", width * UNITS_A_PIXEL, height * UNITS_A_PIXEL)
    }

    /// Writes the chart into `folder`, made where it is missing, and says where.
    /// An older chart of the same name is replaced, all at once or not at all.
    pub fn write(&self, folder: &Path, format: Format) -> Result<PathBuf, ChartError> {
        // A name may come from a spec; it never leads into another folder.
        let path = folder.join(format!("{}.{}", file_name(&self.name), format.extension()));
        let bytes = match format {
            Format::Svg => self.svg()?.into_bytes(),
            Format::Png => self.png()?,
        };
        match replace(&path, &bytes) {
            Ok(()) => Ok(path),
            Err(source) => Err(ChartError::Write { path, source }),
        }
    }
}

/// Writes charts into a folder, which is made where it is missing; several at once.
pub fn write(charts: &[Chart], folder: &Path, format: Format) -> Result<(), ChartError> {
    parallel::map(charts, |chart| chart.write(folder, format).map(drop)).into_iter().collect()
}

/// A text as XML has it. Titles are made of words fit to be shown, so nothing
/// in them is forbidden in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Writes beside `path` and renames into place.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = FileBeside::begin(path)?;
    beside.file().write_all(bytes)?;
    beside.put_into(path)
}
