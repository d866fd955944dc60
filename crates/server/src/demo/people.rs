//! The people of the demo: some owners confirm, one leaves a group out, one posts by hand; others have
//! not got round to it yet.

use std::time::Duration;

use anyhow::bail;
use scrm::{
    PublicId,
    sop::{self, Actor, Mark, Mode, TaskState},
};
use wecom_sim::{Confirm, MassState};

use super::World;

/// Longer than all of it ever takes.
const WAIT_MS: i64 = 90_000;
const LOOK_EVERY_MS: u64 = 200;
/// Groups into which their owners post by hand.
const N_POSTED: usize = 5;

/// Waits until the tasks that were due are with their owners.
pub async fn wait_for_hand_over(world: &World, n_due: i64) -> anyhow::Result<()> {
    use TaskState::{Cancelled, Expired, Failed, HandedOver, Sent};
    eprintln!("Waiting until {n_due} due tasks are with their owners");
    let states = [HandedOver, Sent, Failed, Expired, Cancelled];
    wait(
        "the due tasks to be handed over",
        async || Ok(world.n_tasks(&states).await? >= n_due),
        world,
    )
    .await
}

/// Plays the owners and waits until Siyu has seen what they did.
pub async fn play(world: &World) -> anyhow::Result<()> {
    wait("the messages to reach their owners", async || Ok(all_arrived(world)), world).await?;
    let n_sent_before = world.n_tasks(&[TaskState::Sent]).await?;
    let n_confirmed = confirm_some(world)?;
    let n_posted = post_some(world).await?;
    eprintln!("Played some owners: {n_confirmed} groups by mass message, {n_posted} by hand");
    let n_sent = n_sent_before + n_confirmed + n_posted;
    let is_seen = async || Ok(world.n_tasks(&[TaskState::Sent]).await? >= n_sent);
    wait("the server to see what was sent", is_seen, world).await
}

fn all_arrived(world: &World) -> bool {
    world.sim.mass_messages().iter().all(|message| message.state != MassState::Dispatching)
}

/// Every second waiting message; of the first that has more than one group, one is left out. The number of
/// groups reached.
fn confirm_some(world: &World) -> anyhow::Result<i64> {
    let mut n_reached = 0;
    let mut leaves_out = 1;
    let messages = world.sim.mass_messages();
    let waiting = messages.iter().filter(|message| message.state == MassState::Waiting);
    for message in waiting.step_by(2) {
        let to = if message.chat_ids.len() > 1 {
            Confirm::AllBut(std::mem::take(&mut leaves_out))
        } else {
            Confirm::All
        };
        n_reached += i64::try_from(world.sim.confirm(&message.msgid, to)?.n_sent)?;
    }
    Ok(n_reached)
}

/// Posts into some groups and marks their tasks; how many.
async fn post_some(world: &World) -> anyhow::Result<i64> {
    let is_open = |task: &sop::ListedTask| {
        task.sop.mode == Mode::Manual.number() && task.status == TaskState::HandedOver.on_the_wire()
    };
    let groups = world.newest_groups().await?;
    // Not the newest ones, so that the first page of the list shows tasks that wait, too.
    let open = groups.iter().skip(1).step_by(2).filter_map(|group| {
        let task = group.tasks.iter().find(|task| is_open(task))?;
        Some((group, task.id))
    });
    let mut marked: Vec<PublicId> = Vec::new();
    for (group, task) in open.take(N_POSTED) {
        let Some(known) = world.sim.group(&group.chat_id) else { continue };
        let text = format!("欢迎加入{}，我是{}。", group.display_name, group.owner_name);
        world.sim.post(&known.owner, &group.chat_id, &text)?;
        marked.push(task);
    }
    if marked.is_empty() {
        return Ok(0);
    }
    let n = sop::mark_tasks(&world.scrm, world.corp.id, &marked, Mark::Sent, Actor::System).await?;
    Ok(i64::try_from(n)?)
}

async fn wait(
    what: &str,
    is_so: impl AsyncFn() -> anyhow::Result<bool>,
    world: &World,
) -> anyhow::Result<()> {
    let until_ms = world.scrm.clock.now_ms() + WAIT_MS;
    while !is_so().await? {
        if world.scrm.clock.now_ms() > until_ms {
            bail!("waited {} s in vain for {what}; see the log above", WAIT_MS / 1_000);
        }
        tokio::time::sleep(Duration::from_millis(LOOK_EVERY_MS)).await;
    }
    Ok(())
}
