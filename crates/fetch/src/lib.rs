//! Files fetched from addresses that callers name, without letting them reach what lies inside.
//!
//! A name is resolved here, every address it has is checked, and the connection is made to what was
//! checked: there is no second resolution that could answer differently. A redirect is a new address and
//! goes the same way. No proxies, no cookies, no credentials, and nothing is believed of the content's type.

mod address;
mod error;
#[cfg(test)]
mod tests;

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use ipnet::IpNet;
use reqwest::{
    Response, Url,
    header::{ACCEPT, LOCATION},
    redirect,
};

pub use address::is_public;
pub use error::Error;

/// Ports that may be asked; a network of [`Rules::allow_networks`] may be asked at any.
pub const PORTS: [u16; 4] = [80, 443, 8_080, 8_443];
/// Redirects followed, at most.
pub const MAX_REDIRECTS: usize = 3;

/// What may be fetched, and how long it may take.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Networks that are reached although they are not public.
    pub allow_networks: Vec<IpNet>,
    /// For everything together: names, connections, redirects and the content. Default 15 s.
    pub time_ms: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { allow_networks: vec![], time_ms: 15_000 }
    }
}

/// What was fetched.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The content.
    pub bytes: Bytes,
    /// The last part of the address that was asked, decoded; empty when there is none.
    pub name: String,
}

/// Refuses what is never fetched, without resolving its host: what is no address, has another scheme than http and
/// https, or a user in it.
pub fn check_form(url: &str) -> Result<(), Error> {
    form(&Url::parse(url).map_err(|_| Error::NoAddress)?)
}

/// Fetches what is at `url`, at most `max_bytes`.
pub async fn get(rules: &Rules, url: &str, max_bytes: usize) -> Result<Fetched, Error> {
    let url = Url::parse(url).map_err(|_| Error::NoAddress)?;
    let name = name_in(&url);
    let time = Duration::from_millis(rules.time_ms);
    let bytes = tokio::time::timeout(time, follow(rules, url, max_bytes))
        .await
        .map_err(|_| Error::TooSlow { time_ms: rules.time_ms })??;
    Ok(Fetched { bytes, name })
}

async fn follow(rules: &Rules, mut url: Url, max_bytes: usize) -> Result<Bytes, Error> {
    for _ in 0..=MAX_REDIRECTS {
        let response = ask(rules, &url).await?;
        let status = response.status();
        if !status.is_redirection() {
            if status.as_u16() != 200 {
                return Err(Error::Status { status: status.as_u16() });
            }
            return read(response, max_bytes).await;
        }
        let to = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let to = to.ok_or(Error::Status { status: status.as_u16() })?;
        url = url.join(to).map_err(|_| Error::NoAddress)?;
    }
    Err(Error::TooManyRedirects)
}

fn form(url: &Url) -> Result<(), Error> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::UserInfo);
    }
    Ok(())
}

/// Asks one address, which is checked first.
async fn ask(rules: &Rules, url: &Url) -> Result<Response, Error> {
    form(url)?;
    let host = url.host_str().ok_or(Error::NoAddress)?;
    let port = url.port_or_known_default().ok_or(Error::NoAddress)?;
    let addresses = addresses(host, port).await?;
    for address in &addresses {
        check(rules, address)?;
    }
    let client = client(host, &addresses)?;
    client.get(url.clone()).header(ACCEPT, "*/*").send().await.map_err(Error::from_http)
}

/// All addresses of a host, which is a name or an address itself.
async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| Error::UnknownHost)?;
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() { Err(Error::UnknownHost) } else { Ok(found) }
}

fn check(rules: &Rules, address: &SocketAddr) -> Result<(), Error> {
    let ip = address.ip().to_canonical();
    if rules.allow_networks.iter().any(|network| network.contains(&ip)) {
        return Ok(());
    }
    if !is_public(ip) {
        return Err(Error::NotPublic { ip });
    }
    if !PORTS.contains(&address.port()) {
        return Err(Error::Port { port: address.port() });
    }
    Ok(())
}

/// A client for one request, which knows these addresses of the host and no way to others.
fn client(host: &str, addresses: &[SocketAddr]) -> Result<reqwest::Client, Error> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only when another thread has just installed one, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let builder = || {
        reqwest::Client::builder()
            .resolve_to_addrs(host, addresses)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
    };
    // Without certificate authorities on the machine http:// works and https:// trusts nobody.
    builder().build().or_else(|_| builder().tls_certs_only([]).build()).map_err(Error::from_http)
}

/// The content, given up as soon as it is too long, whatever length was announced.
async fn read(mut response: Response, max_bytes: usize) -> Result<Bytes, Error> {
    let too_large = Error::TooLarge { max_bytes };
    if response.content_length().is_some_and(|n_bytes| n_bytes > max_bytes as u64) {
        return Err(too_large);
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::from_http)? {
        if bytes.len() + chunk.len() > max_bytes {
            return Err(too_large);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn name_in(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    percent_encoding::percent_decode_str(last).decode_utf8().map(String::from).unwrap_or_default()
}
