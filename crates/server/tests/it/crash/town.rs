//! A simulated company, the servers that serve it, and calls to them.

use std::collections::BTreeMap;

use ambient::Clock;
use scrm::Zone;
use serde_json::{Value, json};
use wecom_sim::{Config, Fault, FaultRule};

use super::{dice::Dice, node::Node};
use crate::program::Place;

const N_GROUPS: usize = 60;
const N_OWNERS: usize = 8;
/// Longer than WeCom may take for a call, see the settings below.
const HANGS_MS: u64 = 900;

pub struct Town {
    /// Owns no group at the start, and makes all that come later.
    pub newcomer: String,
    pub sim: wecom_sim::Running,
    pub chat_ids: Vec<String>,
    /// Our numbers of the owners, and their groups.
    pub owners: Vec<(String, Vec<String>)>,
    /// He confirms nothing and marks nothing: his tasks run out of time.
    pub owner_on_holiday: String,
    pub clock: Clock,
    pub zone: Zone,
    addresses: Vec<String>,
    http: reqwest::Client,
    app_id: String,
    app_key: String,
}

/// What became of a call.
pub enum Reply {
    Data(Value),
    Refused(String),
    /// No answer came: nobody knows what it did.
    Unknown,
}

impl Town {
    /// A synchronised company, and servers with short times on this database.
    pub async fn new(database: &str, n_nodes: usize) -> (Self, Vec<Node>) {
        let config = Config {
            n_departments: 6,
            n_staff: 20,
            n_groups: N_GROUPS,
            n_members_per_group: 3,
            n_owners: Some(N_OWNERS),
            dispatching_ms: 200,
            quota: false,
            ..Config::seeded(31)
        };
        let sim = wecom_sim::start(config.clone(), Clock::system()).await.unwrap();
        let first = place(database, &sim.base_url);
        let agent = config.agent_id.to_string();
        let add = ["corp", "add", "--corp-id", &config.corp_id, "--agent-id", &agent];
        let add = [&add[..], &["--secret-file", "-"]].concat();
        first.run_with_input(&add, &config.secret).await.ok();
        first.run(&["sync"]).await.ok();
        let create = ["app", "create", "--corp", &config.corp_id, "--suffix", "t", "--json"];
        let app = first.run(&create).await.json();
        let text = |name: &str| app[name].as_str().unwrap().to_owned();
        let key = std::fs::read_to_string(first.path("siyu-data/master.key")).unwrap();
        let mut nodes = vec![Node::new(first).await];
        for _ in 1..n_nodes {
            let place = place(database, &sim.base_url).env("SIYU_SECRETS__MASTER_KEY", key.trim());
            nodes.push(Node::new(place).await);
        }
        let groups = sim.sim.groups();
        let timeouts = wecom::http::Timeouts { connect_ms: 1_000, request_ms: 10_000 };
        let newcomer = sim.sim.staff().into_iter().map(|member| member.userid);
        let newcomer = newcomer.rev().find(|userid| groups.iter().all(|g| g.owner != *userid));
        let mut town = Self {
            newcomer: newcomer.unwrap(),
            owners: vec![],
            chat_ids: groups.iter().map(|group| group.chat_id.clone()).collect(),
            owner_on_holiday: groups[0].owner.clone(),
            clock: Clock::system(),
            zone: Zone::parse("Asia/Shanghai").unwrap(),
            addresses: nodes.iter().map(|node| node.address.clone()).collect(),
            http: wecom::http::client(timeouts).unwrap(),
            app_id: text("app_id"),
            app_key: text("app_key"),
            sim,
        };
        town.owners = town.read_owners().await;
        (town, nodes)
    }

    async fn read_owners(&self) -> Vec<(String, Vec<String>)> {
        let path = "/api/v3/groupSop/getGroupList";
        let Reply::Data(page) = self.call(&Dice::new(0), path, &json!({ "pageSize": 200 })).await
        else {
            panic!("the list of groups is not shown");
        };
        let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for group in page["result"].as_array().unwrap() {
            let text = |name: &str| group[name].as_str().unwrap().to_owned();
            owners.entry(text("salesId")).or_default().push(text("chatId"));
        }
        owners.into_iter().collect()
    }

