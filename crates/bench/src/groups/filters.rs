//! Every kind of filter and the mixes of them, asked by one client in a closed loop.

use std::time::{Duration, Instant};

use anyhow::ensure;
use scrm::Zone;
use serde::Serialize;

use super::{
    asked::{Asked, Op},
    server::Server,
};
use crate::{
    http::Connection,
    load::{self, LIST_PATH},
    town::{
        Town, names,
        plan::{DAY_MS, NOW_MS, SPAN_MS},
    },
};

/// A kind of filter, with several values of it.
pub struct Kind {
    pub name: &'static str,
    pub asked: Vec<Asked>,
}

/// A request that takes longer is given up: it counts with this time, its kind is asked no more, and the
/// server is started anew.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a kind took, in microseconds. The first request of each is told apart, and in none of the others (but
/// where it was given up).
#[derive(Serialize)]
pub struct Took {
    pub name: &'static str,
    pub first_us: u64,
    pub n_requests: u64,
    pub p50_us: u64,
    pub p99_us: u64,
}

/// Groups in all decide how deep the pages lie.
pub fn kinds(town: &Town, n_total: i64) -> Vec<Kind> {
    let kind = |name, asked| Kind { name, asked };
    let words = |list: &[&str]| list.iter().map(|word| named(word)).collect::<Vec<_>>();
    let rare = |n_chars: usize| -> Vec<Asked> {
        names::RARE
            .iter()
            .map(|word| named(&word.chars().take(n_chars).collect::<String>()))
            .collect()
    };
    let tags = |numbers: &[usize], op| Asked {
        tags: numbers.iter().map(|&n| town.tags[n]).collect(),
        op,
        ..Asked::default()
    };
    let range = |from_day: i64, n_days: i64| Asked {
        from_ms: Some(NOW_MS - SPAN_MS + from_day * DAY_MS),
        to_ms: Some(NOW_MS - SPAN_MS + (from_day + n_days) * DAY_MS - 1_000),
        ..Asked::default()
    };
    let none = Asked::default();
    let page = |n_pages_before, of: &Asked| Asked { n_pages_before, ..of.clone() };
    let largest = Asked { owner: Some(town.owners[0]), ..none.clone() };
    let middle = Asked { owner: Some(town.owners[town.owners.len() / 2]), ..none.clone() };
    let last_page = (n_total - 1) / 10;
    let deep_page = 49_999.min(last_page * 3 / 4);
    let common = ["客户", "体验", "会员", "福利", "朝阳", "万达"];
    vec![
        kind("no filter", vec![none.clone()]),
        kind("page 50,000", vec![page(deep_page, &none)]),
        kind("last page", vec![page(last_page, &none)]),
        kind("owner", town.owners.iter().step_by(17).map(|&id| owned(id)).collect()),
        kind("largest owner", vec![largest.clone()]),
        kind("largest owner, page 1,000", vec![page(999, &largest)]),
        kind("1 common character", words(&["群", "客", "户", "店", "月", "1"])),
        kind("1 rare character", rare(1)),
        kind("2 common characters", words(&common)),
        kind("2 characters, each common, together rare", words(&["群户", "验客", "员会", "户福"])),
        kind("2 rare characters", rare(2)),
        kind("2 Latin letters", words(&["VI", "ip", "ho", "lu"])),
        kind("4 common characters", words(&["体验交流", "客户客户", "会员服务", "客户体验"])),
        kind(
            "4 characters, each pair common, together rare",
            words(&["客户会员", "福利体验", "交流客户"]),
        ),
        kind("4 rare characters", rare(4)),
        kind("a name of nobody", words(&["没有这个名字", "zzzzzz"])),
        kind("1 common character, page 1,000", vec![page(999, &named("群"))]),
        kind("any of 1 common tag", vec![tags(&[0], Op::Any), tags(&[1], Op::Any)]),
        kind("any of 1 rare tag", vec![tags(&[199], Op::Any), tags(&[180], Op::Any)]),
        kind(
            "any of 5 tags",
            vec![tags(&[0, 1, 2, 3, 4], Op::Any), tags(&[3, 50, 90, 120, 7], Op::Any)],
        ),
        kind("any of 200 tags", vec![tags(&(0..200).collect::<Vec<_>>(), Op::Any)]),
        kind("all of 2 common tags", vec![tags(&[0, 1], Op::All), tags(&[0, 2], Op::All)]),
        kind("all of 3 tags", vec![tags(&[0, 1, 2], Op::All), tags(&[0, 40, 150], Op::All)]),
        kind("none of 1 common tag", vec![tags(&[0], Op::None)]),
        kind(
            "none of 5 tags",
            vec![tags(&[0, 1, 2, 3, 4], Op::None), tags(&[3, 50, 90, 120, 7], Op::None)],
        ),
        kind("none of 200 tags", vec![tags(&(0..200).collect::<Vec<_>>(), Op::None)]),
        kind("made on one day", (0..20).map(|n| range(100 + n * 45, 1)).collect()),
        kind("made in one month", (0..12).map(|n| range(60 + n * 80, 30)).collect()),
        kind("made in one year", (0..8).map(|n| range(n * 90, 365)).collect()),
        kind("made since a day", vec![Asked { to_ms: None, ..range(200, 1) }]),
        kind("made until a day", vec![Asked { from_ms: None, ..range(900, 1) }]),
        kind(
            "made in one year, page 5,000",
            vec![page(4_999.min(last_page / 10), &range(700, 365))],
        ),
        kind("owner and name", vec![with_name(&middle, "客户"), with_name(&largest, "体验")]),
        kind(
            "owner and tags",
            vec![
                with_tags(&middle, &tags(&[0, 1], Op::Any)),
                with_tags(&largest, &tags(&[0], Op::None)),
            ],
        ),
        kind(
            "name and tags",
            vec![with_name(&tags(&[0, 1], Op::Any), "客户"), with_name(&tags(&[0], Op::All), "群")],
        ),
        kind("name and none of the tags", vec![with_name(&tags(&[0, 1, 2], Op::None), "群")]),
        kind(
            "name and year",
            vec![with_name(&range(600, 365), "体验"), with_name(&range(300, 365), "店")],
        ),
        kind("tags and year", vec![with_tags(&range(600, 365), &tags(&[0, 1], Op::All))]),
        kind(
            "name, tags and year",
            vec![with_name(&with_tags(&range(400, 365), &tags(&[0, 3], Op::Any)), "交流")],
        ),
        kind(
            "name, tags and year, page 200",
            vec![page(199, &with_name(&with_tags(&range(400, 365), &tags(&[0], Op::None)), "群"))],
        ),
        kind(
            "owner, name, tags and year",
            vec![with_name(
                &with_tags(
                    &Asked { owner: largest.owner, ..range(400, 365) },
                    &tags(&[0, 3], Op::Any),
                ),
                "群",
            )],
        ),
    ]
}

