//! The doctor: what of this installation works, what does not, and what to do about it.
//!
//! One file an area. A check looks at one thing as it is, through the same settings, secrets and calls that
//! the server uses, and changes nothing but a lease that it gives back. A check whose ground is missing is
//! skipped and says so, so that a broken thing is told once. No secret gets into a report.

mod app;
mod callback;
mod check;
mod clock;
mod config;
mod customers;
mod database;
mod sync;
#[cfg(test)]
mod tests;

use ambient::{Clock, Random};
use scrm::{Scrm, corps::Corp};

use crate::settings::{Settings, Source};
use check::Subject;
pub use check::{Check, State, as_text};

/// WeCom waits so long for the answer to an event.
const WAIT_MS: u64 = 5_000;

const COMPANY: Subject = Subject { id: "company", title: "company" };

/// What the checks of companies work with.
struct Surroundings<'a> {
    scrm: &'a Scrm,
    http: &'a reqwest::Client,
    settings: &'a Settings,
}

/// Checks everything, or of the companies only this one.
pub async fn examine(source: &Source, corp: Option<&str>) -> anyhow::Result<Vec<Check>> {
    let (mut checks, settings) = config::check(source);
    let Some(settings) = settings else { return Ok(checks) };
    let timeouts = wecom::http::Timeouts { connect_ms: WAIT_MS, request_ms: WAIT_MS };
    let http = wecom::http::client(timeouts)?;
    checks.push(clock::check(&http, &settings.wecom.base_url, &Clock::system()).await);
    let (of_database, db) = database::check(&settings, &Clock::system()).await;
    checks.push(of_database);
    let Some(db) = db else { return Ok(checks) };
    let (of_key, ready) = database::check_key(&settings, db, Random::system()).await?;
    checks.push(of_key);
    let Some((scrm, companies)) = ready else { return Ok(checks) };
    let around = Surroundings { scrm: &scrm, http: &http, settings: &settings };
    let chosen: Vec<&Corp> = companies
        .iter()
        .filter(|company| corp.is_none_or(|corp| company.wecom_corp_id == corp))
        .collect();
    if chosen.is_empty() {
        checks.push(no_company(corp));
    }
    for company in chosen {
        match of_company(&around, company).await {
            Ok(of_company) => checks.extend(of_company),
            // Damaged data: the other lines are told all the same.
            Err(error) => {
                let fix = "Restore the database from a backup, or set up what is named anew";
                let mut check = COMPANY.failed(format!("{error:#}"), fix);
                check.corp_id = Some(company.wecom_corp_id.clone());
                checks.push(check);
            }
        }
    }
    Ok(checks)
}

/// Checks what one company needs, with the program that runs.
pub async fn examine_company(
    scrm: &Scrm,
    settings: &Settings,
    company: &Corp,
) -> anyhow::Result<Vec<Check>> {
    let timeouts = wecom::http::Timeouts { connect_ms: WAIT_MS, request_ms: WAIT_MS };
    let http = wecom::http::client(timeouts)?;
    let mut checks = vec![clock::check(&http, &settings.wecom.base_url, &scrm.clock).await];
    checks.extend(of_company(&Surroundings { scrm, http: &http, settings }, company).await?);
    Ok(checks)
}

fn no_company(asked_for: Option<&str>) -> Check {
    let fix = "siyu corp add --corp-id … --agent-id … --secret-file …";
    match asked_for {
        None => COMPANY.warning("there is none yet", format!("Add one: {fix}")),
        Some(id) => COMPANY.failed(
            format!("there is no company {id} here"),
            format!("See siyu corp list, or add it: {fix}"),
        ),
    }
}

/// All checks of one company.
async fn of_company(around: &Surroundings<'_>, company: &Corp) -> anyhow::Result<Vec<Check>> {
    let (mut checks, client) = app::checks(around.scrm, company).await?;
    checks.extend(match client {
        Some(client) => customers::checks(&client, around.scrm.clock.now_ms()).await,
        None => customers::skipped(),
    });
    checks.extend(callback::checks(around, company).await?);
    checks.push(sync::check(around, company).await?);
    for check in &mut checks {
        check.corp_id = Some(company.wecom_corp_id.clone());
    }
    Ok(checks)
}
