//! What the log says of a call, and what it never says.

use std::cell::RefCell;

use tracing::level_filters::LevelFilter;

use crate::testing::Api;

thread_local! {
    /// What was logged on this test's thread. The subscriber is one for the whole process: a subscriber of
    /// one thread would miss places in the code that another test came by first.
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct ThisThread;

impl std::io::Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_is_one_line_without_key_sign_or_body() {
    let test = store::testing::sqlite(scrm::MIGRATIONS).await;
    let api = Api::on(&test).await;
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| ThisThread)
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("no other test sets one");
    WRITTEN.take();
    let body = r#"{"keyword":"words of the body"}"#;
    let path = "/api/v3/groupSop/getGroupList";
    let key = api.app.key.reveal();
    let mut signs = Vec::new();
    for (header, value) in [("appKey", key), ("sign", key), ("timestamp", key), ("appId", key)] {
        let mut call = api.signed(path, body);
        signs.push(call.headers()["sign"].to_str().unwrap().to_owned());
        call.headers_mut().insert(header, value.parse().unwrap());
        api.send(call).await;
    }
    let text = String::from_utf8(WRITTEN.take()).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("openapi::")).collect();
    assert_eq!(lines.len(), 4, "{text}");
    for (line, code) in lines.iter().zip([0, 1_002, 1_003, 1_004]) {
        assert!(line.contains(path) && line.contains(&format!("code={code}")), "{line}");
        assert!(line.contains("duration_ms="), "{line}");
    }
    assert!(lines[0].contains(&api.app.app_id) && lines[1].contains(&api.app.app_id), "{text}");
    for secret in signs.iter().map(String::as_str).chain([key, "words of the body"]) {
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!(format!("{:?}", api.app.key), "AppKey(…)");
}
