//! SOP任务: what became of one task, and reminding those who have not sent yet. Ours.

use schemars::JsonSchema;
use scrm::send::{self, Chapter, Reminded, events::EventKind};
use serde::{Deserialize, Serialize};

use super::{SOP_TASKS, group_sop_view::OneSop};
use crate::{
    About, Caller, Endpoint, Origin, Refusal,
    wire::{SopId, TaskId},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(
            About {
                path: "/api/v3/sop-tasks/history",
                title_zh: "查询SOP任务经过",
                title: "history of an SOP task",
                about: "What happened to one task, oldest first: planned, what was asked of WeCom and what \
                        it said, how the task ended and why.",
                section: SOP_TASKS,
                scope: "sop:read",
                origin: Origin::Ours,
                request_example: r#"{"taskId":"019a2b3c4d5e7f8091a2b3c4d5e6f708"}"#,
            },
            history,
            || vec![ShownChapter::example()],
        ),
        Endpoint::new(
            About {
                path: "/api/v3/group-sop/remind",
                title_zh: "提醒群主发送",
                title: "remind owners of a group SOP",
                about: "Reminds the owners who have an SOP's message and have not sent it. WeCom takes three \
                        reminders of a mass message within 24 hours; messages beyond that are counted in \
                        overLimitCount and left alone. In quiet hours it waits for their end.",
                section: SOP_TASKS,
                scope: "sop:write",
                origin: Origin::Ours,
                request_example: r#"{"sopId":"019a2b3c4d5e7f8091a2b3c4d5e6f707"}"#,
            },
            remind,
            RemindedReply::default,
        ),
    ]
}

/// A task, by its id.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OneTask {
    task_id: TaskId,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ShownChapter {
    /// yyyy-MM-dd HH:mm:ss.
    time: String,
    /// planned; of its message claimed, given_back, begun, not_made, accepted, refused, unknown, adopted,
    /// repeat, reminding, reminded, remind_failed, leader_told, withdraw_wanted, withdrawn, not_withdrawn,
    /// closed; of its end sent, failed, expired, cancelled. docs/sop.md says what each means. A task that was
    /// given back may be claimed again, into another message.
    what: String,
    /// app:<number>, staff:<id>, rule or system where somebody acted, else null.
    actor: Option<String>,
    /// Particulars: of planned the SOP's id, of claimed and given_back a number of groups, of accepted and
    /// adopted WeCom's id of the message, of an end its reason.
    detail: String,
}

impl ShownChapter {
    fn example() -> Self {
        Self {
            time: "2026-04-24 10:00:00".to_owned(),
            what: "failed".to_owned(),
            actor: None,
            detail: "群主发送时没有选择这个群".to_owned(),
        }
    }
}

#[derive(Serialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
struct RemindedReply {
    /// Messages whose owners are reminded.
    message_count: u64,
    /// Messages whose owners were reminded as often as WeCom allows within 24 hours.
    over_limit_count: u64,
}

async fn history(caller: &Caller, request: OneTask) -> Result<Vec<ShownChapter>, Refusal> {
    let TaskId(id) = request.task_id;
    let story = send::story(&caller.scrm, caller.corp.id, &id).await?;
    // That a message holds tasks of an earlier one links our rows; the earlier one's events are told before it.
    let is_told = |chapter: &Chapter| chapter.what != EventKind::After.code();
    let shown = |chapter: Chapter| ShownChapter {
        time: caller.corp.zone.seconds_text(chapter.at_ms),
        what: chapter.what,
        actor: chapter.actor,
        detail: chapter.detail,
    };
    Ok(story.into_iter().filter(is_told).map(shown).collect())
}

async fn remind(
    caller: &Caller,
    OneSop { sop_id: SopId(id) }: OneSop,
) -> Result<RemindedReply, Refusal> {
    let Reminded { n_messages, n_over_limit } =
        send::remind(&caller.scrm, caller.corp.id, &id, caller.actor()).await?;
    Ok(RemindedReply { message_count: n_messages, over_limit_count: n_over_limit })
}

#[cfg(test)]
mod tests {
    use scrm::send::events::EventKind;

    /// Every kind, in order: a new one does not compile before it is put in here.
    fn next(kind: EventKind) -> Option<EventKind> {
        use EventKind as Kind;
        Some(match kind {
            Kind::Claimed => Kind::GivenBack,
            Kind::GivenBack => Kind::After,
            Kind::After => Kind::Begun,
            Kind::Begun => Kind::NotMade,
            Kind::NotMade => Kind::Accepted,
            Kind::Accepted => Kind::Refused,
            Kind::Refused => Kind::Unknown,
            Kind::Unknown => Kind::Adopted,
            Kind::Adopted => Kind::Repeat,
            Kind::Repeat => Kind::Reminding,
            Kind::Reminding => Kind::Reminded,
            Kind::Reminded => Kind::RemindFailed,
            Kind::RemindFailed => Kind::LeaderTold,
            Kind::LeaderTold => Kind::WithdrawWanted,
            Kind::WithdrawWanted => Kind::Withdrawn,
            Kind::Withdrawn => Kind::NotWithdrawn,
            Kind::NotWithdrawn => Kind::Closed,
            Kind::Closed => return None,
        })
    }

    #[test]
    fn every_kind_of_event_is_described_where_developers_look() {
        let api = crate::document().replace("\\n", " ");
        let about = api.split_once("planned; of its message").expect("the description of what").1;
        let about = about.split_once("docs/sop.md").expect("where more is said").0;
        let words: Vec<&str> = about.split(|c: char| !c.is_ascii_lowercase() && c != '_').collect();
        let manuals = [
            include_str!("../../../../docs/sop.md"),
            include_str!("../../../../docs/sop.zh-CN.md"),
        ];
        let mut kind = Some(EventKind::Claimed);
        while let Some(told) = kind {
            kind = next(told);
            // It is left out of histories.
            let is_told = told != EventKind::After;
            let code = told.code();
            assert_eq!(words.contains(&code), is_told, "{code} in the API's document");
            for manual in manuals {
                let mut rows = manual.lines().filter(|line| line.starts_with("| `"));
                let is_in_manual = rows.any(|row| row.contains(&format!("`{code}`")));
                assert_eq!(is_in_manual, is_told, "{code} in docs/sop*.md");
            }
        }
    }
}
