//! What happens meanwhile: each kind of act is a function in the table.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use store::Db;
use wecom_sim::{Confirm, MassState};

use super::{
    dice::Dice,
    facts,
    town::{Reply, Town},
};

/// What was asked of the servers and what they answered.
#[derive(Default)]
pub struct Story {
    pub made: Vec<Made>,
    /// Ids of tasks whose mark was confirmed.
    pub marked_sent: BTreeSet<String>,
    pub marked_impossible: BTreeSet<String>,
}

/// An SOP that was asked for. No other has its title, and every text holds the title and its step.
pub struct Made {
    pub title: String,
    /// Groups times steps.
    pub n_tasks: usize,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Made,
    Unknown,
    Refused(String),
}

type Act = for<'a> fn(&'a Town, &'a mut Story, &'a Dice) -> BoxFuture<'a, ()>;

/// How often each comes, and what it is.
const ACTS: &[(u64, Act)] = &[
    (3, |town, story, dice| Box::pin(sop_of_fixed_times(town, story, dice))),
    (3, |town, story, dice| Box::pin(sop_of_days(town, story, dice))),
    (6, |town, _, dice| Box::pin(owner_confirms(town, dice))),
    (4, |town, story, dice| Box::pin(owner_marks(town, story, dice))),
    (1, |town, _, dice| Box::pin(group_is_dissolved(town, dice))),
    (6, |_, _, dice| Box::pin(nothing_happens(dice))),
];

/// One of them, by chance.
pub async fn one(town: &Town, story: &mut Story, dice: &Dice) {
    let mut drawn = dice.below(ACTS.iter().map(|(weight, _)| weight).sum());
    for (weight, act) in ACTS {
        if drawn < *weight {
            return act(town, story, dice).await;
        }
        drawn -= weight;
    }
}

