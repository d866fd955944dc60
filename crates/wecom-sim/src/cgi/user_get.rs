//! `user/get`: one member of staff; fields that only OAuth tells are left out, as in `user/list`.

use crate::{
    cgi::{Answers, Call, Takes, user_list},
    desk::Desk,
    wire::{Answer, Asked, Refusal},
};

pub(super) const CALL: Call =
    Call { path: "user/get", takes: Takes::Query, lists: &[], answer: Answers::Tree(answer) };

fn answer(desk: &mut Desk, asked: &Asked) -> Answer {
    let userid = asked.param("userid").ok_or_else(|| Refusal::field("userid", "missing"))?;
    let unknown =
        || Refusal::new(60111, format!("invalid string value `{userid}`. userid not found"));
    let no = desk.state.present(userid).ok_or_else(unknown)?;
    if !desk.sees(no) {
        return Err(Refusal::of(60011));
    }
    Ok(user_list::user(desk.state.world.member(no), no.index()))
}
