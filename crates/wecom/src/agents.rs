//! The app itself as WeCom knows it: whether it is enabled, and whom and what it may see.
//!
//! Asking for it is the cheapest way to try a configuration, since every mistake in corp id, secret,
//! agentid or trusted IP is refused with a code of its own.

use serde::Deserialize;

use crate::{Client, Error, call::Call, lenient};

/// The app with this agentid, which must be the one whose secret the client has (301002).
pub async fn get(client: &Client, agent_id: i64) -> Result<Agent, Error> {
    let reply: AgentReply = client.get(&GET, &[("agentid", agent_id.to_string())]).await?;
    Ok(Agent {
        agent_id: reply.agentid,
        name: reply.name,
        description: reply.description,
        is_closed: reply.close,
        visible_users: reply.allow_userinfos.user.into_iter().map(|user| user.userid).collect(),
        visible_departments: reply.allow_partys.partyid,
        visible_tags: reply.allow_tags.tagid,
        redirect_domain: reply.redirect_domain,
        home_url: reply.home_url,
    })
}

/// A self-built app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    /// Its number.
    pub agent_id: i64,
    /// As members see it.
    pub name: String,
    /// Often empty.
    pub description: String,
    /// Whether the administrator has disabled it.
    pub is_closed: bool,
    /// Members who are in the visible range by name.
    pub visible_users: Vec<String>,
    /// Departments in the visible range, each with all below it; the root is 1.
    pub visible_departments: Vec<i64>,
    /// Member tags in the visible range, by number.
    pub visible_tags: Vec<i64>,
    /// The trusted domain for logins and pages; empty when none is set.
    pub redirect_domain: String,
    /// What opens from the workbench; empty when nothing is set.
    pub home_url: String,
}

const GET: Call = Call::read("agent/get");

#[derive(Deserialize)]
struct AgentReply {
    #[serde(deserialize_with = "lenient::int")]
    agentid: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    description: String,
    #[serde(default, deserialize_with = "lenient::flag")]
    close: bool,
    #[serde(default, deserialize_with = "lenient::object")]
    allow_userinfos: Users,
    #[serde(default, deserialize_with = "lenient::object")]
    allow_partys: Departments,
    #[serde(default, deserialize_with = "lenient::object")]
    allow_tags: Tags,
    #[serde(default, deserialize_with = "lenient::text")]
    redirect_domain: String,
    #[serde(default, deserialize_with = "lenient::text")]
    home_url: String,
}

#[derive(Default, Deserialize)]
struct Users {
    #[serde(default, deserialize_with = "lenient::list")]
    user: Vec<User>,
}

#[derive(Deserialize)]
struct User {
    userid: String,
}

#[derive(Default, Deserialize)]
struct Departments {
    #[serde(default, deserialize_with = "lenient::ints")]
    partyid: Vec<i64>,
}

#[derive(Default, Deserialize)]
struct Tags {
    #[serde(default, deserialize_with = "lenient::ints")]
    tagid: Vec<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server, with_token};

    async fn agent(body: &'static str) -> Result<Agent, Error> {
        let server = Server::start(move |request| with_token(request, || Reply::json(body))).await;
        let agent = get(&server.client(), 1_000_002).await;
        let request = server.requests().remove(1);
        assert_eq!((request.call.as_str(), request.method.as_str()), ("agent/get", "GET"));
        assert!(request.query.starts_with("agentid=1000002&"), "{}", request.query);
        agent
    }

    #[tokio::test]
    async fn the_app_tells_its_visible_range_and_its_domain() {
        let agent = agent(include_str!("../examples-of-replies/agent-get.json")).await.unwrap();
        assert_eq!((agent.agent_id, agent.name.as_str()), (1_000_002, "HR助手"));
        assert_eq!(agent.visible_users, ["zhangsan", "lisi"]);
        assert_eq!((agent.visible_departments, agent.visible_tags), (vec![1], vec![1, 2, 3]));
        assert_eq!(agent.redirect_domain, "open.work.weixin.qq.com");
        assert!(!agent.is_closed);
    }

    #[tokio::test]
    async fn a_disabled_app_without_any_range_is_read() {
        let body = r#"{"errcode":0,"agentid":"1000002","close":"1","allow_userinfos":null,
            "allow_partys":{"partyid":null},"name":null}"#;
        let agent = agent(body).await.unwrap();
        assert!(agent.is_closed);
        assert_eq!((agent.visible_users.len(), agent.visible_departments.len()), (0, 0));
    }

    #[tokio::test]
    async fn the_agentid_of_another_app_is_refused_with_advice() {
        let error = agent(r#"{"errcode":301002,"errmsg":"not allow"}"#).await.unwrap_err();
        assert_eq!(error.errcode(), Some(crate::codes::FOREIGN_AGENT));
        assert!(error.advice().is_some());
    }
}
