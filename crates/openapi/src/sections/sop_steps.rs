//! SOP任务: steps as our own calls write them, with a fixed time or a day and time of day.

use schemars::JsonSchema;
use scrm::sop::{ContentItem, EditedStep, MAX_DAY_NO, MAX_STEPS, NewStep, StepDetail, StepTime};
use serde::{Deserialize, Serialize};

use super::{
    sop_data::{self, ShownData, SopDatas},
    step_files::StepFiles,
};
use crate::{
    Caller, Refusal,
    wire::{Integer, List, Moment, Object, Optional, TimeOfDay},
};

/// The steps of an SOP.
pub(super) type AnySteps = List<Object<AnyStep>, 1, MAX_STEPS>;

/// A step: either sendTime, or showDate with showTime.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnyStep {
    /// When an SOP is edited: which of its steps this is; absent for a new one.
    #[serde(default)]
    step_no: Optional<Integer<1, { i64::MAX }>>,
    /// A fixed time, to the minute; seconds are accepted and dropped.
    #[serde(default)]
    send_time: Optional<Moment>,
    /// The number of the day; the day of joining (for new groups, of their making) is 1.
    #[serde(default)]
    show_date: Optional<Integer<1, MAX_DAY_NO>>,
    /// The time of that day.
    #[serde(default)]
    show_time: Optional<TimeOfDay>,
    sop_datas: SopDatas,
}

/// The domain's steps. `path` is where the list stands in the request. Files that are still to be had are noted
/// in `files`.
pub(super) async fn steps(
    caller: &Caller,
    files: &mut StepFiles,
    path: &str,
    steps: AnySteps,
) -> Result<Vec<EditedStep>, Refusal> {
    let mut made = Vec::new();
    for (place, Object(step)) in steps.0.into_iter().enumerate() {
        let path = format!("{path}[{place}]");
        let time = time(caller, &path, &step)?;
        let mut content = Vec::new();
        let datas = format!("{path}.sopDatas");
        sop_data::add_items(caller, files, (place, &datas), step.sop_datas, &mut content).await?;
        let step_no = step.step_no.0.map(Integer::get);
        made.push(EditedStep { step_no, step: NewStep { time, content } });
    }
    Ok(made)
}

fn time(caller: &Caller, path: &str, step: &AnyStep) -> Result<StepTime, Refusal> {
    match (step.send_time.0, step.show_date.0, step.show_time.0) {
        (Some(at), None, None) => {
            let at_ms = at.minute_ms(&caller.corp.zone).ok_or_else(|| {
                let why = "names a day only, a time to send is needed (yyyy-MM-dd HH:mm)";
                Refusal::field(&format!("{path}.sendTime"), why)
            })?;
            Ok(StepTime::At { at_ms })
        }
        (None, Some(day), Some(time)) => {
            Ok(StepTime::NthDay { day_no: day.get(), minute_of_day: time.minute_of_day })
        }
        (Some(_), ..) => {
            let why = "give either sendTime or showDate with showTime";
            Err(Refusal::field(&format!("{path}.sendTime"), why))
        }
        (None, None, _) => {
            let why = "is required where there is no sendTime";
            Err(Refusal::field(&format!("{path}.showDate"), why))
        }
        (None, Some(_), None) => {
            Err(Refusal::field(&format!("{path}.showTime"), "is required with showDate"))
        }
    }
}

/// A step as it is shown.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownStep {
    /// Its number; it stays when others are added or removed.
    step_no: i64,
    /// yyyy-MM-dd HH:mm of a fixed time, else null.
    send_time: Option<String>,
    /// The number of the day, or null.
    show_date: Option<i64>,
    /// HH:mm, or null.
    show_time: Option<String>,
    sop_datas: Vec<ShownData>,
}

impl ShownStep {
    pub(super) fn new(caller: &Caller, step: StepDetail) -> Self {
        let (send_time, show_date, show_time) = match step.time {
            StepTime::At { at_ms } => (Some(caller.corp.zone.minutes_text(at_ms)), None, None),
            StepTime::NthDay { day_no, minute_of_day } => {
                let time = format!("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60);
                (None, Some(day_no), Some(time))
            }
        };
        let sop_datas = step.content.iter().map(ShownData::from).collect();
        Self { step_no: step.step_no, send_time, show_date, show_time, sop_datas }
    }

    pub(super) fn example() -> Self {
        let content = "大家好".to_owned();
        Self {
            step_no: 1,
            send_time: None,
            show_date: Some(1),
            show_time: Some("10:00".to_owned()),
            sop_datas: vec![ShownData::from(&ContentItem::Text { content })],
        }
    }
}
