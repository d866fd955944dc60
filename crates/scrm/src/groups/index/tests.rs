//! The index against the naive model, on one node and on two, while groups change.

use memchr::memmem::Finder;
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use roaring::RoaringBitmap;
use store::{params, testing::TestDb};

use super::{
    Indexes, Limits,
    base::{Base, Builder, Row},
    common::Common,
    tick,
};
use crate::{
    CorpId, GroupId, MIGRATIONS, Page, Scrm, StaffId,
    groups::{
        Filter, NUMBERS_KEPT, list,
        tests::{a_group, a_request, model, numbered, stocked},
    },
    sop,
    testing::{PutGroup, change_groups},
};

const ROOM: Limits = Limits { max_bytes: 1 << 20, idle_ms: 60_000 };

/// Another process on the same database.
fn node(scrm: &Scrm, limits: Limits) -> Scrm {
    Scrm { group_indexes: Indexes::new(limits), ..scrm.clone() }
}

fn is_indexed(scrm: &Scrm, corp: CorpId) -> bool {
    scrm.group_indexes.asked(corp, scrm.clock.now_ms()).is_some()
}

async fn loaded(scrm: &Scrm, corp: CorpId) {
    is_indexed(scrm, corp);
    while tick(scrm).await.unwrap() {}
    assert!(is_indexed(scrm, corp));
}

async fn listed(scrm: &Scrm, corp: CorpId, filter: &Filter, page: Page) -> (usize, Vec<String>) {
    let answer = list(scrm, corp, filter, page).await.unwrap();
    let chat_ids = answer.groups.into_iter().map(|group| group.chat_id).collect();
    (usize::try_from(answer.n_total).unwrap(), chat_ids)
}

store::statements! {
    AT = "UPDATE corps SET change_seq = $2 WHERE corp_id = $1";
    CHANGED = "INSERT INTO group_changes (corp_id, change_seq, group_id) VALUES ($1, $2, 1)";
    N_CHANGES = "SELECT CAST(count(*) AS BIGINT) FROM group_changes WHERE corp_id = $1";
}

async fn n_changes(scrm: &Scrm, corp: CorpId) -> i64 {
    let mut reader = scrm.db.reader().await.unwrap();
    reader.query_opt(&N_CHANGES, &params![corp], |row| row.get(0)).await.unwrap().unwrap()
}

fn a_named(id: i64, name: &str) -> PutGroup {
    PutGroup {
        id,
        chat_id: format!("wr{id}"),
        owner: 400_000_000_000_001,
        raw_name: name.to_owned(),
        display_name: name.to_owned(),
        created_at_ms: id,
        is_dissolved: false,
        tags: vec![],
    }
}

/// A group is added, or becomes another one with the same chat id.
fn changed(runner: &mut TestRunner, groups: &mut Vec<PutGroup>) -> PutGroup {
    let new = a_group().new_tree(runner).unwrap().current();
    let place = (0..groups.len() * 5 / 4).new_tree(runner).unwrap().current();
    if place >= groups.len() {
        let id = i64::try_from(groups.len()).unwrap() + 1;
        groups.push(PutGroup { id, chat_id: format!("wr{:04}", id * 7_919 % 10_000), ..new });
        return groups.last().unwrap().clone();
    }
    let before = &mut groups[place];
    *before = PutGroup { id: before.id, chat_id: before.chat_id.clone(), ..new };
    before.clone()
}

