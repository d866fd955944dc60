use super::*;
use crate::{Error, FileId, files::Format, sop::Mode};

fn text(content: &str) -> ContentItem {
    ContentItem::Text { content: content.to_owned() }
}

fn card(title: &str, url: &str) -> LinkCard {
    LinkCard { title: title.to_owned(), url: url.to_owned(), ..LinkCard::default() }
}

fn link(title: &str, url: &str) -> ContentItem {
    ContentItem::Link(card(title, url))
}

fn file(format: Format, n_bytes: u64) -> FileRef {
    FileRef { file_id: FileId(10_001), name: "海报".to_owned(), format, n_bytes }
}

fn mini_program(title: &str, app_id: &str, page: &str, cover: FileRef) -> ContentItem {
    let [title, app_id, page] = [title, app_id, page].map(str::to_owned);
    ContentItem::MiniProgram { title, app_id, page, cover }
}

fn refusal(items: &[ContentItem]) -> String {
    check(items, Mode::Assistant, 2).unwrap_err().to_string()
}

/// The part that the only item is refused for, with the text.
fn refused_part(item: ContentItem) -> (Field, String) {
    let Err(Error::Content(refusal)) = check(&[text("a"), item], Mode::Assistant, 3) else {
        panic!("it is accepted");
    };
    assert_eq!((refusal.step, refusal.item), (3, Some(2)));
    (refusal.field.unwrap(), refusal.what)
}

#[test]
fn content_over_wecoms_limits_is_refused_and_named() {
    assert_eq!(refusal(&[]), "step 2: there is nothing to send");
    assert!(refusal(&[text("  ")]).contains("item 1: the text is empty"));
    assert!(refusal(&[text(&"好".repeat(1_334))]).contains("4002 bytes"));
    assert!(check(&[text(&"好".repeat(1_333))], Mode::Assistant, 1).is_ok());
    assert!(refusal(&[text("a"), link("t", "ftp://x")]).contains("item 2: the link's address"));
    assert!(refusal(&[link(&"题".repeat(43), "https://a.cn")]).contains("129 bytes"));
    assert!(refusal(&vec![link("t", "https://a.cn"); 10]).contains("10 attachments"));
    assert!(refusal(&[text("#客户备注##客户昵称#")]).contains("empty once"));
    assert!(refusal(&[text("你好\0")]).contains("NUL"));
}

#[test]
fn files_are_refused_by_their_content_and_size() {
    const MIB: u64 = 1 << 20;
    let image = |file| ContentItem::Image { file };
    let video = |file| ContentItem::Video { file };
    let any = |file| ContentItem::File { file };
    for (item, expected) in [
        (image(file(Format::Mp4, 100)), "neither JPG nor PNG"),
        (image(file(Format::Png, 10 * MIB + 1)), "10485761 bytes, WeCom takes 10485760"),
        (image(file(Format::Png, 5)), "more than 5"),
        (video(file(Format::Jpg, 100)), "is not MP4"),
        (video(file(Format::Mp4, 10 * MIB + 1)), "WeCom takes 10485760"),
        (any(file(Format::Other, 20 * MIB + 1)), "WeCom takes 20971520"),
        (any(file(Format::Other, 5)), "more than 5"),
    ] {
        let (field, what) = refused_part(item);
        assert_eq!(field, Field::File);
        assert!(what.contains(expected), "{what}");
    }
    let items = [
        image(file(Format::Jpg, 10 * MIB)),
        video(file(Format::Mp4, 10 * MIB)),
        any(file(Format::Other, 20 * MIB)),
    ];
    check(&items, Mode::Assistant, 1).unwrap();
}

#[test]
fn a_mini_program_needs_title_appid_page_and_cover() {
    let cover = || file(Format::Png, 100);
    for (item, expected) in [
        (mini_program(" ", "wx1", "p", cover()), Field::Title),
        (mini_program(&"题".repeat(22), "wx1", "p", cover()), Field::Title),
        (mini_program("t", "", "p", cover()), Field::AppId),
        (mini_program("t", "wx1", "", cover()), Field::Page),
        (mini_program("t", "wx1", "p", file(Format::Other, 100)), Field::Cover),
    ] {
        assert_eq!(refused_part(item).0, expected);
    }
    check(&[mini_program(&"题".repeat(21), "wx1", "p", cover())], Mode::Manual, 1).unwrap();
}

#[test]
fn the_parts_of_a_link_are_named_and_its_cover_is_small() {
    let with = |change: fn(&mut LinkCard)| {
        let mut card = card("t", "https://a.cn");
        change(&mut card);
        ContentItem::Marketing { material: PublicId([7; 16]), card }
    };
    for (item, expected) in [
        (with(|card| card.title.clear()), Field::Title),
        (with(|card| card.url = "a.cn".to_owned()), Field::Url),
        (with(|card| card.summary = "a".repeat(513)), Field::Summary),
        (with(|card| card.cover_url = "cover.png".to_owned()), Field::Cover),
        (with(|card| card.cover = Some(file(Format::Png, (2 << 20) + 1))), Field::Cover),
        (with(|card| card.cover = Some(file(Format::Mp4, 100))), Field::Cover),
    ] {
        assert_eq!(refused_part(item).0, expected);
    }
    check(&[with(|card| card.cover = Some(file(Format::Png, 2 << 20)))], Mode::Assistant, 1)
        .unwrap();
}

#[test]
fn the_groups_name_is_for_manual_mode_only() {
    assert!(refusal(&[text("#群名称#")]).contains("by hand"));
    check(&[text("欢迎来到#群名称#")], Mode::Manual, 1).unwrap();
}

#[test]
fn placeholders_are_filled_for_the_owner_and_left_out_for_customers() {
    let items = [text("#客户备注##客户昵称#我是#员工姓名#"), text("在#群名称#")];
    let filled = filled(&items, "王芳", "福利群");
    assert_eq!(joined_text(&filled), "我是王芳\n在福利群");
}

#[test]
fn items_are_stored_in_a_form_that_stays() {
    let stored = r#"[{"kind":"text","content":"a"},{"kind":"link","title":"t","url":"https://a.cn","summary":"s","cover_url":""},{"kind":"image","file":{"file_id":10001,"name":"海报","format":"png","n_bytes":100}},{"kind":"mini_program","title":"t","app_id":"wx1","page":"p","cover":{"file_id":10001,"name":"海报","format":"jpg","n_bytes":100}},{"kind":"video","file":{"file_id":10001,"name":"海报","format":"mp4","n_bytes":100}},{"kind":"file","file":{"file_id":10001,"name":"海报","format":"other","n_bytes":100}},{"kind":"marketing","material":"07070707070707070707070707070707","title":"t","url":"https://a.cn","summary":"s","cover_url":"","cover":{"file_id":10001,"name":"海报","format":"png","n_bytes":100}}]"#;
    let read: Vec<ContentItem> = serde_json::from_str(stored).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), stored);
    let card = LinkCard { summary: "s".to_owned(), ..card("t", "https://a.cn") };
    assert_eq!(read[1], ContentItem::Link(card.clone()));
    let cover = Some(file(Format::Png, 100));
    let card = LinkCard { cover, ..card };
    assert_eq!(read[6], ContentItem::Marketing { material: PublicId([7; 16]), card });
}
