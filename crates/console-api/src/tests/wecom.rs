//! Signing in with WeCom, against a simulated WeCom that is reached over HTTP.

use axum::{
    body::Body,
    http::{HeaderMap, Request, Response, header},
};
use scrm::{StaffId, org, sync, users::LoginPages};
use serde_json::{Value, json};
use store::testing::TestDb;
use tower::ServiceExt as _;
use wecom_sim::{Config, Running};

use super::{Console, PASSWORD};
use crate::{BACK_PATH, Options};

mod desk;
mod offers;
mod refusals;

const PUBLIC_URL: &str = "http://127.0.0.1:9";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64)";

/// A console whose company is simulated and synchronised, and the user `li`, who is linked to the first member of
/// staff.
struct Connected {
    console: Console,
    sim: Running,
    /// What WeCom calls the user.
    userid: String,
    /// His number, and another's.
    staff: [StaffId; 2],
    user: Value,
}

/// A browser on its way; cookies by name.
#[derive(Default)]
struct Way {
    errand: String,
    session: String,
    code: String,
    state: String,
}

impl Connected {
    async fn on(test: &TestDb) -> Self {
        let config = Config {
            n_departments: 5,
            n_staff: 12,
            n_groups: 3,
            n_owners: Some(3),
            ..Config::seeded(3)
        };
        let corp = (config.corp_id.clone(), config.secret.clone());
        let clock = ambient::ManualClock::at(super::NOW_MS);
        let sim = wecom_sim::start(config, clock.clock()).await.unwrap();
        let pages = LoginPages {
            web_login_url: sim.base_url.clone(),
            oauth_url: sim.base_url.clone(),
            back_url: format!("{PUBLIC_URL}{BACK_PATH}"),
        };
        let options = Options { login_pages: Some(pages), ..Options::default() };
        let console = Console::of(test, clock, &sim.base_url, (&corp.0, &corp.1), options).await;
        let mut connected =
            Self { console, sim, userid: String::new(), staff: [StaffId(0); 2], user: json!({}) };
        connected.sync().await;
        let mut reader = connected.console.scrm.db.reader().await.unwrap();
        let all = org::all_staff(&mut reader, connected.console.corp).await.unwrap();
        drop(reader);
        connected.userid = all[0].wecom_user_id.clone();
        connected.staff = [all[0].id, all[1].id];
        connected.user = connected.add("li", all[0].id).await;
        connected
    }

    async fn sync(&self) {
        let (scrm, corp) = (&self.console.scrm, self.console.corp);
        sync::run(scrm, corp, "test", &|_| {}, std::future::pending()).await.unwrap();
    }

    /// Makes a user who is linked to a member of staff.
    async fn add(&self, login: &str, staff: StaffId) -> Value {
        let new = json!({"login": login, "role": "viewer", "staffId": staff.to_string()});
        self.console.admin().await.ok("users/create", new).await
    }

    /// A GET of a browser.
    async fn get(&self, path: &str, cookies: &str, agent: &str) -> Response<Body> {
        let request = Request::get(path).header("cookie", cookies).header("user-agent", agent);
        let request = request.body(Body::empty()).unwrap();
        self.console.router.clone().oneshot(request).await.unwrap()
    }

    /// To WeCom's page and through it, as somebody.
    async fn leave(&self, to: &str, userid: &str) -> Way {
        self.leave_from("/console/wecom/start", to, userid).await
    }

    /// The same from the console or from the staff's own pages.
    async fn leave_from(&self, start: &str, to: &str, userid: &str) -> Way {
        let to = percent_encoding::utf8_percent_encode(to, percent_encoding::NON_ALPHANUMERIC);
        let reply = self.get(&format!("{start}?to={to}"), "", AGENT).await;
        let errand = cookie(reply.headers(), "siyu_wecom").expect("an errand");
        let page = location(reply.headers());
        assert!(page.starts_with(&format!("{}/wwlogin/sso/login?", self.sim.base_url)), "{page}");
        let state = param(&page, "state");
        let back = self.choose(&page, userid).await;
        assert!(back.starts_with(&format!("{PUBLIC_URL}{BACK_PATH}?")), "{back}");
        assert_eq!(param(&back, "state"), state);
        Way { errand, state, code: param(&back, "code"), ..Way::default() }
    }

    /// Chooses somebody on a login page; where it leads.
    async fn choose(&self, page: &str, userid: &str) -> String {
        let policy = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(policy).build().unwrap();
        let (address, query) = page.split_once('?').unwrap();
        let form = http.post(address).header("content-type", "application/x-www-form-urlencoded");
        let reply = form.body(format!("{query}&userid={userid}")).send().await.unwrap();
        assert_eq!(reply.status(), 303, "{page}");
        location(reply.headers())
    }

    /// Back from it: where the browser is led, and what it keeps.
    async fn come_back(&self, way: &Way) -> (String, HeaderMap) {
        let path = format!("{BACK_PATH}?code={}&state={}", way.code, way.state);
        let cookies = format!("siyu_session={}; siyu_wecom={}", way.session, way.errand);
        let reply = self.get(&path, &cookies, AGENT).await;
        assert_eq!(reply.status(), 303);
        assert_eq!(cookie(reply.headers(), "siyu_wecom").as_deref(), Some(""), "it is forgotten");
        (location(reply.headers()), reply.headers().clone())
    }

    /// The whole way; signed in as somebody, or the problem.
    async fn sign_in(&self, userid: &str) -> Result<Value, String> {
        self.finish(&self.leave("/", userid).await).await
    }

    /// The end of a way.
    async fn finish(&self, way: &Way) -> Result<Value, String> {
        let (to, headers) = self.come_back(way).await;
        match cookie(&headers, "siyu_session") {
            None => {
                assert!(to.starts_with("/console/sign-in?"), "{to}");
                Err(param(&to, "problem"))
            }
            Some(token) => Ok(self.me(&token).await.expect("a session")),
        }
    }

    /// Who has a token.
    async fn me(&self, token: &str) -> Option<Value> {
        let mut browser = self.console.browser();
        browser.cookie = format!("siyu_session={token}");
        let reply = browser.call("session/me", json!({})).await;
        (reply.status == 200).then_some(reply.body)
    }
}

fn location(headers: &HeaderMap) -> String {
    headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// The value of a cookie that is set.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
    let mut values = lines.filter_map(|line| line.strip_prefix(&format!("{name}=")));
    values.next().map(|value| value.split(';').next().unwrap().to_owned())
}

fn param(url: &str, name: &str) -> String {
    let url = reqwest::Url::parse("http://any").unwrap().join(url).unwrap();
    let mut found = url.query_pairs().filter(|(known, _)| known == name);
    found.next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
