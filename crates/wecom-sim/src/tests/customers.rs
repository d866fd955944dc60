use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Corp, column, small};
use crate::{Config, Meeting, Sim};

fn with_customers() -> Config {
    Config { n_customers: 400, n_staff: 40, ..small() }
}

fn busiest(sim: &Sim) -> (String, Vec<String>) {
    let customers = sim.customers();
    let of = |userid: &str| {
        let theirs = customers.iter().filter(|c| c.followers.iter().any(|f| f.userid == userid));
        theirs.map(|c| c.external_userid.clone()).collect::<Vec<_>>()
    };
    let all = sim.staff().into_iter().map(|member| (member.userid.clone(), of(&member.userid)));
    all.max_by_key(|(_, theirs)| theirs.len()).expect("there is staff")
}

impl Corp {
    async fn list(&self, userid: &str) -> Value {
        self.get(&format!("externalcontact/list?userid={userid}")).await
    }

    async fn customer(&self, external_userid: &str) -> Value {
        self.get(&format!("externalcontact/get?external_userid={external_userid}")).await
    }
}

#[tokio::test]
async fn every_relation_of_the_seed_is_listed_and_shown_from_both_sides() {
    let corp = Corp::of(with_customers()).await;
    let sim = &corp.running.sim;
    let customers = sim.customers();
    assert_eq!(customers.len(), 400);
    for member in sim.staff().into_iter().filter(|member| member.follows) {
        let theirs = customers.iter().filter(|customer| {
            customer.followers.iter().any(|follower| follower.userid == member.userid)
        });
        let theirs: Vec<&str> = theirs.map(|customer| customer.external_userid.as_str()).collect();
        let reply = corp.list(&member.userid).await;
        if theirs.is_empty() {
            assert_eq!(reply["errcode"], 84061);
        }
        assert_eq!(reply["external_userid"], json!(theirs), "{}", member.userid);
    }
    for customer in &customers[1..60] {
        let reply = corp.customer(&customer.external_userid).await;
        assert_eq!(reply["external_contact"]["name"], customer.name.as_str());
        let shown = column(&reply, "follow_user", "userid");
        let followers: Vec<&str> =
            customer.followers.iter().map(|follower| follower.userid.as_str()).collect();
        assert_eq!(shown, followers);
    }
}

#[tokio::test]
async fn pages_of_many_members_have_every_pair_once_with_tags_as_ids_only() {
    let corp = Corp::of(with_customers()).await;
    let sim = &corp.running.sim;
    let staff: Vec<String> = sim.staff().into_iter().map(|member| member.userid).collect();
    let mut cursor = String::new();
    let mut pairs = Vec::new();
    loop {
        let body = json!({ "userid_list": staff, "limit": 5_000, "cursor": cursor });
        let reply = corp.post("batch/get_by_user", body).await;
        let list = reply["external_contact_list"].as_array().expect("a list").clone();
        assert!(list.len() <= 100, "the limit is clamped");
        for entry in &list {
            let info = &entry["follow_info"];
            assert!(info.get("tags").is_none() && info["tag_id"].is_array());
            pairs.push((
                entry["external_contact"]["external_userid"].clone(),
                info["userid"].clone(),
            ));
        }
        cursor = reply["next_cursor"].as_str().expect("a cursor").to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    let customers = sim.customers();
    let n_pairs: usize = customers.iter().map(|customer| customer.followers.len()).sum();
    assert_eq!(pairs.len(), n_pairs);
    let different: HashSet<String> = pairs.iter().map(|pair| format!("{pair:?}")).collect();
    assert_eq!(different.len(), n_pairs);
}

#[tokio::test]
async fn a_customer_of_more_than_500_staff_comes_in_pages() {
    let config = Config { n_customers: 10, n_staff: 700, n_groups: 3, ..Config::default() };
    let corp = Corp::of(config).await;
    let everybodys = corp.running.sim.customers().remove(0);
    let first = corp.customer(&everybodys.external_userid).await;
    assert_eq!(first["follow_user"].as_array().map(Vec::len), Some(500));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let path = format!("{}&cursor={cursor}", everybodys.external_userid);
    let second = corp.customer(&path).await;
    assert_eq!(second["next_cursor"], "");
    let n_second = second["follow_user"].as_array().map_or(0, Vec::len);
    assert_eq!(500 + n_second, everybodys.followers.len());
    let altered = format!("{}&cursor=1{}", everybodys.external_userid, &cursor[1..]);
    let other = format!("{}&cursor=0{}", everybodys.external_userid, &cursor[1..]);
    let codes = [corp.customer(&altered).await, corp.customer(&other).await];
    assert!(codes.iter().any(|reply| reply["errcode"] == 50100));
}

#[tokio::test]
async fn lists_that_are_too_long_joined_or_missing_are_refused() {
    let corp = Corp::of(with_customers()).await;
    let many: Vec<String> = (0..101).map(|n| format!("user-{n}")).collect();
    for (body, errcode) in [
        (json!({ "userid_list": many }), 40058),
        (json!({ "userid_list": ["a,".repeat(40)] }), 40058),
        (json!({ "userid_list": "one" }), 40058),
        (json!({ "userid": corp.owner(0) }), 40058),
        (json!({ "userid_list": ["nobody"] }), 40003),
        (json!({ "userid_list": [corp.owner(0)], "cursor": "made-up" }), 50100),
    ] {
        let reply = corp.post("batch/get_by_user", body.clone()).await;
        assert_eq!(reply["errcode"], errcode, "{body}");
        assert_eq!(reply["external_contact_list"], json!([]));
    }
    assert_eq!(corp.list("nobody").await["errcode"], 40003);
    assert_eq!(corp.get("externalcontact/get").await["errcode"], 41035);
    assert_eq!(corp.customer("wmNobody").await["errcode"], 40096);
}

#[tokio::test]
async fn people_in_groups_whom_nobody_follows_cannot_be_fetched() {
    let corp = Corp::of(Config { n_groups: 200, ..with_customers() }).await;
    let sim = &corp.running.sim;
    let outside = sim.groups().into_iter().flat_map(|group| sim.group_members(&group.chat_id));
    let outside = outside.filter(|member| !member.of_staff);
    let stranger = outside
        .map(|member| sim.customer(&member.userid).expect("known by number"))
        .find(|customer| customer.followers.is_empty())
        .expect("every twentieth is a stranger");
    assert_eq!(corp.customer(&stranger.external_userid).await["errcode"], 84061);
    let met = Meeting {
        external_userid: Some(stranger.external_userid.clone()),
        add_way: 4,
        ..Meeting::default()
    };
    sim.customer_adds(&corp.owner(0), met).expect("both are there");
    let reply = corp.customer(&stranger.external_userid).await;
    assert_eq!(reply["follow_user"][0]["add_way"], 4);
    assert_eq!(reply["external_contact"]["name"], stranger.name.as_str());
}

#[tokio::test]
async fn a_half_relation_is_seen_by_no_call_until_it_becomes_whole() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let owner = corp.owner(0);
    let half = Meeting { name: "半".into(), half: true, ..Meeting::default() };
    let id = sim.customer_adds(&owner, half).expect("present");
    assert_eq!(corp.list(&owner).await["errcode"], 84061);
    assert_eq!(corp.customer(&id).await["errcode"], 84061);
    let whole =
        Meeting { external_userid: Some(id.clone()), state: "门店".into(), ..Meeting::default() };
    sim.customer_adds(&owner, whole.clone()).expect("half so far");
    assert_eq!(corp.list(&owner).await["external_userid"], json!([id]));
    assert_eq!(corp.customer(&id).await["follow_user"][0]["state"], "门店");
    assert!(sim.customer_adds(&owner, whole).is_err(), "they are friends already");
}

