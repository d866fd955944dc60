//! What roles may.

/// What a user is in a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin = 1,
    /// Plans SOPs and tags groups.
    Operator = 2,
    /// Looks on.
    Viewer = 3,
    /// Looks on, at what is his own.
    Own = 4,
}

/// Something that not everybody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See groups, customers, SOPs and their tasks, as far as his [`super::Scope`] goes.
    Read,
    /// Tag groups, and make tags.
    TagGroups,
    /// Make and change SOPs.
    PlanSops,
    /// Put files and contents into the library.
    ManageMaterials,
    /// Make and change apps of the open API.
    ManageApps,
    /// Make and change users.
    ManageUsers,
    /// Read the audit log.
    ReadAudit,
    /// Connect the company with WeCom, and synchronise.
    #[serde(rename = "manage_wecom")]
    ManageWeCom,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::TagGroups,
        Self::PlanSops,
        Self::ManageMaterials,
        Self::ManageApps,
        Self::ManageUsers,
        Self::ReadAudit,
        Self::ManageWeCom,
    ];
}

impl Role {
    /// Whether it may do that.
    pub fn may(self, right: Right) -> bool {
        use Right::{ManageMaterials, PlanSops, Read, TagGroups};
        match self {
            Self::Admin => true,
            Self::Operator => matches!(right, Read | TagGroups | PlanSops | ManageMaterials),
            Self::Viewer | Self::Own => right == Read,
        }
    }

    pub(super) fn from_column(role: i64) -> Result<Self, store::Error> {
        match role {
            1 => Ok(Self::Admin),
            2 => Ok(Self::Operator),
            3 => Ok(Self::Viewer),
            4 => Ok(Self::Own),
            _ => Err(store::Error::Column { index: 0, expected: "a role" }),
        }
    }
}
