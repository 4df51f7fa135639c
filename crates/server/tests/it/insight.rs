//! Indicators: a figure opens to exactly its rows, what is not known is not 0, everybody stays in their own area.

use serde_json::{Value as Json, json};

use crate::{
    collect_kit::Studio,
    survey_kit::{CAMPAIGNS, FORM, Said},
    world::{ANGUANG, Person, STREET, World, XINYANG, ZHAOLIN},
};

/// A worker of a community, paid so many fen a month.
async fn worker(person: &Person, area: &str, name: &str, pay: Option<i64>, education: Option<&str>) {
    let values = json!({
        "name": name, "sex": "2", "birth_date": "1980-01-01", "identity_kind": "recruited", "post": "clerk",
        "appointed_on": "2015-01-01", "monthly_pay": pay, "education": education,
    });
    person.post("/api/records/workforce/worker", json!({ "area": area, "values": values })).expect(201).await;
}

/// Three workers of 兆麟 and one of 安广; the pay of one is not known.
async fn four_workers(world: &World) -> Person {
    let street = world.signed_in("street").await;
    worker(&street, ZHAOLIN, "张一", Some(300_000), Some("20")).await;
    worker(&street, ZHAOLIN, "张二", Some(400_050), None).await;
    worker(&street, ZHAOLIN, "张三", None, Some("60")).await;
    worker(&street, ANGUANG, "李四", Some(500_000), Some("60")).await;
    street
}

const MEAN_PAY: &str = "/api/indicators/workforce/mean_pay";
const WORKERS: &str = "/api/indicators/workforce/workers";

#[tokio::test]
async fn a_figure_opens_to_exactly_the_rows_it_counts() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let mean = street.get(&format!("{MEAN_PAY}?area={STREET}")).expect(200).await;
    // (3000 + 4000.50 + 5000) / 3; the one whose pay is not known is not among them.
    assert_eq!(mean["value"], json!(12000.5 / 3.0));
    assert_eq!((&mean["denominator"], &mean["unit"], &mean["reason"]), (&json!(3.0), &json!("yuan"), &Json::Null));
    assert_eq!(mean["definition"]["parts"]["numerator"]["opens"], true);
    // 1860 × 2.5 = 4650: not reached.
    assert_eq!((&mean["target"]["value"], &mean["target"]["met"]), (&json!(4650.0), &json!(false)));
    let rows = street.get(&format!("{MEAN_PAY}/rows?area={STREET}")).expect(200).await;
    assert_eq!(
        (&rows["total"], &rows["kind"], &rows["entity"]),
        (&json!(3), &json!("records"), &json!("workforce/worker"))
    );
    let mut titles: Vec<&str> =
        rows["items"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["张一", "张二", "李四"]);
    let first = street.get(&format!("{WORKERS}/rows?area={STREET}&limit=3")).expect(200).await;
    assert_eq!((first["items"].as_array().unwrap().len(), &first["total"]), (3, &json!(4)));
    let cursor = first["next"].as_str().unwrap();
    let rest = street.get(&format!("{WORKERS}/rows?area={STREET}&limit=3&cursor={cursor}")).expect(200).await;
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Json::Null));
}

#[tokio::test]
async fn what_is_not_known_is_not_zero() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let none = street.get(&format!("{WORKERS}?area={STREET}")).expect(200).await;
    assert_eq!(none["value"], Json::Null);
    assert!(none["reason"].as_str().unwrap().contains("还没有记录"), "{none}");
    let street = four_workers(&world).await;
    // 安广 has one worker: a mean of fewer than three is not shown.
    let few = street.get(&format!("{MEAN_PAY}?area={ANGUANG}")).expect(200).await;
    assert_eq!((&few["value"], &few["denominator"]), (&Json::Null, &json!(1.0)));
    assert!(few["reason"].as_str().unwrap().contains("至少需要 3"), "{few}");
    let base = street.get(&format!("{WORKERS}?area={STREET}")).expect(200).await;
    assert_eq!(
        (&base["value"], &base["base"]["date"], &base["base"]["value"]),
        (&json!(4.0), &json!("2016-12-31"), &Json::Null)
    );
    assert!(base["base"]["reason"].as_str().unwrap().contains("2016-12-31 还没有"), "{base}");
    let english = street.get(&format!("{WORKERS}?area={STREET}&as_of=2016-12-31")).expect(200).await;
    assert_eq!(english["value"], Json::Null);
}

