//! Makes a world and prints what it costs: `memory [groups] [customers]`, by default the largest
//! one that is promised. Members and customers are made when somebody asks and kept by nobody.

use std::{error::Error, fs};

use ambient::Clock;
use wecom_sim::{Config, Sim};

fn main() -> Result<(), Box<dyn Error>> {
    let mut sizes = std::env::args().skip(1);
    let mut size = |default| sizes.next().map_or(Ok(default), |text| text.parse::<usize>());
    let (n_groups, n_customers) = (size(1_000_000)?, size(5_000_000)?);
    let clock = Clock::system();
    let before_kib = resident_kib("VmRSS")?;
    let started_ms = clock.now_ms();
    let config = Config {
        n_groups,
        n_customers,
        n_members_per_group: 20,
        n_staff: 5_000,
        n_departments: 500,
        ..Config::default()
    };
    let sim = Sim::new(config, clock.clone())?;
    println!("{n_groups} groups and {n_customers} customers in {} ms", clock.now_ms() - started_ms);
    println!("resident: {} MiB, {} MiB at most", mib("VmRSS")?, mib("VmHWM")?);
    let grown = resident_kib("VmRSS")? - before_kib;
    println!("bytes for a group with all that belongs to it: {}", grown * 1_024 / n_groups.max(1));
    drop(sim);
    Ok(())
}

fn mib(field: &str) -> Result<usize, Box<dyn Error>> {
    Ok(resident_kib(field)? / 1_024)
}

fn resident_kib(field: &str) -> Result<usize, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(field)).ok_or("no such field")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}
