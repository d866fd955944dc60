//! Where a call comes from.
//!
//! The peer of the connection, unless that is a proxy we were told to trust: then the right-most
//! address of `X-Forwarded-For` that is not such a proxy itself. What stands further left was written
//! by the caller and proves nothing.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The caller's address.
pub fn of_caller(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpNet]) -> IpAddr {
    let is_trusted =
        |address: IpAddr| trusted_proxies.iter().any(|network| network.contains(&address));
    let mut address = peer.to_canonical();
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let mut forwarded = lines.iter().rev().flat_map(|line| line.rsplit(',')).map(parse);
    while is_trusted(address) {
        // Nothing more, or nothing readable: the proxy itself is all that is known.
        let Some(Some(before)) = forwarded.next() else { break };
        address = before;
    }
    address
}

/// An address, also with the port that some proxies add.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("X-Forwarded-For", line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        of_caller(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn without_trusted_proxies_the_header_means_nothing() {
        assert_eq!(caller("192.0.2.1", &["10.1.1.1"], &[]), "192.0.2.1");
        assert_eq!(caller("192.0.2.1", &["10.1.1.1"], &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(caller("::ffff:192.0.2.1", &[], &[]), "192.0.2.1");
    }

    #[test]
    fn behind_trusted_proxies_it_is_the_right_most_stranger() {
        let proxies = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(caller("10.0.0.1", &["198.51.100.7"], &proxies), "198.51.100.7");
        let forged = ["127.0.0.1, 203.0.113.9 , 10.0.0.2"];
        assert_eq!(caller("10.0.0.1", &forged, &proxies), "203.0.113.9");
        let lines = ["127.0.0.1", "203.0.113.9:4711", "[fd00::2]:80"];
        assert_eq!(caller("10.0.0.1", &lines, &proxies), "203.0.113.9");
    }

    #[test]
    fn what_a_proxy_wrote_illegibly_leaves_the_proxy() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(caller("10.0.0.1", &[], &proxies), "10.0.0.1");
        assert_eq!(caller("10.0.0.1", &["203.0.113.9, unknown"], &proxies), "10.0.0.1");
        assert_eq!(caller("10.0.0.1", &["10.0.0.9"], &proxies), "10.0.0.9");
    }
}
