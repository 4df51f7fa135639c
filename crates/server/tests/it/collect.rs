//! What phones and offices see of collection: the studio, ODK Collect, entities, conflicts.

use serde_json::{Value as Json, json};

use crate::{
    collect_kit::{Collect, NEWCOMERS, Studio, VISIT, newcomers, visit},
    world::{ANGUANG, PASSWORD, RESIDENTS, STREET, World, ZHAOLIN, identity},
};

fn text<'j>(json: &'j Json, name: &str) -> &'j str {
    json[name].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_form_is_drafted_published_and_versioned() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let wrong = VISIT.replace("| integer | floor", "| integr | floor");
    let (status, refused) = street.upload("/api/forms", "a.md", wrong.as_bytes(), &[("area", STREET)]).await;
    assert_eq!((status, text(&refused, "code")), (422, "form.invalid"), "{refused}");
    let finding = &refused["findings"][0];
    assert_eq!((text(finding, "sheet"), finding["row"].as_u64()), ("survey", Some(7)), "{refused}");

    let (status, checked) = street.upload("/api/forms/check", "a.md", VISIT.as_bytes(), &[]).await;
    assert_eq!((status, &checked["ok"]), (200, &json!(true)), "{checked}");
    assert_eq!(street.get("/api/forms").await.1["items"], json!([]), "a check keeps nothing");

    let id = street.publish(VISIT).await;
    let (_, form) = street.get(&format!("/api/forms/{id}")).await;
    assert_eq!((text(&form, "state"), text(&form, "version")), ("open", "1"), "{form}");
    assert_eq!(form["entity_lists"], json!(["people/resident"]));
    let media = &form["published"]["media"][0];
    assert_eq!((text(media, "name"), text(media, "kind")), ("people_resident.csv", "entity_list"));

    let (status, again) = street.redraft(&id, VISIT).await;
    assert_eq!(status, 200, "{again}");
    let (status, used) = street.post(&format!("/api/forms/{id}/publish"), &json!({})).await;
    assert_eq!((status, text(&used, "code")), (409, "form.version_used"));
    let second = VISIT.replace("| visit | 1 |", "| visit | 2 |").replace("| 楼层 |", "| 几楼 |");
    let (_, drafted) = street.redraft(&id, &second.replace("| | image | photo | 照片 | | | |\n", "")).await;
    assert_eq!(text(&drafted, "draft_version"), "2", "{drafted}");
    let links = json!({ "links": { "/data/phone": "people/resident/phone" } });
    let (status, linked) = street.put(&format!("/api/forms/{id}/draft/links"), &links).await;
    assert_eq!((status, &linked["draft"]["questions"][4]["element_from"]), (200, &json!("studio")), "{linked}");
    let unknown = json!({ "links": { "/data/phone": "people/resident/nothing" } });
    assert_eq!(street.put(&format!("/api/forms/{id}/draft/links"), &unknown).await.0, 422);
    let (_, diff) = street.get(&format!("/api/forms/{id}/versions/draft/diff?from=1")).await;
    assert_eq!(text(&diff["removed"][0], "name"), "photo", "{diff}");
    assert_eq!(diff["changed"][0]["what"][0]["part"], "label", "{diff}");
    let (status, published) = street.post(&format!("/api/forms/{id}/publish"), &json!({})).await;
    assert_eq!((status, text(&published, "version")), (200, "2"), "{published}");
    let (_, versions) = street.get(&format!("/api/forms/{id}/versions")).await;
    let states: Vec<&str> = versions["items"].as_array().unwrap().iter().map(|one| text(one, "state")).collect();
    assert_eq!(states, ["published", "retired"]);

    let department = Studio::of(&world, "department").await;
    let (status, denied) = department.post(&format!("/api/forms/{id}/publish"), &json!({})).await;
    assert_eq!((status, text(&denied, "code")), (403, "auth.denied"));
}

