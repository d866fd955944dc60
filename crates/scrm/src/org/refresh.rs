//! One part of the organisation read anew, after an event.

use std::collections::HashSet;

use store::{Tx, Value, params};
use wecom::codes;

use super::{Member, put_members, sql, sync};
use crate::{
    CorpId, DepartmentId, Error, Scrm, StaffId, corps, counters,
    refresh::{self, Thing},
    text,
};

/// Reads one member. Who is gone, or out of the app's sight, is marked.
pub(crate) async fn refresh_member(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
    user_id: &str,
) -> Result<(), Error> {
    let fetched = match wecom::contacts::staff_member(client, user_id).await {
        Ok(staff) => Some(staff),
        Err(error) if is_gone(&error) => None,
        Err(error) => return Err(error.into()),
    };
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let known = known(&mut tx, corp, user_id).await?;
    match (fetched, known) {
        (Some(staff), known) => {
            let id = match &known {
                Some(member) => member.id,
                None => StaffId(counters::take(&mut tx, corp, counters::LONG, 1).await?),
            };
            let can_contact = known.as_ref().is_some_and(|member| member.can_contact);
            let now = sync::as_member(&staff, id, can_contact);
            if known.as_ref() != Some(&now) {
                put_members(&mut tx, corp, &[now]).await?;
            }
            // Who may contact customers may have been read before he was there to be marked.
            if known.is_none_or(|member| member.is_deleted || !member.is_readable) {
                refresh::want(&mut tx, corp, &[Thing::FollowUsers], scrm.clock.now_ms()).await?;
            }
            let places = sync::places_of(&staff);
            if stored_places(&mut tx, corp, id).await? != places {
                sync::put_places(&mut tx, corp, &[(id, places)]).await?;
            }
        }
        (None, Some(member)) if !member.is_deleted => {
            let gone = Member { is_deleted: true, can_contact: false, ..member };
            put_members(&mut tx, corp, &[gone]).await?;
        }
        (None, _) => {}
    }
    Ok(tx.commit().await?)
}

/// Reads all departments.
pub(crate) async fn refresh_departments(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
) -> Result<(), Error> {
    let fetched = wecom::contacts::departments(client).await?;
    let mut tx = corps::begin_alone(scrm, corp).await?;
    sync::store_departments(&mut tx, corp, &fetched).await?;
    Ok(tx.commit().await?)
}

/// Reads who may contact customers; an empty list takes the function from nobody.
pub(crate) async fn refresh_follow_users(
    scrm: &Scrm,
    corp: CorpId,
    client: &wecom::Client,
) -> Result<(), Error> {
    let users = wecom::customers::follow_users(client).await?;
    if users.is_empty() {
        return Ok(());
    }
    let users: HashSet<String> = users.iter().map(|user_id| text::folded(user_id)).collect();
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let changed: Vec<Member> = super::all_staff(&mut tx, corp)
        .await?
        .into_iter()
        .filter_map(|member| {
            let may = users.contains(&text::folded(&member.wecom_user_id));
            (member.can_contact != may).then_some(Member { can_contact: may, ..member })
        })
        .collect();
    put_members(&mut tx, corp, &changed).await?;
    Ok(tx.commit().await?)
}

/// A member's user id was changed; who had the old one. Where the new one is known already, they are left as
/// two.
pub(crate) async fn rename_member(
    tx: &mut Tx,
    corp: CorpId,
    user_id: &str,
    new_user_id: &str,
) -> Result<Option<StaffId>, Error> {
    let Some(member) = known(tx, corp, user_id).await? else { return Ok(None) };
    let id = member.id;
    let is_same = text::folded(user_id) == text::folded(new_user_id);
    if is_same || known(tx, corp, new_user_id).await?.is_none() {
        let renamed = Member { wecom_user_id: new_user_id.to_owned(), ..member };
        put_members(tx, corp, &[renamed]).await?;
    }
    Ok(Some(id))
}

async fn known(tx: &mut Tx, corp: CorpId, user_id: &str) -> Result<Option<Member>, Error> {
    let folded = text::folded(user_id);
    let list = [Value::from(&folded)];
    let found = tx.query_list(&sql::MEMBERS_BY_USER_ID, &params![corp], &list, sql::member).await?;
    Ok(found.into_iter().next())
}

async fn stored_places(
    tx: &mut Tx,
    corp: CorpId,
    id: StaffId,
) -> Result<Vec<(DepartmentId, bool)>, Error> {
    let places = tx.query(&sql::PLACES_OF, &params![corp, id], sql::place).await?;
    Ok(places.into_iter().map(|(_, department, is_leader)| (department, is_leader)).collect())
}

/// Left the company, or the app's visible range.
fn is_gone(error: &wecom::Error) -> bool {
    let gone = [codes::USERID_NOT_FOUND, codes::INVALID_USERID, codes::NO_PRIVILEGE];
    error.errcode().is_some_and(|errcode| gone.contains(&errcode))
}
