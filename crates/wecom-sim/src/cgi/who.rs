//! The member of staff or customer that a call names, or the code that refuses it.

use crate::{
    desk::Desk,
    wire::{Asked, Refusal},
    world::{StaffNo, customers::CustomerNo},
};

/// Somebody present and visible: 40003 for others, 60011 outside the visible range.
pub(super) fn staff(desk: &Desk, userid: Option<&str>) -> Result<StaffNo, Refusal> {
    let userid = userid.filter(|id| !id.is_empty());
    let userid = userid.ok_or_else(|| Refusal::field("userid", "missing"))?;
    let no = desk.state.present(userid).ok_or_else(|| Refusal::of(40003))?;
    if desk.sees(no) { Ok(no) } else { Err(Refusal::of(60011)) }
}

/// Somebody outside whom this world knows; 40096 for others.
pub(super) fn customer(desk: &Desk, userid: Option<&str>) -> Result<CustomerNo, Refusal> {
    let userid = userid.filter(|id| !id.is_empty()).ok_or_else(|| Refusal::of(41035))?;
    let state = &desk.state;
    state.customers.find(&state.world, userid).ok_or_else(|| Refusal::of(40096))
}

/// The department that a query names: `None` without one, 60123 unknown, 60011 invisible.
pub(super) fn department(desk: &Desk, asked: &Asked, name: &str) -> Result<Option<u32>, Refusal> {
    let Some(id) = asked.param(name) else { return Ok(None) };
    let departments = &desk.state.world.departments;
    let known = |id: &u32| departments.iter().any(|department| department.id == *id);
    let id = id.parse().ok().filter(known).ok_or_else(|| Refusal::of(60123))?;
    if desk.sees_department(id) { Ok(Some(id)) } else { Err(Refusal::of(60011)) }
}