#[tokio::test]
async fn a_form_that_lacks_a_file_is_not_published() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let form = "| survey |\n| | type | name | label |\n| | select_one_from_file streets.csv | street | 街道 |\n\
        | settings |\n| | form_id | version |\n| | streets | 1 |\n";
    let (_, made) = street.upload("/api/forms", "a.md", form.as_bytes(), &[("area", STREET)]).await;
    let id = text(&made, "id");
    assert!(!id.is_empty(), "{made}");
    let (status, refused) = street.post(&format!("/api/forms/{id}/publish"), &json!({})).await;
    assert_eq!((status, text(&refused["fields"][0], "field")), (422, "streets.csv"), "{refused}");
    let media = format!("/api/forms/{id}/draft/media");
    let (status, with) = street.upload(&media, "streets.csv", b"name,label\na,A\n", &[]).await;
    assert_eq!((status, &with["draft"]["media"][0]["present"]), (200, &json!(true)), "{with}");
    let (status, with) = street.upload_all(&media, &[("x.png", b"\x89PNG"), ("y.png", b"\x89PNG2")]).await;
    assert_eq!((status, with["draft"]["media"].as_array().unwrap().len()), (200, 3), "several at once: {with}");
    assert_eq!(street.upload_all(&media, &[]).await.0, 400);
    assert_eq!(street.post(&format!("/api/forms/{id}/publish"), &json!({})).await.0, 200);
    let (_, package) = street.get(&format!("/api/forms/{id}/versions/1/package")).await;
    let url = text(&package["attachments"][0], "url");
    let file = street.get_with(url, "accept", "*/*").await;
    let tag = file.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(file.text().await.unwrap(), "name,label\na,A\n");
    assert_eq!(street.get_with(url, "if-none-match", &tag).await.status(), 304);
}

#[tokio::test]
async fn a_list_that_is_packed_on_the_way_arrives_whole() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let form = street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    for at in 0..40 {
        let name = format!("王{}", ["桂兰", "建国", "秀英", "志强"][at % 4]);
        person.register(ZHAOLIN, json!({ "name": name, "employer": format!("第{at}车间") })).await;
    }
    let (_, package) = street.get(&format!("/api/forms/{form}/versions/1/package")).await;
    let url = text(&package["attachments"][0], "url");
    let plain = street.get_with(url, "accept", "*/*").await.bytes().await.unwrap();
    assert_eq!(plain.iter().filter(|&&byte| byte == b'\n').count(), 41);
    for packing in ["gzip", "br"] {
        let answer = street.get_with(url, "accept-encoding", packing).await;
        assert_eq!(answer.headers()["content-encoding"], packing);
        let packed = answer.bytes().await.unwrap_or_else(|broken| panic!("{packing}: {broken}"));
        assert!(packed.len() < plain.len(), "{packing}");
        if packing == "gzip" {
            let mut unpacked = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
            assert_eq!(unpacked, plain);
        }
    }
}

