//! What is written in a questionnaire, level by level.

use super::{super::dice::Dice, Community, party, society};

/// Groups, questions and answers in the order of the form. Questions outside a group have an empty one.
pub(super) type Sheet = Vec<(&'static str, &'static str, String)>;

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
pub(super) fn fill(sheet: Sheet, keep: usize) -> Sheet {
    let mut sheet: Sheet = sheet.into_iter().take(keep).collect();
    sheet.retain(|(_, _, value)| !value.is_empty());
    sheet
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

/// A street's.
pub(super) fn of_street(dice: &mut Dice) -> Sheet {
    let whistles = dice.weighted(&[(0, 4), (3, 5), (8, 6), (15, 4), (30, 1)]);
    let admission = yes(dice, 700);
    let sheet = vec![
        ("structure", "structure_reformed", yes(dice, 820)),
        ("structure", "committee_form", dice.weighted(&[("one_plus_three", 35), ("single", 55), ("none", 10)]).into()),
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
        ("burden", "requests_refused", if admission == "yes" { dice.between(0, 9).to_string() } else { String::new() }),
        ("people", "enough_workers", yes(dice, 180)),
        ("people", "incubator", yes(dice, 320)),
        ("people", "short_of", some(dice, &SHORT)),
        ("support", "support_district", grade(dice, 1)),
        ("support", "support_departments", grade(dice, 0)),
        ("support", "support_units", grade(dice, 0)),
        ("", "difficulty", dice.pick(&["部门派驻人员难以统筹。", "权责不对等,任务多、手段少。", ""]).into()),
    ];
    fill(sheet, usize::MAX)
}

/// A community's.
pub(super) fn of_community(community: &Community, dice: &mut Dice) -> Sheet {
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

/// A resident's.
pub(super) fn of_resident(dice: &mut Dice) -> Sheet {
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
