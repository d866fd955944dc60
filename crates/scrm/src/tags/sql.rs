//! Statements on WeCom's customer tags.

use store::statements;

statements! {
    pub(crate) GROUPS = "SELECT tag_group_id, wecom_id, name, sort_order, created_at_ms, is_deleted
        FROM corp_tag_groups
        WHERE corp_id = $1
        ORDER BY sort_order DESC, created_at_ms, tag_group_id";
    pub(crate) TAGS = "SELECT tag_id, tag_group_id, wecom_id, name, sort_order, created_at_ms, is_deleted
        FROM corp_tags
        WHERE corp_id = $1
        ORDER BY sort_order DESC, created_at_ms, tag_id";
    pub(crate) IDS = "SELECT wecom_id, tag_id FROM corp_tags WHERE corp_id = $1 AND wecom_id IN ({list})";
    pub(crate) PUT_GROUPS = "INSERT INTO corp_tag_groups
            (corp_id, tag_group_id, wecom_id, name, sort_order, created_at_ms, is_deleted)
        VALUES {rows}
        ON CONFLICT (corp_id, tag_group_id) DO UPDATE SET name = excluded.name,
            sort_order = excluded.sort_order, created_at_ms = excluded.created_at_ms,
            is_deleted = excluded.is_deleted";
    pub(crate) PUT_TAGS = "INSERT INTO corp_tags
            (corp_id, tag_id, tag_group_id, wecom_id, name, sort_order, created_at_ms, is_deleted)
        VALUES {rows}
        ON CONFLICT (corp_id, tag_id) DO UPDATE SET tag_group_id = excluded.tag_group_id,
            name = excluded.name, sort_order = excluded.sort_order,
            created_at_ms = excluded.created_at_ms, is_deleted = excluded.is_deleted";
}
