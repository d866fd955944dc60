//! What the database says, and what the simulator saw.

use std::collections::BTreeMap;

use store::{Db, statements};
use wecom_sim::{LedgerKind, Sim};

statements! {
    TASKS = "SELECT t.uuid, s.title, t.step_no, g.chat_id, s.mode, t.state, t.reason, t.batch_id, t.handed_at_ms
        FROM sop_tasks AS t
        JOIN sops AS s ON s.corp_id = t.corp_id AND s.sop_id = t.sop_id
        JOIN customer_groups AS g ON g.corp_id = t.corp_id AND g.group_id = t.group_id
        WHERE t.corp_id = 1
        ORDER BY t.sop_id, t.step_no, t.group_id";
    BATCHES = "SELECT b.batch_id, b.mode, b.state, m.wecom_user_id
        FROM send_batches AS b
        JOIN staff AS m ON m.corp_id = b.corp_id AND m.staff_id = b.owner_id
        WHERE b.corp_id = 1
        ORDER BY b.batch_id";
    OPEN = "SELECT CAST(count(*) AS BIGINT) FROM sop_tasks WHERE corp_id = 1 AND state IN (0, 1, 6)";
    PLANNING = "SELECT CAST(count(*) AS BIGINT) FROM sops WHERE corp_id = 1 AND plan_position IS NOT NULL";
}

pub const ASSISTANT: i64 = 0;
pub const MANUAL: i64 = 1;
pub const SENT: i64 = 2;
pub const FAILED: i64 = 3;
pub const CANCELLED: i64 = 5;

/// A task as stored.
#[derive(Clone, Debug)]
pub struct Task {
    pub id: String,
    pub title: String,
    pub step_no: i64,
    pub chat_id: String,
    pub mode: i64,
    pub state: i64,
    pub reason: Option<String>,
    pub batch: Option<i64>,
    pub handed_at_ms: Option<i64>,
}

impl Task {
    pub fn is_open(&self) -> bool {
        matches!(self.state, 0 | 1 | 6)
    }
}

/// A message to one owner, as stored.
#[derive(Clone, Debug)]
pub struct Batch {
    pub id: i64,
    pub mode: i64,
    pub state: i64,
    pub owner: String,
}

#[derive(Default)]
pub struct Facts {
    pub tasks: Vec<Task>,
    pub batches: Vec<Batch>,
}

/// A mass message that WeCom took.
#[derive(Clone, Debug)]
pub struct Mass {
    pub text: String,
    pub chat_ids: Vec<String>,
}

#[derive(Default)]
pub struct Seen {
    /// How often each text of the assistant reached each chat.
    pub ledger: BTreeMap<(String, String), usize>,
    pub masses: Vec<Mass>,
    /// Receiver and address of every notice that was delivered.
    pub notices: Vec<(String, String)>,
    pub n_notices_suppressed: u64,
    /// Looks for messages whose fate was not known.
    pub n_looks: u64,
}

/// Tasks that are not final, and SOPs that are being planned.
pub async fn n_open(db: &Db) -> i64 {
    let mut reader = db.reader().await.unwrap();
    let mut n = 0;
    for statement in [&OPEN, &PLANNING] {
        n += reader.query_opt(statement, &[], |row| row.get::<i64>(0)).await.unwrap().unwrap();
    }
    n
}

pub async fn read(db: &Db) -> Facts {
    let mut reader = db.reader().await.unwrap();
    let task = |row: &store::Row<'_>| {
        Ok(Task {
            id: row.get::<scrm::PublicId>(0)?.to_string(),
            title: row.get(1)?,
            step_no: row.get(2)?,
            chat_id: row.get(3)?,
            mode: row.get(4)?,
            state: row.get(5)?,
            reason: row.get(6)?,
            batch: row.get(7)?,
            handed_at_ms: row.get(8)?,
        })
    };
    let batch = |row: &store::Row<'_>| {
        Ok(Batch { id: row.get(0)?, mode: row.get(1)?, state: row.get(2)?, owner: row.get(3)? })
    };
    let tasks = reader.query(&TASKS, &[], task).await.unwrap();
    let batches = reader.query(&BATCHES, &[], batch).await.unwrap();
    Facts { tasks, batches }
}

pub fn seen(sim: &Sim) -> Seen {
    let mut ledger = BTreeMap::new();
    for entry in sim.ledger().into_iter().filter(|entry| entry.kind == LedgerKind::Mass) {
        *ledger.entry((entry.chat_id, entry.text)).or_default() += 1;
    }
    let masses = sim.mass_messages().into_iter();
    let notices = sim.app_messages().into_iter();
    Seen {
        ledger,
        masses: masses.map(|m| Mass { text: m.text, chat_ids: m.chat_ids }).collect(),
        notices: notices.map(|notice| (notice.touser, notice.url)).collect(),
        n_notices_suppressed: sim.n_app_messages_suppressed(),
        n_looks: sim.n_calls("get_groupmsg_list_v2"),
    }
}
