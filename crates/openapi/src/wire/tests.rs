use proptest::prelude::*;
use schemars::JsonSchema;
use scrm::Zone;
use serde::Deserialize;

use super::*;
use crate::Refusal;

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(default)]
    id: Optional<Id>,
    #[serde(default)]
    n: Optional<Integer<1, 9>>,
    #[serde(default)]
    at: Optional<Moment>,
    #[serde(default)]
    time: Optional<TimeOfDay>,
    #[serde(default)]
    text: Optional<Text<0, 5>>,
    #[serde(default)]
    ids: List<Id, 0, 3>,
    #[serde(default)]
    rows: List<Object<Row>, 0, 3>,
    #[serde(default)]
    task: Optional<TaskId>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq)]
struct Row {
    name: Text<1, 5>,
}

fn read(body: &str) -> Asked {
    Asked::from_body(body.as_bytes()).unwrap_or_else(|refusal| panic!("{}", refusal.message))
}

fn refused(body: &str) -> Refusal {
    Asked::from_body(body.as_bytes()).expect_err(body)
}

#[test]
fn an_absent_field_null_and_an_empty_string_are_the_same() {
    let nothing = read("{}");
    assert_eq!(read(""), nothing);
    assert_eq!(read(r#"{"unknown":{"deep":[1]}}"#), nothing);
    for empty in ["null", r#""""#] {
        let body = format!(
            r#"{{"id":{empty},"n":{empty},"at":{empty},"time":{empty},"text":{empty},
                "ids":{empty},"rows":{empty},"task":{empty}}}"#
        );
        assert_eq!(read(&body), nothing, "{body}");
    }
}

#[test]
fn numbers_come_as_numbers_and_as_text() {
    for id in ["463352988837952", r#""463352988837952""#, "463352988837952.0"] {
        assert_eq!(read(&format!(r#"{{"id":{id}}}"#)).id.0, Some(Id(463_352_988_837_952)), "{id}");
    }
    for n in ["9", r#""9""#, "9.0", "0.9e1"] {
        assert_eq!(read(&format!(r#"{{"n":{n}}}"#)).n.0.map(Integer::get), Some(9), "{n}");
    }
    let read = read(r#"{"ids":["1",2]}"#);
    assert_eq!(read.ids.0, [Id(1), Id(2)]);
}

#[test]
fn a_bound_means_the_whole_of_what_it_names() {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let cases = [
        ("2026-01-01", "2026-01-01 00:00:00", "2026-01-01 23:59:59"),
        ("2026-01-01 08:00", "2026-01-01 08:00:00", "2026-01-01 08:00:59"),
        ("2026-01-01 08:00:07", "2026-01-01 08:00:07", "2026-01-01 08:00:07"),
    ];
    for (text, first, last) in cases {
        let moment = read(&format!(r#"{{"at":"{text}"}}"#)).at.0.unwrap();
        assert_eq!(zone.seconds_text(moment.start_ms(&zone)), first);
        assert_eq!(zone.seconds_text(moment.end_ms(&zone)), last);
        assert_eq!(moment.end_ms(&zone) % 1_000, 999, "{text}");
    }
    let at = |text: &str| read(&format!(r#"{{"at":"{text}"}}"#)).at.0.unwrap().minute_ms(&zone);
    assert_eq!(at("2026-01-01 08:00:07"), Some(1_767_225_600_000));
    assert_eq!(at("2026-01-01"), None);
}

#[test]
fn only_real_times_in_the_contracts_form_are_times() {
    let wrong = [
        "2026-02-29",
        "2026-13-01",
        "2026-1-1",
        "2026-01-01T08:00:00",
        "2026-01-01 8:00",
        "2026-01-01 24:00",
        "2026-01-01 08:60",
        "2026-01-01 08:00:60",
        "+026-01-01",
        "二〇二六年一月",
        "1767225600000",
        " 2026-01-01",
    ];
    for text in wrong {
        let message = refused(&format!(r#"{{"at":"{text}"}}"#)).message;
        assert_eq!(message, format!(r#"at: "{text}" is not a time (yyyy-MM-dd HH:mm:ss)"#));
    }
    for text in ["24:00", "10:60", "9:00", "10:00:00", "10.00", "-1:00", "1０:0"] {
        let message = refused(&format!(r#"{{"time":"{text}"}}"#)).message;
        assert_eq!(message, format!(r#"time: "{text}" is not a time of day (HH:mm)"#));
    }
    let last = read(r#"{"time":"23:59"}"#).time.0.unwrap();
    assert_eq!(last.minute_of_day, 1_439);
}

#[test]
fn characters_are_counted_not_bytes_and_long_values_are_cut_in_messages() {
    assert_eq!(read(r#"{"text":"五个字符号"}"#).text.0, Some(Text("五个字符号".to_owned())));
    assert_eq!(refused(r#"{"text":"六个字符号啊"}"#).message, "text: has 6 characters, not 0 to 5");
    let message = refused(&format!(r#"{{"id":"{}"}}"#, "啊".repeat(500))).message;
    assert_eq!(message.chars().filter(|letter| *letter == '啊').count(), 59);
}

#[test]
fn fields_inside_lists_are_named_by_their_place() {
    assert_eq!(refused(r#"{"rows":[{"name":"a"},{}]}"#).message, "rows[1].name: is required");
    assert_eq!(refused(r#"{"rows":[{"name":" "}]}"#).message, "rows[0].name: must not be empty");
    assert_eq!(
        refused(r#"{"rows":[{"name":"a","name":"b"}]}"#).message,
        "rows[0].name: is given twice"
    );
    assert_eq!(refused(r#"{"ids":[1,2,3,4]}"#).message, "ids: has more than 3 elements");
    assert_eq!(refused(r#"{"ids":{}}"#).message, "ids: an object is not a list");
    assert_eq!(refused(r#"{"text":"\ud800"}"#).code.number, 40_001);
}

#[test]
fn pages_are_counted_up() {
    let page = scrm::Page { no: 1, size: 10 };
    for (n_total, n_pages) in [(0, 0), (1, 1), (10, 1), (11, 2), (12, 2)] {
        let page = serde_json::to_value(PageOf::<()>::new(page, n_total, Vec::new())).unwrap();
        assert_eq!(page["totalPage"], n_pages, "{n_total}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(body in any::<Vec<u8>>()) {
        let _ = Asked::from_body(&body);
    }

    #[test]
    fn nearly_right_bytes_do_not_either(
        body in r#"\{("(id|n|at|time|text|ids|rows|task)":("[0-9a-f: -]{0,20}"|[0-9.e+-]{1,9}|\[[0-9,]*\]|null|\{\}),?){0,3}\}?"#
    ) {
        let _ = Asked::from_body(body.as_bytes());
    }
}
