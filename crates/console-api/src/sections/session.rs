//! Signing in and out, and the own account.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use scrm::{
    CorpId,
    users::{self, Right, Role, SignIn},
};
use serde::{Deserialize, Serialize};

use crate::{
    About, Endpoint, Refusal, SignedIn, Visit, wecom_sign_in,
    wire::{Id, Nothing, Text},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    vec![
        Endpoint::open(about("session/sign-in", "登录", "sign in"), sign_in),
        Endpoint::open(about("session/options", "可用的登录方式", "how one may sign in"), options),
        Endpoint::signed_in(about("session/me", "当前用户", "who is signed in"), me),
        Endpoint::signed_in(about("session/sign-out", "退出登录", "sign out"), sign_out),
        Endpoint::signed_in(
            about("session/sign-out-everywhere", "退出所有设备", "sign out everywhere"),
            sign_out_everywhere,
        ),
        Endpoint::signed_in(
            about("session/choose-company", "切换企业", "work for another company"),
            choose_company,
        ),
        Endpoint::signed_in(
            about("session/change-password", "修改密码", "change the own password"),
            change_password,
        ),
        Endpoint::signed_in(
            about("totp/begin", "开始绑定动态验证码", "begin a second factor"),
            begin_totp,
        ),
        Endpoint::signed_in(
            about("totp/confirm", "绑定动态验证码", "confirm a second factor"),
            confirm_totp,
        ),
        Endpoint::signed_in(
            about("totp/remove", "解绑动态验证码", "remove the second factor"),
            remove_totp,
        ),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignInRequest {
    login: Text<64>,
    password: Text<1024>,
    /// Six digits, when `totp_required` was answered before.
    totp: Option<Text<16>>,
}

async fn sign_in(visit: Visit, request: SignInRequest) -> Result<Nothing, Refusal> {
    let who = SignIn {
        login: request.login.0,
        password: request.password.0,
        code: request.totp.map(|Text(code)| code.trim().to_owned()),
    };
    let token = users::sign_in(&visit.scrm, &who, &visit.visitor).await?;
    visit.cookie.set(token);
    Ok(Nothing {})
}

/// How one may sign in, besides with a password.
#[derive(Serialize, JsonSchema)]
struct Options {
    /// The companies whose WeCom may be asked; none where that is not set up.
    wecom: Vec<WeComCompany>,
}

#[derive(Serialize, JsonSchema)]
struct WeComCompany {
    id: Id,
    /// Told where there is a choice; strangers need not know more.
    name: Option<String>,
}

async fn options(visit: Visit, _: Nothing) -> Result<Options, Refusal> {
    let companies = wecom_sign_in::companies(&visit.scrm, &visit.options).await?;
    let is_choice = companies.len() > 1;
    let rows = companies
        .into_iter()
        .map(|corp| WeComCompany { id: Id(corp.id.0), name: is_choice.then_some(corp.name) });
    Ok(Options { wecom: rows.collect() })
}

/// Who is signed in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Me {
    user: Myself,
    /// What he is in the company; null when there is none.
    role: Option<RoleName>,
    /// What he may there.
    rights: Vec<RightName>,
    companies: Vec<Company>,
    /// The one he works for.
    company: Option<Company>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Myself {
    id: Id,
    login: String,
    name: String,
    must_change_password: bool,
    has_totp: bool,
    is_site_admin: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Company {
    id: Id,
    name: String,
    /// IANA name of its time zone.
    zone: String,
}

/// admin, operator, viewer or own.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum RoleName {
    Admin,
    Operator,
    Viewer,
    Own,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Operator => Self::Operator,
            Role::Viewer => Self::Viewer,
            Role::Own => Self::Own,
        }
    }
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Admin => Self::Admin,
            RoleName::Operator => Self::Operator,
            RoleName::Viewer => Self::Viewer,
            RoleName::Own => Self::Own,
        }
    }
}

/// Something that not everybody may.
#[derive(Serialize)]
struct RightName(Right);

impl JsonSchema for RightName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Right".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = Right::ALL.map(RightName);
        json_schema!({"description": "Something that not everybody may.", "enum": names})
    }
}

fn company(corp: &scrm::corps::Corp) -> Company {
    Company { id: Id(corp.id.0), name: corp.name.clone(), zone: corp.zone.name().to_owned() }
}

async fn me(who: SignedIn, _: Nothing) -> Result<Me, Refusal> {
    let SignedIn { visit, session } = who;
    let companies = users::companies(&visit.scrm, &session).await?;
    let may = |right: &Right| session.may(*right);
    Ok(Me {
        role: session.place.as_ref().map(|place| place.role.into()),
        rights: Right::ALL.into_iter().filter(may).map(RightName).collect(),
        companies: companies.iter().map(company).collect(),
        company: session.place.as_ref().map(|place| company(&place.corp)),
        user: Myself {
            id: Id(session.user.0),
            login: session.login,
            name: session.name,
            must_change_password: session.must_change_password,
            has_totp: session.has_totp,
            is_site_admin: session.is_site_admin,
        },
    })
}

async fn sign_out(who: SignedIn, _: Nothing) -> Result<Nothing, Refusal> {
    users::sign_out(&who.visit.scrm, &who.session).await?;
    who.visit.cookie.remove();
    Ok(Nothing {})
}

async fn sign_out_everywhere(who: SignedIn, _: Nothing) -> Result<Nothing, Refusal> {
    let SignedIn { visit, session } = who;
    users::sign_out_everywhere(&visit.scrm, &session, &visit.visitor).await?;
    visit.cookie.remove();
    Ok(Nothing {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChooseCompany {
    company_id: Id,
}

async fn choose_company(who: SignedIn, request: ChooseCompany) -> Result<Nothing, Refusal> {
    let corp = CorpId(request.company_id.0);
    users::choose_company(&who.visit.scrm, &who.session, corp).await?;
    Ok(Nothing {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangePassword {
    old: Text<1024>,
    /// At least ten characters.
    new: Text<1024>,
}

async fn change_password(who: SignedIn, request: ChangePassword) -> Result<Nothing, Refusal> {
    let SignedIn { visit, session } = who;
    let (old, new) = (&request.old.0, &request.new.0);
    let token = users::change_password(&visit.scrm, &session, old, new, &visit.visitor).await?;
    visit.cookie.set(token);
    Ok(Nothing {})
}

#[derive(Serialize, JsonSchema)]
struct NewTotp {
    /// To be typed into an app, in base 32.
    secret: String,
    /// The same as an address, for a QR code.
    uri: String,
}

async fn begin_totp(who: SignedIn, _: Nothing) -> Result<NewTotp, Refusal> {
    let (secret, uri) = users::begin_totp(&who.visit.scrm, &who.session);
    Ok(NewTotp { secret, uri })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmTotp {
    password: Text<1024>,
    /// As it was given.
    secret: Text<64>,
    /// What the app shows.
    code: Text<16>,
}

async fn confirm_totp(who: SignedIn, request: ConfirmTotp) -> Result<Nothing, Refusal> {
    let SignedIn { visit, session } = who;
    let (password, pair) = (&request.password.0, (&*request.secret.0, request.code.0.trim()));
    users::confirm_totp(&visit.scrm, &session, password, pair, &visit.visitor).await?;
    Ok(Nothing {})
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RemoveTotp {
    password: Text<1024>,
}

async fn remove_totp(who: SignedIn, request: RemoveTotp) -> Result<Nothing, Refusal> {
    let SignedIn { visit, session } = who;
    users::remove_totp(&visit.scrm, &session, &request.password.0, &visit.visitor).await?;
    Ok(Nothing {})
}
