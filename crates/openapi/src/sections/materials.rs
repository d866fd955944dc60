//! 素材: marketing contents. Ours. Files are in [`super::library`].

use schemars::JsonSchema;
use scrm::{
    Error, FileId, Zone, files,
    materials::{self, Material, Refused},
    sop::LinkCard,
};
use serde::{Deserialize, Serialize};

use super::MATERIALS;
use crate::{
    About, Caller, Code, Endpoint, Origin, Refusal,
    wire::{HttpAddress, Id, Integer, MarketingId, Optional, PageNo, PageOf, PageSize, Text, page},
};

/// The one kind of marketing content that is met.
const USUAL_KIND: i64 = 2;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title, about, scope, request_example| About {
        path,
        title_zh,
        title,
        about,
        section: MATERIALS,
        scope,
        origin: Origin::Ours,
        request_example,
    };
    vec![
        Endpoint::new(
            about(
                "/api/v3/materials/marketing/create",
                "新建营销内容",
                "create a marketing content",
                "Makes a marketing content, which items of type 99 send as a link. data is its mcId.",
                "materials:write",
                r#"{"title":"新品","content":"本周上新","link":"https://example.com/new"}"#,
            ),
            create,
            || MC_ID.to_owned(),
        ),
        Endpoint::new(
            about(
                "/api/v3/materials/marketing/update",
                "修改营销内容",
                "change a marketing content",
                "Puts all of this in the place of what a marketing content was. What was planned with it stays \
                 as it was.",
                "materials:write",
                r#"{"mcId":"019a2b3c4d5e7f8091a2b3c4d5e6f709","title":"新品","link":"https://example.com/new"}"#,
            ),
            update,
            || MC_ID.to_owned(),
        ),
        Endpoint::new(
            about(
                "/api/v3/materials/marketing/list",
                "查询营销内容列表",
                "list marketing contents",
                "A page of the marketing contents, newest first.",
                "materials:read",
                r#"{"pageNo":1,"pageSize":20}"#,
            ),
            list,
            || PageOf::new(scrm::Page { no: 1, size: 20 }, 1, vec![Marketing::example()]),
        ),
        Endpoint::new(
            about(
                "/api/v3/materials/marketing/detail",
                "查询营销内容",
                "one marketing content",
                "One marketing content.",
                "materials:read",
                r#"{"mcId":"019a2b3c4d5e7f8091a2b3c4d5e6f709"}"#,
            ),
            detail,
            Marketing::example,
        ),
        Endpoint::new(
            about(
                "/api/v3/materials/marketing/delete",
                "删除营销内容",
                "delete a marketing content",
                "Deletes a marketing content. What was planned with it is still sent.",
                "materials:write",
                r#"{"mcId":"019a2b3c4d5e7f8091a2b3c4d5e6f709"}"#,
            ),
            delete,
            || MC_ID.to_owned(),
        ),
    ]
}

