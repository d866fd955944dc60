//! SOPs led through a life chosen by chance, against a simple model of what must hold: no message twice, none
//! after a pause or an end, times as the rules say, and nothing open at the end. WeCom loses calls and replies
//! meanwhile, and people act between the moment a task is taken up and its call.
//!
//! `SIYU_MODEL_SEEDS` runs more lives than the few of the normal test; a failure names its seed.

mod watch;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use store::testing::TestDb;
use wecom_sim::{Confirm, Fault, MassState};

use super::{chats, sop, step};
use crate::{
    MIGRATIONS, PublicId, corps,
    groups::ListedGroup,
    sop::{
        Actor, Audience, Edit, EditedStep, Mark, Mode, NewSop, NewStep, Rule, SopKind, StepTime,
        create, delete, detail, edit, end, join, leave, mark_tasks, pause, progress, resume, start,
    },
    tests::{World, actions::Dice},
    zone::MINUTE_MS,
};
use watch::Planned;

const APP: Actor = Actor::App(1);
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
const N_ACTS: usize = 60;

/// What the model knows of an SOP.
struct Known {
    id: PublicId,
    /// Stands in every text of the SOP.
    mark: String,
    mode: Mode,
    is_draft: bool,
    is_paused: bool,
    is_over: bool,
    is_deleted: bool,
    /// Its steps are as they were made, so that due times can be told beforehand.
    steps: Option<Vec<StepTime>>,
    /// Groups that joined at the start, while nobody has left or come back.
    chosen: Option<BTreeSet<String>>,
    started_at_ms: i64,
    /// What each step is to send now, by the part of its texts before the version.
    plan: BTreeMap<String, Planned>,
    /// Groups that were chosen or joined by hand, and those of them that left by hand since.
    members: BTreeSet<String>,
    left: BTreeSet<String>,
    was_paused: bool,
    /// Mass messages there were when it was paused or ended: no more may come.
    frozen: Option<usize>,
}

struct Life {
    world: World,
    dice: Dice,
    zone: TimeZone,
    sops: Vec<Known>,
    n_restarts: usize,
    /// Mass messages that were looked at.
    n_seen: usize,
    dissolved: BTreeSet<String>,
}

impl Life {
    async fn begin(test: &TestDb, seed: u64) -> Self {
        let dice = Dice::seeded(seed);
        let mut world = World::synced(test, 3, 9).await;
        world.scrm.rules.messages_per_owner_and_minute = 1_000;
        // In summer time of Berlin the clocks turn on the 29th of March.
        let zone = if dice.percent(50) { "Europe/Berlin" } else { "Asia/Shanghai" };
        let company =
            corps::get(&mut world.scrm.db.reader().await.unwrap(), world.corp).await.unwrap();
        let new = corps::NewCorp {
            wecom_corp_id: company.wecom_corp_id,
            name: String::new(),
            agent_id: company.agent_id,
            wecom_secret: world.sim.sim.config().secret.clone(),
            zone: zone.to_owned(),
        };
        corps::put(&world.scrm, &new).await.unwrap();
        world.clock.advance(25 * DAY_MS);
        world.sync().await;
        let zone = TimeZone::get(zone).unwrap();
        Self {
            world,
            dice,
            zone,
            sops: vec![],
            n_restarts: 0,
            n_seen: 0,
            dissolved: BTreeSet::new(),
        }
    }

    async fn act(&mut self) {
        match self.dice.below(26) {
            0..=3 => self.make(false).await,
            4 => self.change_state().await,
            5 => self.be_over().await,
            6 => self.edit().await,
            7 => self.join_or_leave().await,
            8 => self.change_group().await,
            9 | 10 => self.owners_confirm(),
            11 => self.world.clock.set(self.world.clock.now_ms() - HOUR_MS),
            12 => self.n_restarts += 1,
            13..=15 => self.world.clock.advance((1 + self.below(300)) * MINUTE_MS),
            16 => self.world.clock.advance((1 + self.below(3)) * DAY_MS),
            17..=19 => self.change_what_is_lost().await,
            20 => self.world.clock.advance(11 * MINUTE_MS),
            21 | 22 => self.mark().await,
            _ => {}
        }
        if self.dice.percent(30) {
            // Killed before anything is handed over: what comes next comes in between.
            while crate::send::claim_tick(&self.world.scrm, self.world.corp, &self.holder())
                .await
                .unwrap()
            {}
        } else {
            self.tick().await;
        }
        self.look();
    }

