//! Help and usage.

use crate::program::Place;

const COMMANDS: [&[&str]; 19] = [
    &[],
    &["serve"],
    &["demo"],
    &["sim"],
    &["migrate"],
    &["sync"],
    &["doctor"],
    &["corp"],
    &["corp", "add"],
    &["corp", "callback"],
    &["corp", "list"],
    &["app"],
    &["app", "create"],
    &["app", "list"],
    &["app", "rotate"],
    &["app", "disable"],
    &["app", "enable"],
    &["call"],
    &["config", "check"],
];

#[tokio::test]
async fn every_command_explains_itself_with_an_example() {
    let place = Place::new();
    for command in COMMANDS {
        let help = place.run(&[command, &["--help"]].concat()).await.ok();
        assert!(help.contains("Usage: siyu"), "{command:?}: {help}");
        let has_subcommands = help.contains("Commands:");
        assert!(has_subcommands || help.contains("Example"), "{command:?} has no example: {help}");
    }
}

#[tokio::test]
async fn wrong_usage_ends_with_2() {
    let place = Place::new();
    for wrong in [&["serv"][..], &["serve", "--port", "1"], &["app", "create"], &["call"]] {
        let done = place.run(wrong).await;
        assert_eq!(done.code, Some(2), "{wrong:?}: {done:#?}");
        assert!(done.err.contains("--help"), "{done:#?}");
    }
}

#[tokio::test]
async fn the_document_of_the_api_is_printed() {
    let document = Place::new().run(&["openapi"]).await.json();
    assert!(document["paths"]["/api/v3/groupSop/getGroupList"].is_object());
}
