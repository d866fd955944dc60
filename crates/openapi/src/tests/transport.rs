//! What HTTP itself can get wrong.

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use tower::ServiceExt;

use crate::{Options, endpoints, testing::Api};

#[tokio::test]
async fn anything_but_post_is_405() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    for endpoint in endpoints() {
        for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
            let call =
                Request::builder().method(method).uri(endpoint.about.path).body(Body::empty());
            let reply = api.send(call.unwrap()).await;
            assert_eq!((reply.status, reply.code), (405, -1), "{}", endpoint.about.path);
            assert!(reply.message.contains(method));
        }
    }
    let call = Request::get("/api/v3/echo").body(Body::empty()).unwrap();
    let response = api.router.clone().oneshot(call).await.unwrap();
    assert_eq!(response.headers()["allow"], "POST");
}

#[tokio::test]
async fn an_unknown_path_is_404_with_the_envelope() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let paths = ["/api/v3/no-such", "/api/v3/echo/", "/api/v2/any", "/apiServer/api/v3/no/such"];
    for path in paths {
        let reply = api.call(path, "{}").await;
        assert_eq!((reply.status, reply.code), (404, 40_404), "{path}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_one_at_the_limit_is_not() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let body_of = |n_bytes: usize| format!("\"{}\"", "a".repeat(n_bytes - 2));
    let reply = api.call("/api/v3/echo", body_of(1 << 20)).await;
    assert_eq!((reply.status, reply.code), (200, 0));
    for n_bytes in [(1 << 20) + 1, 3 << 20, 40 << 20] {
        let reply = api.call("/api/v3/echo", body_of(n_bytes)).await;
        assert_eq!((reply.status, reply.code), (413, -1), "{n_bytes}");
    }
    // Sent in pieces, without saying beforehand how much it is; and not signed at all.
    let piece = || Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 16]));
    let pieces = futures_util::stream::iter((0..17).map(move |_| piece()));
    let call = Request::post("/api/v3/echo").body(Body::from_stream(pieces)).unwrap();
    assert_eq!(api.send(call).await.status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_refused_after_a_while() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::with(&test, Options { body_wait_ms: 20, ..Options::default() }).await;
    let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
    let call = Request::post("/api/v3/echo").body(Body::from_stream(never)).unwrap();
    let reply = api.send(call).await;
    assert_eq!((reply.status, reply.code), (200, 40_000));
    let cut = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("reset"))]);
    let call = Request::post("/api/v3/echo").body(Body::from_stream(cut)).unwrap();
    assert_eq!(api.send(call).await.message, "the body did not arrive completely");
}

#[tokio::test]
async fn the_document_is_served() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let call = Request::get("/openapi.json").body(Body::empty()).unwrap();
    let response = api.router.clone().oneshot(call).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(body, crate::document());
}
