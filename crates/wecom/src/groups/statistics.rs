//! What happened in customer groups, counted by WeCom by day. [D92133]

use serde::{Deserialize, Serialize};

use super::{MAX_OWNERS, OwnerFilter};
use crate::{Client, Error, call::Call, lenient};

/// At most this many owners on one page of [`statistic`].
pub const MAX_STATISTIC_PAGE: u32 = 1_000;

/// The longest time that can be asked for: 30 days from midnight to midnight, both included.
const MAX_SPAN_S: i64 = 30 * 86_400;

/// One page of the counts per owner. [D92133]
///
/// 81017 when owners are missing and too many members are visible. No owner or more than 100, a
/// limit outside 1 to 1000, or more than 30 days is not sent.
pub async fn statistic(
    client: &Client,
    request: &StatisticRequest,
) -> Result<StatisticPage, Error> {
    let StatisticRequest { days, owners, order, offset, limit } = request;
    let days = days_to_send(&STATISTIC, days, owners)?;
    if !(1..=MAX_STATISTIC_PAGE).contains(limit) {
        return Err(Error::not_sent(&STATISTIC, "limit outside 1 to 1000"));
    }
    let Order { by, is_ascending } = *order;
    let order_asc = u8::from(is_ascending);
    let (offset, limit) = (*offset, *limit);
    let body = StatisticBody { days, order_by: by, order_asc, offset, limit };
    client.post(&STATISTIC, &body).await
}

/// The counts of some owners together, day by day. [D92133]
///
/// The same limits as [`statistic`].
pub async fn statistic_by_day(
    client: &Client,
    days: &Days,
    owners: &[String],
) -> Result<Vec<DayStatistic>, Error> {
    let body = days_to_send(&STATISTIC_BY_DAY, days, owners)?;
    let reply: ByDay = client.post(&STATISTIC_BY_DAY, &body).await?;
    Ok(reply.items)
}

/// The first and the last day, both included, as Unix seconds of local midnight.
///
/// From yesterday back to 180 days ago, at most 30 days long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first_s: i64,
    /// The last day; the first one when it is the only one.
    pub last_s: i64,
}

/// Which counts to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticRequest {
    /// When.
    pub days: Days,
    /// The userids of the owners, 1 to 100.
    pub owners: Vec<String>,
    /// Who comes first.
    pub order: Order,
    /// How many owners to leave out; [`StatisticPage::next_offset`] of the page before.
    pub offset: u32,
    /// Owners per page, 1 to [`MAX_STATISTIC_PAGE`].
    pub limit: u32,
}

/// Which owners come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// One of the `ORDER_BY_…` of this module.
    pub by: i64,
    /// Smallest first instead of largest first.
    pub is_ascending: bool,
}

/// By the groups made.
pub const ORDER_BY_NEW_GROUPS: i64 = 1;
/// By the groups.
pub const ORDER_BY_GROUPS: i64 = 2;
/// By the members that came.
pub const ORDER_BY_NEW_MEMBERS: i64 = 3;
/// By the members.
pub const ORDER_BY_MEMBERS: i64 = 4;

/// A page of counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StatisticPage {
    /// How many owners there are in all.
    #[serde(default, deserialize_with = "lenient::int")]
    pub total: i64,
    /// Where the next page begins; equal to `total` at the end.
    #[serde(default, deserialize_with = "lenient::int")]
    pub next_offset: i64,
    /// The owners on this page.
    #[serde(default, rename = "items", deserialize_with = "lenient::list")]
    pub owners: Vec<OwnerStatistic>,
}

/// The counts of one owner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnerStatistic {
    /// The owner's userid.
    #[serde(deserialize_with = "lenient::key")]
    pub owner: String,
    /// What was counted.
    #[serde(default)]
    pub data: Counts,
}

/// The counts of one day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DayStatistic {
    /// Local midnight, Unix seconds.
    #[serde(deserialize_with = "lenient::int")]
    pub stat_time: i64,
    /// What was counted.
    #[serde(default)]
    pub data: Counts,
}

/// What WeCom counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Groups made.
    #[serde(deserialize_with = "lenient::int")]
    pub new_chat_cnt: i64,
    /// Groups there are.
    #[serde(deserialize_with = "lenient::int")]
    pub chat_total: i64,
    /// Groups in which somebody has said something.
    #[serde(deserialize_with = "lenient::int")]
    pub chat_has_msg: i64,
    /// Members that came.
    #[serde(deserialize_with = "lenient::int")]
    pub new_member_cnt: i64,
    /// Members there are.
    #[serde(deserialize_with = "lenient::int")]
    pub member_total: i64,
    /// Members who have said something.
    #[serde(deserialize_with = "lenient::int")]
    pub member_has_msg: i64,
    /// Messages.
    #[serde(deserialize_with = "lenient::int")]
    pub msg_total: i64,
    /// Groups moved over from WeChat.
    #[serde(deserialize_with = "lenient::int")]
    pub migrate_trainee_chat_cnt: i64,
}

const STATISTIC: Call = Call::read("externalcontact/groupchat/statistic");
const STATISTIC_BY_DAY: Call = Call::read("externalcontact/groupchat/statistic_group_by_day");

