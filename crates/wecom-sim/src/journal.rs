//! The file of operations. A line is written before the reply that tells of it.
//!
//! The first line names the world; a cut last line is what a crash left and is dropped. Any other
//! broken line is an error: going on would silently lose what follows.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::PathBuf,
};

use crate::{config::Config, error::Error, op::Op};

/// The open journal.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens the configured journal, or makes it; gives the operations that stand in it.
    pub(crate) fn open(config: &Config) -> Result<(Option<Self>, Vec<Op>), Error> {
        let Some(path) = config.journal.clone() else {
            return Ok((None, Vec::new()));
        };
        let fail = |source| Error::Journal { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(fail)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(fail)?;
        let n_whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        file.set_len(n_whole as u64).map_err(fail)?;
        file.seek(SeekFrom::End(0)).map_err(fail)?;
        let mut journal = Self { path, file };
        let mut lines = bytes[..n_whole].split(|byte| *byte == b'\n').filter(|l| !l.is_empty());
        let ours = world(config);
        match lines.next() {
            None => journal.write_line(&ours)?,
            Some(first) if first == ours.as_bytes() => {}
            Some(first) => {
                let theirs = String::from_utf8_lossy(first).into_owned();
                return Err(Error::JournalOfAnotherWorld { path: journal.path, theirs, ours });
            }
        }
        let ops = lines
            .enumerate()
            .map(|(n, line)| {
                serde_json::from_slice(line).map_err(|source| Error::JournalLine {
                    path: journal.path.clone(),
                    line: n + 2,
                    source,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok((Some(journal), ops))
    }

    /// Appends one operation; it is with the operating system when this returns.
    pub(crate) fn append(&mut self, op: &Op) -> Result<(), Error> {
        self.write_line(&serde_json::to_string(op).expect("operations are plain data"))
    }

    fn write_line(&mut self, line: &str) -> Result<(), Error> {
        self.file
            .write_all(format!("{line}\n").as_bytes())
            .map_err(|source| Error::Journal { path: self.path.clone(), source })
    }
}

/// What decides the seeded world, and so what the operations refer to.
fn world(config: &Config) -> String {
    let mut world = serde_json::json!({
        "world": 1,
        "seed": config.seed,
        "n_departments": config.n_departments,
        "n_staff": config.n_staff,
        "n_groups": config.n_groups,
        "n_members_per_group": config.n_members_per_group,
        "n_owners": config.n_owners,
        "groups_made_before_s": config.groups_made_before_s,
        "quota": config.quota,
    });
    // Journals written before there were customers stay good.
    if config.n_customers > 0 {
        world["n_customers"] = config.n_customers.into();
    }
    world.to_string()
}
