//! A company, its simulated WeCom and a server that answers, with one clock for all, for the tests of
//! what is served and of the doctor.

use std::{cell::RefCell, future::pending, sync::Once};

use ambient::{Clock, ManualClock};
use axum::Router;
use scrm::{
    CorpId, Scrm,
    callbacks::{self, ReceiverKeys, ReceiverKind},
    corps, sync, testing,
};
use store::testing::TestDb;
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;
use wecom_sim::{CallbackReceiver, Config, Running};

use crate::{
    serve::{Http, router},
    settings::{self, Settings},
};

/// A small company and the server that has it.
pub struct World {
    pub scrm: Scrm,
    pub corp: CorpId,
    /// WeCom's id of the company.
    pub id: String,
    pub clock: ManualClock,
    pub sim: Running,
    pub settings: Settings,
    pub router: Router,
    /// Where the server answers.
    pub base_url: String,
    _http: Http,
}

impl World {
    /// Nothing synchronised, no callback set up; the clocks show the machine's time.
    pub async fn start(test: &TestDb) -> Self {
        let config = Config {
            n_departments: 5,
            n_staff: 12,
            n_groups: 6,
            n_members_per_group: 5,
            n_owners: Some(3),
            ..Config::seeded(3)
        };
        let clock = ManualClock::at(Clock::system().now_ms());
        let (id, secret) = (config.corp_id.clone(), config.secret.clone());
        let sim = wecom_sim::start(config, clock.clock()).await.unwrap();
        let scrm = testing::scrm(test.db.clone(), clock.clock(), &sim.base_url);
        let corp = testing::corp(&scrm, &id, &secret).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let settings = settings::built_in(&[
            ("server.public_url", base_url.clone()),
            ("wecom.base_url", sim.base_url.clone()),
        ])
        .unwrap();
        let router = router(&scrm, &settings);
        let http = Http::start(listener, router.clone());
        Self { scrm, corp, id, clock, sim, settings, router, base_url, _http: http }
    }

    /// The same, synchronised, with both receivers set up on both sides and verified.
    pub async fn connected(test: &TestDb) -> Self {
        let world = Self::start(test).await;
        let contact_secret = &world.sim.sim.config().contact_secret;
        corps::put_contact_secret(&world.scrm, world.corp, contact_secret).await.unwrap();
        let report = sync::run(&world.scrm, world.corp, "test", &|_| {}, pending()).await.unwrap();
        assert_eq!(report.expect("nobody else runs").n_problems(), 0);
        let mut receivers = Vec::new();
        for (kind, of_sim) in [
            (ReceiverKind::App, wecom_sim::ReceiverKind::App),
            (ReceiverKind::Contacts, wecom_sim::ReceiverKind::Contact),
        ] {
            let keys = world.put_keys(kind).await;
            receivers.push(CallbackReceiver {
                url: format!("{}{}", world.base_url, callbacks::path(&world.id, kind)),
                token: keys.token,
                aes_key: keys.encoding_aes_key,
                kind: of_sim,
            });
        }
        world.sim.sim.set_callback_receivers(receivers).unwrap();
        for kind in [wecom_sim::ReceiverKind::App, wecom_sim::ReceiverKind::Contact] {
            assert!(world.sim.sim.verify_callback_receiver(kind).await.unwrap());
        }
        world
    }

    /// Stores new keys of an address.
    pub async fn put_keys(&self, kind: ReceiverKind) -> ReceiverKeys {
        let keys = ReceiverKeys::generate(&self.scrm.random);
        callbacks::put_receiver(&self.scrm, self.corp, kind, &keys).await.unwrap();
        keys
    }

    /// Waits until the simulator has delivered what it had to tell.
    pub async fn told(&self) {
        while self.sim.sim.n_callbacks_waiting() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

thread_local! {
    /// What was logged on this test's thread. The subscriber is one for the whole process: a subscriber of
    /// one thread would miss places in the code that another test came by first.
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct ThisThread;

impl std::io::Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps the log of this test from now on; [`logged`] gives it.
pub fn keep_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(|| ThisThread)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("no other test sets one");
    });
    WRITTEN.take();
}

/// What was logged since it was asked last.
pub fn logged() -> String {
    String::from_utf8(WRITTEN.take()).expect("the log is text")
}
