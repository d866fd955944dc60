//! Tagging by people: one group, or everything that a filter leaves, in parts: a million groups fit no transaction that
//! others could wait for.

use serde_json::json;

use super::{TagChanged, apply, check, check_lists};
use crate::{
    CorpId, Error, Scrm, TagId,
    audit::{self, Author},
    groups::{self, Filter},
    users::Scope,
};

/// Groups of one transaction.
const PER_PART: usize = 2_000;

/// Puts tags on one group and takes tags off it.
///
/// [`Error::NotFound`] for an unknown tag and for a group that is unknown, dissolved or another's; [`Error::Invalid`] for
/// no tag at all or one in both lists.
pub async fn change_one(
    scrm: &Scrm,
    corp: CorpId,
    (scope, chat_id): (&Scope, &str),
    (add, remove): (&[TagId], &[TagId]),
    author: &Author,
) -> Result<TagChanged, Error> {
    check_lists(add, remove)?;
    let mut tx = scrm.db.begin().await?;
    check(&mut tx, corp, &[add, remove].concat()).await?;
    let mut found = groups::by_chat_ids(&mut tx, corp, &[chat_id.to_owned()]).await?;
    found.retain(|_, group| scope.holds(group.owner));
    let group = groups::known(&found, chat_id)?.id;
    let detail = json!({ "groups": 1, "add": add, "remove": remove });
    audit::record(&mut tx, scrm, Some(corp), author, "tag_groups", chat_id, &detail).await?;
    let changed = apply(&mut tx, corp, &[group], add, remove).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Puts tags on all groups that a filter leaves now and takes tags off them; `watch` is told how many are done, of how
/// many. Cut off in the middle it may be called again: what is tagged already is left as it is.
///
/// [`Error::NotFound`] for an unknown tag and [`Error::Invalid`] for none at all or one in both lists, before anything
/// is changed.
pub async fn change_all(
    scrm: &Scrm,
    corp: CorpId,
    filter: &Filter,
    (add, remove): (&[TagId], &[TagId]),
    author: &Author,
    watch: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<TagChanged, Error> {
    check_lists(add, remove)?;
    let all = [add, remove].concat();
    let mut reader = scrm.db.reader().await?;
    check(&mut reader, corp, &all).await?;
    drop(reader);
    let ids = groups::matching(scrm, corp, filter).await?;
    watch(0, ids.len());
    let mut sum = TagChanged { n_added: 0, n_removed: 0 };
    for (place, part) in ids.chunks(PER_PART).enumerate() {
        let mut tx = scrm.db.begin().await?;
        if place == 0 {
            let detail = json!({ "groups": ids.len(), "add": add, "remove": remove });
            audit::record(&mut tx, scrm, Some(corp), author, "tag_groups", "", &detail).await?;
        }
        // A tag may have been removed meanwhile.
        check(&mut tx, corp, &all).await?;
        let changed = apply(&mut tx, corp, part, add, remove).await?;
        tx.commit().await?;
        sum.n_added += changed.n_added;
        sum.n_removed += changed.n_removed;
        watch((place * PER_PART + part.len()).min(ids.len()), ids.len());
    }
    Ok(sum)
}
