//! Answers compared with plain SQL while groups change.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use scrm::Zone;
use serde::Serialize;
use store::{Backend, Db, Reader, Session, Tx, statements};

use super::{
    asked::{Answer, Asked, Op},
    changes,
};
use crate::{
    http::Connection,
    town::{
        Town,
        draw::Draw,
        plan::{DAY_MS, NOW_MS, SPAN_MS},
    },
};

statements! {
    /// On SQLite every reader sees one state.
    ONE_STATE = "SELECT 1" | "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
}

/// What came of comparing.
#[derive(Default, Serialize)]
pub struct Checked {
    pub n_compared: u32,
    pub n_differences: u32,
    /// Questions asked once more since groups had changed meanwhile.
    pub n_retries: u32,
    /// The first difference, to be looked into.
    pub first_difference: Option<String>,
}

/// Compares random filters for some seconds.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn run(listen: &str, town: &Town, zone: &Zone, seconds: f64) -> anyhow::Result<Checked> {
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let seed = u64::from_le_bytes(ambient::Random::system().bytes());
    let mut draw = Draw::of(seed, 1);
    let mut connection = Connection::open(listen).await?;
    let mut checked = Checked::default();
    while Instant::now() < until {
        let asked = random(town, &mut draw);
        let (answer, mut snapshot) = loop {
            let seq = changes::newest(&mut *town.db.reader().await?).await?;
            let answer = asked.of_server(&mut connection, &town.signer, zone).await?;
            let mut snapshot = Snapshot::open(&town.db).await?;
            // The snapshot is of the moment of its first statement; nothing changed since before the request.
            if changes::newest(snapshot.session()).await? == seq {
                break (answer, snapshot);
            }
            drop(snapshot);
            checked.n_retries += 1;
            if Instant::now() >= until {
                return Ok(checked);
            }
            // Bursts come in fixed distances: another moment of them.
            tokio::time::sleep(Duration::from_millis(u64::try_from(draw.below(40))?)).await;
        };
        let right = asked.of_database(snapshot.session()).await?;
        checked.n_compared += 1;
        if answer != right {
            checked.n_differences += 1;
            checked.first_difference.get_or_insert_with(|| difference(&asked, &answer, &right));
        }
    }
    Ok(checked)
}

/// Any of the filters, and seldom a deep page.
fn random(town: &Town, draw: &mut Draw) -> Asked {
    let mut asked = Asked::default();
    if draw.is(0.4) {
        asked.owner = Some(draw.one(&town.owners));
    }
    if draw.is(0.6) {
        let (_, name) = town.plan.name(draw);
        let letters: Vec<char> = name.chars().collect();
        let n = (draw.below(4) + 1).min(letters.len());
        let first = draw.below(letters.len() - n + 1);
        asked.keyword = letters[first..first + n].iter().collect();
    }
    if draw.is(0.4) {
        let n = draw.below(3) + 1;
        asked.tags = (0..n).map(|_| draw.one(&town.tags[..40])).collect();
        asked.tags.sort_unstable();
        asked.tags.dedup();
        asked.op = draw.one(&[Op::Any, Op::All, Op::None]);
    }
    if draw.is(0.3) {
        let n_days = draw.below(400) + 1;
        let first = draw.below(700);
        let day_ms =
            |n: usize| NOW_MS - SPAN_MS + i64::try_from(n).expect("a thousand days or so") * DAY_MS;
        asked.from_ms = draw.is(0.8).then_some(day_ms(first));
        asked.to_ms = draw.is(0.8).then_some(day_ms(first + n_days));
    }
    asked.n_pages_before = match draw.below(10) {
        0..7 => 0,
        7..9 => i64::try_from(draw.below(5)).expect("five"),
        _ => i64::try_from(draw.below(2_000)).expect("a few thousand"),
    };
    asked
}

fn difference(asked: &Asked, answer: &Answer, right: &Answer) -> String {
    format!("{asked:?}: {answer:?} instead of {right:?}")
}

/// One state of the database, which stays while it is read.
enum Snapshot {
    Sqlite(Reader),
    Postgres(Tx),
}

impl Snapshot {
    async fn open(db: &Db) -> anyhow::Result<Self> {
        if db.backend() == Backend::Sqlite {
            return Ok(Self::Sqlite(db.reader().await?));
        }
        let mut tx = db.begin().await?;
        tx.execute(&ONE_STATE, &[]).await.context("a transaction that sees one state")?;
        Ok(Self::Postgres(tx))
    }

    fn session(&mut self) -> &mut Session {
        match self {
            Self::Sqlite(reader) => reader,
            Self::Postgres(tx) => tx,
        }
    }
}