store::on_both! { MIGRATIONS,
    async fn whatever_changes_both_nodes_agree_with_the_model(test: &TestDb) {
        let mut runner = TestRunner::deterministic();
        let groups = proptest::collection::vec(a_group(), 120).new_tree(&mut runner).unwrap();
        let mut groups = numbered(groups.current());
        let (scrm, corp) = stocked(test, &groups).await;
        let nodes = [node(&scrm, ROOM), node(&scrm, ROOM)];
        for node in &nodes {
            loaded(node, corp).await;
        }
        for round in 0..300 {
            let n_changes = (0..4_usize).new_tree(&mut runner).unwrap().current();
            let changes: Vec<PutGroup> =
                (0..n_changes).map(|_| changed(&mut runner, &mut groups)).collect();
            for change in changes {
                change_groups(&scrm, corp, &[change]).await;
            }
            if round % 40 == 39 {
                let index = nodes[0].group_indexes.asked(corp, scrm.clock.now_ms()).unwrap();
                assert!(index.gather().await);
            }
            let (filter, page) = a_request().new_tree(&mut runner).unwrap().current();
            let expected = model(&groups, &filter, page);
            for node in &nodes {
                let answer = listed(node, corp, &filter, page).await;
                assert_eq!(answer, expected, "round {round}: {filter:?} {page:?}");
            }
        }
        assert!(nodes.iter().all(|node| is_indexed(node, corp)));
    }

    async fn changes_that_everybody_has_seen_are_forgotten(test: &TestDb) {
        let (scrm, corp) = stocked(test, &[]).await;
        let indexed = node(&scrm, ROOM);
        loaded(&indexed, corp).await;
        let mut tx = scrm.db.begin().await.unwrap();
        let group = [a_named(1, "群")];
        tx.execute(&AT, &params![corp, 5_i64]).await.unwrap();
        tx.execute(&CHANGED, &params![corp, 5_i64]).await.unwrap();
        tx.commit().await.unwrap();
        while sop::follow_tick(&scrm, corp).await.unwrap() {}
        sop::forget_old(&scrm, corp).await.unwrap();
        assert_eq!(n_changes(&scrm, corp).await, 1, "an index may still want it");
        let mut tx = scrm.db.begin().await.unwrap();
        tx.execute(&AT, &params![corp, 5 + NUMBERS_KEPT]).await.unwrap();
        tx.commit().await.unwrap();
        change_groups(&scrm, corp, &group).await;
        sop::forget_old(&scrm, corp).await.unwrap();
        assert_eq!(n_changes(&scrm, corp).await, 1, "of the new change");
        // One that was so far behind cannot follow any more.
        let page = Page { no: 1, size: 1 };
        let answer = listed(&indexed, corp, &Filter::default(), page).await;
        assert_eq!(answer, (1, vec!["wr1".to_owned()]));
        assert!(!is_indexed(&indexed, corp));
    }

    async fn where_there_is_no_room_the_database_answers(test: &TestDb) {
        let mut runner = TestRunner::deterministic();
        let groups = proptest::collection::vec(a_group(), 20).new_tree(&mut runner).unwrap();
        let groups = numbered(groups.current());
        let (scrm, corp) = stocked(test, &groups).await;
        for limits in [Limits { max_bytes: 1_000, ..ROOM }, Limits { max_bytes: 0, ..ROOM }] {
            let node = node(&scrm, limits);
            assert!(!is_indexed(&node, corp));
            while tick(&node).await.unwrap() {}
            assert!(!is_indexed(&node, corp));
            let page = Page { no: 1, size: 10 };
            let expected = model(&groups, &Filter::default(), page);
            assert_eq!(listed(&node, corp, &Filter::default(), page).await, expected);
        }
    }

    async fn what_nobody_asks_for_is_dropped(test: &TestDb) {
        let (scrm, corp) = stocked(test, &[]).await;
        let clock = ambient::ManualClock::at(scrm.clock.now_ms());
        let node = Scrm { clock: clock.clock(), ..node(&scrm, ROOM) };
        loaded(&node, corp).await;
        clock.advance(ROOM.idle_ms - 1);
        assert!(!tick(&node).await.unwrap());
        assert!(is_indexed(&node, corp), "that was asking");
        clock.advance(ROOM.idle_ms);
        assert!(!tick(&node).await.unwrap());
        assert!(!is_indexed(&node, corp));
    }

    async fn after_very_many_changes_the_index_is_made_anew(test: &TestDb) {
        let groups: Vec<PutGroup> = (1..=20_001).map(|id| a_named(id, "群")).collect();
        let (scrm, corp) = stocked(test, &[]).await;
        let node = node(&scrm, Limits { max_bytes: 64 << 20, ..ROOM });
        loaded(&node, corp).await;
        change_groups(&scrm, corp, &groups).await;
        let page = Page { no: 1, size: 1 };
        let answer = listed(&node, corp, &Filter::default(), page).await;
        assert_eq!(answer, (20_001, vec!["wr20001".to_owned()]));
        assert!(!is_indexed(&node, corp));
        loaded(&node, corp).await;
        assert_eq!(listed(&node, corp, &Filter::default(), page).await, answer);
    }
}

fn base_of(names: &[String]) -> Base {
    let mut builder = Builder::new(names.len());
    for (id, name) in (1..).zip(names) {
        builder.push(&Row {
            id: GroupId(id),
            owner: StaffId(1),
            created_at_ms: -id,
            chat_id: "wr",
            raw_name: name,
            display_name: name,
            tags: &[],
        });
    }
    builder.finish().unwrap()
}

