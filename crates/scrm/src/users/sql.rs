//! Statements on users, members, sessions and failed sign-ins.

use store::{Error, Row, statements};

use super::{Role, manage::Member};
use crate::{CorpId, UserId};

statements! {
    pub(crate) ANY_USER = "SELECT user_id FROM console_users ORDER BY user_id LIMIT 1";
    pub(crate) ADD_USER = "INSERT INTO console_users (user_id, login, name, password_hash, must_change_password,
            totp_step, is_site_admin, is_disabled, created_at_ms)
        VALUES {rows}";
    pub(crate) BY_LOGIN = "SELECT user_id, password_hash, totp_secret, totp_step, is_disabled
        FROM console_users
        WHERE login = $1";
    pub(crate) BY_ID = "SELECT login, password_hash, is_site_admin
        FROM console_users
        WHERE user_id = $1";
    pub(crate) SET_PASSWORD = "UPDATE console_users SET password_hash = $2, must_change_password = $3
        WHERE user_id = $1";
    pub(crate) SET_TOTP = "UPDATE console_users SET totp_secret = $2, totp_step = $3 WHERE user_id = $1";
    pub(crate) USE_TOTP_STEP = "UPDATE console_users SET totp_step = $2 WHERE user_id = $1 AND totp_step < $2";
    pub(crate) SET_USER = "UPDATE console_users SET name = $2, is_disabled = $3 WHERE user_id = $1";
    pub(crate) DISABLE = "UPDATE console_users SET is_disabled = $2 WHERE user_id = $1";
    pub(crate) REMOVE_USER = "DELETE FROM console_users WHERE user_id = $1 AND NOT is_site_admin";
    pub(crate) MAKE_SITE_ADMIN = "UPDATE console_users
        SET is_site_admin = $2, password_hash = $3, must_change_password = $4, is_disabled = $5
        WHERE user_id = $1";
    /// Site admins, and members of the company.
    pub(crate) USERS = "SELECT u.user_id, u.login, u.name, u.is_site_admin, u.is_disabled, u.must_change_password,
            u.totp_secret IS NOT NULL, m.role, m.staff_id, s.name, m.corp_id
        FROM console_users AS u
        LEFT JOIN console_members AS m ON m.corp_id = $1 AND m.user_id = u.user_id
        LEFT JOIN staff AS s ON s.corp_id = m.corp_id AND s.staff_id = m.staff_id
        WHERE u.is_site_admin OR m.corp_id IS NOT NULL
        ORDER BY u.login";
    pub(crate) N_COMPANIES = "SELECT CAST(count(*) AS BIGINT) FROM console_members WHERE user_id = $1 AND corp_id <> $2";
    pub(crate) MEMBER = "SELECT corp_id, role, staff_id FROM console_members WHERE corp_id = $1 AND user_id = $2";
    pub(crate) MEMBERSHIPS = "SELECT corp_id, role, staff_id FROM console_members WHERE user_id = $1 ORDER BY corp_id";
    pub(crate) PUT_MEMBER = "INSERT INTO console_members (corp_id, user_id, role, staff_id)
        VALUES {rows}
        ON CONFLICT (corp_id, user_id) DO UPDATE SET role = excluded.role, staff_id = excluded.staff_id";
    pub(crate) REMOVE_MEMBER = "DELETE FROM console_members WHERE corp_id = $1 AND user_id = $2";
    pub(crate) DEPARTMENTS_OF = "SELECT department_id
        FROM console_member_departments
        WHERE corp_id = $1 AND user_id = $2
        ORDER BY department_id";
    pub(crate) DEPARTMENTS_OF_ALL = "SELECT user_id, department_id
        FROM console_member_departments
        WHERE corp_id = $1
        ORDER BY user_id, department_id";
    pub(crate) REMOVE_DEPARTMENTS = "DELETE FROM console_member_departments WHERE corp_id = $1 AND user_id = $2";
    pub(crate) ADD_DEPARTMENTS = "INSERT INTO console_member_departments (corp_id, user_id, department_id)
        VALUES {rows}";
    pub(crate) ADD_SESSION = "INSERT INTO console_sessions (token_digest, user_id, corp_id, created_at_ms, seen_at_ms,
            ends_at_ms, address, agent, is_by_wecom)
        VALUES {rows}";
    pub(crate) SESSION = "SELECT s.user_id, s.corp_id, s.seen_at_ms, u.login, u.name,
            u.must_change_password AND NOT s.is_by_wecom, u.totp_secret IS NOT NULL, u.is_site_admin
        FROM console_sessions AS s
        JOIN console_users AS u ON u.user_id = s.user_id
        WHERE s.token_digest = $1 AND s.ends_at_ms > $2 AND s.seen_at_ms > $3 AND NOT u.is_disabled";
    pub(crate) SEEN = "UPDATE console_sessions SET seen_at_ms = $2 WHERE token_digest = $1";
    pub(crate) CHOOSE_COMPANY = "UPDATE console_sessions SET corp_id = $2 WHERE token_digest = $1";
    pub(crate) END_SESSION = "DELETE FROM console_sessions WHERE token_digest = $1";
    pub(crate) END_SESSIONS_OF = "DELETE FROM console_sessions WHERE user_id = $1";
    pub(crate) FORGET_SESSIONS = "DELETE FROM console_sessions WHERE ends_at_ms <= $1";
    pub(crate) FAILURES = "SELECT n_failures, last_at_ms FROM console_failures WHERE subject = $1";
    /// Those before $3 are forgotten.
    pub(crate) COUNT_FAILURE = "INSERT INTO console_failures (subject, n_failures, last_at_ms)
        VALUES ($1, 1, $2)
        ON CONFLICT (subject) DO UPDATE SET last_at_ms = excluded.last_at_ms,
            n_failures = CASE WHEN console_failures.last_at_ms < $3 THEN 1 ELSE console_failures.n_failures + 1 END";
    pub(crate) FORGET_FAILURES = "DELETE FROM console_failures WHERE subject = $1";
    pub(crate) TAKE_BACK_FAILURE = "UPDATE console_failures SET n_failures = n_failures - 1
        WHERE subject = $1 AND n_failures > 0";
    /// Nothing when it was used before.
    pub(crate) USE_WECOM_STATE = "INSERT INTO console_wecom_states (state_digest, ends_at_ms)
        VALUES ($1, $2)
        ON CONFLICT (state_digest) DO NOTHING";
    pub(crate) FORGET_WECOM_STATES = "DELETE FROM console_wecom_states WHERE ends_at_ms <= $1";
    pub(crate) BY_STAFF = "SELECT u.user_id, u.login, u.is_site_admin, u.is_disabled, u.totp_secret IS NOT NULL
        FROM console_members AS m
        JOIN console_users AS u ON u.user_id = m.user_id
        WHERE m.corp_id = $1 AND m.staff_id = $2";
    pub(crate) FORGET_OLD_FAILURES = "DELETE FROM console_failures WHERE last_at_ms < $1";
}

