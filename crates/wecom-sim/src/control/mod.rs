//! The control API under `/sim`: the methods of [`Sim`] over HTTP, in plain JSON without a token.
//!
//! Refusals have HTTP 404 for what is not there, 400 for settings that
//! do not exist, 409 for what cannot be done now, and `{"error": …}`. Never expose it: whoever reaches it plays every member of staff.

mod company;
mod customers;
mod look;
mod openapi;
mod people;
mod play;
mod rules;
mod table;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{error::Error, sim::Sim};

type Done = Result<Json<Value>, Error>;

fn done() -> Done {
    Ok(Json(json!({})))
}

pub(crate) fn router() -> Router<Sim> {
    let add = |router: Router<Sim>, endpoint: &table::Endpoint| {
        router.route(endpoint.path, (endpoint.route)())
    };
    table::ENDPOINTS.iter().fold(play::files(), add)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match self {
            Self::UnknownStaff(_)
            | Self::UnknownGroup(_)
            | Self::UnknownMember { .. }
            | Self::UnknownMessage(_)
            | Self::UnknownCustomer(_)
            | Self::UnknownTag(_)
            | Self::UnknownDepartment(_)
            | Self::UnknownCall(_) => StatusCode::NOT_FOUND,
            Self::Dissolved(_)
            | Self::Department { .. }
            | Self::UseridTaken(_)
            | Self::MemberAlready { .. }
            | Self::NotFriends { .. }
            | Self::AlreadyFriends { .. }
            | Self::NotTheOwner { .. }
            | Self::Cancelled(_)
            | Self::NotToPick(_)
            | Self::Dispatching(_) => StatusCode::CONFLICT,
            Self::WrongSetting(_) | Self::NotLoopback(_) | Self::WrongAesKey(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Listen { .. }
            | Self::Journal { .. }
            | Self::JournalLine { .. }
            | Self::JournalOfAnotherWorld { .. }
            | Self::TooSmall { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let text = match &self {
            Self::WrongSetting(source) => format!("{self}: {source}"),
            _ => self.to_string(),
        };
        (status, Json(json!({ "error": text }))).into_response()
    }
}
