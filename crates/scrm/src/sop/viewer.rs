//! SOPs as a user of the console sees them: all of the company, or those that concern the groups of his scope.
//!
//! Somebody with a scope sees an SOP when he made it or when it has a task for one of his groups, with the tasks of his
//! groups alone; he changes those that he made, which reach his groups alone. This is the only place that decides so.

use std::collections::BTreeMap;

use store::{Session, Value, params};

use super::{
    Audience, Counts, Progress, Rule, SopDetail, SopFilter, SopPage, TaskState, sql,
    stored::{self, Sop},
    view,
};
use crate::{
    CorpId, Error, Page, PublicId, Scrm, SopId, StaffId, UserId, groups, text, users::Scope,
};

/// Who looks, and at whose groups.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The user.
    pub user: UserId,
    /// The groups' owners whose data he sees.
    pub scope: Scope,
}

impl Viewer {
    /// Whether he may change an SOP that this user made.
    fn may_change(&self, made_by: UserId) -> bool {
        self.scope == Scope::Everything || made_by == self.user
    }
}

/// The owners as a list for a statement.
pub(super) fn owners_list(owners: &[StaffId]) -> Vec<Value<'static>> {
    owners.iter().map(|&owner| owner.into()).collect()
}

/// A page of the SOPs that he sees, newest first. Deleted ones are left out.
pub async fn list_for(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    filter: &SopFilter,
    page: Page,
) -> Result<SopPage, Error> {
    let Scope::Of(_) = &viewer.scope else { return view::list(scrm, corp, filter, page).await };
    let mut reader = scrm.db.reader().await?;
    let part = text::folded(filter.title_part.as_deref().unwrap_or_default());
    let mut sops = seen_by(&mut reader, corp, viewer).await?;
    sops.retain(|sop| {
        let has_state = filter.state.is_none_or(|state| state == sop.state);
        has_state && text::folded(&sop.title).contains(&part)
    });
    let n_total = i64::try_from(sops.len()).expect("they are counted in thousands");
    let before = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let shown = sops.into_iter().skip(before).take(page.size as usize).map(view::card);
    Ok(SopPage { n_total, sops: shown.collect() })
}

/// All SOPs that he sees, newest first.
pub(super) async fn seen_by(
    session: &mut Session,
    corp: CorpId,
    viewer: &Viewer,
) -> Result<Vec<Sop>, Error> {
    let mut sops = match &viewer.scope {
        Scope::Everything => session.query(&sql::ALL_SOPS, &params![corp], stored::read).await?,
        Scope::Of(owners) => {
            let read = |row: &store::Row<'_>| row.get::<SopId>(0);
            let list = owners_list(owners);
            let mut ids = session.query_list(&sql::SEEN_BY, &params![corp], &list, read).await?;
            let own = params![corp, viewer.user];
            ids.extend(session.query(&sql::MADE_BY, &own, read).await?);
            ids.sort_unstable();
            ids.dedup();
            let ids: Vec<Value<'_>> = ids.into_iter().map(Value::from).collect();
            session.query_list(&sql::SOME_SOPS, &params![corp], &ids, stored::read).await?
        }
    };
    sops.sort_unstable_by_key(|sop| std::cmp::Reverse(sop.id));
    Ok(sops)
}

/// The SOP, if he sees it, and whether he may change it; [`Error::NotFound`] otherwise.
pub(super) async fn find_for(
    session: &mut Session,
    corp: CorpId,
    viewer: &Viewer,
    id: &PublicId,
) -> Result<(Sop, bool), Error> {
    let sop = stored::find(session, corp, id).await?;
    let made_by = session
        .query_opt(&sql::MADE_BY_WHOM, &params![corp, sop.id], |row| row.get::<UserId>(0))
        .await?;
    let may_change = viewer.may_change(made_by.unwrap_or(UserId(0)));
    if !may_change && let Scope::Of(owners) = &viewer.scope {
        let list = owners_list(owners);
        let read = |row: &store::Row<'_>| row.get::<SopId>(0);
        let seen = session.query_list(&sql::SEEN_BY, &params![corp], &list, read).await?;
        if !seen.contains(&sop.id) {
            return Err(Error::NotFound(format!("there is no SOP {id}")));
        }
    }
    Ok((sop, may_change))
}

