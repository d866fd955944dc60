//! The check finds what it is there for: a run that is in order has no violation, and each disorder one.

use super::{
    acts::{Answer, Made, Story, mark},
    check::violations,
    facts::{ASSISTANT, Batch, FAILED, Facts, MANUAL, Mass, SENT, Seen, Task},
};

const EXPIRED: i64 = 4;

/// Two groups: one message was sent, one ran out of time; and a manual task that was marked as sent.
struct Run {
    story: Story,
    facts: Facts,
    seen: Seen,
}

impl Run {
    fn in_order() -> Self {
        let task = |id: &str, title: &str, chat_id: &str, mode, state, batch| Task {
            id: id.to_owned(),
            title: title.to_owned(),
            step_no: 1,
            chat_id: chat_id.to_owned(),
            mode,
            state,
            reason: (state != SENT).then(|| "the owner did not confirm it in time".to_owned()),
            batch: Some(batch),
            handed_at_ms: Some(1),
        };
        let batch = |id, mode, state| Batch { id, mode, state, owner: "zhang".to_owned() };
        let text = format!("{}新品", mark("S0", 1));
        let chat_ids = vec!["wr1".to_owned(), "wr2".to_owned()];
        let mut story = Story::default();
        story.made.push(Made::answered("S0", 2, Answer::Made("1".to_owned())));
        story.made.push(Made::answered("S1", 1, Answer::Unknown));
        story.marked_sent.insert("c".to_owned());
        Self {
            story,
            facts: Facts {
                tasks: vec![
                    task("a", "S0", "wr1", ASSISTANT, SENT, 7),
                    task("b", "S0", "wr2", ASSISTANT, EXPIRED, 7),
                    task("c", "S1", "wr1", MANUAL, SENT, 8),
                ],
                batches: vec![batch(7, ASSISTANT, 4), batch(8, MANUAL, 2)],
            },
            seen: Seen {
                ledger: [(("wr1".to_owned(), text.clone()), 1)].into(),
                masses: vec![Mass { text, chat_ids }],
                notices: vec![("Zhang".to_owned(), "http://here/h5/notice/1/8".to_owned())],
                ..Seen::default()
            },
        }
    }

    fn violations(&self) -> Vec<String> {
        violations(&self.story, &self.facts, &self.seen)
    }
}

/// The violations after something went wrong.
fn after(disorder: impl FnOnce(&mut Run)) -> Vec<String> {
    let mut run = Run::in_order();
    disorder(&mut run);
    run.violations()
}

#[test]
fn a_run_in_order_has_no_violations() {
    assert_eq!(Run::in_order().violations(), Vec::<String>::new());
}

#[test]
fn what_is_lost_is_found() {
    assert!(!after(|run| run.seen.ledger.clear()).is_empty(), "a message");
    assert!(!after(|run| drop(run.facts.tasks.remove(1))).is_empty(), "a task");
    assert!(!after(|run| run.seen.notices.clear()).is_empty(), "a notice");
    assert!(!after(|run| run.facts.tasks[2].state = FAILED).is_empty(), "a mark");
    assert!(!after(|run| run.facts.tasks.clear()).is_empty(), "an SOP");
}

#[test]
fn what_is_doubled_is_found() {
    assert!(!after(|run| *run.seen.ledger.values_mut().next().unwrap() = 2).is_empty());
    assert!(!after(|run| run.seen.masses.push(run.seen.masses[0].clone())).is_empty());
    assert!(!after(|run| run.seen.notices.push(run.seen.notices[0].clone())).is_empty());
}

#[test]
fn what_was_never_asked_for_is_found() {
    let unknown = ("wr9".to_owned(), mark("S9", 1));
    let seen = |run: &mut Run| run.seen.ledger.extend([(unknown, 1)]);
    assert!(!after(seen).is_empty(), "a message");
    let url = "http://here/h5/notice/1/9".to_owned();
    assert!(!after(|run| run.seen.notices.push(("zhang".to_owned(), url))).is_empty(), "a notice");
    let other = "li".to_owned();
    assert!(!after(|run| run.seen.notices[0].0 = other).is_empty(), "a notice to another");
    let refused = Answer::Refused("40001".to_owned());
    assert!(!after(|run| run.story.made[0].answer = refused).is_empty(), "an SOP refused");
}

#[test]
fn what_stays_open_or_has_no_reason_is_found() {
    assert!(!after(|run| run.facts.tasks[1].state = 1).is_empty(), "a task");
    assert!(!after(|run| run.facts.batches[0].state = 2).is_empty(), "a message");
    assert!(!after(|run| run.facts.tasks[1].reason = None).is_empty(), "a task without a reason");
}
