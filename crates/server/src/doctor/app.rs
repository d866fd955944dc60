//! The self-built app: its secret, its number, from where it may be called, and whom it sees.

use std::collections::{HashMap, HashSet};

use scrm::{
    Scrm,
    corps::{self, Corp},
};
use wecom::{Client, agents::Agent, codes, contacts::Department, users};

use super::{Check, check::Subject};

const TOKEN: Subject = Subject { id: "app_token", title: "token of the app" };
const TRUSTED_IP: Subject = Subject { id: "trusted_ip", title: "trusted IP" };
const AGENT: Subject = Subject { id: "agent", title: "app and its AgentId" };
const CONTACTS: Subject = Subject { id: "contacts", title: "departments" };
const RANGE: Subject = Subject { id: "visible_range", title: "visible range" };
const CONTACT_SECRET: Subject =
    Subject { id: "contact_secret", title: "secret of 通讯录同步" };

const ROOT: i64 = 1;
/// So many departments are named.
const N_NAMED: usize = 5;

/// The client too, when further calls make sense.
pub(super) async fn checks(
    scrm: &Scrm,
    company: &Corp,
) -> anyhow::Result<(Vec<Check>, Option<Client>)> {
    let client = corps::client(scrm, company.id).await?;
    let agent = wecom::agents::get(&client, company.agent_id).await;
    if let Some(mut checks) = cannot_call(&agent) {
        checks.extend(
            [CONTACTS, RANGE, CONTACT_SECRET].map(|of| of.skipped("the app cannot call WeCom")),
        );
        return Ok((checks, None));
    }
    let (of_secret, everybody) = contact_secret(scrm, company).await?;
    let mut checks = vec![
        TOKEN.ok("WeCom gives one for the secret"),
        TRUSTED_IP.ok("WeCom takes calls from this machine"),
        agent_check(company, &agent),
    ];
    checks.extend(contacts(&client, agent.ok().as_ref(), everybody.as_ref()).await);
    checks.push(of_secret);
    Ok((checks, Some(client)))
}

/// The checks up to the app's own, when no call of it gets through.
fn cannot_call(agent: &Result<Agent, wecom::Error>) -> Option<Vec<Check>> {
    let error = agent.as_ref().err()?;
    if error.call() == "gettoken" {
        let later = [TRUSTED_IP, AGENT].map(|of| of.skipped("there is no token to ask with"));
        return Some([vec![TOKEN.refused(error)], later.into()].concat());
    }
    let token = TOKEN.ok("WeCom gives one for the secret");
    if error.errcode() == Some(codes::UNTRUSTED_IP) {
        let agent = AGENT.skipped("WeCom takes no calls from this machine");
        return Some(vec![token, TRUSTED_IP.refused(error), agent]);
    }
    let has_answered = error.errcode().is_some();
    (!has_answered).then(|| {
        let ip = TRUSTED_IP.skipped("WeCom does not answer");
        vec![token, ip, AGENT.refused(error)]
    })
}

fn agent_check(company: &Corp, agent: &Result<Agent, wecom::Error>) -> Check {
    match agent {
        Ok(agent) if agent.is_closed => AGENT
            .failed(
                format!("{} (agent {}) is disabled", agent.name, company.agent_id),
                "Enable the app under 应用管理 → the app",
            )
            .page(90_313),
        Ok(agent) => AGENT.ok(format!("{} (agent {}) is enabled", agent.name, company.agent_id)),
        Err(error) => AGENT.refused(error),
    }
}

/// All members with their departments, as the contact-sync secret sees them.
type Everybody = HashMap<String, Vec<i64>>;

