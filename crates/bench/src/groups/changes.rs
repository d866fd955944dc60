//! Somebody changes groups: as a worker in another process would, each change a transaction of its own that
//! notes the group under the next number of the company's change sequence.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use scrm::counters;
use store::{Db, Tx, params, statements};

use crate::town::{
    Town,
    draw::Draw,
    plan::{Plan, folded},
    write::{self, CORP},
};

statements! {
    RENAME = "UPDATE customer_groups SET raw_name = $2, display_name = $3, folded_name = $4
        WHERE corp_id = 1 AND group_id = $1";
    GIVE = "UPDATE customer_groups SET owner_id = $2 WHERE corp_id = 1 AND group_id = $1";
    DISSOLVE = "UPDATE customer_groups SET is_dissolved = $2 WHERE corp_id = 1 AND group_id = $1";
    TAG = "INSERT INTO group_taggings (corp_id, group_id, tag_id)
        VALUES {rows}
        ON CONFLICT (corp_id, group_id, tag_id) DO NOTHING";
    UNTAG = "DELETE FROM group_taggings WHERE corp_id = 1 AND group_id = $1 AND tag_id = $2";
    TAKE_SEQ = "UPDATE corps SET change_seq = change_seq + 1 WHERE corp_id = 1 RETURNING change_seq";
    NOTE = "INSERT INTO group_changes (corp_id, change_seq, group_id) VALUES {rows}";
    SEQ = "SELECT change_seq FROM corps WHERE corp_id = 1";
}

/// Changes come in bursts, as events do that are applied together; between them a filter can be compared.
const BURSTS_PER_S: u32 = 10;
const CHANGES_PER_BURST: u32 = 20;
/// Changes a second.
pub const RATE: u32 = BURSTS_PER_S * CHANGES_PER_BURST;

/// Changes under way, in a thread of their own: commits would hold up who measures.
pub struct Changing {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<anyhow::Result<f64>>,
}

/// Begins to change groups of a town.
pub fn start(town: &Town) -> Changing {
    let is_over = Arc::new(AtomicBool::new(false));
    let writer = Writer {
        address: town.address.clone(),
        plan: Plan::new(town.plan.n_groups),
        owners: town.owners.clone(),
        tags: town.tags.clone(),
        first_group: town.first_group,
        is_over: is_over.clone(),
    };
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(writer.run())
    });
    Changing { is_over, thread }
}

impl Changing {
    /// Ends it; how many changes a second were written.
    pub fn stop(self) -> anyhow::Result<f64> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_panic| anyhow::anyhow!("the thread of changes panicked"))?
    }
}

/// The newest number of the change sequence.
pub async fn newest(session: &mut store::Session) -> anyhow::Result<i64> {
    Ok(session.query_opt(&SEQ, &[], |row| row.get(0)).await?.unwrap_or(0))
}

struct Writer {
    address: String,
    plan: Plan,
    owners: Vec<i64>,
    tags: Vec<i64>,
    first_group: i64,
    is_over: Arc<AtomicBool>,
}

impl Writer {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
    async fn run(self) -> anyhow::Result<f64> {
        let options = store::Options { n_connections: 1, busy_wait_ms: 5_000 };
        let db = Db::open(&self.address, &options)?;
        let seed = u64::from_le_bytes(ambient::Random::system().bytes());
        let (began, mut draw, mut n_changes) = (Instant::now(), Draw::of(seed, 0), 0_u32);
        for burst in 1.. {
            for _ in 0..CHANGES_PER_BURST {
                self.change(&db, &mut draw).await?;
                n_changes += 1;
            }
            if self.is_over.load(Ordering::Relaxed) {
                break;
            }
            let next = Duration::from_secs(1) * burst / BURSTS_PER_S;
            tokio::time::sleep(next.saturating_sub(began.elapsed())).await;
        }
        Ok(f64::from(n_changes) / began.elapsed().as_secs_f64())
    }

    async fn change(&self, db: &Db, draw: &mut Draw) -> anyhow::Result<()> {
        let mut group = self.first_group + i64::try_from(draw.below(self.plan.n_groups))?;
        let mut tx = db.begin().await?;
        match draw.below(20) {
            0..8 => {
                let (raw, shown) = self.plan.name(draw);
                let folded = folded(&shown);
                let values = params![group, &raw, &shown, &folded];
                tx.execute(&RENAME, &values).await?;
            }
            8..11 => {
                tx.execute(&GIVE, &params![group, draw.one(&self.owners)]).await?;
            }
            11..14 => {
                tx.execute_rows(&TAG, &params![CORP, group, draw.one(&self.tags)]).await?;
            }
            14..17 => {
                tx.execute(&UNTAG, &params![group, draw.one(&self.tags[..20])]).await?;
            }
            17..19 => {
                tx.execute(&DISSOLVE, &params![group, draw.is(0.2)]).await?;
            }
            _ => group = self.add(&mut tx).await?,
        }
        let seq: Option<i64> = tx.query_opt(&TAKE_SEQ, &[], |row| row.get(0)).await?;
        tx.execute_rows(&NOTE, &params![CORP, seq, group]).await?;
        Ok(tx.commit().await?)
    }

    /// A new group; its id.
    async fn add(&self, tx: &mut Tx) -> anyhow::Result<i64> {
        let id = counters::take(tx, CORP, counters::LONG, 1).await?;
        let group = self.plan.group(usize::try_from(id - self.first_group)?);
        write::put_groups(tx, id, self.owners[0], self.tags[0], &[group]).await?;
        Ok(id)
    }
}
