//! Customers against the simulated company, over HTTP.

use std::future::pending;

use store::testing::TestDb;
use wecom_sim::{Fault, Meeting, Remark};

use super::{Ending, RelationState, counts, end_relation, names};
use crate::{
    MIGRATIONS, corps, org,
    refresh::{self, Thing},
    sync::{self, PartReport, Report},
    tests::{
        World,
        actions::{Dice, act_with_customers},
        customers::{assert_same_customers, simulated_customers, states, stored},
        events::{Sender, Telling, read_anew, tell_in_disorder},
    },
};

const BATCH: &str = "externalcontact/batch/get_by_user";
const LIST: &str = "externalcontact/list";
const GET: &str = "externalcontact/get";

fn part(report: &Report) -> &PartReport {
    &report.parts[3]
}

/// A company whose customers are mirrored.
async fn synced(test: &TestDb, n_followers: usize, n_customers: usize) -> World {
    let world = World::with_customers(test, n_followers, n_customers).await;
    let report = world.sync().await;
    assert_eq!(report.n_problems(), 0, "{report:?}");
    world
}

/// Pairs of members and customers, one a customer, in no order that matters.
fn pairs(world: &World) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in simulated_customers(world).into_keys() {
        let followers = world.sim.sim.customer(&pair.1).unwrap().followers.len();
        if followers == 1 {
            pairs.push(pair);
        }
    }
    pairs
}

/// Every event is told and everything told is read, as often as it takes.
async fn settle(world: &World, sender: &Sender) {
    sender.pass_on(world).await;
    for _ in 0..4 {
        world.clock.advance(10_000);
        read_anew(world).await;
    }
}

/// The customer and the member meet another time.
fn again(external_user_id: &str) -> Meeting {
    Meeting { external_userid: Some(external_user_id.to_owned()), ..Meeting::default() }
}

/// People act, and events arrive doubled and out of order; so many in a hundred are lost.
async fn days(world: &World, sender: &Sender, dice: &Dice, lost: usize) {
    // Two events of one second cannot be put in order.
    let telling = Telling { n_actions: 300, lost, doubled: 10, apart_ms: 1_000 };
    tell_in_disorder(world, sender, dice, telling, act_with_customers).await;
    settle(world, sender).await;
}