/// A user as sign-in needs him.
pub(super) struct Known {
    pub id: UserId,
    pub password_hash: String,
    pub totp_secret: Option<Vec<u8>>,
    pub totp_step: i64,
    pub is_disabled: bool,
}

pub(super) fn known(row: &Row<'_>) -> Result<Known, Error> {
    Ok(Known {
        id: row.get(0)?,
        password_hash: row.get(1)?,
        totp_secret: row.get(2)?,
        totp_step: row.get(3)?,
        is_disabled: row.get(4)?,
    })
}

/// A user as signing in with WeCom needs him.
pub(super) struct Linked {
    pub id: UserId,
    pub login: String,
    pub is_site_admin: bool,
    pub is_disabled: bool,
    pub has_totp: bool,
}

pub(super) fn linked(row: &Row<'_>) -> Result<Linked, Error> {
    Ok(Linked {
        id: row.get(0)?,
        login: row.get(1)?,
        is_site_admin: row.get(2)?,
        is_disabled: row.get(3)?,
        has_totp: row.get(4)?,
    })
}

/// A user who is signed in.
pub(super) struct Account {
    pub login: String,
    pub password_hash: String,
    pub is_site_admin: bool,
}

pub(super) fn account(row: &Row<'_>) -> Result<Account, Error> {
    Ok(Account { login: row.get(0)?, password_hash: row.get(1)?, is_site_admin: row.get(2)? })
}

/// A member without his departments.
pub(super) fn member(row: &Row<'_>) -> Result<(CorpId, Member), Error> {
    let staff = row.get::<Option<i64>>(2)?.map(crate::StaffId);
    Ok((row.get(0)?, Member { role: Role::from_column(row.get(1)?)?, staff, departments: vec![] }))
}
