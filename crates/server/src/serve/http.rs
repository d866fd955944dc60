//! HTTP/1.1 connections, with the time-outs that a server on the open net needs.
//!
//! Why not `axum::serve`: it waits for headers for ever, and its graceful stop waits for clients that opened
//! a connection and sent nothing. HTTP/2 and TLS are the proxy's.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tower::ServiceExt as _;
use tracing::{debug, warn};

/// How long the headers of a call may take, and how long a connection may be idle between two.
const HEADERS_MS: u64 = 30_000;
/// The pause after the system could not give a connection (too many open files).
const ACCEPT_AGAIN_MS: u64 = 100;

/// At a stop: how often it is looked whether calls are under way, and what the last replies get to leave.
const LOOK_EVERY_MS: u64 = 20;
const LAST_REPLIES_MS: u64 = 300;

/// Calls under way.
#[derive(Clone, Default)]
struct Calls(Arc<AtomicUsize>);

/// A call under way, until it is dropped.
struct Call(Calls);

impl Calls {
    fn begin(&self) -> Call {
        self.0.fetch_add(1, Ordering::SeqCst);
        Call(self.clone())
    }

    async fn ended(&self) {
        while self.0.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(LOOK_EVERY_MS)).await;
        }
        tokio::time::sleep(Duration::from_millis(LAST_REPLIES_MS)).await;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The listener's task.
pub struct Http {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Http {
    /// Answers connections of `listener`.
    pub fn start(listener: TcpListener, router: Router) -> Self {
        let (stop, stopped) = oneshot::channel();
        #[expect(clippy::disallowed_methods, reason = "Http owns the task and waits for its end")]
        let task = tokio::spawn(serve(listener, router, stopped));
        Self { stop, task }
    }

    /// Takes no new connections and waits for the calls under way; the end of the process cuts off those
    /// for which nobody waits any more.
    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.ok();
    }
}

async fn serve(listener: TcpListener, router: Router, mut stopped: oneshot::Receiver<()>) {
    let connections = GracefulShutdown::new();
    let calls = Calls::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An error is the sender's drop, which is the wish to stop.
            _ = &mut stopped => break,
        };
        match accepted {
            Ok((stream, peer)) => connect(stream, peer, router.clone(), &calls, &connections),
            Err(error) => {
                warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(ACCEPT_AGAIN_MS)).await;
            }
        }
    }
    drop(listener);
    // Connections that wait for a call are closed, or left to clients who have not sent theirs yet.
    tokio::select! {
        () = connections.shutdown() => {}
        () = calls.ended() => {}
    }
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    calls: &Calls,
    all: &GracefulShutdown,
) {
    stream.set_nodelay(true).ok();
    let calls = calls.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, call) = (router.clone(), calls.begin());
        async move {
            let _call = call;
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            Ok::<_, Infallible>(
                router.oneshot(request).await.unwrap_or_else(|never| match never {}),
            )
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(HEADERS_MS))
        .serve_connection(TokioIo::new(stream), service);
    let connection = all.watch(connection);
    #[expect(clippy::disallowed_methods, reason = "the graceful stop waits for every connection")]
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            debug!(%error, "a connection ended badly");
        }
    });
}
