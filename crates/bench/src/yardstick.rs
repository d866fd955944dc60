//! A signed static reply: what a server costs that reads the request, checks its sign and answers fixed
//! bytes. No database, no JSON.

use std::io::Write as _;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    routing::post,
};

/// How the yardstick is started.
#[derive(clap::Args)]
pub struct Options {
    /// Bytes of the reply.
    #[arg(long)]
    bytes: usize,
    /// The key with which requests are signed.
    #[arg(long)]
    app_key: String,
}

/// Serves on a free port of the loopback address, which is printed as the first line.
pub async fn serve(options: &Options) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    let reply = Bytes::from(vec![b'x'; options.bytes]);
    let key = options.app_key.clone();
    let answer = move |headers: HeaderMap, body: Bytes| {
        let (reply, key) = (reply.clone(), key.clone());
        async move {
            let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
            let timestamp = header("timestamp").and_then(|text| text.parse().ok()).unwrap_or(0);
            let app_id = header("appId").unwrap_or_default();
            let expected = openapi::signature::sign(app_id, timestamp, &body, &key);
            if header("sign") != Some(expected.as_str()) {
                return Err(StatusCode::FORBIDDEN);
            }
            Ok(([(header::CONTENT_TYPE, "application/json; charset=utf-8")], reply))
        }
    };
    axum::serve(listener, Router::new().route("/", post(answer))).await?;
    Ok(())
}
