//! A town's rows, as a synchronisation and the planning of SOPs would have written them, straight through the
//! storage layer. Members of groups and messages are left out: the list of groups does not read them.

use scrm::{CorpId, counters};
use store::{Backend, Db, Tx, Value, params, statements};

use super::{
    names,
    plan::{Group, N_SOPS, N_TAGS, Plan, folded},
    sops,
};

statements! {
    PUT_DEPARTMENTS = "INSERT INTO departments
            (corp_id, department_id, parent_id, name, sort_order, is_deleted)
        VALUES {rows}";
    PUT_STAFF = "INSERT INTO staff
            (corp_id, staff_id, wecom_user_id, user_id_folded, name, name_folded, position, status,
             can_contact, is_readable, is_deleted)
        VALUES {rows}";
    PUT_PLACES = "INSERT INTO staff_departments (corp_id, staff_id, place, department_id, is_leader)
        VALUES {rows}";
    PUT_TAG_GROUPS = "INSERT INTO group_tag_groups (corp_id, tag_group_id, name, name_folded) VALUES {rows}";
    PUT_TAGS = "INSERT INTO group_tags (corp_id, tag_id, tag_group_id, name, name_folded) VALUES {rows}";
    PUT_GROUPS = "INSERT INTO customer_groups
            (corp_id, group_id, chat_id, owner_id, raw_name, display_name, folded_name, notice,
             created_at_ms, owner_status, is_dissolved, n_members, member_version)
        VALUES {rows}";
    PUT_TAGGINGS = "INSERT INTO group_taggings (corp_id, group_id, tag_id) VALUES {rows}";
    SET_SEQ = "UPDATE corps SET change_seq = $1 WHERE corp_id = 1";
    PUT_FOLLOWED = "INSERT INTO sop_followed (corp_id, change_seq) VALUES {rows}";
    /// The product keeps no statistics on SQLite.
    ANALYZE = "SELECT 1" | "ANALYZE";
}

/// The company: the first one of its database.
pub const CORP: CorpId = CorpId(1);
/// Groups whose rows are written in one transaction.
const GROUPS_PER_TX: usize = 5_000;
/// Groups that a synchronisation writes under one number of the change sequence.
const GROUPS_PER_CHANGE: usize = 200;
const N_DEPARTMENTS: usize = 60;
const TAGS_PER_TAG_GROUP: usize = 10;

/// The first id of each kind; the others follow.
struct Ids {
    staff: i64,
    tags: i64,
    sops: i64,
    groups: i64,
}

