//! What events do to the mirror: nothing here asks WeCom.

use store::{Tx, Value, params};
use tracing::{error, warn};
use wecom::callback::{
    self, ContactChange, CustomerChange, Event, GroupChange, Notice, TagChange, UpdateDetail,
};

use super::sql;
use crate::{
    CorpId, Error, GroupId, Scrm, corps, customers, groups,
    groups::{Applied, MembersChanged},
    org,
    refresh::{self, Thing},
    text,
};

/// Events applied in one transaction: few, since callbacks that come meanwhile wait for it.
const PER_TX: i64 = 100;
/// Who may contact customers is read so long after a new member.
const FOLLOW_USERS_LATER_MS: i64 = 5_000;

/// Applies events in the order in which they came; true when more are waiting.
///
/// The company's row is locked meanwhile, so that one process applies at a time and order is kept. An event
/// that cannot be applied holds up no other: its thing is read anew instead.
pub async fn tick(scrm: &Scrm, corp: CorpId) -> Result<bool, Error> {
    let mut reader = scrm.db.reader().await?;
    let open = reader.query(&sql::OPEN, &params![corp, 1_i64], |_| Ok(())).await?;
    drop(reader);
    if open.is_empty() {
        return Ok(false);
    }
    match apply_some(scrm, corp, PER_TX).await {
        Err(error) if !is_temporary(&error) => {
            warn!(corp.id = %corp, %error, "events cannot be applied together");
            match apply_some(scrm, corp, 1).await {
                Err(error) if !is_temporary(&error) => pass_over_first(scrm, corp, &error).await?,
                outcome => drop(outcome?),
            }
            Ok(true)
        }
        outcome => outcome,
    }
}

fn is_temporary(error: &Error) -> bool {
    matches!(error, Error::Store(error) if error.is_temporary())
}

/// (number, plaintext, when it came)
type Open = (i64, String, i64);

async fn first_open(tx: &mut Tx, corp: CorpId, limit: i64) -> Result<Vec<Open>, Error> {
    let read = |row: &store::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    Ok(tx.query(&sql::OPEN, &params![corp, limit], read).await?)
}

/// Applies at most `limit` events in one transaction; true when there may be more.
async fn apply_some(scrm: &Scrm, corp: CorpId, limit: i64) -> Result<bool, Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let events = first_open(&mut tx, corp, limit).await?;
    let mut changed = Vec::new();
    for (event_no, plaintext, received_at_ms) in &events {
        match callback::read(plaintext) {
            Ok(notice) => {
                changed.extend(apply(&mut tx, corp, notice, *received_at_ms).await?);
            }
            // It was read when it came: an older version of the program understood it.
            Err(error) => warn!(corp.id = %corp, event_no, %error, "an event cannot be read"),
        }
    }
    let numbers: Vec<Value<'_>> = events.iter().map(|(event_no, ..)| (*event_no).into()).collect();
    tx.execute_list(&sql::DONE, &params![corp, scrm.clock.now_ms()], &numbers).await?;
    changed.sort_unstable();
    changed.dedup();
    groups::note_changes(&mut tx, corp, &changed).await?;
    tx.commit().await?;
    Ok(i64::try_from(events.len()).is_ok_and(|n| n == limit))
}

/// Marks the oldest event as done and has its thing read anew.
async fn pass_over_first(scrm: &Scrm, corp: CorpId, error: &Error) -> Result<(), Error> {
    let mut tx = corps::begin_alone(scrm, corp).await?;
    let now_ms = scrm.clock.now_ms();
    for (event_no, plaintext, _) in first_open(&mut tx, corp, 1).await? {
        error!(corp.id = %corp, event_no, %error, "an event was passed over");
        let told = callback::read(&plaintext).ok().and_then(|notice| thing(&notice.event));
        refresh::want(&mut tx, corp, told.as_ref(), now_ms).await?;
        tx.execute_list(&sql::DONE, &params![corp, now_ms], &[event_no.into()]).await?;
    }
    Ok(tx.commit().await?)
}

