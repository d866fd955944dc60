//! When a group's task of a step is due: the rules of days and times, without a database.

use super::StepTime;
use crate::{
    GroupId,
    send::Reason,
    zone::{MINUTE_MS, Zone},
};

/// A step as planning sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlanStep {
    pub step_no: i64,
    pub time: StepTime,
    /// Earlier times make no task: the step came later, or was moved. 0 = it was there from the start.
    pub plan_from_ms: i64,
}

/// A group's part in an SOP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub group: GroupId,
    /// From here days are counted.
    pub joined_at_ms: i64,
    /// Earlier times make no task; 0 = they are due at once, when the group joined (contract/16: groups
    /// named in the call that makes the SOP).
    pub plan_from_ms: i64,
    /// It left, for this reason; then there is no task to come.
    pub left: Option<Reason>,
}

/// When the group's task of this step is due; a whole minute. Nothing when there is none to be.
pub(crate) fn due_ms(step: &PlanStep, member: &Membership, zone: &Zone) -> Option<i64> {
    if member.left.is_some() {
        return None;
    }
    let planned_ms = minute(match step.time {
        StepTime::At { at_ms } => at_ms,
        StepTime::NthDay { day_no, minute_of_day } => {
            zone.nth_day_ms(member.joined_at_ms, day_no, minute_of_day)
        }
    });
    if planned_ms < minute(member.plan_from_ms) || planned_ms < minute(step.plan_from_ms) {
        return None;
    }
    let is_due_at_once_when_past = member.plan_from_ms == 0;
    Some(if is_due_at_once_when_past {
        planned_ms.max(minute(member.joined_at_ms))
    } else {
        planned_ms
    })
}

/// The whole minute that a moment lies in.
pub(crate) fn minute(ms: i64) -> i64 {
    ms - ms.rem_euclid(MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;
    /// 2026-03-02 09:30:20 in Shanghai.
    const JOINED_MS: i64 = 1_772_415_020_000;

    fn shanghai() -> Zone {
        Zone::parse("Asia/Shanghai").unwrap()
    }

    fn member(plan_from_ms: i64) -> Membership {
        Membership { group: GroupId(1), joined_at_ms: JOINED_MS, plan_from_ms, left: None }
    }

    fn day(day_no: i64, minute_of_day: i64) -> PlanStep {
        let time = StepTime::NthDay { day_no, minute_of_day };
        PlanStep { step_no: 1, time, plan_from_ms: 0 }
    }

    #[test]
    fn a_time_that_was_past_is_due_at_once_for_named_groups_and_makes_no_task_for_later_ones() {
        let at_nine = day(1, 540);
        assert_eq!(due_ms(&at_nine, &member(0), &shanghai()), Some(JOINED_MS - 20_000));
        assert_eq!(due_ms(&at_nine, &member(JOINED_MS), &shanghai()), None);
        let at_half_past = day(1, 570);
        assert_eq!(
            due_ms(&at_half_past, &member(JOINED_MS), &shanghai()),
            Some(JOINED_MS - 20_000)
        );
    }

    #[test]
    fn the_day_of_joining_is_day_one() {
        let at_ten = |day_no| due_ms(&day(day_no, 600), &member(JOINED_MS), &shanghai()).unwrap();
        assert_eq!(at_ten(1), JOINED_MS - 20_000 + 30 * MINUTE_MS);
        assert_eq!(at_ten(5) - at_ten(1), 4 * DAY_MS);
    }

    #[test]
    fn a_step_moved_later_makes_tasks_from_then_on_only() {
        let moved = PlanStep { plan_from_ms: JOINED_MS + 2 * DAY_MS, ..day(2, 600) };
        assert_eq!(due_ms(&moved, &member(0), &shanghai()), None);
        let moved = PlanStep { plan_from_ms: JOINED_MS + 2 * DAY_MS, ..day(4, 600) };
        assert!(due_ms(&moved, &member(0), &shanghai()).is_some());
    }

    #[test]
    fn a_group_that_left_has_no_tasks_to_come() {
        let left = Membership { left: Some(Reason::LeftSop), ..member(0) };
        assert_eq!(due_ms(&day(9, 600), &left, &shanghai()), None);
    }
}
