//! Rows put straight into the database, for tests that need a certain state: what a synchronisation or an
//! SOP would have written, with ids and times of the test's choice.

use store::{Db, Value, params, statements};

use crate::{
    CorpId, DepartmentId, GroupId, MasterKey, MaterialId, PublicId, Scrm, SopId, StaffId, TagId,
    apps, callbacks, corps, files, group_tags, groups, materials, org, send, sop, text,
};

/// A domain over `db` that reaches no WeCom unless `base_url` leads to one, with a temporary folder of files;
/// it may fetch from 127.0.0.1.
pub fn scrm(db: Db, clock: ambient::Clock, base_url: &str) -> Scrm {
    let timeouts = wecom::http::Timeouts { connect_ms: 2_000, request_ms: 2_000 };
    let http = wecom::http::client(timeouts).expect("a client can be made");
    Scrm {
        db,
        clock,
        random: ambient::Random::seeded(7),
        master_key: MasterKey::new([42; 32]),
        wecom: corps::Clients::with_retry_base_ms(
            base_url.to_owned(),
            http,
            wecom::Budget::default(),
            1,
        ),
        rules: send::Rules::default(),
        inbox: callbacks::Inbox::default(),
        call_log: apps::CallLog::default(),
        files: files::Folder::new(tempfile::tempdir().expect("a folder can be made")),
        fetch: fetch::Rules {
            allow_networks: vec!["127.0.0.1/32".parse().expect("it is a network")],
            ..fetch::Rules::default()
        },
        group_indexes: groups::Indexes::new(groups::IndexLimits {
            max_bytes: 64 << 20,
            idle_ms: 3_600_000,
        }),
    }
}

/// Adds a company `wwtest…` with agent 1000002 and this secret.
pub async fn corp(scrm: &Scrm, wecom_corp_id: &str, secret: &str) -> CorpId {
    let new = corps::NewCorp {
        wecom_corp_id: wecom_corp_id.to_owned(),
        name: String::new(),
        agent_id: 1_000_002,
        wecom_secret: secret.to_owned(),
        zone: String::new(),
    };
    corps::put(scrm, &new).await.expect("a company can be added")
}

/// All of sending in turn: claims due tasks, hands batches over, looks for results. True when there may be
/// more to do at once.
pub async fn send_tick(scrm: &Scrm, corp: CorpId, holder: &str) -> Result<bool, crate::Error> {
    let mut has_more = send::claim_tick(scrm, corp, holder).await?;
    // First what is unknown: a message must not be handed over beside an equal one that is looked for.
    has_more |= send::resolve_tick(scrm, corp, holder).await?;
    has_more |= send::track_tick(scrm, corp, holder).await?;
    has_more |= send::hand_over_tick(scrm, corp, holder).await?;
    has_more |= send::upload_tick(scrm, corp, holder).await?;
    Ok(has_more)
}

/// Puts a department under the root.
pub async fn put_department(scrm: &Scrm, corp: CorpId, id: i64, name: &str) {
    let values = params![corp, DepartmentId(id), DepartmentId(1), name, 0_i64, false];
    put(scrm, &[(&org::sql::PUT_DEPARTMENTS, values.to_vec())]).await;
}

/// Puts a member of staff who may contact customers, in these departments.
pub async fn put_staff(scrm: &Scrm, corp: CorpId, id: i64, name: &str, departments: &[i64]) {
    let user_id = format!("user{id}");
    let folded = text::folded(name);
    let member = params![corp, id, &user_id, &user_id, name, &folded, "", 1_i64, true, true, false];
    let places = (0_i64..)
        .zip(departments)
        .flat_map(|(place, &department)| params![corp, id, place, department, false])
        .collect();
    put(scrm, &[(&org::sql::PUT_MEMBERS, member.to_vec()), (&org::sql::PUT_PLACES, places)]).await;
}

