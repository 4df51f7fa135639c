//! Written reports: what is known is told with its link, what is not is told as such, and everybody gets the report of their
//! own area only.

use std::io::{Cursor, Read};

use linli_engine::schedule;
use serde_json::{Value as Json, json};

use crate::world::{ANGUANG, Person, STREET, World, XINYANG, ZHAOLIN};

const SURVEY: &str = "/api/reports/survey/survey";

/// The words of a report as Markdown.
async fn markdown(person: &Person, query: &str) -> String {
    let answer = person.get(&format!("{SURVEY}.md?{query}")).send().await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

async fn worker(person: &Person, area: &str, name: &str, pay: i64) {
    let values = json!({
        "name": name, "sex": "2", "birth_date": "1975-01-01", "identity_kind": "recruited", "post": "clerk",
        "appointed_on": "2015-01-01", "monthly_pay": pay, "education": "60",
    });
    person.post("/api/records/workforce/worker", json!({ "area": area, "values": values })).expect(201).await;
}

/// Three workers of 兆麟 and one of 安广, all paid less than the standard of 4650 yuan.
async fn four_workers(world: &World) -> Person {
    let street = world.signed_in("street").await;
    for (area, name, pay) in
        [(ZHAOLIN, "张一", 300_000), (ZHAOLIN, "张二", 320_000), (ZHAOLIN, "张三", 340_000), (ANGUANG, "李四", 200_000)]
    {
        worker(&street, area, name, pay).await;
    }
    street
}

#[tokio::test]
async fn the_report_tells_what_the_registers_hold_and_why_the_rest_is_not_known() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let told = markdown(&street, &format!("area={STREET}")).await;
    assert!(told.starts_with("# 兆麟街道社区治理与服务能力调研报告\n"), "{told}");
    // (3000 + 3200 + 3400 + 2000) / 4 = 2900, and the target is 1860 × 2.5 = 4650.
    assert!(told.contains("月平均薪酬为[2900](#ind-workforce-mean-pay)元。"), "{told}");
    assert!(told.contains("月平均薪酬与核定标准相差[1750元/月](#ind-workforce-mean-pay)"), "{told}");
    // Low pay is a finding, so there is advice on pay; nothing is known of sharing, so there is none on sharing.
    assert!(told.contains("**建立薪酬随动机制。**") && !told.contains("**按目录打通数据。**"), "{told}");
    assert!(told.contains("组织覆盖率暂无数据（"), "{told}");
    assert!(!told.contains("组织覆盖率为0"), "{told}");
}

#[tokio::test]
async fn every_chapter_is_counted_and_none_is_empty() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let told = markdown(&street, &format!("area={STREET}")).await;
    let chapters: Vec<&str> = told.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(chapters[0], "## 一、总体情况");
    assert_eq!(&chapters[1..3], ["## 二、存在的问题", "## 三、对策建议"], "{chapters:?}");
    let lines: Vec<&str> = told.lines().filter(|line| !line.is_empty()).collect();
    for pair in lines.windows(2).filter(|pair| pair[0].starts_with('#')) {
        let level = |line: &str| line.chars().take_while(|c| *c == '#').count();
        let under = level(pair[1]);
        assert!(under == 0 || under > level(pair[0]), "nothing stands under {}", pair[0]);
    }
}

#[tokio::test]
async fn the_word_file_and_the_page_hold_the_same_figure_and_lead_to_it() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let answer = street.get(&format!("{SURVEY}.docx?area={STREET}")).send().await;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("survey.docx"));
    let bytes = answer.bytes().await.unwrap();
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut body = String::new();
    package.by_name("word/document.xml").unwrap().read_to_string(&mut body).unwrap();
    assert!(body.contains(">2900<"), "{body}");
    let page = street.get(&format!("{SURVEY}.html?area={STREET}&fragment=true")).send().await.text().await.unwrap();
    assert!(page.starts_with("<article"), "{page}");
    let link = format!("data-indicator=\"workforce/mean_pay\" data-area=\"{STREET}\">2900</a>");
    assert!(page.contains(&link) && page.contains("id=\"ind-workforce-mean-pay\""), "{page}");
}

