//! The domain over the database that the settings name: what every command starts from.

use std::path::Path;

use ambient::{Clock, Random};
use anyhow::Context as _;
use scrm::{
    MIGRATIONS, MasterKey, Scrm,
    corps::{self, Corp},
};

use crate::{master_key, settings::Settings};

/// Opens the database and brings its schema up to date; how many changes that took.
pub async fn database(settings: &Settings) -> anyhow::Result<(store::Db, usize)> {
    make_data_dir(&settings.data_dir)?;
    let options = store::Options {
        n_connections: settings.database.connections,
        busy_wait_ms: settings.database.busy_wait_ms,
    };
    let db = store::Db::open(&settings.database_url(), &options)
        .context("the database cannot be opened (setting database.url)")?;
    let n_applied = store::migrate(&db, MIGRATIONS, Clock::system().now_ms())
        .await
        .context("the database cannot be used")?;
    Ok((db, n_applied))
}

/// The domain. `public_url` is where links to staff begin.
///
/// A master key that does not fit the stored secrets is an error here, not with the first call.
pub async fn open(settings: &Settings, public_url: String) -> anyhow::Result<Scrm> {
    let (db, _) = database(settings).await?;
    let companies = corps::list(&mut *db.reader().await?).await?;
    let random = Random::system();
    let master_key = master_key::get(settings, &random, companies.is_empty())?;
    let scrm = domain(settings, db, random, master_key, public_url)?;
    for company in &companies {
        corps::client(&scrm, company.id).await.with_context(|| {
            format!(
                "wrong master key (secrets.master_key, or the file {})",
                settings.master_key_file().display()
            )
        })?;
    }
    Ok(scrm)
}

/// The domain over a database that is ready.
pub fn domain(
    settings: &Settings,
    db: store::Db,
    random: Random,
    master_key: MasterKey,
    public_url: String,
) -> anyhow::Result<Scrm> {
    let timeouts = wecom::http::Timeouts {
        connect_ms: settings.wecom.connect_timeout_ms,
        request_ms: settings.wecom.request_timeout_ms,
    };
    let (base_url, http) = (settings.wecom.base_url.clone(), wecom::http::client(timeouts)?);
    Ok(Scrm {
        master_key,
        db,
        clock: Clock::system(),
        random,
        wecom: corps::Clients::new(base_url, http, settings.budget()),
        rules: settings.rules(public_url),
        inbox: scrm::callbacks::Inbox::default(),
        call_log: scrm::apps::CallLog::default(),
        files: scrm::files::Folder::new(settings.files_dir()),
        fetch: scrm::FetchRules {
            allow_networks: settings.fetch.allow_networks.clone(),
            ..scrm::FetchRules::default()
        },
        group_indexes: scrm::groups::Indexes::new(settings.index_limits()),
    })
}

/// All companies.
pub async fn companies(scrm: &Scrm) -> anyhow::Result<Vec<Corp>> {
    Ok(corps::list(&mut *scrm.db.reader().await?).await?)
}

/// The company with this WeCom id; an error that says how to add it.
pub async fn company(scrm: &Scrm, wecom_corp_id: &str) -> anyhow::Result<Corp> {
    let found = corps::find(&mut *scrm.db.reader().await?, wecom_corp_id).await?;
    found.with_context(|| {
        format!("there is no company {wecom_corp_id} here: add it with siyu corp add, or see siyu corp list")
    })
}

/// Names this process in leases: the machine, the process, and chance, since numbers come again.
pub fn holder(random: &Random) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    let host = if host.is_empty() { "siyu" } else { host };
    format!("{host}-{}-{}", std::process::id(), hex::encode(random.bytes::<4>()))
}

/// Makes a folder that its owner only may enter; one that is there stays as it is.
pub fn make_data_dir(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))
}
