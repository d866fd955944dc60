//! Tags of groups, and what is refused.

use store::testing::TestDb;

use super::{TagChange, TagChanged, change, create, tree};
use crate::{Error, MIGRATIONS, TagId, tests::World};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

store::on_both! { MIGRATIONS,
    async fn tags_are_made_once_and_added_to_their_group(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        let first = create(&world.scrm, world.corp, "级别", &names(&["重点", "VIP"])).await.unwrap();
        let again =
            create(&world.scrm, world.corp, "级别", &names(&["vip", "新群", "新群"])).await.unwrap();
        assert_eq!(again.tags[..2], first.tags[..]);
        assert_eq!(again.tags.len(), 3);
        assert_eq!(tree(&world.scrm, world.corp).await.unwrap(), [again]);
    }

    async fn tags_go_on_groups_and_off_them_and_the_change_is_numbered(test: &TestDb) {
        let world = World::synced(test, 3, 12).await;
        let tags = create(&world.scrm, world.corp, "级别", &names(&["a", "b"])).await.unwrap().tags;
        let chats: Vec<String> =
            world.groups().await.into_iter().take(3).map(|group| group.chat_id).collect();
        let put = TagChange {
            chat_ids: [&chats[..], &chats[..1]].concat(),
            add: vec![tags[0].id, tags[1].id],
            remove: vec![],
        };
        let done = change(&world.scrm, world.corp, &put).await.unwrap();
        assert_eq!(done, TagChanged { n_added: 6, n_removed: 0 });
        let swap = TagChange {
            chat_ids: chats[..2].to_vec(),
            add: vec![tags[0].id],
            remove: vec![tags[1].id],
        };
        let done = change(&world.scrm, world.corp, &swap).await.unwrap();
        assert_eq!(done, TagChanged { n_added: 0, n_removed: 2 });
        let listed = world.groups().await;
        assert_eq!(listed[0].tag_names, ["a"]);
        assert_eq!(listed[2].tag_names, ["a", "b"]);
    }

    async fn a_change_with_one_unknown_thing_changes_nothing(test: &TestDb) {
        let world = World::synced(test, 3, 12).await;
        let tags = create(&world.scrm, world.corp, "级别", &names(&["a"])).await.unwrap().tags;
        let chat_id = world.groups().await[0].chat_id.clone();
        let refused = async |chats: &[&str], add: Vec<TagId>, remove: Vec<TagId>| {
            let asked = TagChange { chat_ids: names(chats), add, remove };
            change(&world.scrm, world.corp, &asked).await.unwrap_err()
        };
        let known = tags[0].id;
        let unknown_chat = refused(&[&chat_id, "wrNobody"], vec![known], vec![]).await;
        assert!(matches!(&unknown_chat, Error::NotFound(text) if text.contains("wrNobody")));
        let unknown_tag = refused(&[&chat_id], vec![known, TagId(9)], vec![]).await;
        assert!(matches!(&unknown_tag, Error::NotFound(text) if text.contains("group tag 9")));
        assert!(matches!(refused(&[&chat_id], vec![known], vec![known]).await, Error::Invalid(_)));
        assert!(matches!(refused(&[&chat_id], vec![], vec![]).await, Error::Invalid(_)));
        assert!(world.groups().await.iter().all(|group| group.tag_names.is_empty()));
    }

    async fn a_name_has_one_to_thirty_characters(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        for (group, tag) in [("", "a"), ("  ", "a"), ("级别", ""), ("级别", &"长".repeat(31))] {
            let refusal = create(&world.scrm, world.corp, group, &names(&[tag])).await;
            assert!(matches!(refusal, Err(Error::Invalid(_))), "{group:?} {tag:?}");
        }
        assert!(tree(&world.scrm, world.corp).await.unwrap().is_empty());
    }
}
