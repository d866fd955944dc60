//! Passwords: hashed with argon2id, checked in the same time whether there is such a user or not.

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};

use crate::{Error, Scrm};

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 10;
/// The most bytes: hashing takes time.
pub const MAX_BYTES: usize = 1_024;
/// Without letters and digits that look like others.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";

/// [`Error::Invalid`] for a password that is too short, too long or the login itself.
pub(super) fn check_new(password: &str, login: &str) -> Result<(), Error> {
    if password.chars().count() < MIN_CHARS {
        return Err(Error::Invalid(format!("a password has at least {MIN_CHARS} characters")));
    }
    if password.len() > MAX_BYTES {
        return Err(Error::Invalid(format!("a password has at most {MAX_BYTES} bytes")));
    }
    if password.eq_ignore_ascii_case(login) {
        return Err(Error::Invalid("the password is the login".to_owned()));
    }
    Ok(())
}

/// A password that is to be changed after the first sign-in: 80 bits.
pub(super) fn one_time(scrm: &Scrm) -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let letters: Vec<char> = scrm.random.bytes::<16>().iter().map(letter).collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// Its hash, as text that names the method. Takes some ten ms and 19 MiB, so it is done aside.
pub(super) async fn hashed(scrm: &Scrm, password: &str) -> String {
    let (password, salt) = (password.to_owned(), scrm.random.bytes::<16>());
    let hash = tokio::task::spawn_blocking(move || {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.expect("the default parameters and a salt of 16 bytes are right").to_string()
    });
    hash.await.expect("hashing does not panic")
}

/// Whether a password is the one that was hashed. Without a hash the answer is no, after the same time.
pub(super) async fn is_right(password: &str, hash: Option<&str>) -> bool {
    /// Of a password that nobody knows.
    const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2l5dS1ub2JvZHktc2FsdA$\
                           7kPMjC2wLXRGXmFpDGYkWMwGBGGvlDiJhGMaBUuI2ZE";
    if password.len() > MAX_BYTES {
        return false;
    }
    let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
    let is_right = tokio::task::spawn_blocking(move || {
        let known = hash.as_deref().unwrap_or(NOBODYS);
        let is_right = Argon2::default().verify_password(password.as_bytes(), known).is_ok();
        is_right && hash.is_some()
    });
    is_right.await.expect("hashing does not panic")
}
