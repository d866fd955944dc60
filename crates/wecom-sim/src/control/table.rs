//! Every endpoint of the control API: the one table behind the routes, the list and the document.

use axum::routing::{MethodRouter, get, post};

use crate::{
    control::{company, customers, look, people, play, rules},
    sim::Sim,
};

/// One endpoint.
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) what: &'static str,
    /// Of the query for a GET, of the JSON body for a POST.
    pub(super) fields: &'static [Field],
    pub(super) route: fn() -> MethodRouter<Sim>,
}

/// A parameter or a field of the body.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Whole,
    Share,
    Flag,
    Texts,
    Wholes,
    Object,
    Objects,
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

const fn must(name: &'static str) -> Field {
    Field { name, kind: Kind::Text, required: true }
}

const fn whole(name: &'static str) -> Field {
    Field { name, kind: Kind::Whole, required: true }
}

const CHAT: Field = must("chat_id");
const USER: Field = must("userid");
const CUSTOMER: Field = must("external_userid");
const AFTER: Field = may("after", Kind::Whole);
const LIMIT: Field = may("limit", Kind::Whole);

macro_rules! endpoints {
    ($($verb:ident $path:literal $what:literal [$($field:expr),* $(,)?] $handler:expr;)*) => {
        &[$(Endpoint {
            method: stringify!($verb),
            path: $path,
            what: $what,
            fields: &[$($field),*],
            route: || $verb($handler),
        }),*]
    };
}

