//! Error codes of WeCom that a program acts upon, by name. [D90313]
//!
//! The list is not complete and need not be: [`crate::Error::class`] knows what to do with the
//! others. The English texts of WeCom change without notice; only the numbers may be compared.

/// The system is busy; whether the call had an effect is unknown.
pub const SYSTEM_BUSY: i64 = -1;
/// Several writers changed the same data.
pub const VERSION_CONFLICT: i64 = 6_000;
/// The token, or on `gettoken` the secret, is wrong or was reset, or the app is disabled.
pub const INVALID_CREDENTIAL: i64 = 40_001;
/// No such member, or a POST call made with GET.
pub const INVALID_USERID: i64 = 40_003;
/// The media id is older than 3 days, of another kind, or unknown.
pub const INVALID_MEDIA_ID: i64 = 40_007;
/// The corp id is wrong.
pub const INVALID_CORPID: i64 = 40_013;
/// The token is not valid; also the answer to some expired tokens.
pub const INVALID_ACCESS_TOKEN: i64 = 40_014;
/// The code of a login is none, or that of another app. [D91023]
pub const INVALID_CODE: i64 = 40_029;
/// No such customer group, or a POST call made with GET.
pub const INVALID_CHAT_ID: i64 = 40_050;
/// The app's agentid is wrong.
pub const INVALID_AGENTID: i64 = 40_056;
/// A field is missing, too long or of the wrong type, or the body is no JSON.
pub const INVALID_PARAMETER: i64 = 40_058;
/// A field is empty.
pub const EMPTY_PARAMETER: i64 = 40_063;
/// No such corp tag. [D92117]
pub const INVALID_TAG_ID: i64 = 40_068;
/// A corp tag or a group of that name exists already. [D92117]
pub const TAG_NAME_EXISTS: i64 = 40_071;
/// The secret is that of another corp.
pub const INVALID_SECRET: i64 = 40_091;
/// No such customer, or nobody in the visible range follows them.
pub const INVALID_EXTERNAL_USERID: i64 = 40_096;
/// The corp has as many tags as it may. [D92117]
pub const TOO_MANY_TAGS: i64 = 40_126;
/// The customer has as many tags as a customer may. [D92118]
pub const TOO_MANY_TAGS_OF_CUSTOMER: i64 = 40_144;
/// The query carries no token.
pub const ACCESS_TOKEN_MISSING: i64 = 41_001;
/// `gettoken` without a corp id.
pub const CORPID_MISSING: i64 = 41_002;
/// `gettoken` without a secret.
pub const SECRET_MISSING: i64 = 41_004;
/// A call on a mass message without its msgid.
pub const MSGID_MISSING: i64 = 41_046;
/// No such mass message.
pub const INVALID_MSGID: i64 = 41_047;
/// None of the receivers of a mass message can be reached.
pub const NOBODY_TO_SEND_TO: i64 = 41_048;
/// The mass message is still being dispatched: ask again later. [D93338]
pub const BEING_DISPATCHED: i64 = 41_063;
/// More attachments than allowed.
pub const TOO_MANY_ATTACHMENTS: i64 = 41_064;
/// An attachment of a kind that is not allowed.
pub const BAD_ATTACHMENT: i64 = 41_065;
/// The mass message has been cancelled. [D97611]
pub const MESSAGE_CANCELLED: i64 = 41_093;
/// More than 3 reminders of one mass message in 24 hours. [D97610]
pub const REMINDED_TOO_OFTEN: i64 = 41_094;
/// The token has expired.
pub const ACCESS_TOKEN_EXPIRED: i64 = 42_001;
/// The code of a login is older than 5 minutes. [D91023]
pub const CODE_EXPIRED: i64 = 42_003;
/// The code of a login has been used. [D91023]
pub const CODE_USED: i64 = 42_022;
/// The app message is older than 24 hours. [D94867]
pub const TOO_OLD_TO_RECALL: i64 = 42_052;
/// The text is empty.
pub const EMPTY_TEXT: i64 = 44_004;
/// The text is too long.
pub const CONTENT_TOO_LARGE: i64 = 45_002;
/// Called too often; blocked for the length of the window.
pub const FREQUENCY_LIMIT: i64 = 45_009;
/// The reply would be too large; ask for less.
pub const REPLY_TOO_LARGE: i64 = 45_029;
/// Too many calls at the same time.
pub const CONCURRENCY_LIMIT: i64 = 45_033;
/// Two calls change the same record at the same time.
pub const CONCURRENT_CHANGE: i64 = 45_035;
/// The API is not authorised for the app.
pub const API_NOT_AUTHORISED: i64 = 48_001;
/// The API may not be called with this token.
pub const API_FORBIDDEN: i64 = 48_002;
/// The contact-sync secret may not read contacts from this address.
pub const CONTACT_SYNC_FORBIDDEN: i64 = 48_009;
/// The group has been dismissed.
pub const GROUP_DISMISSED: i64 = 49_008;
/// The page of the login is not on the app's trusted domain. [D91023]
pub const UNTRUSTED_DOMAIN: i64 = 50_001;
/// The member is outside the app's visible range.
pub const MEMBER_OUTSIDE_RANGE: i64 = 50_002;
/// The app is disabled.
pub const APP_DISABLED: i64 = 50_003;
/// The cursor is not valid any more: start from the first page.
pub const INVALID_CURSOR: i64 = 50_100;
/// No such department.
pub const DEPARTMENT_NOT_FOUND: i64 = 60_003;
/// The app has no right to the object, mostly because it is outside the visible range.
pub const NO_PRIVILEGE: i64 = 60_011;
/// The caller's address is not among the app's trusted IPs.
pub const UNTRUSTED_IP: i64 = 60_020;
/// No such member.
pub const USERID_NOT_FOUND: i64 = 60_111;
/// Another code for a department that does not exist.
pub const PARTY_NOT_FOUND: i64 = 60_123;
/// An app message without a receiver.
pub const NO_RECEIVER: i64 = 81_012;
/// All receivers of an app message are invalid.
pub const ALL_RECEIVERS_INVALID: i64 = 81_013;
/// More than 1000 members are visible and the call names no owners.
pub const TOO_MANY_VISIBLE_OWNERS: i64 = 81_017;
/// The tag was made by another app, or by hand. [D92117]
pub const FOREIGN_TAG: i64 = 81_011;
/// The member has no customers, or the person is no customer.
pub const NOT_EXTERNAL_CONTACT: i64 = 84_061;
/// The group is no customer group.
pub const NOT_A_CUSTOMER_GROUP: i64 = 90_501;
/// The agentid belongs to another app than the token.
pub const FOREIGN_AGENT: i64 = 301_002;
