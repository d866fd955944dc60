//! Trying a step: its message goes to one group at once, as an SOP of its own.

use super::{
    Actor, Audience, ChosenChat, MAX_TITLE_CHARS, NewSop, NewStep, SopKind, StepTime, create, edit,
    stored,
};
use crate::{CorpId, Error, PublicId, Scrm, StaffId, once::Once};

/// What to try, and who does.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The step's number.
    pub step_no: i64,
    /// WeCom's chat id of the group.
    pub chat_id: String,
    /// Who sends it, as the list of groups shows it.
    pub creator: Option<StaffId>,
    /// Who acts.
    pub actor: Actor,
    /// The caller's key, under which it is sent once.
    pub once: Option<Once>,
}

/// Sends a step of an SOP, whatever its state, to one group; the id of the SOP that does it.
/// [`Error::NotFound`] for an unknown step or group.
pub async fn try_step(
    scrm: &Scrm,
    corp: CorpId,
    id: &PublicId,
    trial: Trial,
) -> Result<PublicId, Error> {
    let Trial { step_no, chat_id, creator, actor, once } = trial;
    let mut reader = scrm.db.reader().await?;
    let sop = stored::find(&mut reader, corp, id).await?;
    let steps = edit::steps(&mut reader, corp, sop.id).await?;
    drop(reader);
    let step = steps
        .into_iter()
        .find(|step| step.step_no == step_no)
        .ok_or_else(|| Error::NotFound(format!("SOP {id} has no step {step_no}")))?;
    let time = StepTime::At { at_ms: scrm.clock.now_ms() };
    let new = NewSop {
        title: format!("[测试] {}", sop.title).chars().take(MAX_TITLE_CHARS).collect(),
        instruction: sop.instruction,
        mode: sop.mode,
        kind: SopKind::MassMessage,
        audience: Audience::Chats(vec![ChosenChat { chat_id, owner: None }]),
        steps: vec![NewStep { time, content: step.content }],
        creator,
        is_draft: false,
        actor,
        once,
    };
    create(scrm, corp, new).await
}
