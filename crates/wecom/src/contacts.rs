//! Departments and members, as far as the app's visible range goes.
//!
//! When the range is a part of the corp, the root department (id 1) is absent and parents are
//! missing: the tree does not start at 1. An empty list is no proof that everybody has left.

use serde::{Deserialize, Serialize};

use crate::{Client, Error, call::Call, lenient};

/// All visible departments, in no promised order. [D90208]
///
/// Slow by WeCom's own words, and not allowed with the secret of 通讯录同步 (48009).
pub async fn departments(client: &Client) -> Result<Vec<Department>, Error> {
    let reply: Departments = client.get(&DEPARTMENT_LIST, &[]).await?;
    Ok(reply.department)
}

/// The members directly in a department; those of its sub-departments are not among them. [D90201]
///
/// 60003 or 60123 when there is no such department, 60011 when it is outside the range, 45029 when
/// it has too many members.
pub async fn staff_of_department(client: &Client, department_id: i64) -> Result<Vec<Staff>, Error> {
    let query = [("department_id", department_id.to_string())];
    let reply: StaffList = client.get(&USER_LIST, &query).await?;
    Ok(reply.userlist)
}

/// One member. [D90196]
///
/// 60111 when there is no such member or they have left, 60011 when they are outside the range.
pub async fn staff_member(client: &Client, userid: &str) -> Result<Staff, Error> {
    client.get(&USER_GET, &[("userid", userid.to_owned())]).await
}

/// A department.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Department {
    /// Unsigned 32 bits; the root is 1.
    #[serde(deserialize_with = "lenient::int")]
    pub id: i64,
    /// Up to 32 characters.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// The English name, mostly empty.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name_en: String,
    /// The userids of its leaders.
    #[serde(default, deserialize_with = "lenient::list")]
    pub department_leader: Vec<String>,
    /// The department above, which need not be visible; 0 above the root.
    #[serde(default, deserialize_with = "lenient::int")]
    pub parentid: i64,
    /// Unsigned 32 bits; larger comes first.
    #[serde(default, deserialize_with = "lenient::int")]
    pub order: i64,
}

/// A member of the corp.
///
/// WeCom withholds mobile, gender, e-mail, avatar, QR code and address from apps made after
/// 2022-06-20; they are empty then. [D90196]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Staff {
    /// Up to 64 bytes; upper and lower case are the same.
    pub userid: String,
    /// The name shown in WeCom.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// The visible departments the member is in.
    #[serde(default, deserialize_with = "lenient::ints")]
    pub department: Vec<i64>,
    /// The member's place in each of `department`; larger comes first.
    #[serde(default, deserialize_with = "lenient::ints")]
    pub order: Vec<i64>,
    /// What the member does.
    #[serde(default, deserialize_with = "lenient::text")]
    pub position: String,
    /// Another name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub alias: String,
    /// Absent when it is not visible.
    #[serde(
        default,
        deserialize_with = "lenient::optional_int",
        skip_serializing_if = "Option::is_none"
    )]
    pub main_department: Option<i64>,
    /// 1 where the member leads, for each of `department`.
    #[serde(default, deserialize_with = "lenient::ints")]
    pub is_leader_in_dept: Vec<i64>,
    /// The userid of the direct leader; at most one.
    #[serde(default, deserialize_with = "lenient::list")]
    pub direct_leader: Vec<String>,
    /// One of the `STATUS_…` of this module.
    #[serde(default, deserialize_with = "lenient::int")]
    pub status: i64,
    /// Withheld from newer apps.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub mobile: String,
    /// `"1"` male, `"2"` female; text in WeCom's documentation too. Withheld from newer apps.
    #[serde(
        default,
        deserialize_with = "lenient::number_as_text",
        skip_serializing_if = "String::is_empty"
    )]
    pub gender: String,
    /// Withheld from newer apps.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// The address at the corp's own mail. Withheld from newer apps.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub biz_mail: String,
    /// A URL. Withheld from newer apps.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// A URL of the small picture.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub thumb_avatar: String,
    /// A landline.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub telephone: String,
    /// Withheld from newer apps.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// A URL. Withheld from newer apps.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub qr_code: String,
    /// What customers see as the member's position.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub external_position: String,
}

/// The member uses WeCom.
pub const STATUS_ACTIVATED: i64 = 1;
/// The member has been disabled.
pub const STATUS_DISABLED: i64 = 2;
/// The member has not yet logged in.
pub const STATUS_NOT_ACTIVATED: i64 = 4;
/// The member has left the corp.
pub const STATUS_LEFT: i64 = 5;

