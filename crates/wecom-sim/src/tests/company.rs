use serde_json::json;

use super::{Corp, small};
use crate::{Config, Error, Meeting, Remark, Sim};

#[tokio::test]
async fn staff_and_departments_change_as_the_administrator_wants() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let before = sim.groups();
    let members = sim.group_members(&before[3].chat_id);
    let id = sim.add_department("新部门", 2).expect("there");
    sim.add_staff("Zoe.N", "佐伊", &[id, 1]).expect("free");
    let shown = corp.get("user/get?userid=zoe.n").await;
    assert_eq!(shown["department"], json!([id, 1]));
    sim.change_department(id, Some("改名"), Some(3)).expect("there");
    let below = corp.get("department/list?id=3").await;
    let names = super::column(&below, "department", "name");
    assert!(names.contains(&"改名"), "{names:?}");
    sim.move_staff("zoe.n", &[3]).expect("there");
    sim.remove_department(id).expect("empty");
    assert_eq!(corp.get(&format!("department/list?id={id}")).await["errcode"], 60123);
    assert_eq!(
        sim.group_members(&before[3].chat_id),
        members,
        "groups of the seed stay as they were"
    );
    let chat = sim.add_group("Zoe.N", "她的群", 5).expect("present");
    assert_eq!(sim.group_members(&chat)[0].userid, "Zoe.N");
}

#[tokio::test]
async fn what_would_break_the_tree_is_refused() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    assert!(matches!(sim.remove_department(1), Err(Error::Department { .. })));
    assert!(matches!(sim.change_department(2, None, Some(6)), Err(Error::Department { .. })));
    assert!(matches!(sim.change_department(1, None, Some(2)), Err(Error::Department { .. })));
    assert!(matches!(sim.add_department("x", 77), Err(Error::UnknownDepartment(77))));
    let taken = corp.owner(0).to_uppercase();
    assert!(matches!(sim.add_staff(&taken, "x", &[1]), Err(Error::UseridTaken(_))));
    assert!(matches!(sim.add_staff("a b", "x", &[1]), Err(Error::UseridTaken(_))));
    let reply = corp.play("departments/remove", json!({ "id": 77 })).await;
    assert_eq!(reply.status(), 404);
}

#[tokio::test]
async fn a_journal_brings_back_customers_tags_staff_and_media() {
    let folder = tempfile::tempdir().expect("a folder");
    let config =
        Config { journal: Some(folder.path().join("journal.jsonl")), n_customers: 100, ..small() };
    let corp = Corp::of(config.clone()).await;
    let sim = corp.running.sim.clone();
    let owner = corp.owner(0);
    let id = sim.customer_adds(&owner, Meeting::default()).expect("present");
    sim.remark_customer(&owner, &id, Remark { remark: Some("记".into()), ..Remark::default() })
        .expect("friends");
    let (group, tags) = sim.add_tags("组", &["甲", "乙"]).expect("new");
    sim.mark_customer(&owner, &id, &tags, &[]).expect("there");
    sim.delete_tag(&tags[1]).expect("there");
    sim.rename_tag(&group, "新组").expect("there");
    let old = sim.customers()[7].clone();
    sim.staff_deletes_customer(&old.followers[0].userid, &old.external_userid).expect("friends");
    let added = json!({ "group_name": "应用", "tag": [{ "name": "丙" }] });
    corp.post("add_corp_tag", added).await;
    let department = sim.add_department("部", 1).expect("there");
    sim.add_staff("new.one", "新", &[department]).expect("free");
    let chat = corp.chats_of(&owner).remove(0);
    sim.add_member(&chat, "客").expect("alive");
    corp.running.stop().await;
    let again = Sim::new(config, corp.hand.clock()).expect("the journal is whole");
    assert_eq!(again.customers(), sim.customers());
    assert_eq!(again.tags(), sim.tags());
    assert_eq!(again.staff(), sim.staff());
    assert_eq!(again.departments(), sim.departments());
    assert_eq!(again.group_members(&chat), sim.group_members(&chat));
}

#[tokio::test]
async fn a_userid_that_changes_takes_groups_and_messages_with_it() {
    let corp = Corp::small().await;
    let sim = &corp.running.sim;
    let (owner, chats) = (corp.owner(0), corp.chats_of(&corp.owner(0)));
    let joining = crate::Joining { invitor: Some(owner.clone()), ..crate::Joining::default() };
    sim.join_group(&chats[0], joining).expect("alive");
    let msgid = corp.hand_over(&owner, &chats, "改名").await;
    let body = json!({ "userid": owner, "new_userid": "New.Name-1" });
    assert_eq!(corp.play("staff/rename_userid", body.clone()).await.status(), 200);
    assert_eq!(corp.play("staff/rename_userid", body).await.status(), 404, "the old one is gone");
    let taken = json!({ "userid": "new.name-1", "new_userid": corp.owner(1) });
    assert_eq!(corp.play("staff/rename_userid", taken).await.status(), 409);

    assert_eq!(corp.chats_of("New.Name-1"), chats);
    for chat_id in &chats[..2] {
        let group = corp.post("groupchat/get", json!({ "chat_id": chat_id })).await.to_string();
        assert!(group.contains("New.Name-1") && !group.contains(&format!("\"{owner}\"")));
    }
    assert_eq!(corp.get(&format!("user/get?userid={owner}")).await["errcode"], 60111);
    let tasks = corp.post("get_groupmsg_task", json!({ "msgid": msgid })).await;
    assert_eq!(tasks["task_list"][0]["userid"], "New.Name-1");
    let told = sim.callbacks().pop().expect("an event").xml;
    let expected = format!(
        "<ChangeType>update_user</ChangeType><UserID><![CDATA[{owner}]]></UserID>\
         <Department><![CDATA["
    );
    assert!(told.contains(&expected), "{told}");
    assert!(told.contains("<NewUserID><![CDATA[New.Name-1]]></NewUserID>"), "{told}");
}
