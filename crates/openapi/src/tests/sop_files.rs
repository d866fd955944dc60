//! Files that steps name by an address or under another name: when they are fetched and kept, and when not.

use serde_json::{Value, json};
use store::testing::TestDb;

use super::{
    group_sop::three_groups,
    sop_create::{by_days, day, ok, refused, with},
};
use crate::testing::{Api, FileServer};

const CREATE: &str = "/api/v3/group-sop/create";
const PREVIEW: &str = "/api/v3/group-sop/preview";
const EDIT: &str = "/api/v3/group-sop/edit";
const EDIT_PREVIEW: &str = "/api/v3/group-sop/edit-preview";

/// Steps on the second day and those after it, one for each list of items.
fn steps(datas: &[Value]) -> Value {
    let step = |(day_no, datas): (i64, &Value)| {
        with(&day(day_no, "10:00", ""), json!({"sopDatas": datas}))
    };
    json!({ "sopContents": (2..).zip(datas).map(step).collect::<Vec<Value>>() })
}

/// Names and numbers of the library's files, oldest first.
async fn library(api: &Api) -> Vec<(String, i64)> {
    let list = ok(api, "/api/v3/materials/files/list", json!({"pageSize": 100})).await;
    let files = list["result"].as_array().unwrap().iter().rev();
    files
        .map(|file| {
            (file["fileName"].as_str().unwrap().to_owned(), file["fileId"].as_i64().unwrap())
        })
        .collect()
}