/// Owners do what is left to do, until nothing is open.
pub async fn to_the_end(town: &Town, story: &mut Story, dice: &Dice, db: &Db, name: &str) {
    const AT_MOST: Duration = Duration::from_secs(240);
    let end = async {
        while facts::n_open(db).await > 0 {
            for message in waiting(town) {
                town.sim.sim.confirm(&message, Confirm::All).ok();
            }
            owner_marks(town, story, dice).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    if tokio::time::timeout(AT_MOST, end).await.is_err() {
        let open: Vec<_> =
            facts::read(db).await.tasks.into_iter().filter(|t| t.is_open()).collect();
        panic!("{name}: {} tasks stay open: {:#?}", open.len(), &open[..open.len().min(10)]);
    }
}

/// Steps at times of their own: past, or the next minute.
async fn sop_of_fixed_times(town: &Town, story: &mut Story, dice: &Dice) {
    let title = format!("S{}", story.made.len());
    let chat_ids = dice.some_of(&town.chat_ids, 12);
    let steps: Vec<Value> = (1..=1 + dice.below(3))
        .map(|step_no| {
            let at_ms = town.clock.now_ms() + if dice.happens(30) { 60_000 } else { -3_600_000 };
            json!({ "sendTime": town.zone.minutes_text(at_ms), "sopDatas": content(&title, step_no, dice) })
        })
        .collect();
    let n_tasks = chat_ids.len() * steps.len();
    let body = json!({ "title": title, "chatIds": chat_ids, "sopContents": steps });
    create(town, story, dice, "/api/v3/groupSop/addGroupAssistant", body, n_tasks).await;
}

/// Steps on the first day, by hand or by the assistant; the time is past or the next minute.
async fn sop_of_days(town: &Town, story: &mut Story, dice: &Dice) {
    let title = format!("S{}", story.made.len());
    let chat_ids = dice.some_of(&town.chat_ids, 12);
    let steps: Vec<Value> = (1..=1 + dice.below(2))
        .map(|step_no| {
            let soon = town.zone.minutes_text(town.clock.now_ms() + 60_000);
            let time = if dice.happens(30) { &soon[soon.len() - 5..] } else { "00:00" };
            json!({ "showDate": 1, "showTime": time, "sopDatas": content(&title, step_no, dice) })
        })
        .collect();
    let n_tasks = chat_ids.len() * steps.len();
    let infos: Vec<Value> = chat_ids.iter().map(|chat_id| json!({ "chatId": chat_id })).collect();
    let mode = u8::from(dice.happens(60));
    let body = json!({ "title": title, "groupInfos": infos, "sopContents": steps, "mode": mode });
    create(town, story, dice, "/api/v3/groupSop/addGroupCorporate", body, n_tasks).await;
}

/// The text that tells this step's messages from all others.
pub fn mark(title: &str, step_no: i64) -> String {
    format!("〔{title}.{step_no}〕")
}

fn content(title: &str, step_no: u64, dice: &Dice) -> Value {
    let text = format!("{}今日新品已到店", mark(title, step_no.cast_signed()));
    let mut items = vec![json!({ "type": 1, "content": text })];
    if dice.happens(30) {
        items.push(json!({ "type": 3, "title": "新品", "link": "https://example.com/new" }));
    }
    items.into()
}

/// With a key the call is repeated until there is an answer; without one, nobody knows what became of it.
async fn create(
    town: &Town,
    story: &mut Story,
    dice: &Dice,
    path: &str,
    mut body: Value,
    n_tasks: usize,
) {
    let title = body["title"].as_str().unwrap().to_owned();
    let n_tries = if dice.happens(70) { 200 } else { 1 };
    if n_tries > 1 {
        body["idempotencyKey"] = json!(title);
    }
    let mut answer = Answer::Unknown;
    for _ in 0..n_tries {
        match town.call(dice, path, &body).await {
            Reply::Data(_) => answer = Answer::Made,
            Reply::Refused(why) => answer = Answer::Refused(why),
            Reply::Unknown => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        }
        break;
    }
    story.made.push(Made { title, n_tasks, answer });
}

/// Messages that wait for owners who are there.
fn waiting(town: &Town) -> Vec<String> {
    let messages = town.sim.sim.mass_messages().into_iter();
    let waiting = messages.filter(|message| {
        message.state == MassState::Waiting && message.sender != town.owner_on_holiday
    });
    waiting.map(|message| message.msgid).collect()
}

/// Some owner confirms a message, every third time without its last groups.
async fn owner_confirms(town: &Town, dice: &Dice) {
    let waiting = waiting(town);
    if waiting.is_empty() {
        return nothing_happens(dice).await;
    }
    let to = if dice.happens(33) { Confirm::AllBut(1 + dice.place(2)) } else { Confirm::All };
    // It may have been withdrawn since.
    town.sim.sim.confirm(&waiting[dice.place(waiting.len())], to).ok();
}

/// Some tasks that are to be sent by hand were sent, or cannot be.
async fn owner_marks(town: &Town, story: &mut Story, dice: &Dice) {
    let body = json!({ "pageSize": 200 });
    let Reply::Data(page) = town.call(dice, "/api/v3/groupSop/getGroupList", &body).await else {
        return;
    };
    let groups = page["result"].as_array().unwrap().iter();
    let tasks = groups.flat_map(|group| group["tasks"].as_array().unwrap());
    let to_send = tasks.filter(|task| task["mode"] == 1 && task["sendStatus"] == 1);
    let ids: Vec<String> = to_send.map(|task| task["id"].as_str().unwrap().to_owned()).collect();
    if ids.is_empty() {
        return;
    }
    let ids = dice.some_of(&ids, 10);
    let (path, body, marked) = if dice.happens(80) {
        ("/api/v3/sop-tasks/mark-sent", json!({ "taskIds": ids }), &mut story.marked_sent)
    } else {
        let body = json!({ "taskIds": ids, "reason": "群已停用" });
        ("/api/v3/sop-tasks/mark-impossible", body, &mut story.marked_impossible)
    };
    // Refused when the time of one of them has run out meanwhile.
    if let Reply::Data(_) = town.call(dice, path, &body).await {
        marked.extend(ids);
    }
}

/// Nobody tells the servers. Most groups stay.
async fn group_is_dissolved(town: &Town, dice: &Dice) {
    if dice.happens(30) {
        let chat_id = &town.chat_ids[dice.place(town.chat_ids.len())];
        // It may be gone already.
        town.sim.sim.dissolve_group(chat_id).ok();
    }
}

async fn nothing_happens(dice: &Dice) {
    tokio::time::sleep(Duration::from_millis(20 + dice.below(150))).await;
}
