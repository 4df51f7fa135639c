//! Recurring duties: in force only where somebody said so, a chair that goes round, skips that cost nobody a turn.

use serde_json::{Value as Json, json};

use crate::world::{ANGUANG, Person, STREET, World, ZHAOLIN};

const MEETING: &str = "/api/schedules/party/joint_meeting";

/// Three resident units of a community, in this order.
async fn units(community: &Person) {
    for (name, takes) in
        [("第一医院", json!(true)), ("实验小学", json!(null)), ("示例物业", json!(true)), ("不轮值", json!(false))]
    {
        let values = json!({ "name": name, "unit_sort": "institution", "takes_chair": takes });
        let record = json!({ "area": ZHAOLIN, "values": values });
        community.post("/api/records/party/resident_unit", record).expect(201).await;
    }
}

async fn in_force(world: &World) -> Person {
    let (street, community) = (world.signed_in("street").await, world.signed_in("community").await);
    units(&community).await;
    street.put(&format!("{MEETING}/areas/{STREET}"), json!({})).expect(204).await;
    community
}

async fn said(person: &Person) -> Vec<(String, String, String)> {
    let all = person.get(&format!("{MEETING}/occurrences?area={ZHAOLIN}&to=2028-01-01")).expect(200).await;
    let text = |value: &Json| value.as_str().unwrap_or("-").to_owned();
    let one = |one: &Json| (text(&one["held_on"]), text(&one["state"]), text(&one["chair"]["name"]));
    all["items"].as_array().unwrap().iter().map(one).collect()
}

fn expected(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
}

#[tokio::test]
async fn nothing_is_asked_before_a_schedule_is_in_force() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let all = community.get("/api/schedules").expect(200).await;
    let names: Vec<&str> = all["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let party = ["party/disclosure", "party/drill", "party/inspection", "party/joint_meeting"];
    let reports = ["annual", "monthly", "weekly"]
        .iter()
        .flat_map(|period| ["", "_city", "_community", "_district"].map(|level| format!("survey/{period}{level}")));
    let expected: Vec<String> = party.iter().map(|name| (*name).to_owned()).chain(reports).collect();
    assert_eq!(names, expected);
    assert!(all["items"].as_array().unwrap().iter().all(|one| one["areas"] == 0 && one["next"] == Json::Null));
    assert_eq!(said(&community).await, []);
    community.put(&format!("{MEETING}/areas/{ZHAOLIN}"), json!({})).refused(403, "auth.denied").await;
    let street = world.signed_in("street").await;
    street.put(&format!("{MEETING}/areas/230102002000"), json!({})).refused(404, "area.not_found").await;
    street.put("/api/schedules/party/nothing/areas/230102001000", json!({})).refused(404, "schedule.not_found").await;
}

#[tokio::test]
async fn the_chair_goes_round_among_those_who_take_it() {
    let world = World::start().await;
    let community = in_force(&world).await;
    let rows = expected(&[
        ("2027-01-14", "planned", "第一医院"),
        ("2027-04-08", "planned", "实验小学"),
        ("2027-07-08", "planned", "示例物业"),
        ("2027-10-14", "planned", "第一医院"),
    ]);
    assert_eq!(said(&community).await, rows);
    let all = community.get("/api/schedules").expect(200).await;
    let meeting = &all["items"][3];
    assert_eq!(
        (meeting["rrule_text"].as_str(), meeting["next"].as_str()),
        (Some("每季度第 2 个周四"), Some("2027-01-14"))
    );
    assert_eq!(meeting["chair"]["name"], "第一医院");
    let street = world.signed_in("street").await.get("/api/schedules").expect(200).await;
    assert_eq!(street["items"][3]["areas"], 2, "both communities of the street");
    let other = world.signed_in("neighbour").await;
    let theirs = other.get(&format!("{MEETING}/occurrences?area={ANGUANG}")).expect(200).await;
    assert_eq!(theirs["items"][0]["chair"], Json::Null, "nobody to take the chair there");
    other.get(&format!("{MEETING}/occurrences?area={ZHAOLIN}")).refused(404, "area.not_found").await;
}

