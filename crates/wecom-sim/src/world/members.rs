//! The members of a group as the seed has them, made anew each time they are asked for.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::{
    chance,
    world::{
        StaffNo, World,
        customers::{self, CustomerNo, Person},
    },
};

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) userid: String,
    pub(crate) name: String,
    /// Empty for most.
    pub(crate) group_nickname: String,
    pub(crate) kind: MemberKind,
    pub(crate) joined_at_s: i64,
    /// 1 invited, 2 by a link, 3 by the group's code.
    pub(crate) join_scene: u8,
    /// A member of staff.
    pub(crate) invitor: Option<String>,
    /// The parameter of the join way.
    pub(crate) state: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MemberKind {
    Staff,
    /// A WeCom user of another corp has no unionid.
    Customer {
        unionid: Option<String>,
    },
}

/// The founder, up to two colleagues and customers; `n_members` in all.
pub(crate) fn of(
    world: &World,
    chat_id: &str,
    founder: StaffNo,
    created_at_s: i64,
    n_members: u32,
) -> Vec<Member> {
    let mut rng = chance::rng(world.seed, chat_id, 0);
    let boss = world.member(founder).userid.clone();
    let n_members = usize::try_from(n_members).expect("usize has 32 bits at least");
    let n_colleagues = rng.random_range(0..3).min(world.n_staff_at_start - 1);
    let n_staff = (1 + n_colleagues).min(n_members.max(1));
    let mut made: Vec<Member> = (0..n_staff)
        .map(|n| {
            let colleague = || StaffNo::at((founder.index() + n) % world.n_staff_at_start);
            let no = if n == 0 { founder } else { colleague() };
            let invitor = (n > 0).then(|| boss.clone());
            staff(world, no, created_at_s, invitor)
        })
        .collect();
    let first = rng.random_range(0..world.n_customers);
    let n_customers = n_members.saturating_sub(made.len());
    // Steps that do not come round to the first customer again.
    let widest = world.n_customers as usize / (n_customers + 1);
    let step = rng.random_range(1..=u32::try_from(widest.clamp(1, 7)).expect("at most 7"));
    made.extend((0..n_customers).scan(first, |no, _| {
        *no = (*no + step) % world.n_customers;
        Some(customer(&mut rng, world, *no, created_at_s, &boss))
    }));
    made
}

/// A member of staff in a group.
pub(crate) fn staff(
    world: &World,
    no: StaffNo,
    joined_at_s: i64,
    invitor: Option<String>,
) -> Member {
    let member = world.member(no);
    Member {
        userid: member.userid.clone(),
        name: member.name.clone(),
        group_nickname: String::new(),
        kind: MemberKind::Staff,
        joined_at_s,
        join_scene: 1,
        invitor,
        state: None,
    }
}

/// Somebody outside who came after the start.
pub(crate) fn newcomer(
    userid: String,
    name: String,
    unionid: Option<String>,
    joined_at_s: i64,
    invitor: Option<String>,
) -> Member {
    Member {
        userid,
        name,
        group_nickname: String::new(),
        kind: MemberKind::Customer { unionid },
        joined_at_s,
        join_scene: if invitor.is_some() { 1 } else { 3 },
        invitor,
        state: None,
    }
}

fn customer(
    rng: &mut ChaCha8Rng,
    world: &World,
    no: CustomerNo,
    created_at_s: i64,
    boss: &str,
) -> Member {
    let Person { userid, name, unionid, .. } = customers::person(world, no);
    let join_scene = rng.random_range(1..=3);
    let by_code = join_scene == 3;
    Member {
        userid,
        group_nickname: if rng.random_range(0..8) == 0 {
            format!("顾客{name}")
        } else {
            String::new()
        },
        name,
        kind: MemberKind::Customer { unionid },
        joined_at_s: created_at_s + rng.random_range(0..2_000_000),
        join_scene,
        invitor: (!by_code && rng.random_range(0..2) == 0).then(|| boss.to_owned()),
        state: (by_code && rng.random_range(0..3) == 0).then(|| "store-door".to_owned()),
    }
}
