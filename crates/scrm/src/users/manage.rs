//! Making and changing users. Whoever manages users of a company may change what they are there; accounts as such
//! (password, name, whether they may sign in) only where they belong to no other company.

use std::collections::HashMap;

use serde_json::json;
use store::{Tx, Value, params};

use super::{Place, Role, Session, Visitor, password, sql};
use crate::{
    CorpId, DepartmentId, Error, Scrm, StaffId, UserId,
    audit::{self, Author},
    counters, org,
};

/// The company of what belongs to the installation.
pub(crate) const NO_CORP: CorpId = CorpId(0);

/// What somebody is in a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// His role.
    pub role: Role,
    /// Who he is in WeCom; needed for [`Role::Own`].
    pub staff: Option<StaffId>,
    /// The departments whose data he sees; none = all of the company.
    pub departments: Vec<DepartmentId>,
}

/// A user as a list shows him.
#[derive(Debug, Clone)]
pub struct ListedUser {
    /// His number.
    pub id: UserId,
    /// What he signs in with.
    pub login: String,
    /// What people call him.
    pub name: String,
    /// Whether he is an admin of every company.
    pub is_site_admin: bool,
    /// Whether he may not sign in.
    pub is_disabled: bool,
    /// Whether he has not changed his one-time password yet.
    pub must_change_password: bool,
    /// Whether he has a second factor.
    pub has_totp: bool,
    /// What he is in the company; nothing for a site admin.
    pub member: Option<Member>,
    /// What his member of staff is called.
    pub staff_name: Option<String>,
}

/// Somebody new.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// 2 to 64 letters, digits and `.-_@`, without regard to case.
    pub login: String,
    /// What people call him; the login when empty.
    pub name: String,
    /// What he is to be.
    pub member: Member,
}

/// A change of a user.
#[derive(Debug, Clone)]
pub struct EditUser {
    /// What people call him.
    pub name: String,
    /// Whether he may not sign in.
    pub is_disabled: bool,
    /// What he is from now on.
    pub member: Member,
}

/// A user with a password that is shown once.
#[derive(Debug, Clone)]
pub struct Made {
    /// His number.
    pub id: UserId,
    /// To be changed at the first sign-in.
    pub one_time_password: String,
}

/// Logins are compared in this form.
pub(super) fn folded_login(login: &str) -> String {
    login.trim().to_ascii_lowercase()
}

fn check_login(login: &str) -> Result<(), Error> {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte);
    if (2..=64).contains(&login.len()) && login.bytes().all(is_fine) {
        return Ok(());
    }
    Err(Error::Invalid(format!("a login is 2 to 64 letters, digits and .-_@, not {login:?}")))
}

/// The first user of an installation: a site admin with the login `admin`. Nothing when there are users already.
pub async fn first_admin(scrm: &Scrm) -> Result<Option<Made>, Error> {
    if any_user(&mut *scrm.db.reader().await?).await? {
        return Ok(None);
    }
    let one_time_password = password::one_time(scrm);
    let hash = password::hashed(scrm, &one_time_password).await;
    let mut tx = scrm.db.begin().await?;
    // Another process may be as far: the counter's row makes one wait, and it looks again then.
    let id = UserId(counters::take(&mut tx, NO_CORP, counters::INTERNAL, 1).await?);
    if any_user(&mut tx).await? {
        return Ok(None);
    }
    add(&mut tx, scrm, id, ("admin", "管理员"), &hash, true).await?;
    tx.commit().await?;
    Ok(Some(Made { id, one_time_password }))
}

async fn any_user(session: &mut store::Session) -> Result<bool, Error> {
    let first = session.query_opt(&sql::ANY_USER, &[], |row| row.get::<UserId>(0)).await?;
    Ok(first.is_some())
}

/// A site admin with a one-time password, or that user made one and without a second factor: for the command line.
pub async fn site_admin(scrm: &Scrm, login: &str) -> Result<Made, Error> {
    let one_time_password = password::one_time(scrm);
    let id = put_site_admin(scrm, login, &one_time_password, true).await?;
    let mut tx = scrm.db.begin().await?;
    let nothing: Option<&[u8]> = None;
    tx.execute(&sql::SET_TOTP, &params![id, nothing, 0_i64]).await?;
    tx.commit().await?;
    Ok(Made { id, one_time_password })
}

