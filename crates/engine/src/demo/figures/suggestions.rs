//! Suggestions that the survey collected: most classified, some adopted or declined with reasons, some answered.

use std::collections::BTreeMap;

use jiff::ToSpan;
use linli_domain::{Actor, Timestamp};
use serde_json::{Value as Json, json};

use super::{
    super::{clock::DemoClock, dice::Dice},
    World, id_of, survey,
};
use crate::{
    Engine, Problem,
    flow::{self, ActInput, OpenInput, Who},
};

const FLOW: &str = "survey/suggestion";

/// How many.
const COUNT: usize = 40;

/// Topic, words, and what is thought of it.
const WORDS: [(&str, &str, &str); 16] = [
    ("information", "各部门系统互不相通,居民信息要反复录入,建议打通共享。", "纳入数据共享清单,分批打通。"),
    ("information", "建议把常用台账做成一张表,变化了再改。", "已列入一表通范围。"),
    ("workforce", "社区工作者待遇偏低,留不住年轻人,建议按标准提高。", "下一年度预算中统筹研究。"),
    ("workforce", "建议每三百户配一名工作者,卡点值守另配力量。", "人员编配按现行标准执行,值守力量另行统筹。"),
    ("workforce", "应急培训太少,建议每半年组织一次演练。", "列入年度培训计划。"),
    ("party", "物业公司没有党组织,建议由街道牵头组建联合支部。", "由街道党工委推进。"),
    ("party", "联席会议一年只开一两次,建议固定日期、轮流主持。", "建立按季召开和轮值制度。"),
    ("duty", "清单以外的任务仍然不少,建议先审后派、费随事转。", "严格执行准入,超出清单的须先申请。"),
    ("duty", "证明清理了,窗口还有人来开,建议把替代办法贴出来。", "在窗口和网上公示替代办法。"),
    ("facility", "活动室太小,老年人排队,建议利用闲置车库改造。", "已列入改造项目。"),
    ("facility", "办事大厅没有坡道,轮椅上不去。", "本月内加装坡道。"),
    ("society", "志愿队没有活动经费,建议设小额项目。", "设立微公益项目。"),
    ("service", "老人不会用手机,建议保留人工窗口。", "窗口保留,并可上门代办。"),
    ("environment", "小区停车难,消防通道常被占。", "由公安、城管和物业联合整治。"),
    ("environment", "楼前垃圾桶太少,清运不及时。", "增加清运频次。"),
    ("emergency", "应急物资存放分散,找不到人拿钥匙。", "统一登记存放点和保管人。"),
];

/// Opens them and takes them as far as they are.
pub(super) fn install(engine: &Engine, clock: &DemoClock, world: &World<'_>) -> Result<(), Problem> {
    if !engine.catalogue().flows.contains_key(FLOW) || world.communities.is_empty() {
        return Ok(());
    }
    let desk = engine.store.read_blocking::<_, Problem>(|tx| {
        let account = tx.account_by_login("district")?.ok_or_else(Problem::no_account)?;
        let grants = tx.grants_of(account.id)?;
        Ok(Actor { account: account.id, name: account.name, grants, operator: false })
    })?;
    let dice = Dice::new(world.seed).fork("suggestions");
    for number in 0..COUNT {
        one(engine, clock, world, &desk, number, &mut dice.fork(&number.to_string()))?;
    }
    Ok(())
}

fn one(
    engine: &Engine,
    clock: &DemoClock,
    world: &World<'_>,
    desk: &Actor,
    number: usize,
    dice: &mut Dice,
) -> Result<(), Problem> {
    let (topic, words, opinion) = WORDS[number % WORDS.len()];
    let Some(community) = world.communities.get(dice.below(world.communities.len())) else { return Ok(()) };
    let (opens, _) = survey::days(world.today);
    let back = opens.saturating_add(i64::from(dice.between(1, 19)).days());
    let mut at = Timestamp(Timestamp::end_of_china_day(back).0 - i64::from(dice.between(7, 14)) * 3_600_000_000);
    clock.to(at);
    let came_by =
        dice.weighted(&[("questionnaire", 45), ("interview", 20), ("visit", 15), ("online", 12), ("letter", 8)]);
    let values = BTreeMap::from([
        ("text".to_owned(), json!(words)),
        ("came_by".to_owned(), json!(came_by)),
        ("campaign".to_owned(), json!(survey::campaign())),
    ]);
    let input = OpenInput {
        answer: None,
        flow: FLOW.into(),
        area: community.code.clone(),
        title: Some(words.chars().take(24).collect()),
        values,
        place: None,
        links: Vec::new(),
        client_id: id_of(&format!("suggestion {number}")).0,
        on_behalf: None,
        channel: None,
        note: None,
        assign: Vec::new(),
    };
    let (handle, opener) = (engine.clone(), desk.clone());
    let opened =
        engine.store.write_blocking::<_, Problem>(move |tx| flow::open_in(&handle, tx, &opener, &input, Json::Null))?;
    // How far it is: received, classified, decided, answered.
    let far = dice.weighted(&[(0, 12), (1, 13), (2, 15), (3, 60)]);
    let verdict = if dice.chance(780) { "adopt" } else { "decline" };
    let steps = [
        ("classify", json!({ "topic": topic })),
        (verdict, json!({ "opinion": if verdict == "adopt" { opinion } else { "暂不具备条件,已向建议人说明。" } })),
        ("answer", json!({ "answer": "感谢您的建议,办理意见已告知。" })),
    ];
    for (action, values) in steps.into_iter().take(far) {
        at = Timestamp(at.0 + i64::from(dice.between(20, 60)) * 3_600_000_000);
        clock.to(at);
        let input = ActInput {
            answer: None,
            version: 0,
            values: serde_json::from_value(values).map_err(Problem::internal)?,
            note: None,
            assign: Vec::new(),
            place: None,
            files: Vec::new(),
            client_id: id_of(&format!("suggestion {number} {action}")).0,
        };
        let (handle, actor, id) = (engine.clone(), desk.clone(), opened.id);
        engine.store.write_blocking::<_, Problem>(move |tx| {
            let everything = flow::system_reader(&handle)?;
            let Some(case) = tx.case(&everything, id)? else { return Ok(()) };
            let reader = flow::reader(&handle, &actor, &[])?;
            let who = Who { actor: actor.clone(), units: Vec::new(), reader };
            let input = ActInput { version: case.seq, ..input.clone() };
            flow::act_in(&handle, tx, &who, id, action, &input)?;
            Ok(())
        })?;
    }
    Ok(())
}
