//! Where settings come from beside the built-in defaults: flags and the environment.

use std::{collections::HashMap, path::PathBuf};

use clap::Args;

/// What the environment's variables begin with.
pub const PREFIX: &str = "SIYU_";
/// Variables of `siyu call`, which are no settings.
const OF_CALL: [&str; 3] = ["SIYU_URL", "SIYU_APP_ID", "SIYU_APP_KEY"];

/// Flags that every command with settings has.
#[derive(Debug, Clone, Default, Args)]
pub struct Source {
    /// The file of settings [default: siyu.toml, when there is one]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// The folder of the database and the master key [default: siyu-data]
    #[arg(long, value_name = "DIR", global = true, help_heading = "Settings")]
    pub data: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER@HOST/DATABASE. Other users of the machine can see flags: give a
    /// password in the environment instead, as SIYU_DATABASE__URL
    #[arg(long, value_name = "URL", global = true, help_heading = "Settings")]
    pub database: Option<String>,
}

/// The environment's settings by name (`server.listen`). `known` are the names of all settings.
///
/// A variable without two underscores is somebody else's, as those that Kubernetes makes for a service named
/// siyu (`SIYU_PORT`) are, unless it looks like a setting: then it is refused, since it would have no effect.
pub fn environment(known: &[String]) -> anyhow::Result<HashMap<String, String>> {
    let mut settings = HashMap::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        if OF_CALL.contains(&name) {
            continue;
        }
        let rest = name[PREFIX.len()..].to_ascii_lowercase();
        let key = rest.replace("__", ".");
        if !key.contains('.') && key != "data_dir" {
            let meant = known.iter().find(|known| is_meant(known, &rest));
            if let Some(meant) = meant {
                anyhow::bail!(
                    "the environment variable {name} is no setting: for {meant} write {PREFIX}{}",
                    meant.replace('.', "__").to_ascii_uppercase()
                );
            }
            continue;
        }
        let value = value
            .into_string()
            .map_err(|_| anyhow::anyhow!("the environment variable {name} is not UTF-8"))?;
        settings.insert(key, value);
    }
    Ok(settings)
}

/// Whether somebody wrote `listen` or `server_listen` for `server.listen`.
fn is_meant(known: &str, written: &str) -> bool {
    let name = known.rsplit('.').next().unwrap_or(known);
    written == name || written == known.replace('.', "_")
}

/// A variable of `siyu call`, when it is set and not empty.
pub fn call_variable(name: &str) -> Option<String> {
    debug_assert!(OF_CALL.contains(&name), "the settings would refuse it");
    #[expect(clippy::disallowed_methods, reason = "the settings are what reads the environment")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
