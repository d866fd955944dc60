//! WeCom's side under `/cgi-bin`: one table of calls, one way through for all of them.
//!
//! A call is counted, may meet a planned fault, has its token and method checked, and is then
//! answered by its own file, which sees neither HTTP nor the envelope.

mod add_msg_template;
mod admit;
mod agent_get;
mod auth;
mod batch_get_by_user;
mod cancel_groupmsg_send;
mod corp_tags;
mod customer;
mod customer_get;
mod customer_list;
mod customer_remark;
mod department_list;
mod department_simplelist;
mod get_corp_tag_list;
mod get_follow_user_list;
mod get_groupmsg_list;
mod get_groupmsg_send_result;
mod get_groupmsg_task;
mod gettoken;
mod groupchat_get;
mod groupchat_list;
mod groupchat_statistic;
mod groupmsg;
mod ips;
mod mark_tag;
mod media;
mod message_recall;
mod message_send;
mod multipart;
mod page;
mod pass;
mod remind_groupmsg_send;
mod serve;
mod tickets;
mod user_get;
mod user_list;
mod user_list_id;
mod user_simplelist;
mod who;

use crate::{
    desk::Desk,
    wire::{Answer, Asked, Refusal},
};

pub(crate) use serve::serve;

/// One call of WeCom's API.
pub(crate) struct Call {
    /// Below `/cgi-bin/`.
    pub(crate) path: &'static str,
    pub(crate) takes: Takes,
    /// The lists of the reply, which a refusal leaves empty.
    lists: &'static [&'static str],
    answer: Answers,
}

/// How a call makes its reply.
pub(crate) enum Answers {
    /// As a tree, to which the envelope is added.
    Tree(fn(&mut Desk, &Asked) -> Answer),
    /// As the whole text of a success; for calls made thousands of times a second.
    Text(fn(&mut Desk, &Asked) -> Result<String, Refusal>),
}

/// Where a call has its parameters.
pub(crate) enum Takes {
    Query,
    /// A GET has no body, and WeCom answers it with this misleading code.
    Body {
        on_get: i64,
    },
    /// A multipart body; without one there is no file (44001).
    File,
}

/// Every call the simulator knows.
pub(crate) const CALLS: &[Call] = &[
    gettoken::CALL,
    department_list::CALL,
    user_list::CALL,
    get_follow_user_list::CALL,
    get_corp_tag_list::CALL,
    corp_tags::ADD,
    corp_tags::EDIT,
    corp_tags::DELETE,
    mark_tag::CALL,
    customer_list::CALL,
    customer_get::CALL,
    customer_remark::CALL,
    batch_get_by_user::CALL,
    groupchat_list::CALL,
    groupchat_get::CALL,
    add_msg_template::CALL,
    get_groupmsg_list::CALL,
    get_groupmsg_task::CALL,
    get_groupmsg_send_result::CALL,
    cancel_groupmsg_send::CALL,
    remind_groupmsg_send::CALL,
    message_send::CALL,
    message_recall::CALL,
    media::UPLOAD,
    media::UPLOAD_IMAGE,
    groupchat_statistic::BY_OWNER,
    groupchat_statistic::BY_DAY,
    auth::USER_INFO,
    auth::USER_DETAIL,
    tickets::CORP,
    tickets::APP,
    user_get::CALL,
    user_simplelist::CALL,
    user_list_id::CALL,
    department_simplelist::CALL,
    agent_get::CALL,
    ips::CALLBACKS,
    ips::API,
];

/// The call of this name; also as a path, and with `_` for `/`.
pub(crate) fn find(name: &str) -> Option<&'static Call> {
    let name = name.trim_start_matches('/');
    let name = name.strip_prefix("cgi-bin/").unwrap_or(name);
    let name = name.strip_prefix("externalcontact/").unwrap_or(name);
    CALLS.iter().find(|call| call.name() == name || call.name().replace('/', "_") == name)
}

impl Call {
    /// The path without `externalcontact/`, by which faults and counts name it.
    pub(crate) fn name(&self) -> &'static str {
        self.path.strip_prefix("externalcontact/").unwrap_or(self.path)
    }
}
