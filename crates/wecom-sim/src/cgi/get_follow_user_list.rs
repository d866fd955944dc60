//! `get_follow_user_list`: who may work with customers.

use serde_json::json;

use crate::{
    cgi::{Answers, Call, Takes},
    desk::Desk,
    wire::{Answer, Asked},
    world::StaffNo,
};

pub(super) const CALL: Call = Call {
    path: "externalcontact/get_follow_user_list",
    takes: Takes::Query,
    lists: &["follow_user"],
    answer: Answers::Tree(answer),
};

fn answer(desk: &mut Desk, _: &Asked) -> Answer {
    let staff = desk.state.world.staff.iter().enumerate();
    let followers: Vec<&str> = staff
        .filter(|(n, member)| {
            let no = StaffNo::at(*n);
            member.follows && !desk.state.left.contains(&no) && desk.sees(no)
        })
        .map(|(_, member)| member.userid.as_str())
        .collect();
    Ok(json!({ "follow_user": followers }))
}
