//! What the app may do with customers and their groups.

use wecom::{Client, codes, customers, groups, mass_messages};

use super::{Check, check::Subject};

const CUSTOMERS: Subject = Subject { id: "customer_contact", title: "permission 客户联系" };
const GROUPS: Subject = Subject { id: "groups", title: "customer groups" };
const MASS: Subject = Subject { id: "mass_messages", title: "mass messages (群发)" };

const DAY_S: i64 = 24 * 3_600;

pub(super) fn skipped() -> Vec<Check> {
    [CUSTOMERS, GROUPS, MASS].map(|of| of.skipped("the app cannot call WeCom")).into()
}

pub(super) async fn checks(client: &Client, now_ms: i64) -> Vec<Check> {
    let owners = customers::follow_users(client).await;
    let groups = groups(client, owners.as_deref().unwrap_or_default()).await;
    let of_customers = match &owners {
        Ok(owners) if owners.is_empty() => CUSTOMERS
            .warning(
                "no member whom the app sees may contact customers",
                "Give it to the members who own groups under 客户联系 → 权限配置, and see that they are in the \
                 app's 可见范围 (应用管理 → the app)",
            )
            .page(92_571),
        Ok(owners) => CUSTOMERS.ok(format!("{} members may contact customers", owners.len())),
        Err(error) => not_allowed(CUSTOMERS, error),
    };
    vec![of_customers, groups, mass(client, now_ms / 1_000).await]
}

/// Asks for the groups of one owner: without an owner WeCom refuses where many members are visible.
async fn groups(client: &Client, owners: &[String]) -> Check {
    let Some(owner) = owners.first() else {
        return GROUPS.skipped("there is nobody whose groups could be asked for");
    };
    let request = groups::ListRequest {
        status_filter: 0,
        owners: vec![owner.clone()],
        cursor: None,
        limit: 1,
    };
    match groups::list(client, &request).await {
        Ok(_) => GROUPS.ok("can be read"),
        Err(error) => not_allowed(GROUPS, &error),
    }
}

async fn mass(client: &Client, now_s: i64) -> Check {
    let request = mass_messages::MassListRequest {
        start_s: now_s - DAY_S,
        end_s: now_s,
        filter_type: mass_messages::FILTER_ALL,
        cursor: None,
        limit: 1,
    };
    match mass_messages::list(client, &request).await {
        Ok(_) => MASS.ok("can be read"),
        Err(error) => not_allowed(MASS, &error),
    }
}

/// The right to a part of 客户联系 is missing more often than anything else.
fn not_allowed(subject: Subject, error: &wecom::Error) -> Check {
    let is_forbidden = matches!(
        error.errcode(),
        Some(codes::API_NOT_AUTHORISED | codes::API_FORBIDDEN | 48_005 | 48_006)
    );
    if !is_forbidden {
        return subject.refused(error);
    }
    let fix = "Add the app under 客户联系 → API → 可调用接口的应用. When it stands there, take it out and add it \
               again, and see that the secret given to siyu corp add is this app's";
    subject.failed(error.to_string(), fix).page(92_113)
}
