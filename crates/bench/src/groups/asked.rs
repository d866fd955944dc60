//! A request to list groups: as a body, and as the plain SQL that says what must be answered.

use anyhow::{Context as _, ensure};
use scrm::Zone;
use serde_json::{Value as Json, json};
use store::{Row, Session, Value, params, statements};

use crate::{
    http::{Connection, Signer},
    load::LIST_PATH,
    town::plan::folded,
};

statements! {
    COUNT = "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved
            AND instr(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3"
        | "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved
            AND strpos(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3";
    PAGE = "SELECT g.chat_id, g.display_name, g.owner_id
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved
            AND instr(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT 10 OFFSET $4"
        | "SELECT g.chat_id, g.display_name, g.owner_id
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved
            AND strpos(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT 10 OFFSET $4";
    COUNT_OF_OWNER = "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved AND g.owner_id = $4
            AND instr(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3"
        | "SELECT CAST(count(*) AS BIGINT)
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved AND g.owner_id = $4
            AND strpos(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3";
    PAGE_OF_OWNER = "SELECT g.chat_id, g.display_name, g.owner_id
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved AND g.owner_id = $5
            AND instr(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT 10 OFFSET $4"
        | "SELECT g.chat_id, g.display_name, g.owner_id
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved AND g.owner_id = $5
            AND strpos(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3
        ORDER BY g.created_at_ms DESC, g.chat_id
        LIMIT 10 OFFSET $4";
    /// How many of some tags each group has that has any of them.
    TAGGED = "SELECT g.chat_id, g.display_name, g.owner_id
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved AND (CAST($6 AS BIGINT) = 0 OR g.owner_id = $6)
            AND instr(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3
            AND (SELECT count(DISTINCT t.tag_id)
                FROM group_taggings AS t
                WHERE t.corp_id = 1 AND t.group_id = g.group_id AND t.tag_id IN ({list})) BETWEEN $4 AND $5
        ORDER BY g.created_at_ms DESC, g.chat_id"
        | "SELECT g.chat_id, g.display_name, g.owner_id
        FROM customer_groups AS g
        WHERE g.corp_id = 1 AND NOT g.is_dissolved AND (CAST($6 AS BIGINT) = 0 OR g.owner_id = $6)
            AND strpos(g.folded_name, $1) > 0 AND g.created_at_ms BETWEEN $2 AND $3
            AND (SELECT count(DISTINCT t.tag_id)
                FROM group_taggings AS t
                WHERE t.corp_id = 1 AND t.group_id = g.group_id AND t.tag_id IN ({list})) BETWEEN $4 AND $5
        ORDER BY g.created_at_ms DESC, g.chat_id";
}

/// How tags are meant; the number is conditionOp.
#[derive(Clone, Copy, Default, Debug)]
pub enum Op {
    #[default]
    Any = 0,
    All = 1,
    None = 2,
}

/// Filters and the page, always of ten groups.
#[derive(Clone, Default, Debug)]
pub struct Asked {
    pub owner: Option<i64>,
    pub keyword: String,
    /// None twice.
    pub tags: Vec<i64>,
    pub op: Op,
    /// Whole seconds, in milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// The second that is named belongs to the range.
    pub to_ms: Option<i64>,
    /// From 0: the pages before it.
    pub n_pages_before: i64,
}

/// An answer, as far as it is compared.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub n_total: i64,
    /// Chat id, displayed name and owner, in order.
    pub groups: Vec<(String, String, i64)>,
}

impl Asked {
    /// The request's body.
    pub fn body(&self, zone: &Zone) -> String {
        let mut body = json!({ "pageSize": 10, "pageNo": self.n_pages_before + 1 });
        if let Some(owner) = self.owner {
            body["userId"] = owner.into();
        }
        if !self.keyword.is_empty() {
            body["keyword"] = self.keyword.as_str().into();
        }
        if !self.tags.is_empty() {
            body["tagGroupIds"] = self.tags.as_slice().into();
            body["conditionOp"] = (self.op as i64).into();
        }
        if let Some(from_ms) = self.from_ms {
            body["startCreateTime"] = zone.seconds_text(from_ms).into();
        }
        if let Some(to_ms) = self.to_ms {
            body["endCreateTime"] = zone.seconds_text(to_ms).into();
        }
        body.to_string()
    }

    /// What the server answers.
    pub async fn of_server(
        &self,
        connection: &mut Connection,
        signer: &Signer,
        zone: &Zone,
    ) -> anyhow::Result<Answer> {
        let reply = connection.post(LIST_PATH, &self.body(zone), signer).await?;
        let reply: Json = serde_json::from_slice(reply)?;
        ensure!(reply["code"] == 0, "the server answered {}", reply["message"]);
        let rows = reply["data"]["result"].as_array().context("data.result")?;
        let text = |row: &Json, field: &str| row[field].as_str().map(str::to_owned);
        let group = |row: &Json| {
            let owner = text(row, "salesId")?.parse().ok()?;
            Some((text(row, "chatId")?, text(row, "chatName")?, owner))
        };
        Ok(Answer {
            n_total: reply["data"]["totalCount"].as_i64().context("data.totalCount")?,
            groups: rows.iter().map(group).collect::<Option<_>>().context("a group's fields")?,
        })
    }

    /// What the database says.
    pub async fn of_database(&self, session: &mut Session) -> anyhow::Result<Answer> {
        let keyword = folded(&self.keyword);
        let from_ms = self.from_ms.unwrap_or(i64::MIN);
        let to_ms = self.to_ms.map_or(i64::MAX, |ms| ms + 999);
        let n_before = self.n_pages_before * 10;
        if !self.tags.is_empty() {
            return self.tagged(session, &keyword, from_ms, to_ms).await;
        }
        let mut counting = params![&keyword, from_ms, to_ms].to_vec();
        let mut paging = params![&keyword, from_ms, to_ms, n_before].to_vec();
        counting.extend(self.owner.map(Value::from));
        paging.extend(self.owner.map(Value::from));
        let (count, page) =
            if self.owner.is_some() { (&COUNT_OF_OWNER, &PAGE_OF_OWNER) } else { (&COUNT, &PAGE) };
        let n_total = session.query_opt(count, &counting, |row| row.get(0)).await?;
        let groups = session.query(page, &paging, group).await?;
        Ok(Answer { n_total: n_total.unwrap_or(0), groups })
    }

    async fn tagged(
        &self,
        session: &mut Session,
        keyword: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> anyhow::Result<Answer> {
        let n_tags = i64::try_from(self.tags.len())?;
        let (fewest, most) = match self.op {
            Op::Any => (1, n_tags),
            Op::All => (n_tags, n_tags),
            Op::None => (0, 0),
        };
        let fixed = params![keyword, from_ms, to_ms, fewest, most, self.owner.unwrap_or(0)];
        let list: Vec<Value<'_>> = self.tags.iter().map(|&tag| tag.into()).collect();
        let all = session.query_list(&TAGGED, &fixed, &list, group).await?;
        let n_total = i64::try_from(all.len())?;
        let n_before = usize::try_from(self.n_pages_before * 10)?;
        Ok(Answer { n_total, groups: all.into_iter().skip(n_before).take(10).collect() })
    }
}

fn group(row: &Row<'_>) -> Result<(String, String, i64), store::Error> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
