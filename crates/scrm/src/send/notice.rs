//! What the owner of manual tasks gets: a card in WeCom that leads to them on his own pages; and the page that a leader
//! sees of them.

use store::params;
use wecom::app_messages::{self, TextCard};

use super::{Batch, Rules, reason, sql};
use crate::{
    BatchId, CorpId, Error, FileId, GroupId, Scrm,
    files::{self, File},
    groups, org,
    sop::{self, ContentItem, Mode, TaskState},
};

/// Group names in a card, at most; it holds 512 characters.
pub(super) const N_NAMES: usize = 5;
/// Characters shown of one name.
const NAME_CHARS: usize = 30;

/// What a leader sees of a notice.
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
    /// Why it will not be sent, in Chinese.
    pub reason: Option<String>,
}

/// Where an owner does the tasks that a notice tells him of: his own pages, which ask WeCom who he is.
pub(crate) fn desk_url(rules: &Rules, corp: CorpId, batch: BatchId) -> String {
    format!("{}/h5/notice/{corp}/{batch}", rules.public_url)
}

/// The address of the page on which a leader sees what a batch is about. The token is what lets its holder in.
pub(crate) fn page_url(rules: &Rules, corp: CorpId, batch: BatchId, token: &[u8]) -> String {
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

/// What still waits of a message.
pub(super) struct Waiting<'a> {
    pub owner: &'a str,
    pub n_groups: usize,
    /// The first of the groups' names.
    pub names: &'a [String],
    pub title: &'a str,
    /// As of when.
    pub time: &'a str,
}

impl Waiting<'_> {
    fn names(&self) -> String {
        let shown: Vec<String> = self.names.iter().take(N_NAMES).map(|name| plain(name)).collect();
        let more = if self.n_groups > shown.len() { " 等" } else { "" };
        shown.join("、") + more
    }
}

/// The card that reminds an owner.
pub(super) fn reminder_body(
    agent_id: i64,
    user: String,
    waiting: &Waiting<'_>,
    url: &str,
) -> String {
    let (title, n, names) = (plain(waiting.title), waiting.n_groups, waiting.names());
    let time = waiting.time;
    app_messages::body(&TextCard {
        agent_id,
        to_users: vec![user],
        title: format!("还有 {n} 个群待发送"),
        description: format!("{title}\n截至 {time}，请尽快向这些客户群发送：{names}"),
        url: url.to_owned(),
        button: "去发送".to_owned(),
    })
}

/// The card that tells a leader.
pub(super) fn leader_body(agent_id: i64, user: String, waiting: &Waiting<'_>, url: &str) -> String {
    let (owner, n) = (plain(waiting.owner), waiting.n_groups);
    let (title, names, time) = (plain(waiting.title), waiting.names(), waiting.time);
    app_messages::body(&TextCard {
        agent_id,
        to_users: vec![user],
        title: format!("{owner} 还有 {n} 个群未发送"),
        description: format!(
            "{title}\n截至 {time} 未发送的客户群：{names}\n请提醒 {owner} 完成发送。"
        ),
        url: url.to_owned(),
        button: "详情".to_owned(),
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

/// The page behind a leader's card: what it is about. Nothing for an unknown batch or a wrong token.
pub async fn page(
    scrm: &Scrm,
    corp: CorpId,
    batch: BatchId,
    token: &[u8],
) -> Result<Option<NoticePage>, Error> {
    let mut reader = scrm.db.reader().await?;
    let found = reader.query_opt(&sql::BY_ID, &params![corp, batch], sql::batch).await?;
    let Some(mut batch) =
        found.filter(|batch| batch.mode == Mode::Manual && is_token(batch, token))
    else {
        return Ok(None);
    };
    if let Some(about) = batch.about {
        let found = reader.query_opt(&sql::BY_ID, &params![corp, about], sql::batch).await?;
        batch = found.ok_or_else(|| Error::Damaged(format!("there is no batch {about}")))?;
    }
    let owner = org::staff_by_ids(&mut reader, corp, &[batch.owner]).await?.pop();
    let owner_name = owner.map(|member| member.name).unwrap_or_default();
    let tasks = sop::page_tasks(&mut reader, corp, batch.id).await?;
    let ids: Vec<GroupId> = tasks.iter().map(|task| task.key.group).collect();
    let groups = groups::by_ids(&mut reader, corp, &ids).await?;
    let mut steps = std::collections::HashMap::new();
    let mut shown = Vec::new();
    for task in tasks {
        // What it was made of, whatever the step has become since.
        let step_key = (task.key.sop, task.key.step_no, task.content_version);
        if let std::collections::hash_map::Entry::Vacant(entry) = steps.entry(step_key) {
            entry.insert(sop::step(&mut reader, corp, step_key.0, step_key.1, step_key.2).await?);
        }
        let step = &steps[&step_key];
        let group_name =
            groups.get(&task.key.group).map(|g| g.display_name.clone()).unwrap_or_default();
        shown.push(PageTask {
            content: sop::filled(&step.content, &owner_name, &group_name),
            group_name,
            title: step.title.clone(),
            instruction: step.instruction.clone(),
            state: task.state,
            reason: task.reason.as_deref().map(reason::shown),
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