    fn holder(&self) -> String {
        format!("holder {}", self.n_restarts)
    }

    /// Messages under way of which nobody knows whether WeCom has them, and somebody changes his mind.
    async fn change_what_is_lost(&mut self) {
        self.make(true).await;
        self.calls_are_lost();
        self.tick().await;
        self.look();
        match self.dice.below(4) {
            0 => self.change_state().await,
            1 => self.edit().await,
            2 => self.join_or_leave().await,
            _ => self.change_group().await,
        }
    }

    /// The next calls are lost on their way, there or back, or refused for now.
    fn calls_are_lost(&self) {
        let call = *self.dice.one_of(&["externalcontact/add_msg_template", "message/send"]);
        for _ in 0..=self.dice.below(3) {
            let busy = Fault::Errcode { errcode: 45_009 };
            let fault = *self.dice.one_of(&[Fault::CutBeforeEffect, Fault::CutAfterEffect, busy]);
            self.world.sim.sim.fail_next(call, fault).unwrap();
        }
    }

    /// Owners who send by hand say what they did.
    async fn mark(&self) {
        let groups = self.world.groups().await;
        for task in groups.iter().flat_map(|group| &group.tasks) {
            if task.sop.mode == 1 && task.status == 1 && self.dice.percent(30) {
                let reason = "群已停用".to_owned();
                let mark =
                    if self.dice.percent(70) { Mark::Sent } else { Mark::Impossible { reason } };
                mark_tasks(&self.world.scrm, self.world.corp, &[task.id], mark, APP).await.unwrap();
            }
        }
    }

    fn below(&self, n: usize) -> i64 {
        i64::try_from(self.dice.below(n)).unwrap()
    }

    async fn tick(&self) {
        let holder = self.holder();
        let (scrm, corp) = (&self.world.scrm, self.world.corp);
        while crate::sop::follow_tick(scrm, corp).await.unwrap() {}
        while crate::sop::plan_tick(scrm, corp).await.unwrap() {}
        while crate::testing::send_tick(scrm, corp, &holder).await.unwrap() {}
    }

    /// At once: a message to all groups, due now.
    async fn make(&mut self, at_once: bool) {
        let groups = self.world.groups().await;
        if groups.is_empty() {
            return;
        }
        let mark = format!("SOP{}.", self.sops.len());
        let kind = *self.dice.one_of(&[
            SopKind::FixedTimes,
            SopKind::DaysSinceJoining,
            SopKind::NewGroups,
            SopKind::MassMessage,
        ]);
        let kind = if at_once { SopKind::FixedTimes } else { kind };
        let n_steps = if kind == SopKind::MassMessage { 1 } else { 1 + self.dice.below(4) };
        let mut times: Vec<StepTime> = (0..n_steps).map(|_| self.time(kind)).collect();
        if at_once {
            times[0] = StepTime::At { at_ms: self.world.clock.now_ms() };
        }
        let steps = (1..).zip(&times).map(|(no, &time)| step(time, &text(&mark, no, 1))).collect();
        let (audience, chosen) = self.audience(kind, &groups);
        let mode = if at_once || self.dice.percent(70) { Mode::Assistant } else { Mode::Manual };
        let is_draft = !at_once && self.dice.percent(15);
        let new = NewSop { kind, is_draft, ..sop(mode, audience, steps) };
        let id = create(&self.world.scrm, self.world.corp, new).await.unwrap();
        let texts = (1..).zip(&times).map(|(no, &time)| (time, text(&mark, no, 1)));
        self.sops.push(Known {
            plan: texts
                .map(|(time, text)| (watch::step_of(&text), Planned { time, text }))
                .collect(),
            members: chosen.clone().unwrap_or_default(),
            left: BTreeSet::new(),
            was_paused: false,
            id,
            mark,
            mode,
            is_draft,
            is_paused: false,
            is_over: false,
            is_deleted: false,
            steps: Some(times),
            chosen,
            started_at_ms: self.world.clock.now_ms(),
            frozen: None,
        });
    }