proptest! {
    #[test]
    fn a_search_in_one_go_finds_what_one_by_one_finds(
        names in proptest::collection::vec("[a福利群]{0,4}", 1..60),
        part in "[a福利群]{1,2}",
        passed_over in 0..10_u32,
    ) {
        let base = base_of(&names);
        let mut candidates: RoaringBitmap = (0..u32::try_from(names.len()).unwrap()).collect();
        candidates.remove_range(0..passed_over);
        candidates.remove(passed_over + 3);
        prop_assume!(!candidates.is_empty());
        let part = Finder::new(&part);
        prop_assert_eq!(
            base.named_in_one_go(&candidates, &part),
            base.named_one_by_one(&candidates, &part)
        );
    }
}

#[test]
fn what_is_common_is_known_with_all_who_have_it() {
    let name = "[客户群ab]{0,24}";
    let strategy = proptest::collection::vec(name, 60..200);
    let mut runner = TestRunner::deterministic();
    for _ in 0..20 {
        let names = strategy.new_tree(&mut runner).unwrap().current();
        let common = Common::of(names.iter().map(String::as_str));
        let all_with = |part: &str| -> RoaringBitmap {
            (0..)
                .zip(&names)
                .filter(|(_, name)| name.contains(part))
                .map(|(rank, _)| rank)
                .collect()
        };
        let characters: Vec<char> = names.concat().chars().collect();
        for n_characters in 1..=4 {
            for part in characters.windows(n_characters) {
                let part = String::from_iter(part);
                let with = all_with(&part);
                match common.get(&part) {
                    Some(found) => assert_eq!(*found, with, "{part}"),
                    None => assert!(with.len() < 16, "{part} is common"),
                }
            }
        }
        let every = RoaringBitmap::from_iter(0..u32::try_from(names.len()).unwrap());
        for name in &names {
            let mut left = every.clone();
            common.narrow(&mut left, name);
            assert!(all_with(name).is_subset(&left), "{name}");
        }
    }
}

#[test]
fn what_is_common_is_known_of_names_that_moved_and_new_ones() {
    let strategy = proptest::collection::vec("[客户群ab]{0,24}", 60..200);
    let mut runner = TestRunner::deterministic();
    for _ in 0..20 {
        let before = strategy.new_tree(&mut runner).unwrap().current();
        let common = Common::of(before.iter().map(String::as_str));
        // Every fifth is gone, and after every seventh there is a new one.
        let (mut moved, mut new, mut after) = (vec![], vec![], vec![]);
        for (place, name) in before.iter().enumerate() {
            let is_gone = place % 5 == 0;
            moved.push((!is_gone).then(|| u32::try_from(after.len()).unwrap()));
            if !is_gone {
                after.push(name.clone());
            }
            if place % 7 == 0 {
                new.push(u32::try_from(after.len()).unwrap());
                after.push(format!("新{name}客户"));
            }
        }
        let new: Vec<(u32, &str)> =
            new.into_iter().map(|rank| (rank, after[rank as usize].as_str())).collect();
        let then = common.moved(&moved, &new).unwrap();
        let characters: Vec<char> = before.concat().chars().collect();
        for part in characters.windows(2).chain(characters.windows(1)) {
            let part = String::from_iter(part);
            let with = (0..).zip(&after).filter(|(_, name)| name.contains(&part));
            let with: RoaringBitmap = with.map(|(rank, _)| rank).collect();
            assert_eq!(then.get(&part).is_some(), common.get(&part).is_some());
            assert!(then.get(&part).is_none_or(|found| *found == with), "{part}");
        }
    }
    let few = Common::of(["客户群"; 16].into_iter());
    let many: Vec<(u32, &str)> = (16..100).map(|rank| (rank, "服务群")).collect();
    assert!(few.moved(&[None; 16], &many).is_none(), "others may be common now");
}

#[test]
fn a_long_part_of_many_names_leaves_only_those_that_have_it() {
    let names: Vec<String> = (0..200)
        .map(|no| match no % 4 {
            0 => format!("第{no}届某某有限公司客户交流服务与售后支持群"),
            _ => format!("{no}"),
        })
        .collect();
    let common = Common::of(names.iter().map(String::as_str));
    let mut left = RoaringBitmap::from_iter(0..200);
    common.narrow(&mut left, "某某有限公司客户交流服务与售后支持群");
    assert_eq!(left, (0..200).step_by(4).collect());
}
