//! Customers (外部联系人), mirrored from WeCom: who they are, and what each member of staff who follows
//! them knows of them.
//!
//! Nothing is deleted. A relation that WeCom shows no longer is marked as gone. One that the customer ended
//! is shown by WeCom as if nothing had happened: it stays marked until it is added anew. Tags that only one
//! member sees are not mirrored, since WeCom tells them of single customers alone.

mod events;
mod fetch;
pub(crate) mod sql;
mod sync;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashMap;

use store::{Session, Value, params};

use crate::{CorpId, CustomerId, Error, StaffId, TagId};
pub(crate) use events::{Ending, end_relation, relation_added};
pub(crate) use sync::{follow, refresh};

/// Somebody outside, as any of the staff sees him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Our id.
    pub id: CustomerId,
    /// WeCom's id, `wm…` or `wo…`.
    pub external_user_id: String,
    /// His own name; empty while only an event has told of him.
    pub name: String,
    /// WeCom's: 1 a user of WeChat, 2 of another company's WeCom.
    pub kind: i64,
    /// WeCom's: 0 unknown, 1 male, 2 female.
    pub gender: i64,
    /// His picture.
    pub avatar_url: String,
    /// Of WeChat users, where the company has bound a developer account.
    pub union_id: String,
    /// Of WeCom users.
    pub position: String,
    /// The short name of a WeCom user's company.
    pub corp_name: String,
    /// Its full name.
    pub corp_full_name: String,
}

/// What one member of staff knows of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The member.
    pub staff: StaffId,
    /// The customer.
    pub customer: CustomerId,
    /// Whether it still stands.
    pub state: RelationState,
    /// When they became acquainted; 0 for one that ended before it was read.
    pub added_at_ms: i64,
    /// When it ended: by WeCom's clock when an event told, by ours when WeCom showed it no longer.
    pub ended_at_ms: Option<i64>,
    /// The member's name for the customer.
    pub remark: String,
    /// The member's notes.
    pub description: String,
    /// The member's name for the customer's company.
    pub remark_corp_name: String,
    /// Telephone numbers that the member noted: a JSON list.
    pub remark_mobiles: String,
    /// WeCom's number for the way in which the customer came.
    pub add_way: i64,
    /// Who added: a user id, or an external user id.
    pub added_by: String,
    /// The channel (WeCom's `state`) of the code or link by which the customer came.
    pub channel: String,
    /// WeCom's tags on it, in the order of our ids.
    pub tags: Vec<TagId>,
    /// WeCom's ids of tags that are not in the library, as those of rule groups (`st…`): a sorted JSON list.
    /// One that came into the library meanwhile moves to `tags` when the relation is read next.
    pub tags_unknown: String,
}

/// Whether a relation still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationState {
    /// As far as anybody knows.
    Current,
    /// The customer removed the member; WeCom goes on to show the relation.
    EndedByCustomer,
    /// WeCom shows it no longer.
    Gone,
}

impl RelationState {
    /// As stored.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Current => 0,
            Self::EndedByCustomer => 1,
            Self::Gone => 2,
        }
    }

    /// What [`RelationState::number`] gave.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        [Self::Current, Self::EndedByCustomer, Self::Gone]
            .into_iter()
            .find(|state| state.number() == number)
    }
}

/// How many customers a company has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Everybody who is or was a customer.
    pub n_customers: i64,
    /// Relations that still stand; a customer may have several.
    pub n_relations: i64,
}

/// How many there are, for people to see.
pub async fn counts(session: &mut Session, corp: CorpId) -> Result<Counts, Error> {
    let n_customers = session.query_opt(&sql::COUNT, &params![corp], |row| row.get(0)).await?;
    let n_relations =
        session.query_opt(&sql::COUNT_CURRENT, &params![corp], |row| row.get(0)).await?;
    Ok(Counts { n_customers: n_customers.unwrap_or(0), n_relations: n_relations.unwrap_or(0) })
}

/// The customers with these external user ids, by id; others are passed over.
pub async fn by_external_user_ids(
    session: &mut Session,
    corp: CorpId,
    external_user_ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Customer>, Error> {
    let list: Vec<Value<'_>> = external_user_ids.map(Value::from).collect();
    let found =
        session.query_list(&sql::BY_EXTERNAL_USER_ID, &params![corp], &list, sql::customer).await?;
    Ok(found.into_iter().map(|customer| (customer.external_user_id.clone(), customer)).collect())
}

/// All relations of some customers, those that ended included, in no order.
pub async fn relations_of(
    session: &mut Session,
    corp: CorpId,
    customers: &[CustomerId],
) -> Result<Vec<Relation>, Error> {
    let list: Vec<Value<'_>> = customers.iter().map(|&id| id.into()).collect();
    let mut relations =
        session.query_list(&sql::RELATIONS, &params![corp], &list, sql::relation).await?;
    let taggings = session.query_list(&sql::TAGGINGS, &params![corp], &list, sql::tagging).await?;
    let mut tags: HashMap<(StaffId, CustomerId), Vec<TagId>> = HashMap::new();
    for (pair, tag) in taggings {
        tags.entry(pair).or_default().push(tag);
    }
    for relation in &mut relations {
        let pair = (relation.staff, relation.customer);
        relation.tags = tags.remove(&pair).unwrap_or_default();
    }
    Ok(relations)
}

/// The names of those among these external user ids who are known.
pub(crate) async fn names(
    session: &mut Session,
    corp: CorpId,
    external_user_ids: &[String],
) -> Result<HashMap<String, String>, Error> {
    let list: Vec<Value<'_>> = external_user_ids.iter().map(Value::from).collect();
    let found = session
        .query_list(&sql::NAMES, &params![corp], &list, |row| Ok((row.get(0)?, row.get(1)?)))
        .await?;
    Ok(found.into_iter().collect())
}
