//! The list against a naive model, and what it costs.

use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use store::testing::TestDb;

use super::{Filter, ListedGroup, TagMatch, display_name, list};
use crate::{
    CorpId, MIGRATIONS, Page, PublicId, Scrm, StaffId, TagId,
    testing::{self, PutGroup, PutTask},
    tests::NOW_MS,
    users::Scope,
};

pub(super) const OWNERS: [i64; 3] = [400_000_000_000_001, 400_000_000_000_002, 400_000_000_000_003];
pub(super) const TAGS: [TagId; 3] = [TagId(1), TagId(2), TagId(3)];
const NAMES: [&str; 8] =
    ["福利一群", "福利二群", "VIP Club", "vip 折扣 50%", "a_b", "axb", "福 利", "back\\slash"];
const DAY_MS: i64 = 86_400_000;

pub(super) fn a_group() -> impl Strategy<Value = PutGroup> {
    let tags = proptest::sample::subsequence(TAGS.to_vec(), 0..=3);
    (0..OWNERS.len(), 0..NAMES.len(), 0..6_i64, any::<bool>(), tags).prop_map(
        |(owner, name, day, is_dissolved, tags)| PutGroup {
            id: 0,
            chat_id: String::new(),
            owner: OWNERS[owner],
            raw_name: NAMES[name].to_owned(),
            display_name: NAMES[name].to_owned(),
            created_at_ms: NOW_MS - day * DAY_MS,
            is_dissolved: is_dissolved && day % 2 == 0,
            tags,
        },
    )
}

pub(super) fn a_request() -> impl Strategy<Value = (Filter, Page)> {
    let owner = proptest::option::of(proptest::sample::select(
        [&OWNERS[..], &[499_999_999_999_999]].concat(),
    ));
    let parts = ["福利", "群", "vip", "VIP", "%", "_", "\\", "50%", "不存在", " ", "a_"];
    let name_part = proptest::option::of(proptest::sample::select(parts.to_vec()));
    let tags = proptest::sample::subsequence(TAGS.to_vec(), 0..=3);
    let tag_match = proptest::sample::select(vec![TagMatch::Any, TagMatch::All, TagMatch::None]);
    let day = || proptest::option::of(0..6_i64);
    let scope = proptest::option::of(proptest::sample::subsequence(OWNERS.to_vec(), 0..=2));
    (owner, name_part, tags, tag_match, day(), day(), 1..4_u32, 1..40_u32, scope).prop_map(
        |(owner, name_part, tags, tag_match, from, to, no, size, scope)| {
            let filter = Filter {
                owner: owner.map(StaffId),
                name_part: name_part.map(str::to_owned),
                tags,
                tag_match,
                created_from_ms: from.map(|day| NOW_MS - day * DAY_MS),
                created_to_ms: to.map(|day| NOW_MS - day * DAY_MS),
                scope: scope.map_or(Scope::Everything, |owners| {
                    Scope::Of(owners.into_iter().map(StaffId).collect())
                }),
            };
            (filter, Page { no, size })
        },
    )
}

/// What the list should answer, in the plainest words.
pub(super) fn model(groups: &[PutGroup], filter: &Filter, page: Page) -> (usize, Vec<String>) {
    let mut left: Vec<&PutGroup> = groups
        .iter()
        .filter(|group| !group.is_dissolved)
        .filter(|group| filter.owner.is_none_or(|owner| owner.0 == group.owner))
        .filter(|group| match &filter.scope {
            Scope::Everything => true,
            Scope::Of(owners) => owners.iter().any(|owner| owner.0 == group.owner),
        })
        .filter(|group| {
            filter.name_part.as_ref().is_none_or(|part| {
                let name = group.display_name.to_ascii_lowercase();
                name.contains(&part.to_ascii_lowercase())
            })
        })
        .filter(|group| {
            let n_shared = filter.tags.iter().filter(|tag| group.tags.contains(tag)).count();
            filter.tags.is_empty()
                || match filter.tag_match {
                    TagMatch::Any => n_shared > 0,
                    TagMatch::All => n_shared == filter.tags.len(),
                    TagMatch::None => n_shared == 0,
                }
        })
        .filter(|group| filter.created_from_ms.is_none_or(|from| group.created_at_ms >= from))
        .filter(|group| filter.created_to_ms.is_none_or(|to| group.created_at_ms <= to))
        .collect();
    left.sort_by(|a, b| {
        b.created_at_ms.cmp(&a.created_at_ms).then_with(|| a.chat_id.cmp(&b.chat_id))
    });
    let skipped = (page.no as usize - 1) * page.size as usize;
    let shown = left.iter().skip(skipped).take(page.size as usize);
    (left.len(), shown.map(|group| group.chat_id.clone()).collect())
}

pub(super) async fn stocked(test: &TestDb, groups: &[PutGroup]) -> (Scrm, CorpId) {
    let clock = ambient::ManualClock::at(NOW_MS).clock();
    let scrm = testing::scrm(test.db.clone(), clock, "http://127.0.0.1:9");
    let corp = testing::corp(&scrm, "wwtest00000001", "secret").await;
    for owner in OWNERS {
        testing::put_staff(&scrm, corp, owner, "群主", &[]).await;
    }
    testing::put_groups(&scrm, corp, groups).await;
    (scrm, corp)
}

pub(super) fn numbered(mut groups: Vec<PutGroup>) -> Vec<PutGroup> {
    for (number, group) in (1..).zip(&mut groups) {
        group.id = number;
        group.chat_id = format!("wr{:04}", (number * 7_919) % 10_000);
    }
    groups
}

