//! Statements on materials.

use store::{Error, Row, statements};

use super::Material;
use crate::FileId;

statements! {
    pub(crate) ADD = "INSERT INTO materials
            (corp_id, material_id, uuid, kind, title, summary, url, cover_url, cover_file_id, created_at_ms,
            updated_at_ms, is_deleted)
        VALUES {rows}";
    pub(crate) CHANGE = "UPDATE materials
        SET kind = $3, title = $4, summary = $5, url = $6, cover_url = $7, cover_file_id = $8, updated_at_ms = $9
        WHERE corp_id = $1 AND uuid = $2 AND NOT is_deleted";
    pub(crate) DELETE = "UPDATE materials SET is_deleted = true, updated_at_ms = $3
        WHERE corp_id = $1 AND uuid = $2 AND NOT is_deleted";
    pub(crate) BY_UUID = "SELECT uuid, kind, title, summary, url, cover_url, cover_file_id, created_at_ms,
            updated_at_ms
        FROM materials
        WHERE corp_id = $1 AND uuid = $2 AND NOT is_deleted";
    pub(crate) LIST = "SELECT uuid, kind, title, summary, url, cover_url, cover_file_id, created_at_ms,
            updated_at_ms
        FROM materials
        WHERE corp_id = $1 AND NOT is_deleted
        ORDER BY material_id DESC
        LIMIT $2 OFFSET $3";
    pub(crate) COUNT = "SELECT CAST(count(*) AS BIGINT) FROM materials WHERE corp_id = $1 AND NOT is_deleted";
}

/// A material, and the library's file that is its cover.
pub(super) fn material(row: &Row<'_>) -> Result<(Material, Option<FileId>), Error> {
    let mut material = Material {
        id: row.get(0)?,
        kind: row.get(1)?,
        card: crate::sop::LinkCard::default(),
        created_at_ms: row.get(7)?,
        updated_at_ms: row.get(8)?,
    };
    material.card.title = row.get(2)?;
    material.card.summary = row.get(3)?;
    material.card.url = row.get(4)?;
    material.card.cover_url = row.get(5)?;
    Ok((material, row.get::<Option<i64>>(6)?.map(FileId)))
}
