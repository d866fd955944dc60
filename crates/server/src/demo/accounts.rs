//! Other users of the console than its administrator, to see what roles and departments change: an operator and a
//! viewer who see one department, and a member of the sales staff who sees his own groups.

use anyhow::Context as _;
use scrm::{
    Scrm, UserId,
    audit::Author,
    org,
    users::{self, Member, NewUser, Place, Role, Scope, SignIn, Visitor},
};

use super::{World, start::PASSWORD};

/// Their logins; all have the demo's password.
pub const OPERATOR: &str = "operator";
pub const VIEWER: &str = "viewer";
pub const SALES: &str = "sales";

/// Makes those that there are not yet.
pub async fn put(world: &World) -> anyhow::Result<()> {
    let World { scrm, corp, .. } = world;
    let place =
        Place { corp: corp.clone(), role: Role::Admin, staff: None, scope: Scope::Everything };
    let present = users::list(scrm, corp.id).await?;
    let owners = world.groups_to_reach().await?;
    let seller = owners.first().map(|group| group.owner_id).context("nobody has a group")?;
    let mut reader = scrm.db.reader().await?;
    let names = org::department_names(&mut reader, corp.id, &[seller]).await?;
    let names = names.into_values().flatten().take(1).collect::<Vec<_>>();
    let departments = org::departments(&mut reader, corp.id).await?.into_iter();
    let departments = departments.filter(|department| names.contains(&department.name));
    let departments = departments.map(|department| department.id).collect();
    drop(reader);
    let some = Member { role: Role::Operator, staff: None, departments };
    let viewer = Member { role: Role::Viewer, ..some.clone() };
    let sales = Member { role: Role::Own, staff: Some(seller), departments: vec![] };
    for (login, name, member) in
        [(OPERATOR, "运营小李", some), (VIEWER, "只读小王", viewer), (SALES, "销售", sales)]
    {
        if present.iter().all(|user| user.login != login) {
            add(scrm, &place, NewUser { login: login.to_owned(), name: name.to_owned(), member })
                .await
                .with_context(|| format!("the demo's user {login} cannot be made"))?;
        }
    }
    Ok(())
}

async fn add(scrm: &Scrm, place: &Place, new: NewUser) -> anyhow::Result<()> {
    let author = Author { user: UserId(0), login: "demo".to_owned(), address: String::new() };
    let made = users::create(scrm, place, &new, &author).await?;
    let visitor = Visitor { address: String::new(), agent: "siyu demo".to_owned() };
    let who = SignIn { login: new.login, password: made.one_time_password.clone(), code: None };
    let token = users::sign_in(scrm, &who, &visitor).await?;
    let session = users::of_token(scrm, token.reveal()).await?.context("it was just begun")?;
    let once = &made.one_time_password;
    let token = users::change_password(scrm, &session, once, PASSWORD, &visitor).await?;
    if let Some(session) = users::of_token(scrm, token.reveal()).await? {
        users::sign_out(scrm, &session).await?;
    }
    Ok(())
}
