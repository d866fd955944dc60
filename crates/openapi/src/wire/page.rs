//! Pages of results: pageNo and pageSize in, the counts and the rows out.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Integer, Optional};

/// Counts from 1.
pub(crate) type PageNo = Integer<1, { u32::MAX as i64 }>;
/// Rows of a page.
pub(crate) type PageSize = Integer<1, 200>;

/// The page asked for: the first one, of 10 rows, unless said otherwise.
pub(crate) fn page(no: Optional<PageNo>, size: Optional<PageSize>) -> scrm::Page {
    let within_u32 = |number: i64| u32::try_from(number).expect("the type's bounds are u32");
    scrm::Page {
        no: no.0.map_or(1, |no| within_u32(no.get())),
        size: size.0.map_or(10, |size| within_u32(size.get())),
    }
}

/// A page of rows with the true counts, also after the last page.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct PageOf<T> {
    /// Rows in all.
    total_count: i64,
    /// Pages in all, 0 when there is no row.
    total_page: i64,
    /// The page, as asked.
    page_no: u32,
    /// The page size, as asked.
    page_size: u32,
    /// The rows of this page.
    result: Vec<T>,
}

impl<T> PageOf<T> {
    /// A page of `n_total` rows.
    pub(crate) fn new(page: scrm::Page, n_total: i64, result: Vec<T>) -> Self {
        let size = i64::from(page.size);
        Self {
            total_count: n_total,
            total_page: (n_total + size - 1) / size,
            page_no: page.no,
            page_size: page.size,
            result,
        }
    }
}
