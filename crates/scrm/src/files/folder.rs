//! The folder of contents: `files/<company>/<first two hex digits>/<sha256>`. A content is written under
//! another name, made durable, and then named; so what has its name is whole. Several processes on one
//! database need the same folder.

use std::{io, path::Path, path::PathBuf, sync::Arc};

use sha2::{Digest as _, Sha256};
use tokio::{fs, io::AsyncWriteExt as _};

use crate::CorpId;

/// The folder; cheap to clone.
#[derive(Clone)]
pub struct Folder(Arc<dyn AsRef<Path> + Send + Sync>);

impl Folder {
    /// The folder at `root`, made when the first file is kept.
    pub fn new(root: impl AsRef<Path> + Send + Sync + 'static) -> Self {
        Self(Arc::new(root))
    }

    fn place(&self, corp: CorpId, sha256: &[u8; 32]) -> PathBuf {
        let name = hex::encode(sha256);
        let root: &Path = (*self.0).as_ref();
        root.join(corp.to_string()).join(&name[..2]).join(name)
    }

    /// Keeps a content durably; nothing happens when it is there whole.
    pub(super) async fn write(
        &self,
        corp: CorpId,
        sha256: &[u8; 32],
        bytes: &[u8],
        random: &ambient::Random,
    ) -> io::Result<()> {
        if self.read(corp, sha256).await?.is_some() {
            return Ok(());
        }
        let place = self.place(corp, sha256);
        let folder = place.parent().expect("a place lies in a folder");
        fs::create_dir_all(folder).await?;
        let temporary = folder.join(format!("new-{}", hex::encode(random.bytes::<12>())));
        let written = async {
            let mut file = fs::File::create(&temporary).await?;
            file.write_all(bytes).await?;
            file.sync_all().await?;
            fs::rename(&temporary, &place).await?;
            fs::File::open(folder).await?.sync_all().await
        }
        .await;
        if written.is_err() {
            // Nobody would look for it; that it cannot be removed either adds nothing to the error.
            let _ = fs::remove_file(&temporary).await;
        }
        written
    }

    /// A content; nothing when it is missing or differs from its digest.
    pub(super) async fn read(
        &self,
        corp: CorpId,
        sha256: &[u8; 32],
    ) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.place(corp, sha256)).await {
            Ok(bytes) if Sha256::digest(&bytes)[..] == sha256[..] => Ok(Some(bytes)),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
