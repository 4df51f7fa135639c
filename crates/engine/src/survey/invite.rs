//! One-time links by notice: to the workers of a street or community in the house, to residents as text messages that a
//! city's own gateway sends.
//!
//! Which resident got which link is kept nowhere: the messages of a draw are made once, in an order that chance gives, and
//! leave with whoever takes them.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, RecordId, Subject, Verb};
use linli_store::{ReadTx, WriteTx, tables::LinkToken};
use linli_workbook::ColumnKind;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    CAMPAIGN,
    campaign::{self, Campaign, Level},
    drawn::{held, keep_again},
    export::{Cell, Table},
    sample::{BATCH, DrawnLink},
    strata,
};
use crate::{Engine, Problem, ProblemKind, collect::public::link_address, events, register::moment};

/// Event that a link waits for an area.
pub(crate) const INVITED: &str = "survey.invited";

/// Who was told of a draw's links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invited {
    /// Links whose area's workers are told.
    pub told: u64,
    /// Links that were answered already, of which nobody is told.
    pub answered: u64,
    /// Areas that nobody with an account works for: print their sheets.
    pub unreached: Vec<String>,
}

/// Accounts that work for exactly this area: theirs is its level, and they may send answers.
pub(crate) fn workers(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    area: &AreaPath,
    kind: &str,
) -> Result<Vec<RecordId>, Problem> {
    let catalogue = engine.catalogue();
    let answers = catalogue.roles.values().filter(|role| {
        let mut sends = role.allow.iter().filter(|allow| allow.verbs.contains(&Verb::Create));
        role.level == kind && sends.any(|allow| allow.on.matches(&Subject::Responses))
    });
    let roles: Vec<&str> = answers.map(|role| role.name.as_str()).collect();
    Ok(tx.accounts_at(&roles, area)?)
}

/// The campaign, when whoever asks may change it.
fn changed(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, id: RecordId) -> Result<Campaign, Problem> {
    let edit = engine.permit(actor, Verb::Edit, Subject::Entity(CAMPAIGN.into()))?;
    let campaign = campaign::find(engine, tx, actor, id)?;
    if edit.scope().covers(&campaign.record.path) {
        Ok(campaign)
    } else {
        Err(Problem::outside_scope(campaign.record.path.as_str()))
    }
}

/// Tells the workers of each area of a draw that its links wait. Blocks the thread.
pub fn invite(engine: &Engine, actor: &Actor, id: RecordId, draw: &str) -> Result<Invited, Problem> {
    let manage = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let (engine2, actor, draw) = (engine.clone(), actor.clone(), draw.to_owned());
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let campaign = changed(&engine2, tx, &actor, id)?;
        let mut kept = held(tx, id, &draw)?;
        if kept.drawn.links.is_empty() {
            return Err(no_links());
        }
        let mut invited = Invited { told: 0, answered: 0, unreached: Vec::new() };
        for one in &kept.drawn.links {
            let Some(link) = tx.link(&manage, one.id)? else { continue };
            if link.used >= link.count {
                invited.answered += 1;
                continue;
            }
            let kind = engine2.area_ref(tx, &link.area)?.kind;
            if workers(&engine2, tx, &link.area, &kind)?.is_empty() {
                invited.unreached.push(one.name.clone());
                continue;
            }
            let told = json!({ "link": one.id, "campaign": id, "level": kept.drawn.level, "mark": moment(tx.now()) });
            events::emit(tx, INVITED, &told)?;
            invited.told += 1;
        }
        kept.drawn.invited_at = Some(moment(tx.now()));
        keep_again(tx, id, &kept)?;
        let told = json!({ "draw": draw, "links": invited.told });
        let area = Some(campaign.record.path.clone());
        tx.audit(engine2.audit_entry(&actor, "invite", CAMPAIGN, id.to_string(), area, told))?;
        Ok(invited)
    })
}