fn days_to_send<'a>(call: &Call, days: &Days, owners: &'a [String]) -> Result<DaysBody<'a>, Error> {
    let Days { first_s, last_s } = *days;
    if !(1..=MAX_OWNERS).contains(&owners.len()) {
        return Err(Error::not_sent(call, "not 1 to 100 owners"));
    }
    if !(0..=MAX_SPAN_S).contains(&last_s.saturating_sub(first_s)) {
        return Err(Error::not_sent(call, "the days are in the wrong order or more than 30"));
    }
    let owner_filter = OwnerFilter { userid_list: owners };
    Ok(DaysBody { day_begin_time: first_s, day_end_time: last_s, owner_filter })
}

#[derive(Serialize)]
struct DaysBody<'a> {
    day_begin_time: i64,
    day_end_time: i64,
    owner_filter: OwnerFilter<'a>,
}

#[derive(Serialize)]
struct StatisticBody<'a> {
    #[serde(flatten)]
    days: DaysBody<'a>,
    order_by: i64,
    order_asc: u8,
    offset: u32,
    limit: u32,
}

#[derive(Deserialize)]
struct ByDay {
    #[serde(default, deserialize_with = "lenient::list")]
    items: Vec<DayStatistic>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server, with_token};

    const DAY_S: i64 = 86_400;
    const FIRST_S: i64 = 1_600_272_000;

    fn days(n: i64) -> Days {
        Days { first_s: FIRST_S, last_s: FIRST_S + (n - 1) * DAY_S }
    }

    fn request() -> StatisticRequest {
        StatisticRequest {
            days: days(2),
            owners: vec!["zhangsan".to_owned()],
            order: Order { by: ORDER_BY_GROUPS, is_ascending: true },
            offset: 0,
            limit: 500,
        }
    }

    async fn answering(body: &'static str) -> Server {
        Server::start(move |request| with_token(request, || Reply::json(body))).await
    }

    #[tokio::test]
    async fn the_documented_counts_per_owner_are_read() {
        let body = include_str!("../../examples-of-replies/groupchat-statistic.json");
        let server = answering(body).await;
        let page = statistic(&server.client(), &request()).await.unwrap();
        assert_eq!((page.total, page.next_offset), (2, 2));
        let OwnerStatistic { owner, data } = &page.owners[0];
        assert_eq!((owner.as_str(), data.new_chat_cnt, data.member_total), ("zhangsan", 2, 6));
        assert_eq!(data.migrate_trainee_chat_cnt, 3);
        assert_eq!(
            server.bodies_of("externalcontact/groupchat/statistic"),
            [concat!(
                r#"{"day_begin_time":1600272000,"day_end_time":1600358400,"#,
                r#""owner_filter":{"userid_list":["zhangsan"]},"#,
                r#""order_by":2,"order_asc":1,"offset":0,"limit":500}"#
            )]
        );
    }

    #[tokio::test]
    async fn the_documented_counts_per_day_are_read() {
        let body = include_str!("../../examples-of-replies/groupchat-statistic_group_by_day.json");
        let server = answering(body).await;
        let found = statistic_by_day(&server.client(), &days(1), &request().owners).await.unwrap();
        assert_eq!((found[0].stat_time, found[0].data.chat_total), (FIRST_S, 2));
        assert_eq!(
            server.bodies_of("externalcontact/groupchat/statistic_group_by_day"),
            [concat!(
                r#"{"day_begin_time":1600272000,"day_end_time":1600272000,"#,
                r#""owner_filter":{"userid_list":["zhangsan"]}}"#
            )]
        );
    }

    #[tokio::test]
    async fn a_statistic_beyond_wecoms_limits_is_not_asked_for() {
        let server = answering("{}").await;
        let client = server.client();
        let wrong = [
            StatisticRequest { owners: Vec::new(), ..request() },
            StatisticRequest { owners: vec!["a".to_owned(); 101], ..request() },
            StatisticRequest { limit: 0, ..request() },
            StatisticRequest { limit: 1_001, ..request() },
            StatisticRequest { days: days(0), ..request() },
            StatisticRequest { days: days(32), ..request() },
        ];
        for wrong in wrong {
            let error = statistic(&client, &wrong).await.unwrap_err();
            assert!(matches!(error, Error::NotSent { .. }), "{wrong:?}");
        }
        let error = statistic_by_day(&client, &days(1), &[]).await.unwrap_err();
        assert!(matches!(error, Error::NotSent { .. }));
        assert_eq!(server.requests().len(), 0);
    }

    #[tokio::test]
    async fn owners_and_days_without_counts_are_read() {
        let server = answering(r#"{"total":"1","items":[{"owner":"a","stat_time":"7"}]}"#).await;
        let page = statistic(&server.client(), &request()).await.unwrap();
        assert_eq!((page.total, &page.owners[0].data), (1, &Counts::default()));
        let found = statistic_by_day(&server.client(), &days(1), &request().owners).await.unwrap();
        assert_eq!(found[0], DayStatistic { stat_time: 7, data: Counts::default() });
    }
}
