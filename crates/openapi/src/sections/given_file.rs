//! A file as requests name it: by its id in the library, or by an address from which it is to be fetched.

use scrm::{
    Error, FileId,
    files::{self, File},
};

use crate::{Caller, Code, Refusal};

/// What a request says of a file.
#[derive(Default)]
pub(super) struct GivenFile<'a> {
    pub id: Option<FileId>,
    pub url: Option<&'a str>,
    pub name: Option<&'a str>,
    /// Its MD5 in hex.
    pub sign: Option<&'a str>,
    pub has_media_id: bool,
}

/// Where the file is.
pub(super) enum Found<'a> {
    /// In the library, as it is to be.
    InLibrary(File),
    /// In the library under another name: a copy is to be kept under this one.
    ToRename(File, &'a str),
    /// At this address, from which it is to be fetched.
    AtAddress(&'a str),
}

/// Looks a file up: the library's with this id, else what is at the address. `path` is where the members stand.
/// Nothing is fetched and nothing kept.
pub(super) async fn look_up<'a>(
    caller: &Caller,
    path: &str,
    given: &GivenFile<'a>,
) -> Result<Found<'a>, Refusal> {
    let Caller { scrm, corp, .. } = caller;
    if let Some(id) = given.id
        && let Some(file) = files::find(scrm, corp.id, id).await?
    {
        return in_library(caller, path, given, file).await;
    }
    match (given.url, given.id) {
        (Some(url), _) => {
            files::check_address(url).map_err(|error| refusal(path, "fileUrl", error))?;
            if let Some(name) = given.name.filter(|name| !name.trim().is_empty()) {
                files::check_name(name).map_err(|error| refusal(path, "fileName", error))?;
            }
            Ok(Found::AtAddress(url))
        }
        (None, Some(id)) => {
            let message = format!("{}: there is no file {id}", member(path, "fileId"));
            Err(Refusal::new(Code::NOT_FOUND, message))
        }
        (None, None) if given.has_media_id => {
            let why = "is not enough: give fileUrl or fileId";
            Err(Refusal::field(&member(path, "mediaId"), why))
        }
        (None, None) => {
            Err(Refusal::field(&member(path, "fileUrl"), "fileUrl or fileId is required"))
        }
    }
}

/// What is wrong with a file, told with the member it came in.
pub(super) fn refusal(path: &str, member: &str, error: Error) -> Refusal {
    match error {
        Error::Invalid(what) => Refusal::field(&self::member(path, member), what),
        Error::OtherFile { .. } => Refusal::field(&self::member(path, "sign"), error),
        other => other.into(),
    }
}

/// A member where the others stand; they may stand at the top.
fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The file with the digest that is asked for, and under the name that receivers shall see.
async fn in_library<'a>(
    caller: &Caller,
    path: &str,
    given: &GivenFile<'a>,
    file: File,
) -> Result<Found<'a>, Refusal> {
    if given.sign.is_some_and(|sign| !sign.eq_ignore_ascii_case(&file.md5)) {
        return Err(refusal(path, "sign", Error::OtherFile { md5: file.md5 }));
    }
    let Some(name) = given.name.filter(|name| *name != file.name) else {
        return Ok(Found::InLibrary(file));
    };
    files::check_name(name).map_err(|error| refusal(path, "fileName", error))?;
    let renamed = files::same_under(&caller.scrm, caller.corp.id, &file, name).await?;
    Ok(renamed.map_or(Found::ToRename(file, name), Found::InLibrary))
}
