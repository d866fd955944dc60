//! Which setting wins, and what wrong ones are told.

use crate::program::Place;

async fn listen(place: &Place, args: &[&str]) -> String {
    let check = place.run(&[&["config", "check", "--json"], args].concat()).await.json();
    check["server"]["listen"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let place = Place::new();
    assert_eq!(listen(&place, &[]).await, "127.0.0.1:8080");
    place.write("siyu.toml", "[server]\nlisten = \"127.0.0.1:1111\"\n");
    assert_eq!(listen(&place, &[]).await, "127.0.0.1:1111");
    place.write("other.toml", "[server]\nlisten = \"127.0.0.1:2222\"\n");
    assert_eq!(listen(&place, &["--config", "other.toml"]).await, "127.0.0.1:2222");
    let place = place.env("SIYU_SERVER__LISTEN", "127.0.0.1:3333");
    assert_eq!(listen(&place, &["--config", "other.toml"]).await, "127.0.0.1:3333");
}

#[tokio::test]
async fn flags_win_over_all() {
    let place =
        Place::new().env("SIYU_DATA_DIR", "from-env").env("SIYU_DATABASE__CONNECTIONS", "3");
    let check = place.run(&["config", "check", "--json", "--data", "from-flag"]).await.json();
    assert_eq!(check["data_dir"], "from-flag");
    assert_eq!(check["database"]["url"], "sqlite:from-flag/siyu.db");
    assert_eq!(check["database"]["connections"], 3);
    assert_eq!(check["secrets"]["master_key_file"], "from-flag/master.key");
}

#[tokio::test]
async fn lists_come_from_the_environment_with_commas() {
    let place = Place::new().env("SIYU_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8");
    let check = place.run(&["config", "check", "--json"]).await.json();
    assert_eq!(check["server"]["trusted_proxies"], serde_json::json!(["10.0.0.0/8", "fd00::/8"]));
}

#[tokio::test]
async fn secrets_are_masked_wherever_they_stand() {
    let key = "11".repeat(32);
    for (url, shown) in [
        ("postgres://siyu:geheim@db/siyu", "postgres://siyu:***@db/siyu"),
        ("postgres://siyu:geheim/@x@db:5432/siyu", "postgres://siyu:***@db:5432/siyu"),
        ("postgres://siyu@db/siyu", "postgres://siyu@db/siyu"),
        ("postgres://db/siyu?user=a&password=geheim", "postgres://db/siyu?user=a&password=***"),
        ("postgres://db/siyu?password=geheim@x", "postgres://***"),
        ("postgres://db/siyu?user=a&password=p:geheim@x", "postgres://***"),
        ("postgres://siyu:ge?geheim@db/siyu", "postgres://***"),
        ("sqlite:/var/lib/siyu/siyu.db", "sqlite:/var/lib/siyu/siyu.db"),
    ] {
        let place =
            Place::new().env("SIYU_DATABASE__URL", url).env("SIYU_SECRETS__MASTER_KEY", &key);
        let check = place.run(&["config", "check", "--json"]).await.json();
        assert_eq!(check["database"]["url"], shown);
        assert_eq!(check["secrets"]["master_key"], "***");
        let text = place.run(&["config", "check"]).await.ok();
        assert!(!text.contains("geheim") && !text.contains(&key), "{text}");
    }
}

#[tokio::test]
async fn what_config_check_prints_can_be_used_as_a_file() {
    let place = Place::new();
    let printed = place.run(&["config", "check"]).await.ok();
    place.write("siyu.toml", &printed);
    assert_eq!(place.run(&["config", "check"]).await.ok(), printed);
}

#[tokio::test]
async fn a_wrong_setting_is_named() {
    for (file, words) in [
        ("[server]\nlisten = \"8080\"", &["server.listen", "HOST:PORT"][..]),
        ("[server]\nlisten_on = \"127.0.0.1:8080\"", &["server", "listen_on", "listen"]),
        ("[servers]\nlisten = \"127.0.0.1:8080\"", &["servers"]),
        ("[database]\nurl = \"mysql://x\"", &["database.url", "postgres://"]),
        ("[database]\nconnections = \"many\"", &["database.connections", "many"]),
        ("[server]\nrole = \"king\"", &["server.role", "king", "worker"]),
        ("[server]\ntrusted_proxies = [\"10.0.0.0/99\"]", &["trusted_proxies", "10.0.0.0/99"]),
        ("[sending]\ndeadline_hours = -1", &["sending.deadline_hours"]),
        ("[sending]\nlease_s = 2", &["sending.lease_s", "wecom.request_timeout_ms"]),
        ("[wecom]\nbase_url = \"qyapi\"", &["wecom.base_url", "https://"]),
        ("[wecom]\ncalls_per_minute = 0", &["wecom.calls_per_minute", "at least 1"]),
        ("[wecom]\ncalls_per_hour = 0", &["wecom.calls_per_hour"]),
        ("[wecom]\nconcurrent_calls = 0", &["wecom.concurrent_calls", "1 to 1000"]),
        ("[wecom]\nminute_ms = 60001", &["wecom.minute_ms", "60000"]),
        ("[wecom]\nminute_ms = 1000", &["wecom.minute_ms", "simulator"]),
        ("[server]\nmetrics_allow = [\"here\"]", &["metrics_allow", "here"]),
        ("[log]\nlevel = \"a=b=c\"", &["log.level", "info"]),
        ("[server", &["siyu.toml"]),
    ] {
        let place = Place::new();
        place.write("siyu.toml", file);
        let error = place.run(&["config", "check"]).await.refused();
        assert!(words.iter().all(|word| error.contains(word)), "{file}: {error}");
    }
    for (variable, word) in [
        ("SIYU_LISTEN", "SIYU_SERVER__LISTEN"),
        ("SIYU_SERVER_PUBLIC_URL", "SIYU_SERVER__PUBLIC_URL"),
        ("SIYU_SERVER__LISTN", "listn"),
    ] {
        let error = Place::new().env(variable, "x").run(&["config", "check"]).await.refused();
        assert!(error.contains(word), "{error}");
    }
}

#[tokio::test]
async fn variables_of_others_do_not_stop_the_start() {
    // As Kubernetes makes them for a service named siyu.
    let place = Place::new()
        .env("SIYU_PORT", "tcp://10.0.0.1:8080")
        .env("SIYU_SERVICE_HOST", "10.0.0.1")
        .env("SIYU_PORT_8080_TCP_PROTO", "tcp");
    assert_eq!(listen(&place, &[]).await, "127.0.0.1:8080");
}

#[tokio::test]
async fn a_named_file_that_is_missing_is_an_error() {
    let error = Place::new().run(&["config", "check", "--config", "none.toml"]).await.refused();
    assert!(error.contains("none.toml"), "{error}");
}
