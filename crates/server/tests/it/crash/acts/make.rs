//! SOPs are made.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Made, Story, mark};
use crate::crash::{
    dice::Dice,
    town::{Reply, Town},
};

/// Steps at times of their own: past, or the next minute.
pub async fn sop_of_fixed_times(town: &Town, story: &mut Story, dice: &Dice) {
    let title = format!("S{}", story.made.len());
    let chat_ids = dice.some_of(&town.chat_ids, 12);
    let steps: Vec<Value> = (1..=1 + dice.below(3))
        .map(|step_no| {
            let at_ms = town.clock.now_ms() + if dice.happens(30) { 60_000 } else { -3_600_000 };
            let (time, content) = (town.zone.minutes_text(at_ms), content(&title, step_no, dice));
            json!({ "stepNo": step_no, "sendTime": time, "sopDatas": content })
        })
        .collect();
    let body = json!({ "title": title, "chatIds": chat_ids, "sopContents": steps });
    let made = Made::asked(title, chat_ids, steps);
    create(town, story, dice, "/api/v3/groupSop/addGroupAssistant", body, made).await;
}

/// Steps on the first day, by hand or by the assistant; the time is past or the next minute.
pub async fn sop_of_days(town: &Town, story: &mut Story, dice: &Dice) {
    let title = format!("S{}", story.made.len());
    let chat_ids = dice.some_of(&town.chat_ids, 12);
    let steps: Vec<Value> = (1..=1 + dice.below(2))
        .map(|step_no| {
            let time = if dice.happens(30) { next_minute(town) } else { "00:00".to_owned() };
            let content = content(&title, step_no, dice);
            json!({ "stepNo": step_no, "showDate": 1, "showTime": time, "sopDatas": content })
        })
        .collect();
    let infos: Vec<Value> = chat_ids.iter().map(|chat_id| json!({ "chatId": chat_id })).collect();
    let mode = u8::from(dice.happens(60));
    let body = json!({ "title": title, "groupInfos": infos, "sopContents": steps, "mode": mode });
    let made = Made::asked(title, chat_ids, steps);
    create(town, story, dice, "/api/v3/groupSop/addGroupCorporate", body, made).await;
}

/// To all groups of an owner, at once.
pub async fn mass_message(town: &Town, story: &mut Story, dice: &Dice) {
    let title = format!("S{}", story.made.len());
    let (owner, chat_ids) = &town.owners[dice.place(town.owners.len())];
    let text = format!("{}节前问候", mark(&title, 1));
    let body = json!({ "title": title, "users": [owner], "sendInfo": { "text": text } });
    let n_tasks = chat_ids.len();
    let made = Made { n_tasks, ..Made::asked(title, chat_ids.clone(), vec![]) };
    create(town, story, dice, "/api/v3/groupSend/addTask", body, made).await;
}

/// HH:mm of the next minute.
pub fn next_minute(town: &Town) -> String {
    let soon = town.zone.minutes_text(town.clock.now_ms() + 60_000);
    soon[soon.len() - 5..].to_owned()
}

/// What a step sends.
pub fn content(title: &str, step_no: u64, dice: &Dice) -> Value {
    let text = format!("{}今日新品{}", mark(title, step_no.cast_signed()), dice.below(1_000));
    let mut items = vec![json!({ "type": 1, "content": text })];
    if dice.happens(30) {
        items.push(json!({ "type": 3, "title": "新品", "link": "https://example.com/new" }));
    }
    items.into()
}

impl Made {
    /// Not answered yet.
    pub(super) fn asked(title: String, chat_ids: Vec<String>, steps: Vec<Value>) -> Self {
        let (n_tasks, answer) = (chat_ids.len() * steps.len(), Answer::Unknown);
        Self { title, n_tasks, answer, may_lack_tasks: false, chat_ids, steps }
    }
}

/// With a key the call is repeated until there is an answer; without one, nobody knows what became of it.
async fn create(
    town: &Town,
    story: &mut Story,
    dice: &Dice,
    path: &str,
    mut body: Value,
    mut made: Made,
) {
    let n_tries = if dice.happens(70) { 200 } else { 1 };
    if n_tries > 1 {
        body["idempotencyKey"] = json!(made.title);
    }
    for _ in 0..n_tries {
        match town.call(dice, path, &body).await {
            Reply::Data(id) => made.answer = Answer::Made(id.as_str().unwrap().to_owned()),
            Reply::Refused(why) => made.answer = Answer::Refused(why),
            Reply::Unknown => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        }
        break;
    }
    story.made.push(made);
}
