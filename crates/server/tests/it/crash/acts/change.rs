//! SOPs that were made are edited, paused, resumed and ended, and groups leave them. Each may be refused, since
//! the SOP may have ended, and may be repeated.

use serde_json::{Value, json};

use super::{Answer, Made, Story, make};
use crate::crash::{
    dice::Dice,
    town::{Reply, Town},
};

/// One of the last SOPs whose id is known.
fn pick<'a>(story: &'a mut Story, dice: &Dice) -> Option<(String, &'a mut Made)> {
    let known = story.made.iter_mut().rev().take(10).filter_map(|made| match &made.answer {
        Answer::Made(id) => Some((id.clone(), made)),
        _ => None,
    });
    let mut known: Vec<_> = known.collect();
    (!known.is_empty()).then(|| known.swap_remove(dice.place(known.len())))
}

/// A step gets other content, or the next minute as its time.
pub async fn edit(town: &Town, story: &mut Story, dice: &Dice) {
    let Some((id, made)) = pick(story, dice).filter(|(_, made)| !made.steps.is_empty()) else {
        return;
    };
    let mut steps = made.steps.clone();
    let place = dice.place(steps.len());
    let step = &mut steps[place];
    if dice.happens(50) {
        step["sopDatas"] = make::content(&made.title, place as u64 + 1, dice);
    } else if step["sendTime"].is_null() {
        step["showTime"] = json!(make::next_minute(town));
    } else {
        step["sendTime"] = json!(town.zone.minutes_text(town.clock.now_ms() + 60_000));
    }
    let body = json!({ "sopId": id, "sopContents": steps });
    if let Reply::Data(_) = town.call(dice, "/api/v3/group-sop/edit", &body).await {
        made.steps = steps;
    }
}

/// It may be paused even when no answer comes.
pub async fn pause(town: &Town, story: &mut Story, dice: &Dice) {
    if let Some((id, _)) = pick(story, dice) {
        town.call(dice, "/api/v3/group-sop/pause", &one(&id)).await;
        story.paused.insert(id);
    }
}

/// The SOP that is longest in the list of paused ones.
pub async fn resume(town: &Town, story: &mut Story, dice: &Dice) {
    let Some(id) = story.paused.first().cloned() else { return };
    match town.call(dice, "/api/v3/group-sop/resume", &one(&id)).await {
        Reply::Unknown => {}
        Reply::Data(_) | Reply::Refused(_) => {
            story.paused.remove(&id);
        }
    }
}

pub async fn end(town: &Town, story: &mut Story, dice: &Dice) {
    if let Some((id, made)) = pick(story, dice) {
        made.may_lack_tasks = true;
        town.call(dice, "/api/v3/group-sop/end", &one(&id)).await;
    }
}

/// Some of its groups; one that follows a rule chose none.
pub async fn leave(town: &Town, story: &mut Story, dice: &Dice) {
    let picked = pick(story, dice).filter(|(_, made)| !made.chat_ids.is_empty());
    if let Some((id, made)) = picked {
        made.may_lack_tasks = true;
        let body = json!({ "sopId": id, "chatIds": dice.some_of(&made.chat_ids, 3) });
        town.call(dice, "/api/v3/group-sop/leave", &body).await;
    }
}

fn one(id: &str) -> Value {
    json!({ "sopId": id })
}