store::on_both! { scrm::MIGRATIONS,
    async fn previews_fetch_and_keep_nothing(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let server = FileServer::start(|_| b"the price list".to_vec());
        let content = json!({"fileName": "a.txt", "content": "dGhlIHByaWNlIGxpc3Q="});
        let kept = ok(&api, "/api/v3/materials/files/upload", content).await["fileId"].clone();
        let sop = ok(&api, CREATE, by_days()).await;
        let datas = json!([
            {"type": 2, "fileUrl": server.url("/a.png")},
            {"type": 4, "title": "t", "appId": "wx1", "page": "p", "fileUrl": server.url("/b.jpg")},
            {"type": 5, "fileUrl": server.url("/c.mp4")},
            {"type": 6, "fileUrl": server.url("/d"), "fileName": "价目表"},
            {"type": 6, "fileId": kept, "fileName": "b.txt"},
        ]);
        let steps = steps(&[datas]);
        let preview = ok(&api, PREVIEW, with(&by_days(), steps.clone())).await;
        assert_eq!(preview["taskCount"], 1);
        let edit = with(&steps, json!({ "sopId": sop }));
        let difference = ok(&api, EDIT_PREVIEW, edit).await;
        assert_eq!(difference["stepsAdded"], 1);
        assert_eq!(server.asked(), [""; 0], "nothing is fetched");
        assert_eq!(library(&api).await.len(), 1, "nothing is kept");
    }

    async fn previews_refuse_what_is_wrong_with_a_file_by_what_the_request_says_of_it(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let sop = ok(&api, CREATE, by_days()).await;
        let at = "sopContents[0].sopDatas[0]";
        for (data, expected) in [
            (json!({"fileUrl": "a.png"}), ".fileUrl: \"a.png\" is not an address"),
            (json!({"fileUrl": "http://[/a.png"}), ".fileUrl: not fetched: it is not an address"),
            (json!({"fileUrl": "http://me:pass@a.cn/a"}), ".fileUrl: not fetched: an address with a user"),
            (json!({"fileUrl": "http://a.cn/a", "fileName": "a/b"}), ".fileName: a file's name"),
            (json!({}), ".fileUrl: fileUrl or fileId is required"),
        ] {
            let steps = steps(&[json!([with(&data, json!({"type": 6}))])]);
            let expected = format!("{at}{expected}");
            for (path, base) in [
                (PREVIEW, by_days()), (CREATE, by_days()),
                (EDIT_PREVIEW, json!({ "sopId": sop })), (EDIT, json!({ "sopId": sop })),
            ] {
                refused(&api, path, with(&base, steps.clone()), 40_001, &expected).await;
            }
        }
    }

    async fn what_is_fetched_is_what_the_steps_send(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let server = FileServer::start(|path| format!("what is at {path}").into_bytes());
        let file = |path: &str| json!({"type": 6, "fileUrl": server.url(path)});
        let text = json!({"type": 1, "content": "你好"});
        let request = steps(&[json!([text, file("/a"), text, file("/b")]), json!([file("/c")])]);
        let sop = ok(&api, CREATE, with(&by_days(), request)).await;
        let names = |detail: &Value| -> Vec<Vec<(String, i64)>> {
            let steps = detail["sopContents"].as_array().unwrap().iter();
            let file = |data: &Value| Some((data["fileName"].as_str()?.to_owned(), data["fileId"].as_i64()?));
            steps.map(|step| step["sopDatas"].as_array().unwrap().iter().filter_map(file).collect()).collect()
        };
        let detail = ok(&api, "/api/v3/group-sop/detail", json!({ "sopId": sop })).await;
        let kept = library(&api).await;
        assert_eq!(kept.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(names(&detail), [kept[..2].to_vec(), kept[2..].to_vec()]);
        let copy = json!({"type": 6, "fileId": kept[0].1, "fileName": "甲"});
        let edit = with(&steps(&[json!([file("/d"), copy])]), json!({ "sopId": sop }));
        for _ in 0..2 {
            ok(&api, EDIT, edit.clone()).await;
            let detail = ok(&api, "/api/v3/group-sop/detail", json!({ "sopId": sop })).await;
            let kept = library(&api).await;
            assert_eq!(kept.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d", "甲"]);
            assert_eq!(names(&detail), [kept[3..].to_vec()]);
        }
    }

    async fn a_call_that_is_refused_for_something_else_fetches_nothing(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let server = FileServer::start(|_| b"the price list".to_vec());
        let sop = ok(&api, CREATE, by_days()).await;
        let file = json!({"type": 6, "fileUrl": server.url("/a")});
        let (good, long) = (json!([file]), json!([file, {"type": 1, "content": "好".repeat(1_334)}]));
        let one = steps(&[json!([file])]);
        let at = |datas: &Value| json!([{"sendTime": "2026-01-02 10:00", "sopDatas": datas}]);
        let named = json!({"title": "欢迎"});
        for (path, request, code) in [
            (CREATE, with(&with(&by_days(), one.clone()), json!({"chatIds": ["wrNone"]})), 40_404),
            (CREATE, with(&by_days(), steps(&[good.clone(), long.clone()])), 40_001),
            ("/api/v3/groupSop/addGroupCorporate", with(&with(&named, one.clone()),
                json!({"groupInfos": [{"chatId": "wrNone"}]})), 40_404),
            ("/api/v3/groupSop/addGroupAssistant",
                with(&named, json!({"chatIds": ["a"], "sopContents": at(&long)})), 40_001),
            ("/api/v3/groupSend/addTask",
                with(&named, json!({"users": [99], "sendInfo": {"sendData": good}})), 40_404),
            (EDIT, with(&one, json!({"sopId": "0".repeat(32)})), 40_404),
            (EDIT, with(&steps(&[good.clone(), long.clone()]), json!({ "sopId": sop })), 40_001),
        ] {
            refused(&api, path, request, code, "").await;
        }
        assert_eq!(server.asked(), [""; 0]);
        assert_eq!(library(&api).await, []);
    }

    async fn of_a_call_that_is_refused_for_one_of_its_files_nothing_is_kept(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let sop = ok(&api, CREATE, by_days()).await;
        let server = FileServer::start(|path| match path {
            "/short" => b"short".to_vec(),
            _ => b"the price list".to_vec(),
        });
        let good = json!({"type": 6, "fileUrl": server.url("/a")});
        for (data, expected) in [
            (json!({"type": 2, "fileUrl": server.url("/b")}), ".fileUrl: the picture \"b\" is neither JPG nor PNG"),
            (json!({"type": 6, "fileUrl": server.url("/b"), "sign": "0".repeat(32)}), ".sign: the file's MD5 is"),
            (json!({"type": 6, "fileUrl": server.url("/short")}), ".fileUrl: the file has 5 bytes"),
            (json!({"type": 6, "fileUrl": "http://169.254.169.254/latest"}), ".fileUrl: not fetched: it leads to an address that is not public"),
        ] {
            let steps = steps(&[json!([good]), json!([data])]);
            let expected = format!("sopContents[1].sopDatas[0]{expected}");
            refused(&api, CREATE, with(&by_days(), steps.clone()), 40_001, &expected).await;
            refused(&api, EDIT, with(&steps, json!({ "sopId": sop })), 40_001, &expected).await;
        }
        assert_eq!(library(&api).await, []);
    }

    async fn what_a_call_names_several_times_is_fetched_once(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let server = FileServer::start(|_| b"the price list".to_vec());
        let file = |path: &str, name: &str| json!({"type": 6, "fileUrl": server.url(path), "fileName": name});
        let datas = [json!([file("/a", ""), file("/a", "甲"), file("/b", "")]), json!([file("/a", "")])];
        ok(&api, CREATE, with(&by_days(), steps(&datas))).await;
        assert_eq!(server.asked(), ["/a", "/b"]);
        let kept: Vec<String> = library(&api).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(kept, ["a", "甲", "b"]);
    }

    async fn a_call_has_a_number_of_files_and_a_time_for_them(test: &TestDb) {
        let api = Api::on(test).await;
        three_groups(&api).await;
        let clock = api.clock.clone();
        let server = FileServer::start(move |path| {
            if path == "/slow" {
                clock.advance(60_000);
            }
            b"the price list".to_vec()
        });
        let file = |path: &str| json!({"type": 6, "fileUrl": server.url(path)});
        let many: Vec<Value> = (0..51).map(|no| file(&format!("/{no}"))).collect();
        let of_many = |n_files: usize| {
            let datas: Vec<Value> = many[..n_files].chunks(9).map(|files| json!(files)).collect();
            with(&by_days(), steps(&datas))
        };
        let expected = "sopContents[5].sopDatas[5].fileUrl: more than 50 files are to be fetched or renamed";
        refused(&api, PREVIEW, of_many(51), 40_001, expected).await;
        refused(&api, CREATE, of_many(51), 40_001, expected).await;
        assert_eq!(server.asked(), [""; 0]);
        ok(&api, CREATE, of_many(50)).await;
        assert_eq!(server.asked().len(), 50);
        let slow = json!([file("/slow"), file("/late")]);
        let expected = "sopContents[0].sopDatas[1].fileUrl: not fetched: the files of one call have 60 s together";
        refused(&api, CREATE, with(&by_days(), steps(&[slow])), 40_001, expected).await;
        assert_eq!(server.asked().last().unwrap(), "/slow");
        assert_eq!(library(&api).await.len(), 50);
    }
}

#[tokio::test]
async fn the_files_of_a_call_have_a_size_together() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    three_groups(&api).await;
    let server = FileServer::start(|_| vec![7; 17 << 20]);
    let file = |path: &str| json!({"type": 6, "fileUrl": server.url(path)});
    let datas = json!([file("/a"), file("/b"), file("/c"), file("/d")]);
    let expected = "sopContents[0].sopDatas[3].fileUrl: not fetched: the files of one call have at most 64 MiB together";
    refused(&api, CREATE, with(&by_days(), steps(&[datas])), 40_001, expected).await;
    assert_eq!(library(&api).await, []);
}