/// A site admin with a password of the caller's choice, or that user made one: for the demo.
pub async fn put_site_admin(
    scrm: &Scrm,
    login: &str,
    password: &str,
    must_change_password: bool,
) -> Result<UserId, Error> {
    let login = folded_login(login);
    check_login(&login)?;
    password::check_new(password, &login)?;
    let hash = password::hashed(scrm, password).await;
    let mut tx = scrm.db.begin().await?;
    let known = tx.query_opt(&sql::BY_LOGIN, &params![&login], sql::known).await?;
    let id = match known {
        Some(known) => {
            let values = params![known.id, true, &hash, must_change_password, false];
            tx.execute(&sql::MAKE_SITE_ADMIN, &values).await?;
            tx.execute(&sql::END_SESSIONS_OF, &params![known.id]).await?;
            known.id
        }
        None => {
            let id = UserId(counters::take(&mut tx, NO_CORP, counters::INTERNAL, 1).await?);
            add(&mut tx, scrm, id, (&login, &login), &hash, true).await?;
            tx.execute(&sql::SET_PASSWORD, &params![id, &hash, must_change_password]).await?;
            id
        }
    };
    tx.commit().await?;
    Ok(id)
}

async fn add(
    tx: &mut Tx,
    scrm: &Scrm,
    id: UserId,
    (login, name): (&str, &str),
    hash: &str,
    is_site_admin: bool,
) -> Result<(), Error> {
    let now_ms = scrm.clock.now_ms();
    let values = params![id, login, name, hash, true, 0_i64, is_site_admin, false, now_ms];
    match tx.execute_rows(&sql::ADD_USER, &values).await {
        Err(store::Error::UniqueViolation { .. }) => {
            Err(Error::Conflict(format!("the login {login} is taken")))
        }
        other => other.map(drop).map_err(Error::from),
    }
}

/// What a user is in a company.
pub(super) async fn member(
    session: &mut store::Session,
    corp: CorpId,
    user: UserId,
) -> Result<Option<Member>, Error> {
    let found = session.query_opt(&sql::MEMBER, &params![corp, user], sql::member).await?;
    let Some((_, member)) = found else { return Ok(None) };
    let departments =
        session.query(&sql::DEPARTMENTS_OF, &params![corp, user], |row| row.get(0)).await?;
    Ok(Some(Member { departments, ..member }))
}

/// What the users of a company sign in with, by number.
pub async fn logins(scrm: &Scrm, corp: CorpId) -> Result<HashMap<UserId, String>, Error> {
    Ok(list(scrm, corp).await?.into_iter().map(|user| (user.id, user.login)).collect())
}

/// The users of a company, and site admins.
pub async fn list(scrm: &Scrm, corp: CorpId) -> Result<Vec<ListedUser>, Error> {
    let mut reader = scrm.db.reader().await?;
    let read = |row: &store::Row<'_>| {
        let member = match row.get::<Option<i64>>(7)? {
            None => None,
            Some(role) => Some(Member {
                role: Role::from_column(role)?,
                staff: row.get::<Option<i64>>(8)?.map(StaffId),
                departments: vec![],
            }),
        };
        Ok(ListedUser {
            id: row.get(0)?,
            login: row.get(1)?,
            name: row.get(2)?,
            is_site_admin: row.get(3)?,
            is_disabled: row.get(4)?,
            must_change_password: row.get(5)?,
            has_totp: row.get(6)?,
            member,
            staff_name: row.get(9)?,
        })
    };
    let mut users = reader.query(&sql::USERS, &params![corp], read).await?;
    let read = |row: &store::Row<'_>| Ok((row.get::<UserId>(0)?, row.get::<DepartmentId>(1)?));
    let mut departments: HashMap<UserId, Vec<DepartmentId>> = HashMap::new();
    for (user, department) in reader.query(&sql::DEPARTMENTS_OF_ALL, &params![corp], read).await? {
        departments.entry(user).or_default().push(department);
    }
    for user in &mut users {
        if let Some(member) = &mut user.member {
            member.departments = departments.remove(&user.id).unwrap_or_default();
        }
    }
    Ok(users)
}

