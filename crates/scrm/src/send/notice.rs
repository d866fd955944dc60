//! What the owner of manual tasks gets: a card in WeCom with a link to a page of his groups and content.

use store::params;
use wecom::app_messages::{self, TextCard};

use super::{Batch, Rules, sql};
use crate::{
    BatchId, CorpId, Error, FileId, GroupId, Scrm,
    files::{self, File},
    groups, org,
    sop::{self, ContentItem, Mode, TaskState},
};

/// Group names in a card, at most; it holds 512 characters.
const N_NAMES: usize = 5;
/// Characters shown of one name.
const NAME_CHARS: usize = 30;

/// The page that a notice links to.
#[derive(Debug)]
pub struct NoticePage {
    /// Whom the notice is for.
    pub owner_name: String,
    /// What to send, by group.
    pub tasks: Vec<PageTask>,
}

/// One task on the page.
#[derive(Debug)]
pub struct PageTask {
    /// The group's displayed name.
    pub group_name: String,
    /// The SOP's title.
    pub title: String,
    /// The note to the staff, may be empty.
    pub instruction: String,
    /// What to send, one item after another, filled for owner and group.
    pub content: Vec<ContentItem>,
    /// Where the task stands.
    pub state: TaskState,
}

/// The address of a batch's page. The token is what lets its holder in.
pub(crate) fn url(rules: &Rules, corp: CorpId, batch: BatchId, token: &[u8]) -> String {
    format!("{}/t/{corp}/{batch}/{}", rules.public_url, hex::encode(token))
}

/// The exact body of the call that tells an owner.
pub(crate) fn body(
    agent_id: i64,
    user_id: &str,
    names: &[String],
    titles: &[String],
    url: &str,
) -> String {
    let shown: Vec<String> = names.iter().take(N_NAMES).map(|name| plain(name)).collect();
    let more = if names.len() > N_NAMES { " 等" } else { "" };
    let title = titles.first().map(|title| plain(title)).unwrap_or_default();
    let others =
        if titles.len() > 1 { format!(" 等 {} 个SOP", titles.len()) } else { String::new() };
    app_messages::body(&TextCard {
        agent_id,
        to_users: vec![user_id.to_owned()],
        title: "群SOP待发送".to_owned(),
        description: format!(
            "{title}{others}\n请向 {} 个客户群发送：{}{more}",
            names.len(),
            shown.join("、")
        ),
        url: url.to_owned(),
        button: "去发送".to_owned(),
    })
}

/// Cut to length, and without signs that a card takes for its markup.
fn plain(text: &str) -> String {
    let mut cut: String = text.chars().take(NAME_CHARS).collect();
    if text.chars().count() > NAME_CHARS {
        cut.push('…');
    }
    cut.replace('<', "＜").replace('>', "＞")
}

/// The page behind a notice's link; nothing for an unknown batch or a wrong token.
pub async fn page(
    scrm: &Scrm,
    corp: CorpId,
    batch: BatchId,
    token: &[u8],
) -> Result<Option<NoticePage>, Error> {
    let mut reader = scrm.db.reader().await?;
    let found = reader.query_opt(&sql::BY_ID, &params![corp, batch], sql::batch).await?;
    let Some(batch) = found.filter(|batch| batch.mode == Mode::Manual && is_token(batch, token))
    else {
        return Ok(None);
    };
    let owner = org::staff_by_ids(&mut reader, corp, &[batch.owner]).await?.pop();
    let owner_name = owner.map(|member| member.name).unwrap_or_default();
    let tasks = sop::tasks_of_batch(&mut reader, corp, batch.id).await?;
    let ids: Vec<GroupId> = tasks.iter().map(|(key, _)| key.group).collect();
    let groups = groups::by_ids(&mut reader, corp, &ids).await?;
    let mut steps = std::collections::HashMap::new();
    let mut shown = Vec::new();
    for (key, state) in tasks {
        let step_key = (key.sop, key.step_no);
        if let std::collections::hash_map::Entry::Vacant(entry) = steps.entry(step_key) {
            entry.insert(sop::step(&mut reader, corp, key.sop, key.step_no, None).await?);
        }
        let step = &steps[&step_key];
        let group_name = groups.get(&key.group).map(|g| g.display_name.clone()).unwrap_or_default();
        shown.push(PageTask {
            content: sop::filled(&step.content, &owner_name, &group_name),
            group_name,
            title: step.title.clone(),
            instruction: step.instruction.clone(),
            state,
        });
    }
    Ok(Some(NoticePage { owner_name, tasks: shown }))
}

/// A file that a batch's page shows, with its content; nothing for an unknown batch, a wrong token or a
/// file that is not on the page.
pub async fn page_file(
    scrm: &Scrm,
    corp: CorpId,
    batch: BatchId,
    token: &[u8],
    id: FileId,
) -> Result<Option<(File, Vec<u8>)>, Error> {
    let Some(page) = page(scrm, corp, batch, token).await? else { return Ok(None) };
    let mut shown = page.tasks.iter().flat_map(|task| &task.content).filter_map(ContentItem::file);
    if !shown.any(|file| file.file_id == id) {
        return Ok(None);
    }
    let Some(file) = files::any(scrm, corp, id).await? else { return Ok(None) };
    let content = files::read(scrm, corp, &file).await?;
    Ok(Some((file, content)))
}

/// Compares the hashes, so that the time it takes tells nothing of the token.
fn is_token(batch: &Batch, token: &[u8]) -> bool {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(&batch.page_token) == Sha256::digest(token)
}
