//! Marketing contents.

use schemars::JsonSchema;
use scrm::{
    audit,
    materials::{self, Refused},
    sop::Field,
    users::Right,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::sops::WireCard;
use crate::{
    About, Caller, Endpoint, Refusal,
    wire::{Nothing, Paging, Rows, Uuid},
};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let about = |path, title_zh, title| About { path, title_zh, title };
    let right = Right::ManageMaterials;
    vec![
        Endpoint::with_right(
            about("materials/list", "营销内容", "list marketing contents"),
            Right::Read,
            list,
        ),
        Endpoint::with_right(
            about("materials/save", "保存营销内容", "make or change a marketing content"),
            right,
            save,
        ),
        Endpoint::with_right(
            about("materials/delete", "删除营销内容", "delete a marketing content"),
            right,
            delete,
        ),
    ]
}

#[derive(Deserialize, JsonSchema, Default)]
#[serde(default, deny_unknown_fields)]
struct List {
    paging: Paging,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Material {
    id: Uuid,
    card: WireCard,
    updated_at_ms: i64,
}

async fn list(caller: Caller, request: List) -> Result<Rows<Material>, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let (found, total) = materials::list(scrm, corp, request.paging.page()).await?;
    let mut rows = Vec::with_capacity(found.len());
    for (material, cover) in found {
        // Few have a cover of the library.
        let material = match cover {
            Some(_) => materials::get(scrm, corp, &material.id).await?,
            None => material,
        };
        let (id, updated_at_ms) = (Uuid(material.id), material.updated_at_ms);
        rows.push(Material { id, card: material.card.into(), updated_at_ms });
    }
    Ok(Rows { total, rows })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Save {
    /// None = a new one.
    id: Option<Uuid>,
    card: WireCard,
}

#[derive(Serialize, JsonSchema)]
struct Saved {
    id: Uuid,
}

/// What the open API calls `mcType` of an article; the console makes no other.
const ARTICLE: i64 = 2;

async fn save(caller: Caller, request: Save) -> Result<Saved, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let card = request.card.read(&caller).await?;
    let saved = match request.id {
        Some(Uuid(id)) => {
            let kind = materials::get(scrm, corp, &id).await?.kind;
            materials::update(scrm, corp, &id, kind, &card).await.map(|()| id)
        }
        None => materials::create(scrm, corp, ARTICLE, &card).await,
    };
    let id = saved.map_err(|refused| match refused {
        Refused::Part((field, why)) => {
            let name = match field {
                Field::Title => "card.title",
                Field::Url => "card.url",
                _ => "card",
            };
            Refusal::bad_request(name, &why)
        }
        Refused::Other(error) => error.into(),
    })?;
    let act = if request.id.is_some() { "edit_material" } else { "create_material" };
    audit::note(scrm, corp, &caller.author(), act, &card.title, &json!({})).await?;
    Ok(Saved { id: Uuid(id) })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct One {
    id: Uuid,
}

async fn delete(caller: Caller, One { id: Uuid(id) }: One) -> Result<Nothing, Refusal> {
    let (scrm, corp) = (&caller.scrm, caller.place.corp.id);
    let title = materials::get(scrm, corp, &id).await?.card.title;
    materials::delete(scrm, corp, &id).await?;
    audit::note(scrm, corp, &caller.author(), "delete_material", &title, &json!({})).await?;
    Ok(Nothing {})
}
