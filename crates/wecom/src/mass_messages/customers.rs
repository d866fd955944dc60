//! Mass messages to customers one by one (`chat_type` single).
//!
//! WeCom makes a task for each member who has to send. A customer whom several members follow
//! belongs to the task of the member who was last in touch with them, and to no other.

use serde::Serialize;

use super::{
    ADD_MSG_TEMPLATE, Attachment, Created, MassListPage, MassListRequest, Text, list_of,
    reason_in_content,
};
use crate::{Client, Error};

/// At most this many customers by name in one message. [D92135]
pub const MAX_CUSTOMERS: usize = 10_000;
/// At most this many tags of one group in [`Customers::Tagged`].
pub const MAX_TAGS_OF_GROUP: usize = 100;

/// Makes a message for some customers, for the members who follow them to confirm. [D92135]
///
/// 41048 when none of the customers can be sent to; customers who cannot are otherwise in
/// [`Created::fail_list`]. 40003 or 60011 when the sender is unknown or invisible. A message beyond
/// the limits of this module or without content is not sent. After any error whose effect is
/// unknown the message may exist.
pub async fn create_for_customers(
    client: &Client,
    message: &CustomerMessage,
) -> Result<Created, Error> {
    if let Some(reason) = reason_not_to_send(message) {
        return Err(Error::not_sent(&ADD_MSG_TEMPLATE, reason));
    }
    let CustomerMessage { sender, to, allow_select, text, attachments } = message;
    let (named, tagged) = match to {
        Customers::Named(external_userids) => (Some(external_userids.as_slice()), None),
        Customers::Tagged(groups) => {
            let group_list = groups.iter().map(|tag_list| TagList { tag_list }).collect();
            (None, Some(TagFilter { group_list }))
        }
        Customers::OfSender => (None, None),
    };
    let body = CustomerMessageBody {
        chat_type: SINGLE,
        external_userid: named,
        tag_filter: tagged,
        sender: sender.as_deref(),
        allow_select: *allow_select,
        text: Text::of(text),
        attachments,
    };
    client.post(&ADD_MSG_TEMPLATE, &body).await
}

/// Like [`list`](super::list), of the messages to customers. [D93338]
pub async fn list_for_customers(
    client: &Client,
    request: &MassListRequest,
) -> Result<MassListPage, Error> {
    list_of(client, SINGLE, request).await
}

/// A message to make. Text and attachments must not both be empty.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerMessage {
    /// The only member who sends; without one the members who follow the customers do.
    pub sender: Option<String>,
    /// Who shall get it.
    pub to: Customers,
    /// Whether the members may pick other customers than these.
    pub allow_select: bool,
    /// Up to [`MAX_TEXT_BYTES`](super::MAX_TEXT_BYTES) bytes of UTF-8.
    pub text: Option<String>,
    /// Up to [`MAX_ATTACHMENTS`](super::MAX_ATTACHMENTS).
    pub attachments: Vec<Attachment>,
}

/// Who shall get a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Customers {
    /// These external_userids, 1 to [`MAX_CUSTOMERS`].
    Named(Vec<String>),
    /// Those who have one of the tags of each of these groups; at least one group, each with 1 to
    /// [`MAX_TAGS_OF_GROUP`] tags.
    Tagged(Vec<Vec<String>>),
    /// All customers of the sender, who must be named.
    OfSender,
}

const SINGLE: &str = "single";

fn reason_not_to_send(message: &CustomerMessage) -> Option<&'static str> {
    let CustomerMessage { sender, to, text, attachments, .. } = message;
    let fits = |tags: &Vec<String>| (1..=MAX_TAGS_OF_GROUP).contains(&tags.len());
    match to {
        _ if sender.as_ref().is_some_and(String::is_empty) => Some("an empty sender"),
        Customers::Named(ids) if !(1..=MAX_CUSTOMERS).contains(&ids.len()) => {
            Some("not 1 to 10000 customers")
        }
        Customers::Tagged(groups) if groups.is_empty() || !groups.iter().all(fits) => {
            Some("no tags, or not 1 to 100 of a group")
        }
        Customers::OfSender if sender.is_none() => Some("neither sender nor customers"),
        _ => reason_in_content(text.as_deref(), attachments),
    }
}

#[derive(Serialize)]
struct CustomerMessageBody<'a> {
    chat_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_userid: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag_filter: Option<TagFilter<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a str>,
    allow_select: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "<[Attachment]>::is_empty")]
    attachments: &'a [Attachment],
}

