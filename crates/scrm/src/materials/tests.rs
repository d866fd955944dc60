use store::testing::TestDb;

use super::*;
use crate::{MIGRATIONS, files::NewFile, tests::World};

fn card(title: &str) -> LinkCard {
    LinkCard {
        title: title.to_owned(),
        url: "https://example.com/new".to_owned(),
        summary: "本周".to_owned(),
        ..LinkCard::default()
    }
}

store::on_both! { MIGRATIONS,
    async fn a_marketing_content_is_made_changed_listed_and_deleted(test: &TestDb) {
        let World { scrm, corp, clock, .. } = &World::start(test, 1, 1).await;
        let id = create(scrm, *corp, 2, &card("新品")).await.unwrap();
        let made = get(scrm, *corp, &id).await.unwrap();
        assert_eq!((made.kind, &made.card), (2, &card("新品")));
        clock.advance(1_000);
        let new = NewFile { name: "a.png", source_url: "", md5: None };
        let file = files::keep(scrm, *corp, new, b"\x89PNG\r\n\x1a\n 1").await.unwrap();
        let changed = LinkCard { cover: Some(file.reference()), ..card("更新") };
        update(scrm, *corp, &id, 3, &changed).await.unwrap();
        let now = get(scrm, *corp, &id).await.unwrap();
        assert_eq!((now.kind, &now.card), (3, &changed));
        assert_eq!(now.updated_at_ms, made.created_at_ms + 1_000);
        let page = Page { no: 1, size: 10 };
        let (listed, n_total) = list(scrm, *corp, page).await.unwrap();
        assert_eq!((listed[0].0.id, listed[0].1, n_total), (id, Some(file.id), 1));
        delete(scrm, *corp, &id).await.unwrap();
        assert!(matches!(get(scrm, *corp, &id).await, Err(Error::NotFound(_))));
        assert!(matches!(delete(scrm, *corp, &id).await, Err(Error::NotFound(_))));
        let refused = update(scrm, *corp, &id, 2, &card("a")).await;
        assert!(matches!(refused, Err(Refused::Other(Error::NotFound(_)))));
        assert_eq!(list(scrm, *corp, page).await.unwrap(), (vec![], 0));
    }

    async fn one_that_wecom_would_refuse_is_refused_with_the_part(test: &TestDb) {
        let World { scrm, corp, .. } = &World::start(test, 1, 1).await;
        let refused = create(scrm, *corp, 2, &card(" ")).await;
        assert!(matches!(refused, Err(Refused::Part((Field::Title, _)))), "{refused:?}");
    }
}
