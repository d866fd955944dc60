//! Statements on customer groups.
//!
//! The list's page and count come in four forms each, with and without an owner, with and without tags:
//! one form with optional conditions could not use an index. `$2`–`$4` are always the name pattern and
//! the range of creation; tags are matched by how many of the wanted ones a group has, between `$5` and
//! `$6` (any: 1 to n, all: n to n, none: 0 to 0).

use store::{Error, Row, statements};

use super::{Facts, Group, Stored, list::Found};

statements! {
    pub(crate) BY_CHAT_ID = "SELECT g.group_id, g.chat_id, g.owner_id, g.raw_name, g.display_name, g.is_dissolved
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND g.chat_id IN ({list})";
    pub(crate) BY_ID = "SELECT g.group_id, g.chat_id, g.owner_id, g.raw_name, g.display_name, g.is_dissolved
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND g.group_id IN ({list})";
    pub(crate) OF_OWNERS = "SELECT g.group_id, g.chat_id, g.owner_id, g.raw_name, g.display_name, g.is_dissolved
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved AND g.owner_id IN ({list})
        ORDER BY g.group_id";
    pub(crate) OF_SCOPE = "SELECT group_id, chat_id, owner_id, raw_name, display_name, created_at_ms
        FROM customer_groups INDEXED BY customer_groups_owner
        WHERE corp_id = $1 AND NOT is_dissolved AND owner_id IN ({list})"
        | "SELECT group_id, chat_id, owner_id, raw_name, display_name, created_at_ms
        FROM customer_groups
        WHERE corp_id = $1 AND NOT is_dissolved AND owner_id IN ({list})";
    /// SQLite takes a company's groups to be few and would read them all.
    pub(crate) IDS_OF_OWNERS = "SELECT group_id
        FROM customer_groups INDEXED BY customer_groups_owner
        WHERE corp_id = $1 AND NOT is_dissolved AND owner_id IN ({list})"
        | "SELECT group_id
        FROM customer_groups
        WHERE corp_id = $1 AND NOT is_dissolved AND owner_id IN ({list})";
    pub(crate) FACTS = "SELECT group_id, owner_id, folded_name, created_at_ms, n_members, is_dissolved
        FROM customer_groups
        WHERE corp_id = $1 AND group_id IN ({list})";
    pub(crate) FACTS_AFTER = "SELECT group_id, owner_id, folded_name, created_at_ms, n_members, is_dissolved
        FROM customer_groups
        WHERE corp_id = $1 AND group_id > $2
        ORDER BY group_id
        LIMIT $3";
    pub(crate) TAGS_OF = "SELECT group_id, tag_id
        FROM group_taggings
        WHERE corp_id = $1 AND group_id IN ({list})
        ORDER BY group_id, tag_id";
    pub(crate) CHANGED_AT_MOST = "SELECT DISTINCT group_id
        FROM group_changes
        WHERE corp_id = $1 AND change_seq > $2 AND change_seq <= $3
        LIMIT $4";
    pub(crate) ALL_AFTER = "SELECT group_id, chat_id, owner_id, raw_name, display_name, created_at_ms
        FROM customer_groups
        WHERE corp_id = $1 AND group_id > $2 AND NOT is_dissolved
        ORDER BY group_id
        LIMIT $3";
    pub(crate) TAGS_BETWEEN = "SELECT group_id, tag_id
        FROM group_taggings
        WHERE corp_id = $1 AND group_id > $2 AND group_id <= $3
        ORDER BY group_id, tag_id";
    pub(crate) COUNT_ALL = "SELECT CAST(count(*) AS BIGINT) FROM customer_groups WHERE corp_id = $1";
    pub(crate) LIVE = "SELECT group_id, chat_id, owner_id, raw_name, display_name, created_at_ms
        FROM customer_groups
        WHERE corp_id = $1 AND NOT is_dissolved AND group_id IN ({list})";
    pub(crate) CHANGED = "SELECT group_id
        FROM group_changes
        WHERE corp_id = $1 AND change_seq > $2 AND change_seq <= $3";

    pub(crate) PAGE = "SELECT g.group_id, g.chat_id, g.owner_id, g.raw_name, g.display_name, g.created_at_ms
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT $5 OFFSET $6";
    pub(crate) COUNT = "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4";
    pub(crate) PAGE_OF_OWNER = "SELECT g.group_id, g.chat_id, g.owner_id, g.raw_name, g.display_name, g.created_at_ms
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved AND g.owner_id = $7
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT $5 OFFSET $6";
    pub(crate) COUNT_OF_OWNER = "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved AND g.owner_id = $5
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4";
    pub(crate) PAGE_TAGGED = "SELECT g.group_id, g.chat_id, g.owner_id, g.raw_name, g.display_name, g.created_at_ms
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4
            AND (SELECT count(*)
                FROM group_taggings AS t
                WHERE t.corp_id = $1 AND t.group_id = g.group_id AND t.tag_id IN ({list}))
                BETWEEN $5 AND $6
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT $7 OFFSET $8";
    pub(crate) COUNT_TAGGED = "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4
            AND (SELECT count(*)
                FROM group_taggings AS t
                WHERE t.corp_id = $1 AND t.group_id = g.group_id AND t.tag_id IN ({list}))
                BETWEEN $5 AND $6";
    pub(crate) PAGE_TAGGED_OF_OWNER = "SELECT g.group_id, g.chat_id, g.owner_id, g.raw_name, g.display_name,
            g.created_at_ms
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved AND g.owner_id = $9
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4
            AND (SELECT count(*)
                FROM group_taggings AS t
                WHERE t.corp_id = $1 AND t.group_id = g.group_id AND t.tag_id IN ({list}))
                BETWEEN $5 AND $6
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT $7 OFFSET $8";
    pub(crate) COUNT_TAGGED_OF_OWNER = "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = $1 AND NOT g.is_dissolved AND g.owner_id = $7
            AND g.folded_name LIKE $2 ESCAPE '\\' AND g.created_at_ms BETWEEN $3 AND $4
            AND (SELECT count(*)
                FROM group_taggings AS t
                WHERE t.corp_id = $1 AND t.group_id = g.group_id AND t.tag_id IN ({list}))
                BETWEEN $5 AND $6";

    pub(crate) STORED = "SELECT group_id, chat_id, owner_id, raw_name, display_name, notice, created_at_ms,
            owner_status, is_dissolved, n_members, member_version
        FROM customer_groups
        WHERE corp_id = $1 AND chat_id IN ({list})";
    pub(crate) PUT = "INSERT INTO customer_groups
            (corp_id, group_id, chat_id, owner_id, raw_name, display_name, folded_name, notice,
             created_at_ms, owner_status, is_dissolved, n_members, member_version)
        VALUES {rows}
        ON CONFLICT (corp_id, group_id) DO UPDATE SET owner_id = excluded.owner_id,
            raw_name = excluded.raw_name, display_name = excluded.display_name,
            folded_name = excluded.folded_name, notice = excluded.notice,
            created_at_ms = excluded.created_at_ms, owner_status = excluded.owner_status,
            is_dissolved = excluded.is_dissolved, n_members = excluded.n_members,
            member_version = excluded.member_version";
    pub(crate) REST_OF = "SELECT notice, created_at_ms FROM customer_groups WHERE corp_id = $1 AND group_id = $2";
    pub(crate) MEMBERS = "SELECT group_id, member_no, wecom_id, kind, name, group_nickname, union_id, invitor_id,
            join_scene, join_state, joined_at_ms
        FROM group_members
        WHERE corp_id = $1 AND group_id IN ({list})
        ORDER BY group_id, member_no";
    pub(crate) PUT_MEMBERS = "INSERT INTO group_members
            (corp_id, group_id, member_no, wecom_id, kind, name, group_nickname, union_id, invitor_id,
             join_scene, join_state, joined_at_ms)
        VALUES {rows}
        ON CONFLICT (corp_id, group_id, member_no) DO UPDATE SET wecom_id = excluded.wecom_id,
            kind = excluded.kind, name = excluded.name, group_nickname = excluded.group_nickname,
            union_id = excluded.union_id, invitor_id = excluded.invitor_id,
            join_scene = excluded.join_scene, join_state = excluded.join_state,
            joined_at_ms = excluded.joined_at_ms";
    pub(crate) REMOVE_MEMBER = "DELETE FROM group_members WHERE corp_id = $1 AND group_id = $2 AND member_no = $3";
    pub(crate) LIVE_CHAT_IDS = "SELECT chat_id
        FROM customer_groups
        WHERE corp_id = $1 AND NOT is_dissolved AND owner_id IN ({list})";
    pub(crate) FIRST_CHANGE = "SELECT change_seq FROM group_changes WHERE corp_id = $1 ORDER BY change_seq LIMIT 1";
    pub(crate) FORGET_CHANGES = "DELETE FROM group_changes WHERE corp_id = $1 AND change_seq <= $2";
    pub(crate) NOTE_CHANGES = "INSERT INTO group_changes (corp_id, change_seq, group_id) VALUES {rows}";
}

