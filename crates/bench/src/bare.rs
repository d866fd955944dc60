//! The yardstick of a synchronisation: the same rows inserted into an empty database of the same schema,
//! as many in a transaction, by the same storage layer, and nothing else.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use store::{Db, Row, Value, params, statements};

statements! {
    GROUPS = "SELECT corp_id, group_id, chat_id, owner_id, raw_name, display_name, folded_name, notice,
            created_at_ms, owner_status, is_dissolved, n_members, member_version
        FROM customer_groups
        WHERE corp_id = 1 AND group_id > $1
        ORDER BY group_id
        LIMIT 200";
    MEMBERS = "SELECT corp_id, group_id, member_no, wecom_id, kind, name, group_nickname, union_id, invitor_id,
            join_scene, join_state, joined_at_ms
        FROM group_members
        WHERE corp_id = 1 AND group_id BETWEEN $1 AND $2";
    CHAT_IDS = "SELECT chat_id FROM customer_groups WHERE corp_id = 1 ORDER BY group_id LIMIT 20000";
    PUT_GROUPS = "INSERT INTO customer_groups
            (corp_id, group_id, chat_id, owner_id, raw_name, display_name, folded_name, notice,
             created_at_ms, owner_status, is_dissolved, n_members, member_version)
        VALUES {rows}";
    PUT_MEMBERS = "INSERT INTO group_members
            (corp_id, group_id, member_no, wecom_id, kind, name, group_nickname, union_id, invitor_id,
             join_scene, join_state, joined_at_ms)
        VALUES {rows}";
}

/// A column's value, kept.
enum Kept {
    Int(i64),
    Text(String),
}

impl Kept {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Int(number) => (*number).into(),
            Self::Text(text) => text.into(),
        }
    }
}

/// The database in a data folder.
pub fn open(folder: &Path) -> Result<Db, store::Error> {
    let url = format!("sqlite:{}", folder.join("siyu.db").display());
    Db::open(&url, &store::Options { n_connections: 1, busy_wait_ms: 5_000 })
}

/// Chat ids of the first 20,000 groups.
pub async fn chat_ids(db: &Db) -> anyhow::Result<Vec<String>> {
    let mut reader = db.reader().await?;
    Ok(reader.query(&CHAT_IDS, &[], |row| row.get(0)).await?)
}

/// Copies all groups and their members; how many groups, and how long the inserting alone took.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn insert(from: &Db, to: &Db) -> anyhow::Result<(usize, Duration)> {
    let (mut n_groups, mut took, mut after) = (0, Duration::ZERO, 0_i64);
    loop {
        let mut reader = from.reader().await?;
        let groups =
            reader.query(&GROUPS, &params![after], |row| kept(row, 13, GROUP_TEXTS)).await?;
        let Some(Kept::Int(last)) = groups.last().map(|group| &group[1]) else {
            return Ok((n_groups, took));
        };
        let members = reader
            .query(&MEMBERS, &params![after + 1, *last], |row| kept(row, 12, MEMBER_TEXTS))
            .await?;
        drop(reader);
        n_groups += groups.len();
        after = *last;
        let began = Instant::now();
        let mut tx = to.begin().await?;
        tx.execute_rows(&PUT_GROUPS, &values(&groups)).await?;
        tx.execute_rows(&PUT_MEMBERS, &values(&members)).await?;
        tx.commit().await?;
        took += began.elapsed();
    }
}

/// Which columns are texts.
const GROUP_TEXTS: &[usize] = &[2, 4, 5, 6, 7, 12];
const MEMBER_TEXTS: &[usize] = &[3, 5, 6, 7, 8, 10];

fn kept(row: &Row<'_>, n_columns: usize, texts: &[usize]) -> Result<Vec<Kept>, store::Error> {
    (0..n_columns)
        .map(|index| {
            Ok(if texts.contains(&index) {
                Kept::Text(row.get(index)?)
            } else if index == 10 && n_columns == 13 {
                Kept::Int(i64::from(row.get::<bool>(index)?))
            } else {
                Kept::Int(row.get(index)?)
            })
        })
        .collect()
}

fn values(rows: &[Vec<Kept>]) -> Vec<Value<'_>> {
    rows.iter().flatten().map(Kept::value).collect()
}
