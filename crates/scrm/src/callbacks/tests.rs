//! Events from delivery to the mirror.

use store::{params, testing::TestDb};

use super::{
    KEPT_MS, ReceiverKeys, ReceiverKind, Refused, TIME_WINDOW_MS, counts, forget_old, put_receiver,
    receivers, sql, verify,
};
use crate::{
    MIGRATIONS, groups, org, refresh,
    tests::{
        World,
        compare::assert_same,
        events::{Sender, apply, read_anew},
    },
};
use sha2::{Digest as _, Sha256};

/// Events that are not applied yet.
async fn n_open(world: &World) -> usize {
    let mut reader = world.scrm.db.reader().await.unwrap();
    reader.query(&sql::OPEN, &params![world.corp, 1_000_i64], |_| Ok(())).await.unwrap().len()
}

async fn n_of(world: &World, name: &str) -> i64 {
    let mut reader = world.scrm.db.reader().await.unwrap();
    let counts = counts(&mut reader, world.corp).await.unwrap();
    counts.into_iter().find(|count| count.name == name).map_or(0, |count| count.n_received)
}

fn event(event: &str, rest: &str) -> String {
    format!(
        "<xml><ToUserName>c</ToUserName><FromUserName>sys</FromUserName><CreateTime>1</CreateTime>\
         <MsgType>event</MsgType><Event>{event}</Event>{rest}</xml>"
    )
}

/// A named group with its owner alone able to stay.
fn named_group(world: &World) -> String {
    let groups = world.sim.sim.groups();
    groups.into_iter().find(|group| !group.name.is_empty()).unwrap().chat_id
}

store::statements! {
    /// What a damaged database may look like: reading members fails.
    BREAK = "ALTER TABLE group_members RENAME TO group_members_away";
}

