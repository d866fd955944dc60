//! What an SOP would do, before it does it: how many messages on which days, and what will not work.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use store::{Session, Value, params};
use wecom::mass_messages::{MAX_CHAT_IDS, MAX_TEXT_BYTES};

use super::{
    Audience, Membership, Mode, NewSop, PlanStep, audience, content, new, plan, quota::Quota, sql,
};
use crate::{
    CorpId, Error, GroupId, Scrm, StaffId, Zone, corps,
    groups::{self, Facts},
    org,
    send::Reason,
};

/// Groups read at a time.
const GROUPS_PER_PAGE: usize = 1_000;

/// What an SOP would do.
#[derive(Debug, Default)]
pub struct Preview {
    /// Groups it reaches.
    pub n_groups: usize,
    /// Owners of these groups.
    pub n_owners: usize,
    /// Messages to groups in all.
    pub n_tasks: usize,
    /// By local day.
    pub days: Vec<PreviewDay>,
    /// Owners who cannot send, and how many groups are without a sender by that.
    pub unable: Vec<UnableOwner>,
    /// What else to know: step (from 1, where it is about one), and a sentence.
    pub warnings: Vec<Warning>,
}

/// One day of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewDay {
    /// The local day.
    pub date: Date,
    /// Messages to groups.
    pub n_tasks: usize,
    /// Things owners have to do: mass messages to confirm, or notices.
    pub n_messages: usize,
    /// Groups that would probably have used up WeCom's quota of mass messages by then. An estimate: WeCom
    /// tells of no messages that people sent beside Siyu.
    pub n_groups_over_quota: usize,
}

/// An owner who cannot send.
#[derive(Debug, Clone)]
pub struct UnableOwner {
    /// Who.
    pub id: StaffId,
    /// His name.
    pub name: String,
    /// Why.
    pub why: Reason,
    /// His groups among those that the SOP reaches.
    pub n_groups: usize,
}

/// Something that is allowed, but perhaps not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// #客户备注# or #客户昵称# is left out in groups.
    PlaceholderLeftOut {
        /// From 1.
        step: usize,
    },
    /// With the longest name among the owners, the text is longer than WeCom takes.
    TextTooLong {
        /// From 1.
        step: usize,
        /// With the name filled in.
        n_bytes: usize,
    },
    /// The step's time is past: it is sent at once.
    DueAtOnce {
        /// From 1.
        step: usize,
    },
    /// It waits for groups to be made.
    NoGroupYet,
    /// No group fits the rule, which is not followed: nothing will ever be sent.
    NoGroup,
}

/// What an SOP would do if it were made and started now. Refused as making it would be.
pub async fn preview(scrm: &Scrm, corp: CorpId, sop: &NewSop) -> Result<Preview, Error> {
    new::check(sop)?;
    let now_ms = scrm.clock.now_ms();
    let mut reader = scrm.db.reader().await?;
    let zone = corps::get(&mut reader, corp).await?.zone;
    let groups = reached(&mut reader, corp, &sop.audience).await?;
    let mut owners: HashMap<StaffId, usize> = HashMap::new();
    for (_, owner) in &groups {
        *owners.entry(*owner).or_default() += 1;
    }
    let steps: Vec<PlanStep> = (1..)
        .zip(&sop.steps)
        .map(|(step_no, step)| PlanStep { step_no, time: step.time, plan_from_ms: 0 })
        .collect();
    // All join now, so that a step is due at the same time in every group.
    let member =
        Membership { group: GroupId(0), joined_at_ms: now_ms, plan_from_ms: 0, left: None };
    let due: Vec<i64> =
        steps.iter().filter_map(|step| plan::due_ms(step, &member, &zone)).collect();
    let mut preview = Preview {
        n_groups: groups.len(),
        n_owners: owners.len(),
        n_tasks: groups.len() * due.len(),
        ..Preview::default()
    };
    let mut days = days(&due, sop.mode, &owners, &zone);
    if sop.mode == Mode::Assistant {
        let ids: Vec<GroupId> = groups.iter().map(|(group, _)| *group).collect();
        let used = used(&mut reader, corp, &ids, &due, scrm.rules.quota, &zone).await?;
        for day in &mut days {
            day.n_groups_over_quota = over(&ids, &due, &used, day.date, scrm.rules.quota, &zone);
        }
    }
    preview.days = days;
    let names = unable_owners(&mut reader, corp, &owners, &mut preview).await?;
    drop(reader);
    preview.warnings = warnings(sop, &groups, &names, &due, now_ms);
    Ok(preview)
}

/// The groups that an audience means now, with their owners.
async fn reached(
    session: &mut Session,
    corp: CorpId,
    wanted: &Audience,
) -> Result<Vec<(GroupId, StaffId)>, Error> {
    let chosen = audience::chosen(session, corp, wanted).await?;
    let mut reached = Vec::new();
    let mut take = |found: &[Facts]| reached.extend(found.iter().map(|g| (g.id, g.owner)));
    match wanted {
        Audience::NewGroups { .. } => {}
        Audience::Rule { rule, .. } => {
            let mut after = GroupId(0);
            loop {
                let n = i64::try_from(GROUPS_PER_PAGE).expect("a page is small");
                let mut page = groups::facts_after(session, corp, after, n).await?;
                let Some(last) = page.last() else { break };
                after = last.id;
                page.retain(|group| rule.fits(group));
                take(&page);
                // Others may run in between: SQLite answers without waiting.
                tokio::task::yield_now().await;
            }
        }
        _ => {
            for page in chosen.chunks(GROUPS_PER_PAGE) {
                take(&groups::facts(session, corp, page).await?);
                tokio::task::yield_now().await;
            }
        }
    }
    Ok(reached)
}