#[tokio::test]
async fn a_skip_has_a_reason_and_costs_nobody_a_turn() {
    let world = World::start().await;
    let community = in_force(&world).await;
    let key = format!("{MEETING}/occurrences/{ZHAOLIN}.2027-01-14");
    community.post(&format!("{key}/skip"), json!({ "reason": " " })).refused(422, "request.parameter").await;
    let skipped = community.post(&format!("{key}/skip"), json!({ "reason": "场地维修" })).expect(200).await;
    assert_eq!((skipped["state"].as_str(), skipped["reason"].as_str()), (Some("skipped"), Some("场地维修")));
    community.post(&format!("{key}/skip"), json!({ "reason": "再来" })).refused(409, "occurrence.state").await;
    let rows = said(&community).await;
    assert_eq!(
        rows[..3],
        expected(&[
            ("2027-01-14", "skipped", "-"),
            ("2027-04-08", "planned", "第一医院"),
            ("2027-07-08", "planned", "实验小学"),
        ])
    );
    let neighbour = world.signed_in("neighbour").await;
    neighbour.post(&format!("{key}/skip"), json!({ "reason": "越权" })).refused(404, "area.not_found").await;
    let never = format!("{MEETING}/occurrences/{ZHAOLIN}.2027-01-15/skip");
    community.post(&never, json!({ "reason": "没有这一天" })).refused(404, "occurrence.not_found").await;
}

#[tokio::test]
async fn chairs_are_exchanged_and_days_moved() {
    let world = World::start().await;
    let community = in_force(&world).await;
    let key = |day: &str| format!("{ZHAOLIN}.{day}");
    let swap = format!("{MEETING}/occurrences/{}/swap", key("2027-01-14"));
    let swapped = community.post(&swap, json!({ "with": key("2027-07-08") })).expect(200).await;
    assert_eq!(swapped["chair"]["name"], "示例物业");
    let moved = community.post(&swap, json!({ "day": "2027-01-21" })).expect(200).await;
    assert_eq!((moved["day"].as_str(), moved["held_on"].as_str()), (Some("2027-01-14"), Some("2027-01-21")));
    assert_eq!(
        said(&community).await,
        expected(&[
            ("2027-01-21", "planned", "示例物业"),
            ("2027-04-08", "planned", "实验小学"),
            ("2027-07-08", "planned", "第一医院"),
            ("2027-10-14", "planned", "示例物业"),
        ])
    );
    for wrong in [
        json!({}),
        json!({ "with": key("2027-01-14") }),
        json!({ "with": format!("{ANGUANG}.2027-04-08") }),
        json!({ "day": "2020-01-01" }),
        json!({ "day": "2027-02-01", "with": key("2027-04-08") }),
    ] {
        community.post(&swap, wrong).refused(422, "request.parameter").await;
    }
}

#[tokio::test]
async fn a_schedule_out_of_force_asks_nothing_more() {
    let world = World::start().await;
    let community = in_force(&world).await;
    let street = world.signed_in("street").await;
    street.delete(&format!("{MEETING}/areas/{STREET}")).expect(204).await;
    assert_eq!(said(&community).await, []);
    street.delete(&format!("{MEETING}/areas/{STREET}")).refused(404, "schedule.not_in_force").await;
    let skip = format!("{MEETING}/occurrences/{ZHAOLIN}.2027-01-14/skip");
    community.post(&skip, json!({ "reason": "已停" })).refused(404, "schedule.not_in_force").await;
}

#[tokio::test]
async fn anybody_can_ask_whether_a_certificate_is_needed() {
    let world = World::start().await;
    let nobody = world.nobody();
    let all = nobody.get("/api/public/duty/certificates").expect(200).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 20);
    let dogs = nobody.get("/api/public/duty/certificates?q=养犬").expect(200).await;
    assert_eq!((dogs["items"].as_array().unwrap().len(), dogs["items"][0]["needed"].clone()), (1, json!(false)));
    assert!(
        dogs["items"][0]["instead"].as_str().unwrap().contains("公安") || dogs["items"][0]["checked_by"] == "公安机关"
    );
    // The street's own list adds an item, and overrides one.
    let street = world.signed_in("street").await;
    for values in [
        json!({ "item_code": "JD-01", "title": "居住情况说明", "needed": true, "basis": "街道清单" }),
        json!({ "item_code": "ZM-04", "title": "养犬证明", "needed": false, "instead": "手机上办", "basis": "街道清单" }),
    ] {
        street
            .post("/api/records/duty/certificate_item", json!({ "area": STREET, "values": values }))
            .expect(201)
            .await;
    }
    let here = street.get(&format!("/api/duty/certificates?area={ZHAOLIN}")).expect(200).await;
    assert_eq!(here["items"].as_array().unwrap().len(), 21);
    let of = |list: &Json, code: &str| {
        list["items"].as_array().unwrap().iter().find(|item| item["code"] == code).cloned().unwrap_or_default()
    };
    assert_eq!(
        (of(&here, "ZM-04")["instead"].clone(), of(&here, "JD-01")["needed"].clone()),
        (json!("手机上办"), json!(true))
    );
    let elsewhere = nobody.get("/api/public/duty/certificates?area=230102002001").expect(200).await;
    assert_eq!(of(&elsewhere, "JD-01"), Json::Null, "another street's list is not theirs");
    assert_ne!(of(&elsewhere, "ZM-04")["instead"], "手机上办");
}
