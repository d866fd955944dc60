//! SOP任务: `sopDatas`, what a step sends.

use schemars::JsonSchema;
use scrm::{
    PublicId,
    files::{FileRef, Format},
    materials,
    sop::{ContentItem, LinkCard},
};
use serde::{Deserialize, Serialize};

use super::{
    given_file::GivenFile,
    step_files::{Place, StepFiles},
};
use crate::{
    Caller, Refusal,
    wire::{HttpAddress, Id, Integer, List, MarketingId, Object, Optional, Text},
};

/// Items of a step, at most.
const MAX_ITEMS: usize = 20;

/// One or more items.
pub(super) type SopDatas = List<Object<SopData>, 1, MAX_ITEMS>;

/// One thing to send. Type 1: a text (content). 2: a picture, JPG or PNG up to 10 MiB. 3: a link (link,
/// title, and if wanted content as its description and fileUrl or fileId as its cover). 4: a mini program
/// (appId, page, title, and its cover). 5: a video, MP4 up to 10 MiB. 6: a file up to 20 MiB. 99: a
/// marketing content (mcId; title, content and fileUrl or fileId in place of its own). A file is the one of
/// the library with fileId, else it is fetched from fileUrl: at most 50 files a call, 64 MiB together within 60 s.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SopData {
    /// 1 text, 2 picture, 3 link, 4 mini program, 5 video, 6 file, 99 marketing content.
    #[serde(rename = "type")]
    kind: Integer<0, 999>,
    /// The text of type 1; the description of types 3 and 99.
    #[serde(default)]
    content: Optional<Text<0, 4_000>>,
    /// The title of types 3, 4 and 99.
    #[serde(default)]
    title: Optional<Text<0, 128>>,
    /// The address of type 3.
    #[serde(default)]
    link: Optional<HttpAddress>,
    /// The file's name, which receivers see.
    #[serde(default)]
    file_name: Optional<Text<0, 128>>,
    /// The file's address. Of types 3 and 99 it is the cover's and passed on as it is.
    #[serde(default)]
    file_url: Optional<HttpAddress>,
    /// The file's id in the library.
    #[serde(default)]
    file_id: Optional<Id>,
    /// A media id of WeCom; it is accepted beside fileId or fileUrl, and not used.
    #[serde(default)]
    media_id: Optional<Text<0, 512>>,
    /// The file's MD5, 32 hexadecimal digits; when given, the file must have it.
    #[serde(default)]
    sign: Optional<Text<0, 32>>,
    /// The mini program's appid, of type 4.
    #[serde(default)]
    app_id: Optional<Text<0, 64>>,
    /// The page inside the mini program, of type 4.
    #[serde(default)]
    page: Optional<Text<0, 1_024>>,
    /// The marketing content of type 99.
    #[serde(default)]
    mc_id: Optional<MarketingId>,
    /// The kind of the marketing content; its own counts.
    #[serde(default, rename = "mcType")]
    _mc_type: Optional<Integer<0, 999>>,
}

/// Adds the domain's items to what a step, counted from 0, sends; `path` is where the list stands in the request.
/// Files that are still to be had are noted in `files`.
pub(super) async fn add_items(
    caller: &Caller,
    files: &mut StepFiles,
    (step, path): (usize, &str),
    items: SopDatas,
    content: &mut Vec<ContentItem>,
) -> Result<(), Refusal> {
    for (no, Object(data)) in items.0.into_iter().enumerate() {
        let place = Place { step, item: content.len(), path: &format!("{path}[{no}]") };
        content.push(item(caller, files, place, data).await?);
    }
    Ok(())
}

/// An item as it is shown; members that its kind does not have are left out.
#[derive(Serialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownData {
    /// 1 text, 2 image, 3 link, 4 mini program, 5 video, 6 file, 99 marketing content.
    #[serde(rename = "type")]
    kind: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mc_id: Option<String>,
}

impl ShownData {
    fn of_link(kind: i64, card: &LinkCard) -> Self {
        let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Self {
            kind,
            title: filled(&card.title),
            link: filled(&card.url),
            content: filled(&card.summary),
            file_url: filled(&card.cover_url),
            ..Self::default()
        }
        .with_file(card.cover.as_ref())
    }

    fn with_file(self, file: Option<&FileRef>) -> Self {
        match file {
            None => self,
            Some(file) => {
                Self { file_id: Some(file.file_id.0), file_name: Some(file.name.clone()), ..self }
            }
        }
    }
}

