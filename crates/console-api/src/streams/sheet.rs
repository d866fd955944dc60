//! Spreadsheets, written row by row so that memory stays as it is however many there are.

use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;

/// Rows below the heading, at most: Excel takes 1,048,576 in all.
const MAX_ROWS: u32 = 1_000_000;

/// A column: its heading, and its width in characters.
pub(super) type Column = (&'static str, u16);
/// A row: one text a column. Texts are texts, never formulas.
pub(super) type Row = Vec<String>;

/// Writes the rows that come until there are no more, on a thread that may block. How many there were.
pub(super) fn write(
    path: &Path,
    name: &str,
    columns: &[Column],
    mut parts: mpsc::Receiver<Vec<Row>>,
) -> Result<usize, XlsxError> {
    let mut book = Workbook::new();
    let mut sheet = begin(&mut book, name, columns)?;
    let (mut n_rows, mut row_no) = (0, 0);
    while let Some(part) = parts.blocking_recv() {
        for row in part {
            if row_no == MAX_ROWS {
                let name = format!("{name} {}", n_rows / MAX_ROWS as usize + 1);
                sheet = begin(&mut book, &name, columns)?;
                row_no = 0;
            }
            row_no += 1;
            for (column, text) in (0..).zip(&row) {
                sheet.write_string(row_no, column, text)?;
            }
            n_rows += 1;
        }
    }
    book.save(path)?;
    Ok(n_rows)
}

fn begin<'a>(
    book: &'a mut Workbook,
    name: &str,
    columns: &[Column],
) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (place, (heading, width)) in (0..).zip(columns) {
        sheet.set_column_width(place, *width)?;
        sheet.write_string_with_format(0, place, *heading, &bold)?;
    }
    Ok(sheet)
}