#[tokio::test]
async fn collect_finds_forms_and_takes_along_what_its_worker_may_see() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let values = json!({ "name": "王桂兰", "employer": "一, \"厂\"", "phone": "13812345678" });
    let mine = person.register(ZHAOLIN, values).await;
    world.signed_in("neighbour").await.register(ANGUANG, json!({ "name": "李四" })).await;

    let phone = community.phone(None).await;
    let (status, list) = phone.get("formList").await;
    assert_eq!(status, 200, "{list}");
    assert!(list.contains("<formID>visit</formID>") && list.contains("<hash>md5:"), "{list}");
    let address = |list: &str, name: &str| {
        let start = list.find(&format!("<{name}>")).unwrap() + name.len() + 2;
        list[start..start + list[start..].find('<').unwrap()].to_owned()
    };
    let (status, form) = phone.get(&address(&list, "downloadUrl")).await;
    assert!(status == 200 && form.contains("<h:title>走访</h:title>"), "{form}");
    let (_, manifest) = phone.get(&address(&list, "manifestUrl")).await;
    assert!(manifest.contains("<mediaFile type=\"entityList\"><filename>people_resident.csv</filename>"), "{manifest}");
    let url = address(&manifest, "downloadUrl");
    let response = phone.request(&url).send().await.unwrap();
    let tag = response.headers()["etag"].to_str().unwrap().to_owned();
    let csv = response.text().await.unwrap();
    let rows: Vec<&str> = csv.lines().collect();
    assert!(rows[0].starts_with("name,label,__version,"), "{csv}");
    assert_eq!(rows.len(), 2, "only the worker's own: {csv}");
    let id = text(&mine, "id");
    assert!(rows[1].starts_with(&format!("{id},王桂兰,1,")) && rows[1].contains("\"一, \"\"厂\"\"\""), "{csv}");
    assert!(!csv.contains("1381234") && !csv.contains("138****"), "sensitive values stay: {csv}");
    assert_eq!(phone.request(&url).header("if-none-match", &tag).send().await.unwrap().status(), 304);
    person.register(ZHAOLIN, json!({ "name": "赵六" })).await;
    assert_eq!(phone.request(&url).header("if-none-match", &tag).send().await.unwrap().status(), 200);
    let (_, later) = phone.get(&address(&list, "manifestUrl")).await;
    assert_ne!(address(&manifest, "hash"), address(&later, "hash"), "the list's hash follows the register");

    let integrity = address(&manifest, "integrityUrl");
    let (_, gone) = phone.get(&format!("{integrity}?id={id},00000000-0000-4000-8000-000000000000")).await;
    assert!(gone.contains(&format!("<entity id=\"{id}\"><deleted>false</deleted>")), "{gone}");
    assert!(gone.contains("000000000000\"><deleted>true</deleted>"), "{gone}");

    let head = phone.head().await;
    assert_eq!((head.status().as_u16(), &head.headers()["x-openrosa-version"]), (204, &"1.0".parse().unwrap()));
    let bare = reqwest::get(format!("{}/formList", phone.root)).await.unwrap();
    assert_eq!(bare.status(), 400, "without X-OpenRosa-Version");
    let stranger = Collect::at(format!("{}/openrosa/no-such-token", world.url));
    let (status, answer) = stranger.get("formList").await;
    assert!(status == 401 && answer.contains("<OpenRosaResponse"), "{status} {answer}");
    let neighbour_phone = Studio::of(&world, "neighbour").await.phone(None).await;
    let (_, theirs) = neighbour_phone.get(&url.replace(&phone.root, &neighbour_phone.root)).await;
    assert!(theirs.contains("李四") && !theirs.contains("王桂兰"), "{theirs}");
}

#[tokio::test]
async fn basic_and_digest_open_the_same_doors() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    let token = community.phone(None).await.root.rsplit('/').next().unwrap().to_owned();
    let collect = Collect::at(format!("{}/openrosa", world.url));
    let asked = collect.request("formList").send().await.unwrap();
    let challenges: Vec<String> =
        asked.headers().get_all("www-authenticate").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    assert_eq!((asked.status().as_u16(), challenges.len()), (401, 2), "{challenges:?}");
    for password in [PASSWORD, &token] {
        let basic = collect.request("formList").basic_auth("community", Some(password)).send().await.unwrap();
        assert_eq!(basic.status(), 200);
    }
    let wrong = collect.request("formList").basic_auth("community", Some("wrong")).send().await.unwrap();
    assert_eq!(wrong.status(), 401);
    let nonce = challenges[0].split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    let md5 = |text: String| linli_engine::collect::form::md5_of(text.as_bytes());
    let proof = |password: &str| {
        let secret = md5(format!("community:linli:{password}"));
        md5(format!("{secret}:{nonce}:00000001:c:auth:{}", md5("GET:/openrosa/formList".into())))
    };
    for (password, status) in [(token.as_str(), 200), ("wrong", 401)] {
        let answer = format!(
            "Digest username=\"community\", realm=\"linli\", nonce=\"{nonce}\", uri=\"/openrosa/formList\", qop=auth, \
             nc=00000001, cnonce=\"c\", response=\"{}\"",
            proof(password)
        );
        let sent = collect.request("formList").header("authorization", answer).send().await.unwrap();
        assert_eq!(sent.status(), status);
    }
}

