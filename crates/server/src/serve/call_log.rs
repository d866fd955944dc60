//! Writing what the open API notes of its calls, in every process that answers them: each second, sooner when many
//! have gathered, and once more when the process stops.

use std::time::Duration;

use jobs::{Driver, Next};
use scrm::{Scrm, apps};
use tracing::warn;

use crate::settings::Role;

/// How long a call waits for being written; after a failure it is tried again after twice this time, and so on.
const WRITE_EVERY_MS: u64 = 1_000;

/// The task that writes.
pub struct Writing(Driver);

impl Writing {
    /// Begins; a process that answers no calls has none to write.
    pub fn begin(scrm: &Scrm, role: Role) -> Self {
        let mut driver = Driver::default();
        if role.answers() {
            let (scrm, stopping) = (scrm.clone(), driver.stopping());
            driver.every("log of calls", WRITE_EVERY_MS, move || {
                let (scrm, mut stopping) = (scrm.clone(), stopping.clone());
                async move {
                    tokio::select! {
                        () = scrm.call_log.has_batch() => {}
                        () = stopping.asked() => {}
                        () = tokio::time::sleep(Duration::from_millis(WRITE_EVERY_MS)) => {}
                    }
                    while apps::write_calls(&scrm).await? {}
                    Ok::<_, scrm::Error>(Next::AtOnce)
                }
            });
        }
        Self(driver)
    }

    /// Writes what is left, when no call comes any more.
    pub async fn finish(self, scrm: &Scrm, grace_ms: u64) {
        let all = async {
            self.0.stop(grace_ms).await;
            while apps::write_calls(scrm).await? {}
            Ok::<_, scrm::Error>(())
        };
        match tokio::time::timeout(Duration::from_millis(grace_ms), all).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!(%error, "the last calls are missing in the log of calls"),
            Err(_) => warn!("the last calls are missing in the log of calls: there was no time"),
        }
    }
}

#[cfg(test)]
mod tests {
    use scrm::{
        MIGRATIONS, Page,
        apps::{
            NewApp,
            calls::{self, Call, Filter},
        },
        testing,
    };

    use super::*;

    #[tokio::test]
    async fn what_was_noted_is_written_when_the_process_stops() {
        let test = store::testing::sqlite(MIGRATIONS).await;
        let clock = ambient::ManualClock::at(1_772_415_000_000);
        let scrm = testing::scrm(test.db.clone(), clock.clock(), "");
        let corp = testing::corp(&scrm, "ww0123456789abcdef", "a WeCom secret").await;
        let new = NewApp { suffix: "crm".to_owned(), ..NewApp::default() };
        let app_id = apps::create(&scrm, corp, new).await.unwrap().app_id;
        let call = Call {
            app_id,
            at_ms: clock.now_ms(),
            path: "/api/v3/echo",
            code: 0,
            http_status: 200,
            duration_ms: 1,
            address: None,
            reason: String::new(),
        };
        let writing = Writing::begin(&scrm, Role::All);
        // More than are written at once.
        for second in 0..1_200 {
            scrm.call_log.note(Call { at_ms: second * 1_000, ..call.clone() });
        }
        writing.finish(&scrm, 60_000).await;
        let page = Page { no: 1, size: 1 };
        assert_eq!(calls::list(&scrm, corp, &Filter::default(), page).await.unwrap().0, 1_200);
    }
}
