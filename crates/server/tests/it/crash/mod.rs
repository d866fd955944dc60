//! The server is killed at random moments while SOPs run and WeCom errs: nothing is lost, nothing is doubled,
//! nothing stays open.
//!
//! A run: a simulated company, one server or two on one database. While they are killed again and again, a
//! story chosen by chance goes on (`acts`): SOPs are made over the signed API, owners confirm or leave groups out,
//! mark tasks, dissolve groups; calls to WeCom fail in all ways. Then the faults end, and when nothing is open any
//! more, what the database says is compared with what the simulator saw (`check`). What the database holds is
//! read from outside (`facts`).
//!
//! The short form is one of the tests. `make crash-test` runs the full one: `SIYU_CRASH_KILLS` is the number of
//! kills of each set-up, `SIYU_CRASH_SEED` repeats the choices of an earlier run (their moments remain chance).

mod acts;
mod check;
mod check_tests;
mod dice;
mod facts;
mod node;
mod town;

use std::sync::atomic::{AtomicBool, Ordering};

use ambient::Clock;
use scrm::MIGRATIONS;

use self::{acts::Story, dice::Dice, town::Town};

const N_KILLS: u64 = 10;
/// SOPs that are made, at least.
const N_SOPS: usize = 25;

/// One test, so that the set-ups run at the same time: most of it is waiting for deadlines.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_by_kills() {
    let sqlite = store::testing::sqlite(MIGRATIONS).await;
    let postgres = store::testing::postgres(MIGRATIONS).await;
    let shared = store::testing::postgres(MIGRATIONS).await;
    tokio::join!(run(&sqlite, 1), run(&postgres, 1), run(&shared, 2));
}

async fn run(test: &store::testing::TestDb, n_nodes: usize) {
    let now_ms = Clock::system().now_ms().unsigned_abs();
    let seed = from_environment("SIYU_CRASH_SEED").unwrap_or(now_ms);
    let n_kills = from_environment("SIYU_CRASH_KILLS").unwrap_or(N_KILLS);
    let name = format!("{:?}, servers: {n_nodes}, seed {seed}", test.db.backend());
    eprintln!("{name}: {n_kills} kills");
    let dice = Dice::new(seed);
    let (town, mut nodes) = Town::new(&test.address, n_nodes).await;
    let mut story = Story::default();

    town.begin_faults();
    let is_over = AtomicBool::new(false);
    let killing = async {
        let share = n_kills.div_ceil(n_nodes as u64);
        let each = nodes.iter_mut().zip(1..).map(|(node, no)| {
            let dice = Dice::new(seed ^ (no << 32));
            async move { node.kill_again_and_again(share, &dice).await }
        });
        futures_util::future::join_all(each).await;
        is_over.store(true, Ordering::SeqCst);
    };
    let acting = async {
        while !is_over.load(Ordering::SeqCst) || story.made.len() < N_SOPS {
            acts::one(&town, &mut story, &dice).await;
        }
    };
    tokio::join!(killing, acting);
    town.sim.sim.clear_faults();
    acts::to_the_end(&town, &mut story, &dice, &test.db, &name).await;

    let facts = facts::read(&test.db).await;
    let seen = facts::seen(&town.sim.sim);
    eprintln!("{name}: {}", check::summary(&facts, &seen));
    let violations = check::violations(&story, &facts, &seen);
    assert!(violations.is_empty(), "{name}: {violations:#?}");
    check::was_worth_it(&facts, &seen, &name);
    for mut node in nodes {
        assert_eq!(node.server.signal("TERM").await, Some(0), "{name}");
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}
