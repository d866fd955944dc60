//! Whatever stands in a field, the answer is a business code: no value reaches the database that it
//! cannot take, and none makes the server fail.

use serde_json::{Value, json};

use crate::{Caller, Endpoint, endpoints, testing::Api};

store::on_both! { scrm::MIGRATIONS,
    async fn no_value_of_any_field_makes_a_call_fail(test: &store::testing::TestDb) {
        let api = Api::on(test).await;
        api.put_what_examples_name().await;
        let caller = api.caller().await;
        for endpoint in endpoints() {
            let example: Value = serde_json::from_str(endpoint.about.request_example).unwrap();
            let mut pointers = Vec::new();
            collect_pointers(&example, String::new(), &mut pointers);
            for pointer in pointers {
                for odd in odd_values() {
                    let mut body = example.clone();
                    *body.pointer_mut(&pointer).unwrap() = odd;
                    assert_answered(endpoint, &caller, &body).await;
                }
            }
        }
    }
}

async fn assert_answered(endpoint: &Endpoint, caller: &Caller, body: &Value) {
    let bytes = serde_json::to_vec(body).unwrap();
    if let Err(refusal) = endpoint.run(caller, &bytes).await {
        let path = endpoint.about.path;
        assert_eq!(refusal.status.as_u16(), 200, "{path} {refusal:?} {body}");
    }
}

fn odd_values() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(""),
        json!(" "),
        json!("%_\\"),
        json!("nul \0 inside"),
        json!("\u{10ffff}\u{feff}"),
        json!("99999999999999999999"),
        json!("9223372036854775807"),
        json!("9999-12-31 23:59:59"),
        json!("0000-01-01"),
        json!("00:00"),
        json!("字".repeat(100_000)),
        json!([]),
        json!([null]),
        json!(vec!["019a2b3c4d5e7f8091a2b3c4d5e6f708"; 1_000]),
        json!((0..1_000).collect::<Vec<_>>()),
        json!({}),
        json!({ "a": 1 }),
        deep,
    ]
}

fn collect_pointers(value: &Value, here: String, found: &mut Vec<String>) {
    match value {
        Value::Array(elements) => {
            for (no, element) in elements.iter().enumerate() {
                collect_pointers(element, format!("{here}/{no}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                collect_pointers(member, format!("{here}/{name}"), found);
            }
        }
        _ => {}
    }
    found.push(here);
}
