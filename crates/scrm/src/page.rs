//! A page of a list, as asked for.

/// Which page of what size; both at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub no: u32,
    /// Rows a page.
    pub size: u32,
}

impl Page {
    /// Rows before this page.
    pub fn offset(self) -> i64 {
        i64::from(self.no.saturating_sub(1)) * i64::from(self.size)
    }
}
