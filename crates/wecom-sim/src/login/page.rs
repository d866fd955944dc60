//! What the login pages look like: HTML, with everything from outside escaped.

use super::Asked;
use crate::view::Staff;

/// Who is it?
pub(super) fn choice(asked: &Asked, found: &[Staff], n_shown: usize) -> String {
    let hidden: String = [
        ("appid", &asked.appid),
        ("agentid", &asked.agentid),
        ("redirect_uri", &asked.redirect_uri),
        ("state", &asked.state),
    ]
    .into_iter()
    .map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value))
    })
    .collect();
    let rows: String = found.iter().take(n_shown).map(row).collect();
    let more = match found.len().saturating_sub(n_shown) {
        0 => String::new(),
        n => format!("<p>还有 {n} 人，请搜索 · {n} more: search for them</p>"),
    };
    html(&format!(
        "<p>模拟器的登录页：选择以谁的身份登录 · The simulator's login page: choose who you are</p>\
         <form method=\"get\">{hidden}<label>姓名或账号 · name or userid <input name=\"q\" value=\"{}\"></label> \
         <button>搜索 · search</button></form>\
         <form method=\"post\">{hidden}<ul>{rows}</ul>{more}\
         <p><button name=\"userid\" value=\"\">不是本企业成员 · no member of staff</button></p></form>",
        escaped(&asked.q)
    ))
}

fn row(member: &Staff) -> String {
    let (userid, name) = (escaped(&member.userid), escaped(&member.name));
    format!("<li><button name=\"userid\" value=\"{userid}\">{name} ({userid})</button></li>")
}

/// Why nobody can log in.
pub(super) fn refusal(why: &str) -> String {
    html(&format!("<p>{}</p>", escaped(why)))
}

fn html(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>企业微信登录（模拟）</title>\
         <h1>企业微信登录（模拟）</h1>{body}</html>"
    )
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}
