//! Customer groups as a spreadsheet.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use scrm::{groups::Walk, users::Right};
use serde::Deserialize;

use super::{
    super::{
        json,
        lines::{Lines, follow},
        reply, sheet,
    },
    Language, Rows, write,
};
use crate::{Caller, Refusal, router::Service, sections::WireFilter};

const ZH: [sheet::Column; 6] =
    [("群名", 30), ("群主", 16), ("部门", 24), ("标签", 30), ("创建时间", 18), ("群 ID", 34)];
const EN: [sheet::Column; 6] = [
    ("Name", 30),
    ("Owner", 16),
    ("Departments", 24),
    ("Tags", 30),
    ("Created", 18),
    ("Chat id", 34),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    filter: WireFilter,
    language: Language,
}

pub(in crate::streams) async fn groups(
    State(service): State<Arc<Service>>,
    request: Request,
) -> Response {
    reply(begin(service, request).await)
}

async fn begin(service: Arc<Service>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let caller = service.caller(&parts, Right::Read).await?;
    let Wanted { filter, language } = json(body).await?;
    let walk = Walk::new(filter.read(&caller));
    let sheet = ("groups", language.pick("客户群", "Groups"), language.pick(&ZH[..], &EN));
    Ok(follow(|lines| async move {
        write(&service, &caller, sheet, async |rows| all(&caller, walk, &lines, rows).await).await
    }))
}

async fn all(caller: &Caller, mut walk: Walk, lines: &Lines, rows: Rows) -> Result<(), Refusal> {
    let (scrm, corp) = (&caller.scrm, &caller.place.corp);
    let mut n_done = 0;
    loop {
        let part = walk.next(scrm, corp.id).await?;
        if part.is_empty() || lines.is_left() {
            return Ok(());
        }
        n_done += part.len();
        let cells = part.into_iter().map(|group| {
            let departments = group.department_names.join("、");
            let tags = group.tag_names.join("、");
            let made = corp.zone.minutes_text(group.created_at_ms);
            vec![group.display_name, group.owner_name, departments, tags, made, group.chat_id]
        });
        if rows.send(cells.collect()).await.is_err() {
            return Ok(());
        }
        lines.progress(n_done, usize::try_from(walk.n_total()).ok());
    }
}