/// Makes a user of the company. [`Error::Conflict`] for a login that is taken or a member of staff who is
/// somebody already, [`Error::NotFound`] for unknown staff or departments.
pub async fn create(
    scrm: &Scrm,
    place: &Place,
    new: &NewUser,
    author: &Author,
) -> Result<Made, Error> {
    let login = folded_login(&new.login);
    check_login(&login)?;
    let name = if new.name.trim().is_empty() { &login } else { new.name.trim() };
    check_name(name)?;
    let one_time_password = password::one_time(scrm);
    let hash = password::hashed(scrm, &one_time_password).await;
    let mut tx = scrm.db.begin().await?;
    let id = UserId(counters::take(&mut tx, NO_CORP, counters::INTERNAL, 1).await?);
    add(&mut tx, scrm, id, (&login, name), &hash, false).await?;
    put_member(&mut tx, place.corp.id, id, &new.member).await?;
    let detail = json!({"role": new.member.role, "departments": new.member.departments});
    audit::record(&mut tx, scrm, Some(place.corp.id), author, "create_user", &login, &detail)
        .await?;
    tx.commit().await?;
    Ok(Made { id, one_time_password })
}

fn check_name(name: &str) -> Result<(), Error> {
    if name.chars().count() > 64 {
        return Err(Error::Invalid("a name has at most 64 characters".to_owned()));
    }
    Ok(())
}

async fn put_member(tx: &mut Tx, corp: CorpId, user: UserId, member: &Member) -> Result<(), Error> {
    if member.role == Role::Own && member.staff.is_none() {
        let text = "whoever sees only what is his own must be a member of staff";
        return Err(Error::Invalid(text.to_owned()));
    }
    if let Some(staff) = member.staff
        && org::staff_by_ids(tx, corp, &[staff]).await?.is_empty()
    {
        return Err(Error::NotFound(format!("there is no member of staff {staff}")));
    }
    org::check_departments(tx, corp, &member.departments).await?;
    let staff = member.staff.map(|staff| staff.0);
    let values = params![corp, user, member.role as i64, staff];
    match tx.execute_rows(&sql::PUT_MEMBER, &values).await {
        Err(store::Error::UniqueViolation { .. }) => {
            let text = "this member of staff is another user already";
            return Err(Error::Conflict(text.to_owned()));
        }
        other => other?,
    };
    tx.execute(&sql::REMOVE_DEPARTMENTS, &params![corp, user]).await?;
    let mut departments = member.departments.clone();
    departments.sort_unstable();
    departments.dedup();
    let rows: Vec<Value<'_>> =
        departments.iter().flat_map(|&department| params![corp, user, department]).collect();
    tx.execute_rows(&sql::ADD_DEPARTMENTS, &rows).await?;
    Ok(())
}

/// Whether his account is this company's alone: he is no site admin, and a member here only.
async fn account_here(
    tx: &mut Tx,
    corp: CorpId,
    user: UserId,
) -> Result<(sql::Account, bool), Error> {
    let unknown = || Error::NotFound(format!("there is no user {user}"));
    let account = tx.query_opt(&sql::BY_ID, &params![user], sql::account).await?;
    let account = account.ok_or_else(unknown)?;
    let is_member = member(tx, corp, user).await?.is_some();
    if !is_member && !account.is_site_admin {
        return Err(unknown());
    }
    let elsewhere =
        tx.query_opt(&sql::N_COMPANIES, &params![user, corp], |row| row.get::<i64>(0)).await?;
    let is_alone = !account.is_site_admin && elsewhere == Some(0);
    Ok((account, is_alone))
}

fn check_may_change(session: &Session, is_alone: bool, user: UserId) -> Result<(), Error> {
    if session.user == user {
        return Err(Error::Conflict("you cannot change your own account here".to_owned()));
    }
    if is_alone || session.is_site_admin {
        return Ok(());
    }
    let text = "this user is a site admin or works for another company too: ask a site admin";
    Err(Error::Conflict(text.to_owned()))
}

