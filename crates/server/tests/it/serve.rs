//! The server's process: its pages, and how it starts and stops.

use crate::program::{Place, http};

const HERE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const LISTENS: &str = "Siyu listens on ";

#[tokio::test]
async fn a_signal_ends_it_with_0() {
    let place = Place::new();
    for name in ["TERM", "INT"] {
        let mut server = place.start(&HERE);
        server.line(LISTENS).await;
        assert_eq!(server.signal(name).await, Some(0));
    }
}

#[tokio::test]
async fn a_client_that_sends_nothing_does_not_hold_up_the_end() {
    let place = Place::new().env("SIYU_SERVER__STOP_GRACE_S", "3600");
    let mut server = place.start(&HERE);
    let url = server.line(LISTENS).await;
    let _silent = std::net::TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    // A reply tells that the connection before it was taken.
    http().get(format!("{url}/healthz")).send().await.unwrap();
    assert_eq!(server.signal("TERM").await, Some(0));
}

#[tokio::test]
async fn its_pages_answer_with_strict_headers() {
    let place = Place::new();
    let mut server = place.start(&HERE);
    let url = server.line(LISTENS).await;
    for (path, status, words) in [
        ("/", 200, "openapi.json"),
        ("/healthz", 200, "ok"),
        ("/openapi.json", 200, "3.1.0"),
        ("/page.css", 200, "body"),
        ("/docs", 200, "Siyu"),
        ("/metrics", 200, ""),
        ("/t/1/1/00", 404, "页面不存在"),
        ("/t/x/y/z", 404, "页面不存在"),
        ("/nowhere", 404, "页面不存在"),
    ] {
        let reply = http().get(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(reply.status().as_u16(), status, "{path}");
        if reply.headers()["content-type"].to_str().unwrap().starts_with("text/html") {
            let policy = reply.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert_eq!(reply.headers()["cache-control"], "no-store");
        }
        let text = reply.text().await.unwrap();
        assert!(text.contains(words), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_worker_answers_only_for_its_health_and_metrics() {
    let place = Place::new().env("SIYU_SERVER__PUBLIC_URL", "https://siyu.example.com");
    let mut server = place.start(&[&HERE[..], &["--role", "worker"]].concat());
    let url = server.line(LISTENS).await;
    let status = async |path: &str| {
        http().get(format!("{url}{path}")).send().await.unwrap().status().as_u16()
    };
    assert_eq!((status("/healthz").await, status("/openapi.json").await), (200, 404));
    assert_eq!((status("/metrics").await, status("/wecom/callback/ww1/app").await), (200, 404));
}

#[tokio::test]
async fn a_taken_port_is_said_plainly() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::new();
    let error = place.run(&["serve", "--listen", &address]).await.refused();
    assert!(error.contains(&address) && error.contains("--listen"), "{error}");
    let error = place.run(&["sim", "--groups", "1", "--listen", &address]).await.refused();
    assert!(error.contains(&address), "{error}");
}
