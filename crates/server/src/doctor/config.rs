//! The settings, and the address by which others reach this server.

use super::{Check, check::Subject};
use crate::{
    out,
    settings::{self, Settings, Source},
};

const SETTINGS: Subject = Subject { id: "settings", title: "settings" };
const PUBLIC_URL: Subject = Subject { id: "public_url", title: "public address" };

/// The settings too, when they can be used.
pub(super) fn check(source: &Source) -> (Vec<Check>, Option<Settings>) {
    match settings::load(source, &[]) {
        Ok(settings) => {
            let data_dir = settings.data_dir.display();
            let read = SETTINGS.ok(format!("they fit together; data folder {data_dir}"));
            (vec![read, public_url(&settings.server.public_url)], Some(settings))
        }
        Err(error) => {
            let fix = "Mend the setting named there; config.default.toml describes them all, and siyu config \
                       check prints those in force";
            (vec![SETTINGS.failed(out::chain(&error), fix)], None)
        }
    }
}

fn public_url(url: &str) -> Check {
    let fix = "Set server.public_url to the address where staff and WeCom reach this server, as \
               https://siyu.example.com";
    let host = url.split_once("://").map_or("", |(_, rest)| rest);
    let is_loopback = ["127.", "localhost", "[::1]"].iter().any(|start| host.starts_with(start));
    if url.is_empty() {
        PUBLIC_URL
            .warning("not set: links in messages lead to this machine, callbacks nowhere", fix)
    } else if is_loopback {
        PUBLIC_URL.warning(format!("{url} is reached from this machine only"), fix)
    } else if url.starts_with("http://") {
        let fix = "Put a proxy with TLS before the server, and write https:// in server.public_url";
        PUBLIC_URL.warning(format!("{url} is not encrypted"), fix)
    } else {
        PUBLIC_URL.ok(url)
    }
}
