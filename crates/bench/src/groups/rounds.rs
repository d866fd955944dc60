//! Rounds of load, each kind in turn with what it is compared with, so that both meet the same machine.

use scrm::Zone;

use super::{
    Pace,
    asked::Asked,
    changes, check,
    lines::{Limit, Line},
    ms,
    server::Server,
};
use crate::{
    load::{self, LIST_PATH, Load},
    program,
    report::{Round, median, middle},
    town::{Town, draw::Draw},
};

/// A town and the server on it.
pub struct Site {
    pub town: Town,
    pub server: Server,
    pub zone: Zone,
    pub connections: usize,
}

impl Site {
    /// Pages of the owners in a random order.
    pub fn owner_pages(&self) -> Vec<String> {
        let mut draw = Draw::of(5, 0);
        let mut owners = self.town.owners.clone();
        owners.sort_by_cached_key(|_| draw.bits());
        let asked = |&id: &i64| Asked { owner: Some(id), ..Asked::default() }.body(&self.zone);
        owners.iter().map(asked).collect()
    }

    /// This load on its server.
    pub fn load<'a>(&'a self, bodies: &'a [String]) -> Load<'a> {
        let (host, signer) = (&self.server.listen, &self.town.signer);
        Load { host, path: LIST_PATH, bodies, signer, connections: self.connections }
    }
}

/// Pages of random owners in a closed loop, in turn with a static reply; how many a second.
pub async fn throughput(
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

/// Of many bodies those whose replies are as large as some others are, twenty for each.
fn alike(bodies: &[String], bytes: &[usize], wanted: &[usize]) -> Vec<String> {
    const EACH: usize = 20;
    let mut places: Vec<usize> = (0..bodies.len()).collect();
    let nearest = wanted.iter().map(|&wanted| {
        places.sort_by_key(|&place| bytes[place].abs_diff(wanted));
        places[..EACH.min(places.len())].to_vec()
    });
    let nearest: Vec<Vec<usize>> = nearest.collect();
    (0..EACH)
        .flat_map(|n| nearest.iter().filter_map(move |places| places.get(n)))
        .map(|&place| bodies[place].clone())
        .collect()
}

/// The same at fixed times, in turn with a small company under the same load. Its ten pages are too few to have
/// as many long ones, so pages as long as these are asked of the large one.
pub async fn open_loop(
    site: &Site,
    few: &Site,
    bodies: &[String],
    per_s: f64,
    pace: &Pace,
    lines: &mut Vec<Line>,
) -> anyhow::Result<()> {
    let few_bodies = few.owner_pages();
    let few_bytes = load::reply_bytes(&few.load(&few_bodies)).await?;
    let bytes = load::reply_bytes(&site.load(bodies)).await?;
    let bodies = &alike(bodies, &bytes, &few_bytes);
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
pub async fn while_changing(
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
