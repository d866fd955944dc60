//! The demo's folder: who uses it, how far its data is, and the file that says that all is ready.

use std::{
    fs::{File, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use super::world::World;
use crate::site;

/// The folder, held by this process.
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

/// What has been done on this data.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    pub has_tags: bool,
    pub has_accounts: bool,
    pub has_library: bool,
    pub has_assistant_sop: bool,
    pub has_manual_sop: bool,
    pub has_new_group_sop: bool,
    pub has_other_sops: bool,
    /// Tasks that were due when their SOP was made.
    pub n_due: i64,
    pub has_played: bool,
}

/// What demo.json tells.
#[derive(Serialize)]
struct Demo<'a> {
    base_url: &'a str,
    app_id: &'a str,
    app_key: &'a str,
    corp_id: &'a str,
    agent_id: i64,
    wecom_secret: &'a str,
    simulator_url: &'a str,
}

impl Folder {
    /// Opens or makes the folder, for this process alone, and withdraws an old demo.json.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        site::make_data_dir(path)?;
        let lock = File::create(path.join("demo.lock"))
            .with_context(|| format!("the folder {} cannot be written to", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another siyu demo runs on {}: stop it, or take another folder with --data",
                path.display()
            ),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let folder = Self { path: path.to_owned(), _lock: lock };
        folder.withdraw()?;
        Ok(folder)
    }

    /// How far the data is; nothing on a new folder.
    pub fn progress(&self) -> anyhow::Result<Progress> {
        let file = self.path.join("progress.json");
        match std::fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).with_context(|| {
                format!("{} is damaged: delete the folder and start again", file.display())
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Progress::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Notes how far the data is.
    pub fn keep(&self, progress: &Progress) -> anyhow::Result<()> {
        self.write("progress.json", progress)
    }

    /// Says that all is ready.
    pub fn publish(&self, world: &World) -> anyhow::Result<()> {
        self.write(
            "demo.json",
            &Demo {
                base_url: &world.base_url,
                app_id: &world.app.app_id,
                app_key: world.app.key.reveal(),
                corp_id: &world.corp.wecom_corp_id,
                agent_id: world.corp.agent_id,
                wecom_secret: &world.sim.config().secret,
                simulator_url: &world.simulator_url,
            },
        )
    }

    /// Says that it is not.
    pub fn withdraw(&self) -> anyhow::Result<()> {
        match std::fs::remove_file(self.path.join("demo.json")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Whole or not at all, readable by its owner only.
    fn write(&self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let mut new = tempfile::NamedTempFile::new_in(&self.path)?;
        writeln!(new, "{}", serde_json::to_string_pretty(value)?)?;
        new.persist(self.path.join(name))?;
        Ok(())
    }
}
