//! What the log of calls tells, to whom, and for how long.

use ambient::ManualClock;
use store::testing::TestDb;

use super::{Call, Entry, Filter, KEPT_CALLS, KEPT_MS, list, prune, record};
use crate::{
    CorpId, MIGRATIONS, Page, Scrm,
    apps::{NewApp, create},
    testing,
    tests::NOW_MS,
};

/// A company with the apps `a` and `b`, and the appIds of these.
async fn company(scrm: &Scrm, wecom_corp_id: &str) -> (CorpId, [String; 2]) {
    let corp = testing::corp(scrm, wecom_corp_id, "secret").await;
    let mut ids = [String::new(), String::new()];
    for (id, suffix) in ids.iter_mut().zip(["a", "b"]) {
        let new = NewApp { suffix: suffix.to_owned(), ..NewApp::default() };
        *id = create(scrm, corp, new).await.unwrap().app_id;
    }
    (corp, ids)
}

/// A call that was carried out.
fn call(app_id: &str, path: &'static str, at_ms: i64) -> Call {
    Call {
        app_id: app_id.to_owned(),
        at_ms,
        path,
        code: 0,
        http_status: 200,
        duration_ms: 3,
        address: Some([192, 0, 2, 1].into()),
        reason: String::new(),
    }
}

fn refused(call: Call) -> Call {
    Call { code: 1_002, reason: "sign is wrong".to_owned(), address: None, ..call }
}

async fn times(scrm: &Scrm, corp: CorpId, filter: Filter, page: Page) -> (i64, Vec<i64>) {
    let (n_total, entries) = list(scrm, corp, &filter, page).await.unwrap();
    (n_total, entries.iter().map(|entry| entry.at_ms).collect())
}

const FIRST: Page = Page { no: 1, size: 20 };

store::on_both! { MIGRATIONS,
    async fn calls_are_found_by_app_path_and_refusal_the_last_first(test: &TestDb) {
        let scrm = testing::scrm(test.db.clone(), ManualClock::at(NOW_MS).clock(), "");
        let (corp, [a, b]) = company(&scrm, "wwone00000001").await;
        let all = [
            call(&a, "/api/v3/echo", 1),
            refused(call(&a, "/api/v3/groupSop/getGroupList", 2)),
            refused(call(&b, "/api/v3/echo", 3)),
        ];
        record(&scrm, &all).await.unwrap();
        assert_eq!(times(&scrm, corp, Filter::default(), FIRST).await, (3, vec![3, 2, 1]));
        let second = Page { no: 2, size: 2 };
        assert_eq!(times(&scrm, corp, Filter::default(), second).await, (3, vec![1]));
        let of_a = Filter { app_id: Some(a.clone()), ..Filter::default() };
        assert_eq!(times(&scrm, corp, of_a.clone(), FIRST).await, (2, vec![2, 1]));
        let refused_of_a = Filter { only_refused: true, ..of_a };
        let by_path = Filter { path_part: Some("ECHO".to_owned()), ..Filter::default() };
        assert_eq!(times(&scrm, corp, by_path, FIRST).await, (2, vec![3, 1]));
        let (n_total, entries) = list(&scrm, corp, &refused_of_a, FIRST).await.unwrap();
        let expected = Entry {
            id: 2,
            app_id: a,
            at_ms: 2,
            path: "/api/v3/groupSop/getGroupList".to_owned(),
            code: 1_002,
            http_status: 200,
            duration_ms: 3,
            address: String::new(),
            reason: "sign is wrong".to_owned(),
        };
        assert_eq!((n_total, entries), (1, vec![expected]));
    }

    async fn a_call_is_told_to_the_company_of_its_app_alone(test: &TestDb) {
        let scrm = testing::scrm(test.db.clone(), ManualClock::at(NOW_MS).clock(), "");
        let (one, [of_one, _]) = company(&scrm, "wwone00000001").await;
        let (other, [of_other, _]) = company(&scrm, "wwother000001").await;
        let all = [
            call(&of_one, "/api/v3/echo", 1),
            call(&of_other, "/api/v3/echo", 2),
            call("wwone00000001_nobody", "/api/v3/echo", 3),
        ];
        record(&scrm, &all).await.unwrap();
        record(&scrm, &all[2..]).await.unwrap();
        assert_eq!(times(&scrm, one, Filter::default(), FIRST).await, (1, vec![1]));
        assert_eq!(times(&scrm, other, Filter::default(), FIRST).await, (1, vec![2]));
        let of_other = Filter { app_id: Some(of_other), ..Filter::default() };
        assert_eq!(times(&scrm, one, of_other, FIRST).await, (0, vec![]));
    }

    async fn the_newest_are_kept_and_other_companies_forget_nothing(test: &TestDb) {
        let scrm = testing::scrm(test.db.clone(), ManualClock::at(NOW_MS).clock(), "");
        let (busy, [of_busy, _]) = company(&scrm, "wwbusy0000001").await;
        let (calm, [of_calm, _]) = company(&scrm, "wwcalm0000001").await;
        record(&scrm, &[call(&of_calm, "/api/v3/echo", 0)]).await.unwrap();
        let many: Vec<Call> =
            (1..=KEPT_CALLS + 2).map(|at_ms| call(&of_busy, "/api/v3/echo", at_ms)).collect();
        for part in many.chunks(5_000) {
            record(&scrm, part).await.unwrap();
        }
        let last = Page { no: u32::try_from(KEPT_CALLS).unwrap(), size: 1 };
        assert_eq!(times(&scrm, busy, Filter::default(), last).await, (KEPT_CALLS, vec![3]));
        assert_eq!(times(&scrm, calm, Filter::default(), FIRST).await, (1, vec![0]));
    }

    async fn calls_are_forgotten_after_seven_days(test: &TestDb) {
        let clock = ManualClock::at(NOW_MS);
        let scrm = testing::scrm(test.db.clone(), clock.clock(), "");
        let (corp, [a, _]) = company(&scrm, "wwone00000001").await;
        let (other, [of_other, _]) = company(&scrm, "wwother000001").await;
        let old = |app_id: &str| call(app_id, "/api/v3/echo", NOW_MS);
        let young = call(&a, "/api/v3/echo", NOW_MS + 1);
        record(&scrm, &[old(&a), young, old(&of_other)]).await.unwrap();
        clock.advance(KEPT_MS);
        prune(&scrm, corp).await.unwrap();
        assert_eq!(times(&scrm, corp, Filter::default(), FIRST).await.0, 2);
        clock.advance(1);
        prune(&scrm, corp).await.unwrap();
        assert_eq!(times(&scrm, corp, Filter::default(), FIRST).await, (1, vec![NOW_MS + 1]));
        assert_eq!(times(&scrm, other, Filter::default(), FIRST).await.0, 1);
    }
}
