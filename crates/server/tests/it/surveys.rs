//! The cloud survey: what answers say, which count, weights, and hostile or odd input.

use serde_json::{Value as Json, json};

use crate::{
    collect_kit::Studio,
    survey_kit::{CAMPAIGNS, Said, TWELVE, campaign, residents, send},
    world::{ANGUANG, STREET, World, ZHAOLIN},
};

fn said<'a>(name: &'a str, sex: &'a str, overall: &'a str, suggestion: &'a str) -> Said<'a> {
    Said {
        name,
        sex,
        band: "18_34",
        grades: [overall, "3", "4", "2"],
        wishes: "parking",
        years: "3",
        suggestion,
        ..Said::default()
    }
}

fn question<'a>(analysis: &'a Json, name: &str) -> &'a Json {
    analysis["questions"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
}

/// `n` by code.
fn counts(question: &Json) -> Vec<(String, u64)> {
    let items = question["items"].as_array().unwrap().iter();
    items.map(|one| (one["code"].as_str().unwrap().to_owned(), one["n"].as_u64().unwrap())).collect()
}

fn near(found: &Json, known: f64) -> bool {
    found.as_f64().is_some_and(|found| (found - known).abs() < 1e-6)
}

#[tokio::test]
async fn answers_are_counted_crossed_and_told_with_their_uncertainty() {
    let world = World::start().await;
    let (_, street, _, id) = campaign(&world, json!({ "resident_issued": 20 })).await;
    let (near_by, far) = (Studio::of(&world, "community").await, Studio::of(&world, "neighbour").await);
    let five = [
        said("a1", "1", "5", "停车位太少,希望增加停车位"),
        said("a2", "1", "5", "停车位紧张"),
        said("a3", "1", "4", "老楼加装电梯"),
        said("a4", "2", "2", "希望老楼加装电梯,电话13812345678"),
        Said { name: "a5", sex: "2", grades: ["1", "", "", ""], wishes: "parking lifts", ..Said::default() },
    ];
    send(&near_by, &five).await;
    send(&far, &[said("b1", "2", "1", "停车位不够")]).await;
    let at = |path: &str| format!("/api/surveys/{id}/{path}");

    let listed = street.get("/api/surveys").expect(200).await;
    assert_eq!(
        (&listed["items"][0]["state"], &listed["items"][0]["levels"][0]["level"]),
        (&json!("open"), &json!("resident"))
    );
    let all = street.get(&at("analysis")).expect(200).await;
    let response = &all["response"];
    assert_eq!(
        (&response["issued"], &response["received"], &response["valid"], &response["complete"]),
        (&json!(20), &json!(6), &json!(6), &json!(5)),
        "one is half-filled: {response}"
    );
    assert!(near(&response["response_rate"], 0.3) && near(&response["completion_rate"], 5.0 / 6.0), "{response}");
    let sex = question(&all, "sex");
    assert_eq!((counts(sex), sex["kind"].as_str()), (vec![("1".into(), 3), ("2".into(), 3)], Some("one")));
    assert_eq!(sex["items"][0]["label"], "男");
    let overall = question(&all, "overall");
    assert_eq!((&overall["kind"], &overall["n"]), (&json!("scale"), &json!(6)));
    assert!(
        near(&overall["mean"], 3.0) && near(&overall["median"], 3.0) && near(&overall["top_two"], 0.5),
        "{overall}"
    );
    let half = &sex["items"][0];
    // Wilson's interval of 3 among 6.
    assert!(near(&half["low"], 0.187_616_42) && near(&half["high"], 0.812_383_58), "{half}");
    let wishes = question(&all, "wishes");
    assert_eq!((&wishes["kind"], counts(wishes)), (&json!("many"), vec![("parking".into(), 6), ("lifts".into(), 1)]));
    let years = question(&all, "years");
    assert_eq!((&years["n"], &years["missing"], &years["mean"]), (&json!(5), &json!(1), &json!(3.0)));
    let phone = question(&all, "phone");
    assert_eq!(
        (&phone["kind"], &phone["n"], phone["items"].as_array().unwrap().len()),
        (&json!("masked"), &json!(6), 0)
    );

    let crossed = street.get(&at("cross?row=sex&column=overall")).expect(200).await;
    assert_eq!(crossed["cells"], json!([[2, 1, 0, 0, 0], [0, 0, 0, 1, 2]]), "{crossed}");
    // All men above, all women below: chi-square is n, the effect is whole.
    assert!(near(&crossed["test"]["chi_square"], 6.0) && near(&crossed["test"]["cramers_v"], 1.0), "{crossed}");
    assert_eq!(crossed["test"]["df"], 3, "nobody said 3: it costs no degree of freedom");
    assert_eq!(crossed["warnings"][0]["code"], "small_expected");
    let by_area = street.get(&at("cross?row=area&column=sex")).expect(200).await;
    assert_eq!(by_area["cells"], json!([[3, 2], [0, 1]]), "{by_area}");
    let several = street.get(&at("cross?row=sex&column=wishes")).expect(200).await;
    assert_eq!((&several["test"], &several["warnings"][0]["code"]), (&Json::Null, &json!("several_answers")));

    let text = street.get(&at("text?question=suggestion")).expect(200).await;
    assert_eq!(text["n"], 5);
    let groups: Vec<(&str, u64)> = text["clusters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["label"].as_str().unwrap(), one["n"].as_u64().unwrap()))
        .collect();
    assert!(groups.iter().any(|(label, n)| label.contains("停车位") && *n == 3), "{text}");
    assert!(groups.iter().any(|(label, n)| label.contains("电梯") && *n == 2), "{text}");
    assert!(!text.to_string().contains("13812345678"), "nobody's number is told: {text}");

    let own = world.signed_in("neighbour").await.get(&at("analysis")).expect(200).await;
    assert_eq!(
        (&own["response"]["received"], &own["response"]["issued"]),
        (&json!(1), &Json::Null),
        "one sees one's own"
    );
    assert!(own["response"]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{own}");
    let part = street.get(&at(&format!("analysis?area={ZHAOLIN}"))).expect(200).await;
    assert_eq!(part["response"]["received"], 5);
    for table in ["analysis.xlsx", "cross.xlsx?row=sex&column=overall", "text.xlsx?question=suggestion", "flags.xlsx"] {
        let file = street.get(&at(table)).send().await;
        assert_eq!(file.status(), 200, "{table}");
        assert!(file.bytes().await.unwrap().starts_with(b"PK"), "{table}");
    }
}

#[tokio::test]
async fn of_nobody_and_of_one_no_figure_is_made_up() {
    let world = World::start().await;
    let (_, street, _, id) = campaign(&world, json!({})).await;
    let at = |path: &str| format!("/api/surveys/{id}/{path}");
    let nobody = street.get(&at("analysis")).expect(200).await;
    let overall = question(&nobody, "overall");
    assert_eq!((&overall["n"], &overall["mean"], &overall["items"][0]["share"]), (&json!(0), &Json::Null, &Json::Null));
    assert!(overall["reason"].is_string() && nobody["response"]["reason"].is_string(), "{nobody}");
    assert_eq!(nobody["response"]["response_rate"], Json::Null);
    let crossed = street.get(&at("cross?row=sex&column=overall")).expect(200).await;
    assert_eq!(
        (&crossed["n"], &crossed["test"], &crossed["warnings"][0]["code"]),
        (&json!(0), &Json::Null, &json!("nobody"))
    );
    let text = street.get(&at("text?question=suggestion")).expect(200).await;
    assert_eq!((&text["n"], text["clusters"].as_array().unwrap().len()), (&json!(0), 0));
    let weighted = street.get(&at("analysis?weights=sex")).expect(200).await;
    assert_eq!((&weighted["weights"]["used"], weighted["weights"]["reason"].is_string()), (&json!(false), true));

    send(&Studio::of(&world, "community").await, &[said("only", "1", "4", "")]).await;
    let one = street.get(&at("analysis")).expect(200).await;
    let overall = question(&one, "overall");
    assert_eq!((&overall["n"], &overall["mean"], &overall["sd"]), (&json!(1), &json!(4.0), &Json::Null), "{overall}");
    let alike = street.get(&at("cross?row=sex&column=overall")).expect(200).await;
    assert_eq!((&alike["test"], &alike["warnings"][0]["code"]), (&Json::Null, &json!("no_variance")));

    for (path, code) in [
        ("analysis?level=village", "request.parameter"),
        ("cross?row=sex&column=nothing", "request.parameter"),
        ("cross?row=sex&column=years", "request.parameter"),
        ("text?question=sex", "request.parameter"),
        ("analysis?weights=wishes", "request.parameter"),
        ("analysis?weights=overall", "request.parameter"),
    ] {
        assert_eq!(street.get(&at(path)).expect(422).await["code"], code, "{path}");
    }
    assert_eq!(street.get(&at("analysis?level=street")).expect(404).await["code"], "survey.level_not_asked");
    let none = "/api/surveys/00000000-0000-7000-8000-000000000000/analysis";
    assert_eq!(street.get(none).expect(404).await["code"], "survey.not_found");
    world.nobody().get(&at("analysis")).expect(401).await;
}

#[tokio::test]
async fn a_sample_is_weighted_to_the_register_and_says_what_that_costs() {
    let world = World::start().await;
    let (_, street, _, id) = campaign(&world, json!({})).await;
    residents(&street, ZHAOLIN, &TWELVE).await;
    let names: Vec<String> = (0..8).map(|n| format!("w{n}")).collect();
    let texts: Vec<String> = (0..8).map(|n| format!("第{n}条")).collect();
    // Six men are pleased, two women are not; the register holds as many women as men.
    let all: Vec<Said<'_>> = (0..8)
        .map(|n| said(&names[n], if n < 6 { "1" } else { "2" }, if n < 6 { "5" } else { "1" }, &texts[n]))
        .collect();
    send(&Studio::of(&world, "community").await, &all).await;
    let at = |path: &str| format!("/api/surveys/{id}/{path}");

    let plain = street.get(&at("analysis")).expect(200).await;
    assert!(near(&question(&plain, "overall")["items"][0]["share"], 0.75));
    let weighted = street.get(&at("analysis?weights=sex")).expect(200).await;
    let weights = &weighted["weights"];
    assert_eq!(weights["used"], true, "{weights}");
    assert!(near(&question(&weighted, "overall")["items"][0]["share"], 0.5), "{weighted}");
    assert!(near(&question(&weighted, "overall")["mean"], 3.0), "{weighted}");
    // Kish: 8 · (6 · (2/3)² + 2 · 2²) / 8² = 4/3.
    assert!(near(&weights["design_effect"], 4.0 / 3.0) && near(&weights["effective_n"], 6.0), "{weights}");
    let share = &question(&weighted, "overall")["items"][0];
    assert!(share["high"].as_f64().unwrap() - share["low"].as_f64().unwrap() > 0.6, "wider than of eight: {share}");

    // Nobody of the sample is old, half of the register is: named, not passed over.
    let both = street.get(&at("analysis?weights=sex,age_band")).expect(200).await;
    assert_eq!(both["weights"]["empty"], json!(["年龄段:60 岁以上"]), "{both}");
    assert_eq!(both["weights"]["used"], true);
    // Without the register nothing is weighted, and that is said.
    let far = street.get(&at(&format!("analysis?weights=sex&area={ANGUANG}"))).expect(200).await;
    assert_eq!(far["weights"]["used"], false, "{far}");
}

#[tokio::test]
async fn a_stuffed_ballot_is_shown_and_left_out_until_somebody_accepts_it() {
    let world = World::start().await;
    let (studio, street, form, id) = campaign(&world, json!({})).await;
    let body = json!({ "kind": "open", "title": "大厅海报", "area": ZHAOLIN });
    let (status, link) = studio.post(&format!("/api/forms/{form}/links"), &body).await;
    assert_eq!(status, 201, "{link}");
    let token = link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let post = |xml: String| {
        let url = format!("{}/api/public/{token}/submissions", world.url);
        let part = reqwest::multipart::Part::bytes(xml.into_bytes()).file_name("a.xml");
        let form = reqwest::multipart::Form::new().part("xml_submission_file", part);
        reqwest::Client::new().post(url).header("x-linli", "1").multipart(form).send()
    };
    // Twenty people with opinions of their own, then one who votes twenty times.
    for number in 0..20_usize {
        let digit = |by: usize| ["1", "2", "3", "4", "5"][(number / by + number) % 5];
        let (name, text) = (format!("h{number}"), format!("意见{number}"));
        let honest = Said {
            name: &name,
            sex: ["1", "2"][number % 2],
            band: ["18_34", "35_59", "60_over"][number % 3],
            grades: [digit(1), digit(2), digit(3), digit(4)],
            wishes: ["parking", "lifts", "parking lifts"][number / 3 % 3],
            years: ["1", "2", "3", "4", "5", "6", "7"][number % 7],
            suggestion: if number % 4 == 0 { &text } else { "" },
            seconds: Some(120 + number as u32),
        };
        assert_eq!(post(honest.xml()).await.unwrap().status(), 201);
    }
    for number in 0..20_u32 {
        let name = format!("s{number}");
        let same = Said {
            name: &name,
            sex: "1",
            band: "35_59",
            grades: ["5"; 4],
            wishes: "lifts",
            years: "9",
            suggestion: "物业最好",
            seconds: Some(12),
        };
        assert_eq!(post(same.xml()).await.unwrap().status(), 201);
    }
    let at = |path: &str| format!("/api/surveys/{id}/{path}");
    let flags = street.get(&at("flags")).expect(200).await;
    assert_eq!(
        (&flags["duplicates"], &flags["straight"], &flags["fast"]),
        (&json!(19), &json!(21), &json!(20)),
        "{flags}"
    );
    assert_eq!(flags["left_out"], 20, "the first of them is both too fast and all alike");
    assert_eq!(flags["bursts"][0]["title"], "大厅海报", "{flags}");
    let repeated = flags["items"].as_array().unwrap().iter().find(|one| one["instance_id"] == "uuid:s7").unwrap();
    assert_eq!(
        (&repeated["repeats"], &repeated["same_channel"], &repeated["left_out"]),
        (&json!("uuid:s0"), &json!(true), &json!(true))
    );
    let honest = flags["items"].as_array().unwrap().iter();
    let honest: Vec<&Json> = honest.filter(|one| one["instance_id"].as_str().unwrap().starts_with("uuid:h")).collect();
    assert_eq!(honest.len(), 1, "one of them is even, and only that: {honest:?}");
    assert_eq!((&honest[0]["kinds"], &honest[0]["left_out"]), (&json!(["straight"]), &json!(false)));
    let found = street.get(&at("analysis")).expect(200).await;
    assert_eq!((&found["response"]["received"], &found["response"]["valid"]), (&json!(40), &json!(20)), "{found}");
    assert!(found["rule"].as_str().unwrap().contains("千分之一"));

    let (status, accepted) = studio.post("/api/responses/uuid:s7/review", &json!({ "state": "accepted" })).await;
    assert_eq!(status, 200, "{accepted}");
    let (status, returned) =
        studio.post("/api/responses/uuid:h3/review", &json!({ "state": "returned", "note": "请核对" })).await;
    assert_eq!(status, 200, "{returned}");
    let after = street.get(&at("analysis")).expect(200).await;
    assert_eq!((&after["response"]["valid"], &after["response"]["returned"]), (&json!(20), &json!(1)), "{after}");
    assert_eq!(question(&after, "years")["max"], 9.0, "what a person accepted counts");
}

#[tokio::test]
async fn a_campaign_reads_its_own_days_and_area_and_nobody_else_may_read_it() {
    let world = World::start().await;
    let (_, street, _, id) = campaign(&world, json!({})).await;
    let community = Studio::of(&world, "community").await;
    send(&community, &[said("n1", "1", "4", "")]).await;
    let values = json!({ "name": "去年的", "purpose": "对照", "opens_on": "2025-11-01", "closes_on": "2025-11-30",
        "frame": "register", "resident_form": "wishes2026", "community_form": "none/such" });
    let old = street.post(CAMPAIGNS, json!({ "area": STREET, "values": values })).expect(201).await;
    let old = old["id"].as_str().unwrap();
    let then = street.get(&format!("/api/surveys/{old}/analysis?level=resident")).expect(200).await;
    assert_eq!((&then["response"]["received"], &then["response"]["valid"]), (&json!(0), &json!(0)), "{then}");
    let progress = street.get(&format!("/api/surveys/{old}/progress")).expect(200).await;
    assert!(progress["levels"][0]["reason"].as_str().unwrap().contains("none/such"), "{progress}");
    let now = street.get(&format!("/api/surveys/{id}/progress")).expect(200).await;
    assert_eq!((&now["levels"][0]["response"]["valid"], &now["visits"]), (&json!(1), &json!(0)), "{now}");
    world.account("elsewhere", "network/community", "230102002001").await;
    let elsewhere = world.signed_in("elsewhere").await;
    assert_eq!(elsewhere.get(&format!("/api/surveys/{id}")).expect(404).await["code"], "survey.not_found");
    assert_eq!(elsewhere.get("/api/surveys").expect(200).await["items"], json!([]));
}
