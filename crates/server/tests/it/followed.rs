//! The server is killed while it follows WeCom: it reads on where it stood, and no event that it answered
//! is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
};

use ambient::Clock;
use scrm::MIGRATIONS;
use store::testing::TestDb;
use wecom_sim::{CallbackReceiver, Config, Fault, ReceiverKind};

use crate::program::{Place, Running, until};

const TOKEN: &str = "tokenOfTests";
const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const ADDRESS: &str = "127.0.0.1:0";

struct Town {
    place: Place,
    sim: wecom_sim::Running,
    corp_id: String,
}

impl Town {
    async fn new(test: &TestDb, n_groups: usize) -> Self {
        let config = Config {
            n_departments: 6,
            n_staff: 40,
            n_groups,
            n_members_per_group: 5,
            n_owners: Some(20),
            n_customers: 200,
            ..Config::seeded(21)
        };
        let (corp_id, secret) = (config.corp_id.clone(), config.secret.clone());
        let sim = wecom_sim::start(config, Clock::system()).await.unwrap();
        let place = Place::new()
            .env("SIYU_DATABASE__URL", &test.address)
            .env("SIYU_WECOM__BASE_URL", &sim.base_url)
            .env("SIYU_SENDING__LEASE_S", "2.5")
            .env("SIYU_WECOM__REQUEST_TIMEOUT_MS", "2000")
            .env("SIYU_LOG__LEVEL", "warn");
        let add = ["corp", "add", "--corp-id", &corp_id, "--agent-id", "1000002"];
        let done =
            place.run_with_input(&[&add[..], &["--secret-file", "-"]].concat(), &secret).await;
        assert_eq!(done.code, Some(0), "{done:?}");
        Self { place, sim, corp_id }
    }

    async fn start(&self, address: &str) -> (Running, String) {
        let mut server = self.place.start(&["serve", "--listen", address]);
        let url = server.line("Siyu listens on ").await;
        (server, url)
    }

    /// Chat id and name of every group, as mirrored, with its number of members.
    async fn mirrored(&self, test: &TestDb) -> BTreeMap<String, (String, usize)> {
        let groups = scrm::testing::groups(&test.db, scrm::CorpId(1)).await;
        groups.into_iter().map(|group| (group.0, (group.1, group.2))).collect()
    }

    fn simulated(&self) -> BTreeMap<String, (String, usize)> {
        let live = self.sim.sim.groups().into_iter().filter(|group| !group.dissolved);
        live.map(|group| (group.chat_id, (group.name, group.n_members))).collect()
    }
}