#[tokio::test]
async fn an_answer_arrives_in_several_posts_and_counts_once() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    let form = street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let id = text(&person.register(ZHAOLIN, json!({ "name": "王桂兰" })).await, "id").to_owned();
    let phone = community.phone(None).await;
    let entity = format!("id=\"{id}\" update=\"1\" baseVersion=\"1\"");
    let answers = format!("<resident>{id}</resident><employer>一厂</employer><floor>300</floor><photo>1.jpg</photo>");
    let xml = visit("a", &entity, &answers);
    let (status, envelope) = phone.send(&xml, &[]).await;
    assert!(status == 201 && envelope.contains("<OpenRosaResponse"), "{status} {envelope}");
    let (_, record) = community.get(&format!("{RESIDENTS}/{id}")).await;
    assert_eq!(
        (text(&record["values"], "employer"), &record["version"]),
        ("一厂", &json!(2)),
        "applied before the answer"
    );
    assert_eq!(record["source"], json!({ "kind": "form", "reference": "uuid:a" }));

    assert_eq!(phone.send(&xml, &[("1.jpg", b"jpeg")]).await.0, 201, "the rest of its files");
    let (status, receipt) = community.send(&xml).await;
    assert_eq!((status, &receipt["missing_files"]), (201, &json!([])), "{receipt}");
    assert_eq!(text(&receipt["flags"][0], "kind"), "constraint_broken", "{receipt}");
    assert_eq!(receipt["entities"][0]["result"], "updated", "the first answer again");
    let (_, record) = community.get(&format!("{RESIDENTS}/{id}")).await;
    assert_eq!(record["version"], 2, "and nothing twice");

    let (status, refused) = community.send(&xml.replace("一厂", "二厂")).await;
    assert_eq!((status, text(&refused, "code")), (409, "submission.other_content"));
    let (status, _) = community.send(&xml.replace("id=\"visit\"", "id=\"nothing\"")).await;
    assert_eq!(status, 404);
    let (_, listed) = street.get("/api/forms").await;
    assert_eq!((&listed["items"][0]["responses"], text(&listed["items"][0], "id")), (&json!(1), form.as_str()));
}

#[tokio::test]
async fn a_closing_form_still_takes_answers_and_a_closed_one_says_so() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    let form = street.publish(VISIT).await;
    let phone = community.phone(None).await;
    let state = format!("/api/forms/{form}/state");
    assert_eq!(street.post(&state, &json!({ "state": "closing" })).await.0, 200);
    assert!(!phone.get("formList").await.1.contains("visit"), "not handed out any more");
    assert_eq!(phone.send(&visit("a", "", ""), &[]).await.0, 201);
    assert_eq!(street.post(&state, &json!({ "state": "closed" })).await.0, 200);
    let (status, told) = phone.send(&visit("b", "", ""), &[]).await;
    assert!(status == 403 && told.contains("已关闭"), "{status} {told}");
    let (status, newer) = community.send(&visit("c", "", "")).await;
    assert_eq!((status, text(&newer, "code")), (403, "form.closed"));
    street.post(&state, &json!({ "state": "open" })).await;
    let newer = visit("d", "", "").replace("version=\"1\"", "version=\"9\"");
    let (status, receipt) = community.send(&newer).await;
    assert_eq!(status, 201, "an answer to a version nobody knows is kept: {receipt}");
    assert_eq!(text(&receipt["flags"][0], "kind"), "wrong_version", "{receipt}");
}

#[tokio::test]
async fn a_test_of_a_draft_is_apart_and_changes_nothing() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let (_, made) = street.upload("/api/forms", "form.md", VISIT.as_bytes(), &[("area", STREET)]).await;
    let phone = street.phone(Some(text(&made, "id"))).await;
    assert!(phone.get("formList").await.1.contains("<formID>visit</formID>"));
    let person = world.signed_in("street").await;
    let id = text(&person.register(ZHAOLIN, json!({ "name": "王桂兰" })).await, "id").to_owned();
    let xml = visit("a", &format!("id=\"{id}\" update=\"1\" baseVersion=\"1\""), "<employer>一厂</employer>");
    assert_eq!(phone.send(&xml, &[]).await.0, 201);
    assert_eq!(street.get(&format!("{RESIDENTS}/{id}")).await.1["version"], 1);
    assert_eq!(street.send(&xml).await.0, 404, "not published");
}

