//! The people and groups that an action names, or the error that names what is missing.

use crate::{
    desk::Desk,
    error::Error,
    op::Relation,
    state::groups::GroupRow,
    world::{StaffNo, customers::CustomerNo},
};

pub(crate) fn staff(desk: &Desk, userid: &str) -> Result<StaffNo, Error> {
    desk.state.present(userid).ok_or_else(|| Error::UnknownStaff(userid.to_owned()))
}

pub(super) fn group<'a>(desk: &'a Desk, chat_id: &str) -> Result<&'a GroupRow, Error> {
    let unknown = || Error::UnknownGroup(chat_id.to_owned());
    let no = desk.state.groups.find(chat_id).ok_or_else(unknown)?;
    let row = desk.state.groups.row(no);
    if row.dissolved { Err(Error::Dissolved(chat_id.to_owned())) } else { Ok(row) }
}

pub(super) fn customer(desk: &Desk, userid: &str) -> Result<CustomerNo, Error> {
    let found = desk.state.customers.find(&desk.state.world, userid);
    found.ok_or_else(|| Error::UnknownCustomer(userid.to_owned()))
}

/// A member of staff, a customer and what is between them.
pub(super) fn friends(
    desk: &Desk,
    userid: &str,
    external_userid: &str,
) -> Result<(StaffNo, CustomerNo, Relation), Error> {
    let (staff, no) = (staff(desk, userid)?, customer(desk, external_userid)?);
    let relation = desk.state.customers.relation(&desk.state.world, staff, no);
    let relation = relation.ok_or_else(|| Error::NotFriends {
        userid: userid.to_owned(),
        external_userid: external_userid.to_owned(),
    })?;
    Ok((staff, no, relation))
}
