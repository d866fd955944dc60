//! What people do in WeCom, by chance: the same seed does the same.

use ambient::Random;
use wecom_sim::{Joining, Meeting, Remark, Sim};

/// Chance for tests.
pub struct Dice(Random);

impl Dice {
    pub fn seeded(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// 0 to `n` - 1; `n` is not 0.
    pub fn below(&self, n: usize) -> usize {
        let number = u64::from_le_bytes(self.0.bytes::<8>());
        usize::try_from(number % u64::try_from(n).unwrap()).unwrap()
    }

    /// True in `percent` of cases.
    pub fn percent(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    pub fn shuffle<T>(&self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }
}

const NAMES: [&str; 6] =
    ["", "新客户群", "O'Brien \"quoted\"", "😀👨‍👩‍👧 家长群", "100%_\\", "a\u{2028}b"];

/// One action; what people cannot do is left undone.
pub fn act(sim: &Sim, dice: &Dice) {
    let groups: Vec<_> = sim.groups().into_iter().filter(|group| !group.dissolved).collect();
    let group = dice.one_of(&groups);
    let staff: Vec<_> = sim.staff().into_iter().filter(|m| m.status == 1).collect();
    let member = dice.one_of(&staff);
    let name = dice.one_of(&NAMES);
    if !sim.customers().is_empty() && dice.percent(25) {
        return act_with_customers(sim, dice);
    }
    match dice.below(100) {
        0..10 => drop(sim.rename_group(&group.chat_id, name)),
        10..14 => drop(sim.dissolve_group(&group.chat_id)),
        14..20 => drop(sim.add_group(&member.userid, name, 1 + dice.below(8))),
        20..26 => drop(sim.change_owner(&group.chat_id, &member.userid)),
        26..50 => drop(sim.add_member(&group.chat_id, name)),
        50..56 => {
            let joining = Joining {
                name: (*name).to_owned(),
                invitor: Some(member.userid.clone()),
                ..Joining::default()
            };
            drop(sim.join_group(&group.chat_id, joining));
        }
        56..72 => {
            let members = sim.group_members(&group.chat_id);
            drop(sim.remove_member(&group.chat_id, &dice.one_of(&members).userid));
        }
        72..76 => {
            let members = sim.group_members(&group.chat_id);
            drop(sim.put_out_member(&group.chat_id, &dice.one_of(&members).userid));
        }
        _ => act_in_company(sim, dice, &member.userid, name),
    }
}

/// Changes of staff, departments and tags.
fn act_in_company(sim: &Sim, dice: &Dice, user_id: &str, name: &str) {
    let departments: Vec<u32> = sim.departments().into_iter().map(|d| d.id).collect();
    let department = *dice.one_of(&departments);
    let tags = sim.tags();
    match dice.below(11) {
        0 => {
            let n = sim.staff().len();
            drop(sim.add_staff(&format!("New-{n}"), &format!("新人{n}"), &[department]));
        }
        1 => drop(sim.move_staff(user_id, &[department, 1])),
        2 => drop(sim.add_department(&format!("部门{}", dice.below(1_000)), department)),
        3 => drop(sim.change_department(department, None, Some(*dice.one_of(&departments)))),
        4 => drop(sim.remove_department(department)),
        5 if sim.staff().iter().filter(|m| m.status == 1).count() > 5 => {
            drop(sim.staff_leaves(user_id));
        }
        9 => drop(sim.shuffle_tags(None)),
        6 => drop(sim.add_tags(&format!("标签组{name}"), &["甲", "乙"])),
        7 if tags.len() > 1 => drop(sim.delete_tag(&dice.one_of(&tags).id)),
        _ if !tags.is_empty() => {
            let group = dice.one_of(&tags);
            let id = group.tags.first().map_or(&group.id, |tag| &tag.id);
            drop(sim.rename_tag(id, &format!("改名{}", dice.below(10_000))));
        }
        _ => {}
    }
}

/// Somebody gets another user id, which no event of the groups he is in tells.
pub fn change_user_id(sim: &Sim, dice: &Dice) {
    let staff: Vec<_> = sim.staff().into_iter().filter(|m| m.status == 1).collect();
    let member = dice.one_of(&staff);
    let new = format!("Renamed-{}-{}", staff.len(), dice.below(1_000));
    drop(sim.rename_userid(&member.userid, &new));
}

/// One action of members and customers; what they cannot do is left undone.
pub fn act_with_customers(sim: &Sim, dice: &Dice) {
    let staff: Vec<_> = sim.staff().into_iter().filter(|member| member.status == 1).collect();
    let customers = sim.customers();
    let user = &dice.one_of(&staff[..4]).userid;
    let customer = &dice.one_of(&customers).external_userid;
    let again = Meeting { external_userid: Some(customer.clone()), ..Meeting::default() };
    match dice.below(10) {
        0 => {
            drop(sim.customer_adds(user, Meeting { half: dice.percent(30), ..Meeting::default() }))
        }
        1 | 2 => drop(sim.customer_adds(user, again)),
        3 | 4 => drop(sim.staff_deletes_customer(user, customer)),
        5 | 6 => drop(sim.customer_deletes_staff(user, customer)),
        7 | 8 => {
            let remark = Some(format!("备注{}", dice.below(1_000)));
            drop(sim.remark_customer(user, customer, Remark { remark, ..Remark::default() }));
        }
        _ => {
            let tags: Vec<String> =
                dice.one_of(&sim.tags()).tags.iter().map(|tag| tag.id.clone()).collect();
            let (add, remove) = tags.split_at(dice.below(tags.len() + 1));
            drop(sim.mark_customer(user, customer, add, remove));
        }
    }
}