/// Changes a user. Whom it disables is signed out. [`Error::NotFound`] for one of another company.
pub async fn edit(
    scrm: &Scrm,
    (session, place, visitor): (&Session, &Place, &Visitor),
    user: UserId,
    edited: &EditUser,
) -> Result<(), Error> {
    let name = edited.name.trim();
    check_name(name)?;
    let corp = place.corp.id;
    let mut tx = scrm.db.begin().await?;
    let (account, is_alone) = account_here(&mut tx, corp, user).await?;
    check_may_change(session, is_alone, user)?;
    let name = if name.is_empty() { &account.login } else { name };
    tx.execute(&sql::SET_USER, &params![user, name, edited.is_disabled]).await?;
    if edited.is_disabled {
        tx.execute(&sql::END_SESSIONS_OF, &params![user]).await?;
    }
    if !account.is_site_admin {
        put_member(&mut tx, corp, user, &edited.member).await?;
    }
    let member = &edited.member;
    let detail = json!({
        "role": member.role, "departments": member.departments, "disabled": edited.is_disabled,
    });
    let author = session.author(visitor);
    audit::record(&mut tx, scrm, Some(corp), &author, "edit_user", &account.login, &detail).await?;
    Ok(tx.commit().await?)
}

/// Gives a user a one-time password, takes his second factor away and signs him out.
pub async fn reset_password(
    scrm: &Scrm,
    (session, place, visitor): (&Session, &Place, &Visitor),
    user: UserId,
) -> Result<Made, Error> {
    let one_time_password = password::one_time(scrm);
    let hash = password::hashed(scrm, &one_time_password).await;
    let corp = place.corp.id;
    let mut tx = scrm.db.begin().await?;
    let (account, is_alone) = account_here(&mut tx, corp, user).await?;
    check_may_change(session, is_alone, user)?;
    let nothing: Option<&[u8]> = None;
    tx.execute(&sql::SET_PASSWORD, &params![user, &hash, true]).await?;
    tx.execute(&sql::SET_TOTP, &params![user, nothing, 0_i64]).await?;
    tx.execute(&sql::END_SESSIONS_OF, &params![user]).await?;
    let (author, detail) = (session.author(visitor), json!({}));
    audit::record(&mut tx, scrm, Some(corp), &author, "reset_password", &account.login, &detail)
        .await?;
    tx.commit().await?;
    Ok(Made { id: user, one_time_password })
}

/// Removes a user from the company, and his account with it when he is nowhere else. Site admins stay.
pub async fn remove(
    scrm: &Scrm,
    (session, place, visitor): (&Session, &Place, &Visitor),
    user: UserId,
) -> Result<(), Error> {
    let corp = place.corp.id;
    let mut tx = scrm.db.begin().await?;
    let (account, is_alone) = account_here(&mut tx, corp, user).await?;
    if session.user == user {
        return Err(Error::Conflict("you cannot remove yourself".to_owned()));
    }
    if account.is_site_admin {
        return Err(Error::Conflict("a site admin belongs to every company".to_owned()));
    }
    tx.execute(&sql::REMOVE_DEPARTMENTS, &params![corp, user]).await?;
    tx.execute(&sql::REMOVE_MEMBER, &params![corp, user]).await?;
    if is_alone {
        tx.execute(&sql::END_SESSIONS_OF, &params![user]).await?;
        tx.execute(&sql::REMOVE_USER, &params![user]).await?;
    }
    let (author, detail) = (session.author(visitor), json!({}));
    audit::record(&mut tx, scrm, Some(corp), &author, "remove_user", &account.login, &detail)
        .await?;
    Ok(tx.commit().await?)
}

/// Lets somebody sign in, or not: for the command line. [`Error::NotFound`] for an unknown login.
pub async fn set_disabled(scrm: &Scrm, login: &str, is_disabled: bool) -> Result<(), Error> {
    let login = folded_login(login);
    let mut tx = scrm.db.begin().await?;
    let known = tx.query_opt(&sql::BY_LOGIN, &params![&login], sql::known).await?;
    let known = known.ok_or_else(|| Error::NotFound(format!("there is no user {login}")))?;
    tx.execute(&sql::DISABLE, &params![known.id, is_disabled]).await?;
    if is_disabled {
        tx.execute(&sql::END_SESSIONS_OF, &params![known.id]).await?;
    }
    Ok(tx.commit().await?)
}
