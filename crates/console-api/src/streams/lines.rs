//! Progress line by line.

use axum::{
    body::Body,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{Refusal, background};

/// Where work says how it goes.
#[derive(Clone)]
pub(super) struct Lines(mpsc::Sender<String>);

impl Lines {
    /// How much is done. A line may be left out while nobody reads.
    pub(super) fn progress(&self, n_done: usize, n_total: Option<usize>) {
        let line = json!({ "kind": "progress", "done": n_done, "total": n_total });
        let _ = self.0.try_send(format!("{line}\n"));
    }

    /// Whether nobody reads any more.
    pub(super) fn is_left(&self) -> bool {
        self.0.is_closed()
    }

    async fn end(self, outcome: Result<Value, Refusal>) {
        let line = match outcome {
            Ok(mut done) => {
                done["kind"] = "done".into();
                done
            }
            Err(refusal) => {
                match &refusal.cause {
                    None => tracing::info!(code = refusal.code, "refused"),
                    Some(error) => tracing::error!(code = refusal.code, error, "failed"),
                }
                json!({ "kind": "failed", "error": refusal.wire() })
            }
        };
        // Whoever has left does not want to know.
        let _ = self.0.send(format!("{line}\n")).await;
    }
}

/// Begins some work, which ends with an object to tell, and answers with its lines.
pub(super) fn follow<Work>(work: impl FnOnce(Lines) -> Work) -> Response
where
    Work: Future<Output = Result<Value, Refusal>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(16);
    let lines = Lines(sender);
    let work = work(lines.clone());
    background::go_on(async move { lines.end(work.await).await });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        let line = receiver.recv().await?;
        Some((Ok::<_, std::convert::Infallible>(line), receiver))
    });
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        // A proxy is not to wait for the end.
        (axum::http::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(stream)).into_response()
}