/// A group to put.
#[derive(Debug, Clone)]
pub struct PutGroup {
    /// Our id.
    pub id: i64,
    /// WeCom chat id.
    pub chat_id: String,
    /// Its owner.
    pub owner: i64,
    /// WeCom's name.
    pub raw_name: String,
    /// The name people see.
    pub display_name: String,
    /// When it was made.
    pub created_at_ms: i64,
    /// Whether it is no more.
    pub is_dissolved: bool,
    /// Its tags.
    pub tags: Vec<TagId>,
}

/// Puts groups with their tags.
pub async fn put_groups(scrm: &Scrm, corp: CorpId, groups: &[PutGroup]) {
    let mut tx = scrm.db.begin().await.expect("the database is there");
    put_groups_in(&mut tx, corp, groups).await;
    tx.commit().await.expect("it can be committed");
}

async fn put_groups_in(tx: &mut store::Tx, corp: CorpId, groups: &[PutGroup]) {
    let folded: Vec<String> =
        groups.iter().map(|group| text::folded(&group.display_name)).collect();
    let rows = groups
        .iter()
        .zip(&folded)
        .flat_map(|(g, folded)| {
            params![
                corp,
                GroupId(g.id),
                &g.chat_id,
                StaffId(g.owner),
                &g.raw_name,
                &g.display_name,
                folded,
                "",
                g.created_at_ms,
                0_i64,
                g.is_dissolved,
                0_i64,
                ""
            ]
        })
        .collect();
    let taggings = groups
        .iter()
        .flat_map(|g| g.tags.iter().map(|&tag| params![corp, GroupId(g.id), tag]))
        .flatten()
        .collect();
    let rows: Vec<Value<'_>> = rows;
    tx.execute_rows(&groups::sql::PUT, &rows).await.expect("groups can be put");
    let taggings: Vec<Value<'_>> = taggings;
    tx.execute_rows(&group_tags::sql::ADD_TAGGINGS, &taggings).await.expect("tags can be put");
}

/// Changes groups, or adds them, as the mirror would.
pub async fn change_groups(scrm: &Scrm, corp: CorpId, groups: &[PutGroup]) {
    let mut tx = corps::begin_alone(scrm, corp).await.expect("the database is there");
    for group in groups {
        let forgotten = tx.execute(&FORGET_TAGS, &params![corp, GroupId(group.id)]).await;
        forgotten.expect("tags can be removed");
    }
    let ids: Vec<GroupId> = groups.iter().map(|group| GroupId(group.id)).collect();
    groups::note_changes(&mut tx, corp, &ids).await.expect("changes can be noted");
    put_groups_in(&mut tx, corp, groups).await;
    tx.commit().await.expect("it can be committed");
}

/// A task to put, with an SOP of its own.
#[derive(Debug, Clone)]
pub struct PutTask {
    /// The SOP inside the program; another one for each task.
    pub sop: i64,
    /// The SOP's public id.
    pub sop_uuid: PublicId,
    /// The SOP's title.
    pub title: String,
    /// 0 assistant, 1 manual.
    pub mode: i64,
    /// Who made it.
    pub creator: i64,
    /// The group.
    pub group: i64,
    /// The task's public id.
    pub uuid: PublicId,
    /// The task's state, as on the wire.
    pub state: i64,
    /// When it is due.
    pub due_at_ms: i64,
    /// When it was made.
    pub created_at_ms: i64,
}

