//! Materials: marketing contents that are made once and sent in many SOPs. One goes out as a link.
//!
//! An SOP takes a copy when it is made: what is changed here later changes nothing that was planned.

pub(crate) mod sql;
#[cfg(test)]
mod tests;

use store::params;

use crate::{
    CorpId, Error, MaterialId, Page, PublicId, Scrm, counters, files,
    sop::{Field, LinkCard, check_link},
};

/// A marketing content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Its id, as other programs see it.
    pub id: PublicId,
    /// What the open API calls `mcType`; nothing here depends on it.
    pub kind: i64,
    /// What receivers see.
    pub card: LinkCard,
    /// When it was made.
    pub created_at_ms: i64,
    /// When it was changed last.
    pub updated_at_ms: i64,
}

/// Makes a marketing content within WeCom's limits of a link; its id. The error names the part.
pub async fn create(
    scrm: &Scrm,
    corp: CorpId,
    kind: i64,
    card: &LinkCard,
) -> Result<PublicId, Refused> {
    check_link(card).map_err(Refused::Part)?;
    let now_ms = scrm.clock.now_ms();
    let id = PublicId::new(now_ms, &scrm.random);
    let LinkCard { title, url, summary, cover_url, cover } = card;
    let cover = cover.as_ref().map(|file| file.file_id.0);
    let mut tx = scrm.db.begin().await.map_err(Error::from)?;
    let taken = counters::take(&mut tx, corp, counters::INTERNAL, 1).await.map_err(Error::from)?;
    let material = MaterialId(taken);
    let values = params![
        corp, material, &id, kind, title, summary, url, cover_url, cover, now_ms, now_ms, false
    ];
    tx.execute_rows(&sql::ADD, &values).await.map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(id)
}

/// Puts another content in the place of one; [`Error::NotFound`] when there is none.
pub async fn update(
    scrm: &Scrm,
    corp: CorpId,
    id: &PublicId,
    kind: i64,
    card: &LinkCard,
) -> Result<(), Refused> {
    check_link(card).map_err(Refused::Part)?;
    let now_ms = scrm.clock.now_ms();
    let LinkCard { title, url, summary, cover_url, cover } = card;
    let cover = cover.as_ref().map(|file| file.file_id.0);
    let mut tx = scrm.db.begin().await.map_err(Error::from)?;
    let values = params![corp, id, kind, title, summary, url, cover_url, cover, now_ms];
    if tx.execute(&sql::CHANGE, &values).await.map_err(Error::from)? == 0 {
        return Err(unknown(id).into());
    }
    Ok(tx.commit().await.map_err(Error::from)?)
}

/// Deletes a marketing content; what was planned with it is still sent. [`Error::NotFound`] when there is
/// none.
pub async fn delete(scrm: &Scrm, corp: CorpId, id: &PublicId) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    if tx.execute(&sql::DELETE, &params![corp, id, scrm.clock.now_ms()]).await? == 0 {
        return Err(unknown(id));
    }
    Ok(tx.commit().await?)
}

/// One marketing content; [`Error::NotFound`] when there is none.
pub async fn get(scrm: &Scrm, corp: CorpId, id: &PublicId) -> Result<Material, Error> {
    let mut reader = scrm.db.reader().await?;
    let found = reader.query_opt(&sql::BY_UUID, &params![corp, id], sql::material).await?;
    drop(reader);
    let (mut material, cover) = found.ok_or_else(|| unknown(id))?;
    if let Some(cover) = cover {
        // A file that was deleted meanwhile is kept for what uses it.
        material.card.cover = files::any(scrm, corp, cover).await?.map(|file| file.reference());
    }
    Ok(material)
}

/// A page of the marketing contents, newest first, each without the details of a cover from the library but
/// with its number; and how many there are in all.
pub async fn list(
    scrm: &Scrm,
    corp: CorpId,
    page: Page,
) -> Result<(Vec<(Material, Option<crate::FileId>)>, i64), Error> {
    let mut reader = scrm.db.reader().await?;
    let n_total = reader.query_opt(&sql::COUNT, &params![corp], |row| row.get(0)).await?;
    let values = params![corp, i64::from(page.size), page.offset()];
    let materials = reader.query(&sql::LIST, &values, sql::material).await?;
    Ok((materials, n_total.unwrap_or_default()))
}

fn unknown(id: &PublicId) -> Error {
    Error::NotFound(format!("there is no marketing content {id}"))
}

/// Why a marketing content is not taken.
#[derive(Debug)]
pub enum Refused {
    /// A part of it breaks a rule: which, and what is wrong.
    Part((Field, String)),
    /// Anything else.
    Other(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}
