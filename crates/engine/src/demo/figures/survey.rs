//! The survey of this autumn: the campaign, its phone interviews and field visits.

use jiff::{ToSpan, civil::Date};
use linli_domain::{RecordId, Value, check::Sex};

use super::{
    super::{areas, dice::Dice, identity::SYNTHETIC_MOBILE, names::NameBook},
    DISTRICT, History, World, id_of, int, text, values,
};
use crate::Problem;

/// Register of campaigns.
pub(super) const CAMPAIGN: &str = "survey/campaign";

/// Interviews that were tried.
const CALLS: i32 = 64;

/// Districts that were visited, and what was found there.
const VISITS: [(&str, &str, &str); 6] = [
    ("230102", "社区用房分散在三处,居民找不到办事窗口。", "网格员进楼入户同时带回诉求,当天登记。"),
    ("230103", "同一张表一年报了四次,每次列名不同。", "联席会议由驻区单位轮流主持。"),
    ("230103", "物业公司没有党组织,应急时叫不动保安。", "把闲置车库改成了活动室。"),
    ("230104", "居民信息前后两次报送相差较大,值守点无所适从。", "老党员认领楼栋。"),
    ("230110", "三名社区工作者要服务一千八百户。", "社会组织承接了助餐服务。"),
    ("230111", "应急预案四年没有修订,没有演练过。", "冬季清雪由商户分段包干。"),
];

/// Id of the campaign.
pub(super) fn campaign() -> RecordId {
    id_of("campaign")
}

/// First and last day of the survey.
pub(super) fn days(today: Date) -> (Date, Date) {
    (today.saturating_sub(62.days()), today.saturating_sub(41.days()))
}

pub(super) fn plan(world: &World<'_>, history: &mut History) -> Result<(), Problem> {
    let (opens, closes) = days(world.today);
    let district = world.path(DISTRICT)?;
    let record = values([
        ("name", text("城市社区治理云调研(演示)")),
        ("purpose", text("了解街道、社区、居民三个层面对社区治理的评价和短板,为改进工作提供依据。")),
        ("basis", text("演示文件第21号")),
        ("opens_on", Value::Date(opens)),
        ("closes_on", Value::Date(closes)),
        ("frame", text("open")),
        ("seed", int(i32::try_from(world.seed % 1_000_000).unwrap_or(1))),
        ("street_form", text("survey/street")),
        ("community_form", text("survey/community")),
        ("resident_form", text("survey/resident")),
        ("street_issued", int(i64::try_from(world.streets.len()).unwrap_or(0))),
        ("community_issued", int(i64::try_from(world.communities.len()).unwrap_or(0))),
        ("resident_issued", int(420)),
        ("resident_target", int(300)),
        ("interview_target", int(60)),
    ]);
    history.add(opens.saturating_sub(5.days()), CAMPAIGN, campaign(), (DISTRICT, &district), record);
    let mut dice = Dice::new(world.seed).fork("survey");
    interviews(world, &mut dice, closes, history);
    visits(world, opens, history)
}

fn interviews(world: &World<'_>, dice: &mut Dice, closes: Date, history: &mut History) {
    let names = NameBook::new();
    for number in 0..CALLS {
        let Some(community) = world.communities.get(dice.below(world.communities.len())) else { return };
        let sex = if dice.chance(520) { Sex::Female } else { Sex::Male };
        let (band, year) = dice.weighted(&[(("18_34", 1998), 24), (("35_59", 1978), 46), (("60_over", 1957), 30)]);
        let surname = names.surname(dice, "01");
        let name = names.full(dice, "01", surname, sex, year);
        let outcome = dice.weighted(&[
            ("completed", 66),
            ("partial", 5),
            ("refused", 9),
            ("no_answer", 11),
            ("busy", 2),
            ("wrong_number", 4),
            ("ineligible", 2),
            ("deceased", 1),
        ]);
        let attempts = if outcome == "no_answer" { 3 } else { dice.between(1, 2) };
        let on = closes.saturating_sub(i64::from(dice.between(0, 12)).days());
        let called =
            linli_domain::Timestamp::end_of_china_day(on).0 - i64::from(dice.between(6 * 60, 14 * 60)) * 60_000_000;
        let notes = if outcome == "completed" { "愿意反映情况,已记录意见。" } else { "" };
        let record = values([
            ("campaign", Value::Ref(campaign())),
            ("respondent", text(format!("{name}(演示)"))),
            ("phone", text(format!("{SYNTHETIC_MOBILE}{:06}", 700 + number))),
            ("level", text(if number % 8 == 0 { "community" } else { "resident" })),
            ("sex", text(sex.code())),
            ("age_band", text(band)),
            ("disposition", text(outcome)),
            ("attempts", int(attempts)),
            ("last_called_at", Value::Time(linli_domain::Timestamp(called))),
            ("interviewer", text(dice.pick(&["访谈员甲(演示)", "访谈员乙(演示)", "访谈员丙(演示)"]))),
            ("notes", if notes.is_empty() { Value::Null } else { text(notes) }),
        ]);
        let id = id_of(&format!("interview {number}"));
        history.add(on.saturating_add(1.days()), "survey/interview", id, (&community.code, &community.path), record);
    }
}

fn visits(world: &World<'_>, opens: Date, history: &mut History) -> Result<(), Problem> {
    let extract = areas::extract();
    for (number, (district, findings, good)) in VISITS.into_iter().enumerate() {
        let communities = extract.lines().filter(|line| line.starts_with(district));
        let mut communities = communities.filter_map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let [code, _, "5", name] = cells[..] else { return None };
            Some((code, name))
        });
        let Some((code, name)) = communities.nth(number * 7) else { continue };
        let on = opens.saturating_add(i64::try_from(2 + number * 3).unwrap_or(2).days());
        let record = values([
            ("campaign", Value::Ref(campaign())),
            ("place", text(name)),
            ("visited_on", Value::Date(on)),
            ("visitors", text("调研组(演示)")),
            ("people_met", int(8 + i32::try_from(number).unwrap_or(0))),
            ("findings", text(findings)),
            ("good_practice", text(good)),
        ]);
        let path = world.path(code)?;
        history.add(
            on.saturating_add(1.days()),
            "survey/field_visit",
            id_of(&format!("visit {number}")),
            (code, &path),
            record,
        );
    }
    Ok(())
}
