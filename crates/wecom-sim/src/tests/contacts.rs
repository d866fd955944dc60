use serde_json::json;

use super::{Corp, column};
use crate::Config;

#[tokio::test]
async fn departments_come_whole_or_from_one_down() {
    let corp = Corp::small().await;
    let all = corp.get("department/list").await;
    assert_eq!(all["department"].as_array().map(Vec::len), Some(8));
    assert_eq!(all["department"][0]["id"], 1);
    let below = corp.get("department/list?id=2").await;
    let below = below["department"].as_array().expect("a list");
    assert!(below.len() > 1 && below.iter().all(|d| d["id"] == 2 || d["parentid"] == 2));
    for unknown in ["99", "all"] {
        let reply = corp.get(&format!("department/list?id={unknown}")).await;
        assert_eq!(reply["errcode"], 60123);
        assert_eq!(reply["department"], json!([]));
    }
}

#[tokio::test]
async fn every_member_stands_in_the_departments_they_name_largest_order_first() {
    let corp = Corp::of(Config::default()).await;
    let mut n_places = 0;
    for department in corp.running.sim.departments() {
        let path = format!("user/list?department_id={}", department.id);
        let reply = corp.get(&path).await;
        let mut last_order = u64::MAX;
        for user in reply["userlist"].as_array().expect("a list") {
            let ids = user["department"].as_array().expect("a list");
            let at = ids.iter().position(|id| *id == department.id).expect("named");
            let order = user["order"][at].as_u64().expect("a number");
            assert!(order <= last_order);
            assert!(user.get("mobile").is_none(), "withheld from new apps");
            last_order = order;
            n_places += 1;
        }
    }
    let staff = corp.running.sim.staff();
    assert_eq!(n_places, staff.iter().map(|member| member.departments.len()).sum::<usize>());
}

#[tokio::test]
async fn members_of_no_or_an_unknown_department_are_refused() {
    let corp = Corp::small().await;
    assert_eq!(corp.get("user/list").await["errcode"], 40058);
    let reply = corp.get("user/list?department_id=4242").await;
    assert_eq!((&reply["errcode"], &reply["userlist"]), (&json!(60123), &json!([])));
}

#[tokio::test]
async fn the_follow_list_leaves_out_who_may_not_and_who_left() {
    let corp = Corp::of(Config::default()).await;
    let staff = corp.running.sim.staff();
    let followers: Vec<_> = staff.iter().filter(|m| m.follows).map(|m| &m.userid).collect();
    assert!(followers.len() < staff.len());
    let reply = corp.get("externalcontact/get_follow_user_list").await;
    assert_eq!(reply["follow_user"], json!(followers));
    corp.running.sim.staff_leaves(followers[0]).expect("present");
    let reply = corp.get("externalcontact/get_follow_user_list").await;
    assert_eq!(reply["follow_user"], json!(followers[1..]));
}

#[tokio::test]
async fn tags_come_whole_or_by_ids_and_group_ids_win() {
    let corp = Corp::small().await;
    let all = corp.post("get_corp_tag_list", json!({})).await;
    let groups = all["tag_group"].as_array().expect("a list");
    assert!(groups.len() > 3);
    assert!(groups[0].get("deleted").is_none());
    let (group, tag) = (&groups[0]["group_id"], &groups[1]["tag"][1]["id"]);
    let by_tag = corp.post("get_corp_tag_list", json!({ "tag_id": [tag] })).await;
    assert_eq!(by_tag["tag_group"][0]["tag"].as_array().map(Vec::len), Some(1));
    assert_eq!(by_tag["tag_group"][0]["tag"][0]["deleted"], false);
    let both = json!({ "tag_id": [tag], "group_id": [group] });
    let by_group = corp.post("get_corp_tag_list", both).await;
    assert_eq!(column(&by_group, "tag_group", "group_id"), [group.as_str().expect("a text")]);
}