store::on_both! { MIGRATIONS,
    async fn who_joins_or_leaves_is_known_at_once_without_asking_wecom(test: &TestDb) {
        let world = World::synced(test, 3, 6).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let chat_id = named_group(&world);
        let n_asked = sim.n_calls("groupchat/get");
        let joined = sim.add_member(&chat_id, "新客户").unwrap();
        let leaver = sim.group_members(&chat_id).into_iter().find(|m| !m.of_staff).unwrap().userid;
        sim.remove_member(&chat_id, &leaver).unwrap();
        sender.pass_on(&world).await;
        let mut reader = world.scrm.db.reader().await.unwrap();
        let found = groups::by_chat_ids(&mut reader, world.corp, std::slice::from_ref(&chat_id)).await.unwrap();
        let members = groups::members_of(&mut reader, world.corp, found[&chat_id].id).await.unwrap();
        drop(reader);
        let newcomer = members.iter().find(|m| m.wecom_id == joined).expect("he has joined");
        assert_eq!((newcomer.kind, newcomer.join_scene), (2, 3));
        assert!(!members.iter().any(|member| member.wecom_id == leaver));
        assert_eq!(sim.n_calls("groupchat/get"), n_asked);
        // Their names are read a little later, in one call for both.
        world.clock.advance(refresh::DETAILS_MS);
        read_anew(&world).await;
        assert_eq!(sim.n_calls("groupchat/get"), n_asked + 1);
        assert_same(&world).await;
    }

    async fn a_gap_in_the_versions_has_the_group_read_once(test: &TestDb) {
        let world = World::synced(test, 3, 6).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let chat_id = named_group(&world);
        sim.add_member(&chat_id, "一").unwrap();
        drop(sender.new_events(&world));
        sim.add_member(&chat_id, "二").unwrap();
        sim.add_member(&chat_id, "三").unwrap();
        sender.pass_on(&world).await;
        let n_asked = sim.n_calls("groupchat/get");
        read_anew(&world).await;
        assert_eq!(sim.n_calls("groupchat/get"), n_asked, "WeCom's data may lag behind the event");
        world.clock.advance(refresh::SETTLE_MS);
        read_anew(&world).await;
        assert_eq!(sim.n_calls("groupchat/get"), n_asked + 1);
        assert_same(&world).await;
    }

    async fn an_event_that_comes_while_its_thing_is_read_has_it_read_again(test: &TestDb) {
        let world = World::synced(test, 3, 6).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let chat_id = named_group(&world);
        sim.rename_group(&chat_id, "先").unwrap();
        sender.pass_on(&world).await;
        world.clock.advance(refresh::SETTLE_MS);
        // Told before the reading, and not yet true when it is read: only a second reading sees it.
        sim.rename_group(&chat_id, "后").unwrap();
        let late = sender.new_events(&world);
        sim.fail_next("groupchat/get", wecom_sim::Fault::Hang { ms: 300 }).unwrap();
        let (_, ()) = tokio::join!(refresh::tick(&world.scrm, world.corp, "test"), async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            for (kind, xml) in &late {
                sender.deliver(&world, *kind, xml).await.unwrap();
            }
            apply(&world).await;
        });
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 1);
        world.clock.advance(refresh::SETTLE_MS);
        read_anew(&world).await;
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 0);
        assert_same(&world).await;
    }

    async fn a_repeated_delivery_is_one_event(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        let xml = event("change_external_tag", "<ChangeType>shuffle</ChangeType>");
        for _ in 0..3 {
            sender.deliver(&world, ReceiverKind::App, &xml).await.unwrap();
        }
        assert_eq!(n_open(&world).await, 1);
        apply(&world).await;
        sender.deliver(&world, ReceiverKind::App, &xml).await.unwrap();
        assert_eq!((n_open(&world).await, n_of(&world, "change_external_tag shuffle").await), (0, 1));
    }

    async fn deliveries_at_the_same_time_are_all_stored(test: &TestDb) {
        let world = World::start(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        let all = (0..100).map(async |n| {
            // Every second one is told twice.
            let xml = event("weather", &format!("<Day>{}</Day>", n / 2));
            sender.deliver(&world, ReceiverKind::App, &xml).await.unwrap();
        });
        futures_util::future::join_all(all).await;
        assert_eq!((n_open(&world).await, n_of(&world, "weather").await), (50, 50));
    }

    async fn unknown_events_are_stored_and_counted_and_no_error(test: &TestDb) {
        let world = World::synced(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        for xml in [
            event("weather_has_changed", ""),
            event("change_external_chat", "<ChangeType>explode</ChangeType><ChatId>wr1</ChatId>"),
            event("change_external_chat", "<ChangeType>create</ChangeType>"),
            "<xml><MsgType>text</MsgType><Content>你好</Content></xml>".to_owned(),
        ] {
            sender.deliver(&world, ReceiverKind::App, &xml).await.unwrap();
        }
        apply(&world).await;
        for name in ["weather_has_changed", "change_external_chat explode", "message text"] {
            assert_eq!(n_of(&world, name).await, 1, "{name}");
        }
        assert_eq!(n_open(&world).await, 0);
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 0);
    }

    async fn a_delivery_out_of_its_time_is_refused(test: &TestDb) {
        let world = World::start(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        let sent_at_ms = world.clock.now_ms();
        world.clock.set(sent_at_ms - TIME_WINDOW_MS - 1_000);
        let xml = event("weather", "");
        let sealed_then = sender.seal(&world, &xml);
        world.clock.set(sent_at_ms + 1_000);
        let refused = sender.deliver_sealed(&world, ReceiverKind::App, &sealed_then).await;
        assert!(matches!(refused, Err(Refused::Stale)), "{refused:?}");
        assert_eq!(n_open(&world).await, 0);
    }

    async fn new_keys_put_the_old_ones_out_of_use_and_are_not_verified_yet(test: &TestDb) {
        let world = World::start(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        let echo = sender.seal(&world, "1234567890123456789");
        let app = ReceiverKind::App;
        let answer =
            verify(&world.scrm, sender.corp_id(), app, &echo.signed(), &echo.encrypt).await;
        assert_eq!(answer.unwrap(), "1234567890123456789");
        let status = async || {
            let mut reader = world.scrm.db.reader().await.unwrap();
            receivers(&mut reader, world.corp).await.unwrap()[0].verified_at_ms
        };
        assert_eq!(status().await, Some(world.clock.now_ms()));
        let keys = ReceiverKeys::generate(&world.scrm.random);
        put_receiver(&world.scrm, world.corp, app, &keys).await.unwrap();
        assert_eq!(status().await, None);
        let refused = sender.deliver(&world, app, &event("weather", "")).await;
        assert!(matches!(refused, Err(Refused::Bad(_))), "{refused:?}");
    }

    async fn an_event_is_not_read_out_by_the_way_of_verification(test: &TestDb) {
        let world = World::start(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        let sealed = sender.seal(&world, &event("weather", "<Secret>x</Secret>"));
        let app = ReceiverKind::App;
        let refused =
            verify(&world.scrm, sender.corp_id(), app, &sealed.signed(), &sealed.encrypt).await;
        assert!(matches!(refused, Err(Refused::Bad(_))), "{refused:?}");
    }

    async fn an_event_that_names_a_member_twice_counts_him_once(test: &TestDb) {
        let world = World::synced(test, 3, 6).await;
        let sender = Sender::set_up(&world).await;
        let sim = &world.sim.sim;
        let chat_id = named_group(&world);
        sim.add_member(&chat_id, "一").unwrap();
        let (kind, xml) = sender.new_events(&world).pop().unwrap();
        let item = xml.split_once("<Item>").unwrap().1.split_once("</Item>").unwrap().0;
        let item = format!("<Item>{item}</Item>");
        let many = xml.replace(&item, &item.repeat(600));
        sender.deliver(&world, kind, &many).await.unwrap();
        apply(&world).await;
        world.clock.advance(refresh::DETAILS_MS);
        read_anew(&world).await;
        assert_same(&world).await;
    }

    async fn an_event_that_cannot_be_applied_holds_up_no_other(test: &TestDb) {
        let world = World::synced(test, 3, 6).await;
        let sender = Sender::set_up(&world).await;
        let chat_id = named_group(&world);
        let mut tx = world.scrm.db.begin().await.unwrap();
        tx.execute(&BREAK, &[]).await.unwrap();
        tx.commit().await.unwrap();
        world.sim.sim.add_member(&chat_id, "一").unwrap();
        let mut events = sender.new_events(&world);
        events.push((ReceiverKind::App, event("weather", "")));
        for (kind, xml) in events {
            sender.deliver(&world, kind, &xml).await.unwrap();
        }
        apply(&world).await;
        assert_eq!(n_open(&world).await, 0);
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 1);
    }

    async fn keys_that_wecom_would_not_take_are_refused(test: &TestDb) {
        let world = World::start(test, 2, 4).await;
        let good = ReceiverKeys::generate(&world.scrm.random);
        for keys in [
            ReceiverKeys { token: String::new(), ..good.clone() },
            ReceiverKeys { token: "with blank".to_owned(), ..good.clone() },
            ReceiverKeys { encoding_aes_key: "short".to_owned(), ..good.clone() },
        ] {
            let refused =
                put_receiver(&world.scrm, world.corp, ReceiverKind::App, &keys).await;
            assert!(matches!(refused, Err(crate::Error::Invalid(_))), "{refused:?}");
        }
    }

    async fn events_are_forgotten_days_after_they_were_applied(test: &TestDb) {
        let world = World::start(test, 2, 4).await;
        let sender = Sender::set_up(&world).await;
        for n in 0..3 {
            let xml = event("weather", &format!("<Day>{n}</Day>"));
            sender.deliver(&world, ReceiverKind::App, &xml).await.unwrap();
            if n < 2 {
                apply(&world).await;
            }
            world.clock.advance(KEPT_MS - 1_000);
        }
        forget_old(&world.scrm, world.corp).await.unwrap();
        let mut reader = world.scrm.db.reader().await.unwrap();
        let mut kept = Vec::new();
        for n in 0..3 {
            let xml = event("weather", &format!("<Day>{n}</Day>"));
            let digest: [u8; 32] = Sha256::digest(xml).into();
            let list = [(&digest).into()];
            let found = reader.query_list(&sql::KNOWN, &params![world.corp], &list, |_| Ok(())).await;
            kept.push(found.unwrap().len());
        }
        assert_eq!(kept, [0, 0, 1], "one was never applied");
    }

    async fn a_change_of_user_id_keeps_the_member_and_his_groups(test: &TestDb) {
        let world = World::synced(test, 3, 6).await;
        let sender = Sender::set_up(&world).await;
        let owner = world.sim.sim.groups()[0].owner.clone();
        let mut reader = world.scrm.db.reader().await.unwrap();
        let before = org::all_staff(&mut reader, world.corp).await.unwrap();
        drop(reader);
        let member = before.iter().find(|member| member.wecom_user_id == owner).unwrap();
        let xml = event(
            "change_contact",
            &format!(
                "<ChangeType>update_user</ChangeType><UserID>{owner}</UserID>\
                 <NewUserID>brand.new</NewUserID>"
            ),
        );
        sender.deliver(&world, ReceiverKind::Contacts, &xml).await.unwrap();
        apply(&world).await;
        let mut reader = world.scrm.db.reader().await.unwrap();
        let now = org::staff_by_ids(&mut reader, world.corp, &[member.id]).await.unwrap();
        assert_eq!((now[0].wecom_user_id.as_str(), &now[0].name), ("brand.new", &member.name));
    }
}
