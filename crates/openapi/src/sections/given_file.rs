//! A file as requests name it: by its id in the library, or by an address from which it is fetched and kept.

use scrm::{
    Error, FileId,
    files::{self, File, NewFile},
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

/// The file: the library's with this id, else what is at the address. `path` is where the members stand.
pub(super) async fn resolve(
    caller: &Caller,
    path: &str,
    given: &GivenFile<'_>,
) -> Result<File, Refusal> {
    let Caller { scrm, corp, .. } = caller;
    let member = |name: &str| member(path, name);
    if let Some(id) = given.id
        && let Some(file) = files::find(scrm, corp.id, id).await?
    {
        return named(caller, path, given, file).await;
    }
    match (given.url, given.id) {
        (Some(url), _) => {
            let fetched = files::fetch(scrm, corp.id, url, given.name, given.sign).await;
            fetched.map_err(|error| refusal(path, "fileUrl", error))
        }
        (None, Some(id)) => {
            let message = format!("{}: there is no file {id}", member("fileId"));
            Err(Refusal::new(Code::NOT_FOUND, message))
        }
        (None, None) if given.has_media_id => {
            let why = "is not enough: give fileUrl or fileId";
            Err(Refusal::field(&member("mediaId"), why))
        }
        (None, None) => Err(Refusal::field(&member("fileUrl"), "fileUrl or fileId is required")),
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
async fn named(
    caller: &Caller,
    path: &str,
    given: &GivenFile<'_>,
    file: File,
) -> Result<File, Refusal> {
    let Caller { scrm, corp, .. } = caller;
    if given.sign.is_some_and(|sign| !sign.eq_ignore_ascii_case(&file.md5)) {
        return Err(refusal(path, "sign", Error::OtherFile { md5: file.md5 }));
    }
    let Some(name) = given.name.filter(|name| *name != file.name) else { return Ok(file) };
    let bytes = files::read(scrm, corp.id, &file).await?;
    let new = NewFile { name, source_url: &file.source_url, md5: None };
    let kept = files::keep(scrm, corp.id, new, &bytes).await;
    kept.map_err(|error| refusal(path, "fileName", error))
}
