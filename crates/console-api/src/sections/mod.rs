//! The table of calls, section by section.

use std::sync::LazyLock;

use crate::Endpoint;

mod apps;
mod audit;
mod groups;
mod org;
mod session;
mod users;

/// All calls of the console.
pub fn endpoints() -> &'static [Endpoint] {
    static ALL: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
        [
            session::endpoints(),
            users::endpoints(),
            org::endpoints(),
            groups::endpoints(),
            apps::endpoints(),
            audit::endpoints(),
        ]
        .into_iter()
        .flatten()
        .collect()
    });
    &ALL
}
