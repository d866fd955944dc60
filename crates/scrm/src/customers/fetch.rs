//! Asking WeCom for customers: those of some members a page at a time, and one with all who follow him.

use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use wecom::{
    codes,
    customers::{BatchPage, Customer, MAX_BATCH_PAGE},
};

use crate::sync::{N_AT_ONCE, is_about_all, is_about_one};

/// What became of asking for one customer.
pub(super) enum Answer {
    /// The customer with all followers that the app may see.
    Customer(Box<Customer>),
    /// Nobody in the app's sight follows him, as far as WeCom knows.
    Nobody(String),
    /// He could not be read.
    Failed(String, wecom::Error),
}

/// One page of the relations of some members; asked for twice if need be.
pub(super) async fn page(
    client: &wecom::Client,
    user_ids: &[String],
    cursor: Option<&str>,
) -> Result<BatchPage, wecom::Error> {
    let ask = || wecom::customers::batch_of(client, user_ids, cursor, MAX_BATCH_PAGE);
    match ask().await {
        Err(error) if may_pass(&error) => ask().await,
        asked => asked,
    }
}

/// The external user ids of a member's customers.
pub(super) async fn list_of(
    client: &wecom::Client,
    user_id: &str,
) -> Result<HashSet<String>, wecom::Error> {
    let listed = match wecom::customers::list_of(client, user_id).await {
        Err(error) if may_pass(&error) => wecom::customers::list_of(client, user_id).await,
        asked => asked,
    };
    Ok(listed?.into_iter().collect())
}

/// Asks for some customers, in no order.
pub(super) async fn get_all(client: &wecom::Client, external_user_ids: Vec<String>) -> Vec<Answer> {
    stream::iter(external_user_ids)
        .map(|external_user_id| get(client, external_user_id))
        .buffer_unordered(N_AT_ONCE)
        .collect()
        .await
}

/// Asks for one customer with all followers, twice if need be.
pub(super) async fn get(client: &wecom::Client, external_user_id: String) -> Answer {
    let mut asked = get_once(client, &external_user_id).await;
    if asked.as_ref().is_err_and(|error| !is_nobody(error)) {
        asked = get_once(client, &external_user_id).await;
    }
    match asked {
        Ok(customer) => Answer::Customer(Box::new(customer)),
        Err(error) if is_nobody(&error) => Answer::Nobody(external_user_id),
        Err(error) => Answer::Failed(external_user_id, error),
    }
}

/// All pages of followers.
async fn get_once(
    client: &wecom::Client,
    external_user_id: &str,
) -> Result<Customer, wecom::Error> {
    let mut customer = wecom::customers::get(client, external_user_id, None).await?;
    while let Some(cursor) = customer.next_cursor.take() {
        let more = wecom::customers::get(client, external_user_id, Some(&cursor)).await?;
        customer.follow_user.extend(more.follow_user);
        customer.next_cursor = more.next_cursor;
    }
    Ok(customer)
}

fn may_pass(error: &wecom::Error) -> bool {
    let is_cursor = error.errcode() == Some(codes::INVALID_CURSOR);
    !is_cursor && !is_about_one(error) && !is_about_all(error)
}

fn is_nobody(error: &wecom::Error) -> bool {
    let nobody = [codes::NOT_EXTERNAL_CONTACT, codes::INVALID_EXTERNAL_USERID];
    error.errcode().is_some_and(|errcode| nobody.contains(&errcode))
}
