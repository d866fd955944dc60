//! Customers and their relations to staff as the seed has them.
//!
//! Nothing is kept for a customer: who follows whom is arithmetic on the customer's number, all
//! else comes from a generator of its own, and an external userid holds the number, masked. So
//! five million customers cost no memory until somebody changes them.

use rand::RngExt;

use crate::{
    chance,
    op::Relation,
    world::{StaffNo, World, names},
};

/// A customer by number; those who came after the start follow the seeded ones.
pub(crate) type CustomerNo = u32;

const MOST_FOLLOWERS: u32 = 3;
const N_MASKED_CHARS: usize = 6;
const ADD_WAYS: &[u8] = &[0, 1, 1, 1, 2, 3, 4, 4, 6, 9, 10, 16, 24, 201, 202];

/// Who a customer is, whoever follows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) userid: String,
    pub(crate) name: String,
    /// Only of WeChat users; a WeCom user of another corp has none.
    pub(crate) unionid: Option<String>,
    pub(crate) gender: u8,
}

/// The person with this number, also one whom nobody follows.
pub(crate) fn person(world: &World, no: CustomerNo) -> Person {
    let mut own = chance::rng(world.seed, "customer", u64::from(no));
    let of_wechat = own.random_range(0..20) > 0;
    let prefix = if of_wechat { "wm" } else { "wo" };
    let userid = if world.friends.n_customers == 0 {
        chance::id(&mut own, prefix, 30)
    } else {
        let head = chance::id(&mut own, prefix, 30 - N_MASKED_CHARS);
        let tail = chance::number_as_id(u64::from(no ^ mask(world.seed, &head)), N_MASKED_CHARS);
        head + &tail
    };
    let name = chance::pick(&mut own, names::NICKNAMES).to_owned();
    let unionid = of_wechat.then(|| chance::id(&mut own, "oz", 26));
    Person { userid, name, unionid, gender: own.random_range(0..3) }
}

/// The number in an external userid of this world.
pub(crate) fn find(world: &World, userid: &str) -> Option<CustomerNo> {
    if world.friends.n_customers == 0 || userid.len() != 32 || !userid.is_ascii() {
        return None;
    }
    let (head, tail) = userid.split_at(32 - N_MASKED_CHARS);
    let masked = u32::try_from(chance::id_as_number(tail)?).ok()?;
    let no = masked ^ mask(world.seed, head);
    (no < world.n_customers && person(world, no).userid == userid).then_some(no)
}

/// What a follower knows of a customer at the start.
pub(crate) fn relation(world: &World, staff: StaffNo, no: CustomerNo) -> Relation {
    let about = u64::from(no) << 32 | staff.index() as u64;
    let mut rng = chance::rng(world.seed, "relation", about);
    let add_way = chance::pick(&mut rng, ADD_WAYS);
    let by_member = add_way == 2;
    let mut tag_ids: Vec<String> = Vec::new();
    for _ in 0..rng.random_range(0..4) {
        let group = &world.tags[rng.random_range(0..world.tags.len())];
        let id = &group.tags[rng.random_range(0..group.tags.len())].id;
        if !tag_ids.contains(id) {
            tag_ids.push(id.clone());
        }
    }
    let n_days = rng.random_range(1..730_i64);
    let seldom = |one_in: u32, rng: &mut rand_chacha::ChaCha8Rng| rng.random_range(0..one_in) == 0;
    Relation {
        remark: if seldom(3, &mut rng) { format!("客户{no}") } else { String::new() },
        description: if seldom(9, &mut rng) {
            "常客，喜欢“新品”".into()
        } else {
            String::new()
        },
        remark_company: String::new(),
        remark_mobiles: if seldom(12, &mut rng) {
            vec![format!("138{:08}", no % 100_000_000)]
        } else {
            Vec::new()
        },
        created_at_s: world.made_before_s - n_days * 86_400 + i64::from(no % 86_400),
        add_way,
        state: if seldom(5, &mut rng) { "store-door".into() } else { String::new() },
        added_by_member: by_member,
        personal_tags: if seldom(20, &mut rng) { vec!["老同学".into()] } else { Vec::new() },
        tag_ids,
        half: false,
        left: false,
    }
}

