//! Files of what is to be sent: to look at and keep, and as media that WeCom's page functions take.

use super::{DeskSession, content};
use crate::{
    Error, FileId, PublicId, Scrm, corps,
    files::{
        self, File,
        media::{self, Need, Use},
    },
    sop::ContentItem,
};

/// A file of one of his tasks, with its content. [`Error::NotFound`] for another's task, and for a file that is not
/// in it.
pub async fn file(
    scrm: &Scrm,
    session: &DeskSession,
    task: &PublicId,
    id: FileId,
) -> Result<(File, Vec<u8>), Error> {
    let found = content(scrm, session, task).await?;
    if !found.content.iter().filter_map(ContentItem::file).any(|file| file.file_id == id) {
        return Err(no_file(id));
    }
    let file = files::any(scrm, session.corp, id).await?.ok_or_else(|| no_file(id))?;
    let bytes = files::read(scrm, session.corp, &file).await?;
    Ok((file, bytes))
}

/// What WeCom's page functions take for a file of one of his tasks: the media id of a picture, video or file, the
/// address of a cover. WeCom gets the file if it has it no more. Errors as [`file`], and what WeCom says.
pub async fn medium(
    scrm: &Scrm,
    session: &DeskSession,
    task: &PublicId,
    id: FileId,
) -> Result<String, Error> {
    let found = content(scrm, session, task).await?;
    let what = found.content.iter().find_map(|item| match item {
        ContentItem::Image { file } if file.file_id == id => Some(Use::Image),
        ContentItem::Video { file } if file.file_id == id => Some(Use::Video),
        ContentItem::File { file } if file.file_id == id => Some(Use::File),
        // The covers of links and mini programs.
        other if other.file().is_some_and(|file| file.file_id == id) => Some(Use::Address),
        _ => None,
    });
    let need = Need { file: id, what: what.ok_or_else(|| no_file(id))? };
    let client = corps::client(scrm, session.corp).await?;
    media::upload(scrm, session.corp, &client, need).await?;
    let known = media::known(scrm, session.corp, &[need]).await?;
    known.into_values().next().ok_or_else(|| no_file(id))
}

fn no_file(id: FileId) -> Error {
    Error::NotFound(format!("there is no file {}", id.0))
}
