//! The list of groups of a large company: throughput, every filter, start, memory, and answers while groups
//! change, each beside its limit.

mod asked;
mod changes;
mod check;
mod filters;
mod lines;
mod print;
mod server;

use std::path::PathBuf;

use anyhow::Context as _;
use scrm::Zone;
use serde::Serialize;

use crate::{
    load::{self, LIST_PATH, Load},
    program,
    report::{Round, median, middle},
    site::Schema,
    town::{Place, Town, draw::Draw},
};
use asked::Asked;
use filters::Took;
use lines::{Limit, Line};
use server::Server;

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
    let mut outcomes = vec![on(options, "SQLite", None).await?];
    if let Some(server) = &options.postgres {
        outcomes.push(on(options, "PostgreSQL", Some(server)).await?);
    }
    print::outcomes(&outcomes, options.json)?;
    Ok(outcomes.iter().flat_map(|outcome| &outcome.lines).all(|line| line.is_met != Some(false)))
}

/// A town and the server on it.
struct Site {
    town: Town,
    server: Server,
    zone: Zone,
    connections: usize,
}

impl Site {
    /// Pages of the owners in a random order.
    fn owner_pages(&self) -> Vec<String> {
        let mut draw = Draw::of(5, 0);
        let mut owners = self.town.owners.clone();
        owners.sort_by_cached_key(|_| draw.bits());
        let asked = |&id: &i64| Asked { owner: Some(id), ..Asked::default() }.body(&self.zone);
        owners.iter().map(asked).collect()
    }

    fn load<'a>(&'a self, bodies: &'a [String]) -> Load<'a> {
        let (host, signer) = (&self.server.listen, &self.town.signer);
        Load { host, path: LIST_PATH, bodies, signer, connections: self.connections }
    }
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
    let site = Site { town, server, zone, connections };

    let bodies = site.owner_pages();
    let reply_bytes = load::mean_reply(&site.load(&bodies)).await?;
    let per_s =
        throughput(&site, &bodies, reply_bytes, &pace, &mut lines, postgres.is_some()).await?;
    open_loop(&site, &few, &bodies, per_s / 2.0, &pace, &mut lines).await?;
    let kinds = filters::kinds(&site.town, no_filter.n_total);
    let Site { town, server, zone, .. } = &site;
    let filters = filters::measure(&server.listen, town, zone, &kinds, pace.filter_s).await?;
    if let Some(worst) = filters.iter().max_by_key(|took| took.p99_us) {
        let what = format!("one client, p99 of the worst filter ({})", worst.name);
        lines.push(Line::limited(what, ms(worst.p99_us), "ms", Limit::AtMost(15.0)));
    }
    let (resident_mib, _) = server.running.memory_mib()?;
    lines.push(Line::limited("memory of the server", resident_mib, "MiB", Limit::AtMost(500.0)));
    let limit = Limit::AtMost(40.0);
    lines.push(Line::limited("memory of a server without companies", idle_mib, "MiB", limit));
    let checked = while_changing(&site, &bodies, per_s / 2.0, &pace, &mut lines).await?;
    site.server.running.stop().await?;
    few.server.running.stop().await?;
    Ok(Outcome { database, groups: options.groups, reply_bytes, lines, filters, checked })
}

/// Pages of random owners in a closed loop, in turn with a static reply; how many a second.
async fn throughput(
    site: &Site,
    bodies: &[String],
    reply_bytes: usize,
    pace: &Pace,
    lines: &mut Vec<Line>,
    is_postgres: bool,
) -> anyhow::Result<f64> {
    let own = std::env::current_exe()?;
    let bytes = reply_bytes.to_string();
    let arguments = ["yardstick", "--bytes", &bytes, "--app-key", &site.town.signer.app_key];
    let (yardstick, address) = program::start_and_read(&own, &arguments).await?;
    let list = site.load(bodies);
    let fixed = Load { host: &address, path: "/", ..list };
    let (mut of_list, mut of_fixed) = (Vec::new(), Vec::new());
    // One round of each to warm up, not counted; then in turn, so that both meet the same machine.
    for round in 0..=pace.rounds {
        let rounds =
            [load::closed(&list, pace.closed_s).await?, load::closed(&fixed, pace.closed_s).await?];
        if round > 0 {
            of_list.push(rounds[0]);
            of_fixed.push(rounds[1]);
        }
    }
    yardstick.stop().await?;
    let (of_list, of_fixed) = (median(&of_list), median(&of_fixed));
    let per_s = of_list.requests_per_s;
    lines.push(Line::plain("pages of random owners", per_s, "/s"));
    lines.push(Line::plain("their p50", ms(of_list.p50_us), "ms"));
    lines.push(Line::plain("their p99", ms(of_list.p99_us), "ms"));
    lines.push(Line::plain("signed static replies", of_fixed.requests_per_s, "/s"));
    let (what, ratio) = ("throughput ÷ static reply", per_s / of_fixed.requests_per_s);
    // The limit is for SQLite: on PostgreSQL the database's own processes share the machine.
    lines.push(if is_postgres {
        Line::plain(what, ratio, "")
    } else {
        Line::limited(what, ratio, "", Limit::AtLeast(0.4))
    });
    Ok(per_s)
}