#[tokio::test]
async fn what_may_not_be_changed_is_flagged_and_the_rest_is_applied() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    let theirs =
        world.signed_in("neighbour").await.register(ANGUANG, json!({ "name": "李四", "employer": "老厂" })).await;
    let id = text(&theirs, "id");
    let (status, receipt) = community
        .send(&visit("a", &format!("id=\"{id}\" update=\"1\" baseVersion=\"1\""), "<employer>新厂</employer>"))
        .await;
    assert_eq!((status, &receipt["entities"][0]["result"]), (201, &json!("refused")), "{receipt}");
    assert!(!receipt.to_string().contains("李四"), "what is out of reach is not named: {receipt}");
    let (_, record) = Studio::of(&world, "neighbour").await.get(&format!("{RESIDENTS}/{id}")).await;
    assert_eq!((&record["version"], text(&record["values"], "employer")), (&json!(1), "老厂"));

    let own =
        world.signed_in("community").await.register(ZHAOLIN, json!({ "name": "王桂兰", "phone": "13812345678" })).await;
    let id = text(&own, "id");
    let answers = "<employer>新厂</employer><moved_in>1700-01-01</moved_in><phone></phone>";
    let (_, receipt) =
        community.send(&visit("b", &format!("id=\"{id}\" update=\"1\" baseVersion=\"1\""), answers)).await;
    assert_eq!(receipt["entities"][0]["result"], "updated", "{receipt}");
    assert!(receipt["flags"].to_string().contains("entity_field"), "{receipt}");
    let (_, record) = community.get(&format!("{RESIDENTS}/{id}")).await;
    assert_eq!((text(&record["values"], "employer"), &record["values"]["moved_in"]), ("新厂", &Json::Null));
    assert_eq!(text(&record["masked"], "phone"), "138****5678", "a blank sensitive answer forgets nothing");
}

#[tokio::test]
async fn a_household_and_its_members_come_in_one_answer() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(NEWCOMERS).await;
    let known = identity("19800101", 1);
    let person = world.signed_in("community").await;
    let old = person.register(ZHAOLIN, json!({ "name": "张三", "identity_number": known })).await;
    let household = "6f1c2f1e-0000-4000-8000-000000000001";
    let members = [
        ("6f1c2f1e-0000-4000-8000-000000000002".to_owned(), "张三".to_owned(), known),
        ("6f1c2f1e-0000-4000-8000-000000000003".to_owned(), "李梅".to_owned(), identity("19820202", 2)),
    ];
    let (status, receipt) = community.send(&newcomers("n", household, "张三", &members)).await;
    assert_eq!(status, 201, "{receipt}");
    let results: Vec<&str> = receipt["entities"].as_array().unwrap().iter().map(|one| text(one, "result")).collect();
    assert_eq!(results, ["created", "updated", "created"], "{receipt}");
    assert_eq!(receipt["entities"][1]["record"]["id"], old["id"], "the same identity is the same person");
    let (_, members) = community.get(&format!("/api/records/people/household/{household}/related/members")).await;
    assert_eq!(members["items"].as_array().unwrap().len(), 2, "{members}");
    let (_, wife) = community.get(&format!("{RESIDENTS}/6f1c2f1e-0000-4000-8000-000000000003")).await;
    assert_eq!(text(&wife["values"], "birth_date"), "1982-02-02", "the register's own rules hold");
    assert_eq!(text(&wife["area"], "code"), ZHAOLIN);
}

