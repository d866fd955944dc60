//! One change of a customer at a time, however many customers there are.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::sync::OwnedMutexGuard;

/// Who is being changed; keeps nothing about those who are not.
#[derive(Default)]
pub(crate) struct Turns {
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// The right to change one customer, until it is dropped.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    key: String,
    lock: Option<Arc<tokio::sync::Mutex<()>>>,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until nobody else changes `key`; first come, first served.
    pub(crate) async fn take(&self, key: &str) -> Turn<'_> {
        let lock = super::lock(&self.locks).entry(key.to_owned()).or_default().clone();
        // Made before the waiting, so that a caller who gives up cleans up behind itself too.
        let mut turn =
            Turn { turns: self, key: key.to_owned(), lock: Some(lock.clone()), guard: None };
        turn.guard = Some(lock.lock_owned().await);
        turn
    }

    #[cfg(test)]
    pub(super) fn n_kept(&self) -> usize {
        super::lock(&self.locks).len()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut locks = super::lock(&self.turns.locks);
        drop(self.guard.take());
        drop(self.lock.take());
        if locks.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.key);
        }
    }
}