/// An SOP with everything that makes it, and whether he may change it.
pub async fn detail_for(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    id: &PublicId,
) -> Result<(SopDetail, bool), Error> {
    let mut reader = scrm.db.reader().await?;
    let (_, may_change) = find_for(&mut reader, corp, viewer, id).await?;
    drop(reader);
    Ok((view::detail(scrm, corp, id).await?, may_change))
}

/// [`Error::NotFound`] for an SOP that he does not see, [`Error::Forbidden`] for one that he may not change.
pub async fn check_may_change(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    id: &PublicId,
) -> Result<(), Error> {
    let mut reader = scrm.db.reader().await?;
    match find_for(&mut reader, corp, viewer, id).await? {
        (_, true) => Ok(()),
        (_, false) => Err(Error::Forbidden(
            "it was made by somebody else and reaches groups outside your departments".to_owned(),
        )),
    }
}

/// [`Error::NotFound`] for a task that is not there, or for a group that is not his.
pub async fn check_task_seen(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    task: &PublicId,
) -> Result<(), Error> {
    let mut reader = scrm.db.reader().await?;
    let read = |row: &store::Row<'_>| row.get::<StaffId>(0);
    let owner = reader.query_opt(&sql::OWNER_OF_TASK, &params![corp, task], read).await?;
    if owner.is_some_and(|owner| viewer.scope.holds(owner)) {
        return Ok(());
    }
    Err(Error::NotFound(format!("there is no task {task}")))
}

/// How far an SOP has come with his groups.
pub async fn progress_for(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    id: &PublicId,
) -> Result<Progress, Error> {
    let mut reader = scrm.db.reader().await?;
    let (sop, _) = find_for(&mut reader, corp, viewer, id).await?;
    let Scope::Of(owners) = &viewer.scope else {
        drop(reader);
        return view::progress(scrm, corp, id).await;
    };
    let mut total = Counts::default();
    let mut by_step: BTreeMap<i64, Counts> = BTreeMap::new();
    let mut by_owner: BTreeMap<StaffId, Counts> = BTreeMap::new();
    let read = |row: &store::Row<'_>| {
        let state = TaskState::from_column(row.get(2)?)?;
        Ok((row.get::<StaffId>(0)?, row.get::<i64>(1)?, state, row.get::<i64>(3)?))
    };
    let (fixed, list) = (params![corp, sop.id], owners_list(owners));
    for (owner, step, state, n) in reader.query_list(&sql::N_OF_OWNERS, &fixed, &list, read).await?
    {
        total.add(state, n);
        by_step.entry(step).or_default().add(state, n);
        by_owner.entry(owner).or_default().add(state, n);
    }
    Ok(Progress { card: view::card(sop), total, by_step, by_owner })
}

/// What he may make of an audience: one with a scope reaches his own groups alone. A rule that names no owner is
/// narrowed to his; [`Error::Forbidden`] for one that names others, and for chosen groups of others.
pub async fn narrowed(
    scrm: &Scrm,
    corp: CorpId,
    viewer: &Viewer,
    audience: Audience,
) -> Result<Audience, Error> {
    let Scope::Of(mine) = &viewer.scope else { return Ok(audience) };
    let outside = || Error::Forbidden("a group or an owner is outside your departments".to_owned());
    let check = |owners: &[StaffId]| {
        let is_mine = owners.iter().all(|owner| viewer.scope.holds(*owner));
        if is_mine { Ok(()) } else { Err(outside()) }
    };
    let narrow = |mut rule: Rule| {
        check(&rule.owners)?;
        if rule.owners.is_empty() {
            rule.owners = mine.to_vec();
        }
        // Somebody without groups or staff would reach everybody's.
        if rule.owners.is_empty() { Err(outside()) } else { Ok(rule) }
    };
    Ok(match audience {
        Audience::Rule { rule, follows } => Audience::Rule { rule: narrow(rule)?, follows },
        Audience::NewGroups { rule } => Audience::NewGroups { rule: narrow(rule)? },
        Audience::AllOf { owners } => {
            check(&owners)?;
            Audience::AllOf { owners }
        }
        Audience::ChatsOf { chat_ids, owners } => {
            check(&owners)?;
            Audience::ChatsOf { chat_ids, owners }
        }
        Audience::Chats(chats) => {
            let ids: Vec<String> = chats.iter().map(|chat| chat.chat_id.clone()).collect();
            let mut reader = scrm.db.reader().await?;
            let found = groups::by_chat_ids(&mut reader, corp, &ids).await?;
            check(&found.values().map(|group| group.owner).collect::<Vec<_>>())?;
            Audience::Chats(chats)
        }
    })
}
