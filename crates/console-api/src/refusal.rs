//! Why a call is not carried out: a status, a code for programs, and a text in two languages for people.

use axum::http::StatusCode;
use scrm::users::SignInError;
use serde_json::{Value, json};

/// A refusal.
#[derive(Debug)]
pub struct Refusal {
    pub(crate) status: StatusCode,
    /// For programs: lower-case words with underscores.
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) message_zh: String,
    /// The path of the field that is meant.
    pub(crate) field: Option<String>,
    /// What is told to the log alone.
    pub(crate) cause: Option<String>,
}

impl Refusal {
    /// What is told.
    pub(crate) fn wire(&self) -> Value {
        json!({
            "code": self.code,
            "message": self.message,
            "messageZh": self.message_zh,
            "field": self.field,
        })
    }

    /// One with both texts.
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        message_zh: impl Into<String>,
    ) -> Self {
        let (message, message_zh) = (message.into(), message_zh.into());
        Self { status, code, message, message_zh, field: None, cause: None }
    }

    pub(crate) fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "sign in first", "请先登录")
    }

    pub(crate) fn password_must_change() -> Self {
        let (message, zh) = ("change the one-time password first", "请先修改初始密码");
        Self::new(StatusCode::FORBIDDEN, "password_must_change", message, zh)
    }

    pub(crate) fn no_company() -> Self {
        let message = "there is no company for you yet: an administrator adds one with siyu corp add, or makes \
                       you a member";
        let zh = "还没有可用的企业：请管理员用 siyu corp add 添加企业，或把您加入企业";
        Self::new(StatusCode::FORBIDDEN, "no_company", message, zh)
    }

    pub(crate) fn no_right() -> Self {
        let (message, zh) = ("your role does not allow this", "您的角色没有此权限");
        Self::new(StatusCode::FORBIDDEN, "no_right", message, zh)
    }

    pub(crate) fn other_site() -> Self {
        let message = "the call does not come from the console: X-Siyu-Console: 1 is missing, or \
                       it comes from another site";
        Self::new(StatusCode::FORBIDDEN, "other_site", message, "请求并非来自本控制台")
    }

    pub(crate) fn bad_request(path: &str, why: &str) -> Self {
        let field = (path != ".").then(|| path.to_owned());
        let message =
            field.as_ref().map_or_else(|| why.to_owned(), |path| format!("{path}: {why}"));
        let zh = format!("请求有误：{message}");
        Self { field, ..Self::new(StatusCode::BAD_REQUEST, "bad_request", message, zh) }
    }

    pub(crate) fn failed(cause: String) -> Self {
        let (message, zh) = ("the server failed; its log says why", "服务器出错，请查看日志");
        let refusal = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", message, zh);
        Self { cause: Some(cause), ..refusal }
    }
}

impl From<scrm::Error> for Refusal {
    fn from(error: scrm::Error) -> Self {
        let text = error.to_string();
        let refused =
            |status, code, zh: &str| Self::new(status, code, text.clone(), format!("{zh}：{text}"));
        match error {
            scrm::Error::Invalid(_) | scrm::Error::Content(_) => {
                refused(StatusCode::BAD_REQUEST, "invalid", "内容不符合要求")
            }
            scrm::Error::NotFound(_) => refused(StatusCode::NOT_FOUND, "not_found", "找不到"),
            scrm::Error::Conflict(_) => {
                refused(StatusCode::CONFLICT, "conflict", "当前状态下不能这样做")
            }
            scrm::Error::Forbidden(_) => {
                refused(StatusCode::FORBIDDEN, "not_yours", "超出您的数据范围")
            }
            scrm::Error::WeCom(_) => refused(StatusCode::BAD_GATEWAY, "wecom", "企业微信返回错误"),
            _ => Self::failed(text),
        }
    }
}

impl From<SignInError> for Refusal {
    fn from(error: SignInError) -> Self {
        let text = error.to_string();
        let unauthorized =
            |code, zh: &str| Self::new(StatusCode::UNAUTHORIZED, code, text.clone(), zh);
        match error {
            SignInError::Wrong => unauthorized("wrong_password", "账号或密码错误"),
            SignInError::CodeNeeded => unauthorized("totp_required", "请输入动态验证码"),
            SignInError::WrongCode => unauthorized("wrong_code", "验证码错误或已使用"),
            SignInError::Wait { wait_ms } => {
                let zh = format!("失败次数过多，请 {} 秒后再试", wait_ms / 1_000 + 1);
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", text, zh)
            }
            SignInError::Failed(error) => error.into(),
        }
    }
}
