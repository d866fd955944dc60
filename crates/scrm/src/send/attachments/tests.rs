use store::{params, testing::TestDb};
use wecom_sim::Fault;

use super::*;
use crate::{
    BatchId, MIGRATIONS,
    files::{self, FileRef, NewFile},
    send::{claim_tick, hand_over_tick, page_file, story},
    sop::{
        self, LinkCard, Mode, StepTime,
        tests::{chats, sop, text},
    },
    tests::{NOW_MS, World},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n 1";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42 1";
const DAY_MS: i64 = 86_400_000;
const UPLOAD: &str = "media/upload";

store::statements! {
    PAGE = "SELECT batch_id, page_token FROM send_batches WHERE corp_id = $1";
}

async fn kept(world: &World, name: &str, bytes: &[u8]) -> FileRef {
    let new = NewFile { name, source_url: "", md5: None };
    files::keep(&world.scrm, world.corp, new, bytes).await.unwrap().reference()
}

/// Makes an SOP of one step, due now, for all groups of one owner.
async fn send(world: &World, content: Vec<ContentItem>) {
    let at_ms = world.clock.clock().now_ms();
    let step = sop::NewStep { time: StepTime::At { at_ms }, content };
    let new = sop(Mode::Assistant, chats(&world.groups().await), vec![step]);
    sop::create(&world.scrm, world.corp, new).await.unwrap();
    world.tick().await;
}

fn n_messages(world: &World) -> usize {
    world.sim.sim.mass_messages().len()
}

async fn reason(world: &World) -> Option<String> {
    world.groups().await[0].tasks[0].reason.clone()
}

fn with_cover(cover: FileRef) -> LinkCard {
    let [title, url] = ["新品", "https://example.com/new"].map(str::to_owned);
    LinkCard { title, url, cover: Some(cover), ..LinkCard::default() }
}

store::on_both! { MIGRATIONS,
    async fn every_kind_of_item_is_uploaded_once_and_taken_by_wecom(test: &TestDb) {
        let world = World::synced(test, 1, 2).await;
        let png = kept(&world, "海报 1.png", PNG).await;
        let mp4 = kept(&world, "视频.mp4", MP4).await;
        let pdf = kept(&world, "报价.pdf", b"%PDF-1.7").await;
        let content = vec![
            ContentItem::Image { file: png.clone() },
            ContentItem::Video { file: mp4 },
            ContentItem::File { file: pdf },
            ContentItem::MiniProgram {
                title: "商城".to_owned(),
                app_id: "wx8bd80126147dfAAA".to_owned(),
                page: "/index.html".to_owned(),
                cover: png.clone(),
            },
            ContentItem::Marketing { material: crate::PublicId([7; 16]), card: with_cover(png) },
        ];
        send(&world, content.clone()).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (1, 3));
        let names: Vec<String> =
            world.sim.sim.media().into_iter().map(|medium| medium.file_name).collect();
        assert!(names.contains(&"海报 1.png".to_owned()), "{names:?}");
        send(&world, content.clone()).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (2, 3), "uploaded once");
        assert_eq!(world.sim.sim.n_calls("media/uploadimg"), 1);
        // What WeCom lists is recognised as what was sent.
        let known = media::known(&world.scrm, world.corp, &needs(&content)).await.unwrap();
        let listed = filled(&content, &known).unwrap();
        assert_eq!(traits_of_listed(&listed), traits_of(&content));
    }

    async fn a_medium_older_than_two_days_is_uploaded_again(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let content = vec![ContentItem::Image { file: kept(&world, "a.png", PNG).await }];
        send(&world, content.clone()).await;
        world.clock.advance(2 * DAY_MS - 1);
        send(&world, content.clone()).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (2, 1));
        world.clock.advance(1);
        send(&world, content).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (3, 2));
    }

    async fn a_medium_that_wecom_does_not_know_is_uploaded_again(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let content = vec![ContentItem::Image { file: kept(&world, "a.png", PNG).await }];
        let fault = Fault::Errcode { errcode: 40_007 };
        world.sim.sim.fail_next("add_msg_template", fault).unwrap();
        send(&world, content).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (0, 1));
        world.tick_after(60_000).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (1, 2));
    }

    async fn an_upload_that_fails_for_now_is_tried_again(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let content = vec![ContentItem::Image { file: kept(&world, "a.png", PNG).await }];
        world.sim.sim.fail_next(UPLOAD, Fault::Http { status: 502 }).unwrap();
        send(&world, content).await;
        assert_eq!(n_messages(&world), 0);
        world.tick_after(60_000).await;
        assert_eq!(n_messages(&world), 1);
    }

    async fn an_upload_that_wecom_refuses_fails_the_message_with_the_file(test: &TestDb) {
        let refused = World::synced(test, 1, 1).await;
        let content = vec![ContentItem::Image { file: kept(&refused, "b.png", PNG).await }];
        refused.sim.sim.fail_next(UPLOAD, Fault::Errcode { errcode: 40_005 }).unwrap();
        send(&refused, content).await;
        refused.tick_after(60_000).await;
        assert_eq!(n_messages(&refused), 0);
        let reason = reason(&refused).await.unwrap();
        assert!(reason.contains("did not take file") && reason.contains("40005"), "{reason}");
    }

    async fn what_wecom_refused_for_good_is_tried_again_for_a_later_message(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let content = vec![ContentItem::Image { file: kept(&world, "b.png", PNG).await }];
        world.sim.sim.fail_next(UPLOAD, Fault::Errcode { errcode: 40_005 }).unwrap();
        send(&world, content.clone()).await;
        world.clock.advance(9 * 60_000);
        send(&world, content.clone()).await;
        assert_eq!((n_messages(&world), world.sim.sim.n_calls(UPLOAD)), (0, 1), "it is known");
        world.clock.advance(60_000);
        send(&world, content).await;
        assert_eq!(n_messages(&world), 1);
    }

    async fn a_file_that_cannot_be_uploaded_is_tried_ever_more_rarely_for_all_messages(
        test: &TestDb
    ) {
        let world = World::synced(test, 3, 6).await;
        let content = vec![ContentItem::Image { file: kept(&world, "a.png", PNG).await }];
        world.sim.sim.fail_times(UPLOAD, Fault::Http { status: 502 }, 1_000).unwrap();
        send(&world, content).await;
        for _ in 0..120 {
            world.tick_after(60_000).await;
        }
        let n_calls = world.sim.sim.n_calls(UPLOAD);
        // After 5 s, 10 s and so on, then every ten minutes; the client tries each up to four times.
        assert!((15..=19 * 4).contains(&n_calls), "{n_calls}");
        let task = world.groups().await[0].tasks[0].id;
        let story = story(&world.scrm, world.corp, &task).await.unwrap();
        let refused = story.iter().filter(|chapter| chapter.what == "refused").count();
        assert!((12..=19).contains(&refused), "{refused}");
        world.sim.sim.clear_faults();
        for _ in 0..10 {
            world.tick_after(60_000).await;
        }
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (3, 1));
    }

    async fn handing_over_waits_for_no_upload(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let at_ms = world.clock.clock().now_ms();
        let image = ContentItem::Image { file: kept(&world, "a.png", PNG).await };
        for content in [image, text("没有文件")] {
            let step = sop::NewStep { time: StepTime::At { at_ms }, content: vec![content] };
            let new = sop(Mode::Assistant, chats(&world.groups().await), vec![step]);
            sop::create(&world.scrm, world.corp, new).await.unwrap();
        }
        while claim_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        while hand_over_tick(&world.scrm, world.corp, "test").await.unwrap() {}
        assert_eq!((n_messages(&world), world.sim.sim.n_calls(UPLOAD)), (1, 0));
        world.tick().await;
        assert_eq!(n_messages(&world), 2);
    }

    async fn while_one_uploads_a_file_others_wait(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let file = kept(&world, "a.png", PNG).await;
        let name = format!("upload of file {} of company {}, kind 0", file.file_id, world.corp);
        assert!(jobs::take(&world.scrm.db, &name, "other", NOW_MS, 30_000).await.unwrap());
        send(&world, vec![ContentItem::Image { file }]).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (0, 0));
        world.tick_after(60_000).await;
        assert_eq!((n_messages(&world), world.sim.sim.media().len()), (1, 1));
    }

    async fn a_leaders_page_gives_its_own_files_to_holders_of_its_token(test: &TestDb) {
        let world = World::synced(test, 1, 1).await;
        let (shown, other) = (kept(&world, "a.png", PNG).await, kept(&world, "b.mp4", MP4).await);
        let time = StepTime::At { at_ms: NOW_MS };
        let step = sop::NewStep { time, content: vec![ContentItem::Image { file: shown.clone() }] };
        let new = sop(Mode::Manual, chats(&world.groups().await), vec![step]);
        sop::create(&world.scrm, world.corp, new).await.unwrap();
        world.tick().await;
        let mut reader = world.scrm.db.reader().await.unwrap();
        let read = |row: &store::Row<'_>| Ok((row.get::<BatchId>(0)?, row.get::<Vec<u8>>(1)?));
        let values = params![world.corp];
        let (batch, token) = reader.query_opt(&PAGE, &values, read).await.unwrap().unwrap();
        drop(reader);
        files::delete(&world.scrm, world.corp, shown.file_id).await.unwrap();
        let get = async |token: &[u8], id| {
            page_file(&world.scrm, world.corp, batch, token, id).await.unwrap()
        };
        assert_eq!(get(&token, shown.file_id).await.unwrap().1, PNG);
        assert!(get(&token, other.file_id).await.is_none());
        assert!(get(&token[1..], shown.file_id).await.is_none());
    }
}
