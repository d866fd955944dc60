//! What the domain's tests share, and the checks over all statements and both schemas.

pub mod actions;
pub mod compare;
pub mod customers;
mod disorder;
pub mod events;

use ambient::ManualClock;
use store::{check, testing::TestDb};

use crate::{CorpId, MIGRATIONS, Scrm, groups, statements, sync, testing};

/// 2026-03-02 09:30:00 in Shanghai.
pub const NOW_MS: i64 = 1_772_415_000_000;

/// A simulated company and a domain that reaches it over HTTP, with one clock for both.
pub struct World {
    pub scrm: Scrm,
    pub corp: CorpId,
    pub clock: ManualClock,
    pub sim: wecom_sim::Running,
}

impl World {
    /// A small company: 5 departments, `n_owners` owners of `n_groups` groups, nothing synchronised yet.
    pub async fn start(test: &TestDb, n_owners: usize, n_groups: usize) -> Self {
        Self::start_as(test, small(n_owners, n_groups)).await
    }

    /// One with customers besides a few groups; 10 of the staff are beyond the `n_followers`, and most of
    /// them have customers too.
    pub async fn with_customers(test: &TestDb, n_followers: usize, n_customers: usize) -> Self {
        Self::start_as(test, wecom_sim::Config { n_customers, ..small(n_followers, 3) }).await
    }

    /// Any company.
    pub async fn start_as(test: &TestDb, config: wecom_sim::Config) -> Self {
        let clock = ManualClock::at(NOW_MS);
        let (corp_id, secret) = (config.corp_id.clone(), config.secret.clone());
        let sim = wecom_sim::start(config, clock.clock()).await.unwrap();
        let scrm = testing::scrm(test.db.clone(), clock.clock(), &sim.base_url);
        let corp = testing::corp(&scrm, &corp_id, &secret).await;
        Self { scrm, corp, clock, sim }
    }

    /// The same, synchronised.
    pub async fn synced(test: &TestDb, n_owners: usize, n_groups: usize) -> Self {
        Self::synced_as(test, small(n_owners, n_groups)).await
    }

    /// Any company, synchronised.
    pub async fn synced_as(test: &TestDb, config: wecom_sim::Config) -> Self {
        let world = Self::start_as(test, config).await;
        let report = world.sync().await;
        assert_eq!(report.n_problems(), 0, "{report:?}");
        world
    }

    pub async fn sync(&self) -> sync::Report {
        let stopped = std::future::pending();
        let report = sync::run(&self.scrm, self.corp, "test", &|_| {}, stopped).await.unwrap();
        report.expect("nobody else runs")
    }

    /// All listed groups.
    pub async fn groups(&self) -> Vec<groups::ListedGroup> {
        let page = crate::Page { no: 1, size: 10_000 };
        let filter = groups::Filter::default();
        groups::list(&self.scrm, self.corp, &filter, page).await.unwrap().groups
    }

    /// Ticks at the present time until there is nothing more to do at once.
    pub async fn tick(&self) {
        while crate::sop::follow_tick(&self.scrm, self.corp).await.unwrap() {}
        while crate::sop::plan_tick(&self.scrm, self.corp).await.unwrap() {}
        while crate::testing::send_tick(&self.scrm, self.corp, "test").await.unwrap() {}
    }

    /// Moves the clock and ticks.
    pub async fn tick_after(&self, by_ms: i64) {
        self.clock.advance(by_ms);
        self.tick().await;
    }
}

/// The company of [`World::start`].
pub fn small(n_owners: usize, n_groups: usize) -> wecom_sim::Config {
    wecom_sim::Config {
        n_departments: 5,
        n_staff: n_owners + 10,
        n_groups,
        n_members_per_group: 7,
        n_owners: Some(n_owners),
        quota: false,
        ..wecom_sim::Config::seeded(3)
    }
}

/// Statements that may read a table from end to end: the table is small, and is meant as a whole.
const MAY_SCAN: &[&str] = &[
    "scrm::corps::sql::LIST",
    "scrm::users::sql::ANY_USER",
    "scrm::users::sql::USERS",
    "store::migrate::NEWEST",
];

