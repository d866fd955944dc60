//! Files of steps that are not in the library as the steps want them: they are named by an address, or under
//! another name. While a call is checked stand-ins have their places, so that a preview fetches and keeps nothing.
//! A call that makes something fetches them all before it keeps one, so that of a call that is refused for one of
//! them nothing remains. (What is kept is never taken back: another call may use it by then.)

use std::collections::HashMap;

use scrm::{
    FileId,
    files::{self, Allowance, Download, File, FileRef, Format, NewFile},
    sop::ContentItem,
};

use super::given_file::{self, Found, GivenFile};
use crate::{Caller, Refusal};

/// Files that one call may have fetched, or kept under another name.
pub(super) const MAX_FILES: usize = 50;

/// The files of one call that are still to be had.
#[derive(Default)]
pub(super) struct StepFiles {
    /// Each once, whoever wants it.
    wanted: Vec<Wanted>,
    stand_ins: Vec<StandIn>,
}

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
    source: Source,
    name: Option<String>,
    /// Where it is named first.
    path: String,
}

#[derive(PartialEq)]
enum Source {
    Address { url: String, sign: Option<String> },
    Library(File),
}

struct StandIn {
    step: usize,
    item: usize,
    /// For which of the files that are wanted.
    wanted: usize,
}

/// The same files, with what was at their addresses. Nothing is kept yet.
pub(super) struct FetchedFiles {
    files: StepFiles,
    by_url: HashMap<String, Download>,
}

impl StepFiles {
    /// Whether all that steps send is in the library.
    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The file, or what stands in for it: of what is at an address only `as_if`, the format that its item takes,
    /// is known.
    pub(super) async fn named(
        &mut self,
        caller: &Caller,
        place: Place<'_>,
        given: &GivenFile<'_>,
        as_if: Format,
    ) -> Result<FileRef, Refusal> {
        let name = given.name.map(str::to_owned);
        let (source, stand_in) = match given_file::look_up(caller, place.path, given).await? {
            Found::InLibrary(file) => return Ok(file.reference()),
            Found::ToRename(file, name) => {
                let stand_in = FileRef { name: name.to_owned(), ..file.reference() };
                (Source::Library(file), stand_in)
            }
            Found::AtAddress(url) => {
                let stand_in = FileRef {
                    file_id: FileId(0),
                    name: name.clone().unwrap_or_default(),
                    format: as_if,
                    n_bytes: files::MIN_BYTES as u64,
                };
                let sign = given.sign.map(str::to_owned);
                (Source::Address { url: url.to_owned(), sign }, stand_in)
            }
        };
        self.note(place, source, name)?;
        Ok(stand_in)
    }

    fn note(
        &mut self,
        place: Place<'_>,
        source: Source,
        name: Option<String>,
    ) -> Result<(), Refusal> {
        let Place { step, item, path } = place;
        let known = self.wanted.iter().position(|file| file.source == source && file.name == name);
        if known.is_none() && self.wanted.len() == MAX_FILES {
            let member = match source {
                Source::Address { .. } => "fileUrl",
                Source::Library(_) => "fileName",
            };
            let why = format_args!(
                "more than {MAX_FILES} files are to be fetched or renamed in one call; keep them in the \
                 library first"
            );
            return Err(Refusal::field(&format!("{path}.{member}"), why));
        }
        let wanted = known.unwrap_or_else(|| {
            self.wanted.push(Wanted { source, name, path: path.to_owned() });
            self.wanted.len() - 1
        });
        self.stand_ins.push(StandIn { step, item, wanted });
        Ok(())
    }

    /// Fetches what is at addresses, each once and one after the other, and checks it against what the request says
    /// of it. To be called before any transaction begins, and when the call is not refused with the stand-ins.
    pub(super) async fn fetch(self, caller: &Caller) -> Result<FetchedFiles, Refusal> {
        let mut allowance = Allowance::for_a_call(&caller.scrm);
        let mut by_url = HashMap::new();
        for Wanted { source, name, path } in &self.wanted {
            let Source::Address { url, sign } = source else { continue };
            let refusal = |error| given_file::refusal(path, "fileUrl", error);
            if !by_url.contains_key(url) {
                let fetched = files::download(&caller.scrm, url, &mut allowance).await;
                by_url.insert(url.clone(), fetched.map_err(refusal)?);
            }
            by_url[url].check(name.as_deref(), sign.as_deref()).map_err(refusal)?;
        }
        Ok(FetchedFiles { files: self, by_url })
    }
}

impl FetchedFiles {
    /// Has the stand-ins say what was fetched, so that the call can be checked with it. The contents are those of
    /// all steps.
    pub(super) fn show_in<'a>(&self, contents: impl Iterator<Item = &'a mut Vec<ContentItem>>) {
        let shown = self.files.wanted.iter().map(|file| match &file.source {
            Source::Address { url, .. } => self.by_url[url].reference(file.name.as_deref()),
            Source::Library(original) => {
                let name = file.name.clone().expect("it is renamed to it");
                FileRef { name, ..original.reference() }
            }
        });
        self.files.put(&shown.collect::<Vec<FileRef>>(), contents);
    }

    /// Keeps the files and puts them in the places of their stand-ins. To be called before any transaction begins,
    /// and when the call is not refused with what was fetched.
    pub(super) async fn keep_in<'a>(
        self,
        caller: &Caller,
        contents: impl Iterator<Item = &'a mut Vec<ContentItem>>,
    ) -> Result<(), Refusal> {
        let mut kept = Vec::new();
        for file in &self.files.wanted {
            kept.push(self.keep(caller, file).await?.reference());
        }
        self.files.put(&kept, contents);
        Ok(())
    }

    async fn keep(&self, caller: &Caller, wanted: &Wanted) -> Result<File, Refusal> {
        let (scrm, corp) = (&caller.scrm, caller.corp.id);
        let Wanted { source, name, path } = wanted;
        match source {
            Source::Address { url, sign } => {
                let kept = self.by_url[url].keep(scrm, corp, name.as_deref(), sign.as_deref());
                kept.await.map_err(|error| given_file::refusal(path, "fileUrl", error))
            }
            Source::Library(file) => {
                let bytes = files::read(scrm, corp, file).await?;
                let name = name.as_deref().expect("it is renamed to it");
                let new = NewFile { name, source_url: &file.source_url, md5: None };
                let kept = files::keep(scrm, corp, new, &bytes).await;
                kept.map_err(|error| given_file::refusal(path, "fileName", error))
            }
        }
    }
}

impl StepFiles {
    /// Puts files, in the order of what is wanted, in the places of their stand-ins.
    fn put<'a>(&self, files: &[FileRef], contents: impl Iterator<Item = &'a mut Vec<ContentItem>>) {
        let mut contents: Vec<&mut Vec<ContentItem>> = contents.collect();
        for StandIn { step, item, wanted } in &self.stand_ins {
            *file_in(&mut contents[*step][*item]) = files[*wanted].clone();
        }
    }
}

fn file_in(item: &mut ContentItem) -> &mut FileRef {
    let file = match item {
        ContentItem::Image { file } | ContentItem::Video { file } | ContentItem::File { file } => {
            Some(file)
        }
        ContentItem::MiniProgram { cover, .. } => Some(cover),
        ContentItem::Link(card) | ContentItem::Marketing { card, .. } => card.cover.as_mut(),
        ContentItem::Text { .. } => None,
    };
    file.expect("a stand-in was put there when the item was read")
}