#[tokio::test]
async fn the_parts_add_up_or_it_is_said_that_they_do_not() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let by = street.get(&format!("{WORKERS}/by?area={STREET}&level=community")).expect(200).await;
    let counts: Vec<(&str, &Json)> = by["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["area"]["code"].as_str().unwrap(), &one["value"]))
        .collect();
    assert_eq!(counts, [(ZHAOLIN, &json!(3.0)), (ANGUANG, &json!(1.0))]);
    assert_eq!(by["notes"], json!([]));
    let by = street.get(&format!("{WORKERS}/by?area={STREET}&field=education")).expect(200).await;
    let shares: Vec<(&Json, &Json)> =
        by["items"].as_array().unwrap().iter().map(|one| (&one["code"], &one["n"])).collect();
    assert_eq!(shares[0], (&json!("60"), &json!(2)));
    assert_eq!(shares.len(), 3, "{by}");
    street.get(&format!("{WORKERS}/by?area={STREET}&level=galaxy")).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn a_bar_of_a_distribution_opens_exactly_its_rows() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    for (figure, field) in [(WORKERS, "education"), (WORKERS, "sex"), (MEAN_PAY, "education")] {
        let by = street.get(&format!("{figure}/by?area={STREET}&field={field}")).expect(200).await;
        let mut all = 0;
        for bar in by["items"].as_array().unwrap() {
            let code = bar["code"].as_str().unwrap_or_default();
            let rows = street.get(&format!("{figure}/rows?area={STREET}&field={field}&code={code}")).expect(200).await;
            assert_eq!(rows["total"], bar["n"], "{figure} {field} {code:?}");
            all += bar["n"].as_u64().unwrap();
        }
        let whole = street.get(&format!("{figure}/rows?area={STREET}")).expect(200).await;
        assert_eq!(whole["total"], all, "{figure} {field}");
    }
    let one = street.get(&format!("{WORKERS}/rows?area={STREET}&field=education&code=20")).expect(200).await;
    assert_eq!((&one["items"][0]["title"], &one["total"]), (&json!("张一"), &json!(1)));
    let file = street.get(&format!("{WORKERS}/rows.xlsx?area={STREET}&field=education&code=20")).send().await;
    assert_eq!(file.status(), 200);
    for wrong in ["code=20", "field=name&code=x", "field=nothing", "field=monthly_pay&code=1"] {
        street.get(&format!("{WORKERS}/rows?area={STREET}&{wrong}")).refused(422, "request.parameter").await;
    }
    // What opens to areas has no bars.
    let areas = "/api/indicators/network/communities/rows";
    street.get(&format!("{areas}?area={STREET}&field=sex")).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn figures_stay_in_ones_own_area_and_rows_in_ones_own_registers() {
    let world = World::start().await;
    four_workers(&world).await;
    let neighbour = world.signed_in("neighbour").await;
    neighbour.get(&format!("{WORKERS}?area={ZHAOLIN}")).refused(404, "area.not_found").await;
    let street = world.signed_in("street").await;
    street.get(&format!("{WORKERS}?area={XINYANG}")).refused(404, "area.not_found").await;
    // A grid worker sees how many there are, not who they are.
    world.account("grid", "network/grid", ZHAOLIN).await;
    let grid = world.signed_in("grid").await;
    let own = grid.get(WORKERS).expect(200).await;
    assert!(own["value"].is_number() || own["reason"].is_string(), "{own}");
    grid.get(&format!("{WORKERS}/rows")).refused(403, "auth.denied").await;
}

#[tokio::test]
async fn a_reader_changes_a_parameter_for_one_question_and_wrong_ones_are_told() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let below = "/api/indicators/workforce/below_floor";
    let all = street.get(&format!("{below}?area={STREET}")).expect(200).await;
    // 4650: 3000 and 4000.50 of the three whose pay is known.
    assert_eq!((&all["numerator"], &all["denominator"]), (&json!(2.0), &json!(3.0)));
    let lower = street.get(&format!("{below}?area={STREET}&p.min_wage=1400")).expect(200).await;
    assert_eq!((&lower["numerator"], &lower["params"]["min_wage"]), (&json!(1.0), &json!("1400")));
    street.get(&format!("{below}?area={STREET}&p.min_wage=much")).refused(422, "request.parameter").await;
    street.get(&format!("{below}?area={STREET}&p.nothing=1")).refused(422, "request.parameter").await;
    street.get("/api/indicators/workforce/nothing").refused(404, "indicator.not_found").await;
}