store::on_both! { MIGRATIONS,
    async fn every_combination_of_filters_agrees_with_a_naive_model(test: &TestDb) {
        let mut runner = TestRunner::deterministic();
        let groups = proptest::collection::vec(a_group(), 120).new_tree(&mut runner).unwrap();
        let groups = numbered(groups.current());
        let (scrm, corp) = stocked(test, &groups).await;
        let mut n_with_rows = 0;
        for _ in 0..400 {
            let (filter, page) = a_request().new_tree(&mut runner).unwrap().current();
            let answer = list(&scrm, corp, &filter, page).await.unwrap();
            let chat_ids: Vec<String> =
                answer.groups.into_iter().map(|group| group.chat_id).collect();
            let answer = (usize::try_from(answer.n_total).unwrap(), chat_ids);
            assert_eq!(answer, model(&groups, &filter, page), "{filter:?} {page:?}");
            n_with_rows += usize::from(!answer.1.is_empty());
        }
        assert!(n_with_rows > 100, "the requests hit too seldom to prove anything: {n_with_rows}");
    }

    async fn a_page_costs_a_few_statements_whatever_its_size(test: &TestDb) {
        let mut runner = TestRunner::deterministic();
        let groups = proptest::collection::vec(a_group(), 450).new_tree(&mut runner).unwrap();
        let groups = numbered(groups.current());
        let (scrm, corp) = stocked(test, &groups).await;
        for size in [1, 10, 200] {
            for tags in [vec![], TAGS.to_vec()] {
                let filter = Filter { tags, ..Filter::default() };
                let before = scrm.db.n_statements();
                let page = list(&scrm, corp, &filter, Page { no: 1, size }).await.unwrap();
                assert_eq!(page.groups.len(), size as usize);
                let n_statements = scrm.db.n_statements() - before;
                assert!(n_statements <= 8, "{n_statements} for {size} groups");
            }
        }
    }

    async fn of_groups_with_thousands_of_tasks_the_latest_are_shown_as_of_others(test: &TestDb) {
        let mut runner = TestRunner::deterministic();
        let groups = proptest::collection::vec(a_group(), 2).new_tree(&mut runner).unwrap();
        let live = |group| PutGroup { is_dissolved: false, ..group };
        let groups = numbered(groups.current().into_iter().map(live).collect());
        let (scrm, corp) = stocked(test, &groups).await;
        let task = |number: i64, group: i64| PutTask {
            sop: number,
            sop_uuid: PublicId(number.to_be_bytes().repeat(2).try_into().unwrap()),
            title: format!("{number}"),
            mode: 1,
            creator: 0,
            group,
            uuid: PublicId(number.to_be_bytes().repeat(2).try_into().unwrap()),
            state: 1,
            // In another order than they are stored.
            due_at_ms: NOW_MS + number * 7_919 % 4_101,
            created_at_ms: NOW_MS,
        };
        let of_first = (1..=4_100).map(|number| task(number, groups[0].id));
        let of_second = (5_001..=5_003).map(|number| task(number, groups[1].id));
        let tasks: Vec<PutTask> = of_first.chain(of_second).collect();
        testing::put_tasks(&scrm, corp, &tasks).await;
        let page = list(&scrm, corp, &Filter::default(), Page { no: 1, size: 10 }).await.unwrap();
        for (group, n_shown) in [(&groups[0], 200), (&groups[1], 3)] {
            let mut expected: Vec<(i64, String)> = tasks
                .iter()
                .filter(|task| task.group == group.id)
                .map(|task| (task.due_at_ms, task.title.clone()))
                .collect();
            expected.sort_unstable();
            let listed = page.groups.iter().find(|listed| listed.chat_id == group.chat_id).unwrap();
            let shown: Vec<(i64, String)> = listed
                .tasks
                .iter()
                .map(|task| (task.start_at_ms, task.sop.title.to_string()))
                .collect();
            assert_eq!(shown, expected[expected.len() - n_shown..]);
        }
    }

    async fn another_companys_groups_are_never_listed(test: &TestDb) {
        let group = PutGroup {
            id: 1,
            chat_id: "wr1".to_owned(),
            owner: OWNERS[0],
            raw_name: "群".to_owned(),
            display_name: "群".to_owned(),
            created_at_ms: NOW_MS,
            is_dissolved: false,
            tags: vec![TAGS[0]],
        };
        let (scrm, _) = stocked(test, &[group]).await;
        let other = testing::corp(&scrm, "wwother0000001", "secret").await;
        let page = list(&scrm, other, &Filter::default(), Page { no: 1, size: 10 }).await.unwrap();
        assert_eq!((page.n_total, page.groups), (0, Vec::<ListedGroup>::new()));
    }
}

#[test]
fn an_unnamed_group_is_called_by_its_first_five_members() {
    let names = ["孟祥宇", "噜啦啦", "猴子", "陈酒,", "姜晓柏", "第六"];
    assert_eq!(display_name("福利群", names.into_iter()), "福利群");
    assert_eq!(display_name("", names.into_iter()), "孟祥宇、噜啦啦、猴子、陈酒,、姜晓柏...");
    assert_eq!(display_name("", names.into_iter().take(5)), "孟祥宇、噜啦啦、猴子、陈酒,、姜晓柏");
    assert_eq!(display_name("", std::iter::empty()), "");
}
