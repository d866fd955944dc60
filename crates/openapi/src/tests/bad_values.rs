//! Values that are refused, each with the field and the reason.

use crate::testing::Api;

const LIST: &str = "/api/v3/groupSop/getGroupList";
const CORPORATE: &str = "/api/v3/groupSop/addGroupCorporate";
const ASSISTANT: &str = "/api/v3/groupSop/addGroupAssistant";

async fn assert_refused(path: &str, cases: &[(&str, i64, &str)]) {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    for (body, code, message) in cases {
        let reply = api.call(path, *body).await;
        assert_eq!(
            (reply.status, reply.code, reply.message.as_str()),
            (200, *code, *message),
            "{body}"
        );
    }
}

#[tokio::test]
async fn filters_of_the_group_list() {
    assert_refused(
        LIST,
        &[
            (r#"{"pageSize":0}"#, 40_001, "pageSize: 0 is not between 1 and 200"),
            (r#"{"pageSize":201}"#, 40_001, "pageSize: 201 is not between 1 and 200"),
            (r#"{"pageSize":"abc"}"#, 40_001, r#"pageSize: "abc" is not a whole number"#),
            (r#"{"pageSize":1.5}"#, 40_001, "pageSize: 1.5 is not a whole number"),
            (r#"{"pageSize":[10]}"#, 40_001, "pageSize: a list is not a whole number"),
            (r#"{"pageNo":0}"#, 40_001, "pageNo: 0 is not between 1 and 4294967295"),
            (r#"{"pageNo":"-1"}"#, 40_001, "pageNo: -1 is not between 1 and 4294967295"),
            (r#"{"pageNo":true}"#, 40_001, "pageNo: true is not a whole number"),
            (r#"{"userId":"x1"}"#, 40_001, r#"userId: "x1" is not an id (a whole number)"#),
            (
                r#"{"userId":18446744073709551615}"#,
                40_001,
                "userId: 18446744073709551615 is not an id (a whole number)",
            ),
            (r#"{"userId":{}}"#, 40_001, "userId: an object is not an id (a whole number)"),
            (r#"{"keyword":7}"#, 40_001, "keyword: 7 is not a text"),
            (r#"{"keyword":"a\u0000b"}"#, 40_001, "keyword: contains a NUL character"),
            (r#"{"conditionOp":7}"#, 40_001, "conditionOp: 7 is not between 0 and 2"),
            (r#"{"tagGroupIds":5}"#, 40_001, "tagGroupIds: 5 is not a list"),
            (r#"{"tagGroupIds":[5,null]}"#, 40_001, "tagGroupIds[1]: is required"),
            (
                r#"{"tagGroupIds":[5,"x"]}"#,
                40_001,
                r#"tagGroupIds[1]: "x" is not an id (a whole number)"#,
            ),
            (
                r#"{"startCreateTime":"2026-02-30"}"#,
                40_001,
                r#"startCreateTime: "2026-02-30" is not a time (yyyy-MM-dd HH:mm:ss)"#,
            ),
            (
                r#"{"startCreateTime":"2026-02-02","endCreateTime":"2026-02-01"}"#,
                40_001,
                "endCreateTime: lies before startCreateTime",
            ),
            (r#"{"pageNo":1,"pageNo":2}"#, 40_001, "pageNo: is given twice"),
            (r#"[]"#, 40_001, "the body: a list is not an object"),
            (r#"null"#, 40_001, "the body: is required"),
            (r#""text""#, 40_001, r#"the body: "text" is not an object"#),
            (
                r#"{"pageNo":1"#,
                40_000,
                "the body is not valid JSON: EOF while parsing an object at line 1 column 11",
            ),
            ("{} {}", 40_000, "the body is not valid JSON: trailing characters at line 1 column 4"),
            // The syntax comes first, wherever the wrong field stands.
            (
                r#"{"pageNo":"abc",}"#,
                40_000,
                "the body is not valid JSON: key must be a string at line 1 column 17",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn fields_of_an_sop_by_hand() {
    let step = r#"{"showDate":1,"showTime":"10:00","sopDatas":[{"type":1,"content":"a"}]}"#;
    let with = |groups: &str, title: &str, steps: &str| {
        format!(r#"{{"groupInfos":{groups},"title":{title},"sopContents":{steps}}}"#)
    };
    let with_step = |step: &str| with(r#"[{"chatId":"wr1"}]"#, r#""t""#, &format!("[{step}]"));
    let with_item = |item: &str| {
        with_step(&format!(r#"{{"showDate":1,"showTime":"10:00","sopDatas":[{item}]}}"#))
    };
    let cases = [
        ("{}".to_owned(), "groupInfos: is required"),
        (with("[]", r#""t""#, "[]"), "groupInfos: must not be empty"),
        (with(r#"["wr1"]"#, r#""t""#, "[]"), r#"groupInfos[0]: "wr1" is not an object"#),
        (with(r#"[["wr1"]]"#, r#""t""#, "[]"), "groupInfos[0]: a list is not an object"),
        (with(r#"[{}]"#, r#""t""#, "[]"), "groupInfos[0].chatId: is required"),
        (with(r#"[{"chatId":" "}]"#, r#""t""#, "[]"), "groupInfos[0].chatId: must not be empty"),
        (with(r#"[{"chatId":"wr1"}]"#, "null", "[]"), "title: is required"),
        (with(r#"[{"chatId":"wr1"}]"#, r#""""#, "[]"), "title: must not be empty"),
        (with(r#"[{"chatId":"wr1"}]"#, r#""t""#, "[]"), "sopContents: must not be empty"),
        (
            with(r#"[{"chatId":"wr1"}]"#, r#""t""#, &format!(r#"[{step},{{"showDate":2}}]"#)),
            "sopContents[1].showTime: is required",
        ),
        (
            with_step(r#"{"showDate":1,"showTime":"25:00"}"#),
            r#"sopContents[0].showTime: "25:00" is not a time of day (HH:mm)"#,
        ),
        (with_step(r#"{"showDate":0}"#), "sopContents[0].showDate: 0 is not between 1 and 3650"),
        (
            with_step(r#"{"showDate":1,"showTime":"10:00","sopDatas":[]}"#),
            "sopContents[0].sopDatas: must not be empty",
        ),
        (with_item("{}"), "sopContents[0].sopDatas[0].type: is required"),
        (
            with_item(r#"{"type":7}"#),
            "sopContents[0].sopDatas[0].type: 7 is not accepted, only 1, 2, 3, 4, 5, 6 and 99",
        ),
        (
            with_item(r#"{"type":99,"mcId":"b"}"#),
            "sopContents[0].sopDatas[0].mcId: \"b\" is not the id of a marketing content (32 hexadecimal digits)",
        ),
        (
            with_item(r#"{"type":99}"#),
            "sopContents[0].sopDatas[0].mcId: is required for a marketing content",
        ),
        (
            with_item(r#"{"type":2}"#),
            "sopContents[0].sopDatas[0].fileUrl: fileUrl or fileId is required",
        ),
        (
            with_item(r#"{"type":2,"mediaId":"m"}"#),
            "sopContents[0].sopDatas[0].mediaId: is not enough: give fileUrl or fileId",
        ),
        (
            with_item(r#"{"type":"1","content":" "}"#),
            "sopContents[0].sopDatas[0].content: is required for a text",
        ),
        (
            with_item(r#"{"type":3,"title":"t"}"#),
            "sopContents[0].sopDatas[0].link: is required for a link",
        ),
        (
            with_item(r#"{"type":3,"link":"www.example.com","title":"t"}"#),
            "sopContents[0].sopDatas[0].link: \"www.example.com\" is not an address (http:// or https://)",
        ),
    ];
    let cases: Vec<_> = cases.iter().map(|(body, text)| (body.as_str(), 40_001, *text)).collect();
    assert_refused(CORPORATE, &cases).await;
}

#[tokio::test]
async fn fields_of_an_sop_by_assistant() {
    let with = |time: &str| {
        format!(
            r#"{{"title":"t","chatIds":["wr1"],
                "sopContents":[{{"sendTime":{time},"sopDatas":[{{"type":1,"content":"a"}}]}}]}}"#
        )
    };
    let nobody = with(r#""2026-01-02 10:00""#).replace(r#"["wr1"]"#, r#""""#);
    let cases = [
        (nobody, "chatIds: chatIds or owners is required"),
        (with("null"), "sopContents[0].sendTime: is required"),
        (
            with(r#""2026-01-02""#),
            "sopContents[0].sendTime: names a day only, a time to send is needed (yyyy-MM-dd HH:mm)",
        ),
        (
            with(r#""2026-01-02 24:00""#),
            r#"sopContents[0].sendTime: "2026-01-02 24:00" is not a time (yyyy-MM-dd HH:mm:ss)"#,
        ),
    ];
    let cases: Vec<_> = cases.iter().map(|(body, text)| (body.as_str(), 40_001, *text)).collect();
    assert_refused(ASSISTANT, &cases).await;
}