#[tokio::test]
async fn a_customer_who_leaves_stays_visible_and_one_deleted_does_not() {
    let corp = Corp::of(with_customers()).await;
    let sim = &corp.running.sim;
    let (staff, theirs) = busiest(sim);
    sim.customer_deletes_staff(&staff, &theirs[1]).expect("friends");
    sim.staff_deletes_customer(&staff, &theirs[2]).expect("friends");
    let reply = corp.list(&staff).await;
    let listed = reply["external_userid"].as_array().expect("a list");
    assert!(listed.contains(&json!(theirs[1])));
    assert!(!listed.contains(&json!(theirs[2])));
    assert_eq!(listed.len(), theirs.len() - 1);
    assert!(sim.staff_deletes_customer(&staff, &theirs[2]).is_err());
}

#[tokio::test]
async fn remarks_by_api_are_kept_and_too_long_ones_refused() {
    let corp = Corp::of(with_customers()).await;
    let (staff, theirs) = busiest(&corp.running.sim);
    let pair = |more: Value| {
        let mut body = json!({ "userid": staff, "external_userid": theirs[3] });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
        body
    };
    let long = "长".repeat(21);
    for (more, errcode) in [
        (json!({}), 40063),
        (json!({ "remark": long }), 40058),
        (json!({ "description": "长".repeat(151) }), 40058),
        (json!({ "remark": "张三", "remark_mobiles": ["13800000000"] }), 0),
    ] {
        assert_eq!(corp.post("remark", pair(more.clone())).await["errcode"], errcode, "{more}");
    }
    let follower = |reply: Value| {
        let list = reply["follow_user"].as_array().expect("a list").clone();
        list.into_iter().find(|f| f["userid"] == staff.as_str()).expect("follows")
    };
    let shown = follower(corp.customer(&theirs[3]).await);
    assert_eq!(shown["remark"], "张三");
    corp.post("remark", pair(json!({ "remark_mobiles": [""] }))).await;
    let shown = follower(corp.customer(&theirs[3]).await);
    assert_eq!((&shown["remark"], &shown["remark_mobiles"]), (&json!("张三"), &json!([])));
    let stranger = json!({ "userid": corp.owner(5), "external_userid": theirs[3], "remark": "x" });
    let follows = corp.running.sim.customer(&theirs[3]).expect("known").followers;
    if !follows.iter().any(|f| f.userid == corp.owner(5)) {
        assert_eq!(corp.post("remark", stranger).await["errcode"], 84061);
    }
}
