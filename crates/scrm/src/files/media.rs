//! Files as WeCom has them: media ids, good for three days, and permanent addresses of pictures.
//!
//! One upload of a file at a time, under a lease; who comes meanwhile is told to try again later.

use jobs::Held;
use store::params;
use wecom::media::{MediaFile, MediaKind};

use super::{File, FileRef, any, read, sql};
use crate::{CorpId, Error, FileId, Scrm};

/// A media id older than this is not used any more: WeCom keeps it for three days, and the message that
/// carries it may wait.
const MAX_AGE_MS: i64 = 2 * 86_400_000;
/// Longer than an upload may take (two minutes).
const LEASE_MS: i64 = 150_000;

/// The media id of a file as this kind, from an upload where there is none or an old one.
pub(crate) async fn media_id(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    file: &FileRef,
    kind: MediaKind,
) -> Result<String, Error> {
    if let Some(media_id) = fresh(scrm, corp, file.file_id, kind).await? {
        return Ok(media_id);
    }
    alone(scrm, corp, file, async {
        // Another process may just have done it.
        if let Some(media_id) = fresh(scrm, corp, file.file_id, kind).await? {
            return Ok(media_id);
        }
        let (_, content) = content(scrm, corp, file).await?;
        let uploaded_at_ms = scrm.clock.now_ms();
        let uploaded = wecom::media::upload(client, kind, &content).await;
        let media_id = uploaded.map_err(|error| not_uploaded(file, &error))?.media_id;
        let mut tx = scrm.db.begin().await?;
        let values = params![corp, file.file_id, number(kind), &media_id, uploaded_at_ms];
        tx.execute(&sql::PUT_MEDIA, &values).await?;
        tx.commit().await?;
        Ok(media_id)
    })
    .await
}

/// The permanent address of a picture within WeCom, from an upload the first time.
pub(crate) async fn image_url(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    file: &FileRef,
) -> Result<String, Error> {
    let known = stored(scrm, corp, file).await?.image_url;
    if !known.is_empty() {
        return Ok(known);
    }
    alone(scrm, corp, file, async {
        let (stored, content) = content(scrm, corp, file).await?;
        if !stored.image_url.is_empty() {
            return Ok(stored.image_url);
        }
        let uploaded = wecom::media::upload_image(client, &content).await;
        let url = uploaded.map_err(|error| not_uploaded(file, &error))?;
        let mut tx = scrm.db.begin().await?;
        tx.execute(&sql::SET_IMAGE_URL, &params![corp, file.file_id, &url]).await?;
        tx.commit().await?;
        Ok(url)
    })
    .await
}

/// Forgets the media ids of files, since WeCom refused one of them: the next use uploads them again.
pub(crate) async fn forget(scrm: &Scrm, corp: CorpId, files: &[FileId]) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    let rows: Vec<_> = files.iter().map(|&file| params![corp, file]).collect();
    tx.execute_each(&sql::FORGET_MEDIA, &rows).await?;
    Ok(tx.commit().await?)
}

async fn fresh(
    scrm: &Scrm,
    corp: CorpId,
    file: FileId,
    kind: MediaKind,
) -> Result<Option<String>, Error> {
    let mut reader = scrm.db.reader().await?;
    let read = |row: &store::Row<'_>| Ok((row.get::<String>(0)?, row.get::<i64>(1)?));
    let found = reader.query_opt(&sql::MEDIA, &params![corp, file, number(kind)], read).await?;
    let oldest_ms = scrm.clock.now_ms() - MAX_AGE_MS;
    Ok(found.filter(|(_, at_ms)| *at_ms > oldest_ms).map(|(media_id, _)| media_id))
}

/// Does `work` while nobody else uploads the file, in this process or another.
async fn alone<T>(
    scrm: &Scrm,
    corp: CorpId,
    file: &FileRef,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let name = format!("upload of file {} of company {corp}", file.file_id);
    // Each of this process's own uploads is a holder of its own.
    let holder = hex::encode(scrm.random.bytes::<12>());
    match jobs::hold(&scrm.db, &scrm.clock, &name, &holder, LEASE_MS, work).await? {
        Held::Done(outcome) => outcome,
        Held::Busy | Held::Lost => Err(Error::Attachment {
            what: format!("file {}: waits for its upload by another", file.file_id),
            is_final: false,
        }),
    }
}

async fn stored(scrm: &Scrm, corp: CorpId, file: &FileRef) -> Result<File, Error> {
    any(scrm, corp, file.file_id).await?.ok_or_else(|| Error::Attachment {
        what: format!("file {} is not there any more", file.file_id),
        is_final: true,
    })
}

async fn content(scrm: &Scrm, corp: CorpId, file: &FileRef) -> Result<(File, MediaFile), Error> {
    let stored = stored(scrm, corp, file).await?;
    let bytes = match read(scrm, corp, &stored).await {
        Ok(bytes) => bytes,
        Err(error @ Error::Damaged(_)) => {
            return Err(Error::Attachment { what: error.to_string(), is_final: true });
        }
        // The folder may lie on another machine that is away for a while.
        Err(error @ Error::Files { .. }) => {
            return Err(Error::Attachment { what: error.to_string(), is_final: false });
        }
        Err(error) => return Err(error),
    };
    let content_type = stored.format.mime().to_owned();
    let name = file.name.clone();
    Ok((stored, MediaFile { name, content_type, bytes: bytes.into() }))
}

fn not_uploaded(file: &FileRef, error: &wecom::Error) -> Error {
    tracing::warn!(file.id = %file.file_id, %error, "WeCom did not take a file");
    let short = crate::send::short(error);
    Error::Attachment {
        what: format!("WeCom did not take file {}: {short}", file.file_id),
        is_final: crate::send::is_final(error),
    }
}

fn number(kind: MediaKind) -> i64 {
    match kind {
        MediaKind::Image => 0,
        MediaKind::Video => 1,
        MediaKind::File => 2,
        MediaKind::Voice => 3,
    }
}
