//! Statements on tags of groups.

use store::statements;

statements! {
    pub(crate) TAG_GROUPS = "SELECT tag_group_id, name
        FROM group_tag_groups
        WHERE corp_id = $1
        ORDER BY tag_group_id";
    pub(crate) TAG_GROUP_BY_NAME = "SELECT tag_group_id, name
        FROM group_tag_groups
        WHERE corp_id = $1 AND name_folded = $2";
    pub(crate) TAGS = "SELECT tag_id, tag_group_id, name
        FROM group_tags
        WHERE corp_id = $1
        ORDER BY tag_id";
    pub(crate) TAGS_BY_ID = "SELECT tag_id FROM group_tags WHERE corp_id = $1 AND tag_id IN ({list})";
    pub(crate) ADD_TAG_GROUP = "INSERT INTO group_tag_groups (corp_id, tag_group_id, name, name_folded)
        VALUES {rows}";
    pub(crate) ADD_TAGS = "INSERT INTO group_tags (corp_id, tag_id, tag_group_id, name, name_folded)
        VALUES {rows}";
    pub(crate) ADD_TAGGINGS = "INSERT INTO group_taggings (corp_id, group_id, tag_id)
        VALUES {rows}
        ON CONFLICT (corp_id, group_id, tag_id) DO NOTHING";
    pub(crate) REMOVE_TAGGING = "DELETE FROM group_taggings WHERE corp_id = $1 AND group_id = $2 AND tag_id = $3";
    pub(crate) NAMES = "SELECT tag_id, name FROM group_tags WHERE corp_id = $1 AND tag_id IN ({list})";
    pub(crate) SOME_TAGGED = "SELECT group_id FROM group_taggings WHERE corp_id = $1 AND tag_id = $2 LIMIT $3";
    pub(crate) TAG_NAME = "SELECT name FROM group_tags WHERE corp_id = $1 AND tag_id = $2";
    pub(crate) RENAME_TAG = "UPDATE group_tags SET name = $3, name_folded = $4 WHERE corp_id = $1 AND tag_id = $2";
    pub(crate) RENAME_TAG_GROUP = "UPDATE group_tag_groups SET name = $3, name_folded = $4
        WHERE corp_id = $1 AND tag_group_id = $2";
    pub(crate) REMOVE_TAG = "DELETE FROM group_tags WHERE corp_id = $1 AND tag_id = $2";
    pub(crate) REMOVE_TAG_GROUP = "DELETE FROM group_tag_groups WHERE corp_id = $1 AND tag_group_id = $2";
    pub(crate) ANY_TAG_OF = "SELECT tag_id FROM group_tags WHERE corp_id = $1 AND tag_group_id = $2 LIMIT 1";
}
