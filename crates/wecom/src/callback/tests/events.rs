//! Events as WeCom sends them, and as it might.

use crate::callback::{
    ContactChange, CustomerChange, Event, GroupChange, SOURCE_DELETE_BY_TRANSFER, TAG_TYPE_GROUP,
    TAG_TYPE_TAG, TagChange, UpdateDetail, read,
};

fn event(event: &str, elements: &str) -> Event {
    let xml = format!(
        "<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
         <CreateTime>1403610513</CreateTime><MsgType><![CDATA[event]]></MsgType>\
         <Event><![CDATA[{event}]]></Event>{elements}</xml>"
    );
    let notice = read(&xml).unwrap();
    assert_eq!((notice.create_time, notice.msg_type.as_str()), (1_403_610_513, "event"));
    notice.event
}

fn group(elements: &str) -> Event {
    event("change_external_chat", elements)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn groups_are_made_and_dismissed() {
    let chat_id = "wr1".to_owned();
    let made = group("<ChatId><![CDATA[wr1]]></ChatId><ChangeType><![CDATA[create]]></ChangeType>");
    assert_eq!(made, Event::Group { chat_id: chat_id.clone(), change: GroupChange::Created });
    let gone = group("<ChangeType>dismiss</ChangeType><ChatId>wr1</ChatId>");
    assert_eq!(gone, Event::Group { chat_id, change: GroupChange::Dismissed });
}

#[test]
fn members_leave_in_whatever_form_and_order_the_elements_come() {
    let event = group(
        "<CurMemVer>v2</CurMemVer><MemChangeList>\n<Item><![CDATA[wm1]]></Item>\n<Item>zhang.san\
         </Item><Item/></MemChangeList><LastMemVer><![CDATA[v1]]></LastMemVer>\
         <QuitScene><![CDATA[1]]></QuitScene><JoinScene></JoinScene><New><Thing>1</Thing></New>\
         <UpdateDetail>del_member</UpdateDetail><ChangeType>update</ChangeType>\
         <ChatId> wr1 </ChatId>",
    );
    let change = GroupChange::Updated {
        detail: UpdateDetail::MembersGone,
        join_scene: None,
        quit_scene: Some(1),
        members: vec!["wm1".to_owned(), "zhang.san".to_owned()],
        last_version: some("v1"),
        current_version: some("v2"),
    };
    assert_eq!(event, Event::Group { chat_id: "wr1".to_owned(), change });
}

#[test]
fn other_changes_of_a_group_carry_no_members() {
    let details = [
        ("add_member", UpdateDetail::MembersAdded),
        ("change_owner", UpdateDetail::Owner),
        ("change_name", UpdateDetail::Name),
        ("change_notice", UpdateDetail::Notice),
        ("change_colour", UpdateDetail::Other("change_colour".to_owned())),
    ];
    for (text, expected) in details {
        let elements = format!(
            "<ChatId>wr1</ChatId><ChangeType>update</ChangeType><UpdateDetail>{text}</UpdateDetail>"
        );
        let Event::Group { change: GroupChange::Updated { detail, members, .. }, .. } =
            group(&elements)
        else {
            panic!("{text}")
        };
        assert_eq!((detail, members), (expected, Vec::new()));
    }
}

#[test]
fn every_change_of_a_customer_is_told_apart() {
    let changes = [
        ("add_external_contact", CustomerChange::Added),
        ("edit_external_contact", CustomerChange::Edited),
        ("add_half_external_contact", CustomerChange::HalfAdded),
        ("del_external_contact", CustomerChange::DeletedByMember),
        ("del_follow_user", CustomerChange::DeletedByCustomer),
        ("transfer_fail", CustomerChange::TransferFailed),
    ];
    for (text, expected) in changes {
        let elements = format!(
            "<ChangeType><![CDATA[{text}]]></ChangeType><UserID><![CDATA[zhangsan]]></UserID>\
             <ExternalUserID><![CDATA[wm1]]></ExternalUserID>"
        );
        let expected = Event::Customer {
            change: expected,
            user_id: "zhangsan".to_owned(),
            external_userid: "wm1".to_owned(),
            state: None,
            welcome_code: None,
            source: None,
            fail_reason: None,
        };
        assert_eq!(event("change_external_contact", &elements), expected);
    }
}

#[test]
fn a_new_customer_tells_channel_and_welcome_code_and_others_source_and_reason() {
    let elements = "<ChangeType>add_external_contact</ChangeType><UserID>a</UserID>\
        <ExternalUserID>wm1</ExternalUserID><State><![CDATA[渠道😀\"<&]]></State>\
        <WelcomeCode>code</WelcomeCode><Source><![CDATA[DELETE_BY_TRANSFER]]></Source>\
        <FailReason>customer_refused</FailReason>";
    let Event::Customer { state, welcome_code, source, fail_reason, .. } =
        event("change_external_contact", elements)
    else {
        panic!("a customer")
    };
    assert_eq!((state, welcome_code), (some("渠道😀\"<&"), some("code")));
    assert_eq!(
        (source.as_deref(), fail_reason),
        (Some(SOURCE_DELETE_BY_TRANSFER), some("customer_refused"))
    );
}

#[test]
fn text_outside_cdata_may_be_escaped() {
    let elements = "<ChangeType>add_external_contact</ChangeType><UserID>a</UserID>\
        <ExternalUserID>wm1</ExternalUserID>\
        <State>a&amp;b &lt;&#20013;&#x6587;&gt;&quot;&apos;</State>";
    let Event::Customer { state, .. } = event("change_external_contact", elements) else {
        panic!("a customer")
    };
    assert_eq!(state, some("a&b <中文>\"'"));
}

#[test]
fn tags_and_groups_of_tags_are_made_changed_deleted_and_shuffled() {
    let changes = [
        ("create", TagChange::Created, TAG_TYPE_TAG),
        ("update", TagChange::Updated, TAG_TYPE_GROUP),
        ("delete", TagChange::Deleted, TAG_TYPE_TAG),
    ];
    for (text, change, tag_type) in changes {
        let elements = format!(
            "<Id>et1</Id><TagType>{tag_type}</TagType><ChangeType>{text}</ChangeType>\
             <StrategyId>7</StrategyId>"
        );
        let (id, tag_type) = (some("et1"), some(tag_type));
        let expected = Event::Tag { change, id, tag_type, strategy_id: Some(7) };
        assert_eq!(event("change_external_tag", &elements), expected);
    }
    let all = event("change_external_tag", "<Id/><ChangeType>shuffle</ChangeType>");
    let change = TagChange::Shuffled;
    assert_eq!(all, Event::Tag { change, id: None, tag_type: None, strategy_id: None });
}

#[test]
fn members_come_change_their_id_and_leave() {
    let contact = |elements: &str| match event("change_contact", elements) {
        Event::Contact { change } => change,
        other => panic!("{other:?}"),
    };
    let user_id = || "zhangsan".to_owned();
    assert_eq!(
        contact(
            "<ChangeType>create_user</ChangeType><UserID>zhangsan</UserID>\
             <Department>1,4294967295, 3</Department><Name>张三</Name>"
        ),
        ContactChange::UserCreated { user_id: user_id(), departments: vec![1, 4_294_967_295, 3] }
    );
    assert_eq!(
        contact(
            "<ChangeType>update_user</ChangeType><UserID>zhangsan</UserID><NewUserID>z3</NewUserID>"
        ),
        ContactChange::UserUpdated {
            user_id: user_id(),
            new_user_id: some("z3"),
            departments: Vec::new()
        }
    );
    assert_eq!(
        contact("<ChangeType>delete_user</ChangeType><UserID>zhangsan</UserID>"),
        ContactChange::UserDeleted { user_id: user_id() }
    );
}

#[test]
fn departments_and_tags_of_members_change() {
    let contact = |elements: &str| event("change_contact", elements);
    let id = 4_294_967_295;
    let cases = [
        ("create_party", ContactChange::DepartmentCreated { id, parent_id: Some(1) }),
        ("update_party", ContactChange::DepartmentUpdated { id, parent_id: Some(1) }),
        ("delete_party", ContactChange::DepartmentDeleted { id }),
    ];
    for (text, change) in cases {
        let elements = format!(
            "<ChangeType>{text}</ChangeType><Id>4294967295</Id><ParentId><![CDATA[1]]></ParentId>"
        );
        assert_eq!(contact(&elements), Event::Contact { change });
    }
    let change = ContactChange::MemberTagUpdated {
        tag_id: 1,
        added_users: vec!["a".to_owned(), "b".to_owned()],
        removed_users: Vec::new(),
        added_departments: vec![2, 3],
        removed_departments: Vec::new(),
    };
    let elements = "<ChangeType>update_tag</ChangeType><TagId>1</TagId><AddUserItems>a,b\
        </AddUserItems><AddPartyItems>2,3</AddPartyItems><DelPartyItems/>";
    assert_eq!(contact(elements), Event::Contact { change });
}

#[test]
fn what_is_unknown_or_lacks_its_id_is_kept_as_something_else() {
    let cases = [
        ("subscribe", "<AgentID>218</AgentID>", ""),
        ("change_external_chat", "<ChatId>wr1</ChatId><ChangeType>merge</ChangeType>", "merge"),
        ("change_external_chat", "<ChangeType>create</ChangeType>", "create"),
        ("change_external_chat", "<ChatId>wr1</ChatId>", ""),
        (
            "change_external_contact",
            "<ChangeType>msg_audit_approved</ChangeType>",
            "msg_audit_approved",
        ),
        (
            "change_external_contact",
            "<ChangeType>del_follow_user</ChangeType><UserID>a</UserID>",
            "del_follow_user",
        ),
        ("change_external_tag", "<ChangeType>delete</ChangeType>", "delete"),
        ("change_contact", "<ChangeType>delete_party</ChangeType><Id>x</Id>", "delete_party"),
        ("", "", ""),
    ];
    for (name, elements, change_type) in cases {
        let expected = Event::Other { event: name.to_owned(), change_type: change_type.to_owned() };
        assert_eq!(event(name, elements), expected);
    }
}

#[test]
fn a_text_without_any_circumstances_is_read() {
    let notice = read("<xml/>").unwrap();
    assert_eq!((notice.create_time, notice.msg_type.as_str()), (0, ""));
    assert_eq!(notice.event, Event::Other { event: String::new(), change_type: String::new() });
}
