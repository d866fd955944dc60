//! Whether a call may be answered at all: token, address, what the token is for, how often.

use crate::{
    cgi::{Call, gettoken},
    desk::Desk,
    token::Standing,
    wire::{App, Asked, Refusal},
};

/// What the contact-sync secret is for.
const OF_CONTACT_SYNC: &[&str] =
    &["user/list_id", "department/simplelist", "get_api_domain_ip", "getcallbackip"];
/// Since 2022-08-15 these are closed to the contact-sync secret.
const CLOSED_TO_CONTACT_SYNC: &[&str] =
    &["user/get", "user/list", "user/simplelist", "department/list"];

const OF_MASS_MESSAGES: &[&str] = &[
    "add_msg_template",
    "get_groupmsg_list_v2",
    "get_groupmsg_task",
    "get_groupmsg_send_result",
    "remind_groupmsg_send",
    "cancel_groupmsg_send",
];

/// Gives the app that the token belongs to.
pub(super) fn admit(desk: &mut Desk, call: &Call, asked: &Asked) -> Result<App, Refusal> {
    let of_customers = call.path.starts_with("externalcontact/");
    let call = call.name();
    let of_token = call == gettoken::CALL.path;
    let app = if of_token { App::SelfBuilt } else { app_of_token(desk, asked)? };
    let asks_address = !of_token || desk.limits.trusted_ips_for_token;
    let trusted = desk.limits.trusted_ips.as_ref().is_none_or(|ips| ips.contains(&asked.ip));
    if asks_address && !trusted {
        return Err(Refusal::of(60020));
    }
    match app {
        App::ContactSync if CLOSED_TO_CONTACT_SYNC.contains(&call) => {
            return Err(Refusal::of(48009));
        }
        App::ContactSync if !OF_CONTACT_SYNC.contains(&call) => return Err(Refusal::of(48002)),
        App::SelfBuilt if call == "user/list_id" => return Err(Refusal::of(48002)),
        App::SelfBuilt if desk.limits.no_customer_contact && of_customers => {
            return Err(Refusal::of(48002));
        }
        App::SelfBuilt if desk.limits.no_mass_messages && OF_MASS_MESSAGES.contains(&call) => {
            return Err(Refusal::of(48002));
        }
        App::ContactSync | App::SelfBuilt => {}
    }
    let now_ms = desk.now_ms();
    let debugs = asked.param("debug") == Some("1");
    let fits = desk.gate.count(&desk.limits, call, debugs, now_ms);
    if fits { Ok(app) } else { Err(Refusal::of(45009)) }
}

/// Refuses a token that is missing, withdrawn or unknown.
fn app_of_token(desk: &mut Desk, asked: &Asked) -> Result<App, Refusal> {
    let token = asked.param("access_token").ok_or_else(|| Refusal::of(41001))?;
    let now_ms = desk.now_ms();
    let early_s = desk.limits.token_dies_after_s;
    let of_app = desk.tokens.standing(token, early_s, now_ms);
    let of_contacts = desk.contact_tokens.standing(token, early_s, now_ms);
    match (of_app, of_contacts) {
        (Standing::Good, _) => Ok(App::SelfBuilt),
        (_, Standing::Good) => Ok(App::ContactSync),
        (Standing::Expired, _) | (_, Standing::Expired) => {
            Err(Refusal::of(desk.tokens.next_expired_errcode()))
        }
        _ => Err(Refusal::of(40014)),
    }
}
