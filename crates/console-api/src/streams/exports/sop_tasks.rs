//! The tasks of an SOP as a spreadsheet.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use scrm::{sop::TaskWalk, users::Right};
use serde::Deserialize;

use super::{
    super::{
        json,
        lines::{Lines, follow},
        reply, sheet,
    },
    Language, Rows, write,
};
use crate::{Caller, Refusal, router::Service, sections::staff_names, wire::Uuid};

const ZH: [sheet::Column; 7] = [
    ("步骤", 8),
    ("群名", 30),
    ("群主", 16),
    ("计划时间", 18),
    ("状态", 12),
    ("原因", 40),
    ("群 ID", 34),
];
const EN: [sheet::Column; 7] = [
    ("Step", 8),
    ("Group", 30),
    ("Owner", 16),
    ("Planned for", 18),
    ("State", 16),
    ("Reason", 40),
    ("Chat id", 34),
];
/// By the number on the wire.
const STATES_ZH: [&str; 6] = ["未到时间", "待群主处理", "已发送", "失败", "过期未发送", "已取消"];
const STATES_EN: [&str; 6] =
    ["planned", "with the owner", "sent", "failed", "expired", "cancelled"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    id: Uuid,
    language: Language,
}

pub(in crate::streams) async fn sop_tasks(
    State(service): State<Arc<Service>>,
    request: Request,
) -> Response {
    reply(begin(service, request).await)
}

async fn begin(service: Arc<Service>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let caller = service.caller(&parts, Right::Read).await?;
    let Wanted { id: Uuid(id), language } = json(body).await?;
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let walk = TaskWalk::new(scrm, corp, &caller.viewer(), &id).await?;
    let sheet = ("soptasks", language.pick("SOP 任务", "SOP tasks"), language.pick(&ZH[..], &EN));
    let states = language.pick(STATES_ZH, STATES_EN);
    Ok(follow(|lines| async move {
        let produce = async |rows| all(&caller, walk, states, &lines, rows).await;
        write(&service, &caller, sheet, produce).await
    }))
}

async fn all(
    caller: &Caller,
    mut walk: TaskWalk,
    states: [&str; 6],
    lines: &Lines,
    rows: Rows,
) -> Result<(), Refusal> {
    let (scrm, corp) = (&caller.scrm, &caller.place.corp);
    let mut n_done = 0;
    while let Some(tasks) = walk.next(scrm, corp.id).await? {
        n_done += tasks.len();
        let names = staff_names(caller, tasks.iter().map(|task| task.owner)).await?;
        let cells = tasks.into_iter().map(|task| {
            let state = usize::try_from(task.status).ok().and_then(|no| states.get(no));
            vec![
                task.step_no.to_string(),
                task.group_name,
                names.get(&task.owner).cloned().unwrap_or_default(),
                corp.zone.minutes_text(task.due_at_ms),
                state.copied().unwrap_or_default().to_owned(),
                task.reason.unwrap_or_default(),
                task.chat_id,
            ]
        });
        if lines.is_left() || rows.send(cells.collect()).await.is_err() {
            return Ok(());
        }
        lines.progress(n_done, None);
    }
    Ok(())
}
