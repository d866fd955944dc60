use std::time::Duration;

use serde_json::{Value, json};

use super::{Corp, small};
use crate::{Config, Fault, Meeting};

impl Corp {
    async fn add_tags(&self, group: &str, names: &[&str]) -> Value {
        let tags: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        self.post("add_corp_tag", json!({ "group_name": group, "tag": tags })).await
    }
}

fn tag_id(reply: &Value, n: usize) -> String {
    reply["tag_group"]["tag"][n]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn tags_of_the_app_can_be_added_renamed_and_deleted() {
    let corp = Corp::small().await;
    let made = corp.add_tags("来源", &["门店", "网店", "门店"]).await;
    assert_eq!(made["tag_group"]["tag"].as_array().map(Vec::len), Some(2), "{made}");
    let more = corp.add_tags("来源", &["朋友"]).await;
    assert_eq!(more["tag_group"]["group_id"], made["tag_group"]["group_id"]);
    let (shop, web) = (tag_id(&made, 0), tag_id(&made, 1));
    let edit = |name: &str| json!({ "id": shop, "name": name, "order": 4_294_967_295_u32 });
    assert_eq!(corp.post("edit_corp_tag", edit("网店")).await["errcode"], 40071);
    assert_eq!(corp.post("edit_corp_tag", edit("实体店")).await["errcode"], 0);
    let group = corp.running.sim.tags().pop().expect("just made");
    assert_eq!((group.tags[0].name.as_str(), group.tags[0].order), ("实体店", u32::MAX));
    let deleted = json!({ "tag_id": [shop, web, tag_id(&more, 0)] });
    assert_eq!(corp.post("del_corp_tag", deleted).await["errcode"], 0);
    assert!(corp.running.sim.tags().iter().all(|left| left.id != group.id), "the group goes too");
    let by_id = corp.post("get_corp_tag_list", json!({ "tag_id": [shop] })).await;
    assert_eq!(by_id["tag_group"][0]["tag"][0]["deleted"], true);
    assert_eq!(corp.post("edit_corp_tag", edit("再来")).await["errcode"], 40068);
}

#[tokio::test]
async fn tags_made_in_the_console_are_not_the_apps_to_change() {
    let corp = Corp::small().await;
    let group = corp.running.sim.tags().remove(0);
    let tag = &group.tags[0].id;
    for (call, body) in [
        ("edit_corp_tag", json!({ "id": tag, "name": "新" })),
        ("edit_corp_tag", json!({ "id": group.id, "order": 3 })),
        ("del_corp_tag", json!({ "tag_id": [tag] })),
        ("del_corp_tag", json!({ "group_id": [group.id] })),
    ] {
        assert_eq!(corp.post(call, body.clone()).await["errcode"], 81011, "{call} {body}");
    }
    let body = json!({ "group_id": group.id, "tag": [{ "name": "应用所加" }] });
    let added = corp.post("add_corp_tag", body).await;
    assert_eq!(added["errcode"], 0);
    let own = json!({ "tag_id": [tag_id(&added, 0)] });
    assert_eq!(corp.post("del_corp_tag", own).await["errcode"], 0);
}

#[tokio::test]
async fn names_that_are_taken_empty_or_too_long_are_refused() {
    let corp = Corp::small().await;
    let group = corp.running.sim.tags().remove(0);
    let taken = group.tags[0].name.as_str();
    assert_eq!(corp.add_tags(&group.name, &[taken]).await["errcode"], 40071);
    assert_eq!(corp.add_tags("新组", &["长".repeat(31).as_str()]).await["errcode"], 40072);
    assert_eq!(corp.add_tags("新组", &[""]).await["errcode"], 40072);
    assert_eq!(corp.add_tags("新组", &[]).await["errcode"], 40058);
    assert_eq!(corp.post("del_corp_tag", json!({})).await["errcode"], 40063);
    let n_groups = corp.running.sim.tags().len();
    assert!(corp.running.sim.tags().iter().all(|group| group.name != "新组"), "{n_groups}");
}

#[tokio::test]
async fn marks_sit_on_one_relation_and_unknown_tags_are_refused() {
    let corp = Corp::of(Config { n_customers: 50, ..small() }).await;
    let sim = &corp.running.sim;
    let id = sim.customer_adds(&corp.owner(0), Meeting::default()).expect("present");
    let again = Meeting { external_userid: Some(id.clone()), ..Meeting::default() };
    sim.customer_adds(&corp.owner(1), again).expect("another member");
    let tag = &sim.tags()[1].tags[0];
    let body =
        |add: &str| json!({ "userid": corp.owner(0), "external_userid": id, "add_tag": [add] });
    assert_eq!(corp.post("mark_tag", body("etNone")).await["errcode"], 40068);
    assert_eq!(corp.post("mark_tag", body(&tag.id)).await["errcode"], 0);
    let reply = corp.get(&format!("externalcontact/get?external_userid={id}")).await;
    assert_eq!(reply["follow_user"][0]["tags"][0]["tag_name"], tag.name.as_str());
    assert_eq!(reply["follow_user"][1]["tags"], json!([]));
    let nothing = json!({ "userid": corp.owner(0), "external_userid": id });
    assert_eq!(corp.post("mark_tag", nothing).await["errcode"], 40063);
}

#[tokio::test]
async fn two_marks_of_one_customer_at_once_collide() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let first = sim.customer_adds(&corp.owner(0), Meeting::default()).expect("present");
    let second = sim.customer_adds(&corp.owner(0), Meeting::default()).expect("present");
    let tag = sim.tags()[0].tags[0].id.clone();
    let body = |customer: &str| json!({ "userid": corp.owner(0), "external_userid": customer, "add_tag": [tag] });
    sim.fail_next("mark_tag", Fault::Hang { ms: 60_000 }).expect("a known call");
    let url = format!(
        "{}/cgi-bin/externalcontact/mark_tag?access_token={}",
        corp.running.base_url, corp.token
    );
    let slow = corp.http.post(url).json(&body(&first)).timeout(Duration::from_secs(30)).send();
    let meanwhile = async {
        while sim.n_calls("mark_tag") == 0 {
            tokio::task::yield_now().await;
        }
        // The first call is counted before it holds the customer.
        while sim.customer(&first).expect("known").followers[0].relation.tag_ids.is_empty() {
            tokio::task::yield_now().await;
        }
        let same = corp.post("mark_tag", body(&first)).await;
        (same, corp.post("mark_tag", body(&second)).await)
    };
    let (same, other) = tokio::select! {
        _ = slow => panic!("the first call hangs"),
        replies = meanwhile => replies,
    };
    assert_eq!(same["errcode"], 45035);
    assert_eq!(other["errcode"], 0);
}

