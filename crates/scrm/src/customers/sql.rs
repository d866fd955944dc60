//! Statements on customers. States of relations: see [`super::RelationState`].

use store::{Error, Row, statements};

use super::{Customer, Relation, RelationState};
use crate::{CustomerId, StaffId, TagId};

statements! {
    pub(crate) BY_EXTERNAL_USER_ID = "SELECT customer_id, external_user_id, name, kind, gender, avatar_url, union_id,
            position, corp_name, corp_full_name
        FROM customers
        WHERE corp_id = $1 AND external_user_id IN ({list})";
    pub(crate) NAMES = "SELECT external_user_id, name
        FROM customers
        WHERE corp_id = $1 AND name <> '' AND external_user_id IN ({list})";
    pub(crate) PUT = "INSERT INTO customers
            (corp_id, customer_id, external_user_id, name, name_folded, kind, gender, avatar_url, union_id,
             position, corp_name, corp_full_name)
        VALUES {rows}
        ON CONFLICT (corp_id, customer_id) DO UPDATE SET name = excluded.name,
            name_folded = excluded.name_folded, kind = excluded.kind, gender = excluded.gender,
            avatar_url = excluded.avatar_url, union_id = excluded.union_id, position = excluded.position,
            corp_name = excluded.corp_name, corp_full_name = excluded.corp_full_name";
    pub(crate) RELATIONS = "SELECT staff_id, customer_id, state, added_at_ms, ended_at_ms, remark, description,
            remark_corp_name, remark_mobiles, add_way, added_by, channel, tags_unknown
        FROM customer_relations
        WHERE corp_id = $1 AND customer_id IN ({list})";
    pub(crate) PUT_RELATIONS = "INSERT INTO customer_relations
            (corp_id, staff_id, customer_id, state, added_at_ms, ended_at_ms, remark, description,
             remark_corp_name, remark_mobiles, add_way, added_by, channel, tags_unknown)
        VALUES {rows}
        ON CONFLICT (corp_id, staff_id, customer_id) DO UPDATE SET state = excluded.state,
            added_at_ms = excluded.added_at_ms, ended_at_ms = excluded.ended_at_ms,
            remark = excluded.remark, description = excluded.description,
            remark_corp_name = excluded.remark_corp_name, remark_mobiles = excluded.remark_mobiles,
            add_way = excluded.add_way, added_by = excluded.added_by, channel = excluded.channel,
            tags_unknown = excluded.tags_unknown";
    /// By way of the relations, since the taggings' key begins with the member.
    pub(crate) TAGGINGS = "SELECT t.staff_id, t.customer_id, t.tag_id
        FROM customer_relations AS r
        JOIN customer_taggings AS t
            ON t.corp_id = r.corp_id AND t.staff_id = r.staff_id AND t.customer_id = r.customer_id
        WHERE r.corp_id = $1 AND r.customer_id IN ({list})
        ORDER BY t.tag_id";
    pub(crate) ADD_TAGGINGS = "INSERT INTO customer_taggings (corp_id, staff_id, customer_id, tag_id) VALUES {rows}";
    pub(crate) REMOVE_TAGGING = "DELETE FROM customer_taggings
        WHERE corp_id = $1 AND staff_id = $2 AND customer_id = $3 AND tag_id = $4";
    pub(crate) LIVE_OF_MEMBER = "SELECT c.external_user_id
        FROM customer_relations AS r
        JOIN customers AS c ON c.corp_id = r.corp_id AND c.customer_id = r.customer_id
        WHERE r.corp_id = $1 AND r.staff_id = $2 AND r.state <> 2";
    pub(crate) MEMBERS_WITH_LIVE = "SELECT DISTINCT staff_id
        FROM customer_relations
        WHERE corp_id = $1 AND state <> 2 AND staff_id IN ({list})";
    /// Only forward: from current to ended by the customer, and from both to gone.
    pub(crate) END = "UPDATE customer_relations
        SET state = $4, ended_at_ms = CASE WHEN state = 0 THEN $5 ELSE ended_at_ms END
        WHERE corp_id = $1 AND staff_id = $2 AND customer_id = $3 AND state < $4 AND added_at_ms <= $5";
    pub(crate) BEGIN_ANEW = "UPDATE customer_relations
        SET state = 0, ended_at_ms = NULL
        WHERE corp_id = $1 AND staff_id = $2 AND customer_id = $3 AND state <> 0 AND ended_at_ms <= $4";
    pub(crate) COUNT = "SELECT CAST(count(*) AS BIGINT) FROM customers WHERE corp_id = $1";
    pub(crate) COUNT_CURRENT = "SELECT CAST(count(*) AS BIGINT)
        FROM customer_relations
        WHERE corp_id = $1 AND state = 0";
}

pub(crate) fn customer(row: &Row<'_>) -> Result<Customer, Error> {
    Ok(Customer {
        id: row.get(0)?,
        external_user_id: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        gender: row.get(4)?,
        avatar_url: row.get(5)?,
        union_id: row.get(6)?,
        position: row.get(7)?,
        corp_name: row.get(8)?,
        corp_full_name: row.get(9)?,
    })
}

/// A relation without its tags.
pub(crate) fn relation(row: &Row<'_>) -> Result<Relation, Error> {
    let state = RelationState::from_number(row.get(2)?)
        .ok_or(Error::Column { index: 2, expected: "the state of a relation" })?;
    Ok(Relation {
        staff: row.get(0)?,
        customer: row.get(1)?,
        state,
        added_at_ms: row.get(3)?,
        ended_at_ms: row.get(4)?,
        remark: row.get(5)?,
        description: row.get(6)?,
        remark_corp_name: row.get(7)?,
        remark_mobiles: row.get(8)?,
        add_way: row.get(9)?,
        added_by: row.get(10)?,
        channel: row.get(11)?,
        tags: Vec::new(),
        tags_unknown: row.get(12)?,
    })
}

pub(crate) fn tagging(row: &Row<'_>) -> Result<((StaffId, CustomerId), TagId), Error> {
    Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
}
