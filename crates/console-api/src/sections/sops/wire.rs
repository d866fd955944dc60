//! How SOPs are written: audiences, rules, steps, contents. Times are epoch ms.

use schemars::JsonSchema;
use scrm::{
    DepartmentId, FileId, StaffId, TagId,
    files::{self, FileRef},
    materials,
    sop::{
        Audience, ChosenChat, ContentItem, LinkCard, Mode, NewStep, Rule, SopKind, SopState,
        StepTime,
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    Caller, Refusal,
    wire::{Id, Uuid},
};

/// How messages go out.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ModeName {
    /// The owner confirms a mass message in WeCom.
    Assistant,
    /// The owner is reminded and sends by hand.
    Manual,
}

impl From<Mode> for ModeName {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Assistant => Self::Assistant,
            Mode::Manual => Self::Manual,
        }
    }
}

impl From<ModeName> for Mode {
    fn from(mode: ModeName) -> Self {
        match mode {
            ModeName::Assistant => Self::Assistant,
            ModeName::Manual => Self::Manual,
        }
    }
}

/// What gives steps their times.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindName {
    FixedTimes,
    DaysSinceJoining,
    NewGroups,
    MassMessage,
}

impl From<SopKind> for KindName {
    fn from(kind: SopKind) -> Self {
        match kind {
            SopKind::FixedTimes => Self::FixedTimes,
            SopKind::DaysSinceJoining => Self::DaysSinceJoining,
            SopKind::NewGroups => Self::NewGroups,
            SopKind::MassMessage => Self::MassMessage,
        }
    }
}

impl From<KindName> for SopKind {
    fn from(kind: KindName) -> Self {
        match kind {
            KindName::FixedTimes => Self::FixedTimes,
            KindName::DaysSinceJoining => Self::DaysSinceJoining,
            KindName::NewGroups => Self::NewGroups,
            KindName::MassMessage => Self::MassMessage,
        }
    }
}

/// Where an SOP stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::sections) enum StateName {
    Draft,
    Active,
    Paused,
    Ended,
}

impl From<SopState> for StateName {
    fn from(state: SopState) -> Self {
        match state {
            SopState::Draft => Self::Draft,
            SopState::Active => Self::Active,
            SopState::Paused => Self::Paused,
            // What was deleted is listed nowhere.
            SopState::Ended | SopState::Deleted => Self::Ended,
        }
    }
}

impl From<StateName> for SopState {
    fn from(state: StateName) -> Self {
        match state {
            StateName::Draft => Self::Draft,
            StateName::Active => Self::Active,
            StateName::Paused => Self::Paused,
            StateName::Ended => Self::Ended,
        }
    }
}

/// Conditions on groups; what is empty is no condition.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct WireRule {
    owner_ids: Vec<Id>,
    department_ids: Vec<Id>,
    /// It has at least one of these.
    any_tag_ids: Vec<Id>,
    /// It has all of these.
    all_tag_ids: Vec<Id>,
    /// It has none of these.
    no_tag_ids: Vec<Id>,
    name: String,
    created_from_ms: Option<i64>,
    created_until_ms: Option<i64>,
    min_members: Option<i64>,
    max_members: Option<i64>,
}

impl From<WireRule> for Rule {
    fn from(rule: WireRule) -> Self {
        fn ids<T>(ids: Vec<Id>, make: fn(i64) -> T) -> Vec<T> {
            ids.into_iter().map(|Id(id)| make(id)).collect()
        }
        Self {
            owners: ids(rule.owner_ids, StaffId),
            departments: ids(rule.department_ids, DepartmentId),
            any_tags: ids(rule.any_tag_ids, TagId),
            all_tags: ids(rule.all_tag_ids, TagId),
            no_tags: ids(rule.no_tag_ids, TagId),
            name_part: rule.name,
            created_from_ms: rule.created_from_ms,
            created_until_ms: rule.created_until_ms,
            min_members: rule.min_members,
            max_members: rule.max_members,
        }
    }
}

impl From<Rule> for WireRule {
    fn from(rule: Rule) -> Self {
        Self {
            owner_ids: rule.owners.into_iter().map(|id| Id(id.0)).collect(),
            department_ids: rule.departments.into_iter().map(|id| Id(id.0)).collect(),
            any_tag_ids: rule.any_tags.into_iter().map(|id| Id(id.0)).collect(),
            all_tag_ids: rule.all_tags.into_iter().map(|id| Id(id.0)).collect(),
            no_tag_ids: rule.no_tags.into_iter().map(|id| Id(id.0)).collect(),
            name: rule.name_part,
            created_from_ms: rule.created_from_ms,
            created_until_ms: rule.created_until_ms,
            min_members: rule.min_members,
            max_members: rule.max_members,
        }
    }
}

/// The groups that an SOP reaches.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum WireAudience {
    /// These.
    Chats { chat_ids: Vec<String> },
    /// All that these owners have now.
    Owners { owner_ids: Vec<Id> },
    /// Those that a rule fits; with `follows`, also those that come to fit it.
    Rule { rule: WireRule, follows: bool },
    /// Those made after its start that a rule fits.
    NewGroups { rule: WireRule },
}

