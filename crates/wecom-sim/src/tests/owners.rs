use serde_json::json;

use super::{Corp, small};
use crate::{Config, MassState, OwnerPolicy};

fn after_a_minute() -> OwnerPolicy {
    OwnerPolicy { confirm_after_ms: Some(60_000), ..OwnerPolicy::default() }
}

async fn with(owners: OwnerPolicy) -> Corp {
    Corp::of(Config { owners, ..small() }).await
}

#[tokio::test]
async fn an_owner_confirms_after_the_delay_and_at_its_time() {
    let corp = with(after_a_minute()).await;
    let owner = corp.owner(0);
    let msgid = corp.hand_over(&owner, &corp.chats_of(&owner), "稍后").await;
    let given_ms = corp.hand.now_ms();
    corp.hand.advance(59_999);
    assert_eq!(corp.running.sim.mass_messages()[0].state, MassState::Waiting);
    corp.hand.advance(3_600_000);
    let task = corp.post("get_groupmsg_task", json!({ "msgid": msgid })).await;
    assert_eq!(task["task_list"][0]["status"], 2);
    assert_eq!(task["task_list"][0]["send_time"], (given_ms + 60_000) / 1_000);
    assert_eq!(corp.running.sim.ledger().len(), 10);
}

#[tokio::test]
async fn some_never_confirm_and_some_leave_groups_out_the_same_for_the_same_seed() {
    let policy = OwnerPolicy {
        never_p: 0.3,
        partly_p: 0.3,
        left_out_share: 0.2,
        spread_ms: 30_000,
        ..after_a_minute()
    };
    let mut seen = Vec::new();
    for n_looks in [1, 5] {
        let corp = with(policy.clone()).await;
        let owner = corp.owner(0);
        let chats = corp.chats_of(&owner);
        for n in 0..20 {
            corp.hand_over(&owner, &chats, &format!("第{n}")).await;
        }
        for _ in 0..n_looks {
            corp.hand.advance(100_000 / n_looks);
            corp.running.sim.mass_messages();
        }
        let messages = corp.running.sim.mass_messages();
        let n_sent: Vec<usize> = messages.iter().map(|message| message.results.len()).collect();
        assert!(n_sent.contains(&0) && n_sent.contains(&8) && n_sent.contains(&10), "{n_sent:?}");
        let times: Vec<_> = messages.iter().map(|m| m.sent_at_ms).collect();
        seen.push((n_sent, times));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_cancelled_message_and_an_owner_who_left_confirm_nothing() {
    let corp = with(after_a_minute()).await;
    let (owner, leaver) = (corp.owner(0), corp.owner(1));
    let cancelled = corp.hand_over(&owner, &corp.chats_of(&owner), "取消").await;
    corp.post("cancel_groupmsg_send", json!({ "msgid": cancelled })).await;
    corp.hand_over(&leaver, &corp.chats_of(&leaver), "离职").await;
    corp.running.sim.staff_leaves(&leaver).expect("present");
    corp.hand.advance(60_000);
    assert!(corp.running.sim.ledger().is_empty());
}

#[tokio::test]
async fn nobody_needs_to_look_for_an_owner_to_confirm() {
    let corp = Corp::small().await;
    let owner = corp.owner(0);
    corp.hand_over(&owner, &corp.chats_of(&owner), "自己").await;
    let body = json!({ "confirm_after_ms": 1_000 });
    assert_eq!(corp.play("owners", body).await.status(), 200);
    corp.hand.advance(1_000);
    // `desk` looks without settling, so this ends only by the background task.
    while corp.running.sim.desk().state.ledger.entries().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(corp.play("owners", json!({ "always": true })).await.status(), 400);
}
