//! Answers to the survey's questionnaires: nearly all communities and streets, some three hundred residents; some half
//! filled, some given too quickly, in one line, or twice.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{ToSpan, civil::Date};
use linli_domain::{AreaPath, RecordId, Subject, Timestamp, Verb};
use linli_store::tables::{Form, Link, LinkKind, LinkToken, Submission, SubmissionState};
use sha2::{Digest, Sha256};

use super::{
    super::{clock::DemoClock, dice::Dice, plan::FULL_STREET},
    Community, DISTRICT, World, id_of,
    sheets::{self, Sheet},
    survey,
};
use crate::{Engine, Problem};

/// Residents who answered.
const RESIDENTS: usize = 300;

/// An answer before it is written.
struct Given {
    home: String,
    path: AreaPath,
    at: Timestamp,
    seconds: i64,
    device: String,
    sheet: Sheet,
}

/// Makes a public link and the answers of each level. Where the packs lack a questionnaire there are none.
pub(super) fn install(engine: &Engine, clock: &DemoClock, world: &World<'_>) -> Result<(), Problem> {
    let (opens, closes) = survey::days(world.today);
    let dice = Dice::new(world.seed).fork("answers");
    let levels: [(&str, &str, Vec<Given>); 3] = [
        ("street", "街道问卷", streets(world, &mut dice.fork("streets"))?),
        ("community", "社区问卷", communities(world, &mut dice.fork("communities"))),
        ("resident", "居民问卷", residents(world, &mut dice.fork("residents"))),
    ];
    for (form, title, given) in levels {
        clock.set(opens, 8);
        let Some(form) = form_named(engine, form)? else { continue };
        let link = link(engine, &form, world, title, (opens, closes), given.len())?;
        keep(engine, clock, &form, link, given)?;
    }
    Ok(())
}

fn form_named(engine: &Engine, id: &str) -> Result<Option<Form>, Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Manage, Subject::Forms)?;
    let id = id.to_owned();
    let form = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.form_named(&permit, &id)?))?;
    Ok(form.filter(|form| form.pack.as_deref() == Some("survey") && form.published.is_some()))
}

/// The open link they came through; it is closed by now.
fn link(
    engine: &Engine,
    form: &Form,
    world: &World<'_>,
    title: &str,
    (opens, closes): (Date, Date),
    used: usize,
) -> Result<RecordId, Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Manage, Subject::Forms)?;
    let operator = Engine::operator();
    let id = id_of(&format!("link {}", form.form_id));
    let link = Link {
        id,
        form: form.id,
        area: world.path(DISTRICT)?,
        kind: LinkKind::Open,
        title: format!("{title}(演示)"),
        count: 1,
        used: i64::try_from(used).unwrap_or(0),
        quota: None,
        opens: Some(Timestamp(Timestamp::end_of_china_day(opens).0 - 86_399_999_999)),
        closes: Some(Timestamp::end_of_china_day(closes)),
        closed: false,
        created: engine.now(),
        by: operator.account,
        by_name: "演示数据".into(),
    };
    // The id makes it another one for each level even where randomness is fixed.
    let mut secret = Sha256::new();
    secret.update(engine.random_bytes::<16>());
    secret.update(id.0.as_bytes());
    let token = LinkToken {
        link: id,
        number: 1,
        token: URL_SAFE_NO_PAD.encode(&secret.finalize()[..16]),
        used: None,
        reference: None,
    };
    engine.store.write_blocking::<_, Problem>(move |tx| {
        tx.put_link(&permit, &link)?;
        Ok(tx.put_link_tokens(std::slice::from_ref(&token))?)
    })?;
    Ok(id)
}

fn keep(engine: &Engine, clock: &DemoClock, form: &Form, link: RecordId, mut given: Vec<Given>) -> Result<(), Problem> {
    given.sort_by_key(|one| one.at);
    let permit = engine.permit(&Engine::operator(), Verb::Create, Subject::Responses)?;
    let version = form.published.clone().unwrap_or_default();
    let mut rows = Vec::with_capacity(given.len());
    for (number, one) in given.into_iter().enumerate() {
        clock.to(one.at);
        let uuid = id_of(&format!("answer {} {number}", form.form_id));
        let instance = format!("uuid:{}", uuid.0);
        let xml = xml(&form.form_id, &version, &instance, &one);
        let row = Submission {
            id: engine.ids.next(),
            home: one.home,
            path: one.path,
            instance,
            form: form.id,
            version: version.clone(),
            draft: false,
            state: SubmissionState::Received,
            flags: 0,
            missing: 0,
            received: one.at,
            by: RecordId(uuid::Uuid::nil()),
            by_name: "公开问卷".into(),
            device: Some(one.device),
            source: Some(format!("link:{link}")),
            task: None,
            assignment: None,
            replaces: None,
            replaced_by: None,
            hash: Sha256::digest(xml.as_bytes()).into(),
            detail: serde_json::json!({}),
        };
        rows.push((row, xml));
    }
    engine.store.write_blocking::<_, Problem>(move |tx| {
        for (row, xml) in &rows {
            tx.put_submission(&permit, row, xml)?;
        }
        Ok(())
    })
}