#[tokio::test]
async fn a_leaders_page_comes_in_one_call_and_tables_leave_as_workbooks() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let page = street.get(&format!("/api/cockpit?area={STREET}")).expect(200).await;
    assert_eq!((&page["level"], &page["children_level"]), (&json!("street"), &json!("community")));
    assert_eq!(page["children"].as_array().unwrap().len(), 2);
    assert_eq!(page["map"]["features"].as_array().unwrap().len(), 2);
    assert!(!page["standing"].as_array().unwrap().is_empty());
    assert!(!page["blank"].as_array().unwrap().is_empty(), "registers nobody has filled are blank zones");
    let all = street.get(&format!("/api/indicators?area={STREET}&group=workforce")).expect(200).await;
    assert!(all["items"].as_array().unwrap().iter().all(|one| one["group"] == "workforce"));
    for path in [
        format!("/api/indicators/table.xlsx?area={STREET}&ids=workforce/workers,workforce/mean_pay"),
        format!("{WORKERS}/rows.xlsx?area={STREET}"),
    ] {
        let answer = street.get(&path).send().await;
        assert_eq!(answer.status(), 200, "{path}");
        let file = answer.bytes().await.unwrap();
        assert_eq!(&file[..2], b"PK", "{path}");
    }
    let audit = world.signed_in("street").await.get("/api/audit?action=export").expect(200).await;
    assert!(audit["items"].as_array().unwrap().len() >= 2, "{audit}");
}

