//! Statements on files and their media.

use store::{Error, Row, statements};

use super::{File, Format};

statements! {
    pub(crate) ADD = "INSERT INTO files
            (corp_id, file_id, name, format, n_bytes, sha256, md5, source_url, image_url, created_at_ms, is_deleted)
        VALUES {rows}";
    pub(crate) REVIVE = "UPDATE files SET is_deleted = false, created_at_ms = $3
        WHERE corp_id = $1 AND file_id = $2 AND is_deleted";
    pub(crate) BY_CONTENT = "SELECT file_id, name, format, n_bytes, sha256, md5, source_url, image_url,
            created_at_ms, is_deleted
        FROM files
        WHERE corp_id = $1 AND sha256 = $2 AND name = $3";
    pub(crate) BY_ID = "SELECT file_id, name, format, n_bytes, sha256, md5, source_url, image_url,
            created_at_ms, is_deleted
        FROM files
        WHERE corp_id = $1 AND file_id = $2";
    pub(crate) LIST = "SELECT file_id, name, format, n_bytes, sha256, md5, source_url, image_url,
            created_at_ms, is_deleted
        FROM files
        WHERE corp_id = $1 AND NOT is_deleted
        ORDER BY file_id DESC
        LIMIT $2 OFFSET $3";
    pub(crate) COUNT = "SELECT CAST(count(*) AS BIGINT) FROM files WHERE corp_id = $1 AND NOT is_deleted";
    pub(crate) DELETE = "UPDATE files SET is_deleted = true
        WHERE corp_id = $1 AND file_id = $2 AND NOT is_deleted";
    pub(crate) SET_IMAGE_URL = "UPDATE files SET image_url = $3 WHERE corp_id = $1 AND file_id = $2";
    pub(crate) MEDIA = "SELECT media_id, uploaded_at_ms FROM media
        WHERE corp_id = $1 AND file_id = $2 AND kind = $3";
    pub(crate) PUT_MEDIA = "INSERT INTO media (corp_id, file_id, kind, media_id, uploaded_at_ms)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (corp_id, file_id, kind) DO UPDATE SET media_id = $4, uploaded_at_ms = $5";
    pub(crate) FORGET_MEDIA = "DELETE FROM media WHERE corp_id = $1 AND file_id = $2";
}

pub(super) fn file(row: &Row<'_>) -> Result<File, Error> {
    let md5: [u8; 16] = row.get(5)?;
    Ok(File {
        id: row.get(0)?,
        name: row.get(1)?,
        format: Format::from_column(row.get(2)?)?,
        n_bytes: row.get::<i64>(3)?.unsigned_abs(),
        sha256: row.get(4)?,
        md5: hex::encode(md5),
        source_url: row.get(6)?,
        image_url: row.get(7)?,
        created_at_ms: row.get(8)?,
        is_deleted: row.get(9)?,
    })
}
