//! The library of files: pictures, videos and files that messages carry, and the covers of cards.
//!
//! A row says what a file is, its content lies in the [`Folder`] under its digest; of equal content and name
//! there is one file. A content is kept before its row is written, and its digest is compared whenever it is
//! read. A deleted file stays for what was planned with it. WeCom's side of a file is in [`media`]. Nothing
//! is fetched and nothing uploaded while a transaction is open.

mod download;
mod folder;
mod format;
pub(crate) mod media;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::params;

use crate::{CorpId, Error, FileId, Page, Scrm, corps, counters};
pub use download::{Allowance, Download, MAX_CALL_BYTES, MAX_CALL_MS, download};
pub use folder::Folder;
pub use format::Format;

/// A file has at least this many bytes: WeCom wants more than 5 [D90253].
pub const MIN_BYTES: usize = 6;
/// The largest file: what WeCom takes as a file [D90253].
pub const MAX_BYTES: usize = 20 << 20;
/// Characters in a name, at most.
pub const MAX_NAME_CHARS: usize = 128;

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

/// A file of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its number, as on the wire.
    pub id: FileId,
    /// What receivers see.
    pub name: String,
    /// What it is, by its content.
    pub format: Format,
    /// Its length.
    pub n_bytes: u64,
    /// The digest that its content lies under.
    pub sha256: [u8; 32],
    /// MD5 as 32 lower-case hex digits: what the open API calls `sign`.
    pub md5: String,
    /// Where it was fetched, empty when it was uploaded.
    pub source_url: String,
    /// Its permanent address within WeCom, empty until there is one.
    pub(crate) image_url: String,
    /// When it was kept.
    pub created_at_ms: i64,
    /// Shown no more, and kept for what was planned with it.
    pub(crate) is_deleted: bool,
}

impl File {
    /// The file as content items name it.
    pub fn reference(&self) -> FileRef {
        let Self { id, name, format, n_bytes, .. } = self;
        FileRef { file_id: *id, name: name.clone(), format: *format, n_bytes: *n_bytes }
    }
}

/// Where a new file comes from and what it shall be.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// What receivers see: 1 to [`MAX_NAME_CHARS`] characters without control characters and slashes.
    pub name: &'a str,
    /// Where it was fetched; empty for an upload.
    pub source_url: &'a str,
    /// The MD5 that its content must have, in hex of either case; nothing where it is not known.
    pub md5: Option<&'a str>,
}

/// Keeps a file of [`MIN_BYTES`] to [`MAX_BYTES`]; the one there is, when content and name are the same.
/// [`Error::Invalid`] tells what is wrong with it, [`Error::OtherFile`] that its digest is.
pub async fn keep(
    scrm: &Scrm,
    corp: CorpId,
    new: NewFile<'_>,
    bytes: &[u8],
) -> Result<File, Error> {
    check_name(new.name)?;
    let md5 = check_content(bytes, new.md5)?;
    let sha256: [u8; 32] = Sha256::digest(bytes).into();
    let written = scrm.files.write(corp, &sha256, bytes, &scrm.random).await;
    written.map_err(|source| Error::Files { what: "a file could not be kept", source })?;
    let now_ms = scrm.clock.now_ms();
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let known =
        tx.query_opt(&sql::BY_CONTENT, &params![corp, &sha256, new.name], sql::file).await?;
    let file = match known {
        Some(file) => {
            tx.execute(&sql::REVIVE, &params![corp, file.id, now_ms]).await?;
            file
        }
        None => {
            let file = File {
                id: FileId(counters::take(&mut tx, corp, counters::SHORT, 1).await?),
                name: new.name.to_owned(),
                format: Format::of(bytes),
                n_bytes: bytes.len() as u64,
                sha256,
                md5: hex::encode(md5),
                source_url: new.source_url.to_owned(),
                image_url: String::new(),
                created_at_ms: now_ms,
                is_deleted: false,
            };
            let n_bytes = i64::try_from(bytes.len()).expect("at most 20 MiB");
            let (format, name, url) = (file.format as i64, new.name, new.source_url);
            let values = params![
                corp, file.id, name, format, n_bytes, &sha256, &md5, url, "", now_ms, false
            ];
            tx.execute_rows(&sql::ADD, &values).await?;
            file
        }
    };
    tx.commit().await?;
    Ok(File { is_deleted: false, ..file })
}

