use axum::{
    body::{Body, to_bytes},
    http,
};
use scrm::{
    MIGRATIONS,
    callbacks::{ReceiverKind, receive, receiver},
};
use store::{on_both, testing::TestDb};
use tower::ServiceExt as _;

use super::*;
use crate::testing::World;

/// Status and text of `/metrics` for a caller with these headers.
async fn seen(router: &Router, peer: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = http::Request::get("/metrics").extension(ConnectInfo(peer));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.into()).unwrap())
}

#[test]
fn label_values_are_escaped_and_lines_of_a_metric_stand_together() {
    let mut page = Page::default();
    page.add(&WAITING, &[("corp", "a\"b\\c\nd")], 1);
    page.add(&SYNC_FAILED, &[("corp", "e")], 0);
    page.add(&WAITING, &[("corp", "e")], 2);
    let text = page.text();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("# HELP")).collect();
    assert_eq!(
        lines,
        [
            "# TYPE siyu_refresh_waiting gauge",
            r#"siyu_refresh_waiting{corp="a\"b\\c\nd"} 1"#,
            r#"siyu_refresh_waiting{corp="e"} 2"#,
            "# TYPE siyu_sync_failed gauge",
            r#"siyu_sync_failed{corp="e"} 0"#,
        ]
    );
}

on_both! { MIGRATIONS,
    async fn calls_events_and_the_last_synchronisation_are_told(test: &TestDb) {
        let world = World::connected(test).await;
        let app = receiver(&world.scrm, &world.id, ReceiverKind::App).await.unwrap().unwrap();
        let xml = "<xml><MsgType>event</MsgType><Event>odd\"name</Event></xml>";
        let now_s = world.clock.now_ms() / 1_000;
        let sealed = wecom::callback::seal(&app, xml, [7; 16], now_s, "1");
        let body = sealed.delivery_body(&world.id, None);
        receive(&world.scrm, &world.id, ReceiverKind::App, &sealed.signed(), body.as_bytes())
            .await
            .unwrap();
        world.sim.sim.rename_group(&world.sim.sim.groups()[0].chat_id, "新").unwrap();
        world.told().await;
        callbacks::tick(&world.scrm, world.corp).await.unwrap();
        let (status, text) = seen(&world.router, "127.0.0.1:1", &[]).await;
        assert_eq!(status, 200);
        let id = &world.id;
        for line in [
            format!("siyu_wecom_calls_total{{corp=\"{id}\",secret=\"app\",call=\"gettoken\"}} 1"),
            format!("siyu_wecom_errors_total{{corp=\"{id}\",secret=\"app\",call=\"gettoken\"}} 0"),
            format!("siyu_callback_events_total{{corp=\"{id}\",event=\"odd\\\"name\"}} 1"),
            format!("siyu_refresh_waiting{{corp=\"{id}\"}} 1"),
            format!("siyu_sync_running{{corp=\"{id}\"}} 0"),
            format!("siyu_sync_failed{{corp=\"{id}\"}} 0"),
            format!("siyu_sync_finished_timestamp_seconds{{corp=\"{id}\"}} {now_s}"),
            format!("siyu_sync_problems{{corp=\"{id}\"}} 0"),
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
        let mut once = names.clone();
        once.dedup();
        assert_eq!(names, once, "each metric stands once");
        assert!(text.ends_with('\n'));
    }

    async fn only_the_networks_of_the_setting_see_them(test: &TestDb) {
        let mut world = World::start(test).await;
        let forwarded = ("x-forwarded-for", "127.0.0.1");
        let stranger = ("x-forwarded-for", "198.51.100.7");
        for (peer, headers, status) in [
            ("127.0.0.1:1", &[][..], 200),
            ("[::1]:1", &[], 200),
            ("[::ffff:127.0.0.1]:1", &[], 200),
            ("192.0.2.1:1", &[], 404),
            ("192.0.2.1:1", &[forwarded], 404),
            // A proxy on this machine that nobody told us of.
            ("127.0.0.1:1", &[stranger], 404),
            ("127.0.0.1:1", &[("x-real-ip", "198.51.100.7")], 404),
        ] {
            assert_eq!(seen(&world.router, peer, headers).await.0, status, "{peer} {headers:?}");
        }
        world.settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        // A proxy that does not say for whom it asks.
        let router = crate::serve::router(&world.scrm, &world.settings);
        for headers in [&[][..], &[("x-real-ip", "198.51.100.7")]] {
            assert_eq!(seen(&router, "127.0.0.1:1", headers).await.0, 404, "{headers:?}");
        }
        world.settings.server.metrics_allow = vec!["10.0.0.0/8".parse().unwrap()];
        let router = crate::serve::router(&world.scrm, &world.settings);
        for (peer, headers, status) in [
            ("127.0.0.1:1", &[("x-forwarded-for", "10.1.1.1")][..], 200),
            ("127.0.0.1:1", &[stranger], 404),
            ("127.0.0.1:1", &[], 404),
            ("10.1.1.1:1", &[], 200),
        ] {
            assert_eq!(seen(&router, peer, headers).await.0, status, "{peer} {headers:?}");
        }
    }
}
