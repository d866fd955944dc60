//! Companies, apps, synchronisation, and secrets that are wrong.

use ambient::Clock;
use serde_json::json;
use wecom_sim::{Config, start};

use crate::program::{Place, until};

const CORP: &str = "ww0123456789abcdef";

async fn with_company() -> Place {
    let place = Place::new();
    place.write("secret.txt", "a-WeCom-secret\n");
    let add = ["corp", "add", "--corp-id", CORP, "--agent-id", "1000002", "--secret-file"];
    let added = place.run(&[&add[..], &["secret.txt"]].concat()).await.ok();
    assert!(added.contains("Next: siyu doctor"), "{added}");
    place
}

#[tokio::test]
async fn a_company_is_added_changed_and_listed_without_its_secret() {
    let place = with_company().await;
    let add = ["corp", "add", "--corp-id", CORP, "--agent-id", "7", "--secret-file", "-"];
    let changed = place.run_with_input(&[&add[..], &["--name", "甲"]].concat(), "other").await.ok();
    assert_eq!(changed.trim(), format!("Changed {CORP}."));
    let listed = place.run(&["corp", "list", "--json"]).await.json();
    assert_eq!(listed, json!([{ "corp_id": CORP, "name": "甲", "agent_id": 7 }]));
    let text = place.run(&["corp", "list"]).await.ok();
    assert!(text.contains(CORP) && !text.contains("other"), "{text}");
}

#[tokio::test]
async fn wrong_companies_are_refused() {
    let place = with_company().await;
    let add = ["corp", "add", "--agent-id", "7", "--secret-file"];
    for (args, input, word) in [
        (&["-", "--corp-id", CORP][..], "", "empty"),
        (&["-", "--corp-id", CORP], "two words", "blanks"),
        (&["none.txt", "--corp-id", CORP], "", "none.txt"),
        (&["-", "--corp-id", "x"], "s", "corp id"),
        (&["-", "--corp-id", CORP, "--zone", "Mars"], "s", "Mars"),
    ] {
        let error = place.run_with_input(&[&add[..], args].concat(), input).await.refused();
        assert!(error.contains(word), "{args:?}: {error}");
    }
}

#[tokio::test]
async fn the_contact_secret_is_given_beside_the_secret_and_not_in_its_place() {
    let place = with_company().await;
    place.write("contacts.txt", "a-contact-secret\n");
    let add = ["corp", "add", "--corp-id", CORP, "--agent-id", "1000002", "--secret-file"];
    let both = [&add[..], &["secret.txt", "--contact-secret-file", "contacts.txt"]].concat();
    place.run(&both).await.ok();
    let twice = [&add[..], &["-", "--contact-secret-file", "-"]].concat();
    let error = place.run_with_input(&twice, "x").await.refused();
    assert!(error.contains("standard input"), "{error}");
    let database = std::fs::read(place.path("siyu-data/siyu.db")).unwrap();
    let wal = std::fs::read(place.path("siyu-data/siyu.db-wal")).unwrap_or_default();
    for bytes in [database, wal] {
        assert!(!bytes.windows(16).any(|part| part == b"a-contact-secret"));
    }
}

