//! Why the simulator could not start, or why a person could not do what was asked.

use std::{io, net::SocketAddr, path::PathBuf};

/// An error of the simulator itself; refusals of the WeCom side are replies, not errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is taken or not ours.
    #[error("cannot listen on {addr}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The journal cannot be opened, read or written.
    #[error("cannot use the journal {}", path.display())]
    Journal {
        /// The journal's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line before the last one is not an operation.
    #[error("line {line} of the journal {} is not an operation", path.display())]
    JournalLine {
        /// The journal's file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The journal belongs to a world of another seed or size.
    #[error("the journal {} was written for another world: {theirs}, not {ours}", path.display())]
    JournalOfAnotherWorld {
        /// The journal's file.
        path: PathBuf,
        /// What the journal's first line says.
        theirs: String,
        /// What the configuration says.
        ours: String,
    },
    /// A number in the configuration makes no world.
    #[error("{what} must be at least 1")]
    TooSmall {
        /// The field.
        what: &'static str,
    },
    /// Nobody has this userid, or they left.
    #[error("no member of staff {0:?}")]
    UnknownStaff(String),
    /// No group has this chat id.
    #[error("no group {0:?}")]
    UnknownGroup(String),
    /// The group has no such member.
    #[error("no member {userid:?} in the group {chat_id:?}")]
    UnknownMember {
        /// The group.
        chat_id: String,
        /// The missing member.
        userid: String,
    },
    /// Nobody has this external userid, or nobody here knows them.
    #[error("no customer {0:?}")]
    UnknownCustomer(String),
    /// The two are not friends, or no more.
    #[error("{external_userid:?} is no customer of {userid:?}")]
    NotFriends {
        /// The member of staff.
        userid: String,
        /// The customer.
        external_userid: String,
    },
    /// The two are friends already.
    #[error("{external_userid:?} is a customer of {userid:?} already")]
    AlreadyFriends {
        /// The member of staff.
        userid: String,
        /// The customer.
        external_userid: String,
    },
    /// The library has no such tag or group of tags.
    #[error("no tag {0:?}")]
    UnknownTag(String),
    /// Callbacks go to this machine only.
    #[error("{0:?} is no http:// URL of a loopback address")]
    NotLoopback(String),
    /// An `EncodingAESKey` has 43 letters and digits.
    #[error("the receiver {0:?} has no proper EncodingAESKey")]
    WrongAesKey(String),
    /// A department cannot be made or removed like that.
    #[error("the department {id} {why}")]
    Department {
        /// Its id.
        id: u32,
        /// What is in the way.
        why: &'static str,
    },
    /// Somebody has this userid already, or it is not 1 to 64 letters, digits, `-`, `_`, `.`.
    #[error("the userid {0:?} is taken or malformed")]
    UseridTaken(String),
    /// They are in the group already.
    #[error("{userid:?} is in the group {chat_id:?} already")]
    MemberAlready {
        /// The group.
        chat_id: String,
        /// Who is there.
        userid: String,
    },
    /// The group was dissolved.
    #[error("the group {0:?} is dissolved")]
    Dissolved(String),
    /// Only a group's owner sends into it.
    #[error("{owner:?} does not own the group {chat_id:?}")]
    NotTheOwner {
        /// Who tried.
        owner: String,
        /// The group.
        chat_id: String,
    },
    /// No mass message has this msgid.
    #[error("no mass message {0:?}")]
    UnknownMessage(String),
    /// The message was cancelled before its owner sent it.
    #[error("the mass message {0:?} was cancelled")]
    Cancelled(String),
    /// Groups for a message to customers or the other way, or a member may not choose.
    #[error("nobody can pick these receivers of the mass message {0:?}")]
    NotToPick(String),
    /// The message has not reached its owner's client yet.
    #[error("the mass message {0:?} is still being dispatched; try when dispatching_ms is over")]
    Dispatching(String),
    /// A switch that does not exist, or a value that it cannot have.
    #[error("no such setting or value")]
    WrongSetting(#[source] serde_json::Error),
    /// No department has this id.
    #[error("no department {0}")]
    UnknownDepartment(u32),
    /// The simulator has no such call.
    #[error("no call {0:?}; see GET /sim")]
    UnknownCall(String),
}
