//! What the demo prints when it is ready: lines to copy, which work as they stand.

use scrm::{org, users};
use wecom_sim::MassState;

use super::{
    Options, World,
    accounts::{OPERATOR, SALES, VIEWER},
    sops,
    start::{LOGIN, PASSWORD},
};
use crate::out;

/// Prints what to try.
pub async fn print(options: &Options, world: &World) -> anyhow::Result<()> {
    let World { base_url, simulator_url, .. } = world;
    let program = std::env::args().next().unwrap_or_else(|| "siyu".to_owned());
    let program = quoted(&program);
    let file = options.data_dir.join("demo.json");
    let is_usual = options.data_dir == std::path::Path::new("./demo-data");
    let demo = if is_usual {
        String::new()
    } else {
        format!(" --demo {}", quoted(&file.display().to_string()))
    };
    let call = |path: &str, body: &str| format!("{program} call /api/v3/{path} '{body}'{demo}");
    let list = call("groupSop/getGroupList", r#"{"pageSize":3}"#);
    let seller = seller(world).await?;
    let (app_id, app_key) = (&world.app.app_id, world.app.key.reveal());
    let mut text = format!(
        "\nSiyu is ready: {base_url}   (a simulated WeCom company: {simulator_url}/sim)\n\n\
         The console, as the user {LOGIN} with the password {PASSWORD}: {base_url}/console/\n\
         With the same password {OPERATOR} and {VIEWER} see one department, {SALES} his own groups; {SALES} can sign in \
         with WeCom too, as {seller}\n\n\
         What the staff see on the phone, as {seller}: {base_url}/h5/\n\n\
         A page on which you play owners: what they get, what they confirm, what arrives: {simulator_url}/sim/play\n\n\
         The open API, explained and to be tried in the browser: {base_url}/docs (appId {app_id}, appKey {app_key})\n\n\
         The same, signed by the program:\n{list}\n\n\
         The same with curl, signed in the shell:\n{}\n",
        curl(world)
    );
    if let Some(sop) = world.sop(sops::ASSISTANT_TITLE).await? {
        let one = format!(r#"{{"sopId":"{sop}"}}"#);
        text += "\nAn SOP: how far it is, held back, and let go on:\n";
        for what in ["progress", "pause", "resume"] {
            text += &call(&format!("group-sop/{what}"), &one);
            text.push('\n');
        }
    }
    if let Some(owner) = waiting_owner(world) {
        text += &format!(
            "\nPlay the owner {owner}, who has not confirmed yet; then ask for the progress again:\n\
             curl -sS {simulator_url}/sim/mass_messages/confirm_all -H 'content-type: application/json' \
             -d '{{\"owner\":\"{owner}\"}}'\n"
        );
    }
    if let Some((owner, chat_id)) = newest_chat(world) {
        text += &format!(
            "\nRename a group, and make one, as an owner would; WeCom tells Siyu, and the first call shows it \
             seconds later,\nthe new group with the tasks of the SOP for new groups:\n\
             curl -sS {simulator_url}/sim/groups/rename -H 'content-type: application/json' \
             -d '{{\"chat_id\":\"{chat_id}\",\"name\":\"新群名\"}}'\n\
             curl -sS {simulator_url}/sim/groups/add -H 'content-type: application/json' \
             -d '{{\"owner\":\"{owner}\",\"name\":\"刚建的群\"}}'\n"
        );
    }
    text += &format!(
        "\nWhat reached groups, and what else the simulator can do:\n\
         curl -sS '{simulator_url}/sim/ledger?limit=3'\n\
         curl -sS {simulator_url}/sim\n"
    );
    text += "\nCtrl-C ends it; started again it continues.";
    out::line(&text)
}

/// The WeCom user id of the member of staff whom the user [`SALES`] is.
async fn seller(world: &World) -> anyhow::Result<String> {
    let World { scrm, corp, .. } = world;
    let all = users::list(scrm, corp.id).await?.into_iter();
    let mut sales = all.filter(|user| user.login == SALES).filter_map(|user| user.member?.staff);
    let staff = org::all_staff(&mut *scrm.db.reader().await?, corp.id).await?;
    let found = sales.next().and_then(|id| staff.into_iter().find(|member| member.id == id));
    Ok(found.map(|member| member.wecom_user_id).unwrap_or_default())
}

/// A signed call: works with bash, dash and zsh, on Linux and macOS.
fn curl(world: &World) -> String {
    let (app_id, key) = (&world.app.app_id, world.app.key.reveal());
    let url = format!("{}/api/v3/groupSop/getGroupList", world.base_url);
    format!(
        "body='{{\"pageSize\":3}}'; ts=$(date +%s)000; \
         sign=$(printf %s \"{app_id}${{ts}}${{body}}{key}\" | {{ sha256sum 2>/dev/null || shasum -a 256; }} \
         | cut -c1-64); \
         curl -sS {url} -H 'content-type: application/json' -H 'appId: {app_id}' -H \"timestamp: $ts\" \
         -H \"sign: $sign\" -d \"$body\""
    )
}

/// The group that the list shows first, after its owner.
fn newest_chat(world: &World) -> Option<(String, String)> {
    let live = world.sim.groups().into_iter().filter(|group| !group.dissolved);
    live.max_by_key(|group| group.created_at_s).map(|group| (group.owner, group.chat_id))
}

fn waiting_owner(world: &World) -> Option<String> {
    let messages = world.sim.mass_messages();
    messages.into_iter().find(|message| message.state == MassState::Waiting).map(|m| m.sender)
}

/// Safe as one word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-+=:@%".contains(sign);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
