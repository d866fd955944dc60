//! What the domain refuses or fails at. The text is for the client; sources are for the log.

use crate::sop::ContentRefusal;

/// An error of the domain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something given breaks a rule; the text names it and the rule.
    #[error("{0}")]
    Invalid(String),
    /// What a step is to send breaks a rule.
    #[error("{0}")]
    Content(ContentRefusal),
    /// Something named does not exist in this company; the text names it.
    #[error("{0}")]
    NotFound(String),
    /// It cannot be done in the present state; the text says why.
    #[error("{0}")]
    Conflict(String),
    /// It belongs to others; the text says what.
    #[error("{0}")]
    Forbidden(String),
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] store::Error),
    /// WeCom refused or could not be reached.
    #[error("{0}")]
    WeCom(#[from] wecom::Error),
    /// A stored secret cannot be decrypted with this master key.
    #[error("{what} cannot be decrypted: this is not the master key it was encrypted with")]
    WrongMasterKey {
        /// Whose secret it is.
        what: String,
    },
    /// A file is not the one that was meant: its digest is another.
    #[error("the file's MD5 is {md5}")]
    OtherFile {
        /// The digest of the file that was found, 32 hex digits.
        md5: String,
    },
    /// What a message carries could not be made ready for WeCom; the text names the file. Final: it will
    /// never be, else a later try may do.
    #[error("{what}")]
    Attachment {
        /// Which file, and why.
        what: String,
        /// Whether it will be the same however often it is tried.
        is_final: bool,
    },
    /// The folder of files failed.
    #[error("{what}: {source}")]
    Files {
        /// What could not be done.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A row holds what the program never wrote.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
}
