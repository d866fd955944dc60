//! A company that is synchronised, and the server that serves it: the simulator and the server as programs.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use store::{Db, statements};
use wecom::callback::Receiver;

use crate::{
    company::Place,
    http::Signer,
    program::{self, Running},
    sender::{AES_KEY, Sender, TOKEN},
};

/// What to set up.
pub struct Wanted<'a> {
    pub groups: usize,
    /// Members of staff; each owns as many groups.
    pub owners: usize,
    /// Folder of keys and of the SQLite database; emptied first.
    pub data: &'a Path,
    /// A PostgreSQL server, of which a new schema is used; SQLite without.
    pub postgres: Option<&'a str>,
    /// Further settings of the server.
    pub settings: &'a [(&'static str, &'a str)],
}

/// Both run.
pub struct Site {
    pub simulator: Running,
    pub server: Running,
    /// The server's database.
    pub db: Db,
    pub place: Place,
    pub signer: Signer,
    /// `host:port` of the server.
    pub listen: String,
    siyu: PathBuf,
    variables: Vec<(&'static str, String)>,
    data: String,
}

impl Site {
    /// Starts the simulator, synchronises, makes an app and starts the server.
    pub async fn start(wanted: &Wanted<'_>) -> anyhow::Result<Self> {
        std::fs::remove_dir_all(wanted.data).ok();
        std::fs::create_dir_all(wanted.data)?;
        let own = std::env::current_exe()?;
        let (groups, staff) = (wanted.groups.to_string(), wanted.owners.to_string());
        let company = ["company", "--groups", &groups, "--members", "2", "--staff", &staff];
        let (simulator, line) = program::start_and_read(&own, &company).await?;
        let place: Place = serde_json::from_str(&line).context("the simulator's first line")?;
        let siyu = program::beside("siyu")?;
        let data = wanted.data.display().to_string();
        let address = match wanted.postgres {
            None => format!("sqlite:{}", wanted.data.join("siyu.db").display()),
            Some(server) => empty_schema(server, Schema::Site).await?,
        };
        let variables = variables(&place, &address, wanted.settings);
        let add = ["corp", "add", "--data", &data, "--corp-id", &place.corp_id];
        let add = [&add[..], &["--agent-id", "1000002", "--secret-file", "-"]].concat();
        program::run(&siyu, &add, &variables, &place.secret).await?;
        program::run(&siyu, &["sync", "--data", &data], &variables, "").await?;
        let app = ["app", "create", "--data", &data, "--corp", &place.corp_id];
        let app = [&app[..], &["--suffix", "bench", "--json"]].concat();
        let app: program::Demo =
            serde_json::from_str(&program::run(&siyu, &app, &variables, "").await?)?;
        let options = store::Options { n_connections: 2, busy_wait_ms: 5_000 };
        let db = Db::open(&address, &options)?;
        let listen = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let serve = ["serve", "--data", &data, "--listen", &listen];
        let server = program::start_with(&siyu, &serve, &variables)?;
        let signer =
            Signer { app_id: app.app_id, app_key: app.app_key, clock: ambient::Clock::system() };
        let mut site = Self { simulator, server, db, place, signer, listen, siyu, variables, data };
        site.until_ready().await?;
        Ok(site)
    }

    async fn until_ready(&mut self) -> anyhow::Result<()> {
        let listen = self.listen.clone();
        let is_ready = || std::net::TcpStream::connect(&listen).ok().map(drop);
        program::wait_for("the server listens", 60, &mut self.server, is_ready).await
    }

    /// Starts the server anew, on the same data.
    pub async fn restart(self) -> anyhow::Result<Self> {
        self.server.stop().await?;
        let serve = ["serve", "--data", &self.data, "--listen", &self.listen];
        let server = program::start_with(&self.siyu, &serve, &self.variables)?;
        let mut site = Self { server, ..self };
        site.until_ready().await?;
        Ok(site)
    }