fn named(keyword: &str) -> Asked {
    with_name(&Asked::default(), keyword)
}

fn owned(owner: i64) -> Asked {
    Asked { owner: Some(owner), ..Asked::default() }
}

fn with_name(asked: &Asked, keyword: &str) -> Asked {
    Asked { keyword: keyword.to_owned(), ..asked.clone() }
}

fn with_tags(asked: &Asked, tagged: &Asked) -> Asked {
    Asked { tags: tagged.tags.clone(), op: tagged.op, ..asked.clone() }
}

/// Asks each kind for some seconds, its values in turn, and at least twice.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's own clock")]
pub async fn measure(
    server: &mut Server,
    town: &Town,
    zone: &Zone,
    kinds: &[Kind],
    seconds: f64,
) -> anyhow::Result<Vec<Took>> {
    let mut connection = Connection::open(&server.listen).await?;
    let mut all = Vec::new();
    for Kind { name, asked } in kinds {
        let bodies: Vec<String> = asked.iter().map(|asked| asked.body(zone)).collect();
        let mut latencies = load::histogram()?;
        let (mut first_us, mut until) = (None, Instant::now());
        for body in bodies.iter().cycle() {
            let sent = Instant::now();
            let asked = connection.post(LIST_PATH, body, &town.signer);
            let Ok(reply) = tokio::time::timeout(PATIENCE, asked).await else {
                latencies.saturating_record(load::micros(PATIENCE));
                // It works on at what nobody waits for, and would hold up all that comes after.
                *server = Server::start(&town.folder, &town.address)?;
                server.until_listening().await?;
                connection = Connection::open(&server.listen).await?;
                break;
            };
            let took_us = load::micros(sent.elapsed());
            ensure!(reply?.starts_with(br#"{"code":0,"#), "{name} was refused: {body}");
            if first_us.is_none() {
                first_us = Some(took_us);
                until = Instant::now() + Duration::from_secs_f64(seconds);
                continue;
            }
            latencies.saturating_record(took_us);
            if Instant::now() >= until {
                break;
            }
        }
        all.push(Took {
            name,
            first_us: first_us.unwrap_or(load::micros(PATIENCE)),
            n_requests: latencies.len(),
            p50_us: latencies.value_at_quantile(0.5),
            p99_us: latencies.value_at_quantile(0.99),
        });
    }
    Ok(all)
}
