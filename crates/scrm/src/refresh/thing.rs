//! What of the mirror can be read from WeCom by itself.

/// A thing that is read anew as a whole. As text: a word, and after a blank WeCom's id where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Thing {
    /// A customer group, by chat id.
    Group(String),
    /// A customer with all who follow him, by external user id.
    Customer(String),
    /// A member of staff, by user id, folded.
    Staff(String),
    /// All departments.
    Departments,
    /// Who may contact customers.
    FollowUsers,
    /// All customer tags.
    CustomerTags,
}

impl Thing {
    /// Reads what `Display` wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (word, id) = text.split_once(' ').unwrap_or((text, ""));
        let id = id.to_owned();
        Some(match word {
            "group" => Self::Group(id),
            "customer" => Self::Customer(id),
            "staff" => Self::Staff(id),
            "departments" => Self::Departments,
            "follow-users" => Self::FollowUsers,
            "customer-tags" => Self::CustomerTags,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Group(id) => write!(f, "group {id}"),
            Self::Customer(id) => write!(f, "customer {id}"),
            Self::Staff(id) => write!(f, "staff {id}"),
            Self::Departments => f.write_str("departments"),
            Self::FollowUsers => f.write_str("follow-users"),
            Self::CustomerTags => f.write_str("customer-tags"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_read_as_it_was_written() {
        let id = || "wr AB_c-1".to_owned();
        for thing in [
            Thing::Group(id()),
            Thing::Customer(id()),
            Thing::Staff(id()),
            Thing::Departments,
            Thing::FollowUsers,
            Thing::CustomerTags,
        ] {
            assert_eq!(Thing::parse(&thing.to_string()), Some(thing));
        }
        assert_eq!(Thing::parse("weather"), None);
    }
}
