//! SOPs on customer groups.

mod acts;
mod look;
mod plan;
mod tasks;
mod wire;

use crate::Endpoint;

pub(in crate::sections) use self::{
    look::{Card, WireCounts},
    wire::WireCard,
};

pub(crate) use self::{look::staff_names, wire::WireContent};

pub(super) fn endpoints() -> Vec<Endpoint> {
    [look::endpoints(), plan::endpoints(), acts::endpoints(), tasks::endpoints()]
        .into_iter()
        .flatten()
        .collect()
}
