use serde_json::{Value, json};

use super::{Corp, small};
use crate::{Config, Limits, Meeting, Visitor};

impl Corp {
    async fn visit(&self, visitor: Visitor) -> Value {
        let code = self.running.sim.oauth_code(visitor).expect("present");
        self.get(&format!("auth/getuserinfo?code={code}")).await
    }

    async fn contact_token(&self) -> String {
        let secret = self.running.sim.config().contact_secret.clone();
        let reply = self.gettoken(&secret).await;
        reply["access_token"].as_str().expect("the secret is right").to_owned()
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_for_five_minutes() {
    let corp = Corp::small().await;
    let userid = corp.owner(1);
    let visitor = || Visitor::Staff { userid: userid.clone(), private: false };
    let code = corp.running.sim.oauth_code(visitor()).expect("present");
    let path = format!("auth/getuserinfo?code={code}");
    let first = corp.get(&path).await;
    assert_eq!((&first["userid"], first.get("user_ticket")), (&json!(userid), None));
    assert_eq!(corp.get(&path).await["errcode"], 42022);
    let late = corp.running.sim.oauth_code(visitor()).expect("present");
    corp.hand.advance(300_000);
    assert_eq!(corp.get(&format!("auth/getuserinfo?code={late}")).await["errcode"], 42003);
    assert_eq!(corp.get("auth/getuserinfo?code=made-up").await["errcode"], 40029);
}

#[tokio::test]
async fn one_who_agreed_has_a_ticket_for_the_details() {
    let corp = Corp::small().await;
    let visitor = Visitor::Staff { userid: corp.owner(0), private: true };
    let ticket = corp.visit(visitor).await["user_ticket"].clone();
    let ask = || corp.post_raw("auth/getuserdetail", json!({ "user_ticket": ticket }).to_string());
    assert!(ask().await["mobile"].is_string());
    corp.hand.advance(1_800_000);
    assert_eq!(ask().await["errcode"], 84014);
    let other = json!({ "user_ticket": "made-up" }).to_string();
    assert_eq!(corp.post_raw("auth/getuserdetail", other).await["errcode"], 84015);
}

#[tokio::test]
async fn somebody_outside_has_no_userid() {
    let corp = Corp::small().await;
    let anybody = corp.visit(Visitor::Outside { external_userid: None }).await;
    assert!(anybody.get("userid").is_none() && anybody["openid"].is_string());
    let id = corp.running.sim.customer_adds(&corp.owner(0), Meeting::default()).expect("present");
    let body = json!({ "external_userid": id });
    let code: Value = corp.play("oauth/codes", body).await.json().await.expect("JSON");
    let code = code["code"].as_str().expect("a code");
    let customer = corp.get(&format!("auth/getuserinfo?code={code}")).await;
    assert_eq!(customer["external_userid"], id.as_str());
}

#[tokio::test]
async fn the_two_tickets_differ_and_last_two_hours() {
    let mut corp = Corp::small().await;
    let corps = corp.get("get_jsapi_ticket").await;
    let apps = corp.get("ticket/get?type=agent_config").await;
    assert_ne!(corps["ticket"], apps["ticket"]);
    assert_eq!(corp.get("get_jsapi_ticket").await, corps);
    assert_eq!(corp.get("ticket/get?type=wx_card").await["errcode"], 91040);
    corp.hand.advance(7_200_000);
    corp.renew_token().await;
    assert_ne!(corp.get("get_jsapi_ticket").await["ticket"], corps["ticket"]);
}

#[tokio::test]
async fn the_contact_secret_sees_all_ids_and_nothing_else() {
    let limits = Limits { visible_departments: Some(vec![2]), ..Limits::default() };
    let mut corp = Corp::of(Config { limits, ..small() }).await;
    assert_eq!(corp.post_raw("user/list_id", "{}".into()).await["errcode"], 48002);
    corp.token = corp.contact_token().await;
    let mut rows = 0;
    let mut cursor = json!("");
    loop {
        let body = json!({ "limit": 5, "cursor": cursor }).to_string();
        let reply = corp.post_raw("user/list_id", body).await;
        rows += reply["dept_user"].as_array().expect("a list").len();
        cursor = reply["next_cursor"].clone();
        if cursor == "" {
            break;
        }
    }
    let staff = corp.running.sim.staff();
    assert_eq!(rows, staff.iter().map(|member| member.departments.len()).sum::<usize>());
    let tree = corp.get("department/simplelist").await;
    assert_eq!(tree["department_id"].as_array().map(Vec::len), Some(8));
    assert_eq!(corp.get("user/list?department_id=1").await["errcode"], 48009);
    assert_eq!(corp.get("externalcontact/get_follow_user_list").await["errcode"], 48002);
    assert_eq!(corp.post_raw("user/list_id", "{\"limit\":0}".into()).await["errcode"], 40058);
}

#[tokio::test]
async fn one_member_is_shown_or_named_as_not_found() {
    let corp = Corp::small().await;
    let shown = corp.get(&format!("user/get?userid={}", corp.owner(2).to_uppercase())).await;
    assert_eq!(shown["userid"], corp.owner(2).as_str());
    assert!(shown.get("mobile").is_none());
    assert_eq!(corp.get("user/get?userid=nobody").await["errcode"], 60111);
    let agent = corp.get("agent/get?agentid=1000002").await;
    assert_eq!(agent["allow_partys"]["partyid"], json!([1]));
    assert_eq!(corp.get("agent/get?agentid=7").await["errcode"], 301002);
    let simple = corp.get("user/simplelist?department_id=1").await;
    let full = corp.get("user/list?department_id=1").await;
    let ids = |reply: &Value| super::column(reply, "userlist", "userid").join(" ");
    assert_eq!(ids(&simple), ids(&full));
}

#[tokio::test]
async fn an_app_message_can_be_taken_back_for_a_day() {
    let mut corp = Corp::small().await;
    let body = json!({
        "touser": corp.owner(0), "msgtype": "text", "agentid": 1_000_002,
        "text": { "content": "撤回" },
    });
    let sent = corp.post_raw("message/send", body.to_string()).await;
    let recall = json!({ "msgid": sent["msgid"] }).to_string();
    assert_eq!(corp.post_raw("message/recall", recall.clone()).await["errcode"], 0);
    assert!(corp.running.sim.app_messages()[0].recalled_at_ms.is_some());
    assert_eq!(corp.post_raw("message/recall", "{\"msgid\":\"x\"}".into()).await["errcode"], 40058);
    corp.hand.advance(86_400_000);
    corp.renew_token().await;
    assert_eq!(corp.post_raw("message/recall", recall).await["errcode"], 42052);
}

#[tokio::test]
async fn statistics_count_what_the_ledger_has() {
    let mut corp = Corp::small().await;
    let owner = corp.owner(0);
    let chat = corp.chats_of(&owner).remove(0);
    corp.running.sim.post(&owner, &chat, "一").expect("own group");
    corp.running.sim.add_group(&owner, "新", 4).expect("present");
    let today_s = 1_772_553_600; // midnight in Shanghai
    let body = json!({
        "day_begin_time": today_s,
        "owner_filter": { "userid_list": [owner, corp.owner(1)] },
        "order_by": 1,
    });
    let early = corp.post("groupchat/statistic", body.clone()).await;
    assert_eq!(early["errcode"], 40058, "only from yesterday back");
    corp.hand.advance(86_400_000);
    corp.renew_token().await;
    let reply = corp.post("groupchat/statistic", body.clone()).await;
    let first = &reply["items"][0];
    assert_eq!((&first["owner"], &reply["total"]), (&json!(owner), &json!(2)));
    let data = &first["data"];
    assert_eq!((&data["chat_total"], &data["new_chat_cnt"]), (&json!(11), &json!(1)));
    assert_eq!((&data["msg_total"], &data["chat_has_msg"]), (&json!(1), &json!(1)));
    let by_day = corp.post("groupchat/statistic_group_by_day", body).await;
    assert_eq!(by_day["items"][0]["data"]["chat_total"], 21);
    assert_eq!(by_day["items"][0]["stat_time"], today_s);
}