/// The same at fixed times, in turn with a small company under the same load.
async fn open_loop(
    site: &Site,
    few: &Site,
    bodies: &[String],
    per_s: f64,
    pace: &Pace,
    lines: &mut Vec<Line>,
) -> anyhow::Result<()> {
    let few_bodies = few.owner_pages();
    let (mut of_many, mut of_few) = (Vec::new(), Vec::new());
    load::open(&few.load(&few_bodies), per_s, 1.0).await?;
    for _ in 0..pace.rounds {
        of_many.push(load::open(&site.load(bodies), per_s, pace.open_s).await?);
        of_few.push(load::open(&few.load(&few_bodies), per_s, pace.open_s).await?);
    }
    let (many, small) = (median(&of_many), median(&of_few));
    lines.push(Line::plain("open loop, requests due", per_s, "/s"));
    lines.push(Line::plain("open loop, p50", ms(many.p50_us), "ms"));
    lines.push(Line::plain("open loop, p99", ms(many.p99_us), "ms"));
    let what = format!("open loop, p99 with {} groups", few.town.plan.n_groups);
    lines.push(Line::plain(what, ms(small.p99_us), "ms"));
    let ratio = middle(of_many.iter().zip(&of_few).map(|(a, b)| p99_ratio(a, b)).collect());
    let limit = Limit::AtMost(1.5);
    lines.push(Line::limited("p99 with many groups ÷ with few", ratio, "", limit));
    Ok(())
}

/// The same while groups change, in turn with quiet; then answers are compared while they change on.
async fn while_changing(
    site: &Site,
    bodies: &[String],
    per_s: f64,
    pace: &Pace,
    lines: &mut Vec<Line>,
) -> anyhow::Result<check::Checked> {
    let (mut quiet, mut changing, mut rates) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..pace.rounds {
        quiet.push(load::open(&site.load(bodies), per_s, pace.open_s).await?);
        let changes = changes::start(&site.town);
        changing.push(load::open(&site.load(bodies), per_s, pace.open_s).await?);
        rates.push(changes.stop()?);
    }
    let changes = changes::start(&site.town);
    let (listen, town) = (&site.server.listen, &site.town);
    let checked = check::run(listen, town, &site.zone, pace.check_s).await?;
    changes.stop()?;
    let least = Limit::AtLeast(f64::from(changes::RATE) * 0.95);
    lines.push(Line::limited("changes of groups", middle(rates), "/s", least));
    lines.push(Line::plain("p99 in quiet", ms(median(&quiet).p99_us), "ms"));
    lines.push(Line::plain("p99 while groups change", ms(median(&changing).p99_us), "ms"));
    let ratio = middle(changing.iter().zip(&quiet).map(|(a, b)| p99_ratio(a, b)).collect());
    lines.push(Line::limited("p99 while groups change ÷ quiet", ratio, "", Limit::AtMost(2.0)));
    let n_compared = f64::from(checked.n_compared);
    lines.push(Line::limited("answers compared with SQL", n_compared, "", Limit::AtLeast(1.0)));
    let n_differences = f64::from(checked.n_differences);
    lines.push(Line::limited("of them different", n_differences, "", Limit::AtMost(0.0)));
    Ok(checked)
}

fn p99_ratio(a: &Round, b: &Round) -> f64 {
    ms(a.p99_us) / ms(b.p99_us.max(1))
}

/// Milliseconds.
fn ms(us: u64) -> f64 {
    u32::try_from(us).map_or(f64::MAX, f64::from) / 1_000.0
}
