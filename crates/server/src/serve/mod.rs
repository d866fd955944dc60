//! The server: what it answers, what it does by itself, and how it stops.
//!
//! A stop takes no new connections, lets calls and runs of reconcilers end within the grace time, and
//! gives back the leases, so that another process goes on at once. What was noted of calls is written.

mod call_log;
mod callbacks;
mod console;
mod docs;
mod h5;
mod http;
mod index;
mod metrics;
mod notice_page;
mod routes;
mod work;

use std::time::Duration;

use anyhow::Context as _;
use scrm::Scrm;
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::{settings::Settings, site};
#[cfg(test)]
pub use {http::Http, routes::router};

/// A running server.
pub struct Server {
    /// Where it listens, `http://…` without a slash at the end.
    pub base_url: String,
    /// The domain it serves.
    pub scrm: Scrm,
    /// Names this process in leases.
    holder: String,
    http: http::Http,
    work: work::Work,
    indexing: jobs::Driver,
    call_log: call_log::Writing,
    settings: Settings,
}

impl Server {
    /// Opens everything, listens, and begins to work if that is its role.
    pub async fn start(settings: &Settings) -> anyhow::Result<Self> {
        let mut server = Self::listen(settings).await?;
        server.begin_work();
        Ok(server)
    }

    /// Opens everything and answers calls; work begins with [`Server::begin_work`].
    pub async fn listen(settings: &Settings) -> anyhow::Result<Self> {
        let listen = &settings.server.listen;
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!(
                "cannot listen on {listen}: end the program that has the port, or choose another with \
                 --listen"
            )
        })?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let public_url = &settings.server.public_url;
        let public_url = if public_url.is_empty() { &base_url } else { public_url };
        let scrm = site::open(settings, public_url.clone()).await?;
        let router = routes::router(&scrm, settings);
        let holder = site::holder(&scrm.random);
        info!(url = base_url, role = ?settings.server.role, "listening");
        Ok(Self {
            base_url,
            holder,
            http: http::Http::start(listener, router),
            indexing: index::begin(&scrm, settings.server.role),
            call_log: call_log::Writing::begin(&scrm, settings.server.role),
            work: work::Work::default(),
            settings: settings.clone(),
            scrm,
        })
    }

    /// Begins to synchronise and to send, if the role is to.
    pub fn begin_work(&mut self) {
        if self.settings.server.role.works() {
            self.work.begin(&self.scrm, &self.holder, &self.settings);
        }
    }

    /// Stops as the module says.
    pub async fn stop(self) -> anyhow::Result<()> {
        let grace_ms = self.settings.server.stop_grace_s.saturating_mul(1_000);
        let http = tokio::time::timeout(Duration::from_millis(grace_ms), self.http.stop());
        let (http, (), ()) =
            tokio::join!(http, self.work.stop(grace_ms), self.indexing.stop(grace_ms));
        if http.is_err() {
            warn!("some calls did not end within server.stop_grace_s; they were cut off");
        }
        self.call_log.finish(&self.scrm, grace_ms).await;
        for company in site::companies(&self.scrm).await? {
            scrm::send::release(&self.scrm, company.id, &self.holder).await?;
        }
        info!("stopped");
        Ok(())
    }
}
