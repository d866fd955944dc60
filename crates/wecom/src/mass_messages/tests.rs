//! What is sent for a mass message, and what is read about it.

use super::*;
use crate::{
    Effect,
    testing::{Reply, Server, parse, with_token},
};

const CREATED: &str = include_str!("../../examples-of-replies/add_msg_template.json");

fn message() -> GroupMessage {
    GroupMessage {
        sender: "zhangsan".to_owned(),
        chat_ids: vec!["wr2GCAAAXtWyujaWJHDDGasdadAAA".to_owned()],
        text: Some("文本消息内容".to_owned()),
        attachments: vec![
            Attachment::Image(ImageSource::MediaId("MEDIA_ID".to_owned())),
            Attachment::Link {
                title: "消息标题".to_owned(),
                picurl: "https://example.pic.com/path".to_owned(),
                desc: "消息描述".to_owned(),
                url: "https://example.link.com/path".to_owned(),
            },
            Attachment::MiniProgram {
                title: "消息标题".to_owned(),
                pic_media_id: "MEDIA_ID".to_owned(),
                appid: "wx8bd80126147dfAAA".to_owned(),
                page: "/path/index.html".to_owned(),
            },
            Attachment::Video { media_id: "MEDIA_ID".to_owned() },
            Attachment::File { media_id: "MEDIA_ID".to_owned() },
        ],
    }
}

#[tokio::test]
async fn a_message_is_made_with_the_documented_body_and_reply() {
    let server = Server::start(|request| with_token(request, || Reply::json(CREATED))).await;
    let created = create_for_groups(&server.client(), &message()).await.unwrap();
    assert_eq!(created.msgid, "msgGCAAAXtWyujaWJHDDGi0mAAAA");
    assert_eq!(created.fail_list, ["wmqfasd1e1927831123109rBAAAA"]);
    let sent = server.bodies_of("externalcontact/add_msg_template").remove(0);
    let documented = include_str!("../../examples-of-replies/add_msg_template.request.json");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&sent).unwrap(),
        serde_json::from_str::<serde_json::Value>(documented).unwrap()
    );
    assert!(sent.contains("文本消息内容"), "text is not escaped");
}

#[tokio::test]
async fn a_message_beyond_the_limits_is_not_sent() {
    let server = Server::start(|request| with_token(request, || Reply::json(CREATED))).await;
    let wrong = [
        GroupMessage { sender: String::new(), ..message() },
        GroupMessage { chat_ids: Vec::new(), ..message() },
        GroupMessage { chat_ids: vec!["wr".to_owned(); MAX_CHAT_IDS + 1], ..message() },
        GroupMessage { text: Some("群".repeat(1_334)), ..message() },
        GroupMessage { attachments: vec![message().attachments.remove(0); 10], ..message() },
        GroupMessage { text: Some(String::new()), attachments: Vec::new(), ..message() },
    ];
    for message in wrong {
        let error = create_for_groups(&server.client(), &message).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{error}");
        assert_eq!(error.effect(), Effect::None);
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_message_without_text_carries_no_text_field() {
    let server = Server::start(|request| with_token(request, || Reply::json(CREATED))).await;
    let message = GroupMessage { text: Some(String::new()), ..message() };
    create_for_groups(&server.client(), &message).await.unwrap();
    assert!(!server.bodies_of("externalcontact/add_msg_template")[0].contains("\"text\""));
}

#[test]
fn a_success_without_msgid_leaves_the_effect_unknown() {
    for body in [r#"{"errcode":0}"#, r#"{"errcode":0,"msgid":"","fail_list":[]}"#] {
        let error = parse::<Created>(&ADD_MSG_TEMPLATE, body).unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{body}");
    }
}

#[test]
fn nobody_to_send_to_is_a_refusal_with_an_empty_fail_list() {
    let body = r#"{"errcode":41048,"errmsg":"no customer","fail_list":[]}"#;
    let error = parse::<Created>(&ADD_MSG_TEMPLATE, body).unwrap_err();
    assert_eq!((error.errcode(), error.effect()), (Some(41_048), Effect::None));
}

#[test]
fn the_documented_list_of_messages_is_read() {
    let body = include_str!("../../examples-of-replies/get_groupmsg_list_v2.json");
    let page = parse::<MassListPage>(&GROUPMSG_LIST, body).unwrap();
    let message = &page.messages[0];
    assert_eq!((message.creator.as_deref(), message.create_type), (Some("xxxx"), FILTER_PERSONAL));
    assert_eq!((message.text.as_str(), message.create_time), ("文本消息内容", 1_605_171_726));
    let image = Attachment::Image(ImageSource::MediaId("MEDIA_ID".to_owned()));
    assert_eq!(message.attachments, [image]);
    assert_eq!(page.next_cursor.as_deref(), Some("CURSOR"));
}

#[test]
fn a_message_made_by_api_has_no_creator_and_may_tell_its_time_as_text() {
    let body = r#"{"group_msg_list":[{"msgid":"msg1","create_time":"1605171726","create_type":"0",
        "attachments":[{"msgtype":"image","image":{"pic_url":"https://p.example/1"}}]}]}"#;
    let page = parse::<MassListPage>(&GROUPMSG_LIST, body).unwrap();
    let message = &page.messages[0];
    assert_eq!((message.creator.as_deref(), message.create_time), (None, 1_605_171_726));
    assert_eq!((message.text.as_str(), page.next_cursor.as_deref()), ("", None));
    let image = Attachment::Image(ImageSource::PicUrl("https://p.example/1".to_owned()));
    assert_eq!(message.attachments, [image]);
}