    /// Calls to WeCom fail from now on: refused, cut before or after their effect, late and too late.
    pub fn begin_faults(&self) {
        let of_writes = [
            (0.03, Fault::Errcode { errcode: 45_009 }),
            (0.03, Fault::Errcode { errcode: 45_033 }),
            (0.02, Fault::Http { status: 502 }),
            (0.03, Fault::CutBeforeEffect),
            (0.05, Fault::CutAfterEffect),
            (0.03, Fault::CutBody),
            (0.02, Fault::Hang { ms: HANGS_MS }),
            // A reply that takes a while lets a kill find calls that have had their effect.
            (0.50, Fault::Hang { ms: 120 }),
        ];
        let of_reads = [
            (0.02, Fault::Errcode { errcode: 45_009 }),
            (0.02, Fault::Errcode { errcode: 45_033 }),
            (0.02, Fault::Http { status: 500 }),
            (0.02, Fault::CutBeforeEffect),
            (0.02, Fault::CutBody),
            (0.02, Fault::Hang { ms: HANGS_MS }),
        ];
        let writes = ["add_msg_template", "message/send", "cancel_groupmsg_send"];
        let reads = ["get_groupmsg_list_v2", "get_groupmsg_task", "get_groupmsg_send_result"];
        let fail = |call: &str, (p, fault)| {
            let rule = FaultRule { call: Some(call.to_owned()), p, fault };
            self.sim.sim.fail_by_chance(rule).unwrap();
        };
        writes.iter().for_each(|call| of_writes.iter().for_each(|rule| fail(call, *rule)));
        reads.iter().for_each(|call| of_reads.iter().for_each(|rule| fail(call, *rule)));
    }

    /// A signed call to any of the servers.
    pub async fn call(&self, dice: &Dice, path: &str, body: &Value) -> Reply {
        let address = &self.addresses[dice.place(self.addresses.len())];
        let (body, timestamp) = (body.to_string(), self.clock.now_ms());
        let sign =
            openapi::signature::sign(&self.app_id, timestamp, body.as_bytes(), &self.app_key);
        let request = self
            .http
            .post(format!("http://{address}{path}"))
            .header("appId", &self.app_id)
            .header("timestamp", timestamp)
            .header("sign", sign)
            .body(body);
        let Ok(response) = request.send().await else { return Reply::Unknown };
        let Ok(text) = response.text().await else { return Reply::Unknown };
        let mut reply: Value = serde_json::from_str(&text).expect("an envelope");
        match reply["code"].as_i64() {
            Some(0) => Reply::Data(reply["data"].take()),
            _ => Reply::Refused(text),
        }
    }
}

fn place(database: &str, base_url: &str) -> Place {
    Place::new()
        .env("SIYU_DATABASE__URL", database)
        .env("SIYU_WECOM__BASE_URL", base_url)
        .env("SIYU_WECOM__REQUEST_TIMEOUT_MS", "500")
        .env("SIYU_WECOM__MINUTE_MS", "1000")
        // With each start: so groups made meanwhile become known, and dissolved ones.
        .env("SIYU_SYNC__AT_START", "true")
        .env("SIYU_SENDING__LOOK_EVERY_S", "0.1")
        .env("SIYU_SENDING__LATE_SEND_MAX_HOURS", "0.018")
        .env("SIYU_SENDING__DEADLINE_HOURS", "0.02")
        .env("SIYU_SENDING__UNKNOWN_REPEAT_MINUTES", "0.1")
        .env("SIYU_SENDING__COMPLETE_APART_MINUTES", "0.01")
        .env("SIYU_SENDING__POLL_MIN_S", "0.2")
        .env("SIYU_SENDING__POLL_MAX_S", "1")
        // Shorter than most lives of a server: who is killed while it claims leaves its lease behind.
        .env("SIYU_SENDING__LEASE_S", "0.6")
        .env("SIYU_LOG__LEVEL", "error")
}