pub(crate) fn group(row: &Row<'_>) -> Result<Group, Error> {
    Ok(Group {
        id: row.get(0)?,
        chat_id: row.get(1)?,
        owner: row.get(2)?,
        raw_name: row.get(3)?,
        display_name: row.get(4)?,
        is_dissolved: row.get(5)?,
    })
}

pub(crate) fn facts(row: &Row<'_>) -> Result<Facts, Error> {
    Ok(Facts {
        id: row.get(0)?,
        owner: row.get(1)?,
        departments: vec![],
        folded_name: row.get(2)?,
        created_at_ms: row.get(3)?,
        n_members: row.get(4)?,
        is_dissolved: row.get(5)?,
        tags: vec![],
    })
}

/// A group without its tags.
pub(crate) fn found(row: &Row<'_>) -> Result<Found, Error> {
    Ok(Found {
        id: row.get(0)?,
        chat_id: row.get(1)?,
        owner: row.get(2)?,
        raw_name: row.get(3)?,
        display_name: row.get(4)?,
        created_at_ms: row.get(5)?,
        tags: vec![],
    })
}

pub(crate) fn stored(row: &Row<'_>) -> Result<Stored, Error> {
    Ok(Stored {
        id: row.get(0)?,
        chat_id: row.get(1)?,
        owner: row.get(2)?,
        raw_name: row.get(3)?,
        display_name: row.get(4)?,
        notice: row.get(5)?,
        created_at_ms: row.get(6)?,
        owner_status: row.get(7)?,
        is_dissolved: row.get(8)?,
        n_members: row.get(9)?,
        member_version: row.get(10)?,
    })
}