/// What an event is about, if it is anything that we mirror.
pub(super) fn thing(event: &Event) -> Option<Thing> {
    Some(match event {
        Event::Group { chat_id, .. } => Thing::Group(chat_id.clone()),
        Event::Customer { external_userid, .. } => Thing::Customer(external_userid.clone()),
        Event::Tag { .. } => Thing::CustomerTags,
        Event::Contact { change } => match change {
            ContactChange::UserCreated { user_id, .. }
            | ContactChange::UserUpdated { user_id, new_user_id: None, .. }
            | ContactChange::UserDeleted { user_id } => Thing::Staff(text::folded(user_id)),
            ContactChange::UserUpdated { new_user_id: Some(new_user_id), .. } => {
                Thing::Staff(text::folded(new_user_id))
            }
            ContactChange::DepartmentCreated { .. }
            | ContactChange::DepartmentUpdated { .. }
            | ContactChange::DepartmentDeleted { .. } => Thing::Departments,
            ContactChange::MemberTagUpdated { .. } => return None,
        },
        Event::Other { .. } => return None,
    })
}

/// Does what an event asks for; the group that it changed at once, if it did.
async fn apply(
    tx: &mut Tx,
    corp: CorpId,
    notice: Notice,
    received_at_ms: i64,
) -> Result<Option<GroupId>, Error> {
    let mut at_ms = received_at_ms + refresh::SETTLE_MS;
    let mut things: Vec<Thing> = thing(&notice.event).into_iter().collect();
    let mut has_new_staff = false;
    let mut changed = None;
    match notice.event {
        Event::Group { chat_id, change } => {
            let happened_at_ms = notice.create_time.saturating_mul(1_000);
            if let Some(change) = members_changed(chat_id, change, happened_at_ms) {
                match groups::apply_members(tx, corp, &change).await? {
                    Applied::Continued(group) => {
                        changed = Some(group);
                        at_ms = received_at_ms + refresh::DETAILS_MS;
                    }
                    Applied::Known => things.clear(),
                    Applied::MustRead => {}
                }
            }
        }
        Event::Customer { change, user_id, external_userid, .. } => {
            let happened_at_ms = notice.create_time.saturating_mul(1_000);
            let ending = match change {
                // WeCom goes on to list the relation as if nothing had happened.
                CustomerChange::DeletedByCustomer => Some(customers::Ending::ByCustomer),
                CustomerChange::DeletedByMember => Some(customers::Ending::Gone),
                CustomerChange::Added => {
                    let (user, customer) = (&user_id, &external_userid);
                    customers::relation_added(tx, corp, user, customer, happened_at_ms).await?;
                    None
                }
                CustomerChange::Edited => None,
                // Nothing that a call would show.
                CustomerChange::HalfAdded | CustomerChange::TransferFailed => {
                    things.clear();
                    None
                }
            };
            if let Some(ending) = ending {
                let (user, customer) = (&user_id, &external_userid);
                customers::end_relation(tx, corp, user, customer, ending, happened_at_ms).await?;
            }
        }
        Event::Contact { change } => {
            if let ContactChange::UserUpdated { user_id, new_user_id: Some(new), .. } = &change {
                let before = org::rename_member(tx, corp, user_id, new).await?;
                // Where the new id was known before its event came, the old one is another row, and gone.
                things.push(Thing::Staff(text::folded(user_id)));
                if let Some(owner) = before {
                    let owned = groups::of_owners(tx, corp, &[owner]).await?;
                    things.extend(owned.into_iter().map(|group| Thing::Group(group.chat_id)));
                }
            }
            has_new_staff = matches!(change, ContactChange::UserCreated { .. });
        }
        // A member has come into the app's visible range, or left it.
        Event::Other { event, .. } if event == "subscribe" || event == "unsubscribe" => {
            things.push(Thing::Staff(text::folded(&notice.from_user)));
            has_new_staff = true;
        }
        Event::Tag { .. } | Event::Other { .. } => {}
    }
    refresh::want(tx, corp, &things, at_ms).await?;
    if has_new_staff {
        // After the member himself, who must be there to be marked.
        let later_ms = at_ms + FOLLOW_USERS_LATER_MS;
        refresh::want(tx, corp, &[Thing::FollowUsers], later_ms).await?;
    }
    Ok(changed)
}

