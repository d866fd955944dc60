//! What happens meanwhile: each kind of act is a function in the table.

mod change;
mod make;
mod owners;

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::BoxFuture;
use serde_json::Value;
use store::Db;
use wecom_sim::Confirm;

use super::{dice::Dice, facts, town::Town};

/// What was asked of the servers and what they answered.
#[derive(Default)]
pub struct Story {
    pub made: Vec<Made>,
    /// Ids of tasks whose mark was confirmed.
    pub marked_sent: BTreeSet<String>,
    pub marked_impossible: BTreeSet<String>,
    /// SOPs that are paused, or may be.
    paused: BTreeSet<String>,
}

/// An SOP that was asked for. No other has its title, and every text holds the title and its step.
pub struct Made {
    pub title: String,
    /// Groups times steps.
    pub n_tasks: usize,
    pub answer: Answer,
    /// It was asked for that it ends, or that groups leave it: tasks that were not planned by then never are.
    pub may_lack_tasks: bool,
    chat_ids: Vec<String>,
    /// As the edit of an SOP takes them; empty for a mass message.
    steps: Vec<Value>,
}

impl Made {
    /// For tests of the check.
    pub fn answered(title: &str, n_tasks: usize, answer: Answer) -> Self {
        Self { n_tasks, answer, ..Self::asked(title.to_owned(), vec![], vec![]) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With this id.
    Made(String),
    Unknown,
    Refused(String),
}

type Act = for<'a> fn(&'a Town, &'a mut Story, &'a Dice) -> BoxFuture<'a, ()>;

/// How often each comes, and what it is.
const ACTS: &[(u64, Act)] = &[
    (6, |town, story, dice| Box::pin(make::sop_of_fixed_times(town, story, dice))),
    (6, |town, story, dice| Box::pin(make::sop_of_days(town, story, dice))),
    (2, |town, story, dice| Box::pin(make::mass_message(town, story, dice))),
    (12, |town, _, dice| Box::pin(owners::confirm(town, dice))),
    (8, |town, story, dice| Box::pin(owners::mark(town, story, dice))),
    (1, |town, _, dice| Box::pin(owners::dissolve_group(town, dice))),
    (3, |town, story, dice| Box::pin(change::edit(town, story, dice))),
    (2, |town, story, dice| Box::pin(change::pause(town, story, dice))),
    (2, |town, story, dice| Box::pin(change::resume(town, story, dice))),
    (1, |town, story, dice| Box::pin(change::end(town, story, dice))),
    (1, |town, story, dice| Box::pin(change::leave(town, story, dice))),
    (12, |_, _, dice| Box::pin(nothing_happens(dice))),
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
            change::resume(town, story, dice).await;
            for message in owners::waiting(town) {
                town.sim.sim.confirm(&message, Confirm::All).ok();
            }
            owners::mark(town, story, dice).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    if tokio::time::timeout(AT_MOST, end).await.is_err() {
        let open: Vec<_> =
            facts::read(db).await.tasks.into_iter().filter(|t| t.is_open()).collect();
        panic!("{name}: {} tasks stay open: {:#?}", open.len(), &open[..open.len().min(10)]);
    }
}

/// The text that tells this step's messages from all others.
pub fn mark(title: &str, step_no: i64) -> String {
    format!("〔{title}.{step_no}〕")
}

async fn nothing_happens(dice: &Dice) {
    tokio::time::sleep(Duration::from_millis(20 + dice.below(150))).await;
}
