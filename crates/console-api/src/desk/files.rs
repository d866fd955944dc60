//! Files of what is to be sent.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scrm::{FileId, PublicId, desk};
use serde::{Deserialize, Serialize};

use super::{Desk, session};
use crate::{
    Refusal,
    router::{Service, respond},
    wire::{Id, Uuid},
};

/// A file to look at (pictures) or to keep (all else).
pub(super) async fn show(
    State(service): State<Arc<Service>>,
    Path((task, file)): Path<(String, i64)>,
    request: Request,
) -> Response {
    match content(&service, &task, FileId(file), request).await {
        Ok(response) => response,
        Err(refusal) => respond(Err(refusal)),
    }
}

async fn content(
    service: &Service,
    task: &str,
    file: FileId,
    request: Request,
) -> Result<Response, Refusal> {
    let session = session(service, request.headers()).await?;
    let no_task = || scrm::Error::NotFound(format!("there is no task {task}"));
    let task = PublicId::parse(task).ok_or_else(no_task)?;
    let (file, bytes) = desk::file(&service.scrm, &session, &task, file).await?;
    let kind = if file.format.is_image() { "inline" } else { "attachment" };
    let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    let disposition = format!("{kind}; filename*=UTF-8''{name}");
    let text = HeaderValue::from_static;
    let headers = [
        (header::CONTENT_TYPE, text(file.format.mime())),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).expect("percent-encoded"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, text("nosniff")),
        (header::CONTENT_SECURITY_POLICY, text("default-src 'none'; sandbox")),
        (HeaderName::from_static("cross-origin-resource-policy"), text("same-origin")),
        (header::CACHE_CONTROL, text("private, max-age=3600")),
    ];
    Ok((headers, bytes).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Wanted {
    task_id: Uuid,
    file_id: Id,
}

#[derive(Serialize)]
pub(super) struct Medium {
    /// A media id; for the cover of a link or a mini program its address.
    medium: String,
}

/// A file as WeCom's page functions take it.
pub(super) async fn medium(desk: Desk, wanted: Wanted) -> Result<Medium, Refusal> {
    let Wanted { task_id: Uuid(task), file_id: Id(file) } = wanted;
    let medium = desk::medium(&desk.service.scrm, &desk.session, &task, FileId(file)).await?;
    Ok(Medium { medium })
}
