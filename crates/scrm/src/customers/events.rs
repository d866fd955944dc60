//! What an event says of a relation that no call shows.

use std::collections::HashMap;

use store::{Tx, params};

use super::{Customer, Relation, RelationState, by_external_user_ids, relations_of, sql, write};
use crate::{CorpId, CustomerId, Error, StaffId, counters, org, text};

/// How a relation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The customer removed the member; WeCom goes on to show the relation.
    ByCustomer,
    /// The member removed the customer.
    Gone,
}

/// Marks a relation as ended at `at_ms` by WeCom's clock, unless it was added after that.
///
/// One that the customer ended before it was ever read gets a row all the same: nothing that is read later
/// tells how it stands.
pub(crate) async fn end_relation(
    tx: &mut Tx,
    corp: CorpId,
    user_id: &str,
    external_user_id: &str,
    ending: Ending,
    at_ms: i64,
) -> Result<(), Error> {
    let pair = match ending {
        Ending::ByCustomer => Some(pair_made(tx, corp, user_id, external_user_id).await?),
        Ending::Gone => pair(tx, corp, user_id, external_user_id).await?,
    };
    let Some((staff, customer)) = pair else { return Ok(()) };
    let state = match ending {
        Ending::ByCustomer => RelationState::EndedByCustomer,
        Ending::Gone => RelationState::Gone,
    };
    let values = params![corp, staff, customer, state.number(), at_ms];
    tx.execute(&sql::END, &values).await?;
    Ok(())
}

/// Marks a relation as standing again: it was added at `at_ms` by WeCom's clock. Nothing happens where it
/// is not known yet, or ended after that.
pub(crate) async fn relation_added(
    tx: &mut Tx,
    corp: CorpId,
    user_id: &str,
    external_user_id: &str,
    at_ms: i64,
) -> Result<(), Error> {
    if let Some((staff, customer)) = pair(tx, corp, user_id, external_user_id).await? {
        tx.execute(&sql::BEGIN_ANEW, &params![corp, staff, customer, at_ms]).await?;
    }
    Ok(())
}

/// The ids of both, where both are known.
async fn pair(
    tx: &mut Tx,
    corp: CorpId,
    user_id: &str,
    external_user_id: &str,
) -> Result<Option<(StaffId, CustomerId)>, Error> {
    let staff = org::staff_by_user_ids(tx, corp, std::iter::once(user_id)).await?;
    let customers = by_external_user_ids(tx, corp, std::iter::once(external_user_id)).await?;
    let staff = staff.into_values().next().map(|member| member.id);
    Ok(staff.zip(customers.into_values().next().map(|customer| customer.id)))
}

/// The ids of both, with rows for both and for their relation.
async fn pair_made(
    tx: &mut Tx,
    corp: CorpId,
    user_id: &str,
    external_user_id: &str,
) -> Result<(StaffId, CustomerId), Error> {
    let known = org::staff_by_user_ids(tx, corp, std::iter::once(user_id)).await?;
    let mut staff: HashMap<String, StaffId> =
        known.into_iter().map(|(user_id, member)| (user_id, member.id)).collect();
    org::ids_of_owners(tx, corp, &mut staff, std::iter::once(user_id)).await?;
    let staff = staff[&text::folded(user_id)];
    let known = by_external_user_ids(tx, corp, std::iter::once(external_user_id)).await?;
    let customer = match known.into_values().next() {
        Some(customer) => customer.id,
        None => {
            let id = CustomerId(counters::take(tx, corp, counters::LONG, 1).await?);
            write::put_customers(tx, corp, &[unread_customer(id, external_user_id)]).await?;
            id
        }
    };
    let relations = relations_of(tx, corp, &[customer]).await?;
    if !relations.iter().any(|relation| relation.staff == staff) {
        write::put_relations(tx, corp, &[unread_relation(staff, customer)]).await?;
    }
    Ok((staff, customer))
}

fn unread_customer(id: CustomerId, external_user_id: &str) -> Customer {
    Customer {
        id,
        external_user_id: external_user_id.to_owned(),
        name: String::new(),
        kind: 0,
        gender: 0,
        avatar_url: String::new(),
        union_id: String::new(),
        position: String::new(),
        corp_name: String::new(),
        corp_full_name: String::new(),
    }
}

fn unread_relation(staff: StaffId, customer: CustomerId) -> Relation {
    Relation {
        staff,
        customer,
        state: RelationState::Current,
        added_at_ms: 0,
        ended_at_ms: None,
        remark: String::new(),
        description: String::new(),
        remark_corp_name: String::new(),
        remark_mobiles: "[]".to_owned(),
        add_way: 0,
        added_by: String::new(),
        channel: String::new(),
        tags: Vec::new(),
        tags_unknown: "[]".to_owned(),
    }
}
