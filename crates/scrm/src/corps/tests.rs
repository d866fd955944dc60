use store::{on_both, testing::TestDb};

use super::{SecretOf, client, contact_client, put_contact_secret};
use crate::{Error, MIGRATIONS, MasterKey, testing, tests::World};

on_both! { MIGRATIONS,
    async fn the_contact_secret_makes_a_client_of_its_own(test: &TestDb) {
        let world = World::start(test, 2, 2).await;
        let (scrm, corp) = (&world.scrm, world.corp);
        assert!(contact_client(scrm, corp).await.unwrap().is_none());
        put_contact_secret(scrm, corp, &world.sim.sim.config().contact_secret).await.unwrap();
        let contacts = contact_client(scrm, corp).await.unwrap().expect("its secret is stored");
        let page = wecom::users::list_id(&contacts, None, 10).await.unwrap();
        assert_eq!(page.places.len(), 10);
        let app = client(scrm, corp).await.unwrap();
        let refusal = wecom::users::list_id(&app, None, 10).await.unwrap_err();
        assert_eq!(refusal.errcode(), Some(wecom::codes::API_FORBIDDEN));
        let asked: Vec<(SecretOf, u64)> = scrm
            .wecom
            .metrics()
            .into_iter()
            .map(|(_, of, calls)| (of, calls.iter().map(|call| call.n_errors).sum()))
            .collect();
        assert_eq!(asked, [(SecretOf::App, 1), (SecretOf::Contacts, 0)]);
    }

    async fn a_contact_secret_outlives_a_new_secret_of_the_app_and_needs_its_key(test: &TestDb) {
        let mut scrm = testing::scrm(test.db.clone(), ambient::Clock::system(), "http://127.0.0.1:9");
        let corp = testing::corp(&scrm, "ww0123456789abcdef", "one").await;
        put_contact_secret(&scrm, corp, "contacts").await.unwrap();
        testing::corp(&scrm, "ww0123456789abcdef", "two").await;
        assert!(contact_client(&scrm, corp).await.unwrap().is_some());
        assert!(matches!(put_contact_secret(&scrm, corp, "").await, Err(Error::Invalid(_))));
        scrm.master_key = MasterKey::new([1; 32]);
        scrm.wecom = crate::corps::Clients::new(
            "http://127.0.0.1:9".to_owned(),
            wecom::http::client(wecom::http::Timeouts::default()).unwrap(),
            wecom::Budget::default(),
        );
        let error = contact_client(&scrm, corp).await.err().expect("another key");
        assert!(matches!(error, Error::WrongMasterKey { .. }), "{error}");
    }
}
