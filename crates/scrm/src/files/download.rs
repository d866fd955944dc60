//! Files on their way into the library from addresses that callers name. What is fetched for one call is limited
//! together, in time and in bytes, and can be looked at before anything of it is kept.

use super::{File, FileRef, Format, MAX_BYTES, NewFile, check_content, check_name, keep};
use crate::{CorpId, Error, FileId, Scrm};

/// What is fetched for one call takes at most so long together.
pub const MAX_CALL_MS: i64 = 60_000;
/// What is fetched for one call has at most so many bytes together; it stands in memory until all is there.
pub const MAX_CALL_BYTES: usize = 64 << 20;

/// What may still be fetched for one call.
#[derive(Debug)]
pub struct Allowance {
    until_ms: i64,
    left_bytes: usize,
}

impl Allowance {
    /// All of [`MAX_CALL_MS`], from now, and [`MAX_CALL_BYTES`].
    pub fn for_a_call(scrm: &Scrm) -> Self {
        Self { until_ms: scrm.clock.now_ms() + MAX_CALL_MS, left_bytes: MAX_CALL_BYTES }
    }
}

/// What was fetched, and is not kept yet.
#[derive(Debug)]
pub struct Download {
    url: String,
    fetched: ::fetch::Fetched,
}

/// Fetches what is at an address, within what the call may have. [`Error::Invalid`] tells why it cannot be had.
pub async fn download(
    scrm: &Scrm,
    url: &str,
    allowance: &mut Allowance,
) -> Result<Download, Error> {
    let left_ms = u64::try_from(allowance.until_ms - scrm.clock.now_ms()).unwrap_or(0);
    let max_bytes = allowance.left_bytes.min(MAX_BYTES);
    if left_ms == 0 {
        return Err(over_time());
    }
    let time_ms = left_ms.min(scrm.fetch.time_ms);
    let rules = ::fetch::Rules { time_ms, ..scrm.fetch.clone() };
    let fetched = ::fetch::get(&rules, url, max_bytes).await.map_err(|error| match error {
        ::fetch::Error::TooSlow { .. } if time_ms < scrm.fetch.time_ms => over_time(),
        ::fetch::Error::TooLarge { .. } if max_bytes < MAX_BYTES => over_bytes(),
        error => refusal(&error),
    })?;
    allowance.left_bytes -= fetched.bytes.len();
    Ok(Download { url: url.to_owned(), fetched })
}

impl Download {
    /// What the file will be when it is kept under `name`, or else the one in its address; only its number is not
    /// known yet, 0 stands for it.
    pub fn reference(&self, name: Option<&str>) -> FileRef {
        FileRef {
            file_id: FileId(0),
            name: self.name(name).to_owned(),
            format: Format::of(&self.fetched.bytes),
            n_bytes: self.fetched.bytes.len() as u64,
        }
    }

    /// Refuses what [`Download::keep`] would refuse.
    pub fn check(&self, name: Option<&str>, md5: Option<&str>) -> Result<(), Error> {
        check_name(self.name(name))?;
        check_content(&self.fetched.bytes, md5).map(|_| ())
    }

    /// Keeps it, as [`keep`] does.
    pub async fn keep(
        &self,
        scrm: &Scrm,
        corp: CorpId,
        name: Option<&str>,
        md5: Option<&str>,
    ) -> Result<File, Error> {
        let new = NewFile { name: self.name(name), source_url: &self.url, md5 };
        keep(scrm, corp, new, &self.fetched.bytes).await
    }

    fn name<'a>(&'a self, given: Option<&'a str>) -> &'a str {
        let given = given.filter(|name| !name.trim().is_empty());
        let of_address = Some(self.fetched.name.as_str()).filter(|name| check_name(name).is_ok());
        given.or(of_address).unwrap_or(match Format::of(&self.fetched.bytes) {
            Format::Jpg => "图片.jpg",
            Format::Png => "图片.png",
            Format::Mp4 => "视频.mp4",
            Format::Other => "文件",
        })
    }
}

pub(super) fn refusal(error: &::fetch::Error) -> Error {
    // The caller is not told the address, and the text is all that is kept of the error.
    if let ::fetch::Error::NotPublic { ip } = error {
        tracing::warn!(%ip, "a file was not fetched: its address is not public");
    }
    Error::Invalid(format!("not fetched: {error}"))
}

fn over_time() -> Error {
    let most = MAX_CALL_MS / 1_000;
    Error::Invalid(format!(
        "not fetched: the files of one call have {most} s together; keep them in the library first"
    ))
}

fn over_bytes() -> Error {
    let most = MAX_CALL_BYTES >> 20;
    Error::Invalid(format!(
        "not fetched: the files of one call have at most {most} MiB together; keep them in the library first"
    ))
}