store::on_both! { MIGRATIONS,
    async fn every_statement_is_accepted_and_none_scans_a_table(test: &TestDb) {
        let all = statements();
        let plans = check::plans(&test.db, &all).await.unwrap();
        assert_eq!(plans.len(), all.len());
        let scanning: Vec<_> = plans
            .iter()
            .filter(|plan| plan.scans() && !MAY_SCAN.contains(&plan.name))
            .collect();
        assert!(scanning.is_empty(), "{scanning:#?}");
    }
}

#[tokio::test]
async fn both_migrations_make_the_same_schema() {
    let sqlite = store::testing::sqlite(MIGRATIONS).await;
    let postgres = store::testing::postgres(MIGRATIONS).await;
    let of_sqlite = check::schema(&sqlite.db).await.unwrap();
    let of_postgres = check::schema(&postgres.db).await.unwrap();
    assert_eq!(of_sqlite, of_postgres);
}

/// Tables whose key may begin with something else than the company.
const NOT_BY_CORP: &[&str] = &[
    "console_failures",
    "console_sessions",
    "console_users",
    "console_wecom_states",
    "job_leases",
    "schema_migrations",
];
/// Statements that may leave the company out: it is what they find, or they serve all companies.
const NO_CORP_NAMED: &[&str] = &[
    "jobs::lease::TAKE",
    "jobs::lease::GIVE_BACK",
    "jobs::lease::HELD",
    "scrm::apps::sql::FIND",
    "scrm::apps::sql::SET_ENABLED",
    "scrm::apps::sql::SET_KEY",
    "scrm::corps::sql::FIND",
    "scrm::corps::sql::LIST",
    "scrm::users::sql::ADD_USER",
    "scrm::users::sql::ANY_USER",
    "scrm::users::sql::BY_ID",
    "scrm::users::sql::BY_LOGIN",
    "scrm::users::sql::COUNT_FAILURE",
    "scrm::users::sql::DISABLE",
    "scrm::users::sql::END_SESSION",
    "scrm::users::sql::END_SESSIONS_OF",
    "scrm::users::sql::FAILURES",
    "scrm::users::sql::FORGET_FAILURES",
    "scrm::users::sql::FORGET_OLD_FAILURES",
    "scrm::users::sql::FORGET_SESSIONS",
    "scrm::users::sql::FORGET_WECOM_STATES",
    "scrm::users::sql::MAKE_SITE_ADMIN",
    "scrm::users::sql::REMOVE_USER",
    "scrm::users::sql::SEEN",
    "scrm::users::sql::SET_PASSWORD",
    "scrm::users::sql::SET_TOTP",
    "scrm::users::sql::SET_USER",
    "scrm::users::sql::TAKE_BACK_FAILURE",
    "scrm::users::sql::USE_TOTP_STEP",
    "scrm::users::sql::USE_WECOM_STATE",
    "store::migrate::NEWEST",
    "store::migrate::RECORD",
];

#[tokio::test]
async fn every_key_begins_with_the_company() {
    let sqlite = store::testing::sqlite(MIGRATIONS).await;
    let schema = check::schema(&sqlite.db).await.unwrap();
    let others: Vec<_> = schema
        .iter()
        .filter(|line| line.ends_with(" key 1") && !line.contains(".corp_id "))
        .filter(|line| !NOT_BY_CORP.iter().any(|table| line.contains(&format!(" {table}."))))
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn every_statement_names_the_company() {
    let nameless: Vec<_> = statements()
        .iter()
        .filter(|statement| !statement.sqlite.contains("corp_id"))
        .map(|statement| statement.name)
        .filter(|name| !NO_CORP_NAMED.contains(name))
        .collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}

#[test]
fn every_file_of_statements_is_in_the_list_of_all() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let listed = include_str!("../lib.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.join("sql.rs").exists() {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(listed.contains(&format!("{name}::sql::ALL")), "{name} is missing in lib.rs");
        }
    }
}