#[tokio::test]
async fn tags_and_groups_put_into_another_order_are_told_as_a_shuffle() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let (group_id, tags) = sim.add_tags("等级", &["金", "银", "铜"]).expect("made");
    let shown = async |id: &str| {
        let reply = corp.post("get_corp_tag_list", json!({ "group_id": [id] })).await;
        let mut tags = reply["tag_group"][0]["tag"].as_array().expect("tags").clone();
        tags.sort_by_key(|tag| std::cmp::Reverse(tag["order"].as_u64()));
        tags.iter().map(|tag| tag["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&group_id).await, ["金", "银", "铜"]);
    let body = json!({ "group_id": group_id });
    assert_eq!(corp.play("tags/shuffle", body).await.status(), 200);
    assert_eq!(shown(&group_id).await, ["铜", "金", "银"]);
    let told = |sim: &crate::Sim| sim.callbacks().pop().expect("an event").xml;
    let expected = format!(
        "<Event><![CDATA[change_external_tag]]></Event><Id><![CDATA[{group_id}]]></Id>\
         <ChangeType><![CDATA[shuffle]]></ChangeType></xml>"
    );
    assert!(told(sim).ends_with(&expected), "{}", told(sim));

    let order = |sim: &crate::Sim| {
        let mut groups = sim.tags();
        groups.sort_by_key(|group| std::cmp::Reverse(group.order));
        groups.into_iter().map(|group| group.id).collect::<Vec<_>>()
    };
    let mut expected = order(sim);
    expected.rotate_right(1);
    sim.shuffle_tags(None).expect("there are groups");
    assert_eq!(order(sim), expected);
    assert!(told(sim).contains("<Id><![CDATA[]]></Id>"));
    assert_eq!(corp.play("tags/shuffle", json!({ "group_id": tags[0] })).await.status(), 404);
}
