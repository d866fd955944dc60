//! The control API under `/sim`: the methods of [`Sim`] over HTTP, in plain JSON without a token.
//!
//! Refusals have HTTP 404 for what is not there, 409 for what cannot be done now, and
//! `{"error": …}`. Never expose it: whoever reaches it plays every member of staff.

mod look;
mod people;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use crate::{error::Error, sim::Sim};

const HELP: &str = "\
GET  /sim                                this list
GET  /sim/state                          counts, and calls by name
GET  /sim/departments
GET  /sim/staff
GET  /sim/groups?owner=&chat_id=&after=&limit=
GET  /sim/ledger?chat_id=&msgid=&after=&limit=        messages that reached groups
GET  /sim/app_messages?touser=&after=&limit=          app messages that reached staff
GET  /sim/mass_messages?sender=&state=&after=&limit=
POST /sim/mass_messages/confirm          {msgid, chat_ids? | leave_out?}
POST /sim/mass_messages/confirm_all      {owner?}
POST /sim/groups/post                    {owner, chat_id, text}
POST /sim/groups/add                     {owner, name, member_count?}
POST /sim/groups/rename                  {chat_id, name}
POST /sim/groups/dissolve                {chat_id}
POST /sim/groups/change_owner            {chat_id, owner}
POST /sim/groups/add_member              {chat_id, name}
POST /sim/groups/remove_member           {chat_id, userid}
POST /sim/staff/leave                    {userid}
POST /sim/tokens/expire                  {}
POST /sim/faults                         {call, fault: {kind, …}, times?}
     kinds: errcode {errcode}, http {status}, hang {ms}, cut_before_effect, cut_after_effect
";

pub(crate) fn router() -> Router<Sim> {
    Router::new()
        .route("/sim", get(HELP))
        .route("/sim/state", get(look::state))
        .route("/sim/departments", get(look::departments))
        .route("/sim/staff", get(look::staff))
        .route("/sim/groups", get(look::groups))
        .route("/sim/ledger", get(look::ledger))
        .route("/sim/app_messages", get(look::app_messages))
        .route("/sim/mass_messages", get(look::mass_messages))
        .route("/sim/mass_messages/confirm", post(people::confirm))
        .route("/sim/mass_messages/confirm_all", post(people::confirm_all))
        .route("/sim/groups/post", post(people::post))
        .route("/sim/groups/add", post(people::add_group))
        .route("/sim/groups/rename", post(people::rename_group))
        .route("/sim/groups/dissolve", post(people::dissolve_group))
        .route("/sim/groups/change_owner", post(people::change_owner))
        .route("/sim/groups/add_member", post(people::add_member))
        .route("/sim/groups/remove_member", post(people::remove_member))
        .route("/sim/staff/leave", post(people::staff_leaves))
        .route("/sim/tokens/expire", post(people::expire_tokens))
        .route("/sim/faults", post(people::fail_next))
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match self {
            Self::UnknownStaff(_)
            | Self::UnknownGroup(_)
            | Self::UnknownMember { .. }
            | Self::UnknownMessage(_)
            | Self::UnknownCall(_) => StatusCode::NOT_FOUND,
            Self::Dissolved(_)
            | Self::NotTheOwner { .. }
            | Self::Cancelled(_)
            | Self::Dispatching(_) => StatusCode::CONFLICT,
            Self::Listen { .. }
            | Self::Journal { .. }
            | Self::JournalLine { .. }
            | Self::JournalOfAnotherWorld { .. }
            | Self::TooSmall { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}
