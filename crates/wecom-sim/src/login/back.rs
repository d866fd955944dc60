//! The page to which a login leads back.

use std::net::Ipv4Addr;

/// A page on this machine.
pub(super) struct Back {
    url: String,
    n_origin: usize,
}

impl Back {
    /// `None` unless the URL names 127.0.0.0/8 or `localhost` and nothing follows a `#`. IPv6 is left out: a page's
    /// policy cannot name it.
    pub(super) fn of(url: &str) -> Option<Self> {
        let n_scheme = ["http://", "https://"].into_iter().find(|it| url.starts_with(it))?.len();
        let rest = &url[n_scheme..];
        let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
        let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
        let is_here =
            host == "localhost" || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
        let is_clean =
            url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#' && byte != b'\\');
        let n_origin = n_scheme + authority.len();
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
        (is_here && is_port && is_clean).then(|| Self { url: url.to_owned(), n_origin })
    }

    /// `http://127.0.0.1:8080`.
    pub(super) fn origin(&self) -> &str {
        &self.url[..self.n_origin]
    }

    /// The page with what it is told; both are letters and digits.
    pub(super) fn with(&self, code: &str, state: &str) -> String {
        let mark = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{mark}code={code}&state={state}", self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::Back;

    #[test]
    fn only_pages_on_this_machine_are_gone_back_to() {
        for url in ["http://127.0.0.1:8080/a?b=c", "https://localhost", "http://127.1.2.3/"] {
            assert!(Back::of(url).is_some(), "{url}");
        }
        for url in [
            "",
            "//127.0.0.1/",
            "javascript://127.0.0.1/",
            "http://10.0.0.1/",
            "http://example.com/",
            "http://127.0.0.1@example.com/",
            "http://example.com\\@127.0.0.1/",
            "http://127.0.0.1:80@example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1:+80/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1/a\r\nb",
            "http://127.0.0.1/#x",
            "http://[::1]/",
        ] {
            assert!(Back::of(url).is_none(), "{url}");
        }
        let back = Back::of("http://localhost:81/cb?a=1").expect("it is here");
        assert_eq!(back.origin(), "http://localhost:81");
        assert_eq!(back.with("c", "s"), "http://localhost:81/cb?a=1&code=c&state=s");
    }
}
