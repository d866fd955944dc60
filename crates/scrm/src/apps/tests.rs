//! API apps and their keys.

use store::testing::TestDb;

use super::{NewApp, create, find, list, rotate, set_enabled};
use crate::{Error, MIGRATIONS, StaffId, tests::World};

fn named(suffix: &str) -> NewApp {
    NewApp { suffix: suffix.to_owned(), ..NewApp::default() }
}

store::on_both! { MIGRATIONS,
    async fn an_app_is_found_by_its_id_with_its_key_until_the_key_is_changed(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        let new = NewApp {
            ip_allow_list: vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
            scopes: vec!["sop:read".to_owned()],
            ..named("crm")
        };
        let made = create(&world.scrm, world.corp, new).await.unwrap();
        assert_eq!(made.app_id, format!("{}_crm", world.sim.sim.config().corp_id));
        let found = find(&world.scrm, &made.app_id).await.unwrap().unwrap();
        assert_eq!(found.key.reveal(), made.key.reveal());
        assert_eq!(found.ip_allow_list, made.ip_allow_list);
        assert_eq!(found.scopes, ["sop:read"]);
        let key = rotate(&world.scrm, &made.app_id).await.unwrap();
        assert_ne!(key.reveal(), made.key.reveal());
        set_enabled(&world.scrm, &made.app_id, false).await.unwrap();
        let found = list(&world.scrm, world.corp).await.unwrap().remove(0);
        assert_eq!((found.key.reveal(), found.is_enabled), (key.reveal(), false));
    }

    async fn an_app_that_cannot_be_made_or_found_is_refused(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        create(&world.scrm, world.corp, named("crm")).await.unwrap();
        let again = create(&world.scrm, world.corp, named("crm")).await.unwrap_err();
        assert!(matches!(again, Error::Conflict(_)), "{again}");
        for suffix in ["", "a_b", "名", &"x".repeat(33)] {
            let refusal = create(&world.scrm, world.corp, named(suffix)).await.unwrap_err();
            assert!(matches!(refusal, Error::Invalid(_)), "{suffix:?}");
        }
        let nobody = NewApp { acting_staff: Some(StaffId(5)), ..named("other") };
        let refusal = create(&world.scrm, world.corp, nobody).await.unwrap_err();
        assert!(matches!(refusal, Error::NotFound(_)), "{refusal}");
        assert!(matches!(rotate(&world.scrm, "ww_none").await, Err(Error::NotFound(_))));
        assert!(find(&world.scrm, "ww_none").await.unwrap().is_none());
    }

    async fn another_master_key_is_named_as_the_cause(test: &TestDb) {
        let world = World::start(test, 1, 1).await;
        let made = create(&world.scrm, world.corp, named("crm")).await.unwrap();
        let mut other = world.scrm.clone();
        other.master_key = crate::MasterKey::new([9; 32]);
        let refusal = find(&other, &made.app_id).await.unwrap_err();
        assert!(refusal.to_string().contains("not the master key"), "{refusal}");
    }
}

#[test]
fn a_key_is_never_printed() {
    let key = super::AppKey("0123456789abcdef".to_owned());
    assert_eq!(format!("{key:?}"), "AppKey(…)");
}
