//! Events as JSON Lines: an object a line, with a key for each column.

use std::io::{self, Write};

use polars::prelude::{AnyValue, DataFrame, PolarsResult};

use super::EventSink;

/// Events as JSON Lines; what a log does not say is `null`.
pub struct JsonlSink<W: Write> {
    out: W,
}

impl<W: Write> JsonlSink<W> {
    pub fn new(out: W) -> JsonlSink<W> {
        JsonlSink { out }
    }

    fn value(&mut self, value: &AnyValue<'_>) -> io::Result<()> {
        if let Some(text) = value.get_str() {
            return Ok(serde_json::to_writer(&mut self.out, text)?);
        }
        // The columns are numbers and texts, and numbers print as in JSON.
        if value.is_null() { self.out.write_all(b"null") } else { write!(self.out, "{value}") }
    }
}

impl<W: Write> EventSink for JsonlSink<W> {
    fn write(&mut self, batch: &mut DataFrame) -> PolarsResult<()> {
        let columns = batch.columns();
        for row in 0..batch.height() {
            let mut mark = '{';
            for column in columns {
                write!(self.out, "{mark}\"{}\":", column.name())?;
                self.value(&column.get(row)?)?;
                mark = ',';
            }
            writeln!(self.out, "}}")?;
        }
        Ok(())
    }

    fn finish(&mut self) -> PolarsResult<()> {
        Ok(self.out.flush()?)
    }
}
