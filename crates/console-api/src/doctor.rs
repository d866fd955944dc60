//! The examination of an installation, which the program around lends: it knows the configuration.

use std::{fmt, pin::Pin, sync::Arc};

use schemars::JsonSchema;
use scrm::corps::Corp;
use serde::Serialize;

/// What a check found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Finding {
    /// A name for programs.
    pub id: String,
    /// A name for people.
    pub title: String,
    /// ok, warning, failed or skipped.
    pub state: String,
    /// What is there.
    pub found: String,
    /// What to do.
    pub fix: Option<String>,
    /// The page of WeCom's documentation that tells more.
    pub page: Option<u32>,
}

type Findings = Pin<Box<dyn Future<Output = Result<Vec<Finding>, String>> + Send>>;

/// Examines what a company needs. The error is for the log.
#[derive(Clone)]
pub struct Doctor(pub Arc<dyn Fn(Corp) -> Findings + Send + Sync>);

impl fmt::Debug for Doctor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Doctor")
    }
}
