//! `siyu serve`.

use scrm::users;

use super::user::first_sign_in;
use crate::{
    log,
    serve::Server,
    settings::{self, Role, Source},
    signals,
};

/// Run the server: the open API, synchronisation with WeCom, and sending.
///
/// The database is made and brought up to date when needed. Stop it with SIGTERM or Ctrl-C: calls and
/// work under way end first; a second signal ends it at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  siyu serve
  siyu serve --listen 0.0.0.0:8080 --data /var/lib/siyu
  SIYU_DATABASE__URL=postgres://siyu:…@db/siyu siyu serve --role worker")]
pub struct Args {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// What this process does [default: all]
    #[arg(long)]
    role: Option<Role>,
}

pub async fn run(source: &Source, args: Args) -> anyhow::Result<()> {
    let role = args.role.map(|role| format!("{role:?}").to_lowercase());
    let settings =
        settings::load(source, &[("server.listen", args.listen), ("server.role", role)])?;
    log::start(&settings.log);
    // Before anybody can know that it runs.
    let stop = signals::Stop::new()?;
    let server = Server::start(&settings).await?;
    if settings.server.role.answers()
        && let Some(made) = users::first_admin(&server.scrm).await?
    {
        crate::out::line(&first_sign_in("admin", &made.one_time_password))?;
    }
    crate::out::line(&format!("Siyu listens on {}", server.base_url))?;
    stop.asked().await;
    server.stop().await
}
