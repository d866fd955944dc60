//! How requests are read: leniently in form, strictly in meaning.
//!
//! Other systems write the same request differently: an id as a number or as text, null or an empty
//! string for "not given". The types here take all of that and hand on values that cannot be wrong.
//! What they refuse is told with the path of the field and the reason, and nothing here panics on any
//! bytes.

mod body;
mod list;
mod number;
mod object;
mod optional;
mod page;
mod scalar;
#[cfg(test)]
mod tests;
mod text;
mod time;

pub(crate) use body::{Request, from_json};
pub(crate) use list::{List, OneOrMore};
pub(crate) use number::{Id, Integer};
pub(crate) use object::Object;
pub(crate) use optional::Optional;
pub(crate) use page::{PageNo, PageOf, PageSize, page};
pub(crate) use text::{HttpAddress, MarketingId, SopId, TaskId, Text};
pub(crate) use time::{Moment, TimeOfDay};
