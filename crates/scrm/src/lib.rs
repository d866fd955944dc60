//! The domain of Siyu: a company's WeCom mirrored, SOPs planned on its customer groups, messages sent
//! and followed until it is known what became of them.
//!
//! One folder a domain word. Each has `mod.rs` (what it is, its rules, its operations) and `sql.rs`
//! (every statement); where they exist `sync.rs` (how it follows WeCom) and `tests.rs`. Folders call each
//! other's public functions, never each other's SQL.
//!
//! Never here: HTTP types, JSON names of the open API's contract, the ambient clock, a call to WeCom
//! while a transaction is open.

pub mod apps;
pub mod audit;
pub mod callbacks;
pub mod corps;
pub mod counters;
pub mod customers;
pub mod desk;
mod error;
pub mod files;
pub mod group_tags;
pub mod groups;
mod ids;
pub mod materials;
mod migrations;
pub mod once;
pub mod org;
mod page;
pub mod refresh;
mod secrets;
pub mod send;
pub mod sop;
pub mod sync;
pub mod tags;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod text;
pub mod users;
mod zone;

use ambient::{Clock, Random};

pub use error::Error;
pub use fetch::Rules as FetchRules;
pub use ids::{
    BatchId, CorpId, CustomerId, DepartmentId, FileId, GroupId, MaterialId, PublicId, SopId,
    StaffId, TagGroupId, TagId, UserId,
};
pub use migrations::MIGRATIONS;
pub use page::Page;
pub use secrets::MasterKey;
pub use zone::Zone;

/// What every operation of the domain needs from the program around it; cheap to clone.
#[derive(Clone)]
pub struct Scrm {
    /// The database.
    pub db: store::Db,
    /// The time.
    pub clock: Clock,
    /// Chance, for ids, keys and tokens.
    pub random: Random,
    /// The key of secrets at rest.
    pub master_key: MasterKey,
    /// Clients of WeCom, one a company.
    pub wecom: corps::Clients,
    /// Rules of sending.
    pub rules: send::Rules,
    /// Events of callbacks on their way into the database.
    pub inbox: callbacks::Inbox,
    /// Calls to the open API on their way into the database.
    pub call_log: apps::CallLog,
    /// Where contents of files lie.
    pub files: files::Folder,
    /// From where files may be fetched.
    pub fetch: fetch::Rules,
    /// What lists of groups are searched in.
    pub group_indexes: groups::Indexes,
}

/// Every statement of the program, for the test that prepares them all.
pub fn statements() -> Vec<&'static store::Statement> {
    [
        apps::sql::ALL,
        audit::sql::ALL,
        callbacks::sql::ALL,
        corps::sql::ALL,
        counters::ALL,
        customers::sql::ALL,
        desk::sql::ALL,
        files::sql::ALL,
        group_tags::sql::ALL,
        groups::sql::ALL,
        jobs::STATEMENTS,
        materials::sql::ALL,
        once::sql::ALL,
        org::sql::ALL,
        refresh::sql::ALL,
        send::sql::ALL,
        sop::sql::ALL,
        store::STATEMENTS,
        sync::sql::ALL,
        tags::sql::ALL,
        users::sql::ALL,
    ]
    .concat()
}