/// Who follows which customers, by arithmetic.
#[derive(Default)]
pub(crate) struct Friends {
    /// Customers followed by somebody at the start.
    pub(crate) n_customers: u32,
    seed: u64,
    /// Sorted; a few who might have customers have none.
    staff: Vec<StaffNo>,
}

impl Friends {
    pub(super) fn of(seed: u64, n_customers: u32, followers: Vec<StaffNo>) -> Self {
        let idle = |n: &usize| n % 29 == 28;
        let staff = followers.into_iter().enumerate().filter(|(n, _)| !idle(n));
        let staff: Vec<StaffNo> = staff.map(|(_, no)| no).collect();
        let n_customers = if staff.is_empty() { 0 } else { n_customers };
        Self { n_customers, seed, staff }
    }

    /// In the order of the staff. Customer 0 is followed by everybody who has customers.
    pub(crate) fn followers(&self, no: CustomerNo) -> Vec<StaffNo> {
        if no >= self.n_customers {
            return Vec::new();
        }
        if no == 0 {
            return self.staff.clone();
        }
        let n_staff = self.n_staff();
        let places =
            (0..self.n_followers(no)).map(|k| (no % n_staff + k * self.stride()) % n_staff);
        let mut staff: Vec<StaffNo> = places.map(|place| self.staff[index(place)]).collect();
        staff.sort_unstable();
        staff
    }

    pub(crate) fn follows(&self, staff: StaffNo, no: CustomerNo) -> bool {
        self.followers(no).contains(&staff)
    }

    /// The first so many customers of a follower at or after `from`, in the order of their numbers.
    pub(crate) fn customers_of(
        &self,
        staff: StaffNo,
        from: CustomerNo,
        limit: usize,
    ) -> Vec<CustomerNo> {
        let Ok(place) = self.staff.binary_search(&staff) else { return Vec::new() };
        if self.n_customers == 0 {
            return Vec::new();
        }
        let n_staff = self.n_staff();
        let place = u32::try_from(place).expect("fewer than 2^32 members of staff");
        let mut found: Vec<CustomerNo> = (from == 0).then_some(0).into_iter().collect();
        for k in 0..MOST_FOLLOWERS.min(n_staff) {
            let first = (place + n_staff - k * self.stride() % n_staff) % n_staff;
            let n_rounds = from.max(1).saturating_sub(first).div_ceil(n_staff);
            let numbers = (u64::from(first) + u64::from(n_rounds) * u64::from(n_staff)
                ..u64::from(self.n_customers))
                .step_by(index(n_staff))
                .map(|no| u32::try_from(no).expect("below n_customers"));
            found.extend(numbers.filter(|no| self.n_followers(*no) > k).take(limit));
        }
        found.sort_unstable();
        found.truncate(limit);
        found
    }

    fn n_staff(&self) -> u32 {
        u32::try_from(self.staff.len()).expect("fewer than 2^32 members of staff")
    }

    fn stride(&self) -> u32 {
        (self.n_staff() / MOST_FOLLOWERS).max(1)
    }

    fn n_followers(&self, no: CustomerNo) -> u32 {
        let wanted = match chance::mixed(self.seed, u64::from(no)) % 100 {
            0..70 => 1,
            70..92 => 2,
            _ => MOST_FOLLOWERS,
        };
        wanted.min(self.n_staff())
    }
}

fn mask(seed: u64, head: &str) -> u32 {
    let digest = chance::digest(&[b"customer", &seed.to_le_bytes(), head.as_bytes()]);
    u32::try_from(digest >> 96).expect("32 of 128 bits are left")
}

fn index(n: u32) -> usize {
    usize::try_from(n).expect("usize has 32 bits at least")
}