impl From<&ContentItem> for ShownData {
    fn from(item: &ContentItem) -> Self {
        let of = |kind: i64| Self { kind, ..Self::default() };
        match item {
            ContentItem::Text { content } => Self { content: Some(content.clone()), ..of(1) },
            ContentItem::Image { file } => of(2).with_file(Some(file)),
            ContentItem::Link(card) => Self::of_link(3, card),
            ContentItem::MiniProgram { title, app_id, page, cover } => Self {
                title: Some(title.clone()),
                app_id: Some(app_id.clone()),
                page: Some(page.clone()),
                ..of(4).with_file(Some(cover))
            },
            ContentItem::Video { file } => of(5).with_file(Some(file)),
            ContentItem::File { file } => of(6).with_file(Some(file)),
            ContentItem::Marketing { material, card } => {
                Self { mc_id: Some(material.to_string()), ..Self::of_link(99, card) }
            }
        }
    }
}

async fn item(
    caller: &Caller,
    files: &mut StepFiles,
    place: Place<'_>,
    data: SopData,
) -> Result<ContentItem, Refusal> {
    let path = place.path;
    let required = |member: &str, kind: &str| {
        Refusal::field(&format!("{path}.{member}"), format_args!("is required for {kind}"))
    };
    match data.kind.get() {
        1 => {
            let content = text(data.content).filter(|content| !content.trim().is_empty());
            let content = content.ok_or_else(|| required("content", "a text"))?;
            Ok(ContentItem::Text { content })
        }
        2 => Ok(ContentItem::Image { file: file(caller, files, place, &data, Format::Png).await? }),
        3 => {
            let (cover_url, cover) = cover(caller, files, place, &data).await?;
            let HttpAddress(url) = data.link.0.ok_or_else(|| required("link", "a link"))?;
            let title = text(data.title).ok_or_else(|| required("title", "a link"))?;
            let summary = text(data.content).unwrap_or_default();
            Ok(ContentItem::Link(LinkCard { title, url, summary, cover_url, cover }))
        }
        4 => {
            let kind = "a mini program";
            let cover = file(caller, files, place, &data, Format::Png).await?;
            let title = text(data.title).ok_or_else(|| required("title", kind))?;
            let app_id = text(data.app_id).ok_or_else(|| required("appId", kind))?;
            let page = text(data.page).ok_or_else(|| required("page", kind))?;
            Ok(ContentItem::MiniProgram { title, app_id, page, cover })
        }
        5 => Ok(ContentItem::Video { file: file(caller, files, place, &data, Format::Mp4).await? }),
        6 => {
            Ok(ContentItem::File { file: file(caller, files, place, &data, Format::Other).await? })
        }
        99 => {
            let MarketingId(id) =
                data.mc_id.0.ok_or_else(|| required("mcId", "a marketing content"))?;
            marketing(caller, files, place, &id, data).await
        }
        other => {
            let why = format_args!("{other} is not accepted, only 1, 2, 3, 4, 5, 6 and 99");
            Err(Refusal::field(&format!("{path}.type"), why))
        }
    }
}

async fn marketing(
    caller: &Caller,
    files: &mut StepFiles,
    place: Place<'_>,
    id: &PublicId,
    data: SopData,
) -> Result<ContentItem, Refusal> {
    let (cover_url, cover) = cover(caller, files, place, &data).await?;
    let found = materials::get(&caller.scrm, caller.corp.id, id).await;
    let mut card =
        found.map_err(|error| Refusal::from(error).at(&format!("{}.mcId", place.path)))?.card;
    if let Some(title) = text(data.title) {
        card.title = title;
    }
    if let Some(summary) = text(data.content) {
        card.summary = summary;
    }
    if cover.is_some() || !cover_url.is_empty() {
        (card.cover_url, card.cover) = (cover_url, cover);
    }
    Ok(ContentItem::Marketing { material: *id, card })
}

/// The cover of a link: its address, which WeCom reads itself, or a file of the library.
async fn cover(
    caller: &Caller,
    files: &mut StepFiles,
    place: Place<'_>,
    data: &SopData,
) -> Result<(String, Option<FileRef>), Refusal> {
    match (&data.file_url.0, data.file_id.0) {
        (Some(HttpAddress(url)), _) => Ok((url.clone(), None)),
        (None, Some(_)) => {
            Ok((String::new(), Some(file(caller, files, place, data, Format::Png).await?)))
        }
        (None, None) => Ok((String::new(), None)),
    }
}

async fn file(
    caller: &Caller,
    files: &mut StepFiles,
    place: Place<'_>,
    data: &SopData,
    as_if: Format,
) -> Result<FileRef, Refusal> {
    let given = GivenFile {
        id: data.file_id.0.map(|Id(id)| scrm::FileId(id)),
        url: data.file_url.0.as_ref().map(|HttpAddress(url)| url.as_str()),
        name: data.file_name.0.as_ref().map(|Text(name)| name.as_str()),
        sign: data.sign.0.as_ref().map(|Text(sign)| sign.as_str()),
        has_media_id: data.media_id.0.is_some(),
    };
    files.named(caller, place, &given, as_if).await
}

fn text<const MAX: usize>(text: Optional<Text<0, MAX>>) -> Option<String> {
    text.0.map(|Text(text)| text)
}
