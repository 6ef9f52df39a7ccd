//! Parquet files, read again to see what is in them.

use std::fs::File;

use polars::prelude::{DataFrame, PolarsResult};
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};

/// What a Parquet file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParquetContent {
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    pub rows: u64,
    /// The sum of one column's numbers, of which the lowest 64 bits are kept.
    pub sum: u64,
}

/// Reads every column of a file, piece by piece, and adds up the numbers of one.
pub fn parquet_content(file: &File, summed: &str) -> PolarsResult<ParquetContent> {
    const ROWS_AT_ONCE: usize = 1 << 20;
    /// Fewer are read by one thread.
    const ROWS_ALONE_MAX: usize = 1 << 13;
    let mut reader = ParquetReader::new(file.try_clone()?);
    let columns = reader.schema()?.iter().map(|(name, _)| name.to_string()).collect();
    let rows = reader.num_rows()?;
    let metadata = reader.get_metadata()?.clone();
    let mut content = ParquetContent { columns, rows: 0, sum: 0 };
    for start in (0..rows).step_by(ROWS_AT_ONCE) {
        let mut reader = ParquetReader::new(file.try_clone()?);
        reader.set_metadata(metadata.clone());
        if rows < ROWS_ALONE_MAX {
            reader = reader.read_parallel(ParallelStrategy::None);
        }
        let piece: DataFrame = reader.with_slice(Some((start, ROWS_AT_ONCE))).finish()?;
        content.rows += piece.height() as u64;
        let numbers = piece.column(summed)?.u64()?;
        content.sum = numbers.iter().flatten().fold(content.sum, u64::wrapping_add);
    }
    Ok(content)
}
