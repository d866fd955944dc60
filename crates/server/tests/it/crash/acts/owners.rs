//! What owners do in WeCom and with their tasks.

use serde_json::json;
use wecom_sim::{Confirm, MassState};

use super::Story;
use crate::crash::{
    dice::Dice,
    town::{Reply, Town},
};

/// Messages that wait for owners who are there.
pub fn waiting(town: &Town) -> Vec<String> {
    let messages = town.sim.sim.mass_messages().into_iter();
    let waiting = messages.filter(|message| {
        message.state == MassState::Waiting && message.sender != town.owner_on_holiday
    });
    waiting.map(|message| message.msgid).collect()
}

/// Some owner confirms a message, every third time without its last groups.
pub async fn confirm(town: &Town, dice: &Dice) {
    let waiting = waiting(town);
    if waiting.is_empty() {
        return;
    }
    let to = if dice.happens(33) { Confirm::AllBut(1 + dice.place(2)) } else { Confirm::All };
    // It may have been withdrawn since.
    town.sim.sim.confirm(&waiting[dice.place(waiting.len())], to).ok();
}

/// Some tasks that are to be sent by hand were sent, or cannot be.
pub async fn mark(town: &Town, story: &mut Story, dice: &Dice) {
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
pub async fn dissolve_group(town: &Town, dice: &Dice) {
    if dice.happens(30) {
        let chat_id = &town.chat_ids[dice.place(town.chat_ids.len())];
        // It may be gone already.
        town.sim.sim.dissolve_group(chat_id).ok();
    }
}
