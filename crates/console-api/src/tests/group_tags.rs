//! Tags of groups, by hand.

use scrm::MIGRATIONS;
use serde_json::{Value, json};
use store::testing::TestDb;

use super::{Browser, Console};

/// Makes tags; their ids.
pub(super) async fn tags(browser: &mut Browser<'_>, names: &[&str]) -> Vec<String> {
    browser.ok("group-tags/create", json!({"groupName": "等级", "names": names})).await;
    let tree = browser.ok("group-tags/list", json!({})).await;
    let tags = tree["rows"][0]["tags"].as_array().unwrap();
    let id = |name: &&str| {
        tags.iter().find(|tag| tag["name"] == **name).unwrap()["id"].as_str().unwrap().to_owned()
    };
    names.iter().map(id).collect()
}

async fn tags_of(browser: &mut Browser<'_>, chat_id: &str) -> Value {
    browser.ok("groups/detail", json!({"chatId": chat_id})).await["tagIds"].clone()
}

async fn acts(browser: &mut Browser<'_>) -> Vec<String> {
    let listed = browser.ok("audit/list", json!({})).await;
    let rows = listed["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| format!("{} {}", row["act"].as_str().unwrap(), row["login"].as_str().unwrap()))
        .collect()
}

store::on_both! { MIGRATIONS,
    async fn a_group_is_tagged_by_whoever_sees_it(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let mut admin = console.admin().await;
        let ids = tags(&mut admin, &["A", "B"]).await;
        let mut operator = console.operator().await;
        operator.ok("groups/tag", json!({"chatId": "wr1", "addIds": ids})).await;
        assert_eq!(tags_of(&mut operator, "wr1").await, json!(ids));
        operator.ok("groups/tag", json!({"chatId": "wr1", "removeIds": [ids[0]]})).await;
        assert_eq!(tags_of(&mut operator, "wr1").await, json!([ids[1]]));
        assert_eq!(acts(&mut admin).await[0], "tag_groups operator");
        operator.refused("groups/tag", json!({"chatId": "wr3", "addIds": ids}), 404, "not_found").await;
        operator.refused("groups/tag", json!({"chatId": "wr1"}), 400, "invalid").await;
        let both = json!({"chatId": "wr1", "addIds": [ids[0]], "removeIds": [ids[0]]});
        operator.refused("groups/tag", both, 400, "invalid").await;
        let unknown = json!({"chatId": "wr1", "addIds": ["99"]});
        operator.refused("groups/tag", unknown, 404, "not_found").await;
        assert_eq!(tags_of(&mut admin, "wr3").await, json!([]));
    }

    async fn a_tag_is_renamed_and_removed_from_everywhere(test: &TestDb) {
        let console = Console::on(test).await.with_groups().await;
        let mut admin = console.admin().await;
        let ids = tags(&mut admin, &["A", "B"]).await;
        admin.ok("groups/tag", json!({"chatId": "wr1", "addIds": ids})).await;
        admin.ok("group-tags/rename", json!({"id": ids[0], "name": "重点"})).await;
        admin.refused("group-tags/rename", json!({"id": ids[1], "name": "重点"}), 409, "conflict").await;
        admin.refused("group-tags/rename", json!({"id": ids[1], "name": ""}), 400, "invalid").await;
        let tree = admin.ok("group-tags/list", json!({})).await;
        let (group, tag) = (&tree["rows"][0], &tree["rows"][0]["tags"][0]);
        assert_eq!(tag["name"], "重点");
        let counts = admin.ok("group-tags/counts", json!({})).await;
        assert_eq!(counts["rows"][0], json!({"id": ids[0], "nGroups": 1}));
        let of_all = json!({"id": group["id"]});
        admin.refused("group-tags/remove-group", of_all.clone(), 409, "conflict").await;
        // He sees one department; the tag may be on groups of others.
        let mut operator = console.operator().await;
        operator.refused("group-tags/remove", json!({"id": ids[0]}), 403, "not_yours").await;
        assert_eq!(admin.ok("group-tags/remove", json!({"id": ids[0]})).await["nTaggings"], 1);
        assert_eq!(tags_of(&mut admin, "wr1").await, json!([ids[1]]));
        admin.ok("group-tags/remove", json!({"id": ids[1]})).await;
        admin.ok("group-tags/remove-group", of_all).await;
        assert_eq!(admin.ok("group-tags/list", json!({})).await["rows"], json!([]));
    }
}
