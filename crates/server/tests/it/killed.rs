//! The server is killed again and again while it dispatches, and nothing is lost or doubled.

use std::collections::BTreeMap;

use ambient::{Clock, Random};
use scrm::MIGRATIONS;
use serde_json::{Value, json};
use store::testing::TestDb;
use wecom_sim::{Config, Fault, LedgerKind, MassState};

use crate::program::{Place, Running, until};

const N_GROUPS: usize = 1_000;
const N_OWNERS: usize = 50;
const N_KILLS_A_KIND: u64 = 4;

struct Town {
    place: Place,
    sim: wecom_sim::Running,
    server: Running,
    url: String,
    chance: Random,
}

impl Town {
    /// A synchronised company and a server with short times on this database.
    async fn new(database: &str) -> Self {
        let config = Config {
            n_departments: 6,
            n_staff: 60,
            n_groups: N_GROUPS,
            n_members_per_group: 3,
            n_owners: Some(N_OWNERS),
            dispatching_ms: 200,
            ..Config::seeded(11)
        };
        let sim = wecom_sim::start(config.clone(), Clock::system()).await.unwrap();
        let place = Place::new()
            .env("SIYU_DATABASE__URL", database)
            .env("SIYU_WECOM__BASE_URL", &sim.base_url)
            .env("SIYU_WECOM__REQUEST_TIMEOUT_MS", "2000")
            .env("SIYU_SYNC__AT_START", "false")
            .env("SIYU_SENDING__LOOK_EVERY_S", "0.05")
            .env("SIYU_SENDING__LEASE_S", "2.5")
            .env("SIYU_SENDING__UNKNOWN_REPEAT_MINUTES", "0.1")
            .env("SIYU_SENDING__COMPLETE_APART_MINUTES", "0.01")
            .env("SIYU_SENDING__POLL_MIN_S", "0.2")
            .env("SIYU_SENDING__POLL_MAX_S", "1")
            .env("SIYU_LOG__LEVEL", "warn");
        let agent = config.agent_id.to_string();
        let add = ["corp", "add", "--corp-id", &config.corp_id, "--agent-id", &agent];
        let add = [&add[..], &["--secret-file", "-"]].concat();
        place.run_with_input(&add, &config.secret).await.ok();
        place.run(&["sync"]).await.ok();
        let create = ["app", "create", "--corp", &config.corp_id, "--suffix", "t", "--json"];
        let app = place.run(&create).await.json();
        let place = place
            .env("SIYU_APP_ID", app["app_id"].as_str().unwrap())
            .env("SIYU_APP_KEY", app["app_key"].as_str().unwrap());
        let (server, url) = started(&place, "127.0.0.1:0").await;
        let seed = Clock::system().now_ms().unsigned_abs();
        eprintln!("moments of killing come from the seed {seed}");
        Self { place, sim, server, url, chance: Random::seeded(seed) }
    }

    /// A signed call; its data.
    async fn call(&self, path: &str, body: &Value) -> Value {
        let args = ["call", path, "-", "--url", &self.url];
        let reply = self.place.run_with_input(&args, &body.to_string()).await.json();
        reply["data"].clone()
    }

    /// Kills the server while it makes these calls, and starts it again, several times.
    async fn kill_during(&mut self, call: &str) {
        let share = N_OWNERS as u64 / (N_KILLS_A_KIND + 1);
        for n in 0..N_KILLS_A_KIND {
            let n_calls = n * share + 1 + u64::from(self.chance.bytes::<1>()[0]) % share;
            until("the calls go on", async || self.sim.sim.n_calls(call) >= n_calls).await;
            assert_eq!(self.server.signal("KILL").await, None, "the signal ended it");
            let address = self.url.strip_prefix("http://").unwrap();
            (self.server, self.url) = started(&self.place, address).await;
        }
    }

    /// All tasks with the given mode, by chat.
    async fn tasks(&self, mode: i64) -> BTreeMap<String, Vec<Value>> {
        let mut tasks = BTreeMap::new();
        for page_no in 1..=N_GROUPS / 200 {
            let body = json!({ "pageNo": page_no, "pageSize": 200 });
            let page = self.call("/api/v3/groupSop/getGroupList", &body).await;
            for group in page["result"].as_array().unwrap() {
                let chat_id = group["chatId"].as_str().unwrap().to_owned();
                let of_group = group["tasks"].as_array().unwrap().iter();
                let of_mode = of_group.filter(|task| task["mode"] == mode).cloned().collect();
                tasks.insert(chat_id, of_mode);
            }
        }
        tasks
    }

