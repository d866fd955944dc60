//! What is read of customers, and what is noted about them.

use super::*;
use crate::{
    Class, Effect,
    testing::{Reply, Server, parse, with_token},
};

const OK: &str = include_str!("../../examples-of-replies/ok.json");

#[test]
fn the_documented_members_are_read() {
    let body = include_str!("../../examples-of-replies/get_follow_user_list.json");
    let reply = parse::<FollowUsers>(&FOLLOW_USERS, body).unwrap();
    assert_eq!(reply.follow_user, ["zhangsan", "lissi"]);
}

#[test]
fn a_refusal_with_an_empty_list_is_a_refusal() {
    let body = r#"{"errcode":48002,"errmsg":"api forbidden","follow_user":[]}"#;
    let error = parse::<FollowUsers>(&FOLLOW_USERS, body).map(|reply| reply.follow_user);
    assert_eq!(error.unwrap_err().errcode(), Some(48_002));
}

async fn answering(body: &'static str) -> Server {
    Server::start(move |request| with_token(request, || Reply::json(body))).await
}

#[tokio::test]
async fn the_customers_of_a_member_are_listed() {
    let server =
        answering(include_str!("../../examples-of-replies/externalcontact-list.json")).await;
    let ids = list_of(&server.client(), "zhang.san-1").await.unwrap();
    assert_eq!(ids, ["woAJ2GCAAAXtWyujaWJHDDGi0mACAAA", "wmqfasd1e1927831291723123109rAAA"]);
    let request = server.requests().remove(1);
    assert_eq!((request.method.as_str(), request.call.as_str()), ("GET", "externalcontact/list"));
    assert_eq!(request.query, "userid=zhang.san-1&access_token=good-token");
}

#[tokio::test]
async fn a_member_without_customers_has_an_empty_list_and_any_other_refusal_is_one() {
    let server = answering(include_str!("../../examples-of-replies/refusal.json")).await;
    assert_eq!(list_of(&server.client(), "a").await.unwrap(), [""; 0]);
    let server =
        answering(r#"{"errcode":60011,"errmsg":"no privilege","external_userid":[]}"#).await;
    let error = list_of(&server.client(), "a").await.unwrap_err();
    assert_eq!((error.errcode(), error.class()), (Some(60_011), Class::Configuration));
}

#[tokio::test]
async fn the_documented_customer_is_read_with_followers_and_three_kinds_of_tags() {
    let server =
        answering(include_str!("../../examples-of-replies/externalcontact-get.json")).await;
    let customer = get(&server.client(), "wo1", None).await.unwrap();
    let contact = &customer.external_contact;
    assert_eq!((contact.name.as_str(), contact.kind, contact.gender), ("李四", KIND_WECOM, 1));
    assert_eq!(contact.external_userid, "woAJ2GCAAAXtWyujaWJHDDGi0mACHAAA");
    assert!(contact.external_profile.as_ref().unwrap()["external_attr"].is_array());
    let [rocky, tommy] = &customer.follow_user[..] else { panic!("two followers") };
    assert_eq!((rocky.add_way, rocky.wechat_channels.as_ref().unwrap().source), (10, 1));
    assert_eq!(rocky.remark_mobiles, ["13800000001", "13000000002"]);
    let kinds: Vec<_> = rocky.tags.iter().map(|tag| (tag.kind, tag.tag_id.is_empty())).collect();
    assert_eq!(kinds, [(TAG_CORP, false), (TAG_PERSONAL, true), (TAG_STRATEGY, false)]);
    assert_eq!((tommy.state.as_str(), tommy.createtime), ("外联二维码1", 1_525_881_637));
    assert_eq!(customer.next_cursor.as_deref(), Some("NEXT_CURSOR"));
    get(&server.client(), "wo1", Some("a b")).await.unwrap();
    let queries: Vec<String> = server.requests().into_iter().map(|request| request.query).collect();
    assert_eq!(queries[1], "external_userid=wo1&access_token=good-token");
    assert_eq!(queries[3], "external_userid=wo1&cursor=a+b&access_token=good-token");
}

#[test]
fn a_customer_written_and_read_again_is_the_same() {
    let body = include_str!("../../examples-of-replies/externalcontact-get.json");
    let customer = parse::<Customer>(&GET, body).unwrap();
    let written = serde_json::to_string(&customer).unwrap();
    assert_eq!(serde_json::from_str::<Customer>(&written).unwrap(), customer);
}

#[test]
fn a_customer_told_with_numbers_as_text_and_null_lists_is_read() {
    let body = r#"{"external_contact":{"external_userid":"wm1","type":"1","gender":"2","name":null},
        "follow_user":[{"userid":"a","createtime":"1525779812","tags":null,"remark_mobiles":null,
        "add_way":"999","wechat_channels":{"nickname":"n","source":"3"}}]}"#;
    let customer = parse::<Customer>(&GET, body).unwrap();
    let follower = &customer.follow_user[0];
    assert_eq!((customer.external_contact.kind, customer.external_contact.gender), (1, 2));
    assert_eq!((follower.createtime, follower.add_way), (1_525_779_812, 999));
    assert_eq!(follower.wechat_channels.as_ref().unwrap().source, 3);
    assert_eq!((follower.tags.len(), customer.next_cursor), (0, None));
}

#[test]
fn a_success_without_the_customer_or_without_an_id_is_malformed() {
    for body in [r#"{"errcode":0}"#, r#"{"external_contact":{"external_userid":"","name":"a"}}"#] {
        assert!(matches!(parse::<Customer>(&GET, body), Err(Error::Malformed { .. })), "{body}");
    }
    let body = r#"{"external_contact_list":[{"external_contact":{"external_userid":"wm1"}}]}"#;
    assert!(matches!(parse::<BatchPage>(&BATCH, body), Err(Error::Malformed { .. })));
}

