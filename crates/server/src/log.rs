//! The log: to standard error, as the settings say.

use crate::settings::{Log, LogFormat};

/// Starts logging. The level was checked with the settings.
pub fn start(settings: &Log) {
    // PostgreSQL's notices are logged as information and are none; the settings may say otherwise.
    let filter = tracing_subscriber::EnvFilter::builder()
        .parse(format!("tokio_postgres=warn,{}", settings.level))
        .expect("checked with the settings");
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => {
            let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
            lines.with_ansi(is_terminal).init();
        }
    }
}