#[tokio::test]
async fn a_correction_takes_the_place_of_its_answer_once() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let id = text(&person.register(ZHAOLIN, json!({ "name": "王桂兰" })).await, "id").to_owned();
    let entity = format!("id=\"{id}\" update=\"1\" baseVersion=\"1\"");
    let first = visit("a", &entity, "<employer>一厂</employer><origin>北京</origin>");
    assert_eq!(community.send(&first).await.0, 201);
    person
        .patch(&format!("{RESIDENTS}/{id}"), json!({ "values": { "origin": "上海" } }))
        .header("if-match", "\"2\"")
        .expect(200)
        .await;
    let correct = |instance: &str| {
        let xml = visit(instance, &entity, "<employer>二厂</employer><origin>北京</origin>");
        xml.replace("</instanceID>", "</instanceID><deprecatedID>uuid:a</deprecatedID>")
    };
    let (status, receipt) = community.send(&correct("b")).await;
    assert_eq!(status, 201, "{receipt}");
    let (_, record) = community.get(&format!("{RESIDENTS}/{id}")).await;
    let held = (text(&record["values"], "employer"), text(&record["values"], "origin"));
    assert_eq!(held, ("二厂", "上海"), "only what the correction changes");
    let (status, refused) = community.send(&correct("c")).await;
    assert_eq!((status, text(&refused, "code")), (409, "submission.replaced"));
    let (_, again) = community.send(&first).await;
    assert_eq!(text(&again, "state"), "replaced");
}

#[tokio::test]
async fn offline_updates_that_arrive_in_the_wrong_order_end_up_right() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let id = text(&person.register(ZHAOLIN, json!({ "name": "王桂兰" })).await, "id").to_owned();
    let update = |instance: &str, base: u8, employer: &str| {
        let entity = format!("id=\"{id}\" update=\"1\" baseVersion=\"{base}\" trunkVersion=\"1\" branchId=\"b\"");
        visit(instance, &entity, &format!("<employer>{employer}</employer>"))
    };
    for (instance, base, employer) in [("3", 3, "三厂"), ("2", 2, "二厂")] {
        let (_, receipt) = community.send(&update(instance, base, employer)).await;
        assert_eq!(receipt["entities"][0]["result"], "held", "{receipt}");
    }
    let (_, receipt) = community.send(&update("1", 1, "一厂")).await;
    assert_eq!(receipt["entities"][0]["result"], "updated", "{receipt}");
    let (_, record) = community.get(&format!("{RESIDENTS}/{id}")).await;
    assert_eq!((text(&record["values"], "employer"), &record["version"]), ("三厂", &json!(4)));
    let (_, last) = community.send(&update("3", 3, "三厂")).await;
    assert_eq!(last["entities"][0]["result"], "updated", "it says what became of it: {last}");
    assert_eq!(community.get("/api/collect/conflicts?state=open").await.1["items"], json!([]));
}

#[tokio::test]
async fn an_update_whose_forerunner_never_comes_is_applied_after_five_days() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let id = text(&person.register(ZHAOLIN, json!({ "name": "王桂兰" })).await, "id").to_owned();
    let entity = format!("id=\"{id}\" update=\"1\" baseVersion=\"5\" trunkVersion=\"1\" branchId=\"b\"");
    community.send(&visit("5", &entity, "<employer>五厂</employer>")).await;
    let run = |seconds: i64| {
        world.clock.advance(seconds);
        let engine = world.engine.clone();
        async move {
            let ran =
                tokio::task::spawn_blocking(move || linli_engine::collect::receive::overdue_job(&engine, &Json::Null));
            ran.await.unwrap().unwrap();
        }
    };
    run(4 * 86_400).await;
    let version = |record: (u16, Json)| record.1["version"].clone();
    let community = Studio::of(&world, "community").await;
    assert_eq!(version(community.get(&format!("{RESIDENTS}/{id}")).await), 1);
    run(2 * 86_400).await;
    let community = Studio::of(&world, "community").await;
    assert_eq!(version(community.get(&format!("{RESIDENTS}/{id}")).await), 2);
}

