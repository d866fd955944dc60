//! A server that is killed and started again at the same address.

use std::time::Duration;

use super::dice::Dice;
use crate::program::{Place, Running};

pub struct Node {
    place: Place,
    /// `host:port`.
    pub address: String,
    pub server: Running,
}

impl Node {
    pub async fn new(place: Place) -> Self {
        let (server, address) = started(&place, "127.0.0.1:0").await;
        Self { place, address, server }
    }

    /// 50 to 800 ms after it was ready each time, and every fifth time while it starts.
    pub async fn kill_again_and_again(&mut self, n_kills: u64, dice: &Dice) {
        for _ in 0..n_kills {
            let during_start = dice.happens(20);
            let pause_ms = if during_start { dice.below(150) } else { 50 + dice.below(750) };
            if during_start {
                self.server.signal("KILL").await;
                self.server = self.place.start(&["serve", "--listen", &self.address]);
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            let code = self.server.signal("KILL").await;
            assert_eq!(code, None, "the signal ended it");
            (self.server, _) = started(&self.place, &self.address).await;
        }
    }
}

async fn started(place: &Place, address: &str) -> (Running, String) {
    let mut server = place.start(&["serve", "--listen", address]);
    let url = server.line("Siyu listens on ").await;
    let address = url.strip_prefix("http://").unwrap().to_owned();
    (server, address)
}