const DEPARTMENT_LIST: Call = Call::read("department/list");
const USER_GET: Call = Call::read("user/get");
const USER_LIST: Call = Call::read("user/list");

#[derive(Deserialize)]
struct Departments {
    #[serde(default, deserialize_with = "lenient::list")]
    department: Vec<Department>,
}

#[derive(Deserialize)]
struct StaffList {
    #[serde(default, deserialize_with = "lenient::list")]
    userlist: Vec<Staff>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Class, codes,
        testing::{Reply, Server, parse, with_token},
    };

    #[test]
    fn the_documented_departments_are_read() {
        let body = include_str!("../examples-of-replies/department-list.json");
        let departments = parse::<Departments>(&DEPARTMENT_LIST, body).unwrap().department;
        assert_eq!((departments[0].id, departments[0].parentid), (2, 1));
        assert_eq!(departments[0].department_leader, ["zhangsan", "lisi"]);
        assert_eq!((departments[1].name.as_str(), departments[1].order), ("邮箱产品部", 40));
    }

    #[test]
    fn the_documented_member_is_read_with_gender_as_text() {
        let body = include_str!("../examples-of-replies/user-list.json");
        let staff = parse::<StaffList>(&USER_LIST, body).unwrap().userlist;
        assert_eq!((staff[0].userid.as_str(), staff[0].gender.as_str()), ("zhangsan", "1"));
        assert_eq!((staff[0].main_department, staff[0].status), (Some(1), STATUS_ACTIVATED));
        assert_eq!(staff[0].is_leader_in_dept, [1, 0]);
    }

    #[tokio::test]
    async fn one_member_is_asked_for_by_userid_and_one_who_is_gone_is_told_from_a_hidden_one() {
        let body = include_str!("../examples-of-replies/user-get.json");
        let server = Server::start(move |request| {
            with_token(request, || match request.nth {
                1 => Reply::json(body),
                2 => Reply::json(r#"{"errcode":60111,"errmsg":"invalid string value `a b`."}"#),
                _ => Reply::json(r#"{"errcode":60011,"errmsg":"no privilege"}"#),
            })
        })
        .await;
        let client = server.client();
        let member = staff_member(&client, "a b").await.unwrap();
        assert_eq!((member.name.as_str(), member.department.as_slice()), ("张三", &[1, 2][..]));
        let request = server.requests().remove(1);
        assert_eq!((request.call.as_str(), request.method.as_str()), ("user/get", "GET"));
        assert!(request.query.starts_with("userid=a+b&"), "{}", request.query);
        let gone = staff_member(&client, "a b").await.unwrap_err();
        assert_eq!((gone.errcode(), gone.class()), (Some(codes::USERID_NOT_FOUND), Class::Gone));
        let hidden = staff_member(&client, "a b").await.unwrap_err();
        assert_eq!(hidden.errcode(), Some(codes::NO_PRIVILEGE));
    }

    #[test]
    fn a_member_shown_to_a_newer_app_lacks_the_private_fields() {
        let body = include_str!("../examples-of-replies/user-list-newer-app.json");
        let staff = parse::<StaffList>(&USER_LIST, body).unwrap().userlist;
        assert_eq!((staff[0].mobile.as_str(), staff[0].main_department), ("", None));
        assert_eq!(staff[0].direct_leader, [""; 0]);
        assert_eq!(staff[1].department, [4_294_967_295]);
        assert_eq!(staff[1].gender, "2");
    }

    #[test]
    fn departments_have_numbers_above_31_bits_and_may_lack_names_and_leaders() {
        let body = r#"{"department":[{"id":4294967295,"order":"2147484646","name":null}]}"#;
        let departments = parse::<Departments>(&DEPARTMENT_LIST, body).unwrap().department;
        assert_eq!((departments[0].id, departments[0].order), (4_294_967_295, 2_147_484_646));
        assert_eq!(departments[0].department_leader, [""; 0]);
    }

    #[test]
    fn null_instead_of_a_list_is_an_empty_list() {
        let body = r#"{"errcode":0,"department":null}"#;
        assert_eq!(parse::<Departments>(&DEPARTMENT_LIST, body).unwrap().department, []);
    }

    #[test]
    fn a_member_written_and_read_again_is_the_same() {
        let body = include_str!("../examples-of-replies/user-list.json");
        let staff = parse::<StaffList>(&USER_LIST, body).unwrap().userlist;
        let written = serde_json::to_string(&staff[0]).unwrap();
        assert_eq!(serde_json::from_str::<Staff>(&written).unwrap(), staff[0]);
    }
}
