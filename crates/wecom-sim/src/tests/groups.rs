use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Corp, column, small};
use crate::Config;

/// All pages of `groupchat/list`.
async fn all_pages(corp: &Corp, mut body: Value) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let reply = corp.post("groupchat/list", body.clone()).await;
        assert_eq!(reply["errcode"], 0, "{reply}");
        found.extend(column(&reply, "group_chat_list", "chat_id").into_iter().map(str::to_owned));
        if reply["next_cursor"] == "" {
            return found;
        }
        body["cursor"] = reply["next_cursor"].clone();
    }
}

#[tokio::test]
async fn pages_cover_every_group_once() {
    let corp = Corp::small().await;
    for limit in [1, 7, 30, 1_000] {
        let found = all_pages(&corp, json!({ "limit": limit })).await;
        assert_eq!(found.len(), 30, "limit {limit}");
        assert_eq!(found.iter().collect::<HashSet<_>>().len(), 30, "limit {limit}");
    }
    let owner = corp.owner(1);
    let filter = json!({ "limit": 3, "owner_filter": { "userid_list": [owner.to_uppercase()] } });
    assert_eq!(all_pages(&corp, filter).await, corp.chats_of(&owner));
}

#[tokio::test]
async fn a_tampered_cursor_or_one_of_another_query_is_refused() {
    let corp = Corp::small().await;
    let first = corp.post("groupchat/list", json!({ "limit": 5 })).await;
    let cursor = first["next_cursor"].as_str().expect("a second page").to_owned();
    let tampered = format!("{}0", &cursor[..cursor.len() - 1]);
    let tampered = if tampered == cursor { format!("1{}", &cursor[1..]) } else { tampered };
    for body in [
        json!({ "limit": 5, "cursor": tampered }),
        json!({ "limit": 5, "cursor": "2" }),
        json!({ "limit": 5, "cursor": cursor, "status_filter": 1 }),
    ] {
        let reply = corp.post("groupchat/list", body).await;
        assert_eq!(reply["errcode"], 50100, "{reply}");
        assert_eq!(reply["group_chat_list"], json!([]));
    }
}

#[tokio::test]
async fn a_list_without_limit_or_with_wrong_values_is_refused() {
    let corp = Corp::small().await;
    let owners: Vec<String> = (0..101).map(|n| format!("owner-{n}")).collect();
    for body in [
        json!({}),
        json!({ "limit": 0 }),
        json!({ "limit": 1_001 }),
        json!({ "limit": "100" }),
        json!({ "limit": 100, "status_filter": 4 }),
        json!({ "limit": 100, "owner_filter": { "userid_list": owners } }),
        json!([100]),
    ] {
        assert_eq!(corp.post("groupchat/list", body.clone()).await["errcode"], 40058, "{body}");
    }
}

#[tokio::test]
async fn a_list_without_owners_is_refused_when_too_many_people_are_visible() {
    let corp = Corp::of(Config { visible_limit: 11, ..small() }).await;
    assert_eq!(corp.post("groupchat/list", json!({ "limit": 10 })).await["errcode"], 81017);
    let named = json!({ "limit": 10, "owner_filter": { "userid_list": [corp.owner(0)] } });
    assert_eq!(corp.post("groupchat/list", named).await["errcode"], 0);
    corp.running.sim.staff_leaves(&corp.owner(11)).expect("present");
    assert_eq!(corp.post("groupchat/list", json!({ "limit": 10 })).await["errcode"], 0);
}

