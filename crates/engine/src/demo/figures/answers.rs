//! Answers to the survey's questionnaires: nearly all communities and streets, some three hundred residents; some half
//! filled, some given too quickly, in one line, or twice.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{ToSpan, civil::Date};
use linli_domain::{AreaPath, RecordId, Subject, Timestamp, Verb};
use linli_store::tables::{Form, Link, LinkKind, LinkToken, Submission, SubmissionState};
use sha2::{Digest, Sha256};

use super::{
    super::{clock::DemoClock, dice::Dice, plan::FULL_STREET},
    Community, DISTRICT, World, id_of, party, society, survey,
};
use crate::{Engine, Problem};

/// Residents who answered.
const RESIDENTS: usize = 300;

/// Groups, questions and answers in the order of the form. Questions outside a group have an empty one.
type Sheet = Vec<(&'static str, &'static str, String)>;

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

fn yes(dice: &mut Dice, per_mille: u32) -> String {
    if dice.chance(per_mille) { "yes" } else { "no" }.to_owned()
}

fn grade(dice: &mut Dice, lean: i32) -> String {
    (3 + lean + dice.bell(3)).clamp(1, 5).to_string()
}

/// Several of `items`, each with its chance.
fn some(dice: &mut Dice, items: &[(&str, u32)]) -> String {
    let chosen: Vec<&str> = items.iter().filter(|(_, chance)| dice.chance(*chance)).map(|(code, _)| *code).collect();
    chosen.join(" ")
}

/// Leaves out what was skipped, and blanks.
fn fill(sheet: Sheet, keep: usize) -> Sheet {
    let mut sheet: Sheet = sheet.into_iter().take(keep).collect();
    sheet.retain(|(_, _, value)| !value.is_empty());
    sheet
}

fn streets(world: &World<'_>, dice: &mut Dice) -> Result<Vec<Given>, Problem> {
    let mut all = Vec::new();
    // Two did not answer.
    for (code, _) in world.streets.iter().skip(2) {
        let whistles = dice.weighted(&[(0, 4), (3, 5), (8, 6), (15, 4), (30, 1)]);
        let admission = yes(dice, 700);
        let sheet = vec![
            ("structure", "structure_reformed", yes(dice, 820)),
            (
                "structure",
                "committee_form",
                dice.weighted(&[("one_plus_three", 35), ("single", 55), ("none", 10)]).into(),
            ),
            ("structure", "whistles", whistles.to_string()),
            (
                "structure",
                "departments_came",
                if whistles == 0 {
                    String::new()
                } else {
                    dice.weighted(&[("always", 25), ("mostly", 45), ("sometimes", 27), ("never", 3)]).into()
                },
            ),
            ("structure", "powers", some(dice, &[("coordination", 700), ("dispatch", 500), ("appraisal", 350)])),
            ("structure", "lists", some(dice, &[("responsibility", 900), ("power", 600), ("duty", 500)])),
            ("burden", "admission", admission.clone()),
            (
                "burden",
                "requests_refused",
                if admission == "yes" { dice.between(0, 9).to_string() } else { String::new() },
            ),
            ("people", "enough_workers", yes(dice, 180)),
            ("people", "incubator", yes(dice, 320)),
            ("people", "short_of", some(dice, &SHORT)),
            ("support", "support_district", grade(dice, 1)),
            ("support", "support_departments", grade(dice, 0)),
            ("support", "support_units", grade(dice, 0)),
            ("", "difficulty", dice.pick(&["部门派驻人员难以统筹。", "权责不对等,任务多、手段少。", ""]).into()),
        ];
        all.push(Given {
            home: code.clone(),
            path: world.path(code)?,
            at: moment(dice, world.today),
            seconds: i64::from(240 + dice.between(0, 500)),
            device: format!("street-{code}"),
            sheet: fill(sheet, usize::MAX),
        });
    }
    Ok(all)
}

/// What is short in an emergency, with how many of 1,000 say so.
const SHORT: [(&str, u32); 8] = [
    ("checkpoint", 690),
    ("census", 420),
    ("data", 380),
    ("delivery", 330),
    ("supplies", 290),
    ("funds", 340),
    ("transport", 150),
    ("other", 40),
];

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
            sheet: fill(of_community(community, &mut dice), keep),
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

