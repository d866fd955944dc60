//! The server on a town's data: its start, and what it holds in memory.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::bail;
use scrm::Zone;

use super::asked::{Answer, Asked};
use crate::{
    http::Connection,
    list::free_address,
    program::{self, Running},
    town::{Town, names},
};

/// A running server.
pub struct Server {
    pub running: Running,
    /// `host:port`
    pub listen: String,
    started: Instant,
}

/// How long to wait for the index of groups.
const INDEX_WAIT: Duration = Duration::from_secs(25);
/// A filter by name that is answered faster is answered from the index.
const INDEXED: Duration = Duration::from_millis(20);

impl Server {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
    pub fn start(data: &Path, address: &str) -> anyhow::Result<Self> {
        let listen = free_address()?;
        let data = data.display().to_string();
        let arguments = ["serve", "--data", &data, "--listen", &listen, "--role", "api"];
        let variables = [("SIYU_DATABASE__URL", address.to_owned())];
        let started = Instant::now();
        let running = program::start_with(&program::beside("siyu")?, &arguments, &variables)?;
        Ok(Self { running, listen, started })
    }

    /// Waits until it can be connected to.
    pub async fn until_listening(&mut self) -> anyhow::Result<()> {
        let listen = self.listen.clone();
        let is_listening = || std::net::TcpStream::connect(&listen).ok().map(drop);
        program::wait_for("the server listens", 60, &mut self.running, is_listening).await
    }

    /// Seconds from the start until this is answered rightly.
    pub async fn first_answer(
        &mut self,
        town: &Town,
        zone: &Zone,
        asked: &Asked,
        right: &Answer,
    ) -> anyhow::Result<f64> {
        while self.started.elapsed().as_secs() < 120 {
            self.running.is_running()?;
            if let Ok(mut connection) = Connection::open(&self.listen).await
                && let Ok(answer) = asked.of_server(&mut connection, &town.signer, zone).await
                && answer == *right
            {
                return Ok(self.started.elapsed().as_secs_f64());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("the server gave no right answer within 120 s")
    }

    /// Seconds from the start until filters by two rare characters are answered within 20 ms three times
    /// running; or how long that was waited for in vain.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
    pub async fn index_ready(&self, town: &Town, zone: &Zone) -> anyhow::Result<f64> {
        let (mut n_quick, mut since_s) = (0, 0.0);
        for word in names::RARE.iter().cycle() {
            let asked = Asked { keyword: word.chars().take(2).collect(), ..Asked::default() };
            let mut connection = Connection::open(&self.listen).await?;
            let sent = Instant::now();
            let answer = asked.of_server(&mut connection, &town.signer, zone).await;
            if answer.is_err() || sent.elapsed() >= INDEXED {
                n_quick = 0;
            } else {
                n_quick += 1;
                if n_quick == 1 {
                    since_s = self.started.elapsed().as_secs_f64();
                }
            }
            if n_quick == 3 {
                return Ok(since_s);
            }
            if self.started.elapsed() > INDEX_WAIT {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(self.started.elapsed().as_secs_f64())
    }
}

/// Memory in MiB of a server without a company, three seconds after its start.
pub async fn idle_memory_mib(folder: &Path) -> anyhow::Result<f64> {
    std::fs::remove_dir_all(folder).ok();
    std::fs::create_dir_all(folder)?;
    let address = format!("sqlite:{}", folder.join("siyu.db").display());
    let mut server = Server::start(folder, &address)?;
    server.until_listening().await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (resident_mib, _) = server.running.memory_mib()?;
    server.running.stop().await?;
    Ok(resident_mib)
}