    fn time(&self, kind: SopKind) -> StepTime {
        let counts_days = matches!(kind, SopKind::DaysSinceJoining | SopKind::NewGroups);
        if counts_days {
            let (day_no, minute_of_day) = (1 + self.below(4), self.below(1_440));
            return StepTime::NthDay { day_no, minute_of_day };
        }
        let in_minutes = self.below(4_000) - 500;
        StepTime::At { at_ms: self.world.clock.now_ms() + in_minutes * MINUTE_MS }
    }

    fn audience(
        &self,
        kind: SopKind,
        groups: &[ListedGroup],
    ) -> (Audience, Option<BTreeSet<String>>) {
        if kind == SopKind::NewGroups {
            return (Audience::NewGroups { rule: Rule::default() }, None);
        }
        if kind != SopKind::MassMessage && self.dice.percent(30) {
            let rule = Rule { name_part: "甲".to_owned(), ..Rule::default() };
            return (Audience::Rule { rule, follows: true }, None);
        }
        let n = 1 + self.dice.below(groups.len());
        let chosen = groups[..n].iter().map(|group| group.chat_id.clone()).collect();
        (chats(&groups[..n]), Some(chosen))
    }

    /// An SOP that is not over, if there is one.
    fn any(&mut self) -> Option<usize> {
        let live: Vec<usize> = (0..self.sops.len()).filter(|&no| !self.sops[no].is_over).collect();
        // What is new is most likely under way.
        if self.dice.percent(60) {
            return live.last().copied();
        }
        if live.is_empty() { None } else { Some(*self.dice.one_of(&live)) }
    }

    fn n_messages(&self, mark: &str) -> usize {
        let messages = self.world.sim.sim.mass_messages();
        messages.iter().filter(|message| message.text.contains(mark)).count()
    }

    async fn change_state(&mut self) {
        let Some(no) = self.any() else { return };
        let (scrm, corp) = (self.world.scrm.clone(), self.world.corp);
        let (id, mark) = (self.sops[no].id, self.sops[no].mark.clone());
        let (n, now_ms) = (self.n_messages(&mark), self.world.clock.now_ms());
        let sop = &mut self.sops[no];
        if sop.is_draft {
            // Refused where a fixed time is past.
            if start(&scrm, corp, &id, APP).await.is_ok() {
                (sop.is_draft, sop.started_at_ms) = (false, now_ms);
                // Some of the chosen groups may have been dissolved since.
                sop.chosen = None;
            }
        } else if sop.is_paused {
            resume(&scrm, corp, &id, APP).await.unwrap();
            (sop.is_paused, sop.frozen) = (false, None);
        } else {
            pause(&scrm, corp, &id, APP).await.unwrap();
            (sop.is_paused, sop.was_paused, sop.frozen) = (true, true, Some(n));
        }
    }

    async fn be_over(&mut self) {
        let Some(no) = self.any() else { return };
        let (scrm, corp) = (&self.world.scrm, self.world.corp);
        let is_deleted = self.dice.percent(30) || self.sops[no].is_draft;
        let id = self.sops[no].id;
        if is_deleted {
            delete(scrm, corp, &id, APP).await.unwrap();
        } else {
            end(scrm, corp, &id, APP).await.unwrap();
        }
        let n = self.n_messages(&self.sops[no].mark);
        let sop = &mut self.sops[no];
        (sop.is_over, sop.is_deleted, sop.frozen) = (true, is_deleted, Some(n));
        sop.is_paused = false;
    }

