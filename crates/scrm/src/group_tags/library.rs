//! Renaming and removing tags and groups of tags, by people.

use serde_json::json;
use store::{Tx, Value, params};

use super::{added, check_name, sql};
use crate::{
    CorpId, Error, GroupId, Scrm, TagGroupId, TagId,
    audit::{self, Author},
    groups, text,
    users::Scope,
};

/// What a removal did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Taggings that are gone with the tags.
    pub n_taggings: u64,
}

/// How many groups that he sees carry each tag, as the list of groups counts them.
pub async fn n_tagged(
    scrm: &Scrm,
    corp: CorpId,
    scope: &Scope,
) -> Result<Vec<(TagId, i64)>, Error> {
    let tags = super::tree(scrm, corp).await?.into_iter().flat_map(|group| group.tags);
    let mut counts = Vec::new();
    for tag in tags {
        let filter =
            groups::Filter { tags: vec![tag.id], scope: scope.clone(), ..Default::default() };
        counts.push((tag.id, groups::count(scrm, corp, &filter).await?));
    }
    Ok(counts)
}

/// Gives a group of tags another name. [`Error::Conflict`] when another has it.
pub async fn rename_group(
    scrm: &Scrm,
    corp: CorpId,
    id: TagGroupId,
    name: &str,
    author: &Author,
) -> Result<(), Error> {
    check_name("the name of the group of tags", name)?;
    let mut tx = scrm.db.begin().await?;
    let folded = text::folded(name);
    let values = params![corp, id, name, &folded];
    renamed(tx.execute(&sql::RENAME_TAG_GROUP, &values).await, "group of tags", id.0)?;
    note(&mut tx, scrm, corp, author, "rename_tag_group", name, id.0).await?;
    Ok(tx.commit().await?)
}

/// Gives a tag another name. [`Error::Conflict`] when another of its group has it.
pub async fn rename_tag(
    scrm: &Scrm,
    corp: CorpId,
    id: TagId,
    name: &str,
    author: &Author,
) -> Result<(), Error> {
    check_name("the name of a tag", name)?;
    let mut tx = scrm.db.begin().await?;
    let folded = text::folded(name);
    let values = params![corp, id, name, &folded];
    renamed(tx.execute(&sql::RENAME_TAG, &values).await, "group tag", id.0)?;
    note(&mut tx, scrm, corp, author, "rename_tag", name, id.0).await?;
    Ok(tx.commit().await?)
}

/// Removes a tag, first from all groups, in parts; cut off in the middle, it is still there and can be removed again.
/// A rule that names it goes on as if no group had it.
pub async fn remove_tag(
    scrm: &Scrm,
    corp: CorpId,
    id: TagId,
    author: &Author,
) -> Result<Removed, Error> {
    /// Groups of one transaction.
    const PER_PART: i64 = 2_000;
    let mut removed = Removed::default();
    loop {
        let mut tx = scrm.db.begin().await?;
        let wanted = params![corp, id, PER_PART];
        let groups: Vec<GroupId> = tx.query(&sql::SOME_TAGGED, &wanted, |row| row.get(0)).await?;
        if groups.is_empty() {
            let name = tx.query_opt(&sql::TAG_NAME, &params![corp, id], |row| row.get(0)).await?;
            let name: String = name.ok_or_else(|| unknown("group tag", id.0))?;
            tx.execute(&sql::REMOVE_TAG, &params![corp, id]).await?;
            note(&mut tx, scrm, corp, author, "remove_tag", &name, id.0).await?;
            tx.commit().await?;
            return Ok(removed);
        }
        let pairs: Vec<[Value<'_>; 3]> = groups.iter().map(|&g| params![corp, g, id]).collect();
        removed.n_taggings += tx.execute_each(&sql::REMOVE_TAGGING, &pairs).await?;
        groups::note_changes(&mut tx, corp, &groups).await?;
        tx.commit().await?;
    }
}

/// Removes a group of tags that has none any more. [`Error::Conflict`] while it has.
pub async fn remove_group(
    scrm: &Scrm,
    corp: CorpId,
    id: TagGroupId,
    author: &Author,
) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    let read = |row: &store::Row<'_>| row.get::<i64>(0);
    if tx.query_opt(&sql::ANY_TAG_OF, &params![corp, id], read).await?.is_some() {
        return Err(Error::Conflict("it still has tags; remove them first".to_owned()));
    }
    if tx.execute(&sql::REMOVE_TAG_GROUP, &params![corp, id]).await? == 0 {
        return Err(unknown("group of tags", id.0));
    }
    note(&mut tx, scrm, corp, author, "remove_tag_group", "", id.0).await?;
    Ok(tx.commit().await?)
}

fn unknown(what: &str, id: i64) -> Error {
    Error::NotFound(format!("there is no {what} {id}"))
}

fn renamed(outcome: Result<u64, store::Error>, what: &str, id: i64) -> Result<(), Error> {
    if matches!(outcome, Ok(0)) {
        return Err(unknown(what, id));
    }
    match added(outcome) {
        Err(Error::Conflict(_)) => Err(Error::Conflict("another one has this name".to_owned())),
        outcome => outcome,
    }
}

async fn note(
    tx: &mut Tx,
    scrm: &Scrm,
    corp: CorpId,
    author: &Author,
    act: &str,
    name: &str,
    id: i64,
) -> Result<(), Error> {
    let detail = json!({ "id": id.to_string() });
    audit::record(tx, scrm, Some(corp), author, act, name, &detail).await
}
