//! Why a task will not be sent, as a code.

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The SOP was ended.
    SopEnded,
    /// The SOP was deleted.
    SopDeleted,
    /// The group left the SOP: somebody took it out.
    LeftSop,
    /// The group left the SOP: its rule no longer fits it.
    LeftByRule,
    /// The group was dissolved.
    GroupDissolved,
    /// The step was taken out of the SOP.
    StepRemoved,
    /// The step was moved to a time that is past for this group.
    StepPast,
}

impl Reason {
    const ALL: [Self; 7] = [
        Self::SopEnded,
        Self::SopDeleted,
        Self::LeftSop,
        Self::LeftByRule,
        Self::GroupDissolved,
        Self::StepRemoved,
        Self::StepPast,
    ];

    /// Reads what is stored.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// How it is stored.
    pub fn code(&self) -> String {
        match self {
            Self::SopEnded => "sop_ended",
            Self::SopDeleted => "sop_deleted",
            Self::LeftSop => "left_sop",
            Self::LeftByRule => "left_by_rule",
            Self::GroupDissolved => "group_dissolved",
            Self::StepRemoved => "step_removed",
            Self::StepPast => "step_past",
        }
        .to_owned()
    }
}
