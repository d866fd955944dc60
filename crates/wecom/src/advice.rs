//! What an administrator can do about a refusal, in one or two sentences with the page to read.
//!
//! Menu names stand in Chinese, as the administrator sees them. Only codes that a person can
//! settle have a text; the others are settled by the program or are bugs.

use crate::{call, codes};

/// The advice for a refusal of `call` with `errcode`.
pub(crate) fn of(call: &str, errcode: i64) -> Option<&'static str> {
    let fetching_token = call == call::GETTOKEN.path;
    let text = match errcode {
        codes::INVALID_CREDENTIAL if fetching_token => {
            "The app's secret is wrong or was reset, or the app is disabled: copy the secret again \
             from 应用管理 → the app → Secret. [D91039]"
        }
        codes::FREQUENCY_LIMIT if fetching_token => {
            "Tokens were fetched too often or with a wrong secret, and WeCom blocks this server's \
             address for an hour: correct the secret, then wait. [D90313]"
        }
        codes::INVALID_CREDENTIAL | codes::INVALID_ACCESS_TOKEN | codes::ACCESS_TOKEN_EXPIRED => {
            "WeCom refused even a fresh token: check that the secret is that of the self-built app \
             and that no other program resets it. [D91039]"
        }
        codes::INVALID_CORPID | 2_000_002 => {
            "The corp id is wrong: copy it from 我的企业 → 企业信息 → 企业ID. [D91039]"
        }
        codes::INVALID_SECRET => {
            "The secret belongs to another corp: copy corp id and secret from the same \
             administration console. [D91039]"
        }
        codes::INVALID_AGENTID => {
            "The agentid is wrong: copy it from 应用管理 → the app → AgentId. [D90313]"
        }
        codes::FOREIGN_AGENT => {
            "The agentid belongs to another app than the secret: copy both from the same app under \
             应用管理. [D90313]"
        }
        codes::API_NOT_AUTHORISED | codes::API_FORBIDDEN => {
            "The app may not make this call: for customers and customer groups, add it under \
             客户联系 → API → 可调用接口的应用; for messages, use the self-built app's secret, not \
             that of 通讯录同步. [D92113]"
        }
        codes::CONTACT_SYNC_FORBIDDEN => {
            "The secret of 通讯录同步 may not read members or departments from a new address: use \
             the secret of a self-built app. [D90208]"
        }
        48_010 => {
            "WeCom refuses this TLS version: nothing older than TLS 1.2 may stand between \
             this server and WeCom. [D90313]"
        }
        codes::APP_DISABLED => "The app is disabled: enable it under 应用管理. [D90313]",
        codes::NO_PRIVILEGE | codes::MEMBER_OUTSIDE_RANGE | 60_021 | 60_030 => {
            "The member, department or group is outside the app's visible range: widen 可见范围 \
             under 应用管理 → the app, best to the root department. [D90313]"
        }
        codes::UNTRUSTED_IP => {
            "This server's address is not among the app's trusted IPs: add the public address it \
             calls from under 应用管理 → the app → 企业可信IP (a trusted domain or a callback URL \
             must be set first) and wait a minute. [D90313]"
        }
        codes::ALL_RECEIVERS_INVALID => {
            "None of the receivers can get messages of this app: they have left, or are outside \
             its 可见范围. [D90236]"
        }
        codes::UNTRUSTED_DOMAIN => {
            "The login's page is not on the app's trusted domain: set the domain under 应用管理 → \
             the app → 网页授权及JS-SDK as it stands in the address bar, port included. [D91023]"
        }
        codes::FOREIGN_TAG => {
            "The tag was made by another app or by hand; an app may change only its own tags. \
             [D92117]"
        }
        84_074 | 84_083 => {
            "The member has no right to customers: add them under 客户联系 → 权限配置. [D90313]"
        }
        610_023 | 610_024 => {
            "The corp's quota of customers is used up or its qualification papers are missing: see \
             客户联系 in the administration console. [D90313]"
        }
        _ => return None,
    };
    Some(text)
}
