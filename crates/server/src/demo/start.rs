//! Starting the two sides and bringing them together.

use anyhow::Context as _;
use scrm::{
    Scrm,
    apps::{self, App, NewApp},
    callbacks::{self, ReceiverKeys, ReceiverKind},
    corps::{self, Corp, NewCorp},
    org, users,
};
use wecom_sim::{Limits, Running};

use super::{Options, World};
use crate::{
    cli::{sim, sync},
    log,
    serve::Server,
    settings, site,
};

const JOURNAL: &str = "simulator.journal";
/// Short, so that owners can confirm soon; the real WeCom takes some seconds.
const DISPATCHING_MS: i64 = 500;
/// A thousand groups take a minute or so.
const SLOW_MS: u64 = 300;
/// The same at every start: a demo that was killed meanwhile takes its lease again at once. No other
/// process can be at it, since the folder is locked.
const SYNC_HOLDER: &str = "demo";
const APP_SUFFIX: &str = "demo";
/// The demo's user of the console, anew at every start.
pub const LOGIN: &str = "demo";
pub const PASSWORD: &str = "demo-password";

/// Starts the simulator and a server that does not work yet.
pub async fn start(options: &Options) -> anyhow::Result<(Server, Running)> {
    let mut config = options.size.config()?;
    config.journal = Some(options.data_dir.join(JOURNAL));
    config.dispatching_ms = DISPATCHING_MS;
    let sim = sim::start(config, options.sim_listen).await.map_err(|error| hint(options, error))?;
    let settings = settings::built_in(&[
        ("data_dir", options.data_dir.display().to_string()),
        ("server.listen", options.listen.clone()),
        ("server.stop_grace_s", "5".to_owned()),
        ("wecom.base_url", sim.base_url.clone()),
        // Done before the work begins, with progress.
        ("sync.at_start", "false".to_owned()),
        // Quicker than in earnest, so that something is to be seen.
        ("sending.complete_apart_minutes", "0.1".to_owned()),
        ("sending.poll_min_s", "1".to_owned()),
        ("sending.poll_max_s", "5".to_owned()),
        ("log.level", "warn".to_owned()),
    ])?;
    log::start(&settings.log);
    Ok((Server::listen(&settings).await?, sim))
}

/// Data of another company than is asked for now: says which it is, and what to do.
fn hint(options: &Options, error: anyhow::Error) -> anyhow::Error {
    let Some(wecom_sim::Error::JournalOfAnotherWorld { theirs, .. }) = error.downcast_ref() else {
        return error;
    };
    let theirs: serde_json::Value = serde_json::from_str(theirs).unwrap_or_default();
    let number = |name: &str| theirs[name].as_u64().unwrap_or_default();
    let folder = options.data_dir.display();
    anyhow::anyhow!(
        "the data in {folder} is of another company: --seed {} --groups {} --customers {} --staff {} \
         --departments {}. Start with these, or take another folder with --data, or delete {folder}",
        number("seed"),
        number("n_groups"),
        number("n_customers"),
        number("n_staff"),
        number("n_departments"),
    )
}

/// Adds the company, synchronises it, and makes the app.
pub async fn world(server: &Server, sim: &Running) -> anyhow::Result<World> {
    let scrm = &server.scrm;
    let config = sim.sim.config();
    let new = NewCorp {
        wecom_corp_id: config.corp_id.clone(),
        name: "演示公司".to_owned(),
        agent_id: config.agent_id,
        wecom_secret: config.secret.clone(),
        zone: String::new(),
    };
    corps::put(scrm, &new).await?;
    let corp = site::company(scrm, &config.corp_id).await?;
    take_callbacks(scrm, &corp, &server.base_url, sim).await?;
    // A stop drops it where it stands: the holder's name lets the next start go on.
    sync::one(scrm, &corp, SYNC_HOLDER, std::future::pending()).await?;
    let app = app(scrm, &corp).await?;
    users::put_site_admin(scrm, LOGIN, PASSWORD, false).await?;
    Ok(World {
        scrm: scrm.clone(),
        sim: sim.sim.clone(),
        corp,
        app,
        base_url: server.base_url.clone(),
        simulator_url: sim.base_url.clone(),
    })
}

/// Synchronises once more with a WeCom that takes its time over every reply, and waits for ever after.
pub async fn sync_slowly(world: &World) {
    let usual = world.sim.limits();
    world.sim.set_limits(Limits { latency_ms: SLOW_MS, ..usual.clone() });
    let never = std::future::pending();
    match scrm::sync::run(&world.scrm, world.corp.id, SYNC_HOLDER, &|_| {}, never).await {
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the synchronisation failed"),
    }
    world.sim.set_limits(usual);
    std::future::pending().await
}

/// Has the simulator tell the server of changes, as WeCom would.
async fn take_callbacks(
    scrm: &Scrm,
    corp: &Corp,
    base_url: &str,
    sim: &Running,
) -> anyhow::Result<()> {
    let mut receivers = Vec::new();
    for (kind, theirs) in [
        (ReceiverKind::App, wecom_sim::ReceiverKind::App),
        (ReceiverKind::Contacts, wecom_sim::ReceiverKind::Contact),
    ] {
        let keys = ReceiverKeys::generate(&scrm.random);
        callbacks::put_receiver(scrm, corp.id, kind, &keys).await?;
        receivers.push(wecom_sim::CallbackReceiver {
            url: format!("{base_url}{}", callbacks::path(&corp.wecom_corp_id, kind)),
            token: keys.token,
            aes_key: keys.encoding_aes_key,
            kind: theirs,
        });
    }
    // Only a loopback address is called. A demo on another one has no callbacks.
    if sim.sim.set_callback_receivers(receivers).is_ok() {
        for kind in [wecom_sim::ReceiverKind::App, wecom_sim::ReceiverKind::Contact] {
            sim.sim.verify_callback_receiver(kind).await.ok();
        }
    }
    Ok(())
}

/// The app of an earlier start, or a new one that acts for some member of staff.
async fn app(scrm: &Scrm, corp: &Corp) -> anyhow::Result<App> {
    let app_id = format!("{}_{APP_SUFFIX}", corp.wecom_corp_id);
    if let Some(app) = apps::find(scrm, &app_id).await? {
        return Ok(app);
    }
    let staff = org::all_staff(&mut *scrm.db.reader().await?, corp.id).await?;
    let acting_staff =
        staff.iter().find(|member| member.obstacle().is_none()).map(|member| member.id);
    let new = NewApp {
        suffix: APP_SUFFIX.to_owned(),
        name: "演示应用".to_owned(),
        acting_staff,
        ..NewApp::default()
    };
    apps::create(scrm, corp.id, new).await.context("the demo's app cannot be made")
}