/// The text messages of a draw of residents: a number and a text with a link in each row, once. Each number is revealed and
/// audited. Blocks the thread.
pub fn messages(engine: &Engine, actor: &Actor, base: &str, id: RecordId, draw: &str) -> Result<Table, Problem> {
    let manage = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let (register, read) = strata::residents(engine, actor)?;
    let reveal = engine.permit_entity(actor, Verb::Reveal, &register)?;
    let field = register.person.as_ref().and_then(|fields| fields.phone.clone()).ok_or_else(no_phones)?;
    let (engine2, actor, draw, base) = (engine.clone(), actor.clone(), draw.to_owned(), base.to_owned());
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let campaign = changed(&engine2, tx, &actor, id)?;
        let mut kept = held(tx, id, &draw)?;
        if kept.drawn.level != Level::Resident || kept.drawn.links.is_empty() {
            return Err(no_links());
        }
        if let Some(at) = &kept.drawn.messages_at {
            return Err(taken(at));
        }
        let purpose = format!("调研短信:{}", campaign.name);
        let mut numbers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for ids in kept.people.chunks(BATCH) {
            for person in tx.records(&read, &register.name, ids)? {
                if person.masked.get(&field).is_none_or(String::is_empty) {
                    continue;
                }
                let address = engine2.address();
                let number = tx.reveal(&reveal, &register.name, person.id, &field, &purpose, address)?;
                numbers.entry(person.home).or_default().push(number);
            }
        }
        if numbers.is_empty() {
            return Err(no_phones());
        }
        let mut rows = Vec::new();
        for link in &kept.drawn.links {
            let mut to = numbers.remove(&link.area).unwrap_or_default();
            shuffle(&engine2, &mut to);
            let free = unused(tx, &manage, link)?;
            rows.extend(to.into_iter().zip(free).map(|(number, token)| {
                let url = link_address(&base, &token.token);
                (number, text(&engine2, &campaign, &link.name, &url))
            }));
        }
        kept.drawn.messages_at = Some(moment(tx.now()));
        keep_again(tx, id, &kept)?;
        Ok(table(&engine2, &campaign, rows))
    })
}

fn table(engine: &Engine, campaign: &Campaign, mut rows: Vec<(String, String)>) -> Table {
    let lang = engine.lang;
    // By number: not in the order of the sheets.
    rows.sort();
    let columns =
        [(lang.pick("手机号", "Number"), ColumnKind::Text), (lang.pick("短信内容", "Message"), ColumnKind::Text)];
    let mut table = Table::new(&format!("{} · {}", campaign.name, lang.pick("短信", "Messages")), &columns);
    rows.iter().for_each(|(number, text)| table.push(vec![Cell::text(number), Cell::text(text)]));
    table
}

fn text(engine: &Engine, campaign: &Campaign, area: &str, url: &str) -> String {
    let (name, last) = (&campaign.name, campaign.closes);
    match engine.lang {
        linli_domain::Lang::Zh => format!(
            "【{area}】您好,诚邀您填写“{name}”问卷,不记名,约需几分钟:{url} 链接只供您本人填写一次,{last}前有效。"
        ),
        linli_domain::Lang::En => format!(
            "[{area}] Please answer the survey \"{name}\". It is anonymous and takes a few minutes: {url} The address works once, until {last}."
        ),
    }
}

/// Addresses of a link that nobody answered through.
fn unused(tx: &mut WriteTx<'_>, permit: &linli_domain::Permit, of: &DrawnLink) -> Result<Vec<LinkToken>, Problem> {
    let Some(link) = tx.link(permit, of.id)? else { return Ok(Vec::new()) };
    let all = tx.link_tokens(&link, 0, u32::try_from(link.count).unwrap_or(u32::MAX))?;
    Ok(all.into_iter().filter(|token| token.used.is_none()).collect())
}

/// Puts them into an order that nobody can tell again (Fisher and Yates).
fn shuffle(engine: &Engine, all: &mut [String]) {
    for at in (1..all.len()).rev() {
        let chance = u64::from_le_bytes(engine.random_bytes::<8>());
        let other = usize::try_from(chance % (at as u64 + 1)).unwrap_or(at);
        all.swap(at, other);
    }
}

fn no_links() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "survey.no_links",
        "这次抽样没有可以这样发出的一次性链接。",
        "This draw has no one-time links to send in this way.",
    )
}

fn no_phones() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "survey.no_phones",
        "抽中的居民都没有登记电话,请打印二维码单上门发放。",
        "None of those drawn has a number on the register: print the sheets and hand them out.",
    )
}

fn taken(at: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "survey.messages_taken",
        "这次抽样的短信已经导出过。再导一次会把别人手里的链接又发出去;请用上次导出的文件。",
        "The messages of this draw were taken before. Taken again, links that others hold would go out twice: use that file.",
    )
    .with("at", json!(at))
}
