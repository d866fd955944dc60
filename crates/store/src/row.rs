//! Reading one row of a result, whichever database it came from.

use crate::Error;

/// A row, valid while the reading closure runs.
pub struct Row<'a>(pub(crate) RowOf<'a>);

pub(crate) enum RowOf<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The column at `index` from 0; [`Error::Column`] when it holds something else.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T, Error> {
        T::from_column(self, index)
    }
}

/// A type that a column can be read as.
pub trait FromColumn: Sized {
    /// Reads the column at `index`.
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self, Error>;
}

macro_rules! columns {
    ($($type:ty),*) => {$(
        impl FromColumn for $type {
            fn from_column(row: &Row<'_>, index: usize) -> Result<Self, Error> {
                read(row, index)
            }
        }
        impl FromColumn for Option<$type> {
            fn from_column(row: &Row<'_>, index: usize) -> Result<Self, Error> {
                read(row, index)
            }
        }
    )*};
}

columns!(i64, bool, f64, String, Vec<u8>);

impl<const N: usize> FromColumn for [u8; N] {
    fn from_column(row: &Row<'_>, index: usize) -> Result<Self, Error> {
        let bytes = match row.0 {
            RowOf::Sqlite(row) => row.get_ref(index).ok().and_then(|value| value.as_blob().ok()),
            RowOf::Postgres(row) => row.try_get(index).ok(),
        };
        let bytes: Option<&[u8]> = bytes;
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| column_error::<Self>(index))
    }
}

fn read<T>(row: &Row<'_>, index: usize) -> Result<T, Error>
where
    T: rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a>,
{
    let value = match row.0 {
        RowOf::Sqlite(row) => row.get(index).ok(),
        RowOf::Postgres(row) => row.try_get(index).ok(),
    };
    value.ok_or_else(|| column_error::<T>(index))
}

fn column_error<T>(index: usize) -> Error {
    Error::Column { index, expected: std::any::type_name::<T>() }
}
