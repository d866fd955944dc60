//! The simulator as a server on the loopback address.

use std::{
    future::IntoFuture,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use ambient::Clock;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{callback::deliver, config::Config, error::Error, sim::Sim};

/// How long `stop` waits for replies that are under way, a planned hang among them.
const STOP_AFTER: Duration = Duration::from_secs(2);

/// A server that ends when this is dropped.
pub struct Running {
    /// The people and what there is to see.
    pub sim: Sim,
    /// `http://127.0.0.1:port`, without a slash at the end.
    pub base_url: String,
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
    /// Posts callbacks and lets owners confirm.
    background: JoinHandle<()>,
}

/// Serves a corp on a free port of 127.0.0.1.
pub async fn start(config: Config, clock: Clock) -> Result<Running, Error> {
    start_on(config, clock, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
}

/// Serves a corp on this address.
pub async fn start_on(config: Config, clock: Clock, addr: SocketAddr) -> Result<Running, Error> {
    let sim = Sim::new(config, clock)?;
    let listen = |source| Error::Listen { addr, source };
    let listener = TcpListener::bind(addr).await.map_err(listen)?;
    let addr = listener.local_addr().map_err(listen)?;
    let (stop, stopped) = oneshot::channel();
    let service = sim.router().into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that `Running` was dropped, which is a wish to stop as well.
        _ = stopped.await;
    });
    #[expect(clippy::disallowed_methods, reason = "Running owns the task and ends it")]
    let task = tokio::spawn(server.into_future());
    #[expect(clippy::disallowed_methods, reason = "Running owns the task and ends it")]
    let background = tokio::spawn(deliver::run(sim.clone()));
    let base_url = format!("http://{addr}");
    Ok(Running { sim, base_url, addr, stop: Some(stop), task, background })
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes no new connections, waits up to two seconds for replies under way, and ends.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        _ = tokio::time::timeout(STOP_AFTER, &mut self.task).await;
    }

    /// Serves until the process is told to end.
    pub async fn wait(mut self) {
        _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
        self.background.abort();
    }
}
