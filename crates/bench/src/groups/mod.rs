//! The list of groups of a large company: throughput, every filter, start, memory, and answers while groups
//! change, each beside its limit.

mod asked;
mod changes;
mod check;
mod filters;
mod lines;
mod print;
mod rounds;
mod server;

use std::path::PathBuf;

use anyhow::Context as _;
use scrm::Zone;
use serde::Serialize;

use crate::{
    load,
    site::Schema,
    town::{Place, Town},
};
use asked::Asked;
use filters::Took;
use lines::{Limit, Line};
use rounds::Site;
pub use server::Server;

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Customer groups of the large company.
    #[arg(long, default_value_t = 1_000_000)]
    groups: usize,
    /// Customer groups of the small one, with which it is compared.
    #[arg(long, default_value_t = 1_000)]
    few_groups: usize,
    /// Connections of the load.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Fewer and shorter rounds: three minutes at most with data that was kept.
    #[arg(long)]
    quick: bool,
    /// A PostgreSQL server, on which it is measured as well.
    #[arg(long)]
    postgres: Option<String>,
    /// Where the companies' data is made, and kept for the next run.
    #[arg(long, default_value = "target/bench")]
    data: PathBuf,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
}

/// Rounds, and seconds of each.
struct Pace {
    rounds: usize,
    closed_s: f64,
    open_s: f64,
    /// Of each kind of filter.
    filter_s: f64,
    check_s: f64,
}

const FULL: Pace = Pace { rounds: 5, closed_s: 4.0, open_s: 8.0, filter_s: 3.0, check_s: 60.0 };
const QUICK: Pace = Pace { rounds: 3, closed_s: 2.0, open_s: 3.0, filter_s: 0.7, check_s: 12.0 };

/// Of one database.
#[derive(Serialize)]
struct Outcome {
    database: &'static str,
    groups: usize,
    reply_bytes: usize,
    lines: Vec<Line>,
    filters: Vec<Took>,
    checked: check::Checked,
}

/// Runs the scenario and prints its numbers; false when one of them missed its limit.
pub async fn run(options: &Options) -> anyhow::Result<bool> {
    let on_postgres = options.postgres.as_deref().map(|server| ("PostgreSQL", Some(server)));
    let mut outcomes = vec![];
    for (database, server) in [("SQLite", None)].into_iter().chain(on_postgres) {
        let outcome = on(options, database, server).await?;
        // A table at a time: what is measured is not lost when something fails later.
        if !options.json {
            print::table(&outcome);
        }
        outcomes.push(outcome);
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&outcomes)?);
    }
    Ok(outcomes.iter().flat_map(|outcome| &outcome.lines).all(|line| line.is_met != Some(false)))
}

async fn on(
    options: &Options,
    database: &'static str,
    postgres: Option<&str>,
) -> anyhow::Result<Outcome> {
    let pace = if options.quick { QUICK } else { FULL };
    let zone = Zone::parse(scrm::corps::DEFAULT_ZONE).context("the zone of the company")?;
    let towns = options.data.as_path();
    let place = |schema| Place { towns, postgres: postgres.map(|server| (server, schema)) };
    let town = Town::open(options.groups, &place(Schema::Town)).await?;
    let few = Town::open(options.few_groups, &place(Schema::SmallTown)).await?;
    let mut lines = Vec::new();
    if let Some(made_in_s) = town.made_in_s {
        let limit = Limit::AtMost(300.0);
        lines.push(Line::limited("the data is made in", made_in_s, "s", limit));
    }
    let idle_mib = server::idle_memory_mib(&towns.join("town-empty")).await?;

    let no_filter = Asked::default().of_database(&mut *town.db.reader().await?).await?;
    let first = Asked { owner: Some(town.owners[0]), ..Asked::default() };
    let right = first.of_database(&mut *town.db.reader().await?).await?;
    let mut server = Server::start(&town.folder, &town.address)?;
    let first_answer_s = server.first_answer(&town, &zone, &first, &right).await?;
    let index_s = server.index_ready(&town, &zone).await?;
    lines.push(Line::limited("first right answer after", first_answer_s, "s", Limit::AtMost(2.0)));
    lines.push(Line::limited("index of groups ready after", index_s, "s", Limit::AtMost(15.0)));
    let few_server = Server::start(&few.folder, &few.address)?;
    let connections = options.connections;
    let few = Site { town: few, server: few_server, zone: zone.clone(), connections };
    let mut site = Site { town, server, zone, connections };

    let bodies = site.owner_pages();
    let reply_bytes = load::mean_reply(&site.load(&bodies)).await?;
    let per_s =
        rounds::throughput(&site, &bodies, reply_bytes, &pace, &mut lines, postgres.is_some())
            .await?;
    rounds::open_loop(&site, &few, &bodies, per_s / 2.0, &pace, &mut lines).await?;
    let kinds = filters::kinds(&site.town, no_filter.n_total);
    let Site { town, server, zone, .. } = &mut site;
    let filters = filters::measure(server, town, zone, &kinds, pace.filter_s).await?;
    if let Some(worst) = filters.iter().max_by_key(|took| took.p99_us) {
        let what = format!("one client, p99 of the worst filter ({})", worst.name);
        lines.push(Line::limited(what, ms(worst.p99_us), "ms", Limit::AtMost(15.0)));
    }
    let (resident_mib, _) = server.running.memory_mib()?;
    lines.push(Line::limited("memory of the server", resident_mib, "MiB", Limit::AtMost(500.0)));
    let peak_mib = server.running.peak_memory_mib()?;
    lines.push(Line::plain("at most since its start", peak_mib, "MiB"));
    let limit = Limit::AtMost(40.0);
    lines.push(Line::limited("memory of a server without companies", idle_mib, "MiB", limit));
    let checked = rounds::while_changing(&site, &bodies, per_s / 2.0, &pace, &mut lines).await?;
    site.server.running.stop().await?;
    few.server.running.stop().await?;
    Ok(Outcome { database, groups: options.groups, reply_bytes, lines, filters, checked })
}

/// Milliseconds.
fn ms(us: u64) -> f64 {
    u32::try_from(us).map_or(f64::MAX, f64::from) / 1_000.0
}