store::on_both! { MIGRATIONS,
    async fn a_run_mirrors_all_customers_and_a_second_one_writes_nothing(test: &TestDb) {
        let world = World::with_customers(test, 140, 900).await;
        let first = world.sync().await;
        assert_eq!(first.n_problems(), 0, "{first:?}");
        assert_same_customers(&world).await;
        let n_relations = simulated_customers(&world).len();
        assert!(n_relations > 1_000, "more than one page a block: {n_relations}");
        assert_eq!(part(&first).n_read, n_relations);
        let last = sync::last_run(&world.scrm, world.corp).await.unwrap().unwrap();
        let n_done = i64::try_from(n_relations).unwrap();
        assert_eq!((last.n_done, last.n_total), (n_done, n_done), "it was counted first");
        let mut reader = world.scrm.db.reader().await.unwrap();
        let counts = counts(&mut reader, world.corp).await.unwrap();
        assert_eq!((counts.n_customers, counts.n_relations), (900, n_done));
        drop(reader);

        let (n_lists, n_single) = (world.sim.sim.n_calls(LIST), world.sim.sim.n_calls(GET));
        let second = world.sync().await;
        assert_eq!(part(&second).n_written, 0, "{second:?}");
        let n_members = world.sim.sim.staff().len();
        let n_asked = usize::try_from(world.sim.sim.n_calls(LIST) - n_lists).unwrap();
        assert!(n_asked <= n_members, "one list a member: {n_asked}");
        assert_eq!(world.sim.sim.n_calls(GET), n_single);
    }

    async fn what_members_note_is_followed_and_only_that_is_written(test: &TestDb) {
        let world = synced(test, 8, 60).await;
        let sim = &world.sim.sim;
        let pairs = pairs(&world);
        let note = |text: &str| Remark { remark: Some(text.to_owned()), ..Remark::default() };
        let (user, customer) = &pairs[0];
        sim.remark_customer(user, customer, note("😀👨‍👩‍👧 O'Brien \"x\" \\%_")).unwrap();
        let (user, customer) = &pairs[1];
        let mobiles = Remark {
            description: Some("多行\n备注".to_owned()),
            remark_company: Some("公司".to_owned()),
            remark_mobiles: Some(vec!["13800000001".to_owned(), "\"2\"".to_owned()]),
            ..Remark::default()
        };
        sim.remark_customer(user, customer, mobiles).unwrap();
        let (_, added) = sim.add_tags("新标签组", &["甲", "乙"]).unwrap();
        let (user, customer) = &pairs[2];
        let before = sim.customer(customer).unwrap().followers[0].relation.tag_ids.clone();
        sim.mark_customer(user, customer, &added, &before).unwrap();
        let report = world.sync().await;
        assert_same_customers(&world).await;
        assert_eq!(part(&report).n_written, 2 + added.len() + before.len(), "{report:?}");
        sim.mark_customer(user, customer, &before, &added).unwrap();
        let report = world.sync().await;
        assert_same_customers(&world).await;
        assert_eq!(part(&report).n_written, added.len() + before.len(), "{report:?}");
    }

    async fn names_hold_anything_and_nul_is_replaced(test: &TestDb) {
        let world = synced(test, 3, 10).await;
        let user = world.sim.sim.staff()[0].userid.clone();
        let texts = ["😀 'O''Brien' \"客户\" \\ %_ \u{202e}", "a\0b"];
        let ids = texts.map(|name| {
            let channel = name.to_owned();
            let meeting = Meeting { name: name.to_owned(), state: channel, ..Meeting::default() };
            world.sim.sim.customer_adds(&user, meeting).unwrap()
        });
        assert_eq!(world.sync().await.n_problems(), 0);
        let mut reader = world.scrm.db.reader().await.unwrap();
        let known = names(&mut reader, world.corp, &ids).await.unwrap();
        assert_eq!(known[&ids[0]], texts[0]);
        assert_eq!(known[&ids[1]], "a\u{fffd}b");
    }

    async fn a_relation_that_the_member_ended_is_gone_and_one_that_is_made_anew_is_back(test: &TestDb) {
        let world = synced(test, 8, 60).await;
        let (user, customer) = pairs(&world)[0].clone();
        let pair = (user.clone(), customer.clone());
        world.sim.sim.staff_deletes_customer(&user, &customer).unwrap();
        let report = world.sync().await;
        assert_eq!((part(&report).n_written, report.n_problems()), (1, 0), "{report:?}");
        assert_eq!(states(&world).await[&pair], RelationState::Gone);
        assert_same_customers(&world).await;
        world.clock.advance(60_000);
        let meeting = again(&customer);
        world.sim.sim.customer_adds(&user, meeting).unwrap();
        world.sync().await;
        assert_eq!(states(&world).await[&pair], RelationState::Current);
        assert_same_customers(&world).await;
    }

    async fn a_relation_that_the_customer_ended_stays_ended_until_it_is_made_anew(test: &TestDb) {
        let world = synced(test, 8, 60).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let pairs = pairs(&world);
        for (user, customer) in &pairs[..2] {
            sim.customer_deletes_staff(user, customer).unwrap();
        }
        settle(&world, &sender).await;
        let report = world.sync().await;
        assert_eq!(part(&report).n_written, 0, "WeCom shows them as before: {report:?}");
        let ended = states(&world).await;
        assert!(pairs[..2].iter().all(|pair| ended[pair] == RelationState::EndedByCustomer));
        assert_same_customers(&world).await;

        // Of one the event arrives; of the other it is lost, and the time of the relation tells.
        sim.customer_adds(&pairs[0].0, again(&pairs[0].1)).unwrap();
        settle(&world, &sender).await;
        assert_eq!(states(&world).await[&pairs[0]], RelationState::Current);
        sim.customer_adds(&pairs[1].0, again(&pairs[1].1)).unwrap();
        drop(sender.new_events(&world));
        assert_eq!(states(&world).await[&pairs[1]], RelationState::EndedByCustomer);
        world.sync().await;
        assert_eq!(states(&world).await[&pairs[1]], RelationState::Current);
        assert_same_customers(&world).await;
    }

    async fn a_customer_who_comes_and_goes_before_he_is_read_has_gone(test: &TestDb) {
        let world = synced(test, 3, 10).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let user = sim.staff()[0].userid.clone();
        let meeting = Meeting { name: "路人".to_owned(), ..Meeting::default() };
        let customer = sim.customer_adds(&user, meeting).unwrap();
        world.clock.advance(1_000);
        sim.customer_deletes_staff(&user, &customer).unwrap();
        settle(&world, &sender).await;
        world.sync().await;
        assert_eq!(states(&world).await[&(user, customer)], RelationState::EndedByCustomer);
        assert_same_customers(&world).await;
    }

    async fn events_out_of_order_end_where_they_would_have_in_order(test: &TestDb) {
        let world = synced(test, 3, 10).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let pairs = pairs(&world);
        let [(user, customer), (another, her)] = [&pairs[0], &pairs[1]];
        sim.customer_deletes_staff(user, customer).unwrap();
        world.clock.advance(1_000);
        sim.customer_adds(user, again(customer)).unwrap();
        world.clock.advance(1_000);
        sim.customer_deletes_staff(user, customer).unwrap();
        sim.customer_deletes_staff(another, her).unwrap();
        world.clock.advance(1_000);
        sim.customer_adds(another, again(her)).unwrap();
        let mut events = sender.new_events(&world);
        events.reverse();
        for (kind, xml) in events {
            sender.deliver(&world, kind, &xml).await.unwrap();
        }
        settle(&world, &sender).await;
        let states = states(&world).await;
        assert_eq!(states[&pairs[0]], RelationState::EndedByCustomer);
        assert_eq!(states[&pairs[1]], RelationState::Current);
        assert_same_customers(&world).await;
    }

    async fn a_relation_that_the_member_ends_is_gone_at_once_when_the_event_comes(test: &TestDb) {
        let world = synced(test, 3, 10).await;
        let sender = Sender::set_up(&world).await;
        let pair = pairs(&world)[0].clone();
        let n_asked = world.sim.sim.n_calls(GET);
        world.sim.sim.staff_deletes_customer(&pair.0, &pair.1).unwrap();
        sender.pass_on(&world).await;
        assert_eq!(states(&world).await[&pair], RelationState::Gone);
        assert_eq!(world.sim.sim.n_calls(GET), n_asked);
        settle(&world, &sender).await;
        assert_eq!(world.sim.sim.n_calls(GET), n_asked + 3, "WeCom says three times that he is gone");
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 0);
        assert_same_customers(&world).await;
    }

    async fn a_new_customer_whom_wecom_does_not_show_yet_is_asked_for_again(test: &TestDb) {
        let world = synced(test, 3, 10).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let user = sim.staff()[0].userid.clone();
        sim.fail_times(GET, Fault::Errcode { errcode: 84_061 }, 2).unwrap();
        sim.customer_adds(&user, Meeting { name: "新客户".to_owned(), ..Meeting::default() }).unwrap();
        settle(&world, &sender).await;
        assert_same_customers(&world).await;
    }

    async fn a_tag_that_is_not_in_the_library_yet_finds_its_place_later(test: &TestDb) {
        let world = synced(test, 3, 10).await;
        let sim = &world.sim.sim;
        let pair = pairs(&world)[0].clone();
        let (_, added) = sim.add_tags("新标签组", &["甲"]).unwrap();
        sim.mark_customer(&pair.0, &pair.1, &added, &[]).unwrap();
        sim.fail_times("get_corp_tag_list", Fault::Http { status: 502 }, 9).unwrap();
        world.sync().await;
        let of_pair = async || {
            let stored = stored(&world).await.into_iter();
            let mut found = stored.filter(|(user, c, _)| (user, &c.external_user_id) == (&pair.0, &pair.1));
            found.next().unwrap().2
        };
        let before = of_pair().await;
        assert_eq!(before.tags_unknown, serde_json::to_string(&added).unwrap());
        assert_same_customers(&world).await;
        sim.clear_faults();
        let report = world.sync().await;
        let after = of_pair().await;
        assert_eq!((after.tags_unknown.as_str(), after.tags.len()), ("[]", before.tags.len() + 1));
        assert_eq!(part(&report).n_written, 2, "the relation and the tag: {report:?}");
        assert_same_customers(&world).await;
    }

    async fn one_member_whom_wecom_refuses_does_not_take_the_others_along(test: &TestDb) {
        let world = World::with_customers(test, 120, 400).await;
        let sim = world.sim.sim.clone();
        let leaver = pairs(&world)[7].0.clone();
        let watch = |progress: sync::Progress| {
            let is_present = sim.staff().iter().any(|m| m.userid == leaver && m.status != 5);
            if progress.part == sync::Part::CustomerTags && is_present {
                sim.staff_leaves(&leaver).unwrap();
            }
        };
        let report = sync::run(&world.scrm, world.corp, "a", &watch, pending()).await;
        let report = report.unwrap().unwrap();
        assert_eq!(part(&report).n_problems, 1, "{report:?}");
        assert!(part(&report).problems[0].contains(&leaver), "{report:?}");
        assert_same_customers(&world).await;
        assert_eq!(world.sync().await.n_problems(), 0, "he is known to have left");
        assert_same_customers(&world).await;
    }

    async fn the_customers_of_a_member_who_left_are_gone_without_a_problem(test: &TestDb) {
        let world = synced(test, 8, 60).await;
        let pair = pairs(&world)[0].clone();
        world.sim.sim.staff_leaves(&pair.0).unwrap();
        let report = world.sync().await;
        assert_eq!(report.n_problems(), 0, "{report:?}");
        assert_eq!(states(&world).await[&pair], RelationState::Gone);
        assert_same_customers(&world).await;
        let report = world.sync().await;
        assert_eq!(part(&report).n_written, 0, "{report:?}");
    }

    async fn a_stopped_run_goes_on_at_the_page_where_it_stood(test: &TestDb) {
        let world = World::with_customers(test, 230, 1_500).await;
        let sim = &world.sim.sim;
        let n_relations = simulated_customers(&world).len();
        let n_pages = u64::try_from(n_relations).unwrap().div_ceil(100) + 3;
        for n_done in [300, 700, 1_200] {
            let stop = tokio::sync::Notify::new();
            let watch = |progress: sync::Progress| {
                if progress.part == sync::Part::Customers && progress.n_done >= n_done {
                    stop.notify_one();
                }
            };
            let outcome = sync::run(&world.scrm, world.corp, "a", &watch, stop.notified()).await;
            assert!(matches!(outcome, Err(crate::Error::Conflict(_))), "{outcome:?}");
        }
        let report = world.sync().await;
        assert_eq!((report.n_resumed, report.n_problems()), (3, 0), "{report:?}");
        assert_same_customers(&world).await;
        // At each stop the page being read is read again.
        let n_asked = sim.n_calls(BATCH);
        assert!((n_pages - 3..=n_pages + 3 * 2).contains(&n_asked), "{n_asked} for {n_pages}");
        assert_eq!(part(&world.sync().await).n_written, 0);
    }

    async fn a_refusal_of_everything_ends_the_run_and_the_next_goes_on(test: &TestDb) {
        let world = World::with_customers(test, 120, 1_000).await;
        let sim = world.sim.sim.clone();
        let watch = |progress: sync::Progress| {
            if progress.part == sync::Part::Customers && progress.n_done >= 400 {
                sim.fail_times(BATCH, Fault::Errcode { errcode: 60_020 }, 9).unwrap();
            }
        };
        let refusal = sync::run(&world.scrm, world.corp, "a", &watch, pending()).await;
        assert!(refusal.unwrap_err().to_string().contains("60020"));
        sim.clear_faults();
        let report = world.sync().await;
        assert_eq!((report.n_resumed, report.n_problems()), (1, 0), "{report:?}");
        assert_same_customers(&world).await;
    }

    async fn a_page_that_fails_is_named_and_the_rest_goes_on(test: &TestDb) {
        let world = World::with_customers(test, 230, 700).await;
        world.sim.sim.fail_times(BATCH, Fault::Http { status: 502 }, 4).unwrap();
        let report = world.sync().await;
        let part = part(&report);
        assert_eq!(part.n_problems, 1, "{report:?}");
        assert!(part.problems[0].contains("502"), "{report:?}");
        let n_relations = simulated_customers(&world).len();
        assert!(part.n_read > 0 && part.n_read < n_relations, "{report:?}");
        assert_eq!(world.sync().await.n_problems(), 0);
        assert_same_customers(&world).await;
    }

    async fn a_cursor_that_ran_out_begins_the_block_anew(test: &TestDb) {
        let world = World::with_customers(test, 100, 600).await;
        let sim = world.sim.sim.clone();
        let has_failed = std::sync::atomic::AtomicBool::new(false);
        let watch = |progress: sync::Progress| {
            let is_under_way = progress.part == sync::Part::Customers && progress.n_done >= 200;
            if is_under_way && !has_failed.swap(true, std::sync::atomic::Ordering::SeqCst) {
                sim.fail_next(BATCH, Fault::Errcode { errcode: 50_100 }).unwrap();
            }
        };
        let report = sync::run(&world.scrm, world.corp, "a", &watch, pending()).await;
        let report = report.unwrap().unwrap();
        assert_eq!(report.n_problems(), 0, "{report:?}");
        assert!(part(&report).n_read > simulated_customers(&world).len(), "read again: {report:?}");
        assert_same_customers(&world).await;
    }

    async fn a_call_that_fails_once_is_repeated_and_leaves_no_problem(test: &TestDb) {
        let world = World::with_customers(test, 8, 60).await;
        let sim = &world.sim.sim;
        for call in [BATCH, LIST] {
            for fault in [Fault::Http { status: 500 }, Fault::CutBody] {
                sim.fail_next(call, fault).unwrap();
                assert_eq!(world.sync().await.n_problems(), 0, "{call} {fault:?}");
            }
        }
        let pair = pairs(&world)[0].clone();
        sim.staff_deletes_customer(&pair.0, &pair.1).unwrap();
        sim.fail_next(GET, Fault::Http { status: 500 }).unwrap();
        assert_eq!(world.sync().await.n_problems(), 0);
        assert_same_customers(&world).await;
    }

    async fn an_empty_list_ends_no_relation(test: &TestDb) {
        let world = synced(test, 8, 60).await;
        let sim = &world.sim.sim;
        for call in [BATCH, LIST] {
            sim.fail_times(call, Fault::Errcode { errcode: 84_061 }, 1_000).unwrap();
        }
        let report = world.sync().await;
        assert_eq!((part(&report).n_written, part(&report).n_read), (0, 0), "{report:?}");
        assert_same_customers(&world).await;
        // Nor when those who are missing cannot be asked for either.
        sim.fail_times(GET, Fault::Http { status: 502 }, 1_000).unwrap();
        let refusal = sync::run(&world.scrm, world.corp, "a", &|_| {}, pending()).await;
        assert!(refusal.unwrap_err().to_string().contains("502"));
        assert_same_customers(&world).await;
    }

    async fn one_customer_who_cannot_be_read_is_named_and_read_later(test: &TestDb) {
        let world = synced(test, 8, 60).await;
        let sim = &world.sim.sim;
        let pair = pairs(&world)[0].clone();
        sim.staff_deletes_customer(&pair.0, &pair.1).unwrap();
        sim.fail_times(GET, Fault::Http { status: 502 }, 2).unwrap();
        let report = world.sync().await;
        assert_eq!(part(&report).n_problems, 1, "{report:?}");
        assert!(part(&report).problems[0].contains(&pair.1), "{report:?}");
        assert_eq!(states(&world).await[&pair], RelationState::Current);
        for _ in 0..3 {
            world.clock.advance(300_000);
            read_anew(&world).await;
        }
        assert_eq!(states(&world).await[&pair], RelationState::Gone);
    }

    async fn a_customer_may_have_more_followers_than_one_answer_holds(test: &TestDb) {
        let world = synced(test, 620, 1).await;
        let (user, customer) = simulated_customers(&world).into_keys().next().unwrap();
        let n_followers = simulated_customers(&world).len();
        assert!(n_followers > 500, "{n_followers}");
        world.sim.sim.staff_deletes_customer(&user, &customer).unwrap();
        let report = world.sync().await;
        assert_eq!((part(&report).n_written, report.n_problems()), (1, 0), "{report:?}");
        assert_same_customers(&world).await;
    }

    async fn an_event_newer_than_what_the_run_read_has_the_customer_read_again(test: &TestDb) {
        let world = synced(test, 3, 10).await;
        let sender = Sender::set_up(&world).await;
        let (user, customer) = pairs(&world)[0].clone();
        let sim = &world.sim.sim;
        // The run has read it; before the run writes it, the remark is changed, told and read.
        let n_pages = sim.n_calls(BATCH);
        sim.fail_next(BATCH, Fault::Hang { ms: 800 }).unwrap();
        let changed = async {
            while sim.n_calls(BATCH) == n_pages {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            let remark = Remark { remark: Some("刚改".to_owned()), ..Remark::default() };
            sim.remark_customer(&user, &customer, remark).unwrap();
            sender.pass_on(&world).await;
            world.clock.advance(refresh::SETTLE_MS);
            read_anew(&world).await;
            assert_same_customers(&world).await;
        };
        tokio::join!(world.sync(), changed);
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 1);
        world.clock.advance(refresh::SETTLE_MS);
        read_anew(&world).await;
        assert_same_customers(&world).await;
    }

    async fn events_that_all_arrive_need_no_synchronisation(test: &TestDb) {
        let world = synced(test, 8, 40).await;
        let sender = Sender::set_up(&world).await;
        let late_data_ms = refresh::SETTLE_MS - 100;
        world.sim.sim.set_limits(wecom_sim::Limits { late_data_ms, ..world.sim.sim.limits() });
        for seed in 0..4 {
            days(&world, &sender, &Dice::seeded(seed), 0).await;
            assert_same_customers(&world).await;
            let states = states(&world).await;
            for customer in world.sim.sim.customers() {
                for wecom_sim::Follower { userid, relation } in customer.followers {
                    let pair = (userid, customer.external_userid.clone());
                    if !relation.half {
                        let is_ended = states[&pair] == RelationState::EndedByCustomer;
                        assert_eq!(is_ended, relation.left, "seed {seed}: {pair:?}");
                    }
                }
            }
        }
    }

    async fn events_that_are_lost_are_made_good_by_a_synchronisation(test: &TestDb) {
        let world = synced(test, 8, 40).await;
        let sender = Sender::set_up(&world).await;
        days(&world, &sender, &Dice::seeded(1), 20).await;
        world.sync().await;
        assert_same_customers(&world).await;
        assert_eq!(part(&world.sync().await).n_written, 0);
    }

    async fn what_is_not_known_does_not_end(test: &TestDb) {
        let world = World::with_customers(test, 3, 10).await;
        let mut tx = corps::begin_alone(&world.scrm, world.corp).await.unwrap();
        end_relation(&mut tx, world.corp, "nobody", "wm1", Ending::Gone, 1).await.unwrap();
        refresh::want(&mut tx, world.corp, &[Thing::Customer("wm1".to_owned())], 0).await.unwrap();
        tx.commit().await.unwrap();
        assert!(stored(&world).await.is_empty());
        for _ in 0..3 {
            read_anew(&world).await;
            world.clock.advance(10_000);
        }
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 0);
        let mut reader = world.scrm.db.reader().await.unwrap();
        assert!(org::all_staff(&mut reader, world.corp).await.unwrap().is_empty());
    }
}
