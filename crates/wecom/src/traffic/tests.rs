//! How requests wait, and what is counted.

use std::future::{Future, ready};

use ambient::ManualClock;

use super::*;

const CALL: Call = Call::read("user/list");

fn lane(budget: Budget) -> (Arc<Lane>, ManualClock) {
    (Traffic::new(budget).lane(&CALL), ManualClock::at(1_000_000))
}

/// Whether `future` is still waiting after it was asked once.
async fn is_waiting<T>(future: impl Future<Output = T>) -> bool {
    tokio::select! {
        biased;
        _ = future => false,
        () = ready(()) => true,
    }
}

fn metrics(lane: &Lane) -> CallMetrics {
    lock(&lane.state).metrics
}

#[tokio::test]
async fn five_requests_run_at_once_and_the_sixth_waits_for_one_to_end() {
    let (lane, hand) = lane(Budget::default());
    let clock = hand.clock();
    let mut running = Vec::new();
    for _ in 0..5 {
        running.push(lane.enter(&clock).await);
    }
    let mut sixth = Box::pin(lane.enter(&clock));
    assert!(is_waiting(&mut sixth).await);
    hand.advance(7);
    running.pop();
    drop(sixth.await);
    let CallMetrics { n_calls, n_waited, waited_ms, .. } = metrics(&lane);
    assert_eq!((n_calls, n_waited, waited_ms), (6, 1, 7));
}

#[tokio::test(start_paused = true)]
async fn a_request_beyond_the_minute_waits_until_the_minute_is_over() {
    let (lane, hand) = lane(Budget { per_minute: 3, ..Budget::default() });
    let clock = hand.clock();
    for _ in 0..3 {
        drop(lane.enter(&clock).await);
    }
    let mut fourth = Box::pin(lane.enter(&clock));
    assert!(is_waiting(&mut fourth).await);
    hand.advance(60_599);
    assert!(is_waiting(&mut fourth).await);
    hand.advance(1);
    drop(fourth.await);
    let CallMetrics { n_calls, n_waited, waited_ms, .. } = metrics(&lane);
    assert_eq!((n_calls, n_waited, waited_ms), (4, 1, 60_600));
}

#[tokio::test(start_paused = true)]
async fn a_request_beyond_the_hour_waits_until_the_hour_is_over() {
    let (lane, hand) = lane(Budget { per_hour: 2, ..Budget::default() });
    let clock = hand.clock();
    for _ in 0..2 {
        drop(lane.enter(&clock).await);
    }
    hand.advance(3_600_000);
    let mut third = Box::pin(lane.enter(&clock));
    assert!(is_waiting(&mut third).await);
    hand.advance(36_000);
    third.await;
}

#[tokio::test(start_paused = true)]
async fn a_request_counts_from_when_it_ends() {
    let (lane, hand) = lane(Budget { per_minute: 1, ..Budget::default() });
    let clock = hand.clock();
    let first = lane.enter(&clock).await;
    hand.advance(120_000);
    assert!(is_waiting(lane.enter(&clock)).await, "the first is still under way");
    drop(first);
    hand.advance(60_599);
    assert!(is_waiting(lane.enter(&clock)).await);
    hand.advance(1);
    lane.enter(&clock).await;
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_uses_up_nothing() {
    let (lane, hand) = lane(Budget { per_minute: 1, concurrent: 1, ..Budget::default() });
    let clock = hand.clock();
    let first = lane.enter(&clock).await;
    for _ in 0..10 {
        assert!(is_waiting(lane.enter(&clock)).await);
    }
    drop(first);
    for _ in 0..10 {
        assert!(is_waiting(lane.enter(&clock)).await);
    }
    hand.advance(60_600);
    lane.enter(&clock).await;
    assert_eq!(metrics(&lane).n_calls, 2);
}

#[tokio::test(start_paused = true)]
async fn a_shorter_minute_opens_sooner() {
    let budget = Budget { per_minute: 1, minute_ms: 6_000, hour_ms: 360_000, ..Budget::default() };
    let (lane, hand) = lane(budget);
    let clock = hand.clock();
    drop(lane.enter(&clock).await);
    hand.advance(6_060);
    drop(lane.enter(&clock).await);
    lane.close(&clock);
    hand.advance(6_060);
    lane.enter(&clock).await;
}

#[tokio::test(start_paused = true)]
async fn a_closed_call_lets_nothing_through_for_a_minute() {
    let (lane, hand) = lane(Budget::default());
    let clock = hand.clock();
    lane.close(&clock);
    hand.advance(59_999);
    let mut next = Box::pin(lane.enter(&clock));
    assert!(is_waiting(&mut next).await);
    hand.advance(1);
    next.await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_keeps_a_call_closed_for_a_minute_at_most() {
    let (lane, hand) = lane(Budget::default());
    let clock = hand.clock();
    lane.close(&clock);
    hand.set(0);
    assert!(is_waiting(lane.enter(&clock)).await);
    hand.set(60_000);
    lane.enter(&clock).await;
}

#[tokio::test]
async fn a_budget_of_nothing_lets_one_at_a_time_through() {
    let budget = Budget { per_minute: 0, per_hour: 0, concurrent: 0, ..Budget::default() };
    let (lane, hand) = lane(budget);
    let clock = hand.clock();
    let _pass = lane.enter(&clock).await;
    assert!(is_waiting(lane.enter(&clock)).await);
}

#[tokio::test]
async fn calls_have_budgets_of_their_own_and_are_listed_by_name() {
    let traffic = Traffic::new(Budget { concurrent: 1, ..Budget::default() });
    let clock = ManualClock::at(0).clock();
    let (list, get) = (traffic.lane(&CALL), traffic.lane(&Call::read("department/list")));
    let _running = list.enter(&clock).await;
    let _other = get.enter(&clock).await;
    assert!(is_waiting(traffic.lane(&CALL).enter(&clock)).await);
    let calls: Vec<&str> = traffic.metrics().iter().map(|metrics| metrics.call).collect();
    assert_eq!(calls, ["department/list", "user/list"]);
}

#[tokio::test]
async fn one_customer_is_changed_by_one_caller_at_a_time_and_others_meanwhile() {
    let turns = Turns::default();
    let first = turns.take("wm1").await;
    let mut second = Box::pin(turns.take("wm1"));
    assert!(is_waiting(&mut second).await);
    drop(turns.take("wm2").await);
    drop(first);
    drop(second.await);
    assert_eq!(turns.n_kept(), 0);
}

#[tokio::test]
async fn a_caller_who_gives_up_waiting_for_a_customer_leaves_nothing_behind() {
    let turns = Turns::default();
    let first = turns.take("wm1").await;
    let mut waiting = Box::pin(turns.take("wm1"));
    assert!(is_waiting(&mut waiting).await);
    drop(first);
    drop(waiting);
    assert_eq!(turns.n_kept(), 0);
    drop(turns.take("wm1").await);
}