store::on_both! { MIGRATIONS,
    async fn killed_while_it_synchronises_it_goes_on_where_it_stood(test: &TestDb) {
        const N_GROUPS: usize = 2_000;
        let town = Town::new(test, N_GROUPS).await;
        let (mut server, mut url) = town.start(ADDRESS).await;
        for n_read in [500, 1_100] {
            until("groups are read", async || town.sim.sim.n_calls("groupchat/get") >= n_read).await;
            assert_eq!(server.signal("KILL").await, None, "the signal ended it");
            (server, url) = town.start(url.strip_prefix("http://").unwrap()).await;
        }
        let run = async || scrm::sync::newest_run(&test.db, scrm::CorpId(1)).await.unwrap();
        until("the run ends", async || run().await.is_some_and(|run| run.is_finished)).await;
        let status = town.place.run(&["sync", "--status", "--json"]).await.json();
        assert_eq!((&status[0]["state"], &status[0]["run"]["parts"][2]["n_read"]), (
            &serde_json::json!("done"),
            &serde_json::json!(N_GROUPS)
        ));
        let last = run().await.unwrap();
        assert!(!last.has_failed && last.n_resumed >= 1, "{last:?}");
        // A block that was being stored and one that was being read, at each kill.
        let n_asked = town.sim.sim.n_calls("groupchat/get");
        assert!(n_asked <= N_GROUPS as u64 + 2 * 400, "{n_asked} groups were asked for");
        assert_eq!(town.mirrored(test).await, town.simulated());
        assert_eq!(server.signal("TERM").await, Some(0));
    }

    async fn no_event_that_was_answered_is_lost_when_the_server_is_killed(test: &TestDb) {
        let town = Town::new(test, 60).await;
        town.place.write("keys", &format!("{TOKEN}\n{AES_KEY}\n"));
        let keys = town.place.path("keys").display().to_string();
        let set = ["corp", "callback", "--corp-id", &town.corp_id, "--keys-file", &keys];
        let done = town.place.run(&set).await;
        assert_eq!(done.code, Some(0), "{done:?}");
        let (mut server, mut url) = town.start(ADDRESS).await;
        let run = async || scrm::sync::newest_run(&test.db, scrm::CorpId(1)).await.unwrap();
        until("the first run ends", async || run().await.is_some_and(|run| run.is_finished)).await;
        let sim = &town.sim.sim;
        // One try only: what the server did not answer is lost, and known to be.
        sim.set_callback_policy(wecom_sim::CallbackPolicy {
            n_tries: 1,
            concurrency: 4,
            ..sim.callback_policy()
        });
        let receiver = CallbackReceiver {
            url: format!("{url}/wecom/callback/{}/app", town.corp_id),
            token: TOKEN.to_owned(),
            aes_key: AES_KEY.to_owned(),
            kind: ReceiverKind::App,
        };
        sim.set_callback_receivers(vec![receiver]).unwrap();
        let chat_ids: Vec<String> = town.simulated().into_keys().collect();
        // The mirror must follow by the events alone, and slowly, so that a kill leaves some to be read.
        sim.fail_times("groupchat/get", Fault::Hang { ms: 20 }, 10_000).unwrap();
        let is_over = AtomicBool::new(false);
        let people = async {
            let mut n = 0;
            while !is_over.load(Ordering::SeqCst) {
                n += 1;
                let chat_id = &chat_ids[n % chat_ids.len()];
                sim.rename_group(chat_id, &format!("第{n}次")).unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let killing = async {
            for _ in 0..4 {
                tokio::time::sleep(std::time::Duration::from_millis(700)).await;
                assert_eq!(server.signal("KILL").await, None, "the signal ended it");
                (server, url) = town.start(url.strip_prefix("http://").unwrap()).await;
            }
            is_over.store(true, Ordering::SeqCst);
        };
        tokio::join!(people, killing);
        until("all events are told", async || sim.n_callbacks_waiting() == 0).await;
        let events = sim.callbacks();
        let delivered = events.iter().filter(|event| event.n_delivered > 0);
        // Two changes of a kind within a second read the same, and are one event.
        let delivered: BTreeSet<&str> = delivered.map(|event| event.xml.as_str()).collect();
        let delivered = delivered.len();
        assert!(delivered > 100, "{delivered} of {}", events.len());
        assert!(events.iter().any(|event| event.n_delivered == 0), "no kill met an event");
        let stored = scrm::testing::n_events(&test.db, scrm::CorpId(1)).await;
        assert!(stored >= delivered, "{stored} are stored, {delivered} were answered");
        until("all events are applied", async || {
            scrm::testing::n_unsettled(&test.db, scrm::CorpId(1)).await == 0
        })
        .await;
        // Groups whose last events were all answered are as they are in WeCom.
        let mut told: BTreeMap<&str, bool> = BTreeMap::new();
        for event in &events {
            let chat_id = chat_ids.iter().find(|chat_id| event.xml.contains(chat_id.as_str()));
            told.insert(chat_id.unwrap(), event.n_delivered > 0);
        }
        let (here, there) = (town.mirrored(test).await, town.simulated());
        let wrong: Vec<_> = told
            .into_iter()
            .filter(|(chat_id, was_told)| *was_told && here[*chat_id] != there[*chat_id])
            .map(|(chat_id, _)| (chat_id, &here[chat_id], &there[chat_id]))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(server.signal("TERM").await, Some(0));
    }
}
