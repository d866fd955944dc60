//! The library of files: pictures, videos and files that messages carry.

mod format;

use serde::{Deserialize, Serialize};

use crate::FileId;
pub use format::Format;

/// A file has at least this many bytes: WeCom wants more than 5 [D90253].
pub const MIN_BYTES: usize = 6;

/// A file of the library as a content item names it; what it says of the file does not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Which file.
    pub file_id: FileId,
    /// What receivers see.
    pub name: String,
    /// What it is, by its content.
    pub format: Format,
    /// Its length.
    pub n_bytes: u64,
}
