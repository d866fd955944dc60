//! Statements on the audit log.

use store::{Error, Row, statements};

use super::Entry;

statements! {
    pub(crate) ADD = "INSERT INTO console_audit (corp_id, audit_id, at_ms, user_id, login, act, subject,
            subject_folded, detail, address)
        VALUES {rows}";
    /// An empty login or act means any.
    pub(crate) COUNT = "SELECT CAST(count(*) AS BIGINT)
        FROM console_audit
        WHERE corp_id = $1 AND ($2 = '' OR login = $2) AND ($3 = '' OR act = $3)
            AND subject_folded LIKE $4 ESCAPE '\\' AND at_ms BETWEEN $5 AND $6";
    pub(crate) PAGE = "SELECT audit_id, at_ms, login, act, subject, detail, address
        FROM console_audit
        WHERE corp_id = $1 AND ($2 = '' OR login = $2) AND ($3 = '' OR act = $3)
            AND subject_folded LIKE $4 ESCAPE '\\' AND at_ms BETWEEN $5 AND $6
        ORDER BY audit_id DESC
        LIMIT $7 OFFSET $8";
}

pub(crate) fn entry(row: &Row<'_>) -> Result<Entry, Error> {
    Ok(Entry {
        id: row.get(0)?,
        at_ms: row.get(1)?,
        login: row.get(2)?,
        act: row.get(3)?,
        subject: row.get(4)?,
        detail: row.get(5)?,
        address: row.get(6)?,
    })
}