fn xml(form: &str, version: &str, instance: &str, given: &Given) -> String {
    let moment = |at: i64| {
        let at = jiff::Timestamp::from_microsecond(at).unwrap_or_default();
        at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).strftime("%Y-%m-%dT%H:%M:%S.000+08:00").to_string()
    };
    let (end, start) = (moment(given.at.0), moment(given.at.0 - given.seconds * 1_000_000));
    let mut body = format!("<data id=\"{form}\" version=\"{version}\"><start>{start}</start><end>{end}</end>");
    let mut open = "";
    for (group, name, value) in &given.sheet {
        if *group != open {
            close(&mut body, open);
            if !group.is_empty() {
                body.push_str(&format!("<{group}>"));
            }
            open = group;
        }
        let value = value.replace('&', "&amp;").replace('<', "&lt;");
        body.push_str(&format!("<{name}>{value}</{name}>"));
    }
    close(&mut body, open);
    body.push_str(&format!("<meta><instanceID>{instance}</instanceID></meta></data>"));
    body
}

fn close(body: &mut String, group: &str) {
    if !group.is_empty() {
        body.push_str(&format!("</{group}>"));
    }
}

/// A moment in the survey's days, while people are awake.
fn moment(dice: &mut Dice, today: Date) -> Timestamp {
    let (opens, closes) = survey::days(today);
    let days = (closes - opens).get_days();
    let day = opens.saturating_add(i64::from(dice.between(0, days)).days());
    let midnight = Timestamp::end_of_china_day(day).0 + 1 - 86_400_000_000;
    Timestamp(midnight + i64::from(dice.between(8 * 3_600, 21 * 3_600)) * 1_000_000)
}

fn streets(world: &World<'_>, dice: &mut Dice) -> Result<Vec<Given>, Problem> {
    let mut all = Vec::new();
    // Two did not answer.
    for (code, _) in world.streets.iter().skip(2) {
        all.push(Given {
            home: code.clone(),
            path: world.path(code)?,
            at: moment(dice, world.today),
            seconds: i64::from(240 + dice.between(0, 500)),
            device: format!("street-{code}"),
            sheet: sheets::of_street(dice),
        });
    }
    Ok(all)
}

fn communities(world: &World<'_>, dice: &mut Dice) -> Vec<Given> {
    let mut all = Vec::new();
    for (number, community) in world.communities.iter().enumerate() {
        let mut dice = dice.fork(&community.code);
        // One in thirty did not answer; one in eighteen stopped half way.
        if number % 30 == 11 {
            continue;
        }
        let keep = if number % 18 == 5 { 12 } else { usize::MAX };
        let one = Given {
            home: community.code.clone(),
            path: community.path.clone(),
            at: moment(&mut dice, world.today),
            seconds: i64::from(310 + dice.between(0, 700)),
            device: format!("community-{}", community.code),
            sheet: sheets::fill(sheets::of_community(community, &mut dice), keep),
        };
        // Two sent theirs again.
        if number == 40 || number == 90 {
            let later = Timestamp(one.at.0 + 1_800_000_000);
            all.push(Given {
                at: later,
                sheet: one.sheet.clone(),
                home: one.home.clone(),
                path: one.path.clone(),
                device: one.device.clone(),
                ..one
            });
        }
        all.push(one);
    }
    all
}

fn residents(world: &World<'_>, dice: &mut Dice) -> Vec<Given> {
    let in_street: Vec<&Community> =
        world.communities.iter().filter(|one| one.code.starts_with(&FULL_STREET[..9])).collect();
    let everywhere: Vec<&Community> = world.communities.iter().collect();
    let mut all: Vec<Given> = Vec::new();
    for number in 0..RESIDENTS {
        let pool = if number % 3 == 0 { &in_street } else { &everywhere };
        let Some(community) = pool.get(dice.below(pool.len())) else { break };
        let mut one = Given {
            home: community.code.clone(),
            path: community.path.clone(),
            at: moment(dice, world.today),
            seconds: i64::from(95 + dice.between(0, 260)),
            device: format!("phone-{number}"),
            sheet: sheets::of_resident(dice),
        };
        match number % 40 {
            // Too quick to have read it.
            7 => one.seconds = i64::from(9 + dice.between(0, 9)),
            // The same answer to everything.
            13 => one.sheet.iter_mut().filter(|item| item.0 == "satisfaction").for_each(|item| item.2 = "5".into()),
            // Stopped half way.
            21 | 33 => one.sheet.truncate(10),
            // Sent again from the same phone.
            29 => {
                if let Some(before) = all.last() {
                    one = Given {
                        home: before.home.clone(),
                        path: before.path.clone(),
                        at: Timestamp(before.at.0 + 120_000_000),
                        seconds: before.seconds,
                        device: before.device.clone(),
                        sheet: before.sheet.clone(),
                    };
                }
            }
            _ => {}
        }
        all.push(one);
    }
    all
}
