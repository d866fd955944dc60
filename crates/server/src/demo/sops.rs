//! An SOP by assistant, one by hand and one for new groups, with steps that are due now and later.
//!
//! Each is made under a key: a demo that was killed before it noted what it had made finds the same SOP again.

use scrm::{
    groups::ListedGroup,
    once::Once,
    sop::{
        self, Actor, Audience, ChosenChat, ContentItem, LinkCard, Mode, NewSop, NewStep, Rule,
        SopKind, StepTime,
    },
};

use super::{World, library};

/// Groups of the assistant's SOP; those of the other are the first of them, and some more of the seller's.
const N_ASSISTANT: usize = 60;
const N_MANUAL: usize = 30;
const N_MORE_OF_SELLER: usize = 3;
const HOUR_MS: i64 = 3_600_000;
/// Title of the assistant's SOP; the printed lines show how far it is.
pub const ASSISTANT_TITLE: &str = "新品到店";

/// Owners confirm mass messages: now, in two hours, in three days. The number of tasks due now.
pub async fn assistant(world: &World) -> anyhow::Result<i64> {
    let now_ms = world.scrm.clock.now_ms();
    let step = |in_ms: i64, content: Vec<ContentItem>| NewStep {
        time: StepTime::At { at_ms: now_ms + in_ms },
        content,
    };
    let steps = vec![
        step(
            0,
            vec![text("大家好，我是#员工姓名#，本周新品已到店，欢迎来店体验。"), new_arrivals()],
        ),
        step(2 * HOUR_MS, vec![text("温馨提醒：到店出示群名片可享九折。")]),
        step(72 * HOUR_MS, vec![text("活动最后一天，欢迎到店。")]),
    ];
    of_chosen(world, ASSISTANT_TITLE, Mode::Assistant, chosen(world, N_ASSISTANT).await?, steps)
        .await
}

/// Owners send by hand: on the day of joining, on the third, on the seventh. The number due now.
pub async fn manual(world: &World) -> anyhow::Result<i64> {
    let step = |day_no, minute_of_day, content| NewStep {
        time: StepTime::NthDay { day_no, minute_of_day },
        content,
    };
    let welcome = vec![
        text("欢迎加入#群名称#，我是#员工姓名#，有问题随时联系我。"),
        ContentItem::Image { file: library::new_arrivals(world).await? },
        new_arrivals(),
    ];
    let steps = vec![
        // The first minute of the day is past: due at once.
        step(1, 0, welcome),
        step(3, 10 * 60, vec![text("入群第三天：使用中有什么问题吗？")]),
        step(7, 18 * 60 + 30, vec![text("入群第七天：欢迎填写满意度问卷。")]),
    ];
    let groups = world.groups_to_reach().await?;
    // Whose pages the demo names (accounts.rs).
    let seller = groups.first().map(|group| group.owner_id);
    let (first, others) = groups.split_at(N_MANUAL.min(groups.len()));
    let more = others.iter().filter(|group| Some(group.owner_id) == seller);
    let chosen = first.iter().chain(more.take(N_MORE_OF_SELLER)).map(chosen_chat).collect();
    of_chosen(world, "入群维护", Mode::Manual, chosen, steps).await
}

/// Every group that is made from now on is sent to by hand: on its second and on its seventh day.
pub async fn new_groups(world: &World) -> anyhow::Result<()> {
    let step = |day_no, content: &str| NewStep {
        time: StepTime::NthDay { day_no, minute_of_day: 10 * 60 },
        content: vec![text(content)],
    };
    let steps = vec![
        step(2, "欢迎来到#群名称#，我是#员工姓名#，群里有专属优惠。"),
        step(7, "建群一周，欢迎说说您的建议。"),
    ];
    let audience = Audience::NewGroups { rule: Rule::default() };
    let new = new(world, "新群欢迎", Mode::Manual, SopKind::NewGroups, audience, steps);
    sop::create(&world.scrm, world.corp.id, new).await?;
    Ok(())
}

/// One that is not started, one that is held back, and one that is over.
pub async fn in_other_states(world: &World) -> anyhow::Result<()> {
    let now_ms = world.scrm.clock.now_ms();
    let at = |days: i64, content: &str| NewStep {
        time: StepTime::At { at_ms: now_ms + days * 24 * HOUR_MS },
        content: vec![text(content)],
    };
    let (scrm, corp, actor) = (&world.scrm, world.corp.id, Actor::System);
    let draft = vec![at(10, "会员日预告：本月 18 日到店享九折。"), at(12, "会员日今天开始。")];
    let chosen = chosen(world, N_MANUAL).await?;
    let audience = Audience::Chats(chosen.clone());
    let new = new(world, "会员日预告", Mode::Assistant, SopKind::FixedTimes, audience, draft);
    sop::create(scrm, corp, NewSop { is_draft: true, ..new }).await?;
    let paused = vec![at(1, "周末到店有礼。"), at(5, "周末活动最后一天。")];
    of_chosen(world, "周末活动", Mode::Assistant, chosen.clone(), paused).await?;
    let ended = vec![at(2, "夏季清仓，全场五折。")];
    of_chosen(world, "夏季清仓", Mode::Assistant, chosen, ended).await?;
    if let Some(id) = world.sop("周末活动").await? {
        sop::pause(scrm, corp, &id, actor).await?;
    }
    if let Some(id) = world.sop("夏季清仓").await? {
        sop::end(scrm, corp, &id, actor).await?;
    }
    Ok(())
}

/// An SOP over some groups; how many of them.
async fn of_chosen(
    world: &World,
    title: &'static str,
    mode: Mode,
    chosen: Vec<ChosenChat>,
    steps: Vec<NewStep>,
) -> anyhow::Result<i64> {
    if chosen.is_empty() {
        return Ok(0);
    }
    let n_due = i64::try_from(chosen.len())?;
    let kind = match mode {
        Mode::Assistant => SopKind::FixedTimes,
        Mode::Manual => SopKind::DaysSinceJoining,
    };
    let new = new(world, title, mode, kind, Audience::Chats(chosen), steps);
    sop::create(&world.scrm, world.corp.id, new).await?;
    Ok(n_due)
}

/// The newest groups whose owners can send.
async fn chosen(world: &World, n_groups: usize) -> anyhow::Result<Vec<ChosenChat>> {
    Ok(world.groups_to_reach().await?.iter().take(n_groups).map(chosen_chat).collect())
}

fn chosen_chat(group: &ListedGroup) -> ChosenChat {
    ChosenChat { chat_id: group.chat_id.clone(), owner: Some(group.owner_id) }
}

fn new(
    world: &World,
    title: &'static str,
    mode: Mode,
    kind: SopKind,
    audience: Audience,
    steps: Vec<NewStep>,
) -> NewSop {
    // Times are counted from now, so the requests of two starts differ; the title alone tells them apart.
    let (app_no, key) = (world.app.number, title.to_owned());
    NewSop {
        title: title.to_owned(),
        instruction: "请在今天内完成".to_owned(),
        mode,
        kind,
        audience,
        steps,
        creator: world.app.acting_staff,
        is_draft: false,
        actor: Actor::System,
        once: Some(Once { app_no, call: "demo", key, digest: [0; 32] }),
    }
}

fn new_arrivals() -> ContentItem {
    ContentItem::Link(LinkCard {
        title: "本周新品".to_owned(),
        url: "https://example.com/new".to_owned(),
        summary: "点击查看新品清单".to_owned(),
        ..LinkCard::default()
    })
}

fn text(content: &str) -> ContentItem {
    ContentItem::Text { content: content.to_owned() }
}
