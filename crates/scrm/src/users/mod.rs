//! People who use the console: who they are, how they sign in, what they may in which company, whose data they see.
//!
//! Users belong to the installation; a member's role and departments belong to a company. A site admin is an admin
//! of every company. What somebody may is asked in one place ([`Role::may`]), whose data he sees in another
//! ([`Scope`]).
//!
//! Never here: a password, a token or a code in the log, in the audit log, or stored readable.

mod errand;
mod manage;
mod password;
mod rights;
mod scope;
mod session;
pub(crate) mod sql;
mod throttle;
mod totp;
mod wecom;

pub use errand::{Browser, DESK_STATE, ERRAND_MS, Errand, LoginPages};
pub use manage::{
    EditUser, ListedUser, Made, Member, NewUser, create, edit, first_admin, list, logins,
    put_site_admin, remove, reset_password, set_disabled, site_admin,
};
pub use password::{MAX_BYTES as MAX_PASSWORD_BYTES, MIN_CHARS as MIN_PASSWORD_CHARS};
pub use rights::{Right, Role};
pub use scope::Scope;
pub(crate) use session::author;
pub use session::{
    Place, Session, SignIn, SignInError, Token, begin_totp, change_password, choose_company,
    companies, confirm_totp, forget_old, of_token, remove_totp, sign_in, sign_out,
    sign_out_everywhere,
};
#[cfg(any(test, feature = "testing"))]
pub use totp::code_at;
pub(crate) use wecom::came_back;
pub use wecom::{WeComSignInError, sign_in_with_wecom};

/// Where a request of the console comes from.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The caller's address.
    pub address: String,
    /// What his browser calls itself, 200 characters at most.
    pub agent: String,
}
