//! What the client must know of an API call besides its types.

/// One call of the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The path after `/cgi-bin/`; errors name the call by it.
    pub path: &'static str,
    /// Whether the call changes anything at WeCom.
    pub kind: Kind,
}

/// Whether a call may be repeated without asking what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Changes nothing; repeated whenever that may help soon.
    Read,
    /// Changes something; never repeated unless WeCom refused it for its token.
    Write,
    /// Sets something to what it shall be, so that a second time changes nothing more; repeated
    /// when WeCom refused it for too much at the same time, and not when its effect is unknown.
    Set,
}

impl Call {
    pub(crate) const fn read(path: &'static str) -> Self {
        Self { path, kind: Kind::Read }
    }

    pub(crate) const fn write(path: &'static str) -> Self {
        Self { path, kind: Kind::Write }
    }

    pub(crate) const fn set(path: &'static str) -> Self {
        Self { path, kind: Kind::Set }
    }
}

/// Fetches a token; the only call that carries no token itself. [D91039]
pub(crate) const GETTOKEN: Call = Call::read("gettoken");