/// Nothing when the event is no change of members, or does not say enough.
fn members_changed(chat_id: String, change: GroupChange, at_ms: i64) -> Option<MembersChanged> {
    let GroupChange::Updated {
        detail, join_scene, mut members, last_version, current_version, ..
    } = change
    else {
        return None;
    };
    let has_joined = match detail {
        UpdateDetail::MembersAdded => true,
        UpdateDetail::MembersGone => false,
        _ => return None,
    };
    let (last_version, current_version) = (last_version?, current_version?);
    members.sort_unstable();
    members.dedup();
    if members.is_empty() {
        return None;
    }
    Some(MembersChanged {
        chat_id,
        has_joined,
        members,
        last_version,
        current_version,
        join_scene,
        at_ms,
    })
}

/// WeCom's names: of the event, of its change, and for groups of what was updated.
pub(super) fn name(event: &Event, msg_type: &str) -> String {
    let (event, change) = match event {
        Event::Group { change, .. } => ("change_external_chat", group_change(change)),
        Event::Customer { change, .. } => ("change_external_contact", customer_change(*change)),
        Event::Tag { change, .. } => ("change_external_tag", tag_change(*change)),
        Event::Contact { change } => ("change_contact", contact_change(change)),
        Event::Other { event, change_type } if event.is_empty() => {
            ("message", { if change_type.is_empty() { msg_type } else { change_type } })
        }
        Event::Other { event, change_type } => (event.as_str(), change_type.as_str()),
    };
    // Whoever signs may still name an event as he likes.
    let name = if change.is_empty() { event.to_owned() } else { format!("{event} {change}") };
    name.chars().take(100).collect()
}

fn group_change(change: &GroupChange) -> &str {
    match change {
        GroupChange::Created => "create",
        GroupChange::Updated { detail, .. } => match detail {
            UpdateDetail::MembersAdded => "update add_member",
            UpdateDetail::MembersGone => "update del_member",
            UpdateDetail::Owner => "update change_owner",
            UpdateDetail::Name => "update change_name",
            UpdateDetail::Notice => "update change_notice",
            UpdateDetail::Other(_) => "update",
        },
        GroupChange::Dismissed => "dismiss",
    }
}

fn customer_change(change: CustomerChange) -> &'static str {
    match change {
        CustomerChange::Added => "add_external_contact",
        CustomerChange::Edited => "edit_external_contact",
        CustomerChange::HalfAdded => "add_half_external_contact",
        CustomerChange::DeletedByMember => "del_external_contact",
        CustomerChange::DeletedByCustomer => "del_follow_user",
        CustomerChange::TransferFailed => "transfer_fail",
    }
}

fn tag_change(change: TagChange) -> &'static str {
    match change {
        TagChange::Created => "create",
        TagChange::Updated => "update",
        TagChange::Deleted => "delete",
        TagChange::Shuffled => "shuffle",
    }
}

fn contact_change(change: &ContactChange) -> &'static str {
    match change {
        ContactChange::UserCreated { .. } => "create_user",
        ContactChange::UserUpdated { .. } => "update_user",
        ContactChange::UserDeleted { .. } => "delete_user",
        ContactChange::DepartmentCreated { .. } => "create_party",
        ContactChange::DepartmentUpdated { .. } => "update_party",
        ContactChange::DepartmentDeleted { .. } => "delete_party",
        ContactChange::MemberTagUpdated { .. } => "update_tag",
    }
}
