//! Why a task was not sent, or what a message waits for: stored as a code with its particulars, shown as a
//! sentence that an operator understands.

use std::borrow::Cow;

use crate::org::Obstacle;

macro_rules! reasons {
    ($($name:ident, $code:literal, $zh:literal, $en:literal;)*) => {
        /// A reason.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Reason {
            $(
                #[doc = $en]
                $name,
            )*
            /// WeCom refused the message: its code, and what to do.
            Refused(String),
            /// Unknown whether WeCom has it, and WeCom cannot be asked: why not.
            CannotBeAsked(String),
            /// A file of the message cannot be sent: which, and why.
            Attachment(String),
            /// It was in a message that did not go out, with its number, and waits for another.
            GivenBack(String),
            /// A person said why.
            Said(String),
        }

        impl Reason {
            /// How it is stored.
            pub fn code(&self) -> Cow<'static, str> {
                match self {
                    $(Self::$name => Cow::Borrowed($code),)*
                    Self::Refused(what) => Cow::Owned(format!("refused:{what}")),
                    Self::CannotBeAsked(what) => Cow::Owned(format!("cannot_be_asked:{what}")),
                    Self::Attachment(what) => Cow::Owned(format!("attachment:{what}")),
                    Self::GivenBack(what) => Cow::Owned(format!("given_back:{what}")),
                    Self::Said(what) => Cow::Owned(format!("said:{what}")),
                }
            }

            /// Reads what is stored.
            pub fn parse(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => match code.split_once(':')? {
                        ("refused", what) => Some(Self::Refused(what.to_owned())),
                        ("cannot_be_asked", what) => Some(Self::CannotBeAsked(what.to_owned())),
                        ("attachment", what) => Some(Self::Attachment(what.to_owned())),
                        ("given_back", what) => Some(Self::GivenBack(what.to_owned())),
                        ("said", what) => Some(Self::Said(what.to_owned())),
                        _ => None,
                    },
                }
            }

            /// In Chinese.
            pub fn zh(&self) -> Cow<'_, str> {
                match self {
                    $(Self::$name => Cow::Borrowed($zh),)*
                    Self::Refused(what) => Cow::Owned(format!("企业微信拒绝了这条消息：{what}")),
                    Self::CannotBeAsked(what) => Cow::Owned(format!(
                        "无法确认是否已创建，也无法向企业微信查询（{what}），请到企业微信查看"
                    )),
                    Self::Attachment(what) => Cow::Owned(format!("附件无法发送：{what}")),
                    Self::GivenBack(_) => {
                        Cow::Borrowed("SOP、内容或群主在发送前有变化，将按新的情况发送")
                    }
                    Self::Said(what) => Cow::Borrowed(what),
                }
            }

            /// In English.
            pub fn en(&self) -> Cow<'_, str> {
                match self {
                    $(Self::$name => Cow::Borrowed($en),)*
                    Self::Refused(what) => Cow::Owned(format!("WeCom refused the message: {what}")),
                    Self::CannotBeAsked(what) => Cow::Owned(format!(
                        "unknown whether it was sent, and WeCom cannot be asked: {what}"
                    )),
                    Self::Attachment(what) => {
                        Cow::Owned(format!("a file of it cannot be sent: {what}"))
                    }
                    Self::GivenBack(_) => Cow::Borrowed(
                        "the SOP, its content or the owner changed before it was sent: it is sent anew",
                    ),
                    Self::Said(what) => Cow::Borrowed(what),
                }
            }
        }
    };
}

reasons! {
    SopEnded, "sop_ended", "SOP 已结束", "the SOP was ended";
    SopDeleted, "sop_deleted", "SOP 已删除", "the SOP was deleted";
    LeftSop, "left_sop", "群已被移出 SOP", "the group was taken out of the SOP";
    LeftByRule, "left_by_rule", "群不再符合 SOP 的条件", "the SOP's rule no longer fits the group";
    GroupDissolved, "group_dissolved", "群已解散", "the group was dissolved";
    GroupUnknown, "group_unknown", "群已不存在", "the group is not known any more";
    StepRemoved, "step_removed", "这一步已从 SOP 中删除", "the step was taken out of the SOP";
    StepPast, "step_past", "这一步改到了对本群已过去的时间", "the step was moved to a time that is past for this group";
    StepDamaged, "step_damaged", "这一步保存的内容已损坏，请重新编辑", "the stored content of the step is damaged";
    TooLate, "too_late", "服务恢复时已超过允许的最晚发送时间", "it was too late to send it when the server could";
    NotTaken, "not_taken", "在允许的时间内企业微信一直没有接受这条消息", "WeCom did not take it in time";
    NoticeUnknown, "notice_unknown", "无法确认群主是否收到了提醒", "it is not known whether the owner was told";
    MessageUnknown, "message_unknown", "无法确认是否已创建，企业微信里有多条相同的消息，请到企业微信查看",
        "unknown whether it was sent: WeCom has several equal messages, see there";
    OwnerUnreachable, "owner_unreachable", "群主收不到本应用的消息", "the owner cannot get messages of this app";
    OwnerUnknown, "owner_unknown", "群主未知，请等待下一次同步", "the group's owner is not known";
    OwnerInvisible, "owner_invisible", "群主不在应用的可见范围内", "the owner is outside the app's visible range";
    OwnerLeft, "owner_left", "群主已离职，请先转让群", "the owner has left";
    OwnerDisabled, "owner_disabled", "群主的账号已禁用", "the owner's account is disabled";
    OwnerNoContact, "owner_no_contact", "群主没有客户联系权限", "the owner lacks the customer-contact function";
    ChatRefused, "chat_refused", "企业微信无法向这个群发送", "WeCom cannot send to this group";
    QuotaUsedUp, "quota_used_up", "这个群本周期的群发次数已用完", "the group has received all mass messages that WeCom allows for now";
    SendFailed, "send_failed", "企业微信没能发送到这个群", "WeCom could not send it to this group";
    LeftOut, "left_out", "群主发送时没有选择这个群", "the owner left this group out";
    NotConfirmed, "not_confirmed", "群主没有在期限内确认发送", "the owner did not confirm it in time";
    NotSentByHand, "not_sent_by_hand", "群主没有在期限内发送", "the owner did not send it in time";
    BatchDamaged, "batch_damaged", "保存的数据已损坏", "its stored data is damaged";
}

impl From<Obstacle> for Reason {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::OutOfSight => Self::OwnerInvisible,
            Obstacle::Left => Self::OwnerLeft,
            Obstacle::Disabled => Self::OwnerDisabled,
            Obstacle::NoContact => Self::OwnerNoContact,
        }
    }
}

/// The Chinese sentence of what is stored; what is no code is shown as it is.
pub(crate) fn shown(stored: &str) -> String {
    Reason::parse(stored).map_or_else(|| stored.to_owned(), |reason| reason.zh().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_as_it_was_stored_and_old_texts_are_shown_as_they_are() {
        for reason in [
            Reason::LeftOut,
            Reason::Refused("40058, check it: now".to_owned()),
            Reason::GivenBack("42".to_owned()),
            Reason::Said("群已停用".to_owned()),
        ] {
            assert_eq!(Reason::parse(&reason.code()), Some(reason));
        }
        assert_eq!(shown("left_out"), "群主发送时没有选择这个群");
        assert_eq!(shown("said:群已停用"), "群已停用");
        assert_eq!(shown("the owner left this group out"), "the owner left this group out");
    }
}