#[tokio::test]
async fn the_documented_page_of_relations_is_read_and_asked_for_with_a_list() {
    let server = answering(include_str!("../../examples-of-replies/batch-get_by_user.json")).await;
    let client = server.client();
    let members = ["lisi".to_owned(), "rocky".to_owned()];
    let page = batch_of(&client, &members, None, 100).await.unwrap();
    let Relation { external_contact, follow_info } = &page.relations[0];
    assert_eq!((external_contact.name.as_str(), external_contact.kind), ("王五", KIND_WECOM));
    assert_eq!(follow_info.tag_id.len(), 2);
    assert_eq!((follow_info.userid.as_str(), follow_info.add_way), ("lisi", 3));
    let cursor = page.next_cursor.as_deref();
    assert_eq!(cursor, Some("r9FqSqsI8fgNbHLHE5QoCP50UIg2cFQbfma3l2QsmwI"));
    batch_of(&client, &members[..1], cursor, 1).await.unwrap();
    assert_eq!(
        server.bodies_of("externalcontact/batch/get_by_user"),
        [
            r#"{"userid_list":["lisi","rocky"],"limit":100}"#.to_owned(),
            format!(r#"{{"userid_list":["lisi"],"cursor":"{}","limit":1}}"#, cursor.unwrap()),
        ]
    );
}

#[tokio::test]
async fn relations_beyond_wecoms_limits_are_not_asked_for() {
    let server = answering("{}").await;
    let client = server.client();
    let member = ["a".to_owned()];
    for (members, limit) in
        [(&[][..], 1), (&vec!["a".to_owned(); 101], 1), (&member, 0), (&member, 101)]
    {
        let error = batch_of(&client, members, None, limit).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{limit}");
    }
    assert_eq!(server.requests().len(), 0);
}

fn note() -> Remark {
    Remark {
        userid: "zhangsan".to_owned(),
        external_userid: "wm1".to_owned(),
        remark: Some("老王😀".to_owned()),
        ..Remark::default()
    }
}

#[tokio::test]
async fn only_what_shall_change_is_written_and_an_empty_list_clears_the_numbers() {
    let server = answering(OK).await;
    let client = server.client();
    remark(&client, &note()).await.unwrap();
    let everything = Remark {
        description: Some(String::new()),
        remark_company: Some("腾讯".to_owned()),
        remark_mobiles: Some(Vec::new()),
        remark_pic_mediaid: Some("m".to_owned()),
        ..note()
    };
    remark(&client, &everything).await.unwrap();
    let numbers = Remark { remark: None, remark_mobiles: Some(vec!["138".to_owned()]), ..note() };
    remark(&client, &numbers).await.unwrap();
    assert_eq!(
        server.bodies_of("externalcontact/remark"),
        [
            r#"{"userid":"zhangsan","external_userid":"wm1","remark":"老王😀"}"#,
            concat!(
                r#"{"userid":"zhangsan","external_userid":"wm1","remark":"老王😀","#,
                r#""description":"","remark_company":"腾讯","remark_mobiles":[""],"#,
                r#""remark_pic_mediaid":"m"}"#
            ),
            r#"{"userid":"zhangsan","external_userid":"wm1","remark_mobiles":["138"]}"#,
        ]
    );
}

#[tokio::test]
async fn a_remark_beyond_the_limits_or_of_nothing_is_not_sent() {
    let server = answering(OK).await;
    let wrong = [
        Remark { remark: None, ..note() },
        Remark { userid: String::new(), ..note() },
        Remark { external_userid: String::new(), ..note() },
        Remark { remark: Some("王".repeat(21)), ..note() },
        Remark { remark_company: Some("王".repeat(21)), ..note() },
        Remark { description: Some("王".repeat(151)), ..note() },
    ];
    for wrong in wrong {
        let error = remark(&server.client(), &wrong).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{wrong:?}");
    }
    assert_eq!(server.requests().len(), 0);
    let longest = Remark { remark: Some("王".repeat(20)), ..note() };
    remark(&server.client(), &longest).await.unwrap();
}

fn marks() -> TagMarks {
    TagMarks {
        userid: "zhangsan".to_owned(),
        external_userid: "wm1".to_owned(),
        add_tag: vec!["et1".to_owned(), "st2".to_owned()],
        remove_tag: Vec::new(),
    }
}

#[tokio::test]
async fn tags_are_put_on_and_taken_off() {
    let server = answering(OK).await;
    let client = server.client();
    mark_tag(&client, &marks()).await.unwrap();
    let off = TagMarks { add_tag: Vec::new(), remove_tag: vec!["et1".to_owned()], ..marks() };
    mark_tag(&client, &off).await.unwrap();
    assert_eq!(
        server.bodies_of("externalcontact/mark_tag"),
        [
            r#"{"userid":"zhangsan","external_userid":"wm1","add_tag":["et1","st2"]}"#,
            r#"{"userid":"zhangsan","external_userid":"wm1","remove_tag":["et1"]}"#,
        ]
    );
}

#[tokio::test]
async fn marks_without_tags_member_or_customer_are_not_sent() {
    let server = answering(OK).await;
    let wrong = [
        TagMarks { add_tag: Vec::new(), ..marks() },
        TagMarks { userid: String::new(), ..marks() },
        TagMarks { external_userid: String::new(), ..marks() },
    ];
    for wrong in wrong {
        let error = mark_tag(&server.client(), &wrong).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{wrong:?}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_not_repeated() {
    let server = Server::start(|request| with_token(request, || Reply::Close)).await;
    let error = mark_tag(&server.client(), &marks()).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(server.calls(), ["gettoken", "externalcontact/mark_tag"]);
}
