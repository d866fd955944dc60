//! How a customer and a relation look in replies.

use serde_json::{Value, json};

use crate::{
    desk::Desk,
    op::Relation,
    world::{StaffNo, customers::Person},
};

/// `external_contact`.
pub(super) fn person(person: &Person) -> Value {
    let mut shown = json!({
        "external_userid": person.userid,
        "name": person.name,
        "avatar": format!("https://wework.qpic.cn/wwpic/{}/0", &person.userid[2..]),
        "type": if person.unionid.is_some() { 1 } else { 2 },
        "gender": person.gender,
    });
    match &person.unionid {
        Some(unionid) => shown["unionid"] = json!(unionid),
        None => {
            shown["position"] = json!("采购");
            shown["corp_name"] = json!("友商");
            shown["corp_full_name"] = json!("友商有限公司");
            shown["external_profile"] = json!({ "external_attr": [] });
        }
    }
    shown
}

/// One of `follow_user`: tags with their names, personal ones too.
pub(super) fn follower(desk: &Desk, staff: StaffNo, of: &Person, relation: &Relation) -> Value {
    let library = &desk.state.tags;
    let of_corp = relation.tag_ids.iter().filter_map(|id| library.tag(id)).map(|(group, tag)| {
        let (group, name) = (&group.name, &tag.name);
        json!({ "group_name": group, "tag_name": name, "tag_id": tag.id, "type": 1 })
    });
    let personal = relation
        .personal_tags
        .iter()
        .map(|name| json!({ "group_name": "个人标签", "tag_name": name, "type": 2 }));
    let mut shown = common(desk, staff, of, relation);
    shown["tags"] = of_corp.chain(personal).collect();
    shown
}

/// `follow_info`: tags only as ids, personal ones not at all.
pub(super) fn follow_info(desk: &Desk, staff: StaffNo, of: &Person, relation: &Relation) -> Value {
    let there = |id: &&String| desk.state.tags.tag(id).is_some();
    let tag_ids: Vec<&String> = relation.tag_ids.iter().filter(there).collect();
    let mut shown = common(desk, staff, of, relation);
    shown["tag_id"] = json!(tag_ids);
    shown
}

fn common(desk: &Desk, staff: StaffNo, of: &Person, relation: &Relation) -> Value {
    let userid = &desk.state.world.member(staff).userid;
    let asked = if relation.added_by_member { userid } else { &of.userid };
    let mut shown = json!({
        "userid": userid,
        "remark": relation.remark,
        "description": relation.description,
        "createtime": relation.created_at_s,
        "remark_mobiles": relation.remark_mobiles,
        "oper_userid": asked,
        "add_way": relation.add_way,
    });
    if of.unionid.is_some() && !relation.remark_company.is_empty() {
        shown["remark_corp_name"] = json!(relation.remark_company);
    }
    if !relation.state.is_empty() {
        shown["state"] = json!(relation.state);
    }
    if relation.add_way == 10 {
        shown["wechat_channels"] = json!({ "nickname": "官方视频号", "source": 1 });
    }
    shown
}
