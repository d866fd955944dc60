//! Why something was not fetched. The texts go to the caller who named the address, and say nothing of it that
//! he does not know: what a name means inside is not his to learn.

use std::net::IpAddr;

/// Why something was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no address.
    #[error("it is not an address (http:// or https://)")]
    NoAddress,
    /// Neither http nor https.
    #[error("only http:// and https:// are fetched")]
    Scheme,
    /// A user or password stands in it.
    #[error("an address with a user or password in it is not fetched")]
    UserInfo,
    /// The name has no address.
    #[error("its host is not known")]
    UnknownHost,
    /// It leads inside.
    #[error("it leads to an address that is not public (setting fetch.allow_networks)")]
    NotPublic {
        /// The address, for the log alone.
        ip: IpAddr,
    },
    /// The port is not among [`crate::PORTS`].
    #[error("port {port} is not fetched from, only 80, 443, 8080 and 8443")]
    Port {
        /// The port.
        port: u16,
    },
    /// More than [`crate::MAX_REDIRECTS`].
    #[error("it redirects more than 3 times")]
    TooManyRedirects,
    /// Another status than 200.
    #[error("it answers with HTTP status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// Longer than allowed.
    #[error("it is larger than {max_bytes} bytes")]
    TooLarge {
        /// The limit.
        max_bytes: usize,
    },
    /// It took too long.
    #[error("it was not complete after {time_ms} ms")]
    TooSlow {
        /// The limit.
        time_ms: u64,
    },
    /// No connection, or it was cut.
    #[error("it cannot be reached, or the connection was cut")]
    Http(#[source] reqwest::Error),
}

impl Error {
    pub(crate) fn from_http(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}
