//! Uploaded files, of which only the description is kept.

use std::collections::{HashMap, HashSet};

use crate::op::Medium;

/// Media by id, and the addresses of pictures.
#[derive(Default)]
pub(crate) struct Media {
    by_id: HashMap<String, Medium>,
    image_urls: HashSet<String>,
}

impl Media {
    /// A medium that is still good.
    pub(crate) fn find(&self, media_id: &str, ttl_s: i64, now_ms: i64) -> Option<&Medium> {
        let medium = self.by_id.get(media_id)?;
        (now_ms < medium.at_ms + ttl_s * 1_000).then_some(medium)
    }

    /// What a medium was called, however old it is.
    pub(crate) fn file_name(&self, media_id: &str) -> Option<&str> {
        self.by_id.get(media_id).map(|medium| medium.file_name.as_str())
    }

    /// All uploads, in no particular order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Medium> {
        self.by_id.values()
    }

    pub(crate) fn has_image(&self, url: &str) -> bool {
        self.image_urls.contains(url)
    }

    /// Uploads so far, for the next id.
    pub(crate) fn n(&self) -> usize {
        self.by_id.len() + self.image_urls.len()
    }

    pub(super) fn keep(&mut self, medium: Medium) {
        self.by_id.insert(medium.media_id.clone(), medium);
    }

    pub(super) fn keep_image(&mut self, url: String) {
        self.image_urls.insert(url);
    }
}
