use axum::{
    body::{Body, to_bytes},
    http::{Method, Request},
};
use scrm::{
    MIGRATIONS, Page,
    callbacks::{Count, ReceiverKeys, ReceiverStatus, path, receivers, tick},
    groups, refresh,
};
use store::{Migration, on_both, testing::TestDb};
use tower::ServiceExt as _;
use wecom::callback::{Receiver, Sealed, seal};
use wecom_sim::CallbackPolicy;

use super::*;
use crate::testing::{World, keep_log, logged};

const OF_GROUP: &str = "<xml><ToUserName><![CDATA[x]]></ToUserName><FromUserName><![CDATA[sys]]>\
    </FromUserName><CreateTime>1772415000</CreateTime><MsgType><![CDATA[event]]></MsgType>\
    <Event><![CDATA[change_external_chat]]></Event><ChatId><![CDATA[wrSecretChat]]></ChatId>\
    <ChangeType><![CDATA[update]]></ChangeType><UpdateDetail><![CDATA[change_name]]></UpdateDetail></xml>";

/// A delivery by hand.
struct Delivery {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Delivery {
    fn event(world: &World, sealed: &Sealed) -> Self {
        Self {
            method: Method::POST,
            path: path(&world.id, ReceiverKind::App),
            query: signed(sealed),
            body: sealed.delivery_body(&world.id, Some(1_000_002)).into_bytes(),
        }
    }

    fn echo(world: &World, sealed: &Sealed) -> Self {
        let query = [signed(sealed), vec![("echostr", sealed.encrypt.clone())]].concat();
        Self { method: Method::GET, query, body: Vec::new(), ..Self::event(world, sealed) }
    }

    /// Status and body of the answer; only the router, no connection.
    async fn send(self, world: &World) -> (u16, String) {
        let escape = |value: &str| {
            value.replace('%', "%25").replace('+', "%2B").replace('&', "%26").replace(' ', "%20")
        };
        let pairs: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let uri = format!("{}?{}", self.path, pairs.join("&"));
        exchange(world, self.method, &uri, self.body).await
    }
}

async fn exchange(world: &World, method: Method, uri: &str, body: Vec<u8>) -> (u16, String) {
    let request = Request::builder().method(method).uri(uri).body(Body::from(body)).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.into()).unwrap())
}

fn signed(sealed: &Sealed) -> Vec<(&'static str, String)> {
    let Sealed { msg_signature, timestamp, nonce, .. } = sealed;
    vec![
        ("msg_signature", msg_signature.clone()),
        ("timestamp", timestamp.clone()),
        ("nonce", nonce.clone()),
    ]
}

fn sealed_for(receive_id: &str, keys: &ReceiverKeys, text: &str, at_ms: i64) -> Sealed {
    let receiver = Receiver::new(&keys.token, &keys.encoding_aes_key, receive_id).unwrap();
    seal(&receiver, text, *b"0123456789abcdef", at_ms / 1_000, "1385623504")
}

fn sealed(world: &World, keys: &ReceiverKeys, text: &str) -> Sealed {
    sealed_for(&world.id, keys, text, world.clock.now_ms())
}

async fn counts(world: &World) -> Vec<(String, i64)> {
    let mut reader = world.scrm.db.reader().await.unwrap();
    let counts = callbacks::counts(&mut reader, world.corp).await.unwrap();
    counts.into_iter().map(|Count { name, n_received, .. }| (name, n_received)).collect()
}

async fn status_of_app(world: &World) -> ReceiverStatus {
    let mut reader = world.scrm.db.reader().await.unwrap();
    receivers(&mut reader, world.corp).await.unwrap().remove(0)
}

#[test]
fn a_plus_is_a_plus_however_it_comes() {
    for (query, value) in [
        ("a=1&echostr=x%2By%2Fz%3D", "x+y/z="),
        ("echostr=x+y/z=", "x+y/z="),
        ("echostr=x%20y", "x y"),
        ("echostr=x%252By", "x%2By"),
        ("echostr=&echostr=second", ""),
    ] {
        assert!(parameter(query, "echostr").is_ok_and(|found| found == value), "{query}");
    }
    for query in ["", "echostr", "xechostr=a", "echostr=%FF"] {
        assert!(parameter(query, "echostr").is_err(), "{query}");
    }
}

