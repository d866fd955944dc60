//! Pictures and marketing contents, so that the library has something to choose from.

use scrm::{
    files::{self, FileRef, NewFile},
    materials,
    sop::LinkCard,
};

use super::World;

/// What the open API calls an article.
const ARTICLE: i64 = 2;

const NEW_ARRIVALS: &[u8] = include_bytes!("pictures/new-arrivals.png");
const MEMBER_DAY: &[u8] = include_bytes!("pictures/member-day.png");

/// The picture for new arrivals, which is in the library.
pub async fn new_arrivals(world: &World) -> anyhow::Result<FileRef> {
    let new = NewFile { name: "本周新品.png", source_url: "", md5: None };
    Ok(files::keep(&world.scrm, world.corp.id, new, NEW_ARRIVALS).await?.reference())
}

/// Keeps the pictures and makes the contents that carry them.
pub async fn put(world: &World) -> anyhow::Result<()> {
    let (scrm, corp) = (&world.scrm, world.corp.id);
    let pictures = [
        (
            "本周新品.png",
            NEW_ARRIVALS,
            "本周新品清单",
            "https://example.com/new",
            "到店体验，先到先得",
        ),
        (
            "会员日.png",
            MEMBER_DAY,
            "会员日活动说明",
            "https://example.com/member-day",
            "每月 18 日，出示群名片享九折",
        ),
    ];
    for (name, content, title, url, summary) in pictures {
        let new = NewFile { name, source_url: "", md5: None };
        let file = files::keep(scrm, corp, new, content).await?;
        let card = LinkCard {
            title: title.to_owned(),
            url: url.to_owned(),
            summary: summary.to_owned(),
            cover_url: String::new(),
            cover: Some(file.reference()),
        };
        let made = materials::create(scrm, corp, ARTICLE, &card).await;
        made.map_err(|refused| anyhow::anyhow!("a content cannot be made: {refused:?}"))?;
    }
    Ok(())
}
