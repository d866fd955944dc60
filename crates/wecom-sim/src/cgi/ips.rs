//! `getcallbackip` and `get_api_domain_ip`: for firewalls. The addresses are the documentation's.

use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes},
    desk::Desk,
    wire::{Answer, Asked},
};

pub(super) const CALLBACKS: Call = Call {
    path: "getcallbackip",
    takes: Takes::Query,
    lists: &["ip_list"],
    answer: Answers::Tree(answer),
};
pub(super) const API: Call = Call {
    path: "get_api_domain_ip",
    takes: Takes::Query,
    lists: &["ip_list"],
    answer: Answers::Tree(answer),
};

#[expect(clippy::unnecessary_wraps, reason = "the type of every answer")]
fn answer(_: &mut Desk, _: &Asked) -> Answer {
    Ok(json!({ "ip_list": ["127.0.0.1", "101.226.103.*"] }))
}
