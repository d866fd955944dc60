//! Spreadsheets of everything that a filter leaves. One is written to a file of the server while its progress is told,
//! and is to be had for an hour, by whoever asked for it alone.

mod groups;
mod sop_tasks;

use std::{
    io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scrm::{UserId, audit, users::Right};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

use super::{reply, sheet};
use crate::{Caller, Refusal, router::Service};
pub(super) use groups::groups;
pub(super) use sop_tasks::sop_tasks;

const HOUR_MS: i64 = 3_600_000;
/// Written at the same time, at most.
const MAX_AT_ONCE: usize = 2;

/// Where exports are kept.
pub(crate) struct Exports {
    folder: PathBuf,
    places: Semaphore,
}

/// What a file's name says of it: `<kind>-<user>-<made at, ms>-<chance>.xlsx`.
struct Name<'a> {
    kind: &'a str,
    user: UserId,
    made_at_ms: i64,
}

impl<'a> Name<'a> {
    fn read(name: &'a str) -> Option<Self> {
        let parts: Vec<&str> = name.strip_suffix(".xlsx")?.split('-').collect();
        let [kind, user, made_at_ms, chance] = parts[..] else { return None };
        let is_chance = chance.len() == 32 && chance.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_kind = kind.bytes().all(|byte| byte.is_ascii_lowercase());
        (is_chance && is_kind).then_some(())?;
        Some(Self { kind, user: UserId(user.parse().ok()?), made_at_ms: made_at_ms.parse().ok()? })
    }
}

impl Exports {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, places: Semaphore::new(MAX_AT_ONCE) }
    }

    /// Removes what is older than an hour, and what was cut off.
    async fn forget_old(&self, now_ms: i64) -> io::Result<()> {
        tokio::fs::create_dir_all(&self.folder).await?;
        let mut files = tokio::fs::read_dir(&self.folder).await?;
        while let Some(file) = files.next_entry().await? {
            let name = file.file_name();
            let made = name.to_str().and_then(Name::read);
            if made.is_some_and(|name| now_ms - name.made_at_ms > HOUR_MS) {
                tokio::fs::remove_file(file.path()).await?;
            }
        }
        Ok(())
    }
}

/// The language of headings and states.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Language {
    Zh,
    En,
}

impl Language {
    fn pick<T>(self, zh: T, en: T) -> T {
        if self == Self::Zh { zh } else { en }
    }
}

/// Where rows go that are to be written.
type Rows = mpsc::Sender<Vec<sheet::Row>>;

/// Writes what `produce` sends, and tells under which token it is to be had.
async fn write(
    service: &Service,
    caller: &Caller,
    (kind, title, columns): (&'static str, &'static str, &'static [sheet::Column]),
    produce: impl AsyncFnOnce(Rows) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    let _place = service.exports.places.acquire().await.expect("it is never closed");
    let scrm = &caller.scrm;
    let now_ms = scrm.clock.now_ms();
    service.exports.forget_old(now_ms).await.map_err(failed)?;
    let chance = u128::from_be_bytes(scrm.random.bytes::<16>());
    let token = format!("{kind}-{}-{now_ms}-{chance:032x}", caller.session.user.0);
    let path = service.exports.folder.join(format!("{token}.xlsx"));
    // One part is written while the next one is read.
    let (sender, receiver) = mpsc::channel(1);
    let target = path.clone();
    let writer =
        tokio::task::spawn_blocking(move || sheet::write(&target, title, columns, receiver));
    let produced = produce(sender).await;
    let written = writer.await.expect("it does not panic");
    if let Err(refusal) = produced {
        let _ = tokio::fs::remove_file(&path).await;
        return Err(refusal);
    }
    let n_rows = written.map_err(failed)?;
    let detail = json!({ "rows": n_rows });
    audit::note(scrm, caller.place.corp.id, &caller.author(), "export", kind, &detail).await?;
    Ok(json!({ "token": token, "nRows": n_rows }))
}

fn failed(error: impl std::fmt::Display) -> Refusal {
    Refusal::failed(format!("an export cannot be written: {error}"))
}

pub(super) async fn download(
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    reply(file(&service, &token, request).await)
}

async fn file(service: &Service, token: &str, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    let caller = service.looker(&parts, Right::Read).await?;
    let gone = || scrm::Error::NotFound("there is no such export, or not any more".to_owned());
    let name = format!("{token}.xlsx");
    let made = Name::read(&name).ok_or_else(gone)?;
    let age_ms = caller.scrm.clock.now_ms() - made.made_at_ms;
    if made.user != caller.session.user || !(0..=HOUR_MS).contains(&age_ms) {
        return Err(gone().into());
    }
    let path = service.exports.folder.join(&name);
    let content = open(&path).await.map_err(failed)?.ok_or_else(gone)?;
    let shown = if made.kind == "groups" { "客户群" } else { "SOP任务" };
    let date = caller.place.corp.zone.date(made.made_at_ms);
    let shown = format!("{shown}-{date}.xlsx");
    let shown = utf8_percent_encode(&shown, NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"export.xlsx\"; filename*=UTF-8''{shown}");
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).expect("percent-encoded"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, content).into_response())
}

/// A file's content part by part; nothing where there is no such file.
async fn open(path: &FilePath) -> io::Result<Option<Body>> {
    use tokio::io::AsyncReadExt as _;
    let file = match tokio::fs::File::open(path).await {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let parts = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut part = Vec::with_capacity(64 << 10);
        let n_bytes = file.read_buf(&mut part).await?;
        Ok::<_, io::Error>((n_bytes > 0).then_some((part, file)))
    });
    Ok(Some(Body::from_stream(parts)))
}
