//! Customers as mirrored and as simulated, side by side.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::params;

use super::World;
use crate::{
    customers::{self, Customer, Relation, RelationState},
    org, tags,
};

/// What a call shows of a relation, by (user id, external user id).
pub type Shown = BTreeMap<(String, String), BTreeMap<&'static str, String>>;

store::statements! {
    EXTERNAL_USER_IDS = "SELECT external_user_id FROM customers WHERE corp_id = $1";
}

/// Everything that is stored of customers, with user ids.
pub async fn stored(world: &World) -> Vec<(String, Customer, Relation)> {
    let mut reader = world.scrm.db.reader().await.unwrap();
    let corp = world.corp;
    let ids = reader.query(&EXTERNAL_USER_IDS, &params![corp], |row| row.get::<String>(0)).await;
    let ids = ids.unwrap();
    let ids = ids.iter().map(String::as_str);
    let found = customers::by_external_user_ids(&mut reader, corp, ids).await.unwrap();
    let by_id: HashMap<_, _> = found.into_values().map(|c| (c.id, c)).collect();
    let ids: Vec<_> = by_id.keys().copied().collect();
    let relations = customers::relations_of(&mut reader, corp, &ids).await.unwrap();
    let staff: HashMap<_, _> = org::all_staff(&mut reader, corp)
        .await
        .unwrap()
        .into_iter()
        .map(|member| (member.id, member.wecom_user_id))
        .collect();
    let of = |r: Relation| (staff[&r.staff].clone(), by_id[&r.customer].clone(), r);
    relations.into_iter().map(of).collect()
}

/// The state of each relation.
pub async fn states(world: &World) -> BTreeMap<(String, String), RelationState> {
    let stored = stored(world).await.into_iter();
    stored.map(|(user_id, c, r)| ((user_id, c.external_user_id), r.state)).collect()
}

/// The relations that are not gone, as mirrored.
pub async fn mirrored_customers(world: &World) -> Shown {
    let wecom_ids: HashMap<_, _> = tags::tree(&world.scrm, world.corp)
        .await
        .unwrap()
        .into_iter()
        .flat_map(|group| group.tags)
        .map(|tag| (tag.id, tag.wecom_id))
        .collect();
    let live = stored(world).await.into_iter().filter(|(.., r)| r.state != RelationState::Gone);
    live.map(|(user_id, customer, relation)| {
        let known = relation.tags.iter().filter_map(|tag| wecom_ids.get(tag).cloned());
        let unknown: Vec<String> = serde_json::from_str(&relation.tags_unknown).unwrap();
        let tags: BTreeSet<String> = known.chain(unknown).collect();
        let what = BTreeMap::from([
            ("name", customer.name),
            ("kind", customer.kind.to_string()),
            ("union id", customer.union_id),
            ("company", customer.corp_name),
            ("remark", relation.remark),
            ("description", relation.description),
            ("remarked company", relation.remark_corp_name),
            ("mobiles", relation.remark_mobiles),
            ("added at", relation.added_at_ms.to_string()),
            ("way", relation.add_way.to_string()),
            ("added by", relation.added_by),
            ("channel", relation.channel),
            ("tags", format!("{tags:?}")),
        ]);
        ((user_id, customer.external_user_id), what)
    })
    .collect()
}

/// The relations that calls show, as simulated: neither half ones nor those of members who left.
pub fn simulated_customers(world: &World) -> Shown {
    let sim = &world.sim.sim;
    let present: BTreeSet<String> =
        sim.staff().into_iter().filter(|m| m.status != 5).map(|m| m.userid).collect();
    let library: BTreeSet<String> =
        sim.tags().into_iter().flat_map(|group| group.tags).map(|tag| tag.id).collect();
    let mut shown = Shown::new();
    for customer in sim.customers() {
        let of_wechat = customer.unionid.is_some();
        for follower in customer.followers {
            let r = follower.relation;
            if r.half || !present.contains(&follower.userid) {
                continue;
            }
            let tags: BTreeSet<String> =
                r.tag_ids.into_iter().filter(|id| library.contains(id)).collect();
            let asked =
                if r.added_by_member { &follower.userid } else { &customer.external_userid };
            let what = BTreeMap::from([
                ("name", customer.name.clone()),
                ("kind", if of_wechat { "1" } else { "2" }.to_owned()),
                ("union id", customer.unionid.clone().unwrap_or_default()),
                ("company", if of_wechat { "" } else { "友商" }.to_owned()),
                ("remark", r.remark),
                ("description", r.description),
                ("remarked company", if of_wechat { r.remark_company } else { String::new() }),
                ("mobiles", serde_json::to_string(&r.remark_mobiles).unwrap()),
                ("added at", (r.created_at_s * 1_000).to_string()),
                ("way", r.add_way.to_string()),
                ("added by", asked.clone()),
                ("channel", r.state),
                ("tags", format!("{tags:?}")),
            ]);
            shown.insert((follower.userid, customer.external_userid.clone()), what);
        }
    }
    shown
}

/// Compares relation by relation, so that a difference can be read.
pub async fn assert_same_customers(world: &World) {
    let (here, there) = (mirrored_customers(world).await, simulated_customers(world));
    let pairs: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    let differing: Vec<String> = pairs
        .into_iter()
        .filter(|pair| here.get(pair) != there.get(pair))
        .map(|pair| format!("{pair:?}: here {:?}, there {:?}", here.get(pair), there.get(pair)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}