pub(super) const ENDPOINTS: &[Endpoint] = endpoints! {
    get "/sim" "this list" [] look::help;
    get "/sim/openapi.json" "this API as an OpenAPI document" [] look::openapi;
    get "/sim/play" "a page on which a person plays a member of staff" [] play::page;
    get "/sim/play/state" "what the page shows: owners found, and what one of them has before them"
        [may("owner", Kind::Text), may("search", Kind::Text)] play::state;
    get "/sim/state" "counts, and calls by name" [] look::state;
    get "/sim/departments" "all departments" [] look::departments;
    get "/sim/staff" "all staff, those who left too" [] look::staff;
    get "/sim/groups" "groups, dissolved ones too"
        [may("owner", Kind::Text), may("chat_id", Kind::Text), AFTER, LIMIT] look::groups;
    get "/sim/groups/members" "the members of one group" [CHAT] look::members;
    get "/sim/ledger" "messages that reached groups or customers"
        [may("chat_id", Kind::Text), may("external_userid", Kind::Text), may("msgid", Kind::Text), AFTER, LIMIT] look::ledger;
    get "/sim/app_messages" "app messages that reached staff"
        [may("touser", Kind::Text), AFTER, LIMIT] look::app_messages;
    get "/sim/mass_messages" "mass messages with their results"
        [may("sender", Kind::Text), may("msgid", Kind::Text), may("state", Kind::Text), AFTER, LIMIT]
        look::mass_messages;
    get "/sim/customers" "one customer by id, or all from a number on"
        [may("external_userid", Kind::Text), AFTER, LIMIT] customers::look;
    get "/sim/tags" "the tag library" [] customers::tags;
    post "/sim/mass_messages/confirm" "an owner, or all or one of the members, send a mass message"
        [must("msgid"), may("userid", Kind::Text), may("chat_ids", Kind::Texts),
        may("external_userids", Kind::Texts), may("leave_out", Kind::Whole)]
        people::confirm;
    post "/sim/mass_messages/confirm_all" "owners send all that waits"
        [may("owner", Kind::Text)] people::confirm_all;
    post "/sim/groups/post" "an owner writes by hand"
        [must("owner"), CHAT, must("text")] people::post;
    post "/sim/groups/add" "somebody makes a group"
        [must("owner"), may("name", Kind::Text), may("member_count", Kind::Whole)]
        people::add_group;
    post "/sim/groups/rename" "a group gets another name" [CHAT, must("name")] people::rename_group;
    post "/sim/groups/notice" "a group gets another notice; empty takes it away"
        [CHAT, must("notice")] people::set_notice;
    post "/sim/groups/dissolve" "a group ends" [CHAT] people::dissolve_group;
    post "/sim/groups/change_owner" "a group gets another owner"
        [CHAT, must("owner")] people::change_owner;
    post "/sim/groups/add_member" "a customer joins by the group's code"
        [CHAT, must("name")] people::add_member;
    post "/sim/groups/remove_member" "somebody leaves a group" [CHAT, USER] people::remove_member;
    post "/sim/groups/join" "a newcomer or somebody known joins, by the code or invited"
        [CHAT, may("name", Kind::Text), may("external_userid", Kind::Text),
        may("invitor", Kind::Text)] people::join_group;
    post "/sim/groups/put_out_member" "an owner puts somebody out of a group"
        [CHAT, USER] people::put_out_member;
    post "/sim/staff/add" "somebody begins to work here"
        [USER, must("name"), may("departments", Kind::Wholes)] company::add_staff;
    post "/sim/staff/move" "a member of staff goes to other departments"
        [USER, may("departments", Kind::Wholes)] company::move_staff;
    post "/sim/staff/rename_userid" "a member of staff gets another userid"
        [USER, must("new_userid")] company::rename_userid;
    post "/sim/departments/add" "a department is made"
        [must("name"), whole("parent_id")] company::add_department;
    post "/sim/departments/change" "a department gets another name or parent"
        [whole("id"), may("name", Kind::Text), may("parent_id", Kind::Whole)]
        company::change_department;
    post "/sim/departments/remove" "an empty department is removed"
        [whole("id")] company::remove_department;
    post "/sim/staff/leave" "a member of staff leaves the company" [USER] people::staff_leaves;
    post "/sim/customers/add" "somebody becomes a customer of a member of staff"
        [USER, may("external_userid", Kind::Text), may("name", Kind::Text),
        may("add_way", Kind::Whole), may("state", Kind::Text),
        may("added_by_member", Kind::Flag), may("half", Kind::Flag)] customers::add;
    post "/sim/customers/staff_deletes" "a member of staff deletes a customer"
        [USER, CUSTOMER] customers::staff_deletes;
    post "/sim/customers/customer_deletes" "a customer deletes a member of staff"
        [USER, CUSTOMER] customers::customer_deletes;
    post "/sim/customers/remark" "a member of staff notes something about a customer"
        [USER, CUSTOMER, may("remark", Kind::Text), may("description", Kind::Text),
        may("remark_company", Kind::Text), may("remark_mobiles", Kind::Texts)] customers::remark;
    post "/sim/customers/mark" "a member of staff tags a customer"
        [USER, CUSTOMER, may("add", Kind::Texts), may("remove", Kind::Texts)] customers::mark;
    post "/sim/tags/add" "the administrator makes a group of tags"
        [must("group"), Field { name: "names", kind: Kind::Texts, required: true }]
        customers::add_tags;
    post "/sim/tags/rename" "the administrator renames a tag or a group of tags"
        [must("id"), must("name")] customers::rename_tag;
    post "/sim/tags/delete" "the administrator deletes a tag or a group of tags"
        [must("id")] customers::delete_tag;
    post "/sim/tags/shuffle" "the last tag of a group goes first, or without one the last group"
        [may("group_id", Kind::Text)] customers::shuffle_tags;
    get "/sim/media" "uploaded files" [] rules::media;
    post "/sim/oauth/codes" "somebody opens a page: a member of staff, or else anybody"
        [may("userid", Kind::Text), may("private", Kind::Flag),
        may("external_userid", Kind::Text)] rules::oauth_code;
    get "/sim/callbacks" "the latest events and what became of them"
        [AFTER, LIMIT] rules::callbacks;
    get "/sim/callbacks/receivers" "who receives callbacks" [] rules::receivers;
    post "/sim/callbacks/receivers" "others in their place: [{url, token, aes_key, kind}]"
        [Field { name: "receivers", kind: Kind::Objects, required: true }] rules::set_receivers;
    post "/sim/callbacks/verify" "verify a receiver's URL, as saving it in the console does"
        [must("kind")] rules::verify_receiver;
    get "/sim/callbacks/policy" "how well callbacks arrive" [] rules::policy;
    post "/sim/callbacks/policy" "changes of it; absent fields keep their value"
        [may("delay_ms", Kind::Whole), may("shuffle_ms", Kind::Whole),
        may("lose_p", Kind::Share), may("duplicate_p", Kind::Share),
        may("concurrency", Kind::Whole), may("timeout_ms", Kind::Whole),
        may("n_tries", Kind::Whole), may("retry_on_status", Kind::Flag),
        may("mobiles_are_told", Kind::Flag)] rules::change_policy;
    get "/sim/limits" "the rules in force" [] rules::limits;
    post "/sim/limits" "changes of them; absent fields keep their value, null lifts a limit"
        [may("per_minute", Kind::Whole), may("per_hour", Kind::Whole),
        may("minute_ms", Kind::Whole), may("hour_ms", Kind::Whole), may("day_ms", Kind::Whole),
        may("month_ms", Kind::Whole), may("concurrency", Kind::Whole),
        may("latency_ms", Kind::Whole), may("by_call", Kind::Object),
        may("trusted_ips", Kind::Texts), may("trusted_ips_for_token", Kind::Flag),
        may("visible_departments", Kind::Wholes), may("token_dies_after_s", Kind::Whole),
        may("new_token_each_time", Kind::Flag), may("debug_per_minute", Kind::Whole),
        may("late_data_ms", Kind::Whole), may("no_customer_contact", Kind::Flag),
        may("no_mass_messages", Kind::Flag),
        may("mass_quota", Kind::Text), may("check_media", Kind::Flag),
        may("media_ttl_s", Kind::Whole), may("reminders_per_day", Kind::Whole),
        may("stranger_errcode", Kind::Whole), may("dissolved_errcode", Kind::Whole)]
        rules::change_limits;
    post "/sim/tokens/expire" "every token is withdrawn" [] rules::expire_tokens;
    post "/sim/faults"
        "calls fail, so often or with probability p (then without a call: any). Kinds: errcode {errcode}, http {status}, hang {ms}, cut_before_effect, cut_after_effect, cut_body"
        [may("call", Kind::Text), Field { name: "fault", kind: Kind::Object, required: true },
        may("times", Kind::Whole), may("p", Kind::Share)] rules::fail;
    post "/sim/faults/clear" "no more faults" [] rules::clear_faults;
    get "/sim/owners" "what owners do with mass messages" [] rules::owners;
    post "/sim/owners" "changes of it; absent fields keep their value"
        [may("confirm_after_ms", Kind::Whole), may("spread_ms", Kind::Whole),
        may("never_p", Kind::Share), may("partly_p", Kind::Share),
        may("left_out_share", Kind::Share)] rules::change_owners;
};
