//! Keeping groups in memory, in every process that answers calls.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use jobs::{Driver, Next};
use scrm::{Scrm, groups};

use crate::{settings::Role, site};

/// How soon a company that is asked for gets its index, and one that changed much a new one.
const LOOK_EVERY_MS: u64 = 1_000;

/// Begins with the companies there are; another that comes later counts as asked for once. A process that answers
/// no calls keeps none.
pub fn begin(scrm: &Scrm, role: Role) -> Driver {
    let mut driver = Driver::default();
    if !role.answers() {
        return driver;
    }
    let scrm = scrm.clone();
    let met = Arc::new(Mutex::new(HashSet::new()));
    driver.every("group indexes", LOOK_EVERY_MS, move || {
        let (scrm, met) = (scrm.clone(), met.clone());
        async move {
            for company in site::companies(&scrm).await? {
                if met.lock().expect("no panic while held").insert(company.id) {
                    scrm.group_indexes.want(company.id, scrm.clock.now_ms());
                }
            }
            let has_more = groups::index_tick(&scrm).await?;
            Ok::<_, anyhow::Error>(if has_more { Next::AtOnce } else { Next::AfterPause })
        }
    });
    driver
}
