//! Who looks after customers.
//!
//! Only these members own customer groups that the app can see and send to. An empty list is what
//! WeCom answers when the visible range or the right to customers has been taken away, and no
//! proof that nobody is there.

use serde::Deserialize;

use crate::{Client, Error, call::Call, lenient};

/// The userids of visible members who have the right to customers (客户联系). [D92571]
pub async fn follow_users(client: &Client) -> Result<Vec<String>, Error> {
    let reply: FollowUsers = client.get(&FOLLOW_USERS, &[]).await?;
    Ok(reply.follow_user)
}

const FOLLOW_USERS: Call = Call::read("externalcontact/get_follow_user_list");

#[derive(Deserialize)]
struct FollowUsers {
    #[serde(default, deserialize_with = "lenient::list")]
    follow_user: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::parse;

    #[test]
    fn the_documented_members_are_read() {
        let body = include_str!("../examples-of-replies/get_follow_user_list.json");
        let reply = parse::<FollowUsers>(&FOLLOW_USERS, body).unwrap();
        assert_eq!(reply.follow_user, ["zhangsan", "lissi"]);
    }

    #[test]
    fn a_refusal_with_an_empty_list_is_a_refusal() {
        let body = r#"{"errcode":48002,"errmsg":"api forbidden","follow_user":[]}"#;
        let error = parse::<FollowUsers>(&FOLLOW_USERS, body).map(|reply| reply.follow_user);
        assert_eq!(error.unwrap_err().errcode(), Some(48_002));
    }
}
