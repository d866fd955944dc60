//! How what WeCom says of customers is compared with what is stored, and what changed is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use store::{Tx, Value, params};
use wecom::customers::{ExternalContact, FollowUser, TAG_PERSONAL};

use super::{
    Customer, Relation, RelationState, by_external_user_ids, fetch::Answer, relations_of, sql,
};
use crate::{CorpId, CustomerId, Error, StaffId, TagId, counters, org, tags, text};

/// What WeCom says of some customers.
#[derive(Default)]
pub(super) struct Said {
    pub(super) relations: Vec<wecom::customers::Relation>,
    /// Customers of whom all relations are named: their others are gone.
    pub(super) whole: HashSet<String>,
}

impl Said {
    /// Adds one customer as a whole. Somebody of whom WeCom shows no follower without saying that there is
    /// none keeps his relations: nothing ends because a list was empty.
    pub(super) fn add(&mut self, answer: Answer) -> Option<(String, wecom::Error)> {
        match answer {
            Answer::Customer(customer) => {
                let external_contact = customer.external_contact;
                if !customer.follow_user.is_empty() {
                    self.whole.insert(external_contact.external_userid.clone());
                }
                let relations = customer.follow_user.into_iter().map(|follow_info| {
                    let external_contact = external_contact.clone();
                    wecom::customers::Relation { external_contact, follow_info }
                });
                self.relations.extend(relations);
                None
            }
            Answer::Nobody(external_user_id) => {
                self.whole.insert(external_user_id);
                None
            }
            Answer::Failed(external_user_id, error) => Some((external_user_id, error)),
        }
    }
}

/// Writes what differs; how many rows that took. `staff` are the known members by folded user id; those
/// never seen are added to it and to the database. The transaction must be alone.
pub(super) async fn store(
    tx: &mut Tx,
    corp: CorpId,
    said: &Said,
    staff: &mut HashMap<String, StaffId>,
    now_ms: i64,
) -> Result<usize, Error> {
    let n_known = staff.len();
    let user_ids = said.relations.iter().map(|told| told.follow_info.userid.as_str());
    org::ids_of_owners(tx, corp, staff, user_ids).await?;
    let n_new_staff = staff.len() - n_known;

    let ids = said.relations.iter().map(|told| told.external_contact.external_userid.as_str());
    let ids: HashSet<&str> = ids.chain(said.whole.iter().map(String::as_str)).collect();
    let mut customers = by_external_user_ids(tx, corp, ids.into_iter()).await?;
    let stored_ids: Vec<CustomerId> = customers.values().map(|customer| customer.id).collect();
    let stored = relations_of(tx, corp, &stored_ids).await?;
    let stored: HashMap<(StaffId, CustomerId), Relation> = stored
        .into_iter()
        .map(|relation| ((relation.staff, relation.customer), relation))
        .collect();

    let contacts = said.relations.iter().map(|told| &told.external_contact);
    let n_customers = store_customers(tx, corp, contacts, &mut customers).await?;
    let tag_ids: BTreeSet<&str> =
        said.relations.iter().flat_map(|told| tag_ids(&told.follow_info)).collect();
    let library = tags::ids_of(tx, corp, tag_ids.into_iter()).await?;
    // By pair, since a page may name one twice and a row is written once.
    let mut now: BTreeMap<(StaffId, CustomerId), Relation> = BTreeMap::new();
    for told in &said.relations {
        let customer = customers[&told.external_contact.external_userid].id;
        let member = staff[&text::folded(&told.follow_info.userid)];
        let pair = (member, customer);
        let relation = as_relation(pair, &told.follow_info, &library, stored.get(&pair));
        now.insert(pair, relation);
    }
    let whole: HashSet<CustomerId> = said
        .whole
        .iter()
        .filter_map(|external_user_id| customers.get(external_user_id))
        .map(|customer| customer.id)
        .collect();
    let gone = stored.values().filter(|relation| {
        relation.state != RelationState::Gone
            && whole.contains(&relation.customer)
            && !now.contains_key(&(relation.staff, relation.customer))
    });
    let gone: Vec<Relation> = gone
        .map(|relation| Relation {
            state: RelationState::Gone,
            ended_at_ms: relation.ended_at_ms.or(Some(now_ms)),
            ..relation.clone()
        })
        .collect();
    let n_relations = put_changed(tx, corp, &stored, now.into_values().chain(gone)).await?;
    Ok(n_new_staff + n_customers + n_relations)
}

/// Writes the customers that differ and adds new ones to `known`; how many.
async fn store_customers<'a>(
    tx: &mut Tx,
    corp: CorpId,
    contacts: impl Iterator<Item = &'a ExternalContact>,
    known: &mut HashMap<String, Customer>,
) -> Result<usize, Error> {
    let contacts: BTreeMap<&str, &ExternalContact> =
        contacts.map(|contact| (contact.external_userid.as_str(), contact)).collect();
    let n_new = contacts.keys().filter(|id| !known.contains_key(**id)).count();
    let mut next_id = counters::take(tx, corp, counters::LONG, n_new).await?;
    let mut changed = Vec::new();
    for contact in contacts.into_values() {
        let before = known.get(&contact.external_userid);
        let id = before.map_or_else(
            || {
                next_id += 1;
                CustomerId(next_id - 1)
            },
            |customer| customer.id,
        );
        let now = as_customer(contact, id);
        if before != Some(&now) {
            changed.push(now);
        }
    }
    put_customers(tx, corp, &changed).await?;
    let n_changed = changed.len();
    known.extend(changed.into_iter().map(|now| (now.external_user_id.clone(), now)));
    Ok(n_changed)
}

