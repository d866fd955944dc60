//! What is uploaded, and what comes back.

use super::*;
use crate::{
    Effect,
    testing::{Reply, Server, parse, with_token},
};

const UPLOADED: &str = include_str!("../../examples-of-replies/media-upload.json");
const IMAGE: &str = include_str!("../../examples-of-replies/media-uploadimg.json");

fn file(n_bytes: usize) -> MediaFile {
    MediaFile {
        name: "早报.png".to_owned(),
        content_type: "image/png".to_owned(),
        bytes: vec![b'x'; n_bytes].into(),
    }
}

async fn answering(body: &'static str) -> Server {
    Server::start(move |request| with_token(request, || Reply::json(body))).await
}

#[tokio::test]
async fn a_file_is_uploaded_with_its_name_in_raw_utf_8_and_its_kind_in_the_query() {
    let server = answering(UPLOADED).await;
    let media = upload(&server.client(), MediaKind::Image, &file(6)).await.unwrap();
    assert_eq!(media.media_id, "1G6nrLmr5EC3MMb_-zK1dDdzmd0p7cNliYu9V5w7o8K0");
    assert_eq!(media.created_at, 1_380_000_000);
    let request = server.requests().remove(1);
    assert_eq!((request.method.as_str(), request.call.as_str()), ("POST", "media/upload"));
    assert_eq!(request.query, "type=image&access_token=good-token");
    let boundary = request.content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(request.body.starts_with(&format!("--{boundary}\r\n")));
    assert!(request.body.contains("name=\"media\"; filename=\"早报.png\"; filelength=6\r\n"));
    assert!(request.body.ends_with(&format!("\r\n\r\nxxxxxx\r\n--{boundary}--\r\n")));
}

#[tokio::test]
async fn a_refused_token_uploads_the_same_file_again() {
    let server = Server::start(|request| {
        with_token(request, || match request.nth {
            1 => Reply::json(r#"{"errcode":42001,"errmsg":"expired"}"#),
            _ => Reply::json(UPLOADED),
        })
    })
    .await;
    upload(&server.client(), MediaKind::File, &file(100_000)).await.unwrap();
    let bodies = server.bodies_of("media/upload");
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_picture_is_uploaded_for_good() {
    let server = answering(IMAGE).await;
    let url = upload_image(&server.client(), &file(5)).await.unwrap();
    assert!(url.starts_with("http://p.qpic.cn/pic_wework/"));
    let request = server.requests().remove(1);
    assert_eq!(
        (request.call.as_str(), request.query.as_str()),
        ("media/uploadimg", "access_token=good-token")
    );
}

#[tokio::test]
async fn files_of_a_wrong_size_or_with_a_wrong_name_are_not_sent() {
    let server = answering(UPLOADED).await;
    let client = server.client();
    let (image, voice, video) = (MediaKind::Image, MediaKind::Voice, MediaKind::Video);
    let sizes = [
        (image, 5),
        (image, 10 * MIB + 1),
        (voice, 2 * MIB + 1),
        (video, 10 * MIB + 1),
        (MediaKind::File, 20 * MIB + 1),
    ];
    for (kind, n_bytes) in sizes {
        let error = upload(&client, kind, &file(n_bytes)).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{kind:?} {n_bytes}");
    }
    for n_bytes in [4, 2 * MIB + 1] {
        let error = upload_image(&client, &file(n_bytes)).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }), "{n_bytes}");
    }
    let nul = MediaFile { name: "a\0.png".to_owned(), ..file(6) };
    let error = upload(&client, image, &nul).await.unwrap_err();
    assert!(matches!(error, Error::NotSent { .. }));
    assert_eq!(server.requests().len(), 0);
    upload(&client, voice, &file(2 * MIB)).await.unwrap();
}

#[tokio::test]
async fn an_upload_whose_answer_is_lost_is_not_repeated() {
    let server = Server::start(|request| with_token(request, || Reply::Close)).await;
    let error = upload(&server.client(), MediaKind::Image, &file(6)).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(server.calls(), ["gettoken", "media/upload"]);
}

#[test]
fn an_upload_without_id_or_address_is_malformed() {
    for body in [r#"{"errcode":0,"errmsg":""}"#, r#"{"media_id":"","url":""}"#] {
        assert!(matches!(parse::<Media>(&UPLOAD, body), Err(Error::Malformed { .. })), "{body}");
        assert!(parse::<ImageReply>(&UPLOAD_IMAGE, body).is_err(), "{body}");
    }
    let number = parse::<Media>(&UPLOAD, r#"{"media_id":"m","created_at":1380000000}"#).unwrap();
    assert_eq!(number.created_at, 1_380_000_000);
}
