//! The key of secrets at rest: from the settings, or from a file that is made at the first start.

use std::{io::Write as _, path::Path};

use ambient::Random;
use anyhow::{Context as _, bail};
use scrm::MasterKey;

use crate::settings::Settings;

/// The master key. `may_make`: no secret is stored yet, so that a missing file may be made.
pub fn get(settings: &Settings, random: &Random, may_make: bool) -> anyhow::Result<MasterKey> {
    let given = &settings.secrets.master_key;
    if !given.is_empty() {
        return MasterKey::parse(given).context(
            "secrets.master_key is not 64 hex digits; make one with: openssl rand -hex 32",
        );
    }
    let file = settings.master_key_file();
    if !file.exists() {
        if !may_make {
            bail!(
                "the master key file {} is missing, and the database holds secrets that only it can \
                 read: put it back from your backup, or name it with secrets.master_key_file",
                file.display()
            );
        }
        make(&file, random)
            .with_context(|| format!("the master key file {} cannot be made", file.display()))?;
    }
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("the master key file {} cannot be read", file.display()))?;
    MasterKey::parse(&text).with_context(|| {
        format!(
            "the master key file {} does not hold 64 hex digits: put it back from your backup",
            file.display()
        )
    })
}

/// Whole or not at all, and never over another process's file.
fn make(file: &Path, random: &Random) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Temporary files are readable by their owner only.
    let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(new, "{}", hex::encode(random.bytes::<32>()))?;
    new.as_file().sync_all()?;
    match new.persist_noclobber(file) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(error.error.into())
        }
        _ => Ok(()),
    }
}
