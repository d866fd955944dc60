//! Files as WeCom has them: media ids, good for three days, and permanent addresses of pictures.
//!
//! One upload of a file at a time, under a lease; who comes meanwhile is told to try again later.

use std::collections::HashMap;

use jobs::Held;
use store::{Session, params};
use wecom::media::{MediaFile, MediaKind};

use super::{File, any, read, sql};
use crate::{CorpId, Error, FileId, Scrm};

/// A media id older than this is not used any more: WeCom keeps it for three days, and the message that
/// carries it may wait.
const MAX_AGE_MS: i64 = 2 * 86_400_000;
/// Longer than an upload may take (two minutes).
const LEASE_MS: i64 = 150_000;

/// What WeCom is to have a file as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Use {
    /// A picture of a message or the cover of a mini program.
    Image,
    /// A video.
    Video,
    /// A file.
    File,
    /// The cover of a link, which takes an address.
    Address,
}

impl Use {
    /// How it is stored.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Image => 0,
            Self::Video => 1,
            Self::File => 2,
            Self::Address => 4,
        }
    }

    pub(crate) fn from_column(number: i64) -> Result<Self, store::Error> {
        [Self::Image, Self::Video, Self::File, Self::Address]
            .into_iter()
            .find(|it| it.number() == number)
            .ok_or(store::Error::Column { index: 1, expected: "a use of a file" })
    }

    /// Nothing for an address.
    fn kind(self) -> Option<MediaKind> {
        match self {
            Self::Image => Some(MediaKind::Image),
            Self::Video => Some(MediaKind::Video),
            Self::File => Some(MediaKind::File),
            Self::Address => None,
        }
    }
}

/// A file and what WeCom is to have it as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Need {
    pub file: FileId,
    pub what: Use,
}

/// Media ids and addresses, of those that WeCom has and keeps for a while.
pub(crate) async fn known(
    scrm: &Scrm,
    corp: CorpId,
    needs: &[Need],
) -> Result<HashMap<Need, String>, Error> {
    let mut known = HashMap::new();
    let mut reader = scrm.db.reader().await?;
    for need in needs {
        if let Some(found) = one_known(&mut reader, scrm, corp, *need).await? {
            known.insert(*need, found);
        }
    }
    Ok(known)
}

async fn one_known(
    session: &mut Session,
    scrm: &Scrm,
    corp: CorpId,
    need: Need,
) -> Result<Option<String>, Error> {
    if need.what == Use::Address {
        let found = session.query_opt(&sql::BY_ID, &params![corp, need.file], sql::file).await?;
        return Ok(found.map(|file| file.image_url).filter(|url| !url.is_empty()));
    }
    let read = |row: &store::Row<'_>| Ok((row.get::<String>(0)?, row.get::<i64>(1)?));
    let values = params![corp, need.file, need.what.number()];
    let found = session.query_opt(&sql::MEDIA, &values, read).await?;
    let oldest_ms = scrm.clock.now_ms() - MAX_AGE_MS;
    Ok(found.filter(|(_, at_ms)| *at_ms > oldest_ms).map(|(media_id, _)| media_id))
}

/// Sees to it that WeCom has a file, by an upload if need be. [`Error::Attachment`] tells why it has not, and
/// whether a later try may do.
pub(crate) async fn upload(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    need: Need,
) -> Result<(), Error> {
    let work = async {
        // Another process may just have done it.
        if !known(scrm, corp, &[need]).await?.is_empty() {
            return Ok(());
        }
        let content = content(scrm, corp, need.file).await?;
        let uploaded_at_ms = scrm.clock.now_ms();
        let uploaded = match need.what.kind() {
            Some(kind) => {
                wecom::media::upload(client, kind, &content).await.map(|uploaded| uploaded.media_id)
            }
            None => wecom::media::upload_image(client, &content).await,
        };
        let known_as = uploaded.map_err(|error| not_uploaded(need.file, &error))?;
        let mut tx = scrm.db.begin().await?;
        if need.what == Use::Address {
            tx.execute(&sql::SET_IMAGE_URL, &params![corp, need.file, &known_as]).await?;
        } else {
            let kind = need.what.number();
            let values = params![corp, need.file, kind, &known_as, uploaded_at_ms];
            tx.execute(&sql::PUT_MEDIA, &values).await?;
        }
        Ok(tx.commit().await?)
    };
    let name =
        format!("upload of file {} of company {corp}, kind {}", need.file, need.what.number());
    // Each of this process's own uploads is a holder of its own.
    let holder = hex::encode(scrm.random.bytes::<12>());
    match jobs::hold(&scrm.db, &scrm.clock, &name, &holder, LEASE_MS, work).await? {
        Held::Done(outcome) => outcome,
        Held::Busy | Held::Lost => Err(Error::Attachment {
            what: format!("file {}: waits for its upload by another", need.file),
            is_final: false,
        }),
    }
}

/// Forgets the media ids of files, since WeCom refused one of them: the next use uploads them again.
pub(crate) async fn forget(scrm: &Scrm, corp: CorpId, files: &[FileId]) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    let rows: Vec<_> = files.iter().map(|&file| params![corp, file]).collect();
    tx.execute_each(&sql::FORGET_MEDIA, &rows).await?;
    Ok(tx.commit().await?)
}

async fn content(scrm: &Scrm, corp: CorpId, id: FileId) -> Result<MediaFile, Error> {
    let file = any(scrm, corp, id).await?.ok_or_else(|| Error::Attachment {
        what: format!("file {id} is not there any more"),
        is_final: true,
    })?;
    let bytes = match read(scrm, corp, &file).await {
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
    let File { name, format, .. } = file;
    Ok(MediaFile { name, content_type: format.mime().to_owned(), bytes: bytes.into() })
}

fn not_uploaded(id: FileId, error: &wecom::Error) -> Error {
    tracing::warn!(file.id = %id, %error, "WeCom did not take a file");
    Error::Attachment {
        what: format!("WeCom did not take file {id}: {}", crate::send::short(error)),
        is_final: crate::send::is_final(error),
    }
}
