//! The simulator as a client meets it: over HTTP, with a clock that the test moves.

mod app_messages;
mod callbacks;
mod calls;
mod company;
mod contacts;
mod control;
mod corp_tags;
mod customers;
mod faults;
mod groups;
mod inbox;
mod journal;
mod late;
mod limits;
mod login;
mod mass;
mod mass_refusals;
mod mass_to_customers;
mod media;
mod owners;
mod play;
mod tokens;
mod visits;
mod world;

use ambient::ManualClock;
use serde_json::{Value, json};

use crate::{Config, Running, start};

const NOON_MS: i64 = 1_772_600_400_000;

/// A running corp, a moved clock and a client that holds a token.
struct Corp {
    hand: ManualClock,
    running: Running,
    http: reqwest::Client,
    token: String,
}

impl Corp {
    /// Twelve staff of whom the first three own thirty groups.
    async fn small() -> Self {
        Self::of(small()).await
    }

    async fn of(config: Config) -> Self {
        // Plain HTTP needs no cipher, but the client wants to know one.
        _ = rustls::crypto::ring::default_provider().install_default();
        let hand = ManualClock::at(NOON_MS);
        let running = start(config, hand.clock()).await.expect("the world is well-formed");
        let http = reqwest::Client::builder().no_proxy().build().expect("ring is installed");
        let mut corp = Self { hand, running, http, token: String::new() };
        corp.renew_token().await;
        corp
    }

    async fn renew_token(&mut self) {
        let secret = self.running.sim.config().secret.clone();
        let reply = self.gettoken(&secret).await;
        self.token = reply["access_token"].as_str().expect("the secret is right").to_owned();
    }

    async fn gettoken(&self, secret: &str) -> Value {
        let corp_id = &self.running.sim.config().corp_id;
        self.ask(&format!("/cgi-bin/gettoken?corpid={corp_id}&corpsecret={secret}")).await
    }

    /// GET with the token; `path` is below `/cgi-bin/` and may have a query.
    async fn get(&self, path: &str) -> Value {
        let mark = if path.contains('?') { '&' } else { '?' };
        self.ask(&format!("/cgi-bin/{path}{mark}access_token={}", self.token)).await
    }

    /// GET of any path.
    async fn ask(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.running.base_url);
        let reply = self.http.get(url).send().await.expect("the simulator answers");
        reply.json().await.expect("every reply is JSON")
    }

    /// POST with the token to a path below `/cgi-bin/externalcontact/`.
    async fn post(&self, call: &str, body: Value) -> Value {
        self.post_raw(&format!("externalcontact/{call}"), body.to_string()).await
    }

    async fn post_raw(&self, path: &str, body: String) -> Value {
        let url = format!("{}/cgi-bin/{path}?access_token={}", self.running.base_url, self.token);
        let reply = self.http.post(url).body(body).send().await.expect("the simulator answers");
        assert_eq!(reply.status(), 200, "WeCom says no with HTTP 200");
        reply.json().await.expect("every reply is JSON")
    }

    /// POST to the control API.
    async fn play(&self, path: &str, body: Value) -> reqwest::Response {
        let url = format!("{}/sim/{path}", self.running.base_url);
        self.http.post(url).json(&body).send().await.expect("the simulator answers")
    }

    fn owner(&self, n: usize) -> String {
        self.running.sim.staff()[n].userid.clone()
    }

    /// The chat ids of the groups that somebody owns.
    fn chats_of(&self, owner: &str) -> Vec<String> {
        let groups = self.running.sim.groups().into_iter();
        groups.filter(|group| group.owner == owner).map(|group| group.chat_id).collect()
    }

    /// Creates a mass message; the clock moves on until the owner has it.
    async fn hand_over(&self, sender: &str, chat_ids: &[String], text: &str) -> String {
        let reply = self.post("add_msg_template", template(sender, chat_ids, text)).await;
        assert_eq!(reply["errcode"], 0, "{reply}");
        self.hand.advance(self.running.sim.config().dispatching_ms);
        reply["msgid"].as_str().expect("an accepted message has a msgid").to_owned()
    }
}

fn small() -> Config {
    Config { n_departments: 8, n_staff: 12, n_groups: 30, n_owners: Some(3), ..Config::default() }
}

fn template(sender: &str, chat_ids: &[String], text: &str) -> Value {
    json!({
        "chat_type": "group",
        "sender": sender,
        "chat_id_list": chat_ids,
        "text": { "content": text },
    })
}

/// The values of one field in a list of objects.
fn column<'a>(reply: &'a Value, list: &str, field: &str) -> Vec<&'a str> {
    let rows = reply[list].as_array().expect("the list is there");
    rows.iter().map(|row| row[field].as_str().expect("a text")).collect()
}
