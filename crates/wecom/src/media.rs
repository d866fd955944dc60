//! Files given to WeCom, to be sent by id or by URL. [D90253][D90256]
//!
//! A media id lasts for three days and is good for every app of the corp; an address from
//! [`upload_image`] lasts for ever. Uploading is never repeated here: a second time costs quota,
//! and what a lost answer has uploaded is forgotten by WeCom after three days.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{Client, Error, call::Call, lenient};

mod multipart;

/// A media id is good for this long, in seconds.
pub const MEDIA_LIFE_S: i64 = 3 * 86_400;
/// A picture for [`upload_image`] has at most this many bytes.
pub const MAX_PERMANENT_IMAGE_BYTES: usize = 2 * MIB;

const MIB: usize = 1024 * 1024;

/// Uploads a file and answers its media id. [D90253]
///
/// 40004 to 40006 when the kind or the size is wrong, 45001 when it is too large, 44001 when
/// nothing arrived. A file beyond the limits of its [`MediaKind`], of less than 6 bytes, or with a
/// name that is empty or has control characters is not sent.
pub async fn upload(client: &Client, kind: MediaKind, file: &MediaFile) -> Result<Media, Error> {
    if !(MIN_BYTES..=kind.max_bytes()).contains(&file.bytes.len()) {
        return Err(Error::not_sent(&UPLOAD, "the file is too small or too large for its kind"));
    }
    post(client, &UPLOAD, &[("type", kind.name())], file).await
}

/// Uploads a picture and answers its URL, which never expires and works inside WeCom only.
/// [D90256]
///
/// At most 1000 a day and 3000 a month per corp (45009). A picture of less than 5 bytes or beyond
/// [`MAX_PERMANENT_IMAGE_BYTES`] is not sent, nor one with a bad name.
pub async fn upload_image(client: &Client, file: &MediaFile) -> Result<String, Error> {
    if !(5..=MAX_PERMANENT_IMAGE_BYTES).contains(&file.bytes.len()) {
        return Err(Error::not_sent(&UPLOAD_IMAGE, "the picture has not 5 bytes to 2 MiB"));
    }
    let ImageReply { url } = post(client, &UPLOAD_IMAGE, &[], file).await?;
    Ok(url)
}

/// What a file is uploaded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// JPG or PNG, up to 10 MiB.
    Image,
    /// AMR, up to 2 MiB and 60 s.
    Voice,
    /// MP4, up to 10 MiB.
    Video,
    /// Anything, up to 20 MiB.
    File,
}

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// What receivers see. `"` becomes `'` and `\` becomes `_`, since WeCom knows no way to write
    /// them.
    pub name: String,
    /// Such as `image/png`.
    pub content_type: String,
    /// What is in it.
    pub bytes: Bytes,
}

/// A file that WeCom has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Good for [`MEDIA_LIFE_S`].
    #[serde(deserialize_with = "lenient::key")]
    pub media_id: String,
    /// Unix seconds, as text in WeCom's own documentation; 0 when it is not told.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
}

impl MediaKind {
    fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::File => "file",
        }
    }

    /// How large a file of this kind may be.
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Voice => 2 * MIB,
            Self::Image | Self::Video => 10 * MIB,
            Self::File => 20 * MIB,
        }
    }
}

const UPLOAD: Call = Call::write("media/upload");
const UPLOAD_IMAGE: Call = Call::write("media/uploadimg");
/// The documentation wants more than 5.
const MIN_BYTES: usize = 6;

async fn post<T: serde::de::DeserializeOwned>(
    client: &Client,
    call: &Call,
    query: &[(&str, &str)],
    file: &MediaFile,
) -> Result<T, Error> {
    let form = multipart::form(file).map_err(|reason| Error::not_sent(call, reason))?;
    client.upload(call, query, &form.content_type, form.body).await
}

#[derive(Deserialize)]
struct ImageReply {
    #[serde(deserialize_with = "lenient::key")]
    url: String,
}

#[cfg(test)]
mod tests;
