//! Answers as people work with them: listed, looked at, reviewed, corrected, summed up, taken out.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value as Json, json};

use crate::{
    collect_kit::{Studio, VISIT, visit},
    world::{World, ZHAOLIN, at},
};

/// A questionnaire with something of everything.
pub const SURVEY: &str = "\
| survey |
| | type | name | label | constraint | constraint_message | linli::element | linli::reason |
| | text | who | 姓名 | | | | |
| | text | phone | 联系电话 | | | people/resident/phone | 电话常有变化 |
| | select_multiple wish | wishes | 愿望 | | | | |
| | integer | age | 年龄 | . < 120 | 年龄太大 | | |
| | date | day | 日期 | | | | |
| | geopoint | spot | 位置 | | | | |
| | image | photo | 照片 | | | | |
| | begin_repeat | pet | 宠物 | | | | |
| | text | pet_name | 名字 | | | | |
| | end_repeat | pet | | | | | |
| choices |
| | list_name | name | label |
| | wish | lifts | 电梯 |
| | wish | parking | 停车 |
| settings |
| | form_title | form_id | version |
| | 居民意见 | survey | 1 |
";

/// An answer to [`SURVEY`].
pub fn survey(instance: &str, who: &str, age: u32) -> String {
    format!(
        "<data id=\"survey\" version=\"1\"><who>{who}</who><phone>13812345678</phone><wishes>lifts parking</wishes>\
         <age>{age}</age><day>2026-11-0{}</day><spot>45.75 126.65 0 5</spot><photo>a.jpg</photo>\
         <pet><pet_name>小白</pet_name></pet><pet><pet_name>小黑</pet_name></pet>\
         <meta><instanceID>uuid:{instance}</instanceID><instanceName>{who} 13812345678</instanceName></meta></data>",
        1 + age % 9
    )
}

/// A published [`SURVEY`] with three answers of one community, the last with its photo, and one of its neighbour.
async fn answered(world: &World) -> (Studio, String) {
    let street = Studio::of(world, "street").await;
    let form = street.publish(SURVEY).await;
    let community = Studio::of(world, "community").await;
    for (instance, who, age) in [("a", "王桂兰", 30), ("b", "李四", 130)] {
        assert_eq!(community.send(&survey(instance, who, age)).await.0, 201);
    }
    let phone = community.phone(None).await;
    assert_eq!(phone.send(&survey("c", "赵六", 50), &[("a.jpg", b"\xff\xd8photo")]).await.0, 201);
    assert_eq!(Studio::of(world, "neighbour").await.send(&survey("d", "邻居", 40)).await.0, 201);
    (community, form)
}

