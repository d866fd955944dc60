//! Files of steps that are not in the library as the steps want them: they are named by an address, or under
//! another name. While a call is checked stand-ins have their places, so that a preview fetches and keeps nothing,
//! and so does a call that is refused before.

use scrm::{
    FileId,
    files::{self, File, FileRef, Format, NewFile},
    sop::ContentItem,
};

use super::given_file::{self, Found, GivenFile};
use crate::{Caller, Refusal};

/// The files of one call that are still to be had.
#[derive(Default)]
pub(super) struct StepFiles(Vec<Wanted>);

/// Where a file is named.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Which step, from 0.
    pub step: usize,
    /// Which item of the step's content, from 0.
    pub item: usize,
    /// Where the item's members stand in the request.
    pub path: &'a str,
}

struct Wanted {
    step: usize,
    item: usize,
    path: String,
    source: Source,
}

enum Source {
    Address { url: String, name: Option<String>, sign: Option<String> },
    Renamed { file: File, name: String },
}

impl StepFiles {
    /// The file, or what stands in for it: of what is at an address only `as_if`, the format that its item takes,
    /// is known.
    pub(super) async fn named(
        &mut self,
        caller: &Caller,
        place: Place<'_>,
        given: &GivenFile<'_>,
        as_if: Format,
    ) -> Result<FileRef, Refusal> {
        let (source, stand_in) = match given_file::look_up(caller, place.path, given).await? {
            Found::InLibrary(file) => return Ok(file.reference()),
            Found::ToRename(file, name) => {
                let name = name.to_owned();
                let stand_in = FileRef { name: name.clone(), ..file.reference() };
                (Source::Renamed { file, name }, stand_in)
            }
            Found::AtAddress(url) => {
                let name = given.name.map(str::to_owned);
                let stand_in = FileRef {
                    file_id: FileId(0),
                    name: name.clone().unwrap_or_default(),
                    format: as_if,
                    n_bytes: files::MIN_BYTES as u64,
                };
                let sign = given.sign.map(str::to_owned);
                (Source::Address { url: url.to_owned(), name, sign }, stand_in)
            }
        };
        let Place { step, item, path } = place;
        self.0.push(Wanted { step, item, path: path.to_owned(), source });
        Ok(stand_in)
    }

    /// Fetches and keeps the files, and puts them in the places of their stand-ins. To be called before any
    /// transaction begins.
    pub(super) async fn put_into(
        self,
        caller: &Caller,
        mut contents: Vec<&mut Vec<ContentItem>>,
    ) -> Result<(), Refusal> {
        for wanted in &self.0 {
            let file = wanted.had(caller).await?;
            *stand_in(&mut contents, wanted) = file.reference();
        }
        Ok(())
    }
}

impl Wanted {
    async fn had(&self, caller: &Caller) -> Result<File, Refusal> {
        let (scrm, corp) = (&caller.scrm, caller.corp.id);
        match &self.source {
            Source::Address { url, name, sign } => {
                let fetched = files::fetch(scrm, corp, url, name.as_deref(), sign.as_deref()).await;
                fetched.map_err(|error| given_file::refusal(&self.path, "fileUrl", error))
            }
            Source::Renamed { file, name } => {
                let bytes = files::read(scrm, corp, file).await?;
                let new = NewFile { name, source_url: &file.source_url, md5: None };
                let kept = files::keep(scrm, corp, new, &bytes).await;
                kept.map_err(|error| given_file::refusal(&self.path, "fileName", error))
            }
        }
    }
}

fn stand_in<'a>(contents: &'a mut [&mut Vec<ContentItem>], wanted: &Wanted) -> &'a mut FileRef {
    let file = match &mut contents[wanted.step][wanted.item] {
        ContentItem::Image { file } | ContentItem::Video { file } | ContentItem::File { file } => {
            Some(file)
        }
        ContentItem::MiniProgram { cover, .. } => Some(cover),
        ContentItem::Link(card) | ContentItem::Marketing { card, .. } => card.cover.as_mut(),
        ContentItem::Text { .. } => None,
    };
    file.expect("a stand-in was put there when the item was read")
}
