//! The doctor as a command: what it prints, and with which code it ends.

use ambient::Clock;
use serde_json::Value;
use wecom_sim::{Config, start};

use crate::program::{Done, Place};

fn states(checks: &Value) -> Vec<(&str, &str)> {
    let checks = checks.as_array().expect("a list");
    checks
        .iter()
        .map(|check| (check["id"].as_str().unwrap(), check["state"].as_str().unwrap()))
        .collect()
}

fn failed(done: Done) -> Value {
    assert_eq!(done.code, Some(1), "{done:#?}");
    serde_json::from_str(&done.out).expect("JSON, also when something failed")
}

#[tokio::test]
async fn it_follows_the_steps_of_a_first_installation() {
    let config = Config { n_staff: 12, n_groups: 6, n_departments: 4, ..Config::seeded(3) };
    let sim = start(config.clone(), Clock::system()).await.unwrap();
    let place = Place::new().env("SIYU_WECOM__BASE_URL", &sim.base_url);
    // Nothing is made before it is asked for.
    let checks = failed(place.run(&["doctor", "--json"]).await);
    let expected =
        [("settings", "ok"), ("public_url", "warning"), ("clock", "ok"), ("database", "failed")];
    assert_eq!(states(&checks), expected);
    assert!(!place.path("siyu-data").exists());
    place.run(&["migrate"]).await.ok();
    let text = place.run(&["doctor"]).await.ok();
    assert!(text.contains("skipped  master key"), "{text}");
    let agent = config.agent_id.to_string();
    let add = ["corp", "add", "--corp-id", &config.corp_id, "--agent-id", &agent];
    let add = [&add[..], &["--secret-file", "-"]].concat();
    place.run_with_input(&add, &config.secret).await.ok();
    place.run(&["sync"]).await.ok();
    let text = place.run(&["doctor", "--corp-id", &config.corp_id]).await.ok();
    assert!(
        text.contains("ok       trusted IP") && text.contains("warning  callback of"),
        "{text}"
    );
    assert!(!text.contains("failed  ") && !text.contains(&config.secret), "{text}");
    // The server runs, and its address is set up.
    let mut server = place.start(&["serve", "--listen", "127.0.0.1:0"]);
    let url = server.line("Siyu listens on ").await;
    let place = place.env("SIYU_SERVER__PUBLIC_URL", &url);
    place.run(&["corp", "callback", "--corp-id", &config.corp_id]).await.ok();
    let checks = place.run(&["doctor", "--json"]).await.json();
    let callback = checks.as_array().unwrap().iter().find(|check| check["id"] == "callback_app");
    let callback = callback.expect("its line");
    assert_eq!(callback["state"], "warning");
    assert!(callback["found"].as_str().unwrap().contains("WeCom has not asked"), "{callback}");
    assert_eq!((&callback["corp_id"], &callback["page"]), (&config.corp_id.into(), &90930.into()));
    // What no longer answers.
    server.signal("TERM").await;
    let checks = failed(place.run(&["doctor", "--json"]).await);
    assert!(states(&checks).contains(&("callback_app", "failed")), "{checks:#}");
}

#[tokio::test]
async fn a_broken_setting_is_a_line_of_the_report() {
    let place = Place::new();
    place.write("siyu.toml", "[server]\nlisten = \"8080\"\n");
    let checks = failed(place.run(&["doctor", "--json"]).await);
    assert_eq!(states(&checks), [("settings", "failed")]);
    let found = checks[0]["found"].as_str().unwrap();
    assert!(found.contains("server.listen") && found.contains("HOST:PORT"), "{found}");
    let done = place.run(&["doctor"]).await;
    assert_eq!(done.code, Some(1));
    assert!(done.out.starts_with("failed   settings"), "{done:#?}");
}

#[tokio::test]
async fn a_company_that_is_not_here_is_told() {
    let place = Place::new();
    place.write("secret.txt", "a-WeCom-secret");
    let add = ["corp", "add", "--corp-id", "ww0123456789abcdef", "--agent-id", "1"];
    let place = place.env("SIYU_WECOM__BASE_URL", "http://127.0.0.1:9");
    place.run(&[&add[..], &["--secret-file", "secret.txt"]].concat()).await.ok();
    let checks = failed(place.run(&["doctor", "--json", "--corp-id", "wwnone"]).await);
    assert_eq!(states(&checks).last(), Some(&("company", "failed")));
    assert!(checks.to_string().contains("siyu corp list"));
}
