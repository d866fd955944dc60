//! The addresses where WeCom tells what happens: asked for an echo as WeCom asks, over the public address.

use std::time::Duration;

use scrm::{
    Scrm,
    callbacks::{self, PROBE, ReceiverKind, ReceiverStatus},
    corps::{self, Corp},
};
use wecom::callback::{self, Receiver};

use super::{
    Check, Surroundings,
    check::{Subject, with_causes},
};

const DAY_MS: i64 = 24 * 3_600_000;
const QUIET_MS: i64 = 7 * DAY_MS;
/// The console waits no longer for an echo.
const ECHO_MS: i64 = 1_000;
/// Configuration of callbacks in WeCom's documentation.
const PAGE: u32 = 90_930;

fn subject(kind: ReceiverKind) -> Subject {
    match kind {
        ReceiverKind::App => Subject { id: "callback_app", title: "callback of the app" },
        ReceiverKind::Contacts => {
            Subject { id: "callback_contacts", title: "callback of 通讯录同步" }
        }
    }
}

pub(super) async fn checks(
    around: &Surroundings<'_>,
    company: &Corp,
) -> anyhow::Result<Vec<Check>> {
    let known = callbacks::receivers(&mut *around.scrm.db.reader().await?, company.id).await?;
    let mut checks = Vec::new();
    for kind in ReceiverKind::ALL {
        let status = known.iter().find(|status| status.kind == kind);
        let found = callbacks::receiver(around.scrm, &company.wecom_corp_id, kind).await?;
        checks.push(match (status, found) {
            (Some(status), Some(receiver)) => one(around, company, status, &receiver).await?,
            _ => not_set(around.scrm, company, kind).await?,
        });
    }
    Ok(checks)
}

async fn not_set(scrm: &Scrm, company: &Corp, kind: ReceiverKind) -> anyhow::Result<Check> {
    let subject = subject(kind);
    if kind == ReceiverKind::Contacts && corps::contact_client(scrm, company.id).await?.is_none() {
        let why = "not set up: departments and staff follow WeCom at each synchronisation only";
        return Ok(subject.skipped(why));
    }
    let (id, name) = (&company.wecom_corp_id, kind.name());
    let fix = format!("Set it up: siyu corp callback --corp-id {id} --receiver {name}");
    let found = "not set up: what happens in WeCom is seen at the next synchronisation only";
    Ok(subject.warning(found, fix).page(PAGE))
}

async fn one(
    around: &Surroundings<'_>,
    company: &Corp,
    status: &ReceiverStatus,
    receiver: &Receiver,
) -> anyhow::Result<Check> {
    let subject = subject(status.kind);
    let public_url = &around.settings.server.public_url;
    if public_url.is_empty() {
        let fix =
            "Set server.public_url, restart the server, and save that address in WeCom's console";
        return Ok(subject.failed("it has keys and no address: server.public_url is empty", fix));
    }
    let url = format!("{public_url}{}", callbacks::path(&company.wecom_corp_id, status.kind));
    let echoed = echo(around, receiver, &url).await;
    let took_ms = match wrong(subject, &url, &company.wecom_corp_id, status.kind, echoed) {
        Ok(took_ms) => took_ms,
        Err(check) => return Ok(check),
    };
    if status.verified_at_ms.is_none() {
        let fix = format!(
            "Save URL, Token and EncodingAESKey in WeCom's console while the server runs (siyu corp callback \
             --corp-id {} --receiver {} --replace makes new ones)",
            company.wecom_corp_id,
            status.kind.name()
        );
        return Ok(subject
            .warning(format!("{url} answers; WeCom has not asked yet"), fix)
            .page(PAGE));
    }
    quiet_since(around.scrm, company, status, subject, format!("{url} answers in {took_ms} ms"))
        .await
}

/// What came back: status, text, milliseconds.
type Echoed = Result<(u16, String, String, i64), reqwest::Error>;

