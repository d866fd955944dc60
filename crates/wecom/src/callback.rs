//! What WeCom sends on its own: URL verification and events, signed and encrypted. [D90238][D90968]
//!
//! Everything here is a function of bytes: it checks, decrypts and reads, or the same backwards
//! for a simulator and for replies. A caller that answers WeCom has 5 s, so it stores the text
//! that [`open`] gives and [`read()`]s it later. The random bytes inside differ from delivery to
//! delivery, so a repeated event is known by its plaintext and never by its ciphertext.
//!
//! What never happens here: no call is made, nothing is stored, no refusal contains anything of
//! what came, and an event that nobody knows is no error but [`Event::Other`].

mod crypt;
mod envelope;
mod event;
mod read;
mod receiver;
mod refusal;
mod signature;
mod xml;

pub use envelope::Sealed;
pub use event::{
    ContactChange, CustomerChange, Event, GroupChange, Notice, SOURCE_DELETE_BY_TRANSFER,
    TAG_TYPE_GROUP, TAG_TYPE_TAG, TagChange, UpdateDetail,
};
pub use read::read;
pub use receiver::{BadReceiver, Receiver};
pub use refusal::Refusal;

use envelope::Envelope;

/// A body or an echo larger than this many bytes is refused unread; real ones have some kilobytes.
pub const MAX_BODY_BYTES: usize = 512 * 1024;

/// What stands in the query of every delivery, URL-decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'a> {
    /// 40 lower-case hexadecimal digits.
    pub msg_signature: &'a str,
    /// Unix seconds as text; signed as it stands.
    pub timestamp: &'a str,
    /// Any text; signed as it stands.
    pub nonce: &'a str,
}

/// The answer to WeCom's `GET` that verifies the URL: this text and nothing around it, within 1 s.
/// [D90968]
///
/// `echostr` must be URL-decoded: a `+` in it comes as `%2B`.
pub fn verify_url(
    receiver: &Receiver,
    signed: &Signed<'_>,
    echostr: &str,
) -> Result<String, Refusal> {
    if echostr.len() > MAX_BODY_BYTES {
        return Err(Refusal::TooLarge);
    }
    receiver.open(signed, echostr)
}

/// The XML inside the body of WeCom's `POST`, checked and decrypted; [`read()`] understands it.
///
/// The signature is compared before anything is decrypted, and the receiver's id after that.
/// Whether the delivery is a repetition is for the caller to find out.
pub fn open(receiver: &Receiver, signed: &Signed<'_>, body: &[u8]) -> Result<String, Refusal> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Refusal::TooLarge);
    }
    let body = std::str::from_utf8(body).map_err(|_| Refusal::Malformed("not UTF-8"))?;
    let Envelope { encrypt } = Envelope::read(body)?;
    receiver.open(signed, &encrypt)
}

/// Encrypts and signs `plaintext` as WeCom does: for a simulator, or for a passive reply.
///
/// `random` must come from a good source for each text anew, `timestamp_s` is Unix seconds, and
/// `nonce` must be fit for XML and a URL without escaping.
pub fn seal(
    receiver: &Receiver,
    plaintext: &str,
    random: [u8; 16],
    timestamp_s: i64,
    nonce: &str,
) -> Sealed {
    receiver.seal(plaintext, random, timestamp_s, nonce)
}

#[cfg(test)]
mod tests;