#[tokio::test]
async fn two_days_give_the_report_of_what_changed() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let now = street.get(&format!("/api/indicators?area={STREET}")).expect(200).await;
    let today = now["as_of"].as_str().unwrap().to_owned();
    let before = format!("as_of={today}&against=2020-01-01");
    let told = markdown(&street, &format!("area={STREET}&{before}")).await;
    assert!(told.starts_with("# 兆麟街道社区治理指标变化情况"), "{told}");
    // Nobody was on the registers in 2020: that is no growth from 0.
    assert!(told.contains("无法比较的指标") && told.contains("社区工作者人数"), "{told}");
    assert!(!told.contains("好转的指标\n\n| 指标"), "{told}");
    let later = format!("{SURVEY}.md?area={STREET}&as_of=2020-01-01&against={today}");
    street.get(&later).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn words_and_thresholds_are_set_for_one_report() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let told = markdown(&street, &format!("area={STREET}&p.survey_month=2026年7月&p.multiplier=1")).await;
    assert!(told.contains("2026年7月以“云调研”方式"), "{told}");
    // 2900 is above 1860 × 1: no finding on pay any more.
    assert!(!told.contains("**待遇低于核定标准。**") && !told.contains("**建立薪酬随动机制。**"), "{told}");
    street.get(&format!("{SURVEY}.md?area={STREET}&p.nothing=1")).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn reports_stay_in_ones_own_area_and_wrong_names_are_told() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    street.get(&format!("{SURVEY}.html?area={XINYANG}")).refused(404, "area.not_found").await;
    street.get("/api/reports/survey/nothing.html").refused(404, "report.not_found").await;
    street.get("/api/reports/survey/survey.pdf").refused(404, "report.format").await;
    world.nobody().get(&format!("{SURVEY}.html")).refused(401, "auth.required").await;
    let all = street.get("/api/reports").expect(200).await;
    let ids: Vec<&str> = all["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["survey/annual", "survey/changes", "survey/monthly", "survey/survey", "survey/weekly"]);
}

#[tokio::test]
async fn who_reads_english_gets_the_same_figures_in_english() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let chinese = markdown(&street, &format!("area={STREET}")).await;
    let asked = street.get(&format!("{SURVEY}.md?area={STREET}")).header("accept-language", "en");
    let english = asked.send().await.text().await.unwrap();
    assert!(english.starts_with("# Survey report on community governance and services in "), "{english}");
    assert!(english.contains("[2900](#ind-workforce-mean-pay) yuan"), "{english}");
    assert!(english.contains("**Let pay follow.**") && !english.contains("**Join data by a catalogue.**"), "{english}");
    // Every figure that is known in one is known in the other, as often: the findings are the same.
    let known = |text: &str| -> Vec<String> {
        let mut all: Vec<String> =
            text.split("(#ind-").skip(1).filter_map(|part| part.split(')').next()).map(str::to_owned).collect();
        all.sort();
        all
    };
    assert_eq!(known(&english), known(&chinese));
    let asked = street.get(&format!("{SURVEY}.md?area={STREET}&against=2020-01-01")).header("accept-language", "en");
    assert!(asked.send().await.text().await.unwrap().starts_with("# What changed in "));
    let all = street.get("/api/reports").header("accept-language", "en").expect(200).await;
    let told: Vec<(&str, &str)> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["lang"].as_str().unwrap()))
        .collect();
    assert_eq!(told[3], ("survey/survey", "en"));
    assert!(told.len() == 5 && told.iter().all(|(_, lang)| *lang == "en"), "each once: {told:?}");
}