#[test]
fn a_listed_message_written_and_read_again_is_the_same() {
    let body = include_str!("../../examples-of-replies/get_groupmsg_list_v2.json");
    let page = parse::<MassListPage>(&GROUPMSG_LIST, body).unwrap();
    let written = serde_json::to_string(&page).unwrap();
    assert!(written.contains(r#""text":{"content":"文本消息内容"}"#));
    assert_eq!(serde_json::from_str::<MassListPage>(&written).unwrap(), page);
}

#[tokio::test]
async fn messages_are_listed_without_naming_a_creator() {
    let server = Server::start(|request| with_token(request, || Reply::json("{}"))).await;
    let mut request = MassListRequest {
        start_s: 1_605_171_726,
        end_s: 1_605_172_497,
        filter_type: FILTER_ENTERPRISE,
        cursor: None,
        limit: MAX_LIST_PAGE,
    };
    list(&server.client(), &request).await.unwrap();
    assert_eq!(
        server.bodies_of("externalcontact/get_groupmsg_list_v2"),
        [concat!(
            r#"{"chat_type":"group","start_time":1605171726,"end_time":1605172497,"#,
            r#""filter_type":0,"limit":100}"#
        )]
    );
    request.limit = 101;
    let error = list(&server.client(), &request).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }));
}

#[test]
fn the_documented_tasks_are_read() {
    let body = include_str!("../../examples-of-replies/get_groupmsg_task.json");
    let page = parse::<TaskPage>(&GROUPMSG_TASK, body).unwrap();
    assert_eq!((page.tasks[0].status, page.tasks[0].send_time), (TASK_SENT, Some(1_552_536_375)));
    assert_eq!(page.tasks[0].userid, "zhangsan");
    let waiting = r#"{"task_list":[{"userid":"a","status":0}]}"#;
    let page = parse::<TaskPage>(&GROUPMSG_TASK, waiting).unwrap();
    assert_eq!((page.tasks[0].status, page.tasks[0].send_time), (TASK_NOT_SENT, None));
}

#[test]
fn a_task_without_status_is_not_taken_for_an_unsent_one() {
    let body = r#"{"task_list":[{"userid":"a"}]}"#;
    assert!(matches!(parse::<TaskPage>(&GROUPMSG_TASK, body), Err(Error::Malformed { .. })));
}

#[test]
fn the_documented_results_are_read() {
    let body = include_str!("../../examples-of-replies/get_groupmsg_send_result.json");
    let page = parse::<SendResultPage>(&GROUPMSG_SEND_RESULT, body).unwrap();
    let result = &page.results[0];
    assert_eq!(result.chat_id, "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA");
    assert_eq!((result.external_userid.as_str(), result.userid.as_str()), ("", "zhangsan"));
    assert_eq!((result.status, result.send_time), (RESULT_SENT, Some(1_552_536_375)));
}

#[tokio::test]
async fn tasks_and_results_are_asked_for_in_the_largest_pages() {
    let server = Server::start(|request| with_token(request, || Reply::json("{}"))).await;
    let client = server.client();
    tasks(&client, "msg1", None).await.unwrap();
    send_results(&client, "msg1", "zhangsan", Some("c")).await.unwrap();
    assert_eq!(
        server.bodies_of("externalcontact/get_groupmsg_task"),
        [r#"{"msgid":"msg1","limit":1000}"#]
    );
    assert_eq!(
        server.bodies_of("externalcontact/get_groupmsg_send_result"),
        [r#"{"msgid":"msg1","userid":"zhangsan","limit":1000,"cursor":"c"}"#]
    );
}

#[tokio::test]
async fn a_message_is_cancelled_once_and_a_second_time_says_so() {
    let server = Server::start(|request| {
        with_token(request, || match request.nth {
            1 => Reply::json(include_str!("../../examples-of-replies/cancel_groupmsg_send.json")),
            _ => Reply::json(r#"{"errcode":41093,"errmsg":"cancelled"}"#),
        })
    })
    .await;
    let client = server.client();
    cancel(&client, "msg1").await.unwrap();
    let error = cancel(&client, "msg1").await.unwrap_err();
    assert_eq!(error.errcode(), Some(crate::codes::MESSAGE_CANCELLED));
    let bodies = server.bodies_of("externalcontact/cancel_groupmsg_send");
    assert_eq!(bodies[0], r#"{"msgid":"msg1"}"#);
}

#[tokio::test]
async fn senders_are_reminded_three_times_a_day_and_no_more() {
    let server = Server::start(|request| {
        with_token(request, || match request.nth {
            1..=3 => Reply::json(include_str!("../../examples-of-replies/ok.json")),
            _ => Reply::json(r#"{"errcode":41094,"errmsg":"too often"}"#),
        })
    })
    .await;
    let client = server.client();
    for _ in 0..3 {
        remind(&client, "msg1").await.unwrap();
    }
    let error = remind(&client, "msg1").await.unwrap_err();
    assert_eq!(error.errcode(), Some(crate::codes::REMINDED_TOO_OFTEN));
    assert_eq!(error.class(), crate::Class::SlowDown);
    let bodies = server.bodies_of("externalcontact/remind_groupmsg_send");
    assert_eq!(bodies, [r#"{"msgid":"msg1"}"#; 4]);
}

#[tokio::test]
async fn a_reminder_whose_answer_is_lost_is_not_repeated() {
    let server = Server::start(|request| with_token(request, || Reply::Close)).await;
    let error = remind(&server.client(), "msg1").await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(server.calls().len(), 2);
}