const MC_ID: &str = "019a2b3c4d5e7f8091a2b3c4d5e6f709";

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CreateMarketing {
    #[serde(flatten)]
    card: Card,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UpdateMarketing {
    mc_id: MarketingId,
    #[serde(flatten)]
    card: Card,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MarketingCard")]
struct Card {
    /// Up to 128 bytes.
    title: Text<1, 128>,
    /// The description, up to 512 bytes.
    #[serde(default)]
    content: Optional<Text<0, 512>>,
    /// Where it leads.
    link: HttpAddress,
    /// The cover by address, which WeCom must reach.
    #[serde(default)]
    file_url: Optional<HttpAddress>,
    /// The cover from the library: JPG or PNG up to 2 MiB. fileUrl goes before it.
    #[serde(default)]
    file_id: Optional<Id>,
    /// Kept and given back; 2 unless given.
    #[serde(default)]
    mc_type: Optional<Integer<0, 999>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct ListMarketing {
    page_no: Optional<PageNo>,
    page_size: Optional<PageSize>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct NamedMarketing {
    mc_id: MarketingId,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Marketing {
    /// 32 hexadecimal digits.
    mc_id: String,
    mc_type: i64,
    title: String,
    content: String,
    link: String,
    /// The cover's address; "" when it has none.
    file_url: String,
    /// The cover's number in the library; null when it has none there.
    file_id: Option<i64>,
    /// yyyy-MM-dd HH:mm:ss
    create_time: String,
    /// yyyy-MM-dd HH:mm:ss
    update_time: String,
}

async fn create(caller: &Caller, request: CreateMarketing) -> Result<String, Refusal> {
    let (kind, card) = card(caller, request.card).await?;
    let made = materials::create(&caller.scrm, caller.corp.id, kind, &card).await;
    Ok(made.map_err(refusal)?.to_string())
}

async fn update(caller: &Caller, request: UpdateMarketing) -> Result<String, Refusal> {
    let MarketingId(id) = request.mc_id;
    let (kind, card) = card(caller, request.card).await?;
    materials::update(&caller.scrm, caller.corp.id, &id, kind, &card).await.map_err(refusal)?;
    Ok(id.to_string())
}

async fn list(caller: &Caller, request: ListMarketing) -> Result<PageOf<Marketing>, Refusal> {
    let page = page(request.page_no, request.page_size);
    let (found, n_total) = materials::list(&caller.scrm, caller.corp.id, page).await?;
    let zone = &caller.corp.zone;
    let rows = found.into_iter().map(|(material, cover)| Marketing {
        file_id: cover.map(|id| id.0),
        ..Marketing::new(material, zone)
    });
    Ok(PageOf::new(page, n_total, rows.collect()))
}

async fn detail(caller: &Caller, request: NamedMarketing) -> Result<Marketing, Refusal> {
    let found = materials::get(&caller.scrm, caller.corp.id, &request.mc_id.0).await?;
    Ok(Marketing::new(found, &caller.corp.zone))
}

async fn delete(caller: &Caller, request: NamedMarketing) -> Result<String, Refusal> {
    let MarketingId(id) = request.mc_id;
    materials::delete(&caller.scrm, caller.corp.id, &id).await?;
    Ok(id.to_string())
}

/// The kind and the domain's form.
async fn card(caller: &Caller, card: Card) -> Result<(i64, LinkCard), Refusal> {
    let (cover_url, cover) = match (card.file_url.0, card.file_id.0) {
        (Some(HttpAddress(url)), _) => (url, None),
        (None, Some(Id(id))) => {
            let found = files::find(&caller.scrm, caller.corp.id, FileId(id)).await?;
            let found = found.ok_or_else(|| {
                Refusal::new(Code::NOT_FOUND, format!("fileId: there is no file {id}"))
            })?;
            (String::new(), Some(found.reference()))
        }
        (None, None) => (String::new(), None),
    };
    let (Text(title), HttpAddress(url)) = (card.title, card.link);
    let summary = card.content.0.map(|Text(text)| text).unwrap_or_default();
    let kind = card.mc_type.0.map_or(USUAL_KIND, Integer::get);
    Ok((kind, LinkCard { title, url, summary, cover_url, cover }))
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::Part((field, what)) => Refusal::field(Refusal::member(field), what),
        Refused::Other(error) => Error::into(error),
    }
}

impl Marketing {
    fn new(material: Material, zone: &Zone) -> Self {
        let Material { id, kind, card, created_at_ms, updated_at_ms } = material;
        Self {
            mc_id: id.to_string(),
            mc_type: kind,
            title: card.title,
            content: card.summary,
            link: card.url,
            file_url: card.cover_url,
            file_id: card.cover.map(|file| file.file_id.0),
            create_time: zone.seconds_text(created_at_ms),
            update_time: zone.seconds_text(updated_at_ms),
        }
    }

    fn example() -> Self {
        let text = str::to_owned;
        Self {
            mc_id: text(MC_ID),
            mc_type: USUAL_KIND,
            title: text("新品"),
            content: text("本周上新"),
            link: text("https://example.com/new"),
            file_url: String::new(),
            file_id: Some(10_004),
            create_time: text("2026-04-26 11:35:00"),
            update_time: text("2026-04-26 11:35:00"),
        }
    }
}
