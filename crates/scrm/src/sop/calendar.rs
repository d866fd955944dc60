//! What is planned and what became of it, day by day, and whose messages wait too long.

use std::collections::BTreeMap;

use jiff::civil::Date;
use store::{Value, params};

use super::{
    Counts, SopCard, SopState, TaskState, Viewer, sql, view,
    viewer::{owners_list, seen_by},
};
use crate::{CorpId, Error, Scrm, SopId, StaffId, corps, users::Scope};

/// The tasks of one SOP on one local day.
#[derive(Debug)]
pub struct CalendarDay {
    /// The day.
    pub date: Date,
    /// Their SOP.
    pub sop: SopCard,
    /// The first of them.
    pub first_due_at_ms: i64,
    /// Steps that they are of, in order.
    pub steps: Vec<i64>,
    /// By state.
    pub counts: Counts,
}

/// The days on which SOPs that he sees have tasks in a span of time, by day and then by time. An SOP that is not
/// started has no tasks.
pub async fn calendar(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    from_ms: i64,
    until_ms: i64,
) -> Result<Vec<CalendarDay>, Error> {
    let mut reader = scrm.db.reader().await?;
    let zone = corps::get(&mut reader, corp).await?.zone;
    let mut days = Vec::new();
    for sop in seen_by(&mut reader, corp, viewer).await? {
        let has_tasks = sop.state != SopState::Draft && sop.created_at_ms <= until_ms;
        if !has_tasks || sop.ended_at_ms.is_some_and(|at_ms| at_ms < from_ms) {
            continue;
        }
        let read = |row: &store::Row<'_>| {
            let state = TaskState::from_column(row.get(2)?)?;
            Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, state, row.get::<i64>(3)?))
        };
        let fixed = params![corp, sop.id, from_ms, until_ms];
        let rows = match &viewer.scope {
            Scope::Everything => reader.query(&sql::N_BY_TIME, &fixed, read).await?,
            Scope::Of(owners) => {
                let list = owners_list(owners);
                reader.query_list(&sql::N_BY_TIME_OF_OWNERS, &fixed, &list, read).await?
            }
        };
        let card = view::card(sop);
        let mut by_date: BTreeMap<Date, CalendarDay> = BTreeMap::new();
        for (due_at_ms, step_no, state, n) in rows {
            let date = zone.date(due_at_ms);
            let day = by_date.entry(date).or_insert_with(|| CalendarDay {
                date,
                sop: card.clone(),
                first_due_at_ms: due_at_ms,
                steps: vec![],
                counts: Counts::default(),
            });
            day.first_due_at_ms = day.first_due_at_ms.min(due_at_ms);
            day.counts.add(state, n);
            if let Err(place) = day.steps.binary_search(&step_no) {
                day.steps.insert(place, step_no);
            }
        }
        days.extend(by_date.into_values());
        // Others may run in between: SQLite answers without waiting.
        tokio::task::yield_now().await;
    }
    days.sort_by_key(|day| (day.date, day.first_due_at_ms));
    Ok(days)
}

/// The owners whose messages were due before a moment and are still in their hands, with how many; most first, 20 at
/// most.
pub async fn overdue(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    before_ms: i64,
) -> Result<Vec<(StaffId, i64)>, Error> {
    const MOST: usize = 20;
    let mut reader = scrm.db.reader().await?;
    let running: Vec<SopId> = seen_by(&mut reader, corp, viewer)
        .await?
        .into_iter()
        .filter(|sop| matches!(sop.state, SopState::Active | SopState::Paused))
        .map(|sop| sop.id)
        .collect();
    let list: Vec<Value<'_>> = running.into_iter().map(Value::from).collect();
    let read = |row: &store::Row<'_>| Ok((row.get::<StaffId>(0)?, row.get::<i64>(1)?));
    let mut found =
        reader.query_list(&sql::N_OVERDUE, &params![corp, before_ms], &list, read).await?;
    found.retain(|(owner, _)| viewer.scope.holds(*owner));
    found.sort_by_key(|(owner, n)| (std::cmp::Reverse(*n), *owner));
    found.truncate(MOST);
    Ok(found)
}
