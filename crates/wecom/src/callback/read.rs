//! From the plaintext of a delivery to an event.

use super::{
    ContactChange, CustomerChange, Event, GroupChange, Notice, Refusal, TagChange, UpdateDetail,
    xml::{self, Element},
};

/// Reads the text that [`open`](super::open) gave.
///
/// Refuses only what is no XML; elements may be absent, in any order, and CDATA or not. What is
/// not understood is [`Event::Other`].
pub fn read(plaintext: &str) -> Result<Notice, Refusal> {
    let root = xml::read(plaintext)?;
    let event = match text(&root, "Event").as_str() {
        "change_external_chat" => group(&root),
        "change_external_contact" => customer(&root),
        "change_external_tag" => tag(&root),
        "change_contact" => contact(&root).map(|change| Event::Contact { change }),
        _ => None,
    };
    Ok(Notice {
        to_user: text(&root, "ToUserName"),
        from_user: text(&root, "FromUserName"),
        create_time: int(&root, "CreateTime").unwrap_or_default(),
        msg_type: text(&root, "MsgType"),
        event: event.unwrap_or_else(|| Event::Other {
            event: text(&root, "Event"),
            change_type: text(&root, "ChangeType"),
        }),
    })
}

fn group(root: &Element) -> Option<Event> {
    let change = match root.text("ChangeType")? {
        "create" => GroupChange::Created,
        "update" => GroupChange::Updated {
            detail: detail(root.text("UpdateDetail").unwrap_or_default()),
            join_scene: int(root, "JoinScene"),
            quit_scene: int(root, "QuitScene"),
            members: root.items("MemChangeList"),
            last_version: optional(root, "LastMemVer"),
            current_version: optional(root, "CurMemVer"),
        },
        "dismiss" => GroupChange::Dismissed,
        _ => return None,
    };
    Some(Event::Group { chat_id: optional(root, "ChatId")?, change })
}

fn detail(text: &str) -> UpdateDetail {
    match text {
        "add_member" => UpdateDetail::MembersAdded,
        "del_member" => UpdateDetail::MembersGone,
        "change_owner" => UpdateDetail::Owner,
        "change_name" => UpdateDetail::Name,
        "change_notice" => UpdateDetail::Notice,
        other => UpdateDetail::Other(other.to_owned()),
    }
}

fn customer(root: &Element) -> Option<Event> {
    let change = match root.text("ChangeType")? {
        "add_external_contact" => CustomerChange::Added,
        "edit_external_contact" => CustomerChange::Edited,
        "add_half_external_contact" => CustomerChange::HalfAdded,
        "del_external_contact" => CustomerChange::DeletedByMember,
        "del_follow_user" => CustomerChange::DeletedByCustomer,
        "transfer_fail" => CustomerChange::TransferFailed,
        _ => return None,
    };
    Some(Event::Customer {
        change,
        user_id: optional(root, "UserID")?,
        external_userid: optional(root, "ExternalUserID")?,
        state: optional(root, "State"),
        welcome_code: optional(root, "WelcomeCode"),
        source: optional(root, "Source"),
        fail_reason: optional(root, "FailReason"),
    })
}

fn tag(root: &Element) -> Option<Event> {
    let change = match root.text("ChangeType")? {
        "create" => TagChange::Created,
        "update" => TagChange::Updated,
        "delete" => TagChange::Deleted,
        "shuffle" => TagChange::Shuffled,
        _ => return None,
    };
    let id = optional(root, "Id");
    if id.is_none() && change != TagChange::Shuffled {
        return None;
    }
    let (tag_type, strategy_id) = (optional(root, "TagType"), int(root, "StrategyId"));
    Some(Event::Tag { change, id, tag_type, strategy_id })
}

fn contact(root: &Element) -> Option<ContactChange> {
    let (parent_id, departments) = (int(root, "ParentId"), ints(root, "Department"));
    Some(match root.text("ChangeType")? {
        "create_user" => {
            ContactChange::UserCreated { user_id: optional(root, "UserID")?, departments }
        }
        "update_user" => ContactChange::UserUpdated {
            user_id: optional(root, "UserID")?,
            new_user_id: optional(root, "NewUserID"),
            departments,
        },
        "delete_user" => ContactChange::UserDeleted { user_id: optional(root, "UserID")? },
        "create_party" => ContactChange::DepartmentCreated { id: int(root, "Id")?, parent_id },
        "update_party" => ContactChange::DepartmentUpdated { id: int(root, "Id")?, parent_id },
        "delete_party" => ContactChange::DepartmentDeleted { id: int(root, "Id")? },
        "update_tag" => ContactChange::MemberTagUpdated {
            tag_id: int(root, "TagId")?,
            added_users: commas(root, "AddUserItems").map(str::to_owned).collect(),
            removed_users: commas(root, "DelUserItems").map(str::to_owned).collect(),
            added_departments: ints(root, "AddPartyItems"),
            removed_departments: ints(root, "DelPartyItems"),
        },
        _ => return None,
    })
}

fn text(root: &Element, name: &str) -> String {
    root.text(name).unwrap_or_default().to_owned()
}

fn optional(root: &Element, name: &str) -> Option<String> {
    root.text(name).map(str::to_owned)
}

/// `None` also for what is no integer: an event is never refused for one odd element.
fn int(root: &Element, name: &str) -> Option<i64> {
    root.text(name)?.parse().ok()
}

fn ints(root: &Element, name: &str) -> Vec<i64> {
    commas(root, name).filter_map(|number| number.parse().ok()).collect()
}

fn commas<'a>(root: &'a Element, name: &str) -> impl Iterator<Item = &'a str> {
    let parts = root.text(name).unwrap_or_default().split(',');
    parts.map(str::trim).filter(|part| !part.is_empty())
}