fn names(page: &Json) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|row| row["values"]["/data/who"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_shows_labels_and_masks_and_stays_within_ones_area() {
    let world = World::start().await;
    let (community, form) = answered(&world).await;
    let path = format!("/api/forms/{form}/responses");
    let (status, page) = community.get(&path).await;
    assert_eq!((status, names(&page)), (200, vec!["赵六", "李四", "王桂兰"]), "{page}");
    let row = &page["items"][0];
    assert_eq!(row["values"]["/data/wishes"], "电梯、停车", "{row}");
    assert_eq!(row["values"]["/data/phone"], "138****5678");
    assert_eq!(row["title"], "赵六 138****5678", "the name an answer gives itself keeps no secret");
    assert_eq!(row["values"]["/data/pet/pet_name"], "小白; 小黑");
    assert!(!page.to_string().contains("13812345678"), "{page}");
    let columns: Vec<&str> =
        page["columns"].as_array().unwrap().iter().map(|column| column["path"].as_str().unwrap()).collect();
    assert_eq!((columns.len(), columns[0], columns[7]), (8, "/data/who", "/data/pet/pet_name"));

    let (_, flagged) = community.get(&format!("{path}?flagged=true")).await;
    assert_eq!(names(&flagged), ["李四"]);
    for (query, found) in [
        ("q=王", 1),
        ("q=停车", 3),
        ("q=13812345678", 3),
        ("q=1381234", 0),
        ("from=2026-11-23&to=2026-11-23", 3),
        ("to=2026-11-22", 0),
        ("state=accepted", 0),
    ] {
        let (_, page) = community.get(&format!("{path}?{query}")).await;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(found), "{query}: {page}");
    }
    let (_, first) = community.get(&format!("{path}?limit=2")).await;
    let (_, second) = community.get(&format!("{path}?limit=2&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!((names(&first), names(&second), &second["next"]), (vec!["赵六", "李四"], vec!["王桂兰"], &Json::Null));
    assert_eq!(community.get(&format!("{path}?after=nonsense")).await.0, 422);
    assert_eq!(community.get(&format!("{path}?area=230102001002")).await.0, 404, "the neighbour's area");

    let neighbour = Studio::of(&world, "neighbour").await;
    assert_eq!(names(&neighbour.get(&path).await.1), ["邻居"]);
    assert_eq!(neighbour.get("/api/responses/uuid:a").await.0, 404);
    assert_eq!(neighbour.get("/api/responses/uuid:c/files/a.jpg").await.0, 404);
    let street = Studio::of(&world, "street").await;
    assert_eq!(names(&street.get(&path).await.1).len(), 4);
}

#[tokio::test]
async fn an_answer_is_a_tree_with_its_flags_and_files() {
    let world = World::start().await;
    let (community, _) = answered(&world).await;
    let (status, answer) = community.get("/api/responses/uuid:b").await;
    assert_eq!(status, 200, "{answer}");
    let nodes = answer["answers"].as_array().unwrap();
    let node = |path: &str| nodes.iter().find(|node| node["path"] == path).unwrap();
    assert_eq!(node("/data/age")["flags"][0]["kind"], "constraint_broken", "{answer}");
    assert_eq!(
        (&node("/data/wishes")["value"], &node("/data/wishes")["shown"]),
        (&json!("lifts parking"), &json!("电梯、停车"))
    );
    let choice = &node("/data/wishes")["choices"][1];
    assert_eq!(
        (&choice["value"], &choice["label"]["default"]),
        (&json!("parking"), &json!("停车")),
        "to correct it by"
    );
    assert_eq!(node("/data/who")["choices"], Json::Null);
    assert_eq!((&node("/data/phone")["value"], &node("/data/phone")["masked"]), (&json!("138****5678"), &json!(true)));
    assert_eq!(node("/data/pet[2]")["kind"], "repeat");
    assert_eq!(node("/data/pet[2]")["children"][0]["path"], "/data/pet[2]/pet_name");
    assert_eq!((&answer["files"][0]["name"], &answer["files"][0]["present"]), (&json!("a.jpg"), &json!(false)));
    assert_eq!(answer["form"]["title"], "居民意见");

    let (_, with) = community.get("/api/responses/uuid:c").await;
    let url = with["files"][0]["url"].as_str().unwrap();
    let file = community.get_with(url, "accept", "*/*").await;
    // Collect's photo came without a media type that could be trusted: nothing is shown inline that is no picture.
    assert_eq!(file.headers()["content-type"], "application/octet-stream");
    assert!(file.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(&file.bytes().await.unwrap()[..], b"\xff\xd8photo");
    assert_eq!(community.get("/api/responses/uuid:c/files/b.jpg").await.0, 404);
}

#[tokio::test]
async fn an_answer_is_returned_corrected_and_accepted_and_its_history_tells() {
    let world = World::start().await;
    let (community, form) = answered(&world).await;
    let review = "/api/responses/uuid:b/review";
    let (status, refused) = community.post(review, &json!({ "state": "returned", "note": " " })).await;
    assert_eq!((status, refused["fields"][0]["field"].as_str()), (422, Some("note")), "{refused}");
    let (status, returned) = community.post(review, &json!({ "state": "returned", "note": "年龄请核对" })).await;
    assert_eq!((status, &returned["state"], &returned["note"]), (200, &json!("returned"), &json!("年龄请核对")));

    let correct = "/api/responses/uuid:b/answers";
    let wrong = json!({ "changes": { "/data/nothing": "1", "/data/meta/instanceID": "x" }, "note": "改" });
    let (status, refused) = community.put(correct, &wrong).await;
    assert_eq!((status, refused["fields"].as_array().map(Vec::len)), (422, Some(2)), "{refused}");
    let changes = json!({ "/data/age": "31", "/data/phone": "138****5678", "/data/pet[2]/pet_name": "小花" });
    let (status, corrected) = community.put(correct, &json!({ "changes": changes, "note": "电话核实" })).await;
    assert_eq!(status, 200, "{corrected}");
    let id = corrected["instance_id"].as_str().unwrap();
    assert_eq!((&corrected["replaces"], &corrected["flags"]), (&json!("uuid:b"), &json!(0)), "{corrected}");
    assert_eq!(corrected["values"]["/data/pet/pet_name"], "小白; 小花");
    let (_, found) = community.get(&format!("/api/forms/{form}/responses?q=13812345678")).await;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(3), "a mask sent back changes nothing: {found}");
    let (_, old) = community.get("/api/responses/uuid:b").await;
    assert_eq!((&old["state"], &old["replaced_by"]), (&json!("replaced"), &json!(id)));
    assert_eq!(community.put(correct, &json!({ "changes": { "/data/age": "32" }, "note": "再改" })).await.0, 409);
    assert_eq!(community.post(review, &json!({ "state": "accepted" })).await.0, 409);

    let (status, accepted) =
        community.post(&format!("/api/responses/{id}/review"), &json!({ "state": "accepted" })).await;
    assert_eq!(status, 200, "{accepted}");
    let changes: Vec<&str> =
        accepted["history"].as_array().unwrap().iter().map(|item| item["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["received", "returned", "edited", "accepted"], "{accepted}");
    assert_eq!(accepted["history"][2]["note"], "电话核实");
    let (_, view) = community.get(&format!("/api/forms/{form}")).await;
    assert_eq!((&view["responses"], &view["to_review"]), (&json!(3), &json!(2)), "{view}");
    let audit = Studio::of(&world, "street").await.get("/api/audit?subject=responses").await.1;
    let actions: Vec<&str> =
        audit["items"].as_array().unwrap().iter().filter_map(|one| one["action"].as_str()).collect();
    assert_eq!(actions, ["review", "edit", "review"], "{audit}");

    let department = Studio::of(&world, "department").await;
    assert_eq!(department.post(&format!("/api/responses/{id}/review"), &json!({ "state": "accepted" })).await.0, 403);
    let neighbour = Studio::of(&world, "neighbour").await;
    assert_eq!(
        neighbour
            .put("/api/responses/uuid:a/answers", &json!({ "changes": { "/data/age": "1" }, "note": "x" }))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_correction_keeps_the_files_and_reaches_the_register_even_when_the_form_is_closed() {
    let world = World::start().await;
    let (street, community) = (Studio::of(&world, "street").await, Studio::of(&world, "community").await);
    let form = street.publish(VISIT).await;
    let person = world.signed_in("community").await;
    let resident = person.register(ZHAOLIN, json!({ "name": "王桂兰", "employer": "一厂" })).await;
    let id = resident["id"].as_str().unwrap();
    let answers = format!("<resident>{id}</resident><employer>二厂</employer><photo>p.jpg</photo>");
    let entity = format!("id=\"{id}\" update=\"1\" baseVersion=\"1\"");
    let phone = community.phone(None).await;
    assert_eq!(phone.send(&visit("v1", &entity, &answers), &[("p.jpg", b"photo")]).await.0, 201);
    assert_eq!(person.get(&at(&resident)).expect(200).await["values"]["employer"], "二厂");
    assert_eq!(street.post(&format!("/api/forms/{form}/state"), &json!({ "state": "closed" })).await.0, 200);

    let body = json!({ "changes": { "/data/employer": "三厂", "/data/floor": "3" }, "note": "写错了" });
    let (status, corrected) = community.put("/api/responses/uuid:v1/answers", &body).await;
    assert_eq!(status, 200, "{corrected}");
    assert_eq!(corrected["entities"][0]["result"], "updated", "{corrected}");
    assert_eq!((&corrected["files"][0]["name"], &corrected["files"][0]["present"]), (&json!("p.jpg"), &json!(true)));
    assert_eq!(corrected["values"]["/data/floor"], "3", "what the phone left out can be answered: {corrected}");
    assert_eq!(person.get(&at(&resident)).expect(200).await["values"]["employer"], "三厂");
}

#[tokio::test]
async fn a_summary_counts_every_question_once() {
    let world = World::start().await;
    let (community, form) = answered(&world).await;
    let (status, summary) = community.get(&format!("/api/forms/{form}/summary")).await;
    assert_eq!((status, &summary["responses"]), (200, &json!(3)), "{summary}");
    let questions = summary["questions"].as_array().unwrap();
    let question = |path: &str| questions.iter().find(|one| one["path"] == path).unwrap();
    let wishes = question("/data/wishes");
    assert_eq!((&wishes["kind"], &wishes["choices"][0]["count"]), (&json!("choices"), &json!(3)));
    assert_eq!(wishes["choices"][0]["label"]["default"], "电梯");
    let age = &question("/data/age")["numbers"];
    assert_eq!(
        (&age["min"], &age["max"], &age["mean"], &age["median"]),
        (&json!(30.0), &json!(130.0), &json!(70.0), &json!(50.0))
    );
    assert_eq!(question("/data/day")["choices"][0]["value"], "2026-11");
    assert_eq!(question("/data/spot")["samples"], json!(["45.75 126.65"]));
    assert_eq!(question("/data/photo")["kind"], "file");
    assert_eq!(question("/data/pet/pet_name")["answered"], 6);
    assert_eq!((&question("/data/phone")["masked"], &question("/data/phone")["samples"]), (&json!(true), &json!([])));
    assert!(!summary.to_string().contains("138"), "{summary}");
    let (_, one) = community.get(&format!("/api/forms/{form}/summary?flagged=true")).await;
    assert_eq!(one["responses"], 1);
}

async fn export(who: &Studio, form: &str, format: &str) -> (String, Vec<u8>) {
    let sent = who.get_with(&format!("/api/forms/{form}/export?format={format}"), "accept", "*/*").await;
    assert_eq!(sent.status(), 200, "{format}");
    let kind = sent.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, sent.bytes().await.unwrap().to_vec())
}

fn archive(bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut files = Vec::new();
    for name in names {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        files.push((name, bytes));
    }
    files
}

#[tokio::test]
async fn an_export_reads_back_with_its_repeats_masked_and_audited() {
    let world = World::start().await;
    let (community, form) = answered(&world).await;
    let (_, bytes) = export(&community, &form, "xlsx").await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["答卷", "宠物"]);
    let sheet = book.worksheet_range("答卷").unwrap();
    let row = |number: usize| sheet.rows().nth(number).unwrap().to_vec();
    assert!(row(0)[0].to_string().contains("测试community"), "{:?}", row(0));
    let head: Vec<String> = row(1).iter().map(ToString::to_string).collect();
    assert_eq!(&head[7..11], ["姓名", "联系电话", "愿望", "年龄"]);
    assert_eq!(
        (sheet.height(), row(2)[7].to_string(), row(2)[8].to_string()),
        (5, "赵六".into(), "138****5678".into())
    );
    assert_eq!((row(2)[9].to_string(), &row(2)[10]), ("电梯、停车".into(), &Data::Float(50.0)));
    let pets = book.worksheet_range("宠物").unwrap();
    assert_eq!((pets.height(), pets.rows().nth(3).unwrap()[2].to_string()), (8, "小黑".into()));

    let (kind, bytes) = export(&community, &form, "csv").await;
    assert_eq!(kind, "application/zip");
    let files = archive(bytes);
    let text = |files: &[(String, Vec<u8>)], name: &str| {
        String::from_utf8(files.iter().find(|file| file.0 == name).unwrap().1.clone()).unwrap()
    };
    assert_eq!(text(&files, "答卷.csv").lines().count(), 5);
    assert!(text(&files, "宠物.csv").contains("uuid:a,2,小黑"), "{}", text(&files, "宠物.csv"));

    let (_, bytes) = export(&community, &form, "zip").await;
    let files = archive(bytes);
    let photo = files.iter().find(|file| file.0.starts_with("media/")).unwrap();
    assert_eq!((photo.0.as_str(), &photo.1[..]), ("media/uuid_c/a.jpg", &b"\xff\xd8photo"[..]));

    let (kind, bytes) = export(&community, &form, "geojson").await;
    let places: Json = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((kind.as_str(), places["features"].as_array().map(Vec::len)), ("application/geo+json", Some(3)));
    assert_eq!(places["features"][0]["geometry"], json!({ "type": "Point", "coordinates": [126.65, 45.75] }));
    assert_eq!(places["features"][0]["properties"]["phone"], "138****5678");

    let audit = Studio::of(&world, "street").await.get("/api/audit?subject=responses&action=export").await.1;
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(4), "{audit}");
    world.account("worker", "network/grid", ZHAOLIN).await;
    let worker = Studio::of(&world, "worker").await;
    assert_eq!(worker.get(&format!("/api/forms/{form}/export")).await.0, 403);
    assert_eq!(community.get(&format!("/api/forms/{form}/export?format=pdf")).await.0, 422);
}