#[tokio::test]
async fn groups_of_one_who_left_are_listed_only_by_name_until_taken_over() {
    let corp = Corp::small().await;
    let (leaver, heir) = (corp.owner(0), corp.owner(1));
    let chats = corp.chats_of(&leaver);
    corp.running.sim.staff_leaves(&leaver).expect("present");
    assert_eq!(all_pages(&corp, json!({ "limit": 100 })).await.len(), 20);
    let named = json!({ "limit": 100, "owner_filter": { "userid_list": [leaver] } });
    let reply = corp.post("groupchat/list", named).await;
    assert_eq!(column(&reply, "group_chat_list", "chat_id"), chats);
    assert_eq!(reply["group_chat_list"][0]["status"], 1);
    corp.running.sim.change_owner(&chats[0], &heir).expect("both are there");
    let inherited = json!({ "limit": 100, "status_filter": 3 });
    assert_eq!(all_pages(&corp, inherited).await, [chats[0].clone()]);
}

#[tokio::test]
async fn a_group_shows_its_members_with_names_only_on_demand() {
    let corp = Corp::small().await;
    let group = corp.running.sim.groups().remove(4);
    let reply = corp.post("groupchat/get", json!({ "chat_id": group.chat_id })).await;
    let shown = &reply["group_chat"];
    assert_eq!(shown["name"], group.name.as_str());
    assert_eq!(shown["owner"], group.owner.as_str());
    let members = shown["member_list"].as_array().expect("a list");
    assert_eq!(members.len(), group.n_members);
    assert_eq!(members[0]["userid"], group.owner.as_str());
    assert!(members.iter().all(|member| member.get("name").is_none()));
    let body = json!({ "chat_id": group.chat_id, "need_name": 1 });
    let named = corp.post("groupchat/get", body).await;
    assert!(named["group_chat"]["member_list"][0]["name"].is_string());
}

#[tokio::test]
async fn members_who_come_and_go_change_the_version() {
    let corp = Corp::small().await;
    let group = corp.running.sim.groups().remove(0);
    let read = || async {
        corp.post("groupchat/get", json!({ "chat_id": group.chat_id })).await["group_chat"].clone()
    };
    let before = read().await;
    let userid = corp.running.sim.add_member(&group.chat_id, "新客户").expect("alive");
    let joined = read().await;
    assert_eq!(joined["member_list"].as_array().map(Vec::len), Some(group.n_members + 1));
    corp.running.sim.remove_member(&group.chat_id, &userid).expect("just joined");
    let left = read().await;
    assert_eq!(left["member_list"], before["member_list"]);
    assert_ne!(before["member_version"], joined["member_version"]);
    assert_ne!(before["member_version"], left["member_version"]);
}

#[tokio::test]
async fn groups_made_renamed_and_dissolved_are_seen_so() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let chat_id = sim.add_group(&corp.owner(2), "新群", 40).expect("the owner is there");
    let get = || corp.post("groupchat/get", json!({ "chat_id": chat_id }));
    assert_eq!(get().await["group_chat"]["member_list"].as_array().map(Vec::len), Some(40));
    sim.rename_group(&chat_id, "").expect("alive");
    assert_eq!(get().await["group_chat"]["name"], "");
    sim.dissolve_group(&chat_id).expect("alive");
    assert_eq!(get().await["errcode"], 49008);
    assert!(!all_pages(&corp, json!({ "limit": 100 })).await.contains(&chat_id));
    assert!(sim.rename_group(&chat_id, "x").is_err());
}

#[tokio::test]
async fn an_unknown_group_a_get_and_a_form_body_have_a_code_each() {
    let corp = Corp::small().await;
    let unknown = corp.post("groupchat/get", json!({ "chat_id": "wrNobody" })).await;
    assert_eq!(unknown["errcode"], 40050);
    let chat_id = corp.running.sim.groups().remove(0).chat_id;
    let by_get = corp.get(&format!("externalcontact/groupchat/get?chat_id={chat_id}")).await;
    assert_eq!(by_get["errcode"], 40050);
    assert_eq!(corp.get("externalcontact/groupchat/list?limit=10").await["errcode"], 40058);
    let path = "externalcontact/groupchat/get";
    for body in [format!("chat_id={chat_id}"), "{}".into(), "{\"chat_id\":".into(), String::new()] {
        assert_eq!(corp.post_raw(path, body.clone()).await["errcode"], 40058, "{body}");
    }
}
