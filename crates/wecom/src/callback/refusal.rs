//! Why a delivery is not believed.

/// Why a delivery is refused.
///
/// Anybody can send one, so this contains nothing of it, nor of the errors of the parsers, which
/// quote what they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is larger than [`super::MAX_BODY_BYTES`], or has too many elements.
    #[error("the callback is too large")]
    TooLarge,
    /// Signed with another token, or changed on the way, or not by WeCom at all.
    #[error("the callback's signature is wrong")]
    WrongSignature,
    /// The XML, the base64 or the text is not what it should be.
    #[error("the callback cannot be read: {0}")]
    Malformed(&'static str),
    /// Encrypted with another key, or damaged.
    #[error("the callback cannot be decrypted: {0}")]
    Undecryptable(&'static str),
    /// Well encrypted, but for another corp.
    #[error("the callback is meant for another receiver")]
    WrongReceiver,
}
