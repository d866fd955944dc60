//! The demo as a newcomer meets it: started, called, stopped, started again.

use serde_json::Value;

use crate::program::{LONG, Place, Running, http, json_in, until};

const DEMO: [&str; 11] = [
    "demo",
    "--groups",
    "60",
    "--staff",
    "20",
    "--departments",
    "5",
    "--listen",
    "127.0.0.1:0",
    "--sim-listen",
    "127.0.0.1:0",
];
const LIST: &str = "/api/v3/groupSop/getGroupList";

async fn started(place: &Place) -> (Running, Value) {
    let mut demo = place.start(&DEMO);
    demo.line("Siyu is ready: ").await;
    (demo, json_in(&place.path("demo-data/demo.json")))
}

/// All groups with their tasks.
async fn groups(place: &Place) -> Vec<Value> {
    let reply = place.run(&["call", LIST, r#"{"pageSize":200}"#]).await.json();
    assert_eq!(reply["code"], 0, "{reply}");
    reply["data"]["result"].as_array().unwrap().clone()
}

fn n_tasks(groups: &[Value], mode: i64, status: i64) -> usize {
    let tasks = groups.iter().flat_map(|group| group["tasks"].as_array().unwrap());
    tasks.filter(|task| task["mode"] == mode && task["sendStatus"] == status).count()
}

#[tokio::test]
async fn it_shows_every_state_can_be_called_and_continues_after_a_restart() {
    let place = Place::new();
    let (mut demo, about) = started(&place).await;
    for member in ["base_url", "app_id", "app_key", "corp_id", "wecom_secret", "simulator_url"] {
        assert!(about[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {about}");
    }
    assert!(about["agent_id"].is_i64(), "{about}");
    let before = groups(&place).await;
    assert_eq!(before.len(), 60);
    for (mode, status) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
        assert!(n_tasks(&before, mode, status) > 0, "no task in mode {mode} with status {status}");
    }
    assert_eq!(demo.signal("TERM").await, Some(0));
    assert!(!place.path("demo-data/demo.json").exists(), "nothing is ready any more");

    // As if it had been killed after it had made its SOPs and before it noted that.
    let progress = place.path("demo-data/progress.json");
    let mut noted = json_in(&progress);
    for sop in ["has_assistant_sop", "has_manual_sop", "has_new_group_sop", "has_other_sops"] {
        assert_eq!(noted[sop], true, "{noted}");
        noted[sop] = false.into();
    }
    std::fs::write(&progress, noted.to_string()).unwrap();
    let (mut demo, again) = started(&place).await;
    for member in ["app_id", "app_key", "corp_id", "wecom_secret"] {
        assert_eq!(again[member], about[member]);
    }
    let after = groups(&place).await;
    let sops = place.run(&["call", "/api/v3/group-sop/list", "{}"]).await.json();
    assert_eq!(sops["data"]["totalCount"], 6, "{sops}");
    let ids = |groups: &[Value]| -> Vec<String> {
        let tasks = groups.iter().flat_map(|group| group["tasks"].as_array().unwrap());
        tasks.map(|task| task["id"].to_string()).collect()
    };
    assert_eq!(ids(&after), ids(&before), "the same SOPs, none twice");
    assert_eq!(demo.signal("INT").await, Some(0));

    let other = [&DEMO[..], &["--seed", "2"]].concat();
    let error = place.run(&other).await.refused();
    assert!(error.contains("--seed 1 --groups 60") && error.contains("--data"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_printed_lines_work_in_a_shell() {
    let place = Place::new();
    let mut demo = place.start(&DEMO);
    let mut lines = Vec::new();
    demo.line("Siyu is ready: ").await;
    let n_waiting = |groups: &[Value]| n_tasks(groups, 0, 1);
    let waiting_before = n_waiting(&groups(&place).await);
    let staffs = demo.line("What the staff see on the phone").await;
    let play = demo.line("A page on which you play owners: ").await;
    let (_, play) = play.rsplit_once(' ').unwrap();
    let reply = http().get(play).send().await.unwrap();
    assert!(reply.status() == 200 && reply.text().await.unwrap().contains("扮演群主"));
    demo.line("The open API").await;
    for start in ["", "body="] {
        lines.push(demo.whole_line(start).await);
    }
    demo.line("An SOP: ").await;
    for start in ["", "", "", "curl", "curl", "curl", "curl", "curl"] {
        lines.push(demo.whole_line(start).await);
    }
    assert!(lines[2].contains("progress") && lines[4].contains("resume"), "{lines:?}");
    for line in &lines {
        let ran = tokio::process::Command::new("sh")
            .args(["-c", line])
            .current_dir(place.path(""))
            .output();
        let ran = tokio::time::timeout(LONG, ran).await.unwrap().unwrap();
        let out = String::from_utf8(ran.stdout).unwrap();
        assert!(ran.status.success(), "{line}: {out} {}", String::from_utf8_lossy(&ran.stderr));
        if line.contains(LIST) {
            let reply: Value = serde_json::from_str(&out).unwrap();
            assert_eq!((&reply["code"], &reply["data"]["totalCount"]), (&0.into(), &60.into()));
        }
    }
    // One of the lines played an owner.
    until("his groups are sent", async || n_waiting(&groups(&place).await) < waiting_before).await;
    // Another made a group: the SOP for new groups plans its tasks, the newest group is listed first.
    until("the new group has tasks", async || {
        let newest = groups(&place).await.swap_remove(0);
        newest["chatName"] == "刚建的群" && newest["tasks"].as_array().unwrap().len() == 2
    })
    .await;
    let (_, page) = staffs.rsplit_once(' ').unwrap();
    let reply = http().get(page).send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 200);
    let policy = reply.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("script-src 'self'") && policy.contains("default-src 'none'"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_refused_call_fails_and_shows_the_reply() {
    let place = Place::new();
    let (_demo, about) = started(&place).await;
    let done = place.run(&["call", LIST, r#"{"pageSize":0}"#]).await;
    assert_eq!(done.code, Some(1));
    assert!(done.out.contains("40001") && done.out.contains("pageSize"), "{done:#?}");
    let place = Place::new()
        .env("SIYU_URL", about["base_url"].as_str().unwrap())
        .env("SIYU_APP_ID", about["app_id"].as_str().unwrap())
        .env("SIYU_APP_KEY", about["app_key"].as_str().unwrap());
    let echo = place.run_with_input(&["call", "/api/v3/echo", "-"], "{}").await;
    assert_eq!(echo.json()["code"], 0);
}

#[tokio::test]
async fn two_demos_do_not_share_a_folder() {
    let place = Place::new();
    let (_demo, _) = started(&place).await;
    let error = place.run(&DEMO).await.refused();
    assert!(error.contains("another siyu demo") && error.contains("--data"), "{error}");
    assert!(place.path("demo-data/demo.json").exists(), "the first one's file stays");
}