    async fn edit(&mut self) {
        let Some(no) = self.any() else { return };
        let (scrm, corp) = (&self.world.scrm, self.world.corp);
        let (id, mark) = (self.sops[no].id, self.sops[no].mark.clone());
        let found = detail(scrm, corp, &id).await.unwrap();
        let mut steps: Vec<EditedStep> = Vec::new();
        let mut plan = BTreeMap::new();
        for old in found.steps {
            if self.dice.percent(20) {
                continue;
            }
            let mut new = NewStep { time: old.time, content: old.content };
            if self.dice.percent(40) {
                new.time = self.time(found.card.kind);
            }
            let (of, mut sent) = self.sops[no].step(&new.content);
            if self.dice.percent(40) {
                sent = format!("{of}v{}", 2 + self.below(9));
                new.content = vec![super::text(&sent)];
            }
            plan.insert(of, Planned { time: new.time, text: sent });
            steps.push(EditedStep { step_no: Some(old.step_no), step: new });
        }
        if found.card.kind != SopKind::MassMessage && self.dice.percent(40) {
            let sent = text(&mark, 100 + self.below(1_000_000), 1);
            let new = step(self.time(found.card.kind), &sent);
            plan.insert(watch::step_of(&sent), Planned { time: new.time, text: sent });
            steps.push(EditedStep { step_no: None, step: new });
        }
        let other = Edit { steps: Some(steps), ..Edit::default() };
        // Refused where a time is past, or no step is left.
        if edit(scrm, corp, &id, &other, APP).await.is_ok() {
            (self.sops[no].steps, self.sops[no].plan) = (None, plan);
        }
    }

    async fn join_or_leave(&mut self) {
        let Some(no) = self.any() else { return };
        let groups = self.world.groups().await;
        if groups.is_empty() {
            return;
        }
        let chat_ids = vec![self.dice.one_of(&groups).chat_id.clone()];
        let (scrm, corp) = (&self.world.scrm, self.world.corp);
        let id = self.sops[no].id;
        // Refused for drafts and mass messages.
        let is_joining = self.dice.percent(50);
        let is_done = if is_joining {
            join(scrm, corp, &id, &chat_ids, APP).await.is_ok()
        } else {
            leave(scrm, corp, &id, &chat_ids, APP).await.is_ok()
        };
        let sop = &mut self.sops[no];
        match (is_done, is_joining) {
            (false, _) => return,
            (true, true) => {
                sop.left.remove(&chat_ids[0]);
                sop.members.extend(chat_ids);
            }
            (true, false) => {
                sop.left.extend(sop.members.intersection(&chat_ids.into_iter().collect()).cloned())
            }
        }
        sop.chosen = None;
    }

    async fn change_group(&mut self) {
        let sim = &self.world.sim.sim;
        let groups = sim.groups();
        let group = self.dice.one_of(&groups);
        // A group may have been dissolved before.
        match self.dice.below(5) {
            0 => {
                sim.add_group(&group.owner, "甲 新群", 3).unwrap();
            }
            1 => drop(sim.rename_group(&group.chat_id, "甲 群")),
            2 => drop(sim.rename_group(&group.chat_id, "乙 群")),
            3 => {
                let other = self.dice.one_of(&groups).owner.clone();
                // Refused for the owner that it has.
                sim.change_owner(&group.chat_id, &other).ok();
            }
            _ if groups.len() > 4 => {
                sim.dissolve_group(&group.chat_id).ok();
                self.dissolved.insert(group.chat_id.clone());
                for sop in &mut self.sops {
                    sop.chosen = None;
                }
            }
            _ => {}
        }
        self.world.sync().await;
    }

    fn owners_confirm(&self) {
        let sim = &self.world.sim.sim;
        for message in sim.mass_messages() {
            let is_waiting = message.state == MassState::Waiting;
            if is_waiting && self.dice.percent(60) {
                let how = if self.dice.percent(20) { Confirm::AllBut(1) } else { Confirm::All };
                // An owner may be without groups by now.
                sim.confirm(&message.msgid, how).ok();
            }
        }
    }

    /// What was made at the start is due as the rules say.
    async fn times_are_right(&self) {
        let mut starts: HashMap<(PublicId, String), Vec<i64>> = HashMap::new();
        for group in self.world.groups().await {
            for task in group.tasks {
                let key = (task.sop.id, group.chat_id.clone());
                starts.entry(key).or_default().push(task.start_at_ms);
            }
        }
        for sop in self.sops.iter().filter(|sop| !sop.is_draft && !sop.is_deleted) {
            let (Some(steps), Some(chosen)) = (&sop.steps, &sop.chosen) else { continue };
            let mut expected: Vec<i64> =
                steps.iter().map(|&time| self.expected(time, sop.started_at_ms)).collect();
            expected.sort_unstable();
            for chat_id in chosen {
                let found = starts.get(&(sop.id, chat_id.clone())).cloned().unwrap_or_default();
                assert_eq!(found, expected, "{} in {chat_id}", sop.mark);
            }
        }
    }

