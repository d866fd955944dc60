//! What the calls about one mass message share.

use crate::{desk::Desk, state::mass::MassNo, wire::Refusal};

/// The message that a call names.
pub(super) fn named(desk: &Desk, msgid: Option<String>) -> Result<MassNo, Refusal> {
    let msgid = msgid.filter(|id| !id.is_empty()).ok_or_else(|| Refusal::of(41046))?;
    desk.state.mass.find(&msgid).ok_or_else(|| Refusal::of(41047))
}

/// The message that a call names, once WeCom has brought it to its owner.
pub(super) fn dispatched(desk: &Desk, msgid: Option<String>) -> Result<MassNo, Refusal> {
    let no = named(desk, msgid)?;
    let row = desk.state.mass.row(no);
    if row.is_dispatching(desk.config.dispatching_ms, desk.now_ms()) {
        return Err(Refusal::of(41063));
    }
    if row.cancelled && !desk.config.shows_cancelled {
        return Err(Refusal::of(41093));
    }
    Ok(no)
}
