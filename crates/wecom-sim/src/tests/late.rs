//! Data that come later than the events that announce them.

use serde_json::{Value, json};

use super::{Corp, small};
use crate::{Config, Limits, Meeting};

async fn late() -> Corp {
    let limits = Limits { late_data_ms: 2_000, ..Limits::default() };
    Corp::of(Config { limits, n_customers: 400, n_staff: 40, ..small() }).await
}

impl Corp {
    async fn group(&self, chat_id: &str) -> Value {
        self.post("groupchat/get", json!({ "chat_id": chat_id })).await
    }

    async fn remark_of(&self, customer: &str) -> Value {
        let shown = self.get(&format!("externalcontact/get?external_userid={customer}")).await;
        shown["follow_user"][0]["remark"].clone()
    }
}

#[tokio::test]
async fn a_group_looks_as_before_until_its_data_have_come() {
    let corp = late().await;
    let sim = &corp.running.sim;
    let group = sim.groups().remove(0);
    let before = corp.group(&group.chat_id).await;
    sim.rename_group(&group.chat_id, "新名").expect("alive");
    assert_eq!(corp.group(&group.chat_id).await, before);
    corp.hand.advance(1_500);
    sim.add_member(&group.chat_id, "新客户").expect("alive");
    corp.hand.advance(499);
    assert_eq!(corp.group(&group.chat_id).await, before);
    corp.hand.advance(1);
    let renamed = corp.group(&group.chat_id).await["group_chat"].clone();
    assert_eq!(renamed["name"], "新名");
    assert_eq!(renamed["member_version"], before["group_chat"]["member_version"]);
    corp.hand.advance(1_500);
    let joined = corp.group(&group.chat_id).await["group_chat"].clone();
    assert_eq!(joined["member_list"].as_array().map(Vec::len), Some(group.n_members + 1));
    assert_ne!(joined["member_version"], renamed["member_version"]);
}

#[tokio::test]
async fn a_new_group_is_not_there_yet_and_a_dissolved_one_still_is() {
    let corp = late().await;
    let sim = &corp.running.sim;
    let chat_id = sim.add_group(&corp.owner(0), "新群", 5).expect("present");
    assert_eq!(corp.group(&chat_id).await["errcode"], 40050);
    corp.hand.advance(2_000);
    assert_eq!(corp.group(&chat_id).await["errcode"], 0);
    sim.dissolve_group(&chat_id).expect("alive");
    assert_eq!(corp.group(&chat_id).await["group_chat"]["name"], "新群");
    corp.hand.advance(2_000);
    assert_eq!(corp.group(&chat_id).await["errcode"], 49008);
}

#[tokio::test]
async fn a_new_customer_is_a_stranger_until_the_data_have_come() {
    let corp = late().await;
    let added = corp.running.sim.customer_adds(&corp.owner(0), Meeting::default());
    let customer = added.expect("present");
    let path = format!("externalcontact/get?external_userid={customer}");
    assert_eq!(corp.get(&path).await["errcode"], 84061);
    corp.hand.advance(2_000);
    assert_eq!(corp.get(&path).await["errcode"], 0);
}

#[tokio::test]
async fn what_people_note_comes_late_and_what_calls_note_at_once() {
    let corp = late().await;
    let sim = &corp.running.sim;
    let customer = sim.customers().remove(5);
    let (id, follower) = (&customer.external_userid, &customer.followers[0]);
    let by_hand = crate::Remark { remark: Some("手写".into()), ..crate::Remark::default() };
    sim.remark_customer(&follower.userid, id, by_hand).expect("friends");
    assert_eq!(corp.remark_of(id).await, follower.relation.remark.as_str());
    corp.hand.advance(2_000);
    assert_eq!(corp.remark_of(id).await, "手写");
    let by_call = json!({ "userid": follower.userid, "external_userid": id, "remark": "接口" });
    assert_eq!(corp.post("remark", by_call).await["errcode"], 0);
    assert_eq!(corp.remark_of(id).await, "接口");
}

#[tokio::test]
async fn by_default_data_come_at_once() {
    let corp = Corp::small().await;
    let chat_id = corp.running.sim.groups().remove(0).chat_id;
    corp.running.sim.rename_group(&chat_id, "新名").expect("alive");
    assert_eq!(corp.group(&chat_id).await["group_chat"]["name"], "新名");
}
