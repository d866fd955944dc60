//! Statements on API apps and the log of their calls.

use store::{Error, Row, statements};

use super::calls::Entry;
use crate::CorpId;

statements! {
    pub(crate) ADD = "INSERT INTO api_apps (corp_id, app_no, app_id, name, app_key, is_enabled,
            ip_allow_list, scopes, acting_staff_id, created_at_ms)
        VALUES {rows}";
    /// By appId alone: the call's company is what is being found out.
    pub(crate) FIND = "SELECT corp_id, app_id, name, app_key, is_enabled, ip_allow_list, scopes, acting_staff_id, app_no
        FROM api_apps
        WHERE app_id = $1";
    pub(crate) LIST = "SELECT corp_id, app_id, name, app_key, is_enabled, ip_allow_list, scopes, acting_staff_id, app_no
        FROM api_apps
        WHERE corp_id = $1
        ORDER BY app_no";
    pub(crate) SET_KEY = "UPDATE api_apps SET app_key = $2 WHERE app_id = $1";
    pub(crate) SET_KEY_IN = "UPDATE api_apps SET app_key = $3 WHERE corp_id = $1 AND app_id = $2";
    pub(crate) EDIT = "UPDATE api_apps
        SET name = $3, ip_allow_list = $4, scopes = $5, acting_staff_id = $6, is_enabled = $7
        WHERE corp_id = $1 AND app_id = $2";
    pub(crate) SET_ENABLED = "UPDATE api_apps SET is_enabled = $2 WHERE app_id = $1";
    /// Whose these appIds are, as far as there are such apps.
    pub(crate) OWNERS = "SELECT app_id, corp_id
        FROM api_apps
        WHERE app_id IN ({list})";
    pub(crate) ADD_CALLS = "INSERT INTO api_calls (corp_id, call_no, app_id, at_ms, path, path_folded, code,
            http_status, duration_ms, address, reason)
        VALUES {rows}";
    /// An empty appId means any; $4 whether only refused ones are meant.
    pub(crate) COUNT_CALLS = "SELECT CAST(count(*) AS BIGINT)
        FROM api_calls
        WHERE corp_id = $1 AND ($2 = '' OR app_id = $2) AND path_folded LIKE $3 ESCAPE '\\' AND (code <> 0 OR NOT $4)";
    pub(crate) PAGE_OF_CALLS = "SELECT call_no, app_id, at_ms, path, code, http_status, duration_ms, address, reason
        FROM api_calls
        WHERE corp_id = $1 AND ($2 = '' OR app_id = $2) AND path_folded LIKE $3 ESCAPE '\\' AND (code <> 0 OR NOT $4)
        ORDER BY call_no DESC
        LIMIT $5 OFFSET $6";
    pub(crate) FORGET_CALLS_UP_TO = "DELETE FROM api_calls WHERE corp_id = $1 AND call_no <= $2";
    pub(crate) FORGET_CALLS_BEFORE = "DELETE FROM api_calls WHERE corp_id = $1 AND at_ms < $2";
}

pub(crate) struct AppRow {
    pub corp: CorpId,
    pub app_id: String,
    pub name: String,
    pub app_key: Vec<u8>,
    pub is_enabled: bool,
    pub ip_allow_list: String,
    pub scopes: String,
    pub acting_staff_id: i64,
    pub app_no: i64,
}

impl AppRow {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            corp: row.get(0)?,
            app_id: row.get(1)?,
            name: row.get(2)?,
            app_key: row.get(3)?,
            is_enabled: row.get(4)?,
            ip_allow_list: row.get(5)?,
            scopes: row.get(6)?,
            acting_staff_id: row.get(7)?,
            app_no: row.get(8)?,
        })
    }
}

pub(super) fn call(row: &Row<'_>) -> Result<Entry, Error> {
    Ok(Entry {
        id: row.get(0)?,
        app_id: row.get(1)?,
        at_ms: row.get(2)?,
        path: row.get(3)?,
        code: row.get(4)?,
        http_status: row.get(5)?,
        duration_ms: row.get(6)?,
        address: row.get(7)?,
        reason: row.get(8)?,
    })
}
