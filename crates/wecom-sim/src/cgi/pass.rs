//! A call under way, which counts for the concurrency limits until its reply is on its way.

use serde_json::Value;

use crate::{sim::Sim, wire::Asked};

/// These write one customer's record, and two at once fail.
const ONE_AT_A_TIME: &[&str] = &["mark_tag", "remark"];

/// Ends the call when it is dropped, also because the client went away.
pub(super) struct Pass<'a> {
    sim: &'a Sim,
    call: &'static str,
    customer: Option<String>,
}

impl<'a> Pass<'a> {
    /// 45033 or 45035 when too much is under way.
    pub(super) fn enter(sim: &'a Sim, call: &'static str, asked: &Asked) -> Result<Self, i64> {
        let customer = ONE_AT_A_TIME.contains(&call).then(|| customer(asked)).flatten();
        let desk = &mut *sim.desk();
        desk.gate.enter(&desk.limits, call, customer.as_deref())?;
        Ok(Self { sim, call, customer })
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.sim.desk().gate.leave(self.call, self.customer.as_deref());
    }
}

fn customer(asked: &Asked) -> Option<String> {
    let body: Value = serde_json::from_slice(&asked.body).ok()?;
    body["external_userid"].as_str().map(str::to_owned)
}
