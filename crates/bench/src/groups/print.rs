//! The tables.

use super::{Outcome, ms};

pub fn table(outcome: &Outcome) {
    let Outcome { database, groups, reply_bytes, .. } = outcome;
    println!(
        "getGroupList, {groups} groups, {database}; pages of 10, {reply_bytes} bytes of an owner"
    );
    println!();
    println!("One client. The first request of each filter is told apart and in no percentile.");
    println!("| filter | first ms | p50 ms | p99 ms | requests |");
    println!("|---|---|---|---|---|");
    for took in &outcome.filters {
        let [first, p50, p99] = [took.first_us, took.p50_us, took.p99_us].map(ms);
        let (name, n) = (took.name, took.n_requests);
        println!("| {name} | {first:.2} | {p50:.2} | {p99:.2} | {n} |");
    }
    println!();
    if let Some(difference) = &outcome.checked.first_difference {
        println!("the first difference: {difference}");
    }
    println!("{} questions were asked once more.", outcome.checked.n_retries);
    println!();
    println!("| {database} | | limit | |");
    println!("|---|---|---|---|");
    for line in &outcome.lines {
        println!("{line}");
    }
    println!();
}
