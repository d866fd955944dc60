//! Our callback addresses as WeCom's console knows them: a Token and an EncodingAESKey each.

use ambient::Random;
use store::{Session, params};

use super::sql;
use crate::{CorpId, Error, Scrm, corps};

/// Whose events an address gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReceiverKind {
    /// The self-built app: groups, customers, customer tags.
    App,
    /// The contact-sync assistant (通讯录同步): departments and staff.
    Contacts,
}

/// What is pasted into WeCom's console.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiverKeys {
    /// 1 to 32 letters and digits.
    pub token: String,
    /// 43 letters and digits.
    pub encoding_aes_key: String,
}

/// A callback address as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiverStatus {
    /// Whose it is.
    pub kind: ReceiverKind,
    /// When its keys were stored.
    pub created_at_ms: i64,
    /// When WeCom verified the address last.
    pub verified_at_ms: Option<i64>,
}

impl ReceiverKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::App, Self::Contacts];

    /// Its name in addresses: `app` or `contacts`.
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Contacts => "contacts",
        }
    }

    /// Reads [`ReceiverKind::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn number(self) -> i64 {
        match self {
            Self::App => 0,
            Self::Contacts => 1,
        }
    }

    fn from_number(number: i64) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.number() == number);
        found.ok_or_else(|| Error::Damaged(format!("{number} is no kind of callback address")))
    }
}

impl ReceiverKeys {
    /// New keys by chance, as WeCom's console makes them.
    pub fn generate(random: &Random) -> Self {
        Self { token: letters(random, 32), encoding_aes_key: letters(random, 43) }
    }
}

impl std::fmt::Debug for ReceiverKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReceiverKeys(…)")
    }
}

/// Stores the keys of an address, in place of those it had; [`Error::Invalid`] for keys that WeCom's
/// console would not accept.
pub async fn put_receiver(
    scrm: &Scrm,
    corp: CorpId,
    kind: ReceiverKind,
    keys: &ReceiverKeys,
) -> Result<(), Error> {
    let mut reader = scrm.db.reader().await?;
    let id = corps::get(&mut reader, corp).await?.wecom_corp_id;
    drop(reader);
    wecom::callback::Receiver::new(&keys.token, &keys.encoding_aes_key, &id)
        .map_err(|error| Error::Invalid(error.to_string()))?;
    let seal = |secret: &str| scrm.master_key.encrypt(secret, &owner(&id, kind), &scrm.random);
    let (token, aes_key) = (seal(&keys.token), seal(&keys.encoding_aes_key));
    let mut tx = scrm.db.begin().await?;
    let values = params![corp, kind.number(), &token, &aes_key, scrm.clock.now_ms()];
    tx.execute_rows(&sql::PUT_RECEIVER, &values).await?;
    Ok(tx.commit().await?)
}

/// The addresses of a company whose keys are stored.
pub async fn receivers(session: &mut Session, corp: CorpId) -> Result<Vec<ReceiverStatus>, Error> {
    let rows = session
        .query(&sql::RECEIVERS, &params![corp], |row| {
            Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<Option<i64>>(2)?))
        })
        .await?;
    rows.into_iter()
        .map(|(kind, created_at_ms, verified_at_ms)| {
            let kind = ReceiverKind::from_number(kind)?;
            Ok(ReceiverStatus { kind, created_at_ms, verified_at_ms })
        })
        .collect()
}

/// An address that was called.
pub(super) struct Found {
    pub(super) corp: CorpId,
    pub(super) receiver: wecom::callback::Receiver,
}

/// The address of a company, by WeCom's id; nothing when its keys are not stored.
pub(super) async fn find(
    scrm: &Scrm,
    wecom_corp_id: &str,
    kind: ReceiverKind,
) -> Result<Option<Found>, Error> {
    let mut reader = scrm.db.reader().await?;
    let found = reader
        .query_opt(&sql::RECEIVER, &params![wecom_corp_id, kind.number()], |row| {
            Ok((row.get::<CorpId>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Vec<u8>>(2)?))
        })
        .await?;
    drop(reader);
    let Some((corp, token, aes_key)) = found else { return Ok(None) };
    let open = |sealed: &[u8]| scrm.master_key.decrypt(sealed, &owner(wecom_corp_id, kind));
    let receiver = wecom::callback::Receiver::new(&open(&token)?, &open(&aes_key)?, wecom_corp_id)
        .map_err(|error| Error::Damaged(error.to_string()))?;
    Ok(Some(Found { corp, receiver }))
}

fn owner(wecom_corp_id: &str, kind: ReceiverKind) -> String {
    format!("the callback keys ({}) of {wecom_corp_id}", kind.name())
}

fn letters(random: &Random, n: usize) -> String {
    const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut text = String::with_capacity(n);
    while text.len() < n {
        // Bytes from 248 on would make the first letters more likely.
        let fair = random.bytes::<64>().into_iter().filter(|byte| *byte < 248);
        text.extend(
            fair.take(n - text.len()).map(|byte| char::from(LETTERS[usize::from(byte % 62)])),
        );
    }
    text
}
