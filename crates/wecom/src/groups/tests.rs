//! What is read of groups, and what is asked for.

use super::*;
use crate::testing::{Reply, Server, parse, with_token};

fn request() -> ListRequest {
    ListRequest { status_filter: 0, owners: Vec::new(), cursor: None, limit: 1_000 }
}

#[test]
fn the_documented_page_is_read_and_has_a_next_one() {
    let body = include_str!("../../examples-of-replies/groupchat-list.json");
    let page = parse::<ListPage>(&LIST, body).unwrap();
    assert_eq!(page.groups[1].chat_id, "wrOgQhDgAAcwMTB7YmDkbeBsAAAA");
    assert_eq!(page.groups[0].status, STATUS_NORMAL);
    assert_eq!(page.next_cursor.as_deref(), Some("tJzlB9tdqfh-g7i_J-ehOz_TWcd7dSKa39_AqCIeMFw"));
}

#[test]
fn an_empty_cursor_ends_the_list_and_is_written_as_such() {
    let page = parse::<ListPage>(&LIST, r#"{"group_chat_list":null,"next_cursor":""}"#).unwrap();
    assert_eq!(page, ListPage::default());
    assert_eq!(serde_json::to_string(&page).unwrap(), r#"{"group_chat_list":[],"next_cursor":""}"#);
}

#[test]
fn the_documented_group_is_read() {
    let body = include_str!("../../examples-of-replies/groupchat-get.json");
    let group = parse::<GroupReply>(&GET, body).unwrap().group_chat;
    assert_eq!((group.name.as_str(), group.owner.as_str()), ("销售客服群", "ZhuShengBen"));
    assert_eq!(group.create_time, 1_572_505_490);
    let [staff, customer] = &group.member_list[..] else { panic!("two members") };
    assert_eq!((staff.kind, staff.invitor.as_ref().unwrap().userid.as_str()), (1, "jack"));
    assert_eq!((customer.kind, customer.invitor.as_ref()), (KIND_EXTERNAL, None));
    assert_eq!((customer.join_scene, customer.state.as_str()), (3, "klsdup3kj3s1"));
    assert_eq!(customer.unionid, "ozynqsulJFCZ2z1aYeS8h-nuasdAAA");
    assert_eq!(group.admin_list.len(), 2);
    assert_eq!(group.member_version, "71217227bbd112ecfe3a49c482195cb4");
}

#[test]
fn a_group_without_name_notice_and_administrators_is_read() {
    let body = r#"{"group_chat":{"chat_id":"wr1","owner":"a","create_time":"1572505490",
        "admin_list":null,"member_list":[{"userid":"a","type":"1","invitor":null}]}}"#;
    let group = parse::<GroupReply>(&GET, body).unwrap().group_chat;
    assert_eq!((group.name.as_str(), group.create_time), ("", 1_572_505_490));
    assert_eq!(group.member_list[0].kind, KIND_STAFF);
}

#[test]
fn a_success_without_the_group_is_malformed() {
    let error = parse::<GroupReply>(&GET, r#"{"errcode":0}"#).map(|reply| reply.group_chat);
    assert!(matches!(error, Err(Error::Malformed { .. })));
}

#[tokio::test]
async fn the_first_page_of_everybody_names_neither_owners_nor_cursor() {
    let server = Server::start(|request| with_token(request, || Reply::json("{}"))).await;
    list(&server.client(), &request()).await.unwrap();
    let later = ListRequest {
        owners: vec!["张三".to_owned()],
        cursor: Some("c".to_owned()),
        limit: 7,
        ..request()
    };
    list(&server.client(), &later).await.unwrap();
    let bodies = server.bodies_of("externalcontact/groupchat/list");
    assert_eq!(
        bodies,
        [
            r#"{"status_filter":0,"limit":1000}"#,
            r#"{"status_filter":0,"owner_filter":{"userid_list":["张三"]},"cursor":"c","limit":7}"#,
        ]
    );
}

#[tokio::test]
async fn a_group_is_asked_for_with_the_names_of_its_members() {
    let body = include_str!("../../examples-of-replies/groupchat-get.json");
    let server = Server::start(|request| with_token(request, || Reply::json(body))).await;
    let group = get(&server.client(), "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA").await.unwrap();
    assert_eq!(group.member_list[1].name, "王语嫣");
    assert_eq!(
        server.bodies_of("externalcontact/groupchat/get"),
        [r#"{"chat_id":"wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA","need_name":1}"#]
    );
}

#[tokio::test]
async fn a_list_beyond_wecoms_limits_is_not_sent() {
    let server = Server::start(|request| with_token(request, || Reply::json("{}"))).await;
    let wrong = [
        ListRequest { limit: 0, ..request() },
        ListRequest { limit: 1_001, ..request() },
        ListRequest { owners: vec!["a".to_owned(); 101], ..request() },
    ];
    for request in wrong {
        let error = list(&server.client(), &request).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }));
    }
    assert_eq!(server.requests().len(), 0);
}