async fn echo(around: &Surroundings<'_>, receiver: &Receiver, url: &str) -> Echoed {
    let (clock, random) = (&around.scrm.clock, &around.scrm.random);
    let echo = format!("{PROBE}{}", hex::encode(random.bytes::<8>()));
    let nonce = hex::encode(random.bytes::<8>());
    let sealed = callback::seal(receiver, &echo, random.bytes(), clock.now_ms() / 1_000, &nonce);
    let query = [
        ("msg_signature", &sealed.msg_signature),
        ("timestamp", &sealed.timestamp),
        ("nonce", &sealed.nonce),
        ("echostr", &sealed.encrypt),
    ];
    let asked_at_ms = clock.now_ms();
    let request = around.http.get(url).query(&query).timeout(Duration::from_millis(super::WAIT_MS));
    // The query is signed with the keys: it must not get into a report.
    let reply = request.send().await.map_err(reqwest::Error::without_url)?;
    let status = reply.status().as_u16();
    let text = reply.text().await.map_err(reqwest::Error::without_url)?;
    Ok((status, text, echo, clock.now_ms() - asked_at_ms))
}

/// How long the right answer took, or what is wrong with it.
fn wrong(
    subject: Subject,
    url: &str,
    corp_id: &str,
    kind: ReceiverKind,
    echoed: Echoed,
) -> Result<i64, Check> {
    let another = "the server there uses another database or master key than this command: give the doctor \
                   the server's --config, --data and environment";
    let (found, fix) = match echoed {
        Ok((200, text, echo, took_ms)) if text == echo && took_ms <= ECHO_MS => return Ok(took_ms),
        Ok((200, text, echo, took_ms)) if text == echo => {
            let fix = "WeCom's console waits 1 s: see what makes the server or the proxy slow";
            return Err(subject
                .warning(format!("{url} answers after {took_ms} ms"), fix)
                .page(PAGE));
        }
        Ok((403, ..)) => {
            let name = kind.name();
            let fix = format!(
                "Perhaps {another}. Else make new keys and save them in WeCom's console: siyu corp callback \
                 --corp-id {corp_id} --receiver {name} --replace"
            );
            (format!("{url} refuses our signature: it has other keys"), fix)
        }
        Ok((404, ..)) => {
            let fix = format!(
                "See that the proxy passes /wecom/callback/ on to a server whose role is all or api. Or \
                 {another}"
            );
            (format!("{url} is not there (404)"), fix)
        }
        Ok((status, ..)) => {
            let fix = "See that server.public_url leads to this server and not to another program, and that \
                       the proxy passes path and query on unchanged";
            (format!("{url} answers wrongly (HTTP status {status})"), fix.to_owned())
        }
        Err(error) => {
            let fix = "See that siyu serve runs, that server.public_url leads to it, that the proxy's \
                       certificate is valid, and that a firewall lets WeCom in";
            (format!("{url} cannot be reached: {}", with_causes(&error)), fix.to_owned())
        }
    };
    Err(subject.failed(found, fix).page(PAGE))
}

/// Whether anything has come lately.
async fn quiet_since(
    scrm: &Scrm,
    company: &Corp,
    status: &ReceiverStatus,
    subject: Subject,
    found: String,
) -> anyhow::Result<Check> {
    let counts = callbacks::counts(&mut *scrm.db.reader().await?, company.id).await?;
    let is_of_contacts = |name: &str| name.starts_with("change_contact");
    let wanted = status.kind == ReceiverKind::Contacts;
    let last_ms = counts
        .iter()
        .filter(|count| is_of_contacts(&count.name) == wanted)
        .map(|count| count.last_received_at_ms)
        .max();
    let since_ms = last_ms.or(status.verified_at_ms).unwrap_or(status.created_at_ms);
    let quiet_ms = scrm.clock.now_ms() - since_ms;
    if quiet_ms <= QUIET_MS {
        return Ok(subject.ok(found));
    }
    let days = quiet_ms / DAY_MS;
    let fix = match status.kind {
        ReceiverKind::App => {
            "See that 外部联系人变更回调 is ticked under 应用管理 → the app → 接收消息, that the app stands under 客户联系 \
             → API → 可调用接口的应用, and that WeCom reaches the address from outside"
        }
        ReceiverKind::Contacts => {
            "Nothing may have changed; else see that WeCom reaches the address from outside"
        }
    };
    Ok(subject.warning(format!("{found}, but no event has come for {days} days"), fix).page(PAGE))
}