/// Puts tasks, each with its SOP.
pub async fn put_tasks(scrm: &Scrm, corp: CorpId, tasks: &[PutTask]) {
    let sops = tasks
        .iter()
        .flat_map(|t| {
            let (mode, creator) = (t.mode, t.creator);
            params![
                corp,
                SopId(t.sop),
                &t.sop_uuid,
                &t.title,
                "",
                mode,
                1_i64,
                creator,
                t.created_at_ms,
                0_i64,
                "",
                false,
                t.created_at_ms,
                None::<i64>,
                None::<i64>,
                0_i64,
                0_i64,
                &t.title,
                0_i64
            ]
        })
        .collect();
    let rows = tasks
        .iter()
        .flat_map(|t| {
            let (due, created) = (t.due_at_ms, t.created_at_ms);
            params![
                corp,
                GroupId(t.group),
                SopId(t.sop),
                1_i64,
                0_i64,
                &t.uuid,
                t.state,
                due,
                created,
                0_i64
            ]
        })
        .collect();
    let steps = tasks.iter().flat_map(|t| {
        params![corp, SopId(t.sop), 1_i64, t.due_at_ms, None::<i64>, None::<i64>, 1_i64, 0_i64]
    });
    let content = r#"[{"kind":"text","content":"你好"}]"#;
    let contents = tasks.iter().flat_map(|t| params![corp, SopId(t.sop), 1_i64, 1_i64, content]);
    let members = tasks
        .iter()
        .flat_map(|t| params![corp, SopId(t.sop), GroupId(t.group), t.created_at_ms, 0_i64, 0_i64]);
    put(
        scrm,
        &[
            (&sop::sql::ADD_SOP, sops),
            (&sop::sql::ADD_GROUPS, members.collect()),
            (&sop::sql::ADD_STEPS, steps.collect()),
            (&sop::sql::ADD_CONTENTS, contents.collect()),
            (&sop::sql::ADD_TASKS, rows),
        ],
    )
    .await;
}

/// Puts a marketing content with this id.
pub async fn put_material(scrm: &Scrm, corp: CorpId, uuid: PublicId) {
    let url = "https://example.com/new";
    let values = params![
        corp,
        MaterialId(1_000_000),
        &uuid,
        2_i64,
        "新品",
        "",
        url,
        "",
        None::<i64>,
        0_i64,
        0_i64,
        false
    ];
    put(scrm, &[(&materials::sql::ADD, values.to_vec())]).await;
}

statements! {
    FORGET_TAGS = "DELETE FROM group_taggings WHERE corp_id = $1 AND group_id = $2";
    GROUPS = "SELECT chat_id, raw_name, n_members FROM customer_groups WHERE corp_id = $1 AND NOT is_dissolved";
    EVENTS = "SELECT CAST(count(*) AS BIGINT) FROM callback_events WHERE corp_id = $1";
    UNSETTLED = "SELECT CAST(count(*) AS BIGINT) FROM callback_events WHERE corp_id = $1 AND done_at_ms IS NULL";
}

/// (chat id, WeCom's name, number of members) of all groups that are not dissolved.
pub async fn groups(db: &Db, corp: CorpId) -> Vec<(String, String, usize)> {
    let mut reader = db.reader().await.expect("the database can be read");
    let read = |row: &store::Row<'_>| {
        let n_members = usize::try_from(row.get::<i64>(2)?).unwrap_or_default();
        Ok((row.get(0)?, row.get(1)?, n_members))
    };
    reader.query(&GROUPS, &params![corp], read).await.expect("groups can be read")
}

/// Events that were ever stored.
pub async fn n_events(db: &Db, corp: CorpId) -> usize {
    count(db, &EVENTS, corp).await
}

/// Events that are not applied and things that are not read anew yet.
pub async fn n_unsettled(db: &Db, corp: CorpId) -> usize {
    count(db, &UNSETTLED, corp).await + count(db, &crate::refresh::sql::COUNT, corp).await
}

async fn count(db: &Db, statement: &'static store::Statement, corp: CorpId) -> usize {
    let mut reader = db.reader().await.expect("the database can be read");
    let counted = reader.query_opt(statement, &params![corp], |row| row.get::<i64>(0)).await;
    let counted = counted.expect("rows can be counted").unwrap_or_default();
    usize::try_from(counted).unwrap_or_default()
}

async fn put(scrm: &Scrm, batch: &[(&'static store::Statement, Vec<Value<'_>>)]) {
    let mut tx = scrm.db.begin().await.expect("a transaction begins");
    for (statement, values) in batch {
        tx.execute_rows(statement, values).await.expect("the rows fit");
    }
    tx.commit().await.expect("the rows are stored");
}
