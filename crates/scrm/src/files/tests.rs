use std::sync::Arc;

use store::testing::TestDb;

use super::*;
use crate::tests::World;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n 1";

fn named(name: &str) -> NewFile<'_> {
    NewFile { name, source_url: "", md5: None }
}

async fn refusal(world: &World, new: NewFile<'_>, bytes: &[u8]) -> String {
    keep(&world.scrm, world.corp, new, bytes).await.unwrap_err().to_string()
}

store::on_both! { crate::MIGRATIONS,
    async fn of_equal_content_and_name_there_is_one_file(test: &TestDb) {
        let World { scrm, corp, .. } = &World::start(test, 1, 1).await;
        let first = keep(scrm, *corp, named("海报.png"), PNG).await.unwrap();
        assert_eq!((first.format, first.n_bytes), (Format::Png, 10));
        assert_eq!(keep(scrm, *corp, named("海报.png"), PNG).await.unwrap(), first);
        let renamed = keep(scrm, *corp, named("新海报.png"), PNG).await.unwrap();
        assert_ne!(renamed.id, first.id);
        assert_eq!(read(scrm, *corp, &renamed).await.unwrap(), PNG);
        let (files, n_total) = list(scrm, *corp, Page { no: 1, size: 1 }).await.unwrap();
        assert_eq!((files, n_total), (vec![renamed], 2));
    }

    async fn a_deleted_file_is_kept_for_what_was_planned_and_comes_back_when_given_again(test: &TestDb) {
        let World { scrm, corp, .. } = &World::start(test, 1, 1).await;
        let file = keep(scrm, *corp, named("a.png"), PNG).await.unwrap();
        delete(scrm, *corp, file.id).await.unwrap();
        assert!(matches!(delete(scrm, *corp, file.id).await, Err(Error::NotFound(_))));
        assert_eq!(find(scrm, *corp, file.id).await.unwrap(), None);
        assert!(any(scrm, *corp, file.id).await.unwrap().is_some());
        assert_eq!(list(scrm, *corp, Page { no: 1, size: 9 }).await.unwrap(), (vec![], 0));
        assert_eq!(keep(scrm, *corp, named("a.png"), PNG).await.unwrap().id, file.id);
        assert!(find(scrm, *corp, file.id).await.unwrap().is_some());
    }

    async fn files_of_a_wrong_name_size_or_digest_are_refused(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        assert!(refusal(&world, named(" "), PNG).await.contains("1 to 128 characters"));
        assert!(refusal(&world, named("../a"), PNG).await.contains("no slashes"));
        assert!(refusal(&world, named("a\0b"), PNG).await.contains("control characters"));
        assert!(refusal(&world, named("a"), b"12345").await.contains("5 bytes"));
        assert!(refusal(&world, named("a"), &vec![0; MAX_BYTES + 1]).await.contains("20971521 bytes"));
        let md5 = Some("00000000000000000000000000000000");
        assert!(refusal(&world, NewFile { md5, ..named("a") }, PNG).await.contains("MD5"));
        let md5 = Some("E807F1FCF82D132F9BB018CA6738A19F");
        keep(&world.scrm, world.corp, NewFile { md5, ..named("a") }, b"1234567890").await.unwrap();
    }

    async fn a_damaged_content_is_told_and_healed_when_it_is_given_again(test: &TestDb) {
        let mut world = World::start(test, 1, 1).await;
        let folder = Arc::new(tempfile::tempdir().unwrap());
        world.scrm.files = Folder::new(folder.path().to_owned());
        let World { scrm, corp, .. } = &world;
        let file = keep(scrm, *corp, named("a.png"), PNG).await.unwrap();
        let name = hex::encode(file.sha256);
        let place = folder.path().join(corp.to_string()).join(&name[..2]).join(&name);
        std::fs::write(&place, b"something else").unwrap();
        let error = read(scrm, *corp, &file).await.unwrap_err();
        assert!(matches!(&error, Error::Damaged(text) if text.contains(&file.id.to_string())));
        keep(scrm, *corp, named("a.png"), PNG).await.unwrap();
        assert_eq!(read(scrm, *corp, &file).await.unwrap(), PNG);
        let n_left = std::fs::read_dir(place.parent().unwrap()).unwrap().count();
        assert_eq!(n_left, 1, "nothing is left of the writing");
    }

    async fn a_file_is_fetched_and_kept_under_the_name_given_or_that_of_its_address(test: &TestDb) {
        let World { scrm, corp, .. } = &World::start(test, 1, 1).await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a/b.png", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = std::io::Read::read(&mut stream, &mut [0; 4_096]).unwrap();
                let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n";
                std::io::Write::write_all(&mut stream, &[head.as_bytes(), PNG].concat()).unwrap();
            }
        });
        let file = fetch(scrm, *corp, &url, None, None).await.unwrap();
        assert_eq!((file.name.as_str(), file.source_url.as_str()), ("b.png", url.as_str()));
        assert_eq!(read(scrm, *corp, &file).await.unwrap(), PNG);
        let named = fetch(scrm, *corp, &url, Some("海报.png"), Some(&file.md5)).await.unwrap();
        assert_eq!(named.name, "海报.png");
        let wrong = fetch(scrm, *corp, &url, None, Some("00")).await;
        assert!(matches!(wrong, Err(Error::OtherFile { .. })), "{wrong:?}");
        let inside = fetch(scrm, *corp, "http://10.0.0.1/a.png", None, None).await;
        assert!(matches!(inside, Err(Error::Invalid(_))), "{inside:?}");
    }
}
