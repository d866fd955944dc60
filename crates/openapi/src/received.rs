//! The raw body of a call, within the limits of size and time.

use std::time::Duration;

use axum::{body::Body, http::StatusCode};
use futures_util::StreamExt;

use crate::{Code, Options, Refusal};

/// How much more than the limit is read and thrown away, in multiples of it: a caller that is still
/// sending when the connection closes never sees the reply.
const READ_BEYOND: usize = 8;

/// The whole body; larger than `max_bytes`, or what is usual, is HTTP 413.
pub(crate) async fn body(
    body: Body,
    max_bytes: Option<usize>,
    options: &Options,
) -> Result<Vec<u8>, Refusal> {
    let wait = Duration::from_millis(options.body_wait_ms);
    match tokio::time::timeout(wait, collect(body, max_bytes.unwrap_or(options.max_body_bytes)))
        .await
    {
        Ok(outcome) => outcome,
        Err(_) => Err(incomplete()),
    }
}

async fn collect(body: Body, max_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut kept = Vec::new();
    let mut n_read = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| incomplete())?;
        n_read = n_read.saturating_add(chunk.len());
        if n_read <= max_bytes {
            kept.extend_from_slice(&chunk);
        } else if n_read / READ_BEYOND > max_bytes {
            break;
        }
    }
    if n_read <= max_bytes {
        return Ok(kept);
    }
    let message = format!("the body is larger than {max_bytes} bytes");
    Err(Refusal::transport(StatusCode::PAYLOAD_TOO_LARGE, Code::FAILURE, message))
}

fn incomplete() -> Refusal {
    Refusal::new(Code::NOT_JSON, "the body did not arrive completely")
}
