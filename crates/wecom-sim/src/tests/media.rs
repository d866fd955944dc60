use serde_json::{Value, json};

use super::{Corp, small, template};
use crate::{CallLimit, Config, Limits};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n-------";

impl Corp {
    async fn upload(&self, path: &str, disposition: &str, content: &[u8]) -> Value {
        let mark = if path.contains('?') { '&' } else { '?' };
        let base = &self.running.base_url;
        let url = format!("{base}/cgi-bin/{path}{mark}access_token={}", self.token);
        let mut body =
            format!("--XX\r\nContent-Disposition: form-data; {disposition}\r\n").into_bytes();
        body.extend(b"Content-Type: application/octet-stream\r\n\r\n");
        body.extend(content);
        body.extend(b"\r\n--XX--\r\n");
        let kind = "multipart/form-data; boundary=XX";
        let sent = self.http.post(url).header("content-type", kind).body(body).send().await;
        sent.expect("an answer").json().await.expect("JSON")
    }
}

#[tokio::test]
async fn a_picture_is_kept_for_three_days_under_its_raw_name() {
    let limits = Limits { check_media: true, ..Limits::default() };
    let corp = Corp::of(Config { limits, ..small() }).await;
    let named = "name=\"media\"; filename=\"海报 1.png\"; filelength=15";
    let reply = corp.upload("media/upload?type=image", named, PNG).await;
    assert_eq!((&reply["errcode"], &reply["errmsg"]), (&json!(0), &json!("")));
    assert!(reply["created_at"].is_string());
    assert_eq!(corp.running.sim.media()[0].file_name, "海报 1.png");
    let owner = corp.owner(0);
    let mut body = template(&owner, &corp.chats_of(&owner), "看图");
    let image = |media: &Value| json!([{ "msgtype": "image", "image": { "media_id": media } }]);
    body["attachments"] = image(&reply["media_id"]);
    assert_eq!(corp.post("add_msg_template", body.clone()).await["errcode"], 0);
    body["attachments"] =
        json!([{ "msgtype": "video", "video": { "media_id": reply["media_id"] } }]);
    assert_eq!(corp.post("add_msg_template", body.clone()).await["errcode"], 40007);
    body["attachments"] = image(&json!("made-up"));
    assert_eq!(corp.post("add_msg_template", body.clone()).await["errcode"], 40007);
    body["attachments"] = image(&reply["media_id"]);
    let mut corp = corp;
    corp.hand.advance(3 * 86_400_000);
    corp.renew_token().await;
    assert_eq!(corp.post("add_msg_template", body).await["errcode"], 40007);
}

#[tokio::test]
async fn an_encoded_name_is_shown_as_it_stands() {
    let corp = Corp::small().await;
    let named = "name=\"media\"; filename*=UTF-8''%E6%B5%B7.png";
    corp.upload("media/upload?type=image", named, PNG).await;
    assert_eq!(corp.running.sim.media()[0].file_name, "UTF-8''%E6%B5%B7.png");
}

#[tokio::test]
async fn files_of_the_wrong_kind_or_size_are_refused() {
    let corp = Corp::small().await;
    let named = "name=\"media\"; filename=\"a\"";
    let large = |head: &[u8], n: usize| [head, &vec![b'x'; n]].concat();
    for (kind, disposition, content, errcode) in [
        ("poster", named, PNG.to_vec(), 40004),
        ("image", named, b"GIF89a-------".to_vec(), 40005),
        ("image", named, b"12345".to_vec(), 40006),
        ("image", named, large(PNG, 10 << 20), 40009),
        ("video", named, large(b"....ftyp", 10 << 20), 40011),
        ("voice", named, large(b"#!AMR", 2 << 20), 45001),
        ("file", named, large(b"", 20 << 20), 0),
        ("image", "name=\"file\"; filename=\"a\"", PNG.to_vec(), 44001),
        ("image", "name=\"media\"", PNG.to_vec(), 44001),
    ] {
        let path = format!("media/upload?type={kind}");
        let reply = corp.upload(&path, disposition, &content).await;
        assert_eq!(reply["errcode"], errcode, "{kind} {disposition}");
    }
    let reply = corp.post_raw("media/uploadimg", "no multipart".to_owned()).await;
    assert_eq!(reply["errcode"], 44001);
}

#[tokio::test]
async fn pictures_for_links_have_an_address_and_a_quota() {
    let two = CallLimit { per_day: Some(2), ..CallLimit::default() };
    let by_call = [("media/uploadimg".to_owned(), two)].into();
    let limits = Limits { by_call, check_media: true, ..Limits::default() };
    let corp = Corp::of(Config { limits, ..small() }).await;
    let reply = corp.upload("media/uploadimg", "name=\"any\"; filename=\"a.png\"", PNG).await;
    let owner = corp.owner(0);
    let mut body = template(&owner, &corp.chats_of(&owner), "看图");
    for (url, errcode) in [(&reply["url"], 0), (&json!("http://elsewhere/a.png"), 40007)] {
        body["attachments"] = json!([{ "msgtype": "image", "image": { "pic_url": url } }]);
        assert_eq!(corp.post("add_msg_template", body.clone()).await["errcode"], errcode);
    }
    let more = "name=\"any\"; filename=\"b.png\"";
    assert_eq!(corp.upload("media/uploadimg", more, b"not a picture").await["errcode"], 40123);
    assert_eq!(corp.upload("media/uploadimg", more, PNG).await["errcode"], 45009);
}
