//! Parquet: a column of decimals for each draw and amount, kept as whole numbers, so that nothing is
//! rounded.

use std::path::Path;
use std::sync::Arc;

use carepact::{Diagnostic, Exact};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::raw::{Layout, Rows};
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
    scenarios: Vec<i64>,
    /// Of a party that is many.
    holders: Option<Vec<ByteArray>>,
    columns: Vec<Waiting>,
}

/// A column on its way.
struct Waiting {
    numbers: Vec<i64>,
    /// For each row 1, or 0 where there is no number; nothing where there always is one.
    there: Option<Vec<i16>>,
}

/// Decimal places of a step, and how many units of the last place it is.
fn decimal(step: &Exact) -> (usize, i64) {
    let places = step.decimal_places().unwrap_or(0);
    let scaled = step * &(0..places).fold(Exact::ONE, |power, _| &power * &Exact::from(10));
    (places, scaled.to_i64().unwrap_or(1))
}

fn whole(name: &str, places: Option<usize>, always: bool) -> Result<Arc<Type>, ParquetError> {
    let repetition = if always { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    let builder = Type::primitive_type_builder(name, Physical::INT64).with_repetition(repetition);
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

fn text(name: &str) -> Result<Arc<Type>, ParquetError> {
    let builder = Type::primitive_type_builder(name, Physical::BYTE_ARRAY);
    let builder = builder.with_repetition(Repetition::REQUIRED).with_logical_type(Some(LogicalType::String));
    builder.build().map(Arc::new)
}

impl ParquetRows {
    /// Begins a file that is not there yet.
    pub fn create(file: &Path, layout: &Layout) -> Result<ParquetRows, Diagnostic> {
        let refuse = |error: ParquetError| files::unwritable(file, &error);
        let decimals: Vec<(usize, i64)> = layout.columns.iter().map(|column| decimal(&column.step)).collect();
        let always = |of_holders: bool| !(of_holders && layout.rest && layout.holders.is_some());
        let named = layout.columns.iter().zip(&decimals);
        let named =
            named.map(|(column, (places, _))| whole(&column.name, Some(*places), always(column.of_holders)));
        let holder = layout.holders.as_ref().map(|_| text("holder"));
        let fields = [whole("scenario", None, true)].into_iter().chain(holder).chain(named);
        let fields: Result<Vec<Arc<Type>>, ParquetError> = fields.collect();
        let schema = Type::group_type_builder("scenarios").with_fields(fields.map_err(refuse)?).build();
        let properties = Arc::new(WriterProperties::builder().build());
        let schema = Arc::new(schema.map_err(refuse)?);
        let writer = SerializedFileWriter::new(NewFile::create(file)?, schema, properties).map_err(refuse)?;
        let columns = layout.columns.iter().map(|column| Waiting {
            numbers: Vec::new(),
            there: (!always(column.of_holders)).then(Vec::new),
        });
        Ok(ParquetRows {
            writer,
            name: file.to_path_buf(),
            factors: decimals.into_iter().map(|(_, factor)| factor).collect(),
            scenarios: Vec::new(),
            holders: layout.holders.as_ref().map(|_| Vec::new()),
            columns: columns.collect(),
        })
    }

    /// Adds the rows of a block.
    pub fn add(&mut self, rows: &Rows<'_>) -> Result<(), Diagnostic> {
        let all = 0..rows.count();
        self.scenarios.extend(all.clone().filter_map(|row| i64::try_from(rows.scenario(row)).ok()));
        if let Some(holders) = &mut self.holders {
            holders.extend(all.clone().map(|row| ByteArray::from(rows.holder(row).unwrap_or_default())));
        }
        for (place, (column, factor)) in self.columns.iter_mut().zip(&self.factors).enumerate() {
            let numbers = all.clone().map(|row| rows.number(place, row));
            if let Some(there) = &mut column.there {
                there.extend(numbers.clone().map(|number| i16::from(number.is_some())));
            }
            column.numbers.extend(numbers.flatten().map(|number| number * factor));
        }
        if self.scenarios.len() >= ROWS_TOGETHER { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Diagnostic> {
        let written = self.written();
        written.map_err(|error| files::unwritable(&self.name, &error))
    }

    fn written(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        let front = Waiting { numbers: std::mem::take(&mut self.scenarios), there: None };
        let mut columns = [&front].into_iter().chain(&self.columns);
        let mut place = 0;
        while let Some(mut writer) = group.next_column()? {
            if let (1, Some(holders)) = (place, &self.holders) {
                writer.typed::<ByteArrayType>().write_batch(holders, None, None)?;
            } else if let Some(column) = columns.next() {
                let there = column.there.as_deref();
                writer.typed::<Int64Type>().write_batch(&column.numbers, there, None)?;
            }
            writer.close()?;
            place += 1;
        }
        group.close()?;
        drop(columns);
        if let Some(holders) = &mut self.holders {
            holders.clear();
        }
        for column in &mut self.columns {
            column.numbers.clear();
            if let Some(there) = &mut column.there {
                there.clear();
            }
        }
        Ok(())
    }

    /// Ends the file and gives it its name.
    pub fn finish(mut self) -> Result<(), Diagnostic> {
        if !self.scenarios.is_empty() {
            self.write()?;
        }
        let name = self.name;
        let file = self.writer.into_inner().map_err(|error| files::unwritable(&name, &error))?;
        file.finish()
    }
}
