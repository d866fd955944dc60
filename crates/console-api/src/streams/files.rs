//! Files into the library, and back to look at.

use std::sync::Arc;

use axum::{
    Json,
    body::to_bytes,
    extract::{Path, Query, Request, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scrm::{
    FileId, audit,
    files::{self, Format, NewFile},
    users::Right,
};
use serde::Deserialize;
use serde_json::json;

use super::reply;
use crate::{
    Refusal,
    router::{Service, too_large},
    sections::ShownFile,
};

#[derive(Deserialize)]
pub(super) struct Named {
    name: String,
}

pub(super) async fn upload(
    State(service): State<Arc<Service>>,
    Query(Named { name }): Query<Named>,
    request: Request,
) -> Response {
    reply(keep(&service, &name, request).await)
}

async fn keep(service: &Service, name: &str, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let caller = service.caller(&parts, Right::ManageMaterials).await?;
    // Before twenty megabytes are read.
    files::check_name(name)?;
    let _place = service.uploads.acquire().await.expect("it is never closed");
    let bytes = to_bytes(body, files::MAX_BYTES).await.map_err(|_| too_large("20 MiB"))?;
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let file = files::keep(scrm, corp, NewFile { name, source_url: "", md5: None }, &bytes).await?;
    let (subject, detail) = (file.id.0.to_string(), json!({ "name": file.name }));
    audit::note(scrm, corp, &caller.author(), "upload_file", &subject, &detail).await?;
    Ok(Json(ShownFile::from(file)).into_response())
}

pub(super) async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<i64>,
    request: Request,
) -> Response {
    reply(content(&service, FileId(id), request).await)
}

/// Pictures and videos are shown; all else is kept by the browser, never opened: whoever uploads a page must not have
/// it run here.
async fn content(service: &Service, id: FileId, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let caller = service.looker(&parts, Right::Read).await?;
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let found = files::find(scrm, corp, id).await?;
    let file = found.ok_or_else(|| scrm::Error::NotFound(format!("there is no file {}", id.0)))?;
    let bytes = files::read(scrm, corp, &file).await?;
    let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    let (kind, disposition) = match file.format {
        Format::Other => {
            ("application/octet-stream", format!("attachment; filename*=UTF-8''{name}"))
        }
        shown => (shown.mime(), "inline".to_owned()),
    };
    let text = HeaderValue::from_static;
    let headers = [
        (header::CONTENT_TYPE, text(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).expect("percent-encoded"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, text("nosniff")),
        (header::CONTENT_SECURITY_POLICY, text("default-src 'none'; sandbox")),
        (HeaderName::from_static("cross-origin-resource-policy"), text("same-origin")),
        // Content under a number never changes.
        (header::CACHE_CONTROL, text("private, max-age=3600")),
    ];
    Ok((headers, bytes).into_response())
}
