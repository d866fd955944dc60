//! The database, and the master key that opens the secrets in it.

use ambient::{Clock, Random};
use anyhow::Context as _;
use scrm::{
    MIGRATIONS, Scrm,
    callbacks::{self, ReceiverKind},
    corps::{self, Corp},
};
use store::{Backend, Db, statements};

use super::{
    Check,
    check::{Subject, with_causes},
};
use crate::{master_key, out, settings::Settings, site};

const DATABASE: Subject = Subject { id: "database", title: "database" };
const MASTER_KEY: Subject = Subject { id: "master_key", title: "master key" };
/// The oldest that the statements are written for.
const OLDEST_POSTGRES: u32 = 15;
const LEASE_MS: i64 = 10_000;

statements! {
    VERSION = "SELECT sqlite_version()" | "SELECT current_setting('server_version')";
}

/// Opens the database without making or changing it; gives it when it can be used.
pub(super) async fn check(settings: &Settings, clock: &Clock) -> (Check, Option<Db>) {
    let url = settings.database_url();
    if let Some(path) = url.strip_prefix("sqlite:")
        && !std::path::Path::new(path).exists()
    {
        let found = format!("there is no file {path}");
        let fix = "Name the folder or file that the server uses with --data or --config, or make a new one: \
                   siyu migrate";
        return (DATABASE.failed(found, fix), None);
    }
    let options = store::Options {
        n_connections: settings.database.connections,
        busy_wait_ms: settings.database.busy_wait_ms,
    };
    match Db::open(&url, &options) {
        Ok(db) => match look(&db, clock).await {
            Ok(check) => {
                let can_be_used = check.state == super::State::Ok;
                (check, can_be_used.then_some(db))
            }
            Err(error) => (cannot_be_used(&error), None),
        },
        Err(error) => (cannot_be_used(&error), None),
    }
}

async fn look(db: &Db, clock: &Clock) -> Result<Check, store::Error> {
    let mut reader = db.reader().await?;
    let version = reader.query_opt(&VERSION, &[], |row| row.get::<String>(0)).await?;
    drop(reader);
    let version = version.unwrap_or_default();
    let major = version.split(['.', ' ']).next().and_then(|major| major.parse::<u32>().ok());
    let name = match db.backend() {
        Backend::Sqlite => "SQLite",
        Backend::Postgres if major.is_some_and(|major| major < OLDEST_POSTGRES) => {
            let fix = format!("Move the database to PostgreSQL {OLDEST_POSTGRES} or newer");
            return Ok(DATABASE.failed(format!("PostgreSQL {version}"), fix));
        }
        Backend::Postgres => "PostgreSQL",
    };
    let known = MIGRATIONS.last().map_or(0, |last| last.version);
    let schema = store::schema_version(db).await?.unwrap_or(0);
    if schema != known {
        let found = format!("schema version {schema}; this program's is {known}");
        let fix = if schema < known {
            "Take a backup, then bring it up to date: siyu migrate (siyu serve does so by itself)"
        } else {
            "Install the newer program again, or restore the backup made before it ran"
        };
        return Ok(DATABASE.failed(found, fix));
    }
    let holder = site::holder(&Random::system());
    let lease = format!("doctor {holder}");
    jobs::take(db, &lease, &holder, clock.now_ms(), LEASE_MS).await?;
    jobs::give_back(db, &lease, &holder).await?;
    Ok(DATABASE.ok(format!("{name} {version}, schema version {schema}, can be written")))
}

fn cannot_be_used(error: &store::Error) -> Check {
    let fix = match error {
        store::Error::Busy => {
            "Another program holds it: see what has the file or the lock, and try again"
        }
        store::Error::ConnectionLost(_) => {
            "See that the server of database.url runs and lets this machine and user in"
        }
        _ => {
            "See that database.url names it rightly, and that this user may read and write it (run the \
             command as the server's user: sudo -u siyu siyu doctor …)"
        }
    };
    DATABASE.failed(with_causes(error), fix)
}

/// Opens every secret that is stored; gives the domain and its companies when all are.
pub(super) async fn check_key(
    settings: &Settings,
    db: Db,
    random: Random,
) -> anyhow::Result<(Check, Option<(Scrm, Vec<Corp>)>)> {
    let companies = corps::list(&mut *db.reader().await?).await?;
    let file = settings.master_key_file();
    if companies.is_empty() && settings.secrets.master_key.is_empty() && !file.exists() {
        let check = MASTER_KEY.skipped("made with the first secret that it encrypts");
        return Ok((check, None));
    }
    let fix = "Put back the key that belongs to this database, from its backup: the setting \
               secrets.master_key or the file";
    let fix = format!("{fix} {}", file.display());
    let key = match master_key::get(settings, &random, false) {
        Ok(key) => key,
        Err(error) => return Ok((MASTER_KEY.failed(out::chain(&error), fix), None)),
    };
    let public_url = settings.server.public_url.clone();
    let scrm = site::domain(settings, db, random, key, public_url)?;
    for company in &companies {
        match open_all(&scrm, company).await {
            Err(error @ scrm::Error::WrongMasterKey { .. }) => {
                return Ok((MASTER_KEY.failed(error.to_string(), fix), None));
            }
            other => other.context("the stored secrets cannot be read")?,
        }
    }
    let check = MASTER_KEY.ok(format!("opens the secrets of {} companies", companies.len()));
    Ok((check, Some((scrm, companies))))
}

async fn open_all(scrm: &Scrm, company: &Corp) -> Result<(), scrm::Error> {
    corps::client(scrm, company.id).await?;
    corps::contact_client(scrm, company.id).await?;
    for kind in ReceiverKind::ALL {
        callbacks::receiver(scrm, &company.wecom_corp_id, kind).await?;
    }
    Ok(())
}
