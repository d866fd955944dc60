//! Prints how many requests a second one simulator on one thread serves to five keep-alive
//! connections: `speed [groups] [requests]`, with 20 members in a group.
//!
//! The client is as cheap as can be, and the thread's own time stands beside the rate, so that the
//! numbers are those of the simulator on a machine with two processors or more.

use std::{error::Error, fs, net::SocketAddr};

use ambient::Clock;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::{self, Runtime},
    task::JoinSet,
};
use wecom_sim::{Config, Running, start};

const N_CONNECTIONS: usize = 5;
const TICKS_PER_S: f64 = 100.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut sizes = std::env::args().skip(1);
    let mut size = |default| sizes.next().map_or(Ok(default), |text| text.parse::<usize>());
    let (n_groups, n_requests) = (size(100_000)?, size(50_000)?);
    let config = Config {
        n_groups,
        n_members_per_group: 20,
        n_staff: 1_000,
        n_departments: 100,
        ..Config::default()
    };
    let clock = Clock::system();
    let mut of_server = runtime::Builder::new_multi_thread();
    let server = of_server.worker_threads(1).thread_name("sim").enable_all().build()?;
    let running = server.block_on(start(config, clock.clone()))?;
    let chat_ids: Vec<String> =
        running.sim.groups().into_iter().map(|group| group.chat_id).collect();
    let client = runtime::Builder::new_current_thread().enable_all().build()?;
    let path = path(&client, &running, "groupchat/get")?;
    let gets = chat_ids.iter().cycle().take(n_requests);
    let gets = gets.map(|id| request(&path, &format!(r#"{{"chat_id":"{id}","need_name":1}}"#)));
    measure("groupchat/get", &client, &clock, running.addr(), gets.collect())?;
    let path = path.replace("groupchat/get", "groupchat/list");
    let list = request(&path, r#"{"limit":1000}"#);
    let lists = vec![list; n_requests / 100];
    measure("groupchat/list of 1,000", &client, &clock, running.addr(), lists)
}

fn measure(
    what: &str,
    client: &Runtime,
    clock: &Clock,
    addr: SocketAddr,
    requests: Vec<Vec<u8>>,
) -> Result<(), Box<dyn Error>> {
    let n_requests = requests.len();
    let per_connection = n_requests.div_ceil(N_CONNECTIONS);
    let shares: Vec<Vec<Vec<u8>>> =
        requests.chunks(per_connection).map(<[Vec<u8>]>::to_vec).collect();
    let (began_ms, began_ticks) = (clock.now_ms(), server_ticks()?);
    let n_bytes = client.block_on(async {
        let mut connections = JoinSet::new();
        for share in shares {
            connections.spawn(ask_all(addr, share));
        }
        let mut n_bytes = 0;
        while let Some(done) = connections.join_next().await {
            n_bytes += done.expect("no task panics").expect("the simulator answers");
        }
        n_bytes
    });
    let (n, took_s) = (to_f64(n_requests), to_f64(ms(clock.now_ms() - began_ms)) / 1_000.0);
    let own_s = (server_ticks()? - began_ticks) / TICKS_PER_S;
    println!(
        "{what}: {:.0} a second; {:.0} µs of the simulator's thread and {} bytes each",
        n / took_s,
        own_s * 1_000_000.0 / n,
        n_bytes / n_requests
    );
    Ok(())
}

/// Sends requests one after the other; gives the bytes of the replies' bodies.
async fn ask_all(addr: SocketAddr, requests: Vec<Vec<u8>>) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 20];
    let mut n_bytes = 0;
    for request in requests {
        stream.write_all(&request).await?;
        let body = reply(&mut stream, &mut buffer).await?;
        assert!(body.windows(11).any(|window| window == b"\"errcode\":0"), "a refusal");
        n_bytes += body.len();
    }
    Ok(n_bytes)
}

async fn reply<'a>(stream: &mut TcpStream, buffer: &'a mut [u8]) -> std::io::Result<&'a [u8]> {
    let mut n_read = 0;
    loop {
        n_read += stream.read(&mut buffer[n_read..]).await?;
        let head_end = buffer[..n_read].windows(4).position(|window| window == b"\r\n\r\n");
        let Some(head_end) = head_end.map(|at| at + 4) else { continue };
        let head = std::str::from_utf8(&buffer[..head_end]).expect("heads are ASCII");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("replies are whole").parse().expect("a number");
        while n_read < head_end + length {
            n_read += stream.read(&mut buffer[n_read..]).await?;
        }
        return Ok(&buffer[head_end..head_end + length]);
    }
}

fn request(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: sim\r\ncontent-length: {length}\r\n\r\n{body}").into()
}

/// The path of a call with a token.
fn path(client: &Runtime, running: &Running, call: &str) -> Result<String, Box<dyn Error>> {
    let config = running.sim.config();
    let (corp_id, secret) = (&config.corp_id, &config.secret);
    let path = format!("/cgi-bin/gettoken?corpid={corp_id}&corpsecret={secret}");
    let request = format!("GET {path} HTTP/1.1\r\nhost: sim\r\n\r\n");
    let token = client.block_on(async {
        let mut stream = TcpStream::connect(running.addr()).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut buffer = vec![0; 1 << 16];
        let body = reply(&mut stream, &mut buffer).await?;
        let body: serde_json::Value = serde_json::from_slice(body)?;
        std::io::Result::Ok(body["access_token"].as_str().unwrap_or_default().to_owned())
    })?;
    Ok(format!("/cgi-bin/externalcontact/{call}?access_token={token}"))
}

/// Processor time of the simulator's threads so far.
fn server_ticks() -> Result<f64, Box<dyn Error>> {
    let mut ticks = 0.0;
    for thread in fs::read_dir("/proc/self/task")? {
        let stat = fs::read_to_string(thread?.path().join("stat"))?;
        let (name, fields) = stat.rsplit_once(") ").ok_or("no name")?;
        if name.ends_with("(sim") {
            let spent: Vec<&str> = fields.split(' ').skip(11).take(2).collect();
            ticks += spent[0].parse::<f64>()? + spent[1].parse::<f64>()?;
        }
    }
    Ok(ticks)
}

fn ms(ms: i64) -> usize {
    usize::try_from(ms).unwrap_or(0).max(1)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn to_f64(n: usize) -> f64 {
    n as f64
}
