//! WeCom's login pages, as a browser meets them.

use reqwest::{Response, Url, redirect::Policy};
use serde_json::json;

use super::Corp;

const BACK: &str = "http://127.0.0.1:9/back";
const PAGES: [&str; 2] = ["/connect/oauth2/authorize", "/wwlogin/sso/login"];

impl Corp {
    fn asked<'a>(&'a self, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let corp_id = self.running.sim.config().corp_id.as_str();
        let mut asked = vec![
            ("appid", corp_id),
            ("agentid", "1000002"),
            ("redirect_uri", BACK),
            ("state", "s1"),
        ];
        asked.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        asked.extend(changes);
        asked
    }

    async fn open(&self, page: &str, changes: &[(&str, &str)]) -> Response {
        let url = format!("{}{page}", self.running.base_url);
        self.http.get(url).query(&self.asked(changes)).send().await.expect("it answers")
    }

    async fn choose(&self, page: &str, changes: &[(&str, &str)]) -> Response {
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build();
        let url = format!("{}{page}", self.running.base_url);
        let form = Url::parse_with_params("http://form/", self.asked(changes)).expect("a URL");
        let post = http.expect("ring is installed").post(url);
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        let body = form.query().expect("fields").to_owned();
        post.body(body).send().await.expect("it answers")
    }
}

fn location(reply: &Response) -> String {
    assert_eq!(reply.status(), 303);
    reply.headers()["location"].to_str().expect("text").to_owned()
}

#[tokio::test]
async fn whoever_is_chosen_comes_back_with_a_code() {
    let corp = Corp::small().await;
    let userid = corp.owner(1);
    for page in PAGES {
        let back = location(&corp.choose(page, &[("userid", &userid)]).await);
        let code = back.strip_prefix(&format!("{BACK}?code=")).expect("the page that was named");
        let code = code.strip_suffix("&state=s1").expect("the state that was given");
        let who = corp.get(&format!("auth/getuserinfo?code={code}")).await;
        assert_eq!(who["userid"], json!(userid));
    }
    assert_eq!(corp.choose(PAGES[1], &[("userid", "nobody")]).await.status(), 404);
}

#[tokio::test]
async fn somebody_outside_comes_back_with_a_code_too() {
    let corp = Corp::small().await;
    let back = location(&corp.choose(PAGES[0], &[("userid", "")]).await);
    let code = back.split(['=', '&']).nth(1).expect("a code");
    let who = corp.get(&format!("auth/getuserinfo?code={code}")).await;
    assert!(who.get("userid").is_none() && who["openid"].is_string());
}

#[tokio::test]
async fn the_page_lists_those_who_are_searched_for() {
    let corp = Corp::small().await;
    let (first, second) = (corp.owner(0), corp.owner(1));
    corp.running.sim.staff_leaves(&second).expect("present");
    for page in PAGES {
        let all = corp.open(page, &[]).await.text().await.expect("text");
        assert!(all.contains(&format!("value=\"{first}\"")), "{all}");
        assert!(!all.contains(&format!("value=\"{second}\"")), "who left is not listed");
        let found = corp.open(page, &[("q", &first.to_uppercase())]).await;
        assert!(found.text().await.expect("text").contains(&format!("value=\"{first}\"")));
        let none = corp.open(page, &[("q", "nobody at all")]).await.text().await.expect("text");
        assert!(!none.contains("<li>"), "{none}");
    }
}

#[tokio::test]
async fn what_is_shown_is_escaped_and_runs_nothing() {
    let corp = Corp::small().await;
    let reply = corp.open(PAGES[1], &[("q", "\"><script>alert(1)</script>")]).await;
    let policy = reply.headers()["content-security-policy"].to_str().expect("text").to_owned();
    let expected = "default-src 'none'; form-action 'self' http://127.0.0.1:9; base-uri 'none'; \
                    frame-ancestors 'none'";
    assert_eq!(policy, expected);
    let text = reply.text().await.expect("text");
    assert!(text.contains("&quot;&gt;&lt;script&gt;") && !text.contains("<script"), "{text}");
}

#[tokio::test]
async fn other_machines_other_corps_and_odd_states_are_refused() {
    let corp = Corp::small().await;
    for page in PAGES {
        for change in [
            ("redirect_uri", "http://example.com/back"),
            ("redirect_uri", "http://127.0.0.1@example.com/"),
            ("appid", "wwother0000001"),
            ("agentid", "7"),
            ("state", "a b"),
        ] {
            assert_eq!(corp.open(page, &[change]).await.status(), 400, "{change:?}");
            let userid = corp.owner(0);
            let chosen = corp.choose(page, &[change, ("userid", &userid)]).await;
            assert_eq!(chosen.status(), 400, "{change:?}");
        }
    }
}