#[tokio::test]
async fn a_callback_address_is_shown_once_and_replaced_only_on_demand() {
    let place = with_company().await;
    let ask = ["corp", "callback", "--corp-id", CORP];
    let text = place.run(&ask).await.ok();
    assert!(text.contains("server.public_url") && text.contains("EncodingAESKey  "), "{text}");
    assert!(text.contains("外部联系人变更回调"), "{text}");
    let error = place.run(&ask).await.refused();
    assert!(error.contains("--replace"), "{error}");
    let place = place.env("SIYU_SERVER__PUBLIC_URL", "https://siyu.example.com");
    let made = place.run(&[&ask[..], &["--replace", "--json"]].concat()).await.json();
    assert_eq!(made["url"], format!("https://siyu.example.com/wecom/callback/{CORP}/app"));
    let (token, key) =
        (made["token"].as_str().unwrap(), made["encoding_aes_key"].as_str().unwrap());
    assert_eq!((token.len(), key.len()), (32, 43));
    assert!(!text.contains(token) && !text.contains(key));
    // The other address, with keys that the console has made.
    let given = "QDG6eK\njWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C\n";
    let contacts = ["--receiver", "contacts", "--keys-file", "-", "--json"];
    let contacts = [&ask[..], &contacts].concat();
    let made = place.run_with_input(&contacts, given).await.json();
    assert_eq!(made["url"], format!("https://siyu.example.com/wecom/callback/{CORP}/contacts"));
    assert_eq!(made["token"], "QDG6eK");
    for (input, word) in [
        ("", "two lines"),
        ("QDG6eK", "two lines"),
        ("QDG 6eK\njWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "Token"),
        ("QDG6eK\njWmYm7qr", "EncodingAESKey"),
    ] {
        let again = [&contacts[..], &["--replace"]].concat();
        let error = place.run_with_input(&again, input).await.refused();
        assert!(error.contains(word) && !error.contains("jWmYm7qr"), "{input:?}: {error}");
    }
    let error = place.run(&["corp", "callback", "--corp-id", "wwnone000"]).await.refused();
    assert!(error.contains("siyu corp add"), "{error}");
}

#[tokio::test]
async fn an_app_is_made_listed_rotated_and_stopped_and_its_key_shown_once() {
    let place = with_company().await;
    let create = ["app", "create", "--corp", CORP, "--suffix", "crm", "--json"];
    let limits = ["--ip", "203.0.113.7", "--ip", "10.0.0.0/8", "--scope", "groups:read"];
    let app = place.run(&[&create[..], &limits].concat()).await.json();
    let (id, key) = (app["app_id"].as_str().unwrap(), app["app_key"].as_str().unwrap());
    assert_eq!(id, format!("{CORP}_crm"));
    assert_eq!(key.len(), 32);
    let listed = place.run(&["app", "list", "--json"]).await.ok();
    assert!(!listed.contains(key));
    let rotated = place.run(&["app", "rotate", id, "--json"]).await.json();
    assert_ne!(rotated["app_key"], key);
    place.run(&["app", "disable", id]).await.ok();
    let listed = place.run(&["app", "list", "--json"]).await.json();
    assert_eq!(
        listed,
        json!([{
            "app_id": id, "name": "crm", "enabled": false, "acting_staff": null,
            "ip": ["203.0.113.7/32", "10.0.0.0/8"], "scopes": ["groups:read"],
        }])
    );
    place.run(&["app", "enable", id]).await.ok();
    assert!(place.run(&["app", "list"]).await.ok().contains("enabled"));
    for (args, word) in [
        (&["app", "create", "--corp", CORP, "--suffix", "crm"][..], "already"),
        (&["app", "create", "--corp", CORP, "--suffix", "a_b"], "dashes"),
        (&["app", "create", "--corp", CORP, "--suffix", "b", "--scope", "all"], "groups:read"),
        (&["app", "create", "--corp", CORP, "--suffix", "b", "--acting-staff", "5"], "staff 5"),
        (&["app", "create", "--corp", "wwnone000", "--suffix", "b"], "siyu corp add"),
        (&["app", "rotate", "none"], "no app none"),
        (&["app", "disable", "none"], "no app none"),
    ] {
        let error = place.run(args).await.refused();
        assert!(error.contains(word), "{args:?}: {error}");
    }
}

#[tokio::test]
async fn a_company_is_synchronised_with_progress_and_a_report() {
    let config = Config { n_staff: 12, n_groups: 30, n_departments: 4, ..Config::seeded(3) };
    let sim = start(config.clone(), Clock::system()).await.unwrap();
    let place = Place::new().env("SIYU_WECOM__BASE_URL", &sim.base_url);
    let agent = config.agent_id.to_string();
    let add = ["corp", "add", "--corp-id", &config.corp_id, "--agent-id", &agent];
    let add = [&add[..], &["--secret-file", "-"]].concat();
    // WeCom's own words and what to do come with a refusal.
    place.run_with_input(&add, "wrong-secret").await.ok();
    let error = place.run(&["sync"]).await.refused();
    assert!(error.contains("40001") && error.contains("Secret"), "{error}");
    place.run_with_input(&add, &config.secret).await.ok();
    let done = place.run(&["sync", "--json"]).await;
    assert!(done.err.contains("groups 30 of 30"), "{}", done.err);
    let reports = done.json();
    assert_eq!(reports[0]["report"]["parts"][2]["n_read"], 30);
    let text = place.run(&["sync", "--corp", &config.corp_id]).await.ok();
    assert!(text.contains("groups: 30 read, 0 changed"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_synchronisation_that_is_told_to_stop_lets_the_next_begin_at_once() {
    let config = Config { n_staff: 12, n_groups: 30, n_departments: 4, ..Config::seeded(3) };
    let sim = start(config.clone(), Clock::system()).await.unwrap();
    let place = Place::new().env("SIYU_WECOM__BASE_URL", &sim.base_url);
    let agent = config.agent_id.to_string();
    let add = ["corp", "add", "--corp-id", &config.corp_id, "--agent-id", &agent];
    place.run_with_input(&[&add[..], &["--secret-file", "-"]].concat(), &config.secret).await.ok();
    for name in ["TERM", "INT"] {
        let n_before = sim.sim.n_calls("groupchat/get");
        sim.sim.fail_next("groupchat/get", wecom_sim::Fault::Hang { ms: 60_000 }).unwrap();
        let mut run = place.start(&["sync"]);
        until("a group is asked for", async || sim.sim.n_calls("groupchat/get") > n_before).await;
        assert_eq!(run.signal(name).await, Some(1));
    }
    place.run(&["sync"]).await.ok();
}

#[tokio::test]
async fn without_a_company_sync_says_what_to_do() {
    let error = Place::new().run(&["sync"]).await.refused();
    assert!(error.contains("siyu corp add"), "{error}");
}

#[tokio::test]
async fn a_wrong_or_lost_master_key_is_said_plainly() {
    let place = with_company().await;
    let file = place.path("siyu-data/master.key");
    let text = std::fs::read_to_string(&file).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for (content, words) in [
        ("0".repeat(64), ["wrong master key", "master.key"]),
        ("short".to_owned(), ["64 hex digits", "master.key"]),
    ] {
        std::fs::write(&file, content).unwrap();
        let error = place.run(&["corp", "list"]).await.refused();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
    std::fs::remove_file(&file).unwrap();
    let error = place.run(&["corp", "list"]).await.refused();
    assert!(error.contains("is missing"), "{error}");
    assert!(!file.exists(), "no other key is made over stored secrets");
    let place = place.env("SIYU_SECRETS__MASTER_KEY", text.trim());
    place.run(&["corp", "list"]).await.ok();
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let place = with_company().await;
    assert_eq!(place.run(&["migrate", "--json"]).await.json()["applied"], 0);
    let url = format!("sqlite:{}", place.path("siyu-data/siyu.db").display());
    let db = store::Db::open(&url, &store::Options::default()).unwrap();
    let newer = store::Migration { version: 1_000, name: "newer", sqlite: "", postgres: "" };
    store::migrate(&db, &[newer], 0).await.unwrap();
    for command in [&["migrate"][..], &["serve", "--listen", "127.0.0.1:0"], &["corp", "list"]] {
        let error = place.run(command).await.refused();
        assert!(error.contains("1000") && error.contains("newer program"), "{error}");
    }
}

#[tokio::test]
async fn a_call_without_a_demo_says_what_to_give() {
    let place = Place::new();
    let error = place.run(&["call", "/api/v3/echo", "{}"]).await.refused();
    assert!(error.contains("--app-id") && error.contains("siyu demo"), "{error}");
    let error = place.run(&["call", "api/v3/echo", "{}"]).await.refused();
    assert!(error.contains("slash"), "{error}");
    let to = ["--url", "http://127.0.0.1:9", "--app-id", "a", "--app-key", "b"];
    let error = place.run(&[&["call", "/api/v3/echo"][..], &to].concat()).await.refused();
    assert!(error.contains("does the server run"), "{error}");
}
