//! What becomes of calls that wait for being written.

use ambient::ManualClock;
use futures_util::FutureExt as _;
use store::{Db, Options, params, statements, testing::TestDb};

use super::{
    BATCH, Call, CallLog, MAX_REASON, MAX_WAITING, TELL_EVERY_MS, second::PER_SECOND, write_calls,
};
use crate::{
    CorpId, MIGRATIONS, Page, Scrm,
    apps::{NewApp, calls, create},
    testing,
    tests::NOW_MS,
};

/// A refused call in the given second.
fn call(app_id: &str, second: i64) -> Call {
    Call {
        app_id: app_id.to_owned(),
        at_ms: second * 1_000,
        path: "/api/v3/echo",
        code: 1_003,
        http_status: 200,
        duration_ms: 0,
        address: None,
        reason: "timestamp is 400 s behind the server's time".to_owned(),
    }
}

async fn app(scrm: &Scrm) -> (CorpId, String) {
    let corp = testing::corp(scrm, "wwone00000001", "secret").await;
    let new = NewApp { suffix: "a".to_owned(), ..NewApp::default() };
    (corp, create(scrm, corp, new).await.unwrap().app_id)
}

async fn n_written(scrm: &Scrm, corp: CorpId) -> i64 {
    let page = Page { no: 1, size: 1 };
    calls::list(scrm, corp, &calls::Filter::default(), page).await.unwrap().0
}

statements! {
    NO_CALLS = "DROP TABLE api_calls";
}

store::on_both! { MIGRATIONS,
    async fn calls_are_written_five_hundred_at_once(test: &TestDb) {
        let scrm = testing::scrm(test.db.clone(), ManualClock::at(NOW_MS).clock(), "");
        let (corp, app_id) = app(&scrm).await;
        for second in 1..=501 {
            assert!(scrm.call_log.has_batch().now_or_never().is_none(), "{second}");
            scrm.call_log.note(call(&app_id, second));
            if second >= 500 {
                assert!(scrm.call_log.has_batch().now_or_never().is_some(), "{second}");
            }
        }
        assert_eq!(n_written(&scrm, corp).await, 0);
        assert!(write_calls(&scrm).await.unwrap());
        assert_eq!(n_written(&scrm, corp).await, 500);
        assert!(!write_calls(&scrm).await.unwrap());
        assert_eq!(n_written(&scrm, corp).await, 501);
        assert!(!write_calls(&scrm).await.unwrap());
    }

    async fn what_cannot_be_written_at_all_is_given_up_and_counted(test: &TestDb) {
        let scrm = testing::scrm(test.db.clone(), ManualClock::at(NOW_MS).clock(), "");
        let (_, app_id) = app(&scrm).await;
        scrm.call_log.note(call(&app_id, 1));
        let mut tx = scrm.db.begin().await.unwrap();
        tx.execute(&NO_CALLS, &params![]).await.unwrap();
        tx.commit().await.unwrap();
        write_calls(&scrm).await.unwrap_err();
        assert!(scrm.call_log.is_empty());
        assert_eq!(scrm.call_log.lost_to_tell(NOW_MS), Some(1));
    }
}

#[tokio::test]
async fn what_a_busy_database_does_not_take_waits_again() {
    let test = store::testing::sqlite(MIGRATIONS).await;
    let impatient = Options { n_connections: 2, busy_wait_ms: 20 };
    let db = Db::open(&test.address, &impatient).unwrap();
    let scrm = testing::scrm(db, ManualClock::at(NOW_MS).clock(), "");
    let (corp, app_id) = app(&scrm).await;
    scrm.call_log.note(call(&app_id, 1));
    scrm.call_log.note(call(&app_id, 2));
    let elsewhere = test.db.begin().await.unwrap();
    write_calls(&scrm).await.unwrap_err();
    drop(elsewhere);
    scrm.call_log.note(call(&app_id, 3));
    write_calls(&scrm).await.unwrap();
    let page = Page { no: 1, size: 5 };
    let (_, written) = calls::list(&scrm, corp, &calls::Filter::default(), page).await.unwrap();
    let times: Vec<i64> = written.iter().map(|entry| entry.at_ms).collect();
    assert_eq!(times, [3_000, 2_000, 1_000]);
}

#[test]
fn the_oldest_are_lost_when_too_many_wait_which_is_told_once_a_minute() {
    let log = CallLog::default();
    let n_noted = i64::try_from(MAX_WAITING).unwrap() + 3;
    for second in 1..=n_noted {
        log.note(call("a", second));
    }
    let batch = log.take();
    assert_eq!((batch.len(), batch[0].at_ms), (BATCH, 4_000));
    assert_eq!(log.lost_to_tell(NOW_MS), Some(3));
    // There is room for all but one of what comes back.
    log.note(call("a", n_noted + 1));
    log.put_back(batch);
    assert_eq!(log.take()[0].at_ms, 5_000);
    assert_eq!(log.lost_to_tell(NOW_MS + TELL_EVERY_MS - 1), None);
    assert_eq!(log.lost_to_tell(NOW_MS + TELL_EVERY_MS), Some(1));
    assert_eq!(log.lost_to_tell(NOW_MS + 2 * TELL_EVERY_MS), None);
}

#[test]
fn a_reason_is_kept_within_its_length_and_without_nul() {
    let log = CallLog::default();
    let reason = format!("a\0b{}", "群".repeat(MAX_REASON));
    log.note(Call { reason, ..call("a", 1) });
    let kept = log.take().remove(0).reason;
    assert_eq!(kept, format!("ab{}", "群".repeat(MAX_REASON - 2)));
}

#[test]
fn of_an_apps_calls_in_a_second_so_many_of_each_kind_are_noted() {
    let log = CallLog::default();
    let n_noted = || log.take().len();
    let limit = usize::try_from(PER_SECOND).unwrap();
    let done = |at_ms, duration_ms| Call { at_ms, duration_ms, code: 0, ..call("a", 0) };
    for _ in 0..=PER_SECOND {
        log.note(done(1_000, 999));
    }
    assert_eq!(n_noted(), limit);
    for _ in 0..=PER_SECOND {
        log.note(call("a", 1));
    }
    assert_eq!(n_noted(), limit, "those refused are counted by themselves");
    log.note(call("b", 1));
    assert_eq!(n_noted(), 1, "and those of another app");
    log.note(done(1_000, 1_000));
    assert_eq!(n_noted(), 1, "it was answered a second later");
}
