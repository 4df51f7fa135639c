//! A small survey: its questionnaire, its campaign, its answers, the people it asks.

use serde_json::{Value as Json, json};

use crate::{
    collect_kit::Studio,
    world::{Person, RESIDENTS, STREET, World, identity},
};

/// Campaigns' records.
pub const CAMPAIGNS: &str = "/api/records/survey/campaign";

/// The residents' questionnaire.
pub const FORM: &str = "\
| survey |
| | type | name | label | linli::element | linli::reason |
| | start | start | | | |
| | end | end | | | |
| | select_one sex | sex | 性别 | | |
| | select_one age_band | age_band | 年龄段 | | |
| | begin_group | sat | 满意度 | | |
| | select_one grade | overall | 总体 | | |
| | select_one grade | service | 服务 | | |
| | select_one grade | safety | 安全 | | |
| | select_one grade | clean | 环境 | | |
| | end_group | sat | | | |
| | select_multiple wish | wishes | 最希望改进 | | |
| | integer | years | 住了几年 | | |
| | text | suggestion | 意见建议 | | |
| | text | phone | 联系电话 | people/resident/phone | 便于回访 |
| choices |
| | list_name | name | label |
| | sex | 1 | 男 |
| | sex | 2 | 女 |
| | age_band | 18_34 | 18–34 岁 |
| | age_band | 35_59 | 35–59 岁 |
| | age_band | 60_over | 60 岁以上 |
| | grade | 5 | 非常满意 |
| | grade | 4 | 满意 |
| | grade | 3 | 一般 |
| | grade | 2 | 不满意 |
| | grade | 1 | 非常不满意 |
| | wish | parking | 停车 |
| | wish | lifts | 电梯 |
| settings |
| | form_title | form_id | version |
| | 居民问卷 | wishes2026 | 1 |
";

/// An answer.
#[derive(Clone, Default)]
pub struct Said<'a> {
    pub name: &'a str,
    pub sex: &'a str,
    pub band: &'a str,
    pub grades: [&'a str; 4],
    pub wishes: &'a str,
    pub years: &'a str,
    pub suggestion: &'a str,
    pub seconds: Option<u32>,
}

impl Said<'_> {
    pub fn xml(&self) -> String {
        let leaf =
            |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("<{name}>{text}</{name}>") };
        let [overall, service, safety, clean] = self.grades;
        let times = self.seconds.map_or_else(String::new, |seconds| {
            let end = format!("2026-11-23T10:{:02}:{:02}.000+08:00", seconds / 60, seconds % 60);
            leaf("start", "2026-11-23T10:00:00.000+08:00") + &leaf("end", &end)
        });
        format!(
            "<data id=\"wishes2026\" version=\"1\">{times}{}{}<sat>{}{}{}{}</sat>{}{}{}{}\
             <meta><instanceID>uuid:{}</instanceID></meta></data>",
            leaf("sex", self.sex),
            leaf("age_band", self.band),
            leaf("overall", overall),
            leaf("service", service),
            leaf("safety", safety),
            leaf("clean", clean),
            leaf("wishes", self.wishes),
            leaf("years", self.years),
            leaf("suggestion", self.suggestion),
            leaf("phone", "13812345678"),
            self.name
        )
    }
}

/// Publishes the questionnaire and opens a campaign of the street with it; answers with both ids.
pub async fn campaign(world: &World, more: Json) -> (Studio, Person, String, String) {
    let studio = Studio::of(world, "street").await;
    let form = studio.publish(FORM).await;
    let street = world.signed_in("street").await;
    let mut values = json!({ "name": "居民满意度", "purpose": "了解居民的看法", "opens_on": "2026-11-20",
        "closes_on": "2026-12-20", "frame": "register", "resident_form": "wishes2026", "seed": 7 });
    for (name, value) in more.as_object().unwrap() {
        values[name] = value.clone();
    }
    let made = street.post(CAMPAIGNS, json!({ "area": STREET, "values": values })).expect(201).await;
    (studio, street, form, made["id"].as_str().unwrap().to_owned())
}

/// Sends answers in somebody's name.
pub async fn send(studio: &Studio, all: &[Said<'_>]) {
    for one in all {
        let (status, kept) = studio.send(&one.xml()).await;
        assert_eq!(status, 201, "{kept}");
    }
}

/// Makes residents of a community: `(name, born, man, phone)`.
pub async fn residents(street: &Person, community: &str, all: &[(&str, &str, bool, &str)]) {
    for (number, (name, born, man, phone)) in all.iter().enumerate() {
        let sequence = 2 * number as u16 + u16::from(*man) + 100;
        let mut values = json!({ "name": name, "identity_number": identity(born, sequence) });
        if !phone.is_empty() {
            values["phone"] = json!(phone);
        }
        let body = json!({ "area": community, "values": values, "confirm_new": true });
        street.post(RESIDENTS, body).expect(201).await;
    }
}

/// Six men and six women of two ages.
pub const TWELVE: [(&str, &str, bool, &str); 12] = [
    ("甲一", "19950105", true, "13800000001"),
    ("甲二", "19950106", true, "13800000002"),
    ("甲三", "19950107", true, "13800000003"),
    ("甲四", "19500108", true, "13800000004"),
    ("甲五", "19500109", true, "13800000005"),
    ("甲六", "19500110", true, ""),
    ("乙一", "19950111", false, "13800000007"),
    ("乙二", "19950112", false, "13800000008"),
    ("乙三", "19950113", false, "13800000009"),
    ("乙四", "19500114", false, "13800000010"),
    ("乙五", "19500115", false, "13800000011"),
    ("乙六", "19500116", false, "13800000012"),
];
