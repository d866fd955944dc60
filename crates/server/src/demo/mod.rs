//! The demo: a simulated company and the server, brought to a state worth looking at.
//!
//! While it runs, the company is synchronised once more, slowly, so that there is a synchronisation to look at.
//!
//! Each part is done once on the same data and noted in `progress.json`, so that a demo that was stopped
//! anywhere goes on there. `demo.json` is removed first and written last: who finds it finds all ready.

mod accounts;
mod folder;
mod library;
mod message;
mod people;
mod sops;
mod start;
mod tags;
mod world;

use std::{net::SocketAddr, path::PathBuf};

use crate::{cli::sim::Size, serve::Server, signals};
use folder::Folder;
use world::World;

/// What the demo is to be.
pub struct Options {
    /// Where it keeps everything.
    pub data_dir: PathBuf,
    /// Address of the server.
    pub listen: String,
    /// Address of the simulator.
    pub sim_listen: SocketAddr,
    /// How big the company is.
    pub size: Size,
}

/// Runs the demo until it is told to stop.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let folder = Folder::open(&options.data_dir)?;
    let stop = signals::Stop::new()?.asked();
    tokio::pin!(stop);
    let ready = async {
        let (mut server, sim) = start::start(&options).await?;
        let world = start::world(&server, &sim).await?;
        bring_about(&mut server, &world, &folder).await?;
        Ok::<_, anyhow::Error>((server, sim, world))
    };
    // A stop while it is being prepared: what is done is kept in the folder, so just end.
    let (server, sim, world) = tokio::select! {
        ready = ready => ready?,
        () = &mut stop => return Ok(()),
    };
    folder.publish(&world)?;
    message::print(&options, &world).await?;
    tokio::select! {
        () = start::sync_slowly(&world) => {}
        () = &mut stop => {}
    }
    folder.withdraw()?;
    server.stop().await?;
    sim.stop().await;
    Ok(())
}

async fn bring_about(server: &mut Server, world: &World, folder: &Folder) -> anyhow::Result<()> {
    let mut progress = folder.progress()?;
    if !progress.has_tags {
        tags::put(world).await?;
        progress.has_tags = true;
        folder.keep(&progress)?;
    }
    if !progress.has_accounts {
        accounts::put(world).await?;
        progress.has_accounts = true;
        folder.keep(&progress)?;
    }
    if !progress.has_library {
        library::put(world).await?;
        progress.has_library = true;
        folder.keep(&progress)?;
    }
    if !progress.has_assistant_sop {
        progress.n_due += sops::assistant(world).await?;
        progress.has_assistant_sop = true;
        folder.keep(&progress)?;
    }
    if !progress.has_manual_sop {
        progress.n_due += sops::manual(world).await?;
        progress.has_manual_sop = true;
        folder.keep(&progress)?;
    }
    if !progress.has_new_group_sop {
        sops::new_groups(world).await?;
        progress.has_new_group_sop = true;
        folder.keep(&progress)?;
    }
    server.begin_work();
    if !progress.has_played {
        people::wait_for_hand_over(world, progress.n_due).await?;
        people::play(world).await?;
        progress.has_played = true;
        folder.keep(&progress)?;
    }
    if !progress.has_other_sops {
        sops::in_other_states(world).await?;
        progress.has_other_sops = true;
        folder.keep(&progress)?;
    }
    Ok(())
}