    /// Events at this rate about these groups.
    pub async fn sender(&self, rate: u32, chat_ids: Vec<String>) -> anyhow::Result<Sender> {
        let (corp_id, keys) = (&self.place.corp_id, format!("{TOKEN}\n{AES_KEY}\n"));
        let set = ["corp", "callback", "--data", &self.data, "--corp-id", corp_id];
        let set = [&set[..], &["--keys-file", "-"]].concat();
        program::run(&self.siyu, &set, &self.variables, &keys).await?;
        Ok(Sender {
            listen: self.listen.clone(),
            corp_id: corp_id.clone(),
            receiver: Receiver::new(TOKEN, AES_KEY, corp_id)?,
            chat_ids,
            rate,
            connections: 32,
        })
    }

    /// Ends both programs.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.server.stop().await?;
        self.simulator.stop().await
    }
}

/// Schemas of a PostgreSQL server that benchmarks use.
#[derive(Clone, Copy)]
pub enum Schema {
    /// Of the server that is measured.
    Site,
    /// Of what it is compared with.
    Bare,
    /// Of the large made-up company; kept.
    Town,
    /// Of the small one; kept.
    SmallTown,
}

statements! {
    // SQLite has no schemas.
    DROP_SITE = "SELECT 1" | "DROP SCHEMA IF EXISTS siyu_bench CASCADE";
    MAKE_SITE = "SELECT 1" | "CREATE SCHEMA siyu_bench";
    DROP_BARE = "SELECT 1" | "DROP SCHEMA IF EXISTS siyu_bench_bare CASCADE";
    MAKE_BARE = "SELECT 1" | "CREATE SCHEMA siyu_bench_bare";
    DROP_TOWN = "SELECT 1" | "DROP SCHEMA IF EXISTS siyu_bench_town CASCADE";
    MAKE_TOWN = "SELECT 1" | "CREATE SCHEMA siyu_bench_town";
    DROP_SMALL_TOWN = "SELECT 1" | "DROP SCHEMA IF EXISTS siyu_bench_small_town CASCADE";
    MAKE_SMALL_TOWN = "SELECT 1" | "CREATE SCHEMA siyu_bench_small_town";
}

/// An empty schema of a PostgreSQL server, made anew; its address.
pub async fn empty_schema(server: &str, schema: Schema) -> anyhow::Result<String> {
    let (drop_old, make_new) = match schema {
        Schema::Site => (&DROP_SITE, &MAKE_SITE),
        Schema::Bare => (&DROP_BARE, &MAKE_BARE),
        Schema::Town => (&DROP_TOWN, &MAKE_TOWN),
        Schema::SmallTown => (&DROP_SMALL_TOWN, &MAKE_SMALL_TOWN),
    };
    let admin = Db::open(server, &store::Options { n_connections: 1, busy_wait_ms: 5_000 })?;
    let mut tx = admin.begin().await?;
    tx.execute(drop_old, &[]).await?;
    tx.execute(make_new, &[]).await?;
    tx.commit().await?;
    Ok(schema_address(server, schema))
}

/// The address of a schema of a PostgreSQL server.
pub fn schema_address(server: &str, schema: Schema) -> String {
    let name = match schema {
        Schema::Site => "siyu_bench",
        Schema::Bare => "siyu_bench_bare",
        Schema::Town => "siyu_bench_town",
        Schema::SmallTown => "siyu_bench_small_town",
    };
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{name}")
}

fn variables(
    place: &Place,
    address: &str,
    settings: &[(&'static str, &str)],
) -> Vec<(&'static str, String)> {
    let always = [
        ("SIYU_WECOM__BASE_URL", place.base_url.as_str()),
        ("SIYU_WECOM__CALLS_PER_MINUTE", "10000000"),
        ("SIYU_WECOM__CALLS_PER_HOUR", "100000000"),
        ("SIYU_DATABASE__URL", address),
        ("SIYU_SYNC__AT_START", "false"),
    ];
    let all = always.iter().chain(settings);
    all.map(|(name, value)| (*name, (*value).to_owned())).collect()
}
