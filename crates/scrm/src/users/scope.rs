//! Whose data somebody sees.

use std::sync::Arc;

use store::Session;

use super::{Role, manage::Member};
use crate::{CorpId, Error, StaffId, org};

/// Whose groups, tasks and customers a caller sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// All of the company.
    #[default]
    Everything,
    /// Those of these members of staff, in order and none twice.
    Of(Arc<[StaffId]>),
}

impl Scope {
    /// Whether it holds what belongs to a member of staff.
    pub fn holds(&self, owner: StaffId) -> bool {
        match self {
            Self::Everything => true,
            Self::Of(owners) => owners.binary_search(&owner).is_ok(),
        }
    }

    /// That of a member: his own, or his departments with all below them; of none, everything.
    pub(super) async fn of_member(
        reader: &mut Session,
        corp: CorpId,
        member: &Member,
    ) -> Result<Self, Error> {
        if member.role == Role::Own {
            return Ok(Self::Of(member.staff.into_iter().collect()));
        }
        if member.departments.is_empty() {
            return Ok(Self::Everything);
        }
        let staff = org::members_under(reader, corp, &member.departments).await?;
        Ok(Self::Of(staff.into()))
    }
}
