//! What the model looks at while an SOP lives: every message that comes to WeCom, and in the end what came of it.

use std::collections::BTreeMap;

use wecom_sim::MassMessage;

use super::{Known, Life};
use crate::{
    sop::{ContentItem, Mode, StepTime, TaskState, n_by_state},
    zone::MINUTE_MS,
};

/// What a step is to send, and when.
pub(super) struct Planned {
    pub time: StepTime,
    pub text: String,
}

/// The part of a text that stays the same in all its versions.
pub(super) fn step_of(text: &str) -> String {
    text.split('v').next().unwrap().to_owned()
}

impl Known {
    /// The step that has this content: its part of the texts, and its text.
    pub(super) fn step(&self, content: &[ContentItem]) -> (String, String) {
        let [ContentItem::Text { content }] = content else { panic!("{content:?}") };
        (step_of(content), content.clone())
    }
}

impl Life {
    /// Looks at everything that came to WeCom since the last look.
    pub(super) fn look(&mut self) {
        self.nothing_frozen_has_moved();
        let messages = self.world.sim.sim.mass_messages();
        for message in &messages[self.n_seen..] {
            self.is_wanted(message);
        }
        self.n_seen = messages.len();
    }

    /// A message that was made has the newest content, not before its time, and names groups that are to get
    /// it, of the owner who is to confirm it.
    fn is_wanted(&self, message: &MassMessage) {
        let text = &message.text;
        let sop = self.sops.iter().find(|sop| text.starts_with(&sop.mark)).expect("a mark");
        assert_eq!(message.fail_list, [""; 0], "{text} names groups that WeCom refuses");
        let planned = sop.plan.get(&step_of(text));
        let planned = planned.unwrap_or_else(|| panic!("{text} is of a step that was removed"));
        assert_eq!(*text, planned.text, "an old content went out");
        let earliest_ms = match planned.time {
            StepTime::At { at_ms } => at_ms - at_ms.rem_euclid(MINUTE_MS),
            time if sop.steps.is_some() && sop.chosen.is_some() => {
                self.expected(time, sop.started_at_ms)
            }
            StepTime::NthDay { .. } => i64::MIN,
        };
        assert!(message.created_at_ms >= earliest_ms, "{text} went out before its time");
        for chat_id in &message.chat_ids {
            assert!(!sop.left.contains(chat_id), "{text} goes to a group that left: {chat_id}");
            assert!(!self.dissolved.contains(chat_id), "{text} goes to a dissolved group");
            let owner = self.world.sim.sim.group(chat_id).unwrap().owner;
            assert_eq!(owner, message.sender, "{text} is with a former owner of {chat_id}");
        }
    }

    fn nothing_frozen_has_moved(&self) {
        for sop in &self.sops {
            if let Some(n) = sop.frozen {
                assert_eq!(self.n_messages(&sop.mark), n, "{} sends while it must not", sop.mark);
            }
        }
    }

    pub(super) fn nothing_went_twice(&self) {
        let mut n_reached: BTreeMap<(String, String), usize> = BTreeMap::new();
        for entry in self.world.sim.sim.ledger() {
            let mark = step_of(&entry.text);
            *n_reached.entry((entry.chat_id, mark)).or_default() += 1;
        }
        let twice: Vec<_> = n_reached.into_iter().filter(|(_, n)| *n > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    /// A card that was repeated is the same byte for byte, so that WeCom delivers it once.
    pub(super) fn no_card_came_twice(&self) {
        let mut n_cards: BTreeMap<(String, String), usize> = BTreeMap::new();
        for card in self.world.sim.sim.app_messages() {
            if card.title == "群SOP待发送" {
                *n_cards.entry((card.touser, card.url)).or_default() += 1;
            }
        }
        let twice: Vec<_> = n_cards.into_iter().filter(|(_, n)| *n > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    /// An SOP that nobody touched after it was made was sent to each of its groups, once, unless the server
    /// was away for too long.
    pub(super) async fn what_was_let_be_went_out(&self) {
        const TOO_LATE: [&str; 2] =
            ["服务恢复时已超过允许的最晚发送时间", "在允许的时间内企业微信一直没有接受这条消息"];
        let messages = self.world.sim.sim.mass_messages();
        let states = n_by_state(&self.world.scrm, self.world.corp).await.unwrap();
        let is_open = |state| {
            [TaskState::Planned, TaskState::Dispatching, TaskState::HandedOver].contains(&state)
        };
        assert!(!states.iter().any(|(state, _)| is_open(*state)), "{states:?}");
        let let_be = |sop: &&Known| {
            sop.mode == Mode::Assistant
                && sop.steps.is_some()
                && !sop.is_draft
                && !sop.is_over
                && !sop.was_paused
        };
        let groups = self.world.groups().await;
        for sop in self.sops.iter().filter(let_be) {
            for chat_id in sop.chosen.iter().flatten() {
                let group = groups.iter().find(|group| group.chat_id == *chat_id).unwrap();
                let tasks = group.tasks.iter().filter(|task| task.sop.id == sop.id);
                let reasons: Vec<Option<&str>> = tasks.map(|task| task.reason.as_deref()).collect();
                let is_late =
                    |reason: &&Option<&str>| reason.is_some_and(|r| TOO_LATE.contains(&r));
                let wanted = reasons.len() - reasons.iter().filter(is_late).count();
                let made = messages
                    .iter()
                    .filter(|m| m.text.starts_with(&sop.mark) && m.chat_ids.contains(chat_id))
                    .count();
                assert_eq!(made, wanted, "{} in {chat_id}: {reasons:?}", sop.mark);
            }
        }
    }
}