    fn expected(&self, time: StepTime, joined_at_ms: i64) -> i64 {
        let whole_minute = |ms: i64| ms - ms.rem_euclid(MINUTE_MS);
        let planned_ms = match time {
            StepTime::At { at_ms } => at_ms,
            StepTime::NthDay { day_no, minute_of_day } => {
                let joined = Timestamp::from_millisecond(joined_at_ms).unwrap();
                let day = joined.to_zoned(self.zone.clone()).date();
                let day = day.checked_add((day_no - 1).days()).unwrap();
                let [hour, minute] = [minute_of_day / 60, minute_of_day % 60];
                let at = day.at(i8::try_from(hour).unwrap(), i8::try_from(minute).unwrap(), 0, 0);
                at.to_zoned(self.zone.clone()).unwrap().timestamp().as_millisecond()
            }
        };
        whole_minute(planned_ms).max(whole_minute(joined_at_ms))
    }

    /// Everything runs out, and then all is final.
    async fn end(&mut self) {
        self.times_are_right().await;
        self.world.sim.sim.clear_faults();
        for sop in &mut self.sops {
            if sop.is_paused {
                resume(&self.world.scrm, self.world.corp, &sop.id, APP).await.unwrap();
                (sop.is_paused, sop.frozen) = (false, None);
            }
        }
        for _ in 0..12 {
            self.tick().await;
            self.look();
            self.owners_confirm();
            self.world.clock.advance(DAY_MS);
        }
        for _ in 0..4 {
            self.world.clock.advance(20 * MINUTE_MS);
            self.tick().await;
        }
        self.look();
        self.nothing_went_twice();
        self.no_card_came_twice();
        self.states_agree().await;
        self.what_was_let_be_went_out().await;
    }

    async fn states_agree(&self) {
        let groups = self.world.groups().await;
        let ledger = self.world.sim.sim.ledger();
        for sop in self.sops.iter().filter(|sop| !sop.is_draft && !sop.is_deleted) {
            let progress = progress(&self.world.scrm, self.world.corp, &sop.id).await.unwrap();
            assert!(!progress.card.is_planning, "{}", sop.mark);
            let total = progress.total;
            assert_eq!((total.n_planned, total.n_handed_over), (0, 0), "{} is open", sop.mark);
            if let Some(chosen) = &sop.chosen {
                assert_eq!(progress.card.n_groups, i64::try_from(chosen.len()).unwrap());
            }
            for group in &groups {
                let tasks = group.tasks.iter().filter(|task| task.sop.id == sop.id);
                let (mut n_sent, mut n_mute) = (0, 0);
                for task in tasks {
                    n_sent += usize::from(task.status == 2);
                    n_mute += usize::from(task.status > 2 && task.reason.is_none());
                }
                assert_eq!(n_mute, 0, "{}: a task ended without a reason", sop.mark);
                let is_of = |chat_id: &str, text: &str| {
                    chat_id == group.chat_id && text.contains(&sop.mark)
                };
                let n_reached =
                    ledger.iter().filter(|entry| is_of(&entry.chat_id, &entry.text)).count();
                if sop.mode == Mode::Assistant {
                    assert_eq!(n_sent, n_reached, "{} in {}", sop.mark, group.chat_id);
                }
            }
        }
    }
}

/// Tells SOP, step and version of the content.
fn text(mark: &str, step_no: i64, version: i64) -> String {
    format!("{mark}{step_no}v{version}")
}

async fn live(test: &TestDb, seed: u64) {
    let mut life = Life::begin(test, seed).await;
    for _ in 0..N_ACTS {
        life.act().await;
    }
    life.end().await;
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
fn n_seeds() -> u64 {
    std::env::var("SIYU_MODEL_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3)
}

store::on_both! { MIGRATIONS,
    async fn whatever_happens_nothing_is_doubled_lost_or_left_open(test: &TestDb) {
        for seed in 0..n_seeds() {
            eprintln!("seed {seed}");
            // A database for each life, of the same kind.
            match test.db.backend() {
                store::Backend::Sqlite => live(&store::testing::sqlite(MIGRATIONS).await, seed).await,
                store::Backend::Postgres => {
                    live(&store::testing::postgres(MIGRATIONS).await, seed).await;
                }
            }
        }
    }
}