#[derive(Serialize)]
struct TagFilter<'a> {
    group_list: Vec<TagList<'a>>,
}

#[derive(Serialize)]
struct TagList<'a> {
    tag_list: &'a [String],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mass_messages::{FILTER_ALL, RESULT_NOT_A_FRIEND, send_results},
        testing::{Reply, Server, with_token},
    };

    const CREATED: &str = include_str!("../../examples-of-replies/add_msg_template.json");

    fn message(to: Customers) -> CustomerMessage {
        let text = Some("新品".to_owned());
        CustomerMessage { sender: None, to, allow_select: false, text, attachments: Vec::new() }
    }

    fn ids(n: usize) -> Vec<String> {
        vec!["wm1".to_owned(); n]
    }

    async fn answering(body: &'static str) -> Server {
        Server::start(move |request| with_token(request, || Reply::json(body))).await
    }

    #[tokio::test]
    async fn customers_are_named_or_chosen_by_tags_or_are_all_of_a_sender() {
        let server = answering(CREATED).await;
        let client = server.client();
        let mut to_named = message(Customers::Named(ids(2)));
        to_named.allow_select = true;
        let created = create_for_customers(&client, &to_named).await.unwrap();
        assert_eq!(created.fail_list, ["wmqfasd1e1927831123109rBAAAA"]);
        let to_tagged = message(Customers::Tagged(vec![ids(2), ids(1)]));
        create_for_customers(&client, &to_tagged).await.unwrap();
        let sender = Some("zhangsan".to_owned());
        let to_all = CustomerMessage { sender, ..message(Customers::OfSender) };
        create_for_customers(&client, &to_all).await.unwrap();
        let text = r#""text":{"content":"新品"}}"#;
        assert_eq!(
            server.bodies_of("externalcontact/add_msg_template"),
            [
                format!(
                    r#"{{"chat_type":"single","external_userid":["wm1","wm1"],"allow_select":true,{text}"#
                ),
                format!(
                    r#"{{"chat_type":"single","tag_filter":{{"group_list":[{{"tag_list":["wm1","wm1"]}},{{"tag_list":["wm1"]}}]}},"allow_select":false,{text}"#
                ),
                format!(
                    r#"{{"chat_type":"single","sender":"zhangsan","allow_select":false,{text}"#
                ),
            ]
        );
    }

    #[tokio::test]
    async fn a_message_to_nobody_or_to_too_many_is_not_sent() {
        let server = answering(CREATED).await;
        let named = || message(Customers::Named(ids(1)));
        let wrong = [
            message(Customers::Named(Vec::new())),
            message(Customers::Named(ids(MAX_CUSTOMERS + 1))),
            message(Customers::Tagged(Vec::new())),
            message(Customers::Tagged(vec![ids(1), Vec::new()])),
            message(Customers::Tagged(vec![ids(MAX_TAGS_OF_GROUP + 1)])),
            message(Customers::OfSender),
            CustomerMessage { sender: Some(String::new()), ..named() },
            CustomerMessage { text: None, ..named() },
            CustomerMessage { text: Some("群".repeat(1_334)), ..named() },
        ];
        for wrong in wrong {
            let error = create_for_customers(&server.client(), &wrong).await.unwrap_err();
            assert!(matches!(error, Error::NotSent { .. }), "{error}");
        }
        assert_eq!(server.requests().len(), 0);
    }

    #[tokio::test]
    async fn the_list_of_messages_to_customers_is_asked_for_by_its_kind() {
        let server = answering("{}").await;
        let request = MassListRequest {
            start_s: 1,
            end_s: 2,
            filter_type: FILTER_ALL,
            cursor: None,
            limit: 9,
        };
        list_for_customers(&server.client(), &request).await.unwrap();
        let bodies = server.bodies_of("externalcontact/get_groupmsg_list_v2");
        assert!(bodies[0].starts_with(r#"{"chat_type":"single","start_time":1,"#), "{}", bodies[0]);
    }

    #[tokio::test]
    async fn the_results_of_customers_name_them() {
        let server = answering(
            r#"{"send_list":[{"external_userid":"wm1","userid":"zhangsan","status":2}]}"#,
        )
        .await;
        let page = send_results(&server.client(), "msg1", "zhangsan", None).await.unwrap();
        let result = &page.results[0];
        assert_eq!((result.external_userid.as_str(), result.chat_id.as_str()), ("wm1", ""));
        assert_eq!((result.status, result.send_time), (RESULT_NOT_A_FRIEND, None));
    }
}