impl From<WireAudience> for Audience {
    fn from(audience: WireAudience) -> Self {
        match audience {
            WireAudience::Chats { chat_ids } => {
                let chat = |chat_id| ChosenChat { chat_id, owner: None };
                Self::Chats(chat_ids.into_iter().map(chat).collect())
            }
            WireAudience::Owners { owner_ids } => {
                Self::AllOf { owners: owner_ids.into_iter().map(|Id(id)| StaffId(id)).collect() }
            }
            WireAudience::Rule { rule, follows } => Self::Rule { rule: rule.into(), follows },
            WireAudience::NewGroups { rule } => Self::NewGroups { rule: rule.into() },
        }
    }
}

/// When a step is due: at a moment, or on a day at a minute.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum WireTime {
    At {
        at_ms: i64,
    },
    /// Day 1 is that of joining, or of being made.
    Day {
        day_no: i64,
        minute_of_day: i64,
    },
}

impl From<WireTime> for StepTime {
    fn from(time: WireTime) -> Self {
        match time {
            WireTime::At { at_ms } => Self::At { at_ms },
            WireTime::Day { day_no, minute_of_day } => Self::NthDay { day_no, minute_of_day },
        }
    }
}

impl From<StepTime> for WireTime {
    fn from(time: StepTime) -> Self {
        match time {
            StepTime::At { at_ms } => Self::At { at_ms },
            StepTime::NthDay { day_no, minute_of_day } => Self::Day { day_no, minute_of_day },
        }
    }
}

/// A file of the library. Only its id is looked at in requests.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireFile {
    pub id: Id,
    #[serde(default)]
    name: String,
    #[serde(default)]
    n_bytes: u64,
}

impl From<FileRef> for WireFile {
    fn from(file: FileRef) -> Self {
        Self { id: Id(file.file_id.0), name: file.name, n_bytes: file.n_bytes }
    }
}

impl WireFile {
    /// The file in the library; `path` names the field where there is none.
    pub(in crate::sections) async fn find(&self, caller: &Caller) -> Result<FileRef, Refusal> {
        let corp = caller.place.corp.id;
        let found = files::find(&caller.scrm, corp, FileId(self.id.0)).await?;
        let missing = || scrm::Error::NotFound(format!("there is no file {}", self.id.0));
        Ok(found.ok_or_else(missing)?.reference())
    }
}

/// A link as receivers see it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireCard {
    title: String,
    url: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    cover_url: String,
    #[serde(default)]
    cover: Option<WireFile>,
}

impl From<LinkCard> for WireCard {
    fn from(card: LinkCard) -> Self {
        let LinkCard { title, url, summary, cover_url, cover } = card;
        Self { title, url, summary, cover_url, cover: cover.map(WireFile::from) }
    }
}

impl WireCard {
    pub(in crate::sections) async fn read(self, caller: &Caller) -> Result<LinkCard, Refusal> {
        let cover = match &self.cover {
            Some(file) => Some(file.find(caller).await?),
            None => None,
        };
        let Self { title, url, summary, cover_url, .. } = self;
        Ok(LinkCard { title, url, summary, cover_url, cover })
    }
}

/// One item of a step.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum WireContent {
    Text {
        content: String,
    },
    Link {
        card: WireCard,
    },
    Image {
        file: WireFile,
    },
    MiniProgram {
        title: String,
        app_id: String,
        page: String,
        cover: WireFile,
    },
    Video {
        file: WireFile,
    },
    File {
        file: WireFile,
    },
    /// A marketing content of the library; requests take the card as it is there now.
    Marketing {
        material_id: Uuid,
        #[serde(default)]
        card: WireCard,
    },
}

impl From<ContentItem> for WireContent {
    fn from(item: ContentItem) -> Self {
        match item {
            ContentItem::Text { content } => Self::Text { content },
            ContentItem::Link(card) => Self::Link { card: card.into() },
            ContentItem::Image { file } => Self::Image { file: file.into() },
            ContentItem::MiniProgram { title, app_id, page, cover } => {
                Self::MiniProgram { title, app_id, page, cover: cover.into() }
            }
            ContentItem::Video { file } => Self::Video { file: file.into() },
            ContentItem::File { file } => Self::File { file: file.into() },
            ContentItem::Marketing { material, card } => {
                Self::Marketing { material_id: Uuid(material), card: card.into() }
            }
        }
    }
}

impl WireContent {
    async fn read(self, caller: &Caller) -> Result<ContentItem, Refusal> {
        Ok(match self {
            Self::Text { content } => ContentItem::Text { content },
            Self::Link { card } => ContentItem::Link(card.read(caller).await?),
            Self::Image { file } => ContentItem::Image { file: file.find(caller).await? },
            Self::MiniProgram { title, app_id, page, cover } => {
                let cover = cover.find(caller).await?;
                ContentItem::MiniProgram { title, app_id, page, cover }
            }
            Self::Video { file } => ContentItem::Video { file: file.find(caller).await? },
            Self::File { file } => ContentItem::File { file: file.find(caller).await? },
            Self::Marketing { material_id: Uuid(id), .. } => {
                let found = materials::get(&caller.scrm, caller.place.corp.id, &id).await?;
                ContentItem::Marketing { material: id, card: found.card }
            }
        })
    }
}

/// A step.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireStep {
    /// Which of the SOP's steps it is; none = a new one.
    pub step_no: Option<i64>,
    pub time: WireTime,
    pub content: Vec<WireContent>,
}

impl WireStep {
    /// The step with the files and contents that it names.
    pub(super) async fn read(self, caller: &Caller) -> Result<NewStep, Refusal> {
        let mut content = Vec::with_capacity(self.content.len());
        for item in self.content {
            content.push(item.read(caller).await?);
        }
        Ok(NewStep { time: self.time.into(), content })
    }
}
