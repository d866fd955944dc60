//! Statements on companies.

use store::{Error, Row, statements};

use super::Corp;
use crate::Zone;

statements! {
    pub(crate) ADD = "INSERT INTO corps (corp_id, wecom_corp_id, name, agent_id, wecom_secret, time_zone,
            change_seq, created_at_ms)
        VALUES {rows}";
    pub(crate) CHANGE = "UPDATE corps
        SET name = $2, agent_id = $3, wecom_secret = $4, time_zone = $5
        WHERE corp_id = $1";
    pub(crate) LIST = "SELECT corp_id, wecom_corp_id, name, agent_id, time_zone
        FROM corps
        ORDER BY corp_id";
    pub(crate) GET = "SELECT corp_id, wecom_corp_id, name, agent_id, time_zone
        FROM corps
        WHERE corp_id = $1";
    pub(crate) FIND = "SELECT corp_id, wecom_corp_id, name, agent_id, time_zone
        FROM corps
        WHERE wecom_corp_id = $1";
    pub(crate) SECRETS = "SELECT wecom_corp_id, wecom_secret, contact_secret FROM corps WHERE corp_id = $1";
    pub(crate) SET_SECRET = "UPDATE corps SET wecom_secret = $2 WHERE corp_id = $1";
    pub(crate) DESCRIBE = "UPDATE corps SET name = $2, agent_id = $3, time_zone = $4 WHERE corp_id = $1";
    pub(crate) SET_CONTACT_SECRET = "UPDATE corps SET contact_secret = $2 WHERE corp_id = $1";
    /// SQLite has one writer anyway.
    pub(crate) LOCK = "SELECT corp_id FROM corps WHERE corp_id = $1"
        | "SELECT corp_id FROM corps WHERE corp_id = $1 FOR NO KEY UPDATE";
    pub(crate) CHANGE_SEQ = "SELECT change_seq FROM corps WHERE corp_id = $1";
    pub(crate) TAKE_CHANGE_SEQ = "UPDATE corps SET change_seq = change_seq + 1 WHERE corp_id = $1
        RETURNING change_seq";
}

pub(crate) fn read(row: &Row<'_>) -> Result<Corp, Error> {
    let zone: String = row.get(4)?;
    Ok(Corp {
        id: row.get(0)?,
        wecom_corp_id: row.get(1)?,
        name: row.get(2)?,
        agent_id: row.get(3)?,
        zone: Zone::parse(&zone).ok_or(Error::Column { index: 4, expected: "a time zone" })?,
    })
}
