//! Parquet: a column of decimals for each draw and amount, kept as whole numbers, so that nothing is
//! rounded.

use std::path::Path;
use std::sync::Arc;

use carepact::{Diagnostic, Exact};
use carepact_scenarios::Block;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::Int64Type;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::raw::Column;
use crate::files::{self, NewFile};

/// Scenarios that are written together.
const ROWS_TOGETHER: usize = 8192;

/// Digits of a decimal in a machine integer.
const DIGITS: i32 = 18;

/// Rows on their way into a file.
pub struct ParquetRows {
    writer: SerializedFileWriter<NewFile>,
    name: std::path::PathBuf,
    /// By how much each column's numbers are multiplied: its step in units of its last decimal place.
    factors: Vec<i64>,
    /// The scenario, then each column.
    waiting: Vec<Vec<i64>>,
}

/// Decimal places of a step, and how many units of the last place it is.
fn decimal(step: &Exact) -> (usize, i64) {
    let places = step.decimal_places().unwrap_or(0);
    let scaled = step * &(0..places).fold(Exact::ONE, |power, _| &power * &Exact::from(10));
    (places, scaled.to_i64().unwrap_or(1))
}

fn whole(name: &str, places: Option<usize>) -> Result<Arc<Type>, ParquetError> {
    let builder = Type::primitive_type_builder(name, Physical::INT64).with_repetition(Repetition::REQUIRED);
    let built = match places.and_then(|places| i32::try_from(places).ok()).filter(|places| *places > 0) {
        None => builder.build(),
        Some(scale) => builder
            .with_logical_type(Some(LogicalType::decimal(scale, DIGITS)))
            .with_precision(DIGITS)
            .with_scale(scale)
            .build(),
    };
    built.map(Arc::new)
}

impl ParquetRows {
    /// Begins a file that is not there yet.
    pub fn create(file: &Path, columns: &[Column]) -> Result<ParquetRows, Diagnostic> {
        let refuse = |error: ParquetError| files::unwritable(file, &error);
        let decimals: Vec<(usize, i64)> = columns.iter().map(|column| decimal(&column.step)).collect();
        let named =
            columns.iter().zip(&decimals).map(|(column, (places, _))| whole(&column.name, Some(*places)));
        let fields: Result<Vec<Arc<Type>>, ParquetError> =
            [whole("scenario", None)].into_iter().chain(named).collect();
        let schema = Type::group_type_builder("scenarios").with_fields(fields.map_err(refuse)?).build();
        let properties = Arc::new(WriterProperties::builder().build());
        let schema = Arc::new(schema.map_err(refuse)?);
        let writer = SerializedFileWriter::new(NewFile::create(file)?, schema, properties).map_err(refuse)?;
        Ok(ParquetRows {
            writer,
            name: file.to_path_buf(),
            factors: decimals.into_iter().map(|(_, factor)| factor).collect(),
            waiting: vec![Vec::new(); columns.len() + 1],
        })
    }

    /// Adds the scenarios of a block.
    pub fn add(&mut self, block: &Block) -> Result<(), Diagnostic> {
        let last = block.first + block.count as u64;
        self.waiting[0].extend((block.first..last).filter_map(|number| i64::try_from(number).ok()));
        let numbers = block.facts.columns.iter().chain(&block.amounts);
        for ((column, numbers), factor) in self.waiting[1..].iter_mut().zip(numbers).zip(&self.factors) {
            column.extend(numbers.iter().map(|number| number * factor));
        }
        if self.waiting[0].len() >= ROWS_TOGETHER { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Diagnostic> {
        let written = self.written();
        written.map_err(|error| files::unwritable(&self.name, &error))
    }

    fn written(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.waiting {
            let Some(mut writer) = group.next_column()? else { break };
            writer.typed::<Int64Type>().write_batch(column, None, None)?;
            writer.close()?;
            column.clear();
        }
        group.close().map(|_| ())
    }

    /// Ends the file and gives it its name.
    pub fn finish(mut self) -> Result<(), Diagnostic> {
        if !self.waiting[0].is_empty() {
            self.write()?;
        }
        let name = self.name;
        let file = self.writer.into_inner().map_err(|error| files::unwritable(&name, &error))?;
        file.finish()
    }
}
