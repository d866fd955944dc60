//! The mirror against the simulated company, over HTTP.

use std::{collections::BTreeMap, future::pending};

use store::{params, testing::TestDb};
use wecom_sim::Fault;

use crate::{
    MIGRATIONS, groups, org, sync,
    tests::{
        World,
        compare::assert_same,
        events::{Sender, read_anew},
    },
};

/// (name, owner's user id, is dissolved) by chat id, as mirrored.
async fn mirrored(world: &World) -> BTreeMap<String, (String, String, bool)> {
    let mut reader = world.scrm.db.reader().await.unwrap();
    let staff = org::all_staff(&mut reader, world.corp).await.unwrap();
    let chat_ids: Vec<String> = world.sim.sim.groups().into_iter().map(|g| g.chat_id).collect();
    let groups = groups::by_chat_ids(&mut reader, world.corp, &chat_ids).await.unwrap();
    groups
        .into_values()
        .map(|group| {
            let owner = staff.iter().find(|member| member.id == group.owner).unwrap();
            (group.chat_id, (group.raw_name, owner.wecom_user_id.clone(), group.is_dissolved))
        })
        .collect()
}

/// The same, as simulated.
fn simulated(world: &World) -> BTreeMap<String, (String, String, bool)> {
    let of = |group: wecom_sim::Group| (group.chat_id, (group.name, group.owner, group.dissolved));
    world.sim.sim.groups().into_iter().map(of).collect()
}

/// Groups and members that the simulator has; what the mirror must write for them.
fn world_rows(world: &World) -> usize {
    let sim = &world.sim.sim;
    let n_members: usize =
        sim.groups().into_iter().map(|g| sim.group_members(&g.chat_id).len()).sum();
    sim.groups().len() + n_members
}

async fn n_rows(world: &World, statement: &'static store::Statement) -> usize {
    let mut reader = world.scrm.db.reader().await.unwrap();
    reader.query(statement, &params![world.corp], |_| Ok(())).await.unwrap().len()
}

