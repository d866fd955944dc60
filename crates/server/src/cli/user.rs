//! `siyu user`.

use scrm::users::{self, Made};
use serde_json::json;

use crate::{
    log, out,
    settings::{self, Source},
    site,
};

/// Manage who signs in to the console. Users of a company are made there; this is for the first one, and for
/// whoever has locked himself out.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Admin(Admin),
    Disable(Named),
    Enable(Named),
}

/// Make a site admin, who may do everything in every company; or give a user that right and a new password.
///
/// The password is shown once and has to be changed at the first sign-in. A second factor is taken away.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: siyu user admin zhangsan")]
pub struct Admin {
    /// What he signs in with
    login: String,
    /// Print JSON: {"login", "password"}
    #[arg(long)]
    json: bool,
}

/// Sign a user out, and let him in again only after `siyu user enable`.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// What he signs in with
    login: String,
}

pub async fn run(source: &Source, command: Command) -> anyhow::Result<()> {
    let settings = settings::load(source, &[])?;
    log::start(&settings.log);
    let scrm = site::open(&settings, String::new()).await?;
    match command {
        Command::Admin(Admin { login, json }) => {
            let Made { one_time_password, .. } = users::site_admin(&scrm, &login).await?;
            if json {
                return out::line(
                    &json!({"login": login, "password": one_time_password}).to_string(),
                );
            }
            out::line(&first_sign_in(&login, &one_time_password))
        }
        Command::Disable(Named { login }) => {
            users::set_disabled(&scrm, &login, true).await?;
            out::line(&format!("{login} is signed out and cannot sign in"))
        }
        Command::Enable(Named { login }) => {
            users::set_disabled(&scrm, &login, false).await?;
            out::line(&format!("{login} can sign in"))
        }
    }
}

/// What is shown of a one-time password, once.
pub fn first_sign_in(login: &str, password: &str) -> String {
    format!(
        "----------------------------------------------------------------\n\
         Sign in to the console (/console) as\n\n    \
         login:    {login}\n    \
         password: {password}\n\n\
         This is shown once. You choose another password when you sign in.\n\
         ----------------------------------------------------------------"
    )
}