/// Whether something could be fetched from an address, as far as can be said without asking anybody.
pub fn check_address(url: &str) -> Result<(), Error> {
    ::fetch::check_form(url).map_err(|error| download::refusal(&error))
}

/// Fetches a file from an address and keeps it, under `name` or else the one in the address.
/// [`Error::Invalid`] tells why it cannot be had.
pub async fn fetch(
    scrm: &Scrm,
    corp: CorpId,
    url: &str,
    name: Option<&str>,
    md5: Option<&str>,
) -> Result<File, Error> {
    let download = download(scrm, url, &mut Allowance::for_a_call(scrm)).await?;
    download.keep(scrm, corp, name, md5).await
}

/// A file that is not deleted, if there is one.
pub async fn find(scrm: &Scrm, corp: CorpId, id: FileId) -> Result<Option<File>, Error> {
    Ok(any(scrm, corp, id).await?.filter(|file| !file.is_deleted))
}

/// The file that has the same content under another name, if there is one that is not deleted.
pub async fn same_under(
    scrm: &Scrm,
    corp: CorpId,
    file: &File,
    name: &str,
) -> Result<Option<File>, Error> {
    let mut reader = scrm.db.reader().await?;
    let values = params![corp, &file.sha256, name];
    let found = reader.query_opt(&sql::BY_CONTENT, &values, sql::file).await?;
    Ok(found.filter(|file| !file.is_deleted))
}

/// A file, also a deleted one.
pub(crate) async fn any(scrm: &Scrm, corp: CorpId, id: FileId) -> Result<Option<File>, Error> {
    let mut reader = scrm.db.reader().await?;
    Ok(reader.query_opt(&sql::BY_ID, &params![corp, id], sql::file).await?)
}

/// A page of the files that are not deleted, newest first, and how many there are in all.
pub async fn list(scrm: &Scrm, corp: CorpId, page: Page) -> Result<(Vec<File>, i64), Error> {
    let mut reader = scrm.db.reader().await?;
    let n_total = reader.query_opt(&sql::COUNT, &params![corp], |row| row.get(0)).await?;
    let values = params![corp, i64::from(page.size), page.offset()];
    let files = reader.query(&sql::LIST, &values, sql::file).await?;
    Ok((files, n_total.unwrap_or_default()))
}

/// Deletes a file: it is shown no more and cannot be used anew; what was planned with it is still sent.
/// [`Error::NotFound`] when there is none.
pub async fn delete(scrm: &Scrm, corp: CorpId, id: FileId) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    if tx.execute(&sql::DELETE, &params![corp, id]).await? == 0 {
        return Err(Error::NotFound(format!("there is no file {id}")));
    }
    Ok(tx.commit().await?)
}

/// The content of a file; [`Error::Damaged`] when it is not in the folder as it was kept.
pub async fn read(scrm: &Scrm, corp: CorpId, file: &File) -> Result<Vec<u8>, Error> {
    let read = scrm.files.read(corp, &file.sha256).await;
    let read = read.map_err(|source| Error::Files { what: "a file could not be read", source })?;
    read.ok_or_else(|| {
        Error::Damaged(format!(
            "the content of file {} is missing in the folder of files, or differs from its digest",
            file.id
        ))
    })
}

/// The MD5 of a content that may be kept.
fn check_content(bytes: &[u8], expected: Option<&str>) -> Result<[u8; 16], Error> {
    if !(MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) {
        return Err(Error::Invalid(format!(
            "the file has {} bytes, {MIN_BYTES} to {MAX_BYTES} are taken",
            bytes.len()
        )));
    }
    let md5: [u8; 16] = Md5::digest(bytes).into();
    if expected.is_some_and(|expected| !expected.eq_ignore_ascii_case(&hex::encode(md5))) {
        return Err(Error::OtherFile { md5: hex::encode(md5) });
    }
    Ok(md5)
}

/// Whether a file may be called so.
pub fn check_name(name: &str) -> Result<(), Error> {
    let n_chars = name.chars().count();
    if name.trim().is_empty() || n_chars > MAX_NAME_CHARS {
        return Err(Error::Invalid(format!("a file's name has 1 to {MAX_NAME_CHARS} characters")));
    }
    if name.contains(|sign: char| sign.is_control() || matches!(sign, '/' | '\\')) {
        return Err(Error::Invalid(
            "a file's name holds no control characters and no slashes".to_owned(),
        ));
    }
    Ok(())
}