/// Fills an empty database in which the company is.
pub async fn fill(db: &Db, plan: &Plan) -> anyhow::Result<()> {
    let random = ambient::Random::seeded(1);
    let mut tx = db.begin().await?;
    let ids = Ids {
        staff: counters::take(&mut tx, CORP, counters::LONG, plan.n_owners).await?,
        tags: counters::take(&mut tx, CORP, counters::SHORT, N_TAGS).await?,
        sops: counters::take(&mut tx, CORP, counters::INTERNAL, N_SOPS).await?,
        groups: counters::take(&mut tx, CORP, counters::LONG, plan.n_groups).await?,
    };
    put_staff(&mut tx, &ids, plan).await?;
    put_tags(&mut tx, &ids).await?;
    sops::put(&mut tx, ids.sops, ids.staff, &random).await?;
    tx.commit().await?;
    for first in (0..plan.n_groups).step_by(GROUPS_PER_TX) {
        let numbers = first..(first + GROUPS_PER_TX).min(plan.n_groups);
        let groups: Vec<Group> = numbers.map(|n| plan.group(n)).collect();
        let mut tx = db.begin().await?;
        put_groups(&mut tx, ids.groups + int(first), ids.staff, ids.tags, &groups).await?;
        sops::put_tasks(&mut tx, ids.sops, ids.groups + int(first), &groups, &random).await?;
        tx.commit().await?;
        if first % 100_000 == 0 && first > 0 {
            eprintln!("{first} of {} groups are written", plan.n_groups);
        }
    }
    let seq = int(plan.n_groups.div_ceil(GROUPS_PER_CHANGE));
    let mut tx = db.begin().await?;
    sops::count_groups(&mut tx).await?;
    tx.execute(&SET_SEQ, &params![seq]).await?;
    tx.execute_rows(&PUT_FOLLOWED, &params![CORP, seq]).await?;
    tx.commit().await?;
    if db.backend() == Backend::Postgres {
        let mut tx = db.begin().await?;
        tx.execute(&ANALYZE, &[]).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn put_staff(tx: &mut Tx, ids: &Ids, plan: &Plan) -> anyhow::Result<()> {
    let mut draw = super::draw::Draw::of(3, 0);
    let departments: Vec<String> = (0..N_DEPARTMENTS).map(names::department).collect();
    let rows: Vec<Value<'_>> = (2_i64..)
        .zip(&departments)
        .flat_map(|(id, name)| params![CORP, id, 1_i64, name, id, false])
        .collect();
    tx.execute_rows(&PUT_DEPARTMENTS, &rows).await?;
    let staff: Vec<(i64, String, String)> = (ids.staff..)
        .take(plan.n_owners)
        .map(|id| (id, format!("user{id}"), names::person(&mut draw)))
        .collect();
    let mut rows: Vec<Value<'_>> = Vec::new();
    for (id, user_id, name) in &staff {
        rows.extend(params![CORP, *id, user_id, user_id, name, name, "", 1_i64, true, true, false]);
    }
    tx.execute_rows(&PUT_STAFF, &rows).await?;
    let mut places: Vec<Value<'_>> = Vec::new();
    for (id, _, _) in &staff {
        let department = int(draw.below(N_DEPARTMENTS));
        places.extend(params![CORP, *id, 0_i64, department + 2, false]);
        if draw.is(0.2) {
            let other = (department + 7) % int(N_DEPARTMENTS);
            places.extend(params![CORP, *id, 1_i64, other + 2, false]);
        }
    }
    tx.execute_rows(&PUT_PLACES, &places).await?;
    Ok(())
}

async fn put_tags(tx: &mut Tx, ids: &Ids) -> anyhow::Result<()> {
    let n_tag_groups = N_TAGS / TAGS_PER_TAG_GROUP;
    let first = counters::take(tx, CORP, counters::SHORT, n_tag_groups).await?;
    let group_names: Vec<String> = (1..=n_tag_groups).map(|n| format!("标签组{n}")).collect();
    let rows: Vec<Value<'_>> =
        (first..).zip(&group_names).flat_map(|(id, name)| params![CORP, id, name, name]).collect();
    tx.execute_rows(&PUT_TAG_GROUPS, &rows).await?;
    let tags: Vec<(i64, i64, String)> = (0..N_TAGS)
        .map(|n| (ids.tags + int(n), first + int(n % n_tag_groups), names::tag(n)))
        .collect();
    let rows: Vec<Value<'_>> = tags
        .iter()
        .flat_map(|(id, tag_group, name)| params![CORP, *id, *tag_group, name, name])
        .collect();
    tx.execute_rows(&PUT_TAGS, &rows).await?;
    Ok(())
}

/// Groups with their tags, numbered from `first_id` on.
pub async fn put_groups(
    tx: &mut Tx,
    first_id: i64,
    first_staff: i64,
    first_tag: i64,
    groups: &[Group],
) -> anyhow::Result<()> {
    let (mut rows, mut taggings): (Vec<Value<'_>>, Vec<Value<'_>>) = (Vec::new(), Vec::new());
    for (id, group) in (first_id..).zip(groups) {
        debug_assert_eq!(group.folded_name, folded(&group.display_name));
        rows.extend(params![
            CORP,
            id,
            &group.chat_id,
            first_staff + int(group.owner),
            &group.raw_name,
            &group.display_name,
            &group.folded_name,
            "",
            group.created_at_ms,
            0_i64,
            group.is_dissolved,
            group.n_members,
            "1"
        ]);
        taggings.extend(group.tags.iter().flat_map(|&n| params![CORP, id, first_tag + int(n)]));
    }
    tx.execute_rows(&PUT_GROUPS, &rows).await?;
    tx.execute_rows(&PUT_TAGGINGS, &taggings).await?;
    Ok(())
}

/// A number of rows, or of one among them.
pub fn int(n: usize) -> i64 {
    i64::try_from(n).expect("63 bits hold a number of rows")
}
