use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use super::*;

/// A server on 127.0.0.1 that answers every request with these bytes, then keeps the connection for
/// `hold_ms`. Its thread ends with the test's process.
fn server(answer: impl Into<Vec<u8>>, hold_ms: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = answer.into();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let answer = answer.clone();
            thread::spawn(move || {
                let _ = stream.read(&mut [0; 4_096]);
                // The client may have gone away, which is what some tests are about.
                let _ = stream.write_all(&answer);
                thread::sleep(Duration::from_millis(hold_ms));
            });
        }
    });
    url
}

fn page(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn redirect_to(url: &str) -> String {
    format!(
        "HTTP/1.1 302 Found\r\nlocation: {url}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
}

/// 127.0.0.1 alone may be fetched from.
fn inside() -> Rules {
    Rules { allow_networks: vec!["127.0.0.1/32".parse().unwrap()], ..Rules::default() }
}

async fn refusal(rules: &Rules, url: &str) -> String {
    get(rules, url, 1_000).await.unwrap_err().to_string()
}

#[tokio::test]
async fn what_an_allowed_server_has_is_fetched_with_its_name() {
    let url = server(page("a poster"), 0);
    let url = format!("{url}/a/%E6%B5%B7%E6%8A%A5.png?x=1");
    let fetched = get(&inside(), &url, 8).await.unwrap();
    assert_eq!((&fetched.bytes[..], fetched.name.as_str()), (&b"a poster"[..], "海报.png"));
}

#[tokio::test]
async fn a_name_is_resolved_and_its_addresses_are_checked() {
    let url = server(page("a poster"), 0).replace("127.0.0.1", "localhost");
    assert!(refusal(&Rules::default(), &url).await.contains("that is not public"));
    let rules = Rules {
        allow_networks: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        ..Rules::default()
    };
    assert_eq!(&get(&rules, &url, 1_000).await.unwrap().bytes[..], b"a poster");
}

#[tokio::test]
async fn a_refusal_does_not_say_what_a_name_leads_to() {
    let text = refusal(&Rules::default(), "http://localhost/a.png").await;
    assert_eq!(text, "it leads to an address that is not public (setting fetch.allow_networks)");
}

#[tokio::test]
async fn addresses_that_are_not_public_are_refused_in_every_form() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "10.0.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[2002:7f00:1::]",
        "[64:ff9b::a00:1]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[2001::1]",
        "[::127.0.0.1]",
    ] {
        let text = refusal(&Rules::default(), &format!("http://{host}/latest/meta-data/")).await;
        assert!(text.contains("that is not public"), "{host}: {text}");
    }
}

#[test]
fn public_addresses_are_public() {
    for ip in [
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "2002:101:101::",
        "64:ff9b::101:101",
    ] {
        assert!(is_public(ip.parse().unwrap()), "{ip}");
    }
}

#[tokio::test]
async fn other_schemes_ports_and_credentials_are_refused() {
    for (url, expected) in [
        ("ftp://1.1.1.1/a", "only http:// and https://"),
        ("file:///etc/passwd", "only http:// and https://"),
        ("http://user:password@1.1.1.1/", "user or password"),
        ("http://1.1.1.1:22/", "port 22"),
        ("http://no-such-host.invalid/", "not known"),
        ("poster.png", "not an address"),
    ] {
        let text = refusal(&Rules::default(), url).await;
        assert!(text.contains(expected), "{url}: {text}");
    }
}

#[test]
fn the_form_of_an_address_is_checked_without_asking_for_its_host() {
    let refusal = |url| check_form(url).unwrap_err().to_string();
    assert!(refusal("poster.png").contains("not an address"));
    assert!(refusal("http://[/a.png").contains("not an address"));
    assert!(refusal("file:///etc/passwd").contains("only http:// and https://"));
    assert!(refusal("http://user@no-such-host.invalid/").contains("user or password"));
    check_form("https://no-such-host.invalid/a.png").unwrap();
}

#[tokio::test]
async fn a_redirect_is_checked_as_the_first_address_was() {
    let target = server(page("moved"), 0);
    let to_target = server(redirect_to(&target), 0);
    assert_eq!(&get(&inside(), &to_target, 1_000).await.unwrap().bytes[..], b"moved");
    for inner in ["http://127.0.0.2/", "http://169.254.169.254/", "//[::1]/"] {
        let text = refusal(&inside(), &server(redirect_to(inner), 0)).await;
        assert!(text.contains("that is not public"), "{inner}: {text}");
    }
    let text = refusal(&inside(), &server(redirect_to("file:///etc/passwd"), 0)).await;
    assert!(text.contains("only http:// and https://"), "{text}");
    assert!(refusal(&inside(), &server(redirect_to("/again"), 0)).await.contains("more than 3"));
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_read_to_its_end() {
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n";
    assert!(refusal(&inside(), &server(announced, 60_000)).await.contains("larger than 1000"));
    // Without a length, and without an end.
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "a".repeat(100_000));
    assert!(refusal(&inside(), &server(endless, 60_000)).await.contains("larger than 1000"));
}

#[tokio::test]
async fn a_slow_server_and_a_failing_one_are_given_up() {
    let rules = Rules { time_ms: 200, ..inside() };
    let slow = server("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", 60_000);
    assert!(refusal(&rules, &slow).await.contains("not complete after 200 ms"));
    let gone = server("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", 0);
    assert!(refusal(&inside(), &gone).await.contains("status 404"));
    let cut = server("HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabc", 0);
    assert!(refusal(&inside(), &cut).await.contains("cut"));
}