store::on_both! { MIGRATIONS,
    async fn a_run_mirrors_departments_staff_tags_and_groups(test: &TestDb) {
        let world = World::synced(test, 20, 130).await;
        assert_eq!(mirrored(&world).await, simulated(&world));
        let sim = &world.sim.sim;
        assert_eq!(n_rows(&world, &org::sql::DEPARTMENTS).await, sim.departments().len());
        let mut reader = world.scrm.db.reader().await.unwrap();
        let staff = org::all_staff(&mut reader, world.corp).await.unwrap();
        let names = |mut names: Vec<(String, String)>| {
            names.sort();
            names
        };
        assert_eq!(
            names(staff.iter().map(|m| (m.wecom_user_id.clone(), m.name.clone())).collect()),
            names(sim.staff().into_iter().map(|m| (m.userid, m.name)).collect())
        );
        drop(reader);
        let listed = world.groups().await;
        let unnamed = listed.iter().find(|group| group.raw_name.is_empty()).expect("some are");
        assert!(unnamed.display_name.contains('、'), "{unnamed:?}");
        let tags = crate::tags::tree(&world.scrm, world.corp).await.unwrap();
        assert!(!tags.is_empty() && tags.iter().all(|group| !group.tags.is_empty()), "{tags:?}");
    }

    async fn a_second_run_with_nothing_changed_writes_nothing(test: &TestDb) {
        let world = World::synced(test, 10, 60).await;
        let report = world.sync().await;
        let written: Vec<usize> = report.parts.iter().map(|part| part.n_written).collect();
        assert_eq!(written, [0, 0, 0, 0], "{report:?}");
    }

    async fn changes_are_followed_and_a_dissolved_group_is_kept_but_not_listed(test: &TestDb) {
        let world = World::synced(test, 10, 60).await;
        let sim = &world.sim.sim;
        let before = sim.groups();
        sim.rename_group(&before[0].chat_id, "新名字'\"😀%_").unwrap();
        sim.dissolve_group(&before[1].chat_id).unwrap();
        let new_owner = before.iter().find(|g| g.owner != before[2].owner).unwrap().owner.clone();
        sim.change_owner(&before[2].chat_id, &new_owner).unwrap();
        let added = sim.add_group(&new_owner, "", 3).unwrap();
        sim.add_member(&before[3].chat_id, "新客户").unwrap();
        let report = world.sync().await;
        assert_eq!(mirrored(&world).await, simulated(&world));
        let listed = world.groups().await;
        assert!(!listed.iter().any(|group| group.chat_id == before[1].chat_id));
        assert!(listed.iter().any(|group| group.chat_id == added));
        // Five groups, three members of the new one, one who joined; the new owner's place in a list.
        let n_written = report.parts[2].n_written;
        assert!((9..=20).contains(&n_written), "only what changed: {report:?}");
    }

    async fn an_owner_who_left_keeps_his_groups_in_the_list(test: &TestDb) {
        let world = World::synced(test, 10, 40).await;
        let owner = world.sim.sim.groups()[0].owner.clone();
        let of_owner = |groups: Vec<groups::ListedGroup>, name: &str| {
            groups.into_iter().filter(|group| group.owner_name == name).count()
        };
        let name = world.sim.sim.staff().into_iter().find(|m| m.userid == owner).unwrap().name;
        let n_before = of_owner(world.groups().await, &name);
        world.sim.sim.staff_leaves(&owner).unwrap();
        world.sync().await;
        assert!(n_before > 0);
        assert_eq!(of_owner(world.groups().await, &name), n_before);
    }

    async fn an_owner_who_cannot_be_read_is_called_by_his_wecom_id(test: &TestDb) {
        // Nobody's name can be read, though groups are listed: each owner is known by his id alone.
        let world = World::start(test, 3, 12).await;
        let mut tx = world.scrm.db.begin().await.unwrap();
        let mut known = std::collections::HashMap::new();
        let user_ids: Vec<String> =
            world.sim.sim.groups().into_iter().map(|group| group.owner).collect();
        let owners = user_ids.iter().map(String::as_str);
        org::ids_of_owners(&mut tx, world.corp, &mut known, owners).await.unwrap();
        tx.commit().await.unwrap();
        world.sim.sim.fail_times("user/list", Fault::Errcode { errcode: 60_011 }, 1_000).unwrap();
        let report = world.sync().await;
        assert!(!report.parts[0].problems.is_empty());
        let listed = world.groups().await;
        assert_eq!(listed.len(), 12);
        assert!(listed.iter().all(|group| user_ids.contains(&group.owner_name)), "{listed:?}");
    }

    async fn what_cannot_be_read_is_named_and_deletes_nothing(test: &TestDb) {
        let world = World::synced(test, 10, 40).await;
        let sim = &world.sim.sim;
        sim.fail_times("externalcontact/groupchat/list", Fault::Http { status: 502 }, 1_000)
            .unwrap();
        sim.fail_times("user/list", Fault::Errcode { errcode: 48_002 }, 1_000).unwrap();
        let report = world.sync().await;
        assert!(!report.parts[0].problems.is_empty() && !report.parts[2].problems.is_empty());
        assert_eq!(mirrored(&world).await, simulated(&world));
        assert_eq!(world.groups().await.len(), 40);
        let mut reader = world.scrm.db.reader().await.unwrap();
        let staff = org::all_staff(&mut reader, world.corp).await.unwrap();
        let n_left = sim.staff().iter().filter(|member| member.status == 5).count();
        assert_eq!(staff.iter().filter(|member| member.is_deleted).count(), n_left);
    }

    async fn a_call_that_fails_once_is_repeated_and_leaves_no_problem(test: &TestDb) {
        let world = World::start(test, 5, 20).await;
        let sim = &world.sim.sim;
        for call in ["user/list", "externalcontact/groupchat/list", "externalcontact/groupchat/get"] {
            sim.fail_next(call, Fault::Http { status: 500 }).unwrap();
        }
        let report = world.sync().await;
        assert!(report.parts.iter().all(|part| part.problems.is_empty()), "{report:?}");
        assert_eq!(mirrored(&world).await, simulated(&world));
    }

    async fn one_run_at_a_time_and_its_record_is_kept(test: &TestDb) {
        let world = World::start(test, 3, 10).await;
        let (a, b) = tokio::join!(
            sync::run(&world.scrm, world.corp, "a", &|_| {}, pending()),
            sync::run(&world.scrm, world.corp, "b", &|_| {}, pending()),
        );
        assert_eq!([a.unwrap(), b.unwrap()].iter().flatten().count(), 1);
        let last = sync::last_run(&world.scrm, world.corp).await.unwrap().unwrap();
        assert!(last.is_finished && !last.has_failed);
        assert_eq!(last.parts.iter().map(|part| part.n_problems).sum::<usize>(), 0);
    }

    async fn a_stopped_run_ends_and_the_next_one_can_begin_at_once(test: &TestDb) {
        let world = World::start(test, 3, 10).await;
        world.sim.sim.fail_next("groupchat/get", Fault::Hang { ms: 60_000 }).unwrap();
        let stop = std::sync::Arc::new(tokio::sync::Notify::new());
        let watch = |progress: sync::Progress| {
            if progress.part == sync::Part::Groups {
                stop.notify_one();
            }
        };
        let stopped = stop.notified();
        let outcome = sync::run(&world.scrm, world.corp, "a", &watch, stopped).await;
        assert!(matches!(outcome, Err(crate::Error::Conflict(_))), "{outcome:?}");
        let last = sync::last_run(&world.scrm, world.corp).await.unwrap().unwrap();
        assert!(!last.is_finished, "{last:?}");
        assert!(!sync::is_under_way(&world.scrm, world.corp).await.unwrap());
        world.sync().await;
        assert_eq!(mirrored(&world).await, simulated(&world));
    }

    async fn a_run_goes_on_where_it_stood_whoever_stopped_it(test: &TestDb) {
        let world = World::start(test, 8, 900).await;
        let stopped_after = async |n_done: i64, is_killed: bool| {
            let stop = tokio::sync::Notify::new();
            let watch = |progress: sync::Progress| {
                if progress.part == sync::Part::Groups && progress.n_done >= n_done {
                    stop.notify_one();
                }
            };
            if is_killed {
                tokio::select! {
                    ended = sync::run(&world.scrm, world.corp, "a", &watch, pending()) => {
                        panic!("it should not end: {ended:?}")
                    }
                    () = stop.notified() => {}
                }
            } else {
                let outcome =
                    sync::run(&world.scrm, world.corp, "a", &watch, stop.notified()).await;
                assert!(matches!(outcome, Err(crate::Error::Conflict(_))), "{outcome:?}");
            }
        };
        stopped_after(200, false).await;
        stopped_after(400, true).await;
        assert!(
            sync::run(&world.scrm, world.corp, "b", &|_| {}, pending()).await.unwrap().is_none(),
            "the lease of the killed one still stands"
        );
        let run = sync::last_run(&world.scrm, world.corp).await.unwrap().unwrap();
        assert!(!run.is_finished && run.n_done >= 400, "{run:?}");
        assert!(sync::is_under_way(&world.scrm, world.corp).await.unwrap());
        world.clock.advance(world.scrm.rules.lease_ms);
        assert!(!sync::is_under_way(&world.scrm, world.corp).await.unwrap());
        let first = sync::run(&world.scrm, world.corp, "b", &|_| {}, pending()).await;
        let report = first.unwrap().expect("the lease has run out");
        assert_eq!((report.n_resumed, report.n_problems()), (2, 0));
        assert_eq!(report.parts[2].n_written, world_rows(&world), "rows of all three");
        // At each stop at most the block being stored and the one being read are read again.
        let n_asked = world.sim.sim.n_calls("groupchat/get");
        assert!((900..=900 + 2 * 400).contains(&n_asked), "{n_asked}");
        assert_same(&world).await;
    }

    async fn a_refusal_of_everything_ends_the_run_and_the_next_goes_on(test: &TestDb) {
        let world = World::start(test, 8, 1_000).await;
        let sim = world.sim.sim.clone();
        let watch = |progress: sync::Progress| {
            if progress.part == sync::Part::Groups && progress.n_done == 200 {
                sim.fail_times("groupchat/get", Fault::Errcode { errcode: 60_020 }, 9).unwrap();
            }
        };
        let refusal = sync::run(&world.scrm, world.corp, "a", &watch, pending()).await;
        assert!(refusal.unwrap_err().to_string().contains("60020"));
        let n_asked = sim.n_calls("groupchat/get");
        assert!(n_asked < 1_000, "it does not ask on for nothing: {n_asked}");
        sim.clear_faults();
        let report = world.sync().await;
        assert_eq!((report.n_resumed, report.n_problems()), (1, 0));
        assert!(sim.n_calls("groupchat/get") <= n_asked + 800);
        assert_same(&world).await;
    }

    async fn a_run_of_days_ago_is_not_continued(test: &TestDb) {
        let world = World::start(test, 3, 10).await;
        world.sim.sim.fail_times("groupchat/get", Fault::Errcode { errcode: 60_020 }, 9).unwrap();
        sync::run(&world.scrm, world.corp, "a", &|_| {}, pending()).await.unwrap_err();
        world.sim.sim.clear_faults();
        world.clock.advance(25 * 3_600_000);
        assert_eq!(world.sync().await.n_resumed, 0);
    }

    async fn a_group_that_is_dissolved_between_list_and_reading_is_no_problem(test: &TestDb) {
        let world = World::start(test, 8, 500).await;
        let sim = world.sim.sim.clone();
        let mut chat_ids: Vec<String> = sim.groups().into_iter().map(|g| g.chat_id).collect();
        chat_ids.sort();
        let last = chat_ids.pop().unwrap();
        let watch = |progress: sync::Progress| {
            if progress.part == sync::Part::Groups && progress.n_done == 200 {
                sim.dissolve_group(&last).unwrap();
            }
        };
        let report = sync::run(&world.scrm, world.corp, "a", &watch, pending()).await;
        let report = report.unwrap().unwrap();
        assert_eq!((report.parts[2].n_read, report.n_problems()), (500, 0), "{report:?}");
        assert_same(&world).await;
    }

    async fn an_owner_may_have_thousands_of_groups(test: &TestDb) {
        let world = World::synced(test, 1, 3_000).await;
        assert_eq!(world.groups().await.len(), 3_000);
    }

    async fn tokens_that_are_revoked_all_the_time_cost_only_time(test: &TestDb) {
        let world = World::start(test, 8, 1_000).await;
        let sim = world.sim.sim.clone();
        let watch = |_| sim.expire_tokens();
        let report = sync::run(&world.scrm, world.corp, "a", &watch, pending()).await;
        assert_eq!(report.unwrap().unwrap().n_problems(), 0);
        assert!(sim.n_calls("gettoken") > 5);
        assert_same(&world).await;
    }

    async fn an_event_newer_than_what_the_run_read_has_the_group_read_again(test: &TestDb) {
        let world = World::synced(test, 3, 500).await;
        let sender = Sender::set_up(&world).await;
        let mut chat_ids: Vec<String> =
            world.sim.sim.groups().into_iter().map(|group| group.chat_id).collect();
        chat_ids.sort();
        let renamed = &chat_ids[300];
        // The run has read the second part, which is written after the first, when the group is renamed,
        // told about, and read anew.
        let began = tokio::sync::Notify::new();
        let watch = |progress: sync::Progress| {
            if progress.part == sync::Part::Groups && progress.n_done == 0 {
                began.notify_one();
            }
        };
        world.sim.sim.fail_times("groupchat/get", Fault::Hang { ms: 4 }, 500).unwrap();
        let people = async {
            began.notified().await;
            while world.sim.sim.n_calls("groupchat/get") < 500 + 320 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            world.sim.sim.rename_group(renamed, "刚改的名").unwrap();
            sender.pass_on(&world).await;
            world.clock.advance(crate::refresh::SETTLE_MS);
            read_anew(&world).await;
        };
        let run = sync::run(&world.scrm, world.corp, "a", &watch, pending());
        let (report, ()) = tokio::join!(run, people);
        report.unwrap();
        world.clock.advance(crate::refresh::SETTLE_MS);
        read_anew(&world).await;
        assert_same(&world).await;
    }

    async fn one_owner_whom_wecom_refuses_does_not_take_the_others_along(test: &TestDb) {
        let world = World::start(test, 3, 30).await;
        // The counting, the block twice, and then the first owner by himself, twice.
        let fault = Fault::Errcode { errcode: 40_003 };
        world.sim.sim.fail_times("groupchat/list", fault, 2 + 2 + 2).unwrap();
        let report = world.sync().await;
        assert_eq!(report.n_problems(), 1, "{report:?}");
        assert!(report.parts[2].problems[0].contains("40003"), "{report:?}");
        assert!(report.parts[2].n_read >= 10, "the others' groups: {report:?}");
    }

    async fn groups_out_of_sight_stay_and_are_named_once(test: &TestDb) {
        let world = World::synced(test, 3, 60).await;
        let sim = &world.sim.sim;
        // Only the departments of the first owner are in sight now.
        let owner = sim.groups()[0].owner.clone();
        let staff = sim.staff();
        let first = staff.iter().find(|member| member.userid == owner).unwrap();
        let visible_departments = Some(vec![first.departments[0].id]);
        sim.set_limits(wecom_sim::Limits { visible_departments, ..sim.limits() });
        let n_asked = sim.n_calls("groupchat/get");
        let report = world.sync().await;
        assert!(sim.n_calls("groupchat/get") <= n_asked + 60, "nobody is asked twice");
        assert!(report.parts[2].n_problems <= 1, "{report:?}");
        assert_eq!(world.groups().await.len(), 60, "they stay in the list");
        assert_eq!(crate::refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 0);
    }

    async fn names_may_hold_anything_and_no_text_holds_nul(test: &TestDb) {
        let world = World::start(test, 3, 6).await;
        let sim = &world.sim.sim;
        let groups = sim.groups();
        let names = ["👨‍👩‍👧‍👦 \"群\" 'O''Brien' \\ %_", "a\0b"];
        for (group, name) in groups.iter().zip(names) {
            sim.rename_group(&group.chat_id, name).unwrap();
        }
        let report = world.sync().await;
        assert_eq!(report.n_problems(), 0, "{report:?}");
        let mirrored = mirrored(&world).await;
        assert_eq!(mirrored[&groups[0].chat_id].0, names[0]);
        assert_eq!(mirrored[&groups[1].chat_id].0, "a\u{fffd}b");
    }

    async fn a_secret_that_was_changed_is_used_from_the_next_call_on(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let (id, secret) = {
            let config = world.sim.sim.config();
            (config.corp_id.clone(), config.secret.clone())
        };
        // Another process has a client of its own; this one keeps what it has made.
        let other = crate::testing::scrm(test.db.clone(), world.clock.clock(), &world.sim.base_url);
        crate::testing::corp(&other, &id, "wrong").await;
        let refusal = sync::run(&world.scrm, world.corp, "a", &|_| {}, pending()).await;
        assert!(refusal.unwrap_err().to_string().contains("40001"));
        crate::testing::corp(&other, &id, &secret).await;
        world.sync().await;
    }

    async fn a_run_that_cannot_begin_says_why(test: &TestDb) {
        let world = World::start(test, 3, 10).await;
        world.sim.sim.fail_times("department/list", Fault::Errcode { errcode: 60_020 }, 9).unwrap();
        let refusal = sync::run(&world.scrm, world.corp, "a", &|_| {}, pending()).await.unwrap_err();
        assert!(refusal.to_string().contains("60020"), "{refusal}");
        let last = sync::last_run(&world.scrm, world.corp).await.unwrap().unwrap();
        assert!(last.has_failed && last.report.contains("60020"), "{last:?}");
    }
}