async fn contact_secret(scrm: &Scrm, company: &Corp) -> anyhow::Result<(Check, Option<Everybody>)> {
    let Some(client) = corps::contact_client(scrm, company.id).await? else {
        let why = "not given; with it (siyu corp add --contact-secret-file) the doctor can say how many \
                   members the app does not see";
        return Ok((CONTACT_SECRET.skipped(why), None));
    };
    Ok(match everybody(&client).await {
        Ok(everybody) => {
            let found = format!("sees {} members", everybody.len());
            (CONTACT_SECRET.ok(found), Some(everybody))
        }
        Err(error) if error.errcode() == Some(codes::API_FORBIDDEN) => {
            let fix = "This is the secret of an app: copy that of 通讯录同步 from 管理工具 → 通讯录同步, and give it \
                       with siyu corp add --contact-secret-file";
            (CONTACT_SECRET.failed(error.to_string(), fix).page(96_067), None)
        }
        Err(error) => (CONTACT_SECRET.refused(&error), None),
    })
}

async fn everybody(client: &Client) -> Result<Everybody, wecom::Error> {
    let mut everybody = Everybody::new();
    let mut cursor = None;
    loop {
        let page = users::list_id(client, cursor.as_deref(), users::MAX_PAGE).await?;
        for place in page.places {
            everybody.entry(place.userid).or_default().push(place.department);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(everybody);
        }
    }
}

async fn contacts(
    client: &Client,
    agent: Option<&Agent>,
    everybody: Option<&Everybody>,
) -> [Check; 2] {
    let departments = match wecom::contacts::departments(client).await {
        Ok(departments) => departments,
        Err(error) => {
            return [CONTACTS.refused(&error), RANGE.skipped("departments cannot be read")];
        }
    };
    let n = departments.len();
    let is_whole = departments.iter().any(|department| department.id == ROOT);
    let outside = everybody.map_or_else(String::new, |everybody| {
        let (n_all, n_outside) = (everybody.len(), n_outside(everybody, &departments, agent));
        format!("; {n_outside} of {n_all} members are outside it")
    });
    let range = if is_whole {
        RANGE.ok(format!("the root department{outside}"))
    } else {
        let seen = seen(&departments, agent);
        let fix = "Widen 可见范围 under 应用管理 → the app, best to the root department: members outside, their \
                   customers and the groups they own are not seen";
        RANGE.warning(format!("only {seen}{outside}"), fix).page(90_313)
    };
    [CONTACTS.ok(format!("{n} can be read")), range]
}

/// Members whom neither a visible department nor their own name brings into the range. Who is in it by a
/// member tag is not known here, so it may be fewer.
fn n_outside(everybody: &Everybody, departments: &[Department], agent: Option<&Agent>) -> usize {
    let visible: HashSet<i64> = departments.iter().map(|department| department.id).collect();
    let is_named = |userid: &str| {
        let named = agent.map_or(&[][..], |agent| &agent.visible_users);
        named.iter().any(|name| name.eq_ignore_ascii_case(userid))
    };
    let sees = |(userid, places): (&String, &Vec<i64>)| {
        places.iter().any(|place| visible.contains(place)) || is_named(userid)
    };
    everybody.iter().filter(|member| !sees(*member)).count()
}

/// "销售部, 客服部, 2 members by name"
fn seen(departments: &[Department], agent: Option<&Agent>) -> String {
    let ids: HashSet<i64> = departments.iter().map(|department| department.id).collect();
    let tops: Vec<&str> = departments
        .iter()
        .filter(|department| !ids.contains(&department.parentid))
        .map(|department| department.name.as_str())
        .collect();
    let mut parts: Vec<String> = tops.iter().take(N_NAMED).map(|&name| name.to_owned()).collect();
    if tops.len() > N_NAMED {
        parts.push(format!("{} departments more", tops.len() - N_NAMED));
    }
    if let Some(agent) = agent {
        let (n_users, n_tags) = (agent.visible_users.len(), agent.visible_tags.len());
        parts.extend((n_users > 0).then(|| format!("{n_users} members by name")));
        parts.extend((n_tags > 0).then(|| format!("{n_tags} member tags")));
    }
    if parts.is_empty() { "nobody".to_owned() } else { parts.join(", ") }
}
