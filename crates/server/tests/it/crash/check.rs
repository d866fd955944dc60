//! What must hold at the end of a run.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    acts::{Answer, Story, mark},
    facts::{ASSISTANT, CANCELLED, FAILED, Facts, MANUAL, SENT, Seen, Task},
};

/// Everything that is not as it must be, in words.
pub fn violations(story: &Story, facts: &Facts, seen: &Seen) -> Vec<String> {
    [
        of_creation(story, facts),
        of_tasks(facts),
        of_ledger(facts, seen),
        of_marks(story, facts),
        of_notices(facts, seen),
        of_batches(facts),
    ]
    .concat()
}

/// What was answered exists, whole; what was not answered, whole or not at all.
fn of_creation(story: &Story, facts: &Facts) -> Vec<String> {
    let mut n_tasks: HashMap<&str, usize> = HashMap::new();
    for task in &facts.tasks {
        *n_tasks.entry(&task.title).or_default() += 1;
    }
    let mut wrong = Vec::new();
    for made in &story.made {
        let found = n_tasks.get(made.title.as_str()).copied().unwrap_or(0);
        let is_right = match made.answer {
            Answer::Made(_) if made.may_lack_tasks => found <= made.n_tasks,
            Answer::Made(_) => found == made.n_tasks,
            Answer::Unknown if made.may_lack_tasks => found <= made.n_tasks,
            Answer::Unknown => found == 0 || found == made.n_tasks,
            // A group was dissolved meanwhile, and that is known.
            Answer::Refused(ref why) => why.contains("dissolved") && found == 0,
        };
        if !is_right {
            let (title, n_tasks, answer) = (&made.title, made.n_tasks, &made.answer);
            wrong.push(format!("{title}: {found} tasks of {n_tasks}, answered {answer:?}"));
        }
    }
    wrong
}

/// All are final, with a reason when they were not sent.
fn of_tasks(facts: &Facts) -> Vec<String> {
    let has_reason = |task: &Task| task.reason.as_ref().is_some_and(|reason| !reason.is_empty());
    let wrong = facts.tasks.iter().filter_map(|task| match task.state {
        _ if task.is_open() => Some(format!("open: {task:?}")),
        SENT => None,
        _ => (!has_reason(task)).then(|| format!("no reason: {task:?}")),
    });
    wrong.collect()
}

/// What the assistant sent is in the group once, anything else not at all; and WeCom never got the same
/// message for a group twice.
fn of_ledger(facts: &Facts, seen: &Seen) -> Vec<String> {
    let of_step = |text: &str| text.split_once('〕').map(|(mark, _)| format!("{mark}〕"));
    let mut n_sent: BTreeMap<(String, String), usize> = BTreeMap::new();
    for ((chat_id, text), n) in &seen.ledger {
        *n_sent.entry((chat_id.clone(), of_step(text).unwrap_or_default())).or_default() += n;
    }
    let mut n_handed: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for mass in &seen.masses {
        for chat_id in &mass.chat_ids {
            *n_handed.entry((chat_id, of_step(&mass.text).unwrap_or_default())).or_default() += 1;
        }
    }
    let twice = n_handed.into_iter().filter(|(_, n)| *n > 1);
    let mut wrong: Vec<String> =
        twice.map(|(key, n)| format!("handed to WeCom {n} times: {key:?}")).collect();
    for task in facts.tasks.iter().filter(|task| task.mode == ASSISTANT) {
        let key = (task.chat_id.clone(), mark(&task.title, task.step_no));
        let n = n_sent.remove(&key).unwrap_or(0);
        if n != usize::from(task.state == SENT) {
            wrong.push(format!("{n} times in its group: {task:?}"));
        }
    }
    wrong.extend(n_sent.into_keys().map(|key| format!("sent, but no task: {key:?}")));
    wrong
}

/// A mark that was confirmed stays.
fn of_marks(story: &Story, facts: &Facts) -> Vec<String> {
    let states: HashMap<&str, i64> =
        facts.tasks.iter().map(|task| (task.id.as_str(), task.state)).collect();
    let lost = |ids: &BTreeSet<String>, state: i64| -> Vec<String> {
        let lost = ids.iter().filter(|id| states.get(id.as_str()) != Some(&state));
        lost.map(|id| format!("the mark {state} of {id} is lost")).collect()
    };
    [lost(&story.marked_sent, SENT), lost(&story.marked_impossible, FAILED)].concat()
}

/// Owners were told once of what was handed to them, and of nothing else.
fn of_notices(facts: &Facts, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut n_told: HashMap<i64, usize> = HashMap::new();
    for (owner, url) in &seen.notices {
        // …/h5/notice/<corp>/<batch>
        let id = url.rsplit('/').next().and_then(|id| id.parse::<i64>().ok());
        let batch = facts.batches.iter().find(|batch| Some(batch.id) == id);
        match batch {
            Some(batch) if batch.mode == MANUAL && batch.owner.eq_ignore_ascii_case(owner) => {
                *n_told.entry(batch.id).or_default() += 1;
            }
            _ => wrong.push(format!("{owner} was told of nothing known: {url}")),
        }
    }
    let twice = n_told.iter().filter(|(_, n)| **n > 1);
    wrong.extend(twice.map(|(batch, n)| format!("notice {batch} was delivered {n} times")));
    for task in facts.tasks.iter().filter(|task| task.mode == MANUAL) {
        let was_told = task.batch.is_some_and(|batch| n_told.contains_key(&batch));
        // A notice names several tasks, some of which may have been taken back by the time that it came.
        let may_differ = task.state == CANCELLED
            || matches!(task.reason.as_deref(), Some("notice_unknown" | "group_dissolved"));
        let was_handed = task.handed_at_ms.is_some();
        if (was_handed && !was_told) || (was_told && !was_handed && !may_differ) {
            wrong.push(format!("told: {was_told}: {task:?}"));
        }
    }
    wrong
}

/// Only notices wait still, for marks that come late.
fn of_batches(facts: &Facts) -> Vec<String> {
    let open = facts.batches.iter().filter(|batch| batch.state < 4);
    let wrong = open.filter(|batch| batch.mode != MANUAL || batch.state != 2);
    wrong.map(|batch| format!("open: {batch:?}")).collect()
}

/// How the tasks ended, and how often something was in doubt.
pub fn summary(facts: &Facts, seen: &Seen) -> String {
    let mut ends: BTreeMap<(i64, i64, &str), usize> = BTreeMap::new();
    for task in &facts.tasks {
        let reason = task.reason.as_deref().unwrap_or_default();
        *ends.entry((task.mode, task.state, reason)).or_default() += 1;
    }
    let (n_tasks, n_masses, n_notices) = (facts.tasks.len(), seen.masses.len(), seen.notices.len());
    let (n_looks, n_suppressed) = (seen.n_looks, seen.n_notices_suppressed);
    format!(
        "{n_tasks} tasks, {n_masses} mass messages, {n_notices} notices; {n_looks} looks for messages of \
         unknown effect, {n_suppressed} notices repeated; (mode, state, reason): {ends:#?}"
    )
}

/// Fails when too little happened for the run to mean anything.
pub fn was_worth_it(facts: &Facts, seen: &Seen, name: &str) {
    let n_sent =
        |mode| facts.tasks.iter().filter(|task| task.mode == mode && task.state == SENT).count();
    assert!(n_sent(ASSISTANT) >= 10, "{name}: hardly anything was sent");
    assert!(n_sent(MANUAL) > 0, "{name}: nothing was marked as sent");
    assert!(seen.n_looks > 0, "{name}: no outcome was unknown");
}
