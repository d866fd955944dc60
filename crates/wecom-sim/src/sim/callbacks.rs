//! Who receives callbacks, how well they arrive, and what became of them.

use crate::{
    callback::{Callback, CallbackPolicy, CallbackReceiver, ReceiverKind, deliver},
    error::Error,
    sim::Sim,
};

impl Sim {
    /// Puts these receivers in the place of all others; only loopback addresses are taken.
    pub fn set_callback_receivers(&self, receivers: Vec<CallbackReceiver>) -> Result<(), Error> {
        self.desk().outbox.set_receivers(receivers)
    }

    /// Who receives callbacks.
    pub fn callback_receivers(&self) -> Vec<CallbackReceiver> {
        self.desk().outbox.receivers.clone()
    }

    /// How well callbacks arrive from now on; what is queued keeps its time.
    pub fn set_callback_policy(&self, policy: CallbackPolicy) {
        self.desk().outbox.policy = policy;
    }

    /// How well callbacks arrive.
    pub fn callback_policy(&self) -> CallbackPolicy {
        self.desk().outbox.policy.clone()
    }

    /// The latest 10,000 events and what became of them, oldest first.
    pub fn callbacks(&self) -> Vec<Callback> {
        self.desk().outbox.log().cloned().collect()
    }

    /// Events that are queued or being delivered, a doubled one counted twice.
    pub fn n_callbacks_waiting(&self) -> usize {
        self.desk().outbox.n_waiting()
    }

    /// Verifies a receiver's URL as the console does when it is saved; true for the right echo.
    ///
    /// An error is one of the connection, or that there is no such receiver.
    pub async fn verify_callback_receiver(&self, kind: ReceiverKind) -> std::io::Result<bool> {
        deliver::verify(self, kind).await
    }
}