    /// Waits until every group has one task of this mode, in this state.
    async fn until_all(&self, mode: i64, status: i64) {
        until(&format!("all tasks of mode {mode} in state {status}"), async || {
            let tasks = self.tasks(mode).await;
            let wrong = tasks.values().flatten().find(|task| task["sendStatus"] == 3);
            assert!(wrong.is_none(), "{wrong:?}");
            tasks.len() == N_GROUPS
                && tasks.values().all(|tasks| tasks.len() == 1 && tasks[0]["sendStatus"] == status)
        })
        .await;
    }

    fn chat_ids(&self) -> Vec<String> {
        self.sim.sim.groups().into_iter().map(|group| group.chat_id).collect()
    }
}

async fn started(place: &Place, address: &str) -> (Running, String) {
    let mut server = place.start(&["serve", "--listen", address]);
    let url = server.line("Siyu listens on ").await;
    (server, url)
}

/// How often each of them comes.
fn counted(items: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

fn once_each(items: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    items.into_iter().map(|item| (item, 1)).collect()
}

store::on_both! { MIGRATIONS,
    async fn killed_while_it_dispatches_it_sends_every_message_once(test: &TestDb) {
        let mut town = Town::new(&test.address).await;
        // Replies take a while, so that a kill finds calls under way that have had their effect.
        for call in ["add_msg_template", "message/send"] {
            town.sim.sim.fail_times(call, Fault::Hang { ms: 100 }, 3 * N_OWNERS).unwrap();
        }
        let chat_ids = town.chat_ids();
        let steps = json!([{
            "sendTime": "2026-01-01 08:00",
            "sopDatas": [{ "type": 1, "content": "今日新品已到店" }],
        }]);
        let assistant = json!({ "title": "助手", "chatIds": chat_ids, "sopContents": steps });
        town.call("/api/v3/groupSop/addGroupAssistant", &assistant).await;
        town.kill_during("add_msg_template").await;
        town.until_all(0, 1).await;

        let steps = json!([{
            "showDate": 1, "showTime": "00:00",
            "sopDatas": [{ "type": 1, "content": "欢迎加入#群名称#" }],
        }]);
        let infos: Vec<Value> = chat_ids.iter().map(|chat_id| json!({ "chatId": chat_id })).collect();
        let manual = json!({ "title": "手动", "groupInfos": infos, "sopContents": steps });
        town.call("/api/v3/groupSop/addGroupCorporate", &manual).await;
        town.kill_during("message/send").await;
        town.until_all(1, 1).await;

        let sim = &town.sim.sim;
        until("the messages are with their owners", async || {
            sim.mass_messages().iter().all(|message| message.state != MassState::Dispatching)
        })
        .await;
        sim.confirm_all_waiting(None).unwrap();
        for group in sim.groups() {
            sim.post(&group.owner, &group.chat_id, "欢迎加入").unwrap();
        }
        let tasks = town.tasks(1).await;
        let ids: Vec<&Value> = tasks.values().flatten().map(|task| &task["id"]).collect();
        town.call("/api/v3/sop-tasks/mark-sent", &json!({ "taskIds": ids })).await;
        town.until_all(0, 2).await;
        town.until_all(1, 2).await;

        let ledger = sim.ledger();
        let by_assistant = ledger.iter().filter(|entry| entry.kind == LedgerKind::Mass);
        assert_eq!(counted(by_assistant.map(|entry| entry.chat_id.clone())), once_each(chat_ids));
        let owners = sim.groups().into_iter().map(|group| group.owner);
        let told = sim.app_messages().into_iter().map(|message| message.touser);
        assert_eq!(counted(told), once_each(owners));
        // Otherwise no kill met a call under way, and nothing was tested.
        assert!(sim.n_calls("get_groupmsg_list_v2") > 0, "no outcome was unknown");
        assert!(sim.n_app_messages_suppressed() > 0, "no notice was repeated");
        assert_eq!(town.server.signal("TERM").await, Some(0));
    }
}