fn of_community(community: &Community, dice: &mut Dice) -> Sheet {
    let held = yes(dice, 905);
    let meetings = dice.weighted(&[(1, 22), (2, 27), (3, 16), (4, 20), (6, 9), (12, 6)]);
    let outside = yes(dice, 780);
    let known = society::now(community);
    vec![
        ("party", "org_kind", party::own_kind(community).into()),
        ("party", "network_levels", dice.weighted(&[("5", 47), ("4", 36), ("3", 12), ("6", 5)]).into()),
        ("party", "joint_meeting_held", held.clone()),
        ("party", "joint_meetings", if held == "yes" { meetings.to_string() } else { String::new() }),
        (
            "party",
            "check_in",
            some(dice, &[("serving", 420), ("spare_time", 640), ("registered_only", 380), ("never", 150)]),
        ),
        (
            "duty",
            "top_task",
            dice.weighted(&[
                ("statistics", 53),
                ("inspection", 15),
                ("publicity", 9),
                ("enforcement", 7),
                ("epidemic", 8),
                ("certificates", 6),
                ("other", 2),
            ])
            .into(),
        ),
        ("duty", "forms_a_month", (6 + dice.between(0, 30)).to_string()),
        ("duty", "outside_list", outside.clone()),
        ("duty", "paid", if outside == "yes" { yes(dice, 90) } else { String::new() }),
        ("society", "social_orgs", (known + i32::from(dice.chance(250))).to_string()),
        ("society", "volunteers", (10 + dice.between(0, 90)).to_string()),
        ("information", "platform", yes(dice, 560)),
        ("information", "site_or_account", yes(dice, 640)),
        ("information", "app_or_mini", yes(dice, 410)),
        ("information", "share_police", yes(dice, 370)),
        ("information", "share_civil_affairs", yes(dice, 640)),
        ("information", "share_social_security", yes(dice, 510)),
        ("information", "by_hand", yes(dice, 720)),
        ("emergency", "short_of", some(dice, &SHORT)),
        ("emergency", "emergency_training", yes(dice, 420)),
        ("emergency", "plan_drilled", yes(dice, 300)),
        ("support", "support_street", grade(dice, 1)),
        ("support", "support_departments", grade(dice, 0)),
        ("support", "support_units", grade(dice, 0)),
        ("support", "support_residents", grade(dice, 1)),
        ("support", "support_property", grade(dice, -1)),
        (
            "",
            "difficulty",
            dice.pick(&[
                "同样的数据各部门反复要,格式都不一样。",
                "人手不足,一人多岗,卡点值守排不开班。",
                "物业不配合,小区门禁管不住。",
                "没有经费,社会组织难以长期活动。",
                "",
            ])
            .into(),
        ),
        (
            "",
            "suggestion",
            dice.pick(&["数据一次采集、各部门共用。", "按户数配足社区工作者,提高待遇。", "多组织应急演练和培训。", ""])
                .into(),
        ),
    ]
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
            sheet: of_resident(dice),
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

fn of_resident(dice: &mut Dice) -> Sheet {
    let lean = dice.weighted(&[(1, 60), (0, 30), (-1, 10)]);
    let sheet = vec![
        ("", "sex", if dice.chance(590) { "2" } else { "1" }.into()),
        ("", "age_band", dice.weighted(&[("18_34", 22), ("35_59", 47), ("60_over", 31)]).into()),
        ("", "years_here", dice.weighted(&[("under_1", 8), ("1_5", 27), ("over_5", 65)]).into()),
        ("knows", "knows_place", yes(dice, 690)),
        ("knows", "knows_phone", yes(dice, 430)),
        ("knows", "knows_grid_worker", yes(dice, 480)),
        (
            "knows",
            "channels",
            some(dice, &[("wechat_group", 560), ("counter", 410), ("phone", 300), ("mini_program", 180)]),
        ),
        ("takes_part", "took_part", dice.weighted(&[("often", 14), ("sometimes", 41), ("never", 45)]).into()),
        ("takes_part", "would_volunteer", yes(dice, 520)),
        ("takes_part", "asked_twice", yes(dice, 610)),
        ("satisfaction", "sat_overall", grade(dice, lean)),
        ("satisfaction", "sat_service", grade(dice, lean)),
        ("satisfaction", "sat_environment", grade(dice, lean)),
        ("satisfaction", "sat_safety", grade(dice, lean + 1)),
        ("satisfaction", "sat_property", grade(dice, lean - 1)),
        ("satisfaction", "sat_emergency", grade(dice, lean)),
        (
            "",
            "wishes",
            some(dice, &[("parking", 480), ("cleaning", 320), ("elderly_care", 300), ("online", 240), ("safety", 150)]),
        ),
        (
            "",
            "suggestion",
            dice.pick(&[
                "希望增加停车位,晚上回来没地方停。",
                "楼道灯坏了很久没人修。",
                "老人办事不会用手机,窗口别撤。",
                "同样的信息别反复登记。",
                "小区门口垃圾桶太少,夏天味道大。",
                "",
                "",
            ])
            .into(),
        ),
    ];
    fill(sheet, usize::MAX)
}
