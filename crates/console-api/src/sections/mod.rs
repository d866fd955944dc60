//! The table of calls, section by section.

use std::sync::LazyLock;

use crate::Endpoint;

mod apps;
mod audit;
mod calls;
mod group_detail;
mod group_tags;
mod groups;
mod library;
mod materials;
mod now;
mod org;
mod session;
mod sops;
mod sync;
mod users;
mod wecom;

pub(crate) use self::{
    groups::WireFilter,
    library::Shown as ShownFile,
    sops::{WireContent, staff_names},
};

/// All calls of the console.
pub fn endpoints() -> &'static [Endpoint] {
    static ALL: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
        [
            session::endpoints(),
            users::endpoints(),
            org::endpoints(),
            groups::endpoints(),
            group_detail::endpoints(),
            group_tags::endpoints(),
            sops::endpoints(),
            now::endpoints(),
            library::endpoints(),
            materials::endpoints(),
            sync::endpoints(),
            wecom::endpoints(),
            apps::endpoints(),
            calls::endpoints(),
            audit::endpoints(),
        ]
        .into_iter()
        .flatten()
        .collect()
    });
    &ALL
}
