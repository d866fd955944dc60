//! The synchronisation with WeCom: departments and staff, customer tags, groups, customers.
//!
//! One run a company at a time, held by a lease. Where a run stands is stored with what it wrote: one that
//! was killed, stopped or refused half-way is continued by the next. What cannot be read is named in the
//! report while the rest goes on. A second run with nothing changed writes nothing but its own record; so
//! every run is also the reconciliation that repairs what callbacks lost.

mod progress;
mod report;
mod run;
pub(crate) mod sql;
#[cfg(test)]
mod tests;

use jobs::Held;
use store::params;
use wecom::{Class, codes};

use crate::{CorpId, Error, Scrm, corps, customers, groups, org, tags};
pub use progress::Progress;
pub use report::{Part, PartReport, Report};
pub(crate) use run::Run;
pub use sql::LastRun;

/// Calls under way at a time: WeCom is said to refuse above 5 for one API. The setting wecom.concurrent_calls
/// makes it fewer, not more.
pub(crate) const N_AT_ONCE: usize = 5;

/// Synchronises a company; nothing when a run is under way already. `holder` names this process.
///
/// Fails as a whole only when WeCom cannot be asked at all, when the database fails, and with
/// [`Error::Conflict`] when `stopped` comes first: what was written by then stays, and the next run goes
/// on from there at once.
pub async fn run(
    scrm: &Scrm,
    corp: CorpId,
    holder: &str,
    watch: &(dyn Fn(Progress) + Send + Sync),
    stopped: impl Future<Output = ()> + Send,
) -> Result<Option<Report>, Error> {
    let work = async {
        // A run dropped in the middle of a transaction leaves nothing of that transaction.
        let mut run = Run::open(scrm, corp, watch).await?;
        let outcome = tokio::select! {
            outcome = all_parts(&mut run) => outcome,
            // Its record stays as that of one that was cut off, and is gone on with.
            () = stopped => return Err(Error::Conflict("stopped before its end".to_owned())),
        };
        run.finish(outcome).await
    };
    match jobs::hold(&scrm.db, &scrm.clock, &lease(corp), holder, scrm.rules.lease_ms, work).await?
    {
        Held::Done(outcome) => outcome.map(Some),
        Held::Busy => Ok(None),
        Held::Lost => Err(Error::Conflict("another process has taken over".to_owned())),
    }
}

/// Whether a process is synchronising a company now. A run that is not finished and not under way either
/// was cut off; the next one goes on with it.
pub async fn is_under_way(scrm: &Scrm, corp: CorpId) -> Result<bool, Error> {
    Ok(jobs::is_held(&scrm.db, &lease(corp), scrm.clock.now_ms()).await?)
}

/// The newest run of a company.
pub async fn last_run(scrm: &Scrm, corp: CorpId) -> Result<Option<LastRun>, Error> {
    newest_run(&scrm.db, corp).await
}

/// The newest `n` runs of a company, newest first.
pub async fn runs(scrm: &Scrm, corp: CorpId, n: i64) -> Result<Vec<LastRun>, Error> {
    let mut reader = scrm.db.reader().await?;
    Ok(reader.query(&sql::RUNS, &params![corp, n], sql::last_run).await?)
}

/// The newest run, of a database that another process works on.
pub async fn newest_run(db: &store::Db, corp: CorpId) -> Result<Option<LastRun>, Error> {
    let mut reader = db.reader().await?;
    Ok(reader.query_opt(&sql::LAST, &params![corp], sql::last_run).await?)
}

async fn all_parts(run: &mut Run<'_>) -> Result<(), Error> {
    let client = corps::client(run.scrm, run.corp).await?;
    loop {
        match run.part() {
            Part::Organisation => org::follow(&client, run).await?,
            Part::CustomerTags => tags::follow(&client, run).await?,
            Part::Groups => groups::follow(&client, run).await?,
            Part::Customers => customers::follow(&client, run).await?,
        }
        if !run.next_part().await? {
            return Ok(());
        }
    }
}

/// Removes all runs but the newest.
pub async fn forget_old(scrm: &Scrm, corp: CorpId) -> Result<(), Error> {
    const KEPT: i64 = 200;
    let mut tx = scrm.db.begin().await?;
    let oldest = tx.query_opt(&sql::NTH_NEWEST, &params![corp, KEPT], |row| row.get(0)).await?;
    if let Some::<i64>(oldest) = oldest {
        tx.execute(&sql::FORGET, &params![corp, oldest]).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether WeCom refuses not this question but every one of its kind: the administrator has to act, and
/// nothing is gained by asking on. Other refusals may be of the one thing that was asked for, as those of
/// what is outside the visible range are.
pub(crate) fn is_about_all(error: &wecom::Error) -> bool {
    const CODES: [i64; 8] = [
        codes::INVALID_AGENTID,
        codes::API_NOT_AUTHORISED,
        codes::API_FORBIDDEN,
        codes::CONTACT_SYNC_FORBIDDEN,
        codes::APP_DISABLED,
        codes::UNTRUSTED_IP,
        codes::FOREIGN_AGENT,
        codes::INVALID_CORPID,
    ];
    let is_token = error.call() == "gettoken" || error.class() == Class::Token;
    error.errcode().is_some_and(|code| is_token || CODES.contains(&code))
}

/// Whether WeCom refuses a question for one of the members it names: asked without him it answers.
pub(crate) fn is_about_one(error: &wecom::Error) -> bool {
    let may_pass = matches!(error.class(), Class::Token | Class::Retry | Class::SlowDown);
    error.errcode().is_some() && !may_pass && !is_about_all(error)
}

/// Ends a run when of many things none could be read for no fault of theirs: WeCom is out of reach, and the
/// others would fail as well, one by one. It is continued later.
pub(crate) fn stop_if_nothing_answers<A>(
    answers: &[A],
    failure: impl Fn(&A) -> Option<&wecom::Error>,
) -> Result<(), Error> {
    const MANY: usize = 20;
    let failures: Vec<&wecom::Error> = answers.iter().filter_map(failure).collect();
    let about_all = failures.iter().find(|error| is_about_all(error));
    let is_out_of_reach = |error: &&wecom::Error| {
        error.errcode().is_none() || matches!(error.class(), Class::Retry | Class::SlowDown)
    };
    let n_unreached = failures.iter().filter(|error| is_out_of_reach(error)).count();
    let all = failures.last().filter(|_| n_unreached == answers.len() && answers.len() >= MANY);
    match about_all.or(all) {
        Some(&error) => Err(error.clone().into()),
        None => Ok(()),
    }
}

fn lease(corp: CorpId) -> String {
    format!("sync of company {corp}")
}