pub(super) async fn put_customers(
    tx: &mut Tx,
    corp: CorpId,
    customers: &[Customer],
) -> Result<(), Error> {
    let folded: Vec<String> = customers.iter().map(|c| text::folded(&c.name)).collect();
    let values: Vec<Value<'_>> = customers
        .iter()
        .zip(&folded)
        .flat_map(|(customer, folded)| {
            params![
                corp,
                customer.id,
                &customer.external_user_id,
                &customer.name,
                folded,
                customer.kind,
                customer.gender,
                &customer.avatar_url,
                &customer.union_id,
                &customer.position,
                &customer.corp_name,
                &customer.corp_full_name
            ]
        })
        .collect();
    tx.execute_rows(&sql::PUT, &values).await?;
    Ok(())
}

/// Writes the relations and tags that differ from what is stored; how many rows that took.
async fn put_changed(
    tx: &mut Tx,
    corp: CorpId,
    stored: &HashMap<(StaffId, CustomerId), Relation>,
    relations: impl Iterator<Item = Relation>,
) -> Result<usize, Error> {
    let mut rows = Vec::new();
    let mut added = Vec::new();
    let mut removed = Vec::new();
    for now in relations {
        let (staff, customer) = (now.staff, now.customer);
        let before = stored.get(&(staff, customer));
        if before == Some(&now) {
            continue;
        }
        let tags_before = before.map(|before| before.tags.as_slice()).unwrap_or_default();
        let new = now.tags.iter().filter(|tag| !tags_before.contains(tag));
        added.extend(new.flat_map(|&tag| params![corp, staff, customer, tag]));
        let old = tags_before.iter().filter(|tag| !now.tags.contains(tag));
        removed.extend(old.map(|&tag| params![corp, staff, customer, tag]));
        let but_for_tags = Relation { tags: tags_before.to_vec(), ..now };
        if before != Some(&but_for_tags) {
            rows.push(but_for_tags);
        }
    }
    put_relations(tx, corp, &rows).await?;
    tx.execute_each(&sql::REMOVE_TAGGING, &removed).await?;
    tx.execute_rows(&sql::ADD_TAGGINGS, &added).await?;
    Ok(rows.len() + removed.len() + added.len() / 4)
}

/// Writes relations without their tags.
pub(super) async fn put_relations(
    tx: &mut Tx,
    corp: CorpId,
    relations: &[Relation],
) -> Result<(), Error> {
    let values: Vec<Value<'_>> = relations
        .iter()
        .flat_map(|relation| {
            params![
                corp,
                relation.staff,
                relation.customer,
                relation.state.number(),
                relation.added_at_ms,
                relation.ended_at_ms,
                &relation.remark,
                &relation.description,
                &relation.remark_corp_name,
                &relation.remark_mobiles,
                relation.add_way,
                &relation.added_by,
                &relation.channel,
                &relation.tags_unknown
            ]
        })
        .collect();
    tx.execute_rows(&sql::PUT_RELATIONS, &values).await?;
    Ok(())
}

fn as_customer(contact: &ExternalContact, id: CustomerId) -> Customer {
    Customer {
        id,
        external_user_id: contact.external_userid.clone(),
        name: contact.name.clone(),
        kind: contact.kind,
        gender: contact.gender,
        avatar_url: contact.avatar.clone(),
        union_id: contact.unionid.clone(),
        position: contact.position.clone(),
        corp_name: contact.corp_name.clone(),
        corp_full_name: contact.corp_full_name.clone(),
    }
}

fn as_relation(
    (staff, customer): (StaffId, CustomerId),
    told: &FollowUser,
    library: &HashMap<String, TagId>,
    before: Option<&Relation>,
) -> Relation {
    let added_at_ms = told.createtime.saturating_mul(1_000);
    let ended = before.filter(|before| is_still_ended(before, added_at_ms));
    let (known, unknown): (BTreeSet<&str>, BTreeSet<&str>) =
        tag_ids(told).partition(|tag_id| library.contains_key(*tag_id));
    let mut tags: Vec<TagId> = known.into_iter().map(|tag_id| library[tag_id]).collect();
    tags.sort_unstable();
    Relation {
        staff,
        customer,
        state: ended.map_or(RelationState::Current, |before| before.state),
        added_at_ms,
        ended_at_ms: ended.and_then(|before| before.ended_at_ms),
        remark: told.remark.clone(),
        description: told.description.clone(),
        remark_corp_name: told.remark_corp_name.clone(),
        remark_mobiles: json_list(&told.remark_mobiles),
        add_way: told.add_way,
        added_by: told.oper_userid.clone(),
        channel: told.state.clone(),
        tags,
        tags_unknown: json_list(&unknown),
    }
}

/// The customer ended it and it was not added anew since: WeCom shows it all the same. Both times are of
/// WeCom's clock, in seconds; within one the relation was added anew if it was read with another time.
fn is_still_ended(before: &Relation, added_at_ms: i64) -> bool {
    let Some(ended_at_ms) = before.ended_at_ms else { return false };
    let is_the_same = [0, added_at_ms].contains(&before.added_at_ms);
    before.state == RelationState::EndedByCustomer
        && (added_at_ms < ended_at_ms || added_at_ms == ended_at_ms && is_the_same)
}

/// WeCom's ids of the tags that all members see.
fn tag_ids(told: &FollowUser) -> impl Iterator<Item = &str> {
    let of_one = told.tags.iter().filter(|tag| tag.kind != TAG_PERSONAL).map(|tag| &tag.tag_id);
    let ids = told.tag_id.iter().chain(of_one);
    ids.filter(|tag_id| !tag_id.is_empty()).map(String::as_str)
}

fn json_list<T: AsRef<str> + serde::Serialize>(texts: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<T> = texts.into_iter().collect();
    serde_json::to_string(&texts).expect("texts are plain data")
}
