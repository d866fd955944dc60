use std::{fs, io::Write, path::Path};

use ambient::ManualClock;
use serde_json::json;

use super::{Corp, small};
use crate::{Config, Confirm, Error, Sim};

fn kept_in(folder: &Path) -> Config {
    Config { journal: Some(folder.join("journal.jsonl")), ..small() }
}

#[tokio::test]
async fn a_restart_goes_on_where_it_stopped_but_knows_no_old_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let corp = Corp::of(kept_in(folder.path())).await;
    let sim = corp.running.sim.clone();
    let owner = corp.owner(0);
    let chats = corp.chats_of(&owner);
    let sent = corp.hand_over(&owner, &chats, "发出").await;
    sim.confirm(&sent, Confirm::AllBut(3)).expect("waiting");
    let cancelled = corp.hand_over(&owner, &chats, "取消").await;
    corp.post("cancel_groupmsg_send", json!({ "msgid": cancelled })).await;
    let waiting = corp.hand_over(&owner, &chats, "等待").await;
    let made = sim.add_group(&owner, "新群", 9).expect("present");
    sim.add_member(&made, "新客户").expect("alive");
    sim.rename_group(&made, "改名").expect("alive");
    sim.change_owner(&chats[9], &corp.owner(1)).expect("alive");
    sim.post(&owner, &made, "手动").expect("own group");
    sim.dissolve_group(&chats[8]).expect("alive");
    sim.staff_leaves(&corp.owner(5)).expect("present");
    let old_token = corp.token.clone();
    corp.running.stop().await;

    let again = Corp::of(kept_in(folder.path())).await;
    again.hand.set(corp.hand.now_ms());
    let replayed = &again.running.sim;
    assert_eq!(replayed.ledger(), sim.ledger());
    assert_eq!(replayed.mass_messages(), sim.mass_messages());
    assert_eq!(replayed.groups(), sim.groups());
    assert_eq!(replayed.staff(), sim.staff());
    let path = format!("/cgi-bin/department/list?access_token={old_token}");
    assert_eq!(again.ask(&path).await["errcode"], 40014);
    assert_eq!(replayed.confirm(&waiting, Confirm::All).expect("still waits").n_sent, 8);
    let next = again.hand_over(&owner, &chats[..1], "之后").await;
    assert!(![sent, cancelled, waiting].contains(&next));
}

#[test]
fn a_cut_last_line_is_dropped_and_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at(1_000).clock();
    let sim = Sim::new(kept_in(folder.path()), clock.clone()).expect("a new journal");
    let chat_id = sim.groups().remove(0).chat_id;
    sim.rename_group(&chat_id, "第一").expect("alive");
    drop(sim);
    let path = folder.path().join("journal.jsonl");
    let mut file = fs::OpenOptions::new().append(true).open(&path).expect("it is there");
    file.write_all(br#"{"op":"group_renamed","at_ms":1,"chat"#).expect("room");
    drop(file);
    let sim = Sim::new(kept_in(folder.path()), clock.clone()).expect("the cut line is dropped");
    assert_eq!(sim.groups()[0].name, "第一");
    sim.rename_group(&chat_id, "第二").expect("alive");
    drop(sim);
    let sim = Sim::new(kept_in(folder.path()), clock).expect("every line is whole");
    assert_eq!(sim.groups()[0].name, "第二");
}

#[test]
fn a_broken_line_in_the_middle_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at(1_000).clock();
    drop(Sim::new(kept_in(folder.path()), clock.clone()).expect("a new journal"));
    let path = folder.path().join("journal.jsonl");
    let mut file = fs::OpenOptions::new().append(true).open(&path).expect("it is there");
    file.write_all(b"{\"op\":\"nonsense\"}\n").expect("room");
    let broken = Sim::new(kept_in(folder.path()), clock);
    assert!(matches!(broken.err(), Some(Error::JournalLine { line: 2, .. })));
}

#[test]
fn the_journal_of_another_world_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at(1_000).clock();
    drop(Sim::new(kept_in(folder.path()), clock.clone()).expect("a new journal"));
    let other = Config { seed: 9, ..kept_in(folder.path()) };
    assert!(matches!(Sim::new(other, clock).err(), Some(Error::JournalOfAnotherWorld { .. })));
}