#[tokio::test]
async fn two_changes_of_one_field_wait_for_somebody_to_decide() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let id = text(&person.register(ZHAOLIN, json!({ "name": "王桂兰", "employer": "旧厂" })).await, "id").to_owned();
    let entity = format!("id=\"{id}\" update=\"1\" baseVersion=\"1\"");
    let (_, first) = community.send(&visit("a", &entity, "<employer>一厂</employer><origin></origin>")).await;
    assert_eq!(first["entities"][0]["result"], "updated", "{first}");
    let (_, merged) = community.send(&visit("b", &entity, "<employer>旧厂</employer><origin>北京</origin>")).await;
    assert_eq!(merged["entities"][0]["result"], "updated", "another field is merged: {merged}");
    let (_, clash) = community.send(&visit("c", &entity, "<employer>二厂</employer><origin></origin>")).await;
    assert_eq!(clash["entities"][0]["result"], "conflict", "{clash}");
    let (_, record) = community.get(&format!("{RESIDENTS}/{id}")).await;
    assert_eq!((text(&record["values"], "employer"), text(&record["values"], "origin")), ("一厂", "北京"));

    let (_, queue) = community.get("/api/collect/conflicts?state=open").await;
    let conflict = &queue["items"][0];
    assert_eq!(queue["items"].as_array().unwrap().len(), 1, "{queue}");
    let field = &conflict["fields"][0];
    let sides = (text(field, "base"), text(field, "current"), text(field, "submitted"));
    assert_eq!(sides, ("旧厂", "一厂", "二厂"), "{conflict}");
    let place = format!("/api/collect/conflicts/{}", text(conflict, "id"));
    assert_eq!(Studio::of(&world, "neighbour").await.post(&place, &json!({ "fields": {} })).await.0, 404);
    let (status, undecided) = community.post(&place, &json!({ "fields": {} })).await;
    assert_eq!((status, text(&undecided, "code")), (422, "conflict.undecided"));
    let decide = json!({ "fields": { "employer": "submitted" } });
    let (status, resolved) = community.post(&place, &decide).await;
    assert_eq!((status, text(&resolved, "state")), (200, "resolved"), "{resolved}");
    let (_, record) = community.get(&format!("{RESIDENTS}/{id}")).await;
    assert_eq!(text(&record["values"], "employer"), "二厂");
    assert_eq!(community.post(&place, &decide).await.0, 409, "decided once");
}

#[tokio::test]
async fn the_same_queue_from_two_tabs_counts_once() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    let form = street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let id = text(&person.register(ZHAOLIN, json!({ "name": "王桂兰" })).await, "id").to_owned();
    let queue: Vec<String> = (0..10)
        .map(|n| visit(&n.to_string(), &format!("id=\"{id}\" update=\"1\""), &format!("<employer>{n}厂</employer>")))
        .collect();
    let (one, two) = (community.phone(None).await, community.phone(None).await);
    let send = |phone: Collect, queue: Vec<String>| async move {
        for xml in queue {
            assert_eq!(phone.send(&xml, &[]).await.0, 201);
        }
    };
    tokio::join!(send(one, queue.clone()), send(two, queue));
    let (_, listed) = street.get(&format!("/api/forms/{form}")).await;
    assert_eq!(listed["responses"], 10);
    assert_eq!(community.get(&format!("{RESIDENTS}/{id}")).await.1["version"], 11);
}

#[tokio::test]
async fn hostile_and_huge_answers_are_told_or_taken() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    street.publish(VISIT).await;
    street.publish(NEWCOMERS).await;
    let deep = format!("<data id=\"visit\">{}{}</data>", "<a>".repeat(5_000), "</a>".repeat(5_000));
    let laughs = "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><data id=\"visit\">&b;</data>";
    for xml in [laughs, deep.as_str(), "<data id=\"visit\">", "no xml", ""] {
        let (status, refused) = community.send(xml).await;
        assert_eq!((status, text(&refused, "code")), (400, "submission.xml"), "{refused}");
    }
    let (status, refused) = community.send("<data id=\"visit\" version=\"1\"/>").await;
    assert_eq!((status, text(&refused, "code")), (422, "submission.instance_id"));
    let members: Vec<(String, String, String)> = (0..10_000)
        .map(|n| (format!("6f1c2f1e-0001-4000-8000-{n:012}"), "王".to_owned() + "小明", String::new()))
        .collect();
    let xml = newcomers("big", "6f1c2f1e-0000-4000-8000-000000000009", "王大", &members);
    let (status, receipt) = community.send(&xml).await;
    assert_eq!((status, receipt["entities"].as_array().map(Vec::len)), (201, Some(10_001)), "{status}");
    let (_, count) = community.get(&format!("{RESIDENTS}/count?area={ZHAOLIN}")).await;
    assert_eq!(count["count"], 10_000);
}