on_both! { MIGRATIONS,
    async fn the_console_verifies_the_address_and_gets_the_bare_echo(test: &TestDb) {
        let world = World::connected(test).await;
        assert_eq!(status_of_app(&world).await.verified_at_ms, Some(world.clock.now_ms()));
        let keys = world.put_keys(ReceiverKind::App).await;
        let mut n_with_plus = 0;
        for n in 0..40 {
            let echo = (1_234_567_890_123_456_789_u64 + n).to_string();
            let sealed = sealed(&world, &keys, &echo);
            n_with_plus += usize::from(sealed.encrypt.contains('+'));
            let delivery = Delivery::echo(&world, &sealed);
            assert_eq!(delivery.send(&world).await, (200, echo.clone()));
            // As a proxy passes it on that has decoded it.
            let raw: Vec<String> = signed(&sealed).iter().map(|(k, v)| format!("{k}={v}")).collect();
            let (raw, path) = (raw.join("&"), path(&world.id, ReceiverKind::App));
            let uri = format!("{path}?{raw}&echostr={}", sealed.encrypt);
            assert_eq!(exchange(&world, Method::GET, &uri, Vec::new()).await, (200, echo));
        }
        assert!(n_with_plus > 5);
    }

    async fn an_echo_of_our_own_is_answered_and_not_taken_for_wecoms(test: &TestDb) {
        let world = World::start(test).await;
        let keys = world.put_keys(ReceiverKind::App).await;
        let echo = format!("{}1", callbacks::PROBE);
        let delivery = Delivery::echo(&world, &sealed(&world, &keys, &echo));
        assert_eq!(delivery.send(&world).await, (200, echo));
        assert_eq!(status_of_app(&world).await.verified_at_ms, None);
    }

    async fn an_event_told_twice_is_stored_once_and_the_mirror_follows(test: &TestDb) {
        let world = World::connected(test).await;
        let sim = &world.sim.sim;
        sim.set_callback_policy(CallbackPolicy { duplicate_p: 1.0, ..CallbackPolicy::default() });
        let chat_id = sim.groups()[0].chat_id.clone();
        sim.rename_group(&chat_id, "新名字").unwrap();
        world.told().await;
        assert_eq!(sim.callbacks().last().unwrap().n_delivered, 2);
        assert_eq!(counts(&world).await, [("change_external_chat update change_name".to_owned(), 1)]);
        tick(&world.scrm, world.corp).await.unwrap();
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 1);
        world.clock.advance(refresh::SETTLE_MS);
        refresh::tick(&world.scrm, world.corp, "test").await.unwrap();
        assert_eq!(refresh::n_waiting(&world.scrm, world.corp).await.unwrap(), 0);
        let page = Page { no: 1, size: 100 };
        let listed = groups::list(&world.scrm, world.corp, &groups::Filter::default(), page).await;
        let listed = listed.unwrap().groups;
        let renamed = listed.iter().find(|group| group.chat_id == chat_id).expect("it is listed");
        assert_eq!(renamed.raw_name, "新名字");
    }

    async fn a_new_member_of_staff_comes_through_the_other_address(test: &TestDb) {
        let world = World::connected(test).await;
        world.sim.sim.add_staff("NewOne", "新人", &[1]).unwrap();
        world.told().await;
        let counts = counts(&world).await;
        assert!(counts.contains(&("change_contact create_user".to_owned(), 1)), "{counts:?}");
    }

    async fn the_same_bytes_again_are_answered_and_no_second_event(test: &TestDb) {
        let world = World::start(test).await;
        let keys = world.put_keys(ReceiverKind::App).await;
        let sealed = sealed(&world, &keys, OF_GROUP);
        for _ in 0..3 {
            assert_eq!(Delivery::event(&world, &sealed).send(&world).await, (200, String::new()));
        }
        assert_eq!(counts(&world).await[0].1, 1);
        world.clock.advance(callbacks::TIME_WINDOW_MS + 1_000);
        assert_eq!(Delivery::event(&world, &sealed).send(&world).await, (403, String::new()));
        assert_eq!(counts(&world).await[0].1, 1);
    }

    async fn an_event_that_nobody_knows_is_counted(test: &TestDb) {
        let world = World::start(test).await;
        let keys = world.put_keys(ReceiverKind::App).await;
        let text = OF_GROUP.replace("change_external_chat", "brand_new");
        let delivery = Delivery::event(&world, &sealed(&world, &keys, &text));
        assert_eq!(delivery.send(&world).await.0, 200);
        assert_eq!(counts(&world).await, [("brand_new update".to_owned(), 1)]);
    }

    async fn what_is_wrong_is_refused_and_leaves_no_event_and_no_content_in_the_log(test: &TestDb) {
        let world = World::start(test).await;
        let keys = world.put_keys(ReceiverKind::App).await;
        let other = ReceiverKeys::generate(&world.scrm.random);
        let good = sealed(&world, &keys, OF_GROUP);
        let of = |sealed: &Sealed| Delivery::event(&world, sealed);
        let at = |path: &str| Delivery { path: path.to_owned(), ..of(&good) };
        let without = |name: &str| {
            let mut delivery = of(&good);
            delivery.query.retain(|(found, _)| *found != name);
            delivery
        };
        let with_body = |body: &[u8]| Delivery { body: body.to_vec(), ..of(&good) };
        let mut changed = of(&good);
        changed.query[0].1.replace_range(..1, "x");
        let hour = callbacks::TIME_WINDOW_MS + 2_000;
        let now_ms = world.clock.now_ms();
        let (old, early) = (now_ms - hour, now_ms + hour);
        keep_log();
        let deliveries = [
            (403, "signature", changed),
            (403, "signature", of(&sealed(&world, &other, OF_GROUP))),
            (403, "another receiver", of(&sealed_for("wwffffffffffffffff", &keys, OF_GROUP, now_ms))),
            (403, "timestamp", of(&sealed_for(&world.id, &keys, OF_GROUP, old))),
            (403, "timestamp", of(&sealed_for(&world.id, &keys, OF_GROUP, early))),
            (404, "no callback is set up", at("/wecom/callback/wwffffffffffffffff/app")),
            (404, "no callback is set up", at(&path(&world.id, ReceiverKind::Contacts))),
            (404, "no callback is set up", at(&format!("/wecom/callback/{}/other", world.id))),
            (404, "(no id)", at("/wecom/callback/a%0Aforged%20line/app")),
            (400, "msg_signature", without("msg_signature")),
            (400, "timestamp", without("timestamp")),
            (400, "nonce", without("nonce")),
            (400, "cannot be read", with_body(b"")),
            (400, "cannot be read", with_body(b"<xml><Encrypt>")),
            (400, "cannot be read", with_body(b"<xml><Other>SecretWord</Other></xml>")),
            (400, "not UTF-8", with_body(b"\xff\xfe")),
            (400, "cannot be read", of(&sealed(&world, &keys, "SecretWord is no XML"))),
            (413, "too large", with_body(&vec![b'x'; MAX_BODY_BYTES + 1])),
            (413, "too large", with_body(&vec![b'x'; 8 * MAX_BODY_BYTES])),
            (400, "echostr", Delivery { method: Method::GET, ..of(&good) }),
            (405, "only GET and POST", Delivery { method: Method::PUT, ..of(&good) }),
            (405, "only GET and POST", Delivery { method: Method::HEAD, ..of(&good) }),
        ];
        for (n, (status, reason, delivery)) in deliveries.into_iter().enumerate() {
            assert_eq!(delivery.send(&world).await, (status, String::new()), "delivery {n}");
            let log = logged();
            let line = log.lines().find(|line| line.contains("a callback was refused"));
            let line = line.unwrap_or_else(|| panic!("delivery {n} is not logged: {log}"));
            assert!(line.contains("WARN") && line.contains(reason), "delivery {n}: {line}");
            let kept = [&*good.encrypt, &good.msg_signature, &keys.token, &keys.encoding_aes_key];
            for secret in [&kept[..], &["wrSecretChat", "SecretWord", "1385623504"]].concat() {
                assert!(!log.contains(secret), "delivery {n}: {log}");
            }
        }
        assert_eq!(counts(&world).await, []);
        assert_eq!(of(&good).send(&world).await.0, 200, "the good one is good");
    }

    async fn an_event_that_cannot_be_stored_is_asked_for_again(test: &TestDb) {
        let world = World::start(test).await;
        let keys = world.put_keys(ReceiverKind::App).await;
        let gone = "DROP TABLE callback_counts;";
        let gone = Migration { version: 1_000, name: "gone", sqlite: gone, postgres: gone };
        store::migrate(&world.scrm.db, &[gone], 0).await.unwrap();
        keep_log();
        let delivery = Delivery::event(&world, &sealed(&world, &keys, OF_GROUP));
        assert_eq!(delivery.send(&world).await, (500, String::new()));
        let log = logged();
        assert!(log.contains("ERROR") && log.contains("a callback failed"), "{log}");
        assert!(!log.contains("wrSecretChat"), "{log}");
    }
}
