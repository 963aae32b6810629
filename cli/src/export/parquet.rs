//! The lines of a statement as Parquet: texts, and amounts as decimals, so that nothing is rounded.

use std::path::Path;
use std::sync::Arc;

use carepact::statement::StatementLine;
use carepact::{Diagnostic, Exact, Statement};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use crate::files::{self, NewFile};

/// Digits of a decimal in a machine integer.
const DIGITS: i32 = 18;

/// A column of text: its name, and what stands in it.
type Text = (&'static str, fn(&StatementLine) -> String);

/// The columns of text; the amount follows them.
const TEXTS: [Text; 13] = [
    ("id", |line| line.id.clone()),
    ("clause", |line| line.clause.clone()),
    ("title", |line| line.title.clone()),
    ("kind", |line| line.kind.to_string()),
    ("type", |line| line.line_type.words().to_string()),
    ("period", |line| line.period.clone()),
    ("members", |line| members(line)),
    ("payer", |line| line.payer.clone()),
    ("payee", |line| line.payee.clone()),
    ("through", |line| line.through.clone().unwrap_or_default()),
    ("status", |line| line.status.to_string()),
    ("data", |line| line.data.word().to_string()),
    ("due", |line| line.due.map_or(String::new(), |due| due.to_string())),
];

fn members(line: &StatementLine) -> String {
    let members = line.members.iter().map(|(_, member, _)| member.as_str());
    members.chain(line.holder.as_deref()).collect::<Vec<_>>().join(":")
}

/// Writes the lines to a file that is not there yet.
pub fn write(file: &Path, statement: &Statement<'_>) -> Result<(), Diagnostic> {
    let places = statement.model().contract().minor_places;
    let unit = Exact::scaled(1, places);
    let whole = |amount: &Exact| amount.checked_div(&unit).and_then(|minor| minor.to_i64());
    let amounts: Option<Vec<i64>> = statement.lines().iter().map(|line| whole(&line.amount)).collect();
    let Some(amounts) = amounts else {
        let found = "an amount has more than eighteen digits".to_string();
        return Err(files::problem(&files::UNWRITABLE, found, "write the statement as CSV"));
    };
    let refuse = |error: ParquetError| files::unwritable(file, &error);
    let schema = schema(places).map_err(refuse)?;
    let properties = Arc::new(WriterProperties::builder().build());
    let writer = SerializedFileWriter::new(NewFile::create(file)?, schema, properties).map_err(refuse)?;
    let finished = written(writer, statement, &amounts).map_err(refuse)?;
    finished.finish()
}

fn schema(places: u32) -> Result<Arc<Type>, ParquetError> {
    let text = |name: &str| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::String))
            .build()
    };
    let scale = i32::try_from(places).unwrap_or(0);
    let amount = Type::primitive_type_builder("amount", Physical::INT64)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::decimal(scale, DIGITS)))
        .with_precision(DIGITS)
        .with_scale(scale)
        .build();
    let columns = TEXTS.iter().map(|(name, _)| text(name)).chain([amount]);
    let columns: Result<Vec<Arc<Type>>, ParquetError> = columns.map(|column| column.map(Arc::new)).collect();
    Type::group_type_builder("statement").with_fields(columns?).build().map(Arc::new)
}

fn written(
    mut writer: SerializedFileWriter<NewFile>,
    statement: &Statement<'_>,
    amounts: &[i64],
) -> Result<NewFile, ParquetError> {
    let mut group = writer.next_row_group()?;
    for (_, text) in TEXTS {
        let Some(mut column) = group.next_column()? else { break };
        let texts: Vec<ByteArray> =
            statement.lines().iter().map(|line| ByteArray::from(text(line).into_bytes())).collect();
        column.typed::<ByteArrayType>().write_batch(&texts, None, None)?;
        column.close()?;
    }
    if let Some(mut column) = group.next_column()? {
        column.typed::<Int64Type>().write_batch(amounts, None, None)?;
        column.close()?;
    }
    group.close()?;
    writer.into_inner()
}