fn days(due: &[i64], mode: Mode, owners: &HashMap<StaffId, usize>, zone: &Zone) -> Vec<PreviewDay> {
    let n_groups: usize = owners.values().sum();
    let n_mass: usize = owners.values().map(|n| n.div_ceil(MAX_CHAT_IDS)).sum();
    let mut by_date: BTreeMap<Date, (usize, HashSet<i64>)> = BTreeMap::new();
    for &due_ms in due {
        let (n_steps, minutes) = by_date.entry(zone.date(due_ms)).or_default();
        *n_steps += 1;
        minutes.insert(due_ms);
    }
    by_date
        .into_iter()
        .map(|(date, (n_steps, minutes))| PreviewDay {
            date,
            n_tasks: n_steps * n_groups,
            n_messages: match mode {
                Mode::Assistant => n_steps * n_mass,
                // One notice an owner and minute.
                Mode::Manual => minutes.len() * owners.len(),
            },
            n_groups_over_quota: 0,
        })
        .collect()
}

/// Mass messages that Siyu has sent, or means to send, to each group in the periods that the new ones fall
/// into, by (group, first day of the period).
async fn used(
    session: &mut Session,
    corp: CorpId,
    groups: &[GroupId],
    due: &[i64],
    quota: Quota,
    zone: &Zone,
) -> Result<HashMap<(GroupId, Date), usize>, Error> {
    let mut used = HashMap::new();
    let (Some(first), Some(last)) = (due.iter().min(), due.iter().max()) else { return Ok(used) };
    let from_ms = zone.day_start_ms(quota.period(zone.date(*first)));
    // No period is longer than a month.
    let until_ms = last + 32 * 86_400_000;
    for page in groups.chunks(GROUPS_PER_PAGE) {
        let list: Vec<Value<'_>> = page.iter().map(|&id| id.into()).collect();
        let fixed = params![corp, from_ms, until_ms];
        let read = |row: &store::Row<'_>| Ok((row.get::<GroupId>(0)?, row.get::<i64>(1)?));
        for (group, due_ms) in session.query_list(&sql::MASS_OF_GROUPS, &fixed, &list, read).await?
        {
            *used.entry((group, quota.period(zone.date(due_ms)))).or_default() += 1;
        }
        tokio::task::yield_now().await;
    }
    Ok(used)
}

/// How many groups would be over their quota with the messages up to the end of a day.
fn over(
    groups: &[GroupId],
    due: &[i64],
    used: &HashMap<(GroupId, Date), usize>,
    date: Date,
    quota: Quota,
    zone: &Zone,
) -> usize {
    let period = quota.period(date);
    let is_of_period = |day: Date| quota.period(day) == period && day <= date;
    let n_new = due.iter().filter(|&&due_ms| is_of_period(zone.date(due_ms))).count();
    let most = quota.most(date);
    groups
        .iter()
        .filter(|&&group| used.get(&(group, period)).copied().unwrap_or(0) + n_new > most)
        .count()
}

/// Notes the owners who cannot send; the names of all.
async fn unable_owners(
    session: &mut Session,
    corp: CorpId,
    owners: &HashMap<StaffId, usize>,
    preview: &mut Preview,
) -> Result<Vec<String>, Error> {
    let mut ids: Vec<StaffId> = owners.keys().copied().collect();
    ids.sort_unstable();
    let mut names = Vec::new();
    for member in org::staff_by_ids(session, corp, &ids).await? {
        if let Some(why) = member.obstacle().map(Reason::from) {
            let n_groups = owners[&member.id];
            let name = member.name.clone();
            preview.unable.push(UnableOwner { id: member.id, name, why, n_groups });
        }
        names.push(member.name);
    }
    preview.unable.sort_by_key(|owner| (usize::MAX - owner.n_groups, owner.id));
    Ok(names)
}

fn warnings(
    sop: &NewSop,
    groups: &[(GroupId, StaffId)],
    names: &[String],
    due: &[i64],
    now_ms: i64,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if groups.is_empty() {
        let comes_later = match sop.audience {
            Audience::Rule { follows, .. } => follows,
            _ => true,
        };
        warnings.push(if comes_later { Warning::NoGroupYet } else { Warning::NoGroup });
    }
    let longest =
        names.iter().max_by_key(|name| name.len()).map(String::as_str).unwrap_or_default();
    for (place, step) in (1..).zip(&sop.steps) {
        if content::leaves_placeholders_out(&step.content) {
            warnings.push(Warning::PlaceholderLeftOut { step: place });
        }
        let n_bytes = content::joined_text(&content::filled(&step.content, longest, "")).len();
        if sop.mode == Mode::Assistant && n_bytes > MAX_TEXT_BYTES {
            warnings.push(Warning::TextTooLong { step: place, n_bytes });
        }
        if due.get(place - 1).is_some_and(|&due_ms| due_ms <= now_ms) && !groups.is_empty() {
            warnings.push(Warning::DueAtOnce { step: place });
        }
    }
    warnings
}
