//! The whole story of a task: planned by whom, taken up when, what WeCom said, how it ended and why.

use std::collections::BTreeMap;

use store::{Session, params};

use super::{
    Reason,
    events::{self, Event, EventKind},
    reason,
};
use crate::{
    BatchId, CorpId, Error, PublicId, Scrm, SopId,
    sop::{self, TaskState},
};

/// One thing that happened to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// When, in epoch ms.
    pub at_ms: i64,
    /// `planned`, a word of [`events::EventKind`] for what happened to its message, or how it ended: `sent`,
    /// `failed`, `expired`, `cancelled`.
    pub what: String,
    /// Who, where a person or program acted: `app:<number>`, `staff:<id>` …
    pub actor: Option<String>,
    /// Particulars: of `planned` the SOP's id, of an end its reason in Chinese.
    pub detail: String,
}

/// What happened to a task, in order; [`Error::NotFound`] for an unknown one.
pub async fn story(scrm: &Scrm, corp: CorpId, task: &PublicId) -> Result<Vec<Chapter>, Error> {
    let mut reader = scrm.db.reader().await?;
    let read = |row: &store::Row<'_>| {
        Ok(Facts {
            sop: row.get(0)?,
            state: TaskState::from_column(row.get(1)?)?,
            created_at_ms: row.get(2)?,
            batch: row.get::<Option<i64>>(3)?.map(BatchId),
            finished_at_ms: row.get(4)?,
            reason: row.get(5)?,
            audit_id: row.get(6)?,
            sop_id: row.get(7)?,
        })
    };
    let found = reader.query_opt(&sop::sql::FACTS, &params![corp, task], read).await?;
    let facts = found.ok_or_else(|| Error::NotFound(format!("there is no task {task}")))?;
    let act = sop::audit::act(&mut reader, corp, facts.audit_id).await?;
    let is_of_creation = act.as_ref().is_some_and(|act| act.at_ms <= facts.created_at_ms);
    let planned_by = if is_of_creation {
        act.clone()
    } else {
        sop::audit::act_by(&mut reader, corp, facts.sop_id, facts.created_at_ms).await?
    };
    let mut story = vec![Chapter {
        at_ms: facts.created_at_ms,
        what: "planned".to_owned(),
        actor: planned_by.map(|act| act.actor),
        detail: facts.sop.to_string(),
    }];
    for events in messages(&mut reader, corp, &facts).await? {
        story.extend(events.into_iter().map(|event| Chapter {
            at_ms: event.at_ms,
            actor: None,
            // Why a message was closed is not why this task of it ended.
            detail: match event.kind.as_str() {
                "closed" => String::new(),
                _ => reason::shown(&event.detail),
            },
            what: event.kind,
        }));
    }
    let ended = match facts.state {
        TaskState::Sent => "sent",
        TaskState::Failed => "failed",
        TaskState::Expired => "expired",
        TaskState::Cancelled => "cancelled",
        TaskState::Planned | TaskState::Dispatching | TaskState::HandedOver => return Ok(story),
    };
    let end = Chapter {
        at_ms: facts.finished_at_ms.unwrap_or(facts.created_at_ms),
        what: ended.to_owned(),
        actor: act.filter(|_| !is_of_creation).map(|act| act.actor),
        detail: facts.reason.as_deref().map(reason::shown).unwrap_or_default(),
    };
    // A message goes on to be followed for its other groups.
    let place = story.partition_point(|chapter| chapter.at_ms <= end.at_ms);
    story.insert(place, end);
    Ok(story)
}

/// The events of the messages that a task was in, the first one first.
async fn messages(
    session: &mut Session,
    corp: CorpId,
    facts: &Facts,
) -> Result<Vec<Vec<Event>>, Error> {
    let given_back_by = || match Reason::parse(facts.reason.as_deref()?)? {
        Reason::GivenBack(batch) => batch.parse().ok().map(BatchId),
        _ => None,
    };
    let mut open: Vec<BatchId> = facts.batch.or_else(given_back_by).into_iter().collect();
    let mut seen: BTreeMap<BatchId, Vec<Event>> = BTreeMap::new();
    while let Some(batch) = open.pop() {
        let events = events::of_batch(session, corp, batch).await?;
        let after = events.iter().filter(|event| event.kind == EventKind::After.code());
        let before = after.filter_map(|event| event.detail.parse().ok().map(BatchId));
        // Numbers grow, so that the chain ends.
        open.extend(before.filter(|&before| before < batch && !seen.contains_key(&before)));
        seen.insert(batch, events);
    }
    Ok(seen.into_values().collect())
}

struct Facts {
    sop: PublicId,
    sop_id: SopId,
    state: TaskState,
    created_at_ms: i64,
    batch: Option<BatchId>,
    finished_at_ms: Option<i64>,
    reason: Option<String>,
    audit_id: i64,
}