#[tokio::test]
async fn communities_and_the_city_have_regular_reports_of_their_own() {
    let world = World::start().await;
    let city = world.signed_in("city").await;
    let on = |name: &str, area: &str| format!("/api/schedules/survey/{name}/areas/{area}");
    city.put(&on("weekly_city", "230100000000"), json!({})).expect(204).await;
    city.put(&on("weekly_community", ZHAOLIN), json!({})).expect(204).await;
    world.clock.advance(8 * 86_400);
    let engine = world.engine.clone();
    let opened = tokio::task::spawn_blocking(move || schedule::open::open_due(&engine).unwrap()).await.unwrap();
    assert_eq!(opened, 2, "one for the city, one for the community, none for the others below");
    for (login, area, name) in [("city", "230100000000", "哈尔滨市"), ("community", ZHAOLIN, "兆麟社区")] {
        let person = world.signed_in(login).await;
        let todo = person.get("/api/todo").expect(200).await;
        let mine = |one: &&Json| one["title"].as_str().unwrap().contains("周报");
        let items: Vec<&Json> = todo["items"].as_array().unwrap().iter().filter(mine).collect();
        assert_eq!(items.len(), 1, "{login}: {todo}");
        assert!(items[0]["title"].as_str().unwrap().starts_with(name), "{todo}");
        let case = person.get(&format!("/api/cases/{}", items[0]["id"].as_str().unwrap())).expect(200).await;
        let on = case["values"]["on"].as_str().unwrap();
        let answer = person.get(&format!("/api/reports/survey/weekly.md?area={area}&as_of={on}")).send().await;
        assert_eq!(answer.status(), 200);
    }
    // What a city reads are its districts, not its thousand communities.
    let city = world.signed_in("city").await;
    let annual = city.get("/api/reports/survey/annual.md?area=230100000000").send().await.text().await.unwrap();
    assert!(annual.contains("道里区") && !annual.contains("兆麟社区"), "{annual}");
}

#[tokio::test]
async fn a_street_chooses_another_day_for_its_report() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let area = format!("/api/schedules/survey/weekly/areas/{STREET}");
    let rule = format!("{area}/rule");
    let friday = json!({ "rrule": "FREQ=WEEKLY;BYDAY=FR" });
    street.put(&rule, friday.clone()).refused(404, "schedule.not_in_force").await;
    street.put(&area, json!({})).expect(204).await;
    for wrong in ["FREQ=HOURLY", "every friday", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"] {
        street.put(&rule, json!({ "rrule": wrong })).refused(422, "request.parameter").await;
    }
    world.signed_in("community").await.put(&rule, friday.clone()).refused(403, "auth.denied").await;
    street.put(&rule, friday).expect(204).await;
    // 2026-11-23 is a Monday.
    let days = async || {
        let path = format!("/api/schedules/survey/weekly/occurrences?area={STREET}&to=2026-12-10");
        let found = street.get(&path).expect(200).await;
        let all = found["items"].as_array().unwrap().iter();
        all.map(|one| one["day"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(days().await, ["2026-11-27", "2026-12-04"]);
    let all = street.get("/api/schedules").expect(200).await;
    let weekly = all["items"].as_array().unwrap().iter().find(|one| one["name"] == "survey/weekly").unwrap();
    let held = &weekly["in_force"][0];
    assert_eq!((&held["rrule"], &held["own_rule"]), (&json!("FREQ=WEEKLY;BYDAY=FR"), &json!(true)), "{weekly}");
    assert_eq!((&weekly["rrule"], &weekly["next"]), (&json!("FREQ=WEEKLY;BYDAY=MO"), &json!("2026-11-27")));
    street.put(&rule, json!({ "rrule": null })).expect(204).await;
    assert_eq!(days().await, ["2026-11-23", "2026-11-30", "2026-12-07"]);
}

#[tokio::test]
async fn a_regular_report_stands_on_the_streets_to_do_until_it_is_read() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    street.put(&format!("/api/schedules/survey/weekly/areas/{STREET}"), json!({})).expect(204).await;
    world.clock.advance(8 * 86_400);
    let engine = world.engine.clone();
    tokio::task::spawn_blocking(move || schedule::open::open_due(&engine).unwrap()).await.unwrap();
    // Eight days later the session is over.
    let street = world.signed_in("street").await;
    let todo = street.get("/api/todo").expect(200).await;
    let item = todo["items"].as_array().unwrap().iter().find(|one| one["title"].as_str().unwrap().contains("周报"));
    let item = item.unwrap_or_else(|| panic!("{todo}"));
    let case = street.get(&format!("/api/cases/{}", item["id"].as_str().unwrap())).expect(200).await;
    let (report, on) = (case["values"]["report"].as_str().unwrap(), case["values"]["on"].as_str().unwrap());
    let answer = street.get(&format!("/api/reports/survey/{report}.md?area={STREET}&as_of={on}")).send().await;
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().starts_with("# 兆麟街道一周工作情况"));
    let read = json!({ "version": case["version"], "values": {}, "client_id": world.engine.ids.next() });
    let done = street.post(&format!("/api/cases/{}/actions/read", case["id"].as_str().unwrap()), read);
    let done: Json = done.expect(200).await;
    assert_eq!(done["state"]["name"], "read");
}
