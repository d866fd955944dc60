//! Who changed what by the console, noted in the transaction of the change. Acts on SOPs stand in `sop::audit`
//! besides, where tasks name them.

pub(crate) mod sql;

use store::{Tx, params};

use crate::{CorpId, Error, Page, Scrm, UserId, counters, text};

/// All that is noted: what an [`Entry`] has as its act.
pub const ACTS: &[&str] = &[
    "sign_in",
    "sign_out_everywhere",
    "change_password",
    "add_second_factor",
    "remove_second_factor",
    "create_user",
    "edit_user",
    "reset_password",
    "remove_user",
    "create_app",
    "edit_app",
    "rotate_app",
    "add_company",
    "edit_company",
    "make_receiver",
    "start_sync",
    "create_tags",
    "rename_tag",
    "rename_tag_group",
    "remove_tag",
    "remove_tag_group",
    "tag_groups",
    "upload_file",
    "delete_file",
    "create_material",
    "edit_material",
    "delete_material",
    "export",
    "sop_create",
    "sop_edit",
    "sop_start",
    "sop_pause",
    "sop_resume",
    "sop_end",
    "sop_delete",
    "sop_remind",
    "sop_join",
    "sop_leave",
    "sop_mark",
];

/// Who acts.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user.
    pub user: UserId,
    /// His login then: users may be removed.
    pub login: String,
    /// Where he called from.
    pub address: String,
}

/// What the log says of one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number; later ones are larger.
    pub id: i64,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub login: String,
    /// What he did, one of [`ACTS`].
    pub act: String,
    /// To whom or what.
    pub subject: String,
    /// Particulars as JSON.
    pub detail: String,
    /// Where he called from.
    pub address: String,
}

/// Which acts to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one user.
    pub login: Option<String>,
    /// Of one kind.
    pub act: Option<String>,
    /// A part of what it was done to, ASCII letters without regard to case.
    pub subject_part: Option<String>,
    /// At this time or later.
    pub from_ms: Option<i64>,
    /// At this time or earlier.
    pub to_ms: Option<i64>,
}

/// Notes one of [`ACTS`]; without a company when he who acts works for none.
pub async fn record(
    tx: &mut Tx,
    scrm: &Scrm,
    corp: Option<CorpId>,
    author: &Author,
    act: &str,
    subject: &str,
    detail: &serde_json::Value,
) -> Result<(), Error> {
    debug_assert!(ACTS.contains(&act), "{act} is missing in ACTS");
    let corp = corp.unwrap_or(CorpId(0));
    let id = counters::take(tx, corp, counters::INTERNAL, 1).await?;
    let (now_ms, detail) = (scrm.clock.now_ms(), detail.to_string());
    let Author { user, login, address } = author;
    let folded = text::folded(subject);
    let values = params![corp, id, now_ms, *user, login, act, subject, &folded, &detail, address];
    tx.execute_rows(&sql::ADD, &values).await?;
    Ok(())
}

/// Notes an act whose change was made in a transaction of its own.
pub async fn note(
    scrm: &Scrm,
    corp: CorpId,
    author: &Author,
    act: &str,
    subject: &str,
    detail: &serde_json::Value,
) -> Result<(), Error> {
    let mut tx = scrm.db.begin().await?;
    record(&mut tx, scrm, Some(corp), author, act, subject, detail).await?;
    Ok(tx.commit().await?)
}

/// A page of the acts in a company, newest first, and how many there are in all.
pub async fn list(
    scrm: &Scrm,
    corp: CorpId,
    filter: &Filter,
    page: Page,
) -> Result<(i64, Vec<Entry>), Error> {
    let login = filter.login.as_deref().unwrap_or_default().to_ascii_lowercase();
    let act = filter.act.as_deref().unwrap_or_default();
    let pattern = text::like_part(filter.subject_part.as_deref().unwrap_or_default());
    let from_ms = filter.from_ms.unwrap_or(i64::MIN);
    let to_ms = filter.to_ms.unwrap_or(i64::MAX);
    let mut reader = scrm.db.reader().await?;
    let counting = params![corp, &login, act, &pattern, from_ms, to_ms];
    let n_total = reader.query_opt(&sql::COUNT, &counting, |row| row.get(0)).await?;
    let paging = params![corp, &login, act, &pattern, from_ms, to_ms, page.size, page.offset()];
    let entries = reader.query(&sql::PAGE, &paging, sql::entry).await?;
    Ok((n_total.unwrap_or(0), entries))
}
