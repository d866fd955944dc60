//! A large company that is made up: its rows are written straight into a database, kept, and made anew only
//! when they are missing or of another version. No WeCom stands behind it.

pub mod draw;
pub mod names;
pub mod plan;
mod sops;
pub mod write;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use store::{Db, params, statements};

use crate::{
    http::Signer,
    program,
    site::{Schema, empty_schema, schema_address},
};
use plan::Plan;

statements! {
    SET_MARK = "UPDATE corps SET name = $1 WHERE corp_id = 1";
    MARK = "SELECT name FROM corps WHERE corp_id = 1";
    STAFF = "SELECT staff_id FROM staff WHERE corp_id = 1 ORDER BY staff_id";
    TAGS = "SELECT tag_id FROM group_tags WHERE corp_id = 1 ORDER BY tag_id";
    FIRST_GROUP = "SELECT group_id FROM customer_groups WHERE corp_id = 1 ORDER BY group_id LIMIT 1";
}

/// Of the generator: a change to what it writes makes another.
const VERSION: u32 = 1;
const CORP_ID: &str = "wwtown0000000001";

/// A company's data and who may ask for it.
pub struct Town {
    pub plan: Plan,
    /// Folder of the keys, and of the database when that is SQLite.
    pub folder: PathBuf,
    pub address: String,
    pub db: Db,
    pub signer: Signer,
    /// Members of staff, the one with the most groups first.
    pub owners: Vec<i64>,
    /// Tags of groups, the most frequent first.
    pub tags: Vec<i64>,
    pub first_group: i64,
    /// How long it took to make, where it was made now.
    pub made_in_s: Option<f64>,
}

/// Written last: what stands beside it is complete.
#[derive(Serialize, Deserialize)]
struct Marker {
    mark: String,
    app_id: String,
    app_key: String,
}

/// Where a town is to be.
pub struct Place<'a> {
    /// Folder of all towns.
    pub towns: &'a Path,
    /// A PostgreSQL server and the schema there; SQLite without.
    pub postgres: Option<(&'a str, Schema)>,
}

impl Town {
    /// The town of this many groups, made when missing.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
    pub async fn open(n_groups: usize, place: &Place<'_>) -> anyhow::Result<Self> {
        let kind = if place.postgres.is_some() { "-postgres" } else { "" };
        let folder = place.towns.join(format!("town-{n_groups}{kind}"));
        let plan = Plan::new(n_groups);
        let mark = format!("town {VERSION}, {n_groups} groups");
        if let Some(marker) = kept(&folder, place, &mark).await {
            migrate(&folder, &address(&folder, place)).await?;
            return Self::of(folder, place, plan, marker, None).await;
        }
        eprintln!("making {}: {n_groups} groups", folder.display());
        let began = Instant::now();
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir_all(&folder)?;
        if let Some((server, schema)) = place.postgres {
            empty_schema(server, schema).await?;
        }
        let address = address(&folder, place);
        let app = company(&folder, &address).await?;
        let db = open(&address)?;
        write::fill(&db, &plan).await?;
        let mut tx = db.begin().await?;
        tx.execute(&SET_MARK, &params![&mark]).await?;
        tx.commit().await?;
        let marker = Marker { mark, app_id: app.app_id, app_key: app.app_key };
        std::fs::write(folder.join("town.json"), serde_json::to_vec_pretty(&marker)?)?;
        let made_in_s = began.elapsed().as_secs_f64();
        Self::of(folder, place, plan, marker, Some(made_in_s)).await
    }

    async fn of(
        folder: PathBuf,
        place: &Place<'_>,
        plan: Plan,
        marker: Marker,
        made_in_s: Option<f64>,
    ) -> anyhow::Result<Self> {
        let address = address(&folder, place);
        let db = open(&address)?;
        let mut reader = db.reader().await?;
        let owners = reader.query(&STAFF, &[], |row| row.get(0)).await?;
        let tags = reader.query(&TAGS, &[], |row| row.get(0)).await?;
        let first_group = reader.query_opt(&FIRST_GROUP, &[], |row| row.get(0)).await?;
        let first_group = first_group.context("the town has no groups")?;
        drop(reader);
        let Marker { app_id, app_key, .. } = marker;
        let signer = Signer { app_id, app_key, clock: ambient::Clock::system() };
        Ok(Self { plan, folder, address, db, signer, owners, tags, first_group, made_in_s })
    }
}

/// The marker of a town that is complete, in its folder and in its database.
async fn kept(folder: &Path, place: &Place<'_>, mark: &str) -> Option<Marker> {
    let marker: Marker =
        serde_json::from_slice(&std::fs::read(folder.join("town.json")).ok()?).ok()?;
    let db = open(&address(folder, place)).ok()?;
    let mut reader = db.reader().await.ok()?;
    let stored: String = reader.query_opt(&MARK, &[], |row| row.get(0)).await.ok()??;
    (marker.mark == mark && stored == mark).then_some(marker)
}

fn address(folder: &Path, place: &Place<'_>) -> String {
    match place.postgres {
        None => format!("sqlite:{}", folder.join("siyu.db").display()),
        Some((server, schema)) => schema_address(server, schema),
    }
}

fn open(address: &str) -> Result<Db, store::Error> {
    Db::open(address, &store::Options { n_connections: 4, busy_wait_ms: 5_000 })
}

/// Brings a town that was kept to the newest schema: a server's start is not to be measured with that.
async fn migrate(folder: &Path, address: &str) -> anyhow::Result<()> {
    let variables = [("SIYU_DATABASE__URL", address.to_owned())];
    let arguments = ["migrate", "--data", &folder.display().to_string()];
    program::run(&program::beside("siyu")?, &arguments, &variables, "").await?;
    Ok(())
}

/// Makes the company and an app that may call for it, as an operator does.
async fn company(folder: &Path, address: &str) -> anyhow::Result<program::Demo> {
    let siyu = program::beside("siyu")?;
    let variables = [("SIYU_DATABASE__URL", address.to_owned())];
    let data = folder.display().to_string();
    let add = ["corp", "add", "--data", &data, "--corp-id", CORP_ID];
    let add = [&add[..], &["--agent-id", "1000002", "--secret-file", "-"]].concat();
    program::run(&siyu, &add, &variables, "no-wecom-behind-it").await?;
    let app = ["app", "create", "--data", &data, "--corp", CORP_ID];
    let app = [&app[..], &["--suffix", "bench", "--json"]].concat();
    Ok(serde_json::from_str(&program::run(&siyu, &app, &variables, "").await?)?)
}