#[tokio::test]
async fn a_nights_values_become_a_series() {
    let world = World::start().await;
    four_workers(&world).await;
    let engine = world.engine.clone();
    let taken = tokio::task::spawn_blocking(move || linli_engine::insight::snapshot::take(&engine)).await.unwrap();
    assert!(taken.unwrap() > 0);
    world.clock.advance(8 * 86_400);
    let street = world.signed_in("street").await;
    worker(&street, ZHAOLIN, "王五", None, None).await;
    let now = street.get(&format!("{WORKERS}?area={STREET}")).expect(200).await;
    assert_eq!((&now["value"], &now["change_week"]), (&json!(5.0), &json!(1.0)));
    street.get(&format!("{WORKERS}/series?area={STREET}&step=fortnight")).refused(422, "request.parameter").await;
    let series = street.get(&format!("{WORKERS}/series?area={STREET}&step=week")).expect(200).await;
    let last = series["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["value"], 5.0);
    // Communities are kept on Mondays (the 23rd was one); the days between are told from the rows, none is missing.
    let daily = format!("{WORKERS}/series?area={ZHAOLIN}&step=day&from=2026-11-23");
    let series = street.get(&daily).expect(200).await;
    let values: Vec<(&str, Option<f64>)> = series["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["on"].as_str().unwrap(), one["value"].as_f64()))
        .collect();
    assert_eq!(values.len(), 9, "{values:?}");
    assert!(values[..8].iter().all(|(_, value)| *value == Some(3.0)), "{values:?}");
    assert_eq!(values[8], ("2026-12-01", Some(4.0)));
}

/// The residents' questionnaire under the name and with the question that indicators ask for.
fn as_the_packs_call_it(text: &str) -> String {
    let text = text.replace("wishes2026", "resident");
    text.replace("| overall |", "| sat_overall |").replace("overall>", "sat_overall>")
}

#[tokio::test]
async fn how_many_districts_were_visited_is_told_of_a_city_and_not_of_a_district() {
    let world = World::start().await;
    world.account("whole", "network/city", "230100000000").await;
    let city = world.signed_in("whole").await;
    let values = json!({ "place": "兆麟社区", "visited_on": "2026-11-20" });
    city.post("/api/records/survey/field_visit", json!({ "area": ZHAOLIN, "values": values })).expect(201).await;
    let visited = "/api/indicators/survey/districts_visited";
    let told = city.get(&format!("{visited}?area=230100000000")).expect(200).await;
    assert_eq!(told["value"], 1.0, "{told}");
    let district = city.get(&format!("{visited}?area=230102000000")).expect(200).await;
    assert_eq!(district["value"], Json::Null);
    assert!(district["reason"].as_str().unwrap().contains("道里区"), "{district}");
    let by = city.get(&format!("{visited}/by?area=230100000000&level=district")).expect(200).await;
    assert!(by["items"][0]["reason"].is_string(), "{by}");
}

#[tokio::test]
async fn areas_that_were_split_or_renamed_and_workers_who_moved_are_told_where_they_were() {
    let world = World::start().await;
    let street = four_workers(&world).await;
    let start = "/api/indicators/workforce/workers";
    let figure = |area: &str, on: &str| format!("{start}?area={area}&as_of={on}");
    // On the 25th 兆麟 is split: 新设 comes, and 安广 is closed and its worker moves to 兆麟.
    world.clock.advance(3 * 86_400);
    let later = "code,parent,level,name\n230000000000,,1,黑龙江省\n230100000000,230000000000,2,哈尔滨市\n\
        230102000000,230100000000,3,道里区\n230102001000,230102000000,4,兆麟街道\n\
        230102002000,230102000000,4,新阳街道\n230102001001,230102001000,5,新兆麟社区居委会\n\
        230102001777,230102001000,5,新设社区居委会\n230102002001,230102002000,5,新阳社区居委会\n";
    drop(street);
    let street = world.signed_in("street").await;
    let list = street.get(&format!("/api/records/workforce/worker?area={ANGUANG}")).expect(200).await;
    let path = format!("/api/records/workforce/worker/{}", list["items"][0]["id"].as_str().unwrap());
    let moved = street.patch(&path, json!({ "area": ZHAOLIN, "values": {} })).header("if-match", "\"1\"");
    moved.expect(200).await;
    let engine = world.engine.clone();
    let import = move || {
        let options = linli_engine::area::ImportOptions { as_of: Some(jiff::civil::date(2026, 11, 26)) };
        let operator = linli_engine::Engine::operator();
        linli_engine::area::import(&engine, &operator, later.as_bytes(), &options, &mut |_| {}).unwrap()
    };
    let report = tokio::task::spawn_blocking(import).await.unwrap();
    assert_eq!((report.new, report.closed), (1, 1), "{:?}", report.notes);
    // Then: three and one. Now: four, nothing in what is closed, nothing yet in what is new.
    for (area, on, value) in [
        (ZHAOLIN, "2026-11-23", Some(3.0)),
        (ANGUANG, "2026-11-23", Some(1.0)),
        (STREET, "2026-11-23", Some(4.0)),
        (ZHAOLIN, "2026-11-26", Some(4.0)),
        (STREET, "2026-11-26", Some(4.0)),
    ] {
        let told = street.get(&figure(area, on)).expect(200).await;
        assert_eq!(told["value"].as_f64(), value, "{area} on {on}: {told}");
    }
    let gone = street.get(&figure(ANGUANG, "2026-11-26")).expect(200).await;
    assert!(gone["value"].is_null() && gone["reason"].as_str().unwrap().contains("撤销"), "{gone}");
    let new = street.get(&figure("230102001777", "2026-11-23")).expect(200).await;
    assert!(new["value"].is_null() && new["reason"].as_str().unwrap().contains("才设立"), "{new}");
    let empty = street.get(&figure("230102001777", "2026-11-26")).expect(200).await;
    assert!(empty["value"].is_null() && empty["reason"].as_str().unwrap().contains("还没有记录"), "{empty}");
    // The comparison with a day before says that the parts are not the same.
    let told = street.get(&format!("{start}?area={STREET}&p.base=2026-11-23")).expect(200).await;
    assert_eq!((&told["base"]["value"], &told["base"]["change"]), (&json!(4.0), &json!(0.0)), "{told}");
    let note = told["notes"].to_string();
    assert!(note.contains("新设社区") && note.contains("安广"), "{note}");
}

async fn answered(studio: &Studio, said: &Said<'_>) {
    let (status, kept) = studio.send(&as_the_packs_call_it(&said.xml())).await;
    assert_eq!(status, 201, "{kept}");
}

/// What the survey's page and the indicators say of the same answers must be the same.
async fn both_count_the_same(street: &Person, survey: &str, area: &str) -> Json {
    let page = street.get(&format!("/api/surveys/{survey}/analysis?area={area}")).expect(200).await;
    let valid = street.get(&format!("/api/indicators/survey/valid_resident?area={area}")).expect(200).await;
    let rows = street.get(&format!("/api/indicators/survey/valid_resident/rows?area={area}")).expect(200).await;
    let counted = &page["response"]["valid"];
    assert_eq!((valid["value"].as_f64(), &rows["total"]), (counted.as_f64(), counted), "{area}: {valid}");
    let flags = street.get(&format!("/api/surveys/{survey}/flags?area={area}")).expect(200).await;
    let out: Vec<&Json> = flags["items"].as_array().unwrap().iter().filter(|one| one["left_out"] == true).collect();
    for row in rows["items"].as_array().unwrap() {
        assert!(out.iter().all(|one| one["instance_id"] != row["id"]), "{row} is left out on the survey's page");
    }
    let satisfied = street.get(&format!("/api/indicators/survey/satisfied?area={area}")).expect(200).await;
    let asked = page["questions"].as_array().unwrap().iter().find(|one| one["name"] == "sat_overall").unwrap();
    let of = |codes: &[&str]| -> f64 {
        let items = asked["items"].as_array().unwrap().iter();
        items.filter(|one| codes.contains(&one["code"].as_str().unwrap())).map(|one| one["n"].as_f64().unwrap()).sum()
    };
    assert_eq!(satisfied["denominator"].as_f64(), asked["n"].as_f64(), "{area}: {satisfied}");
    assert_eq!(satisfied["numerator"].as_f64(), Some(of(&["4", "5"])), "{area}: {satisfied}");
    valid
}

#[tokio::test]
async fn indicators_count_the_answers_that_the_surveys_page_counts() {
    let world = World::start().await;
    let studio = Studio::of(&world, "street").await;
    studio.publish(&as_the_packs_call_it(FORM)).await;
    let street = world.signed_in("street").await;
    // No campaign asks with the form yet: the rule holds all the same.
    let early = Said { name: "early", sex: "1", grades: ["5", "3", "4", "2"], ..Said::default() };
    answered(&Studio::of(&world, "community").await, &early).await;
    let alone = street.get(&format!("/api/indicators/survey/valid_resident?area={STREET}")).expect(200).await;
    assert_eq!(alone["value"], 1.0, "{alone}");
    let values = json!({ "name": "居民满意度", "purpose": "了解居民的看法", "opens_on": "2026-11-24",
        "closes_on": "2026-12-20", "frame": "register", "resident_form": "resident", "resident_issued": 50 });
    let made = street.post(CAMPAIGNS, json!({ "area": STREET, "values": values })).expect(201).await;
    let survey = made["id"].as_str().unwrap();
    world.clock.advance(86_400);
    let (studio, street) = (Studio::of(&world, "street").await, world.signed_in("street").await);
    let (near, far) = (Studio::of(&world, "community").await, Studio::of(&world, "neighbour").await);
    for number in 0..20_usize {
        let digit = |by: usize| ["1", "2", "3", "4", "5"][(number / by + number) % 5];
        let (name, text) = (format!("h{number}"), format!("意见{number}"));
        let honest = Said {
            name: &name,
            sex: ["1", "2"][number % 2],
            band: ["18_34", "35_59", "60_over"][number % 3],
            grades: [if number == 7 { "" } else { digit(1) }, digit(2), digit(3), digit(4)],
            wishes: ["parking", "lifts", "parking lifts"][number / 3 % 3],
            years: ["1", "2", "3", "4", "5", "6", "7"][number % 7],
            suggestion: if number % 4 == 0 { &text } else { "" },
            seconds: Some(120 + number as u32),
        };
        answered(if number < 15 { &near } else { &far }, &honest).await;
    }
    for number in 0..5 {
        let name = format!("s{number}");
        let (grades, seconds) = (["5"; 4], Some(12));
        let base = Said { wishes: "lifts", years: "9", suggestion: "物业最好", ..Said::default() };
        answered(&near, &Said { name: &name, sex: "1", band: "35_59", grades, seconds, ..base }).await;
    }
    for area in [STREET, ZHAOLIN, ANGUANG] {
        both_count_the_same(&street, survey, area).await;
    }
    let told = both_count_the_same(&street, survey, STREET).await;
    assert_eq!(told["value"], 20.0, "the early one, the repeats and the first of them do not count: {told}");
    let notes = told["notes"].to_string();
    assert!(["4 份重复", "1 份答得过快", "1 份答卷不在任何一次调研"].iter().all(|one| notes.contains(one)), "{notes}");
    let (status, _) = studio.post("/api/responses/uuid:s3/review", &json!({ "state": "accepted" })).await;
    assert_eq!(status, 200);
    let body = json!({ "state": "returned", "note": "请核对" });
    let (status, _) = studio.post("/api/responses/uuid:h3/review", &body).await;
    assert_eq!(status, 200);
    let told = both_count_the_same(&street, survey, STREET).await;
    assert_eq!(told["value"], 20.0, "one accepted, one returned: {told}");
    assert!(told["notes"].to_string().contains("1 份答卷被退回"), "{told}");
}
