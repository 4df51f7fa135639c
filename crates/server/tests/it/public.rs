//! Questionnaires without an account: links, tokens, quotas, drafts, and what strangers may not do.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use linli_engine::Config;
use reqwest::{
    Response,
    multipart::{Form, Part},
};
use serde_json::{Value as Json, json};

use crate::{
    collect_kit::{NEWCOMERS, Studio, VISIT, newcomers},
    world::{RESIDENTS, STREET, World, ZHAOLIN, identity},
};

const OPINION: &str = "\
| survey |
| | type | name | label | linli::element | linli::reason |
| | select_one grade | overall | 总体满意吗? | | |
| | text | phone | 联系电话 | people/resident/phone | 便于回访 |
| choices |
| | list_name | name | label |
| | grade | 5 | 满意 |
| | grade | 1 | 不满意 |
| settings |
| | form_title | form_id | version |
| | 满意度 | opinion | 1 |
";

fn opinion(instance: &str, grade: u8) -> String {
    format!(
        "<data id=\"opinion\" version=\"1\"><overall>{grade}</overall><phone>13812345678</phone>\
         <meta><instanceID>uuid:{instance}</instanceID></meta></data>"
    )
}

/// Somebody without an account.
#[derive(Clone)]
struct Stranger {
    client: reqwest::Client,
    url: String,
}

impl Stranger {
    fn of(world: &World) -> Self {
        Self { client: reqwest::Client::new(), url: world.url.clone() }
    }

    async fn open(&self, token: &str, query: &str) -> (u16, Json) {
        read(self.client.get(format!("{}/api/public/{token}{query}", self.url)).send().await.unwrap()).await
    }

    async fn save(&self, token: &str, body: &Json) -> (u16, Json) {
        let url = format!("{}/api/public/{token}/draft", self.url);
        read(self.client.put(url).header("x-linli", "1").json(body).send().await.unwrap()).await
    }

    async fn send(&self, token: &str, xml: &str, resume: Option<&str>) -> (u16, Json) {
        let mut form = Form::new().part("xml_submission_file", Part::bytes(xml.as_bytes().to_vec()).file_name("a.xml"));
        if let Some(code) = resume {
            form = form.text("resume", code.to_owned());
        }
        let url = format!("{}/api/public/{token}/submissions", self.url);
        read(self.client.post(url).header("x-linli", "1").multipart(form).send().await.unwrap()).await
    }
}

async fn read(response: Response) -> (u16, Json) {
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Json::Null))
}

fn token(link: &Json) -> String {
    link["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// Tokens of one-time links, as the list for mailings has them.
async fn tokens(street: &Studio, link: &Json) -> Vec<String> {
    let path = format!("/api/links/{}/sheet?format=xlsx", link["id"].as_str().unwrap());
    let bytes = street.get_with(&path, "accept", "*/*").await.bytes().await.unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().skip(2).map(|row| row[1].to_string().rsplit('/').next().unwrap().to_owned()).collect()
}

async fn link(street: &Studio, form: &str, body: Json) -> Json {
    let (status, made) = street.post(&format!("/api/forms/{form}/links"), &body).await;
    assert_eq!(status, 201, "{made}");
    made
}

async fn responses(street: &Studio, form: &str) -> Vec<Json> {
    street.get(&format!("/api/forms/{form}/responses")).await.1["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_questionnaire_is_opened_begun_continued_and_sent_without_an_account() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let form = street.publish(OPINION).await;
    let made = link(&street, &form, json!({ "kind": "open", "title": "六月调查", "area": ZHAOLIN })).await;
    assert_eq!((&made["state"], &made["area"]["code"]), (&json!("open"), &json!(ZHAOLIN)), "{made}");
    assert!(made["qr_svg"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    let (stranger, token) = (Stranger::of(&world), token(&made));

    let (status, view) = stranger.open(&token, "").await;
    assert_eq!((status, &view["title"], &view["about"]), (200, &json!("满意度"), &json!("六月调查")), "{view}");
    assert!(view["form"]["xform"].as_str().unwrap().contains("<h:title>满意度</h:title>"));
    let questions = view["form"]["questions"].as_array().unwrap();
    assert!(
        questions.len() == 2 && questions.iter().all(|one| one["element"].is_null()),
        "what it is for stays inside"
    );

    let begun = opinion("p1", 5);
    let (status, saved) = stranger.save(&token, &json!({ "instance": begun })).await;
    let code = saved["resume"].as_str().unwrap().to_owned();
    assert_eq!((status, code.len()), (200, 14), "{saved}");
    let (_, again) = stranger.save(&token, &json!({ "instance": opinion("p1", 1), "resume": code })).await;
    assert_eq!(again["resume"], code.as_str(), "the same code goes on");
    let (_, view) = stranger.open(&token, &format!("?resume={}", code.to_lowercase())).await;
    assert_eq!(view["draft"]["instance"], opinion("p1", 1), "{view}");
    assert_eq!(stranger.open(&token, "?resume=0000-0000-0000").await.1["draft"], Json::Null);
    let foreign = json!({ "instance": "<data id=\"other\"/>" });
    assert_eq!(stranger.save(&token, &foreign).await.0, 422);

    let (status, thanks) = stranger.send(&token, &opinion("p1", 1), Some(&code)).await;
    assert_eq!(status, 201, "{thanks}");
    assert_eq!(stranger.open(&token, &format!("?resume={code}")).await.1["draft"], Json::Null, "sent is sent");
    assert_eq!(stranger.send(&token, &opinion("p1", 1), None).await, (201, thanks), "the same again is answered alike");
    assert_eq!(stranger.send(&token, &opinion("p1", 5), None).await.1["code"], "submission.other_content");

    let rows = responses(&street, &form).await;
    assert_eq!((rows.len(), &rows[0]["area"]["code"], &rows[0]["by"]), (1, &json!(ZHAOLIN), &json!("公开问卷")));
    assert_eq!(rows[0]["values"]["/data/phone"], "138****5678");
    let neighbour = Studio::of(&world, "neighbour").await;
    assert!(responses(&neighbour, &form).await.is_empty(), "answers lie with the link's area");
    let (_, listed) = street.get(&format!("/api/forms/{form}/links")).await;
    assert_eq!(listed["items"][0]["used"], 1, "a repetition does not count: {listed}");
}

#[tokio::test]
async fn a_one_time_token_gives_one_answer() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let form = street.publish(OPINION).await;
    let made = link(&street, &form, json!({ "kind": "one_time", "title": "入户抽样", "count": 3 })).await;
    assert_eq!((&made["url"], &made["count"]), (&Json::Null, &json!(3)));
    let (stranger, tokens) = (Stranger::of(&world), tokens(&street, &made).await);
    assert_eq!(tokens.len(), 3);

    let (_, saved) = stranger.save(&tokens[0], &json!({ "instance": opinion("o1", 1) })).await;
    assert_eq!(saved["resume"], tokens[0].as_str(), "a one-time link continues by itself");
    assert_eq!(stranger.open(&tokens[0], "").await.1["draft"]["instance"], opinion("o1", 1));
    assert_eq!(stranger.open(&tokens[1], "").await.1["draft"], Json::Null);

    let (status, thanks) = stranger.send(&tokens[0], &opinion("o1", 5), None).await;
    assert_eq!(status, 201, "{thanks}");
    let (status, refused) = stranger.send(&tokens[0], &opinion("o2", 5), None).await;
    assert_eq!((status, refused["code"].as_str()), (410, Some("link.used")), "{refused}");
    assert_eq!(refused["reference"], thanks["reference"]);
    assert_eq!(stranger.send(&tokens[0], &opinion("o1", 5), None).await, (201, thanks.clone()));
    assert_eq!(stranger.send(&tokens[1], &opinion("o1", 5), None).await.0, 201, "its holder only repeats what counted");
    let (status, gone) = stranger.open(&tokens[0], "").await;
    assert_eq!((status, &gone["reference"]), (410, &thanks["reference"]));

    // Both tabs at once: one of them counts.
    let both = [opinion("t1", 1), opinion("t2", 5)].map(|xml| {
        let (stranger, token) = (stranger.clone(), tokens[2].clone());
        tokio::spawn(async move { stranger.send(&token, &xml, None).await.0 })
    });
    let mut statuses = Vec::new();
    for tab in both {
        statuses.push(tab.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!((statuses, responses(&street, &form).await.len()), (vec![201, 410], 2));

    let id = made["id"].as_str().unwrap();
    let page = street.get_with(&format!("/api/links/{id}/sheet"), "accept", "*/*").await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = page.text().await.unwrap();
    assert_eq!((page.matches("<svg").count(), page.contains(&tokens[1])), (3, true));
    let community = Studio::of(&world, "community").await;
    assert_eq!(community.get(&format!("/api/links/{id}/sheet")).await.0, 403, "tokens are for those who make links");
}

#[tokio::test]
async fn a_quota_is_exact_however_many_send_at_once() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let form = street.publish(OPINION).await;
    let made = link(&street, &form, json!({ "kind": "open", "title": "限额", "quota": 5 })).await;
    let (stranger, token) = (Stranger::of(&world), token(&made));
    let posts: Vec<_> = (0..20)
        .map(|number| {
            let (stranger, token) = (stranger.clone(), token.clone());
            tokio::spawn(async move { stranger.send(&token, &opinion(&format!("q{number}"), 5), None).await })
        })
        .collect();
    let mut taken = 0;
    for post in posts {
        match post.await.unwrap() {
            (201, _) => taken += 1,
            (status, refused) => assert_eq!((status, refused["code"].as_str()), (410, Some("link.full")), "{refused}"),
        }
    }
    assert_eq!((taken, responses(&street, &form).await.len()), (5, 5));
    assert_eq!(stranger.open(&token, "").await.1["code"], "link.full");
    let path = format!("/api/links/{}", made["id"].as_str().unwrap());
    let person = world.signed_in("street").await;
    let more = person.patch(&path, json!({ "quota": 6 })).expect(200).await;
    assert_eq!((&more["used"], &more["state"]), (&json!(5), &json!("open")));
    assert_eq!(stranger.send(&token, &opinion("more", 5), None).await.0, 201);
}

#[tokio::test]
async fn a_link_has_its_time_and_can_be_closed() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let form = street.publish(OPINION).await;
    let times = json!({ "kind": "open", "title": "下午", "opens": "2026-11-23T11:00:00+08:00", "closes": "2026-11-23T12:00:00+08:00" });
    let made = link(&street, &form, times).await;
    let (stranger, token) = (Stranger::of(&world), token(&made));
    assert_eq!(made["state"], "waiting");
    assert_eq!(stranger.open(&token, "").await.1["code"], "link.waiting");
    assert_eq!(stranger.send(&token, &opinion("early", 5), None).await.1["code"], "link.waiting");
    world.clock.advance(3_700);
    assert_eq!(stranger.send(&token, &opinion("now", 5), None).await.0, 201);
    world.clock.advance(3_600);
    assert_eq!(stranger.send(&token, &opinion("late", 5), None).await.1["code"], "link.closed");
    let path = format!("/api/links/{}", made["id"].as_str().unwrap());
    let person = world.signed_in("street").await;
    person.patch(&path, json!({ "closes": null })).expect(200).await;
    assert_eq!(stranger.open(&token, "").await.0, 200);
    assert_eq!(person.patch(&path, json!({ "closed": true })).expect(200).await["state"], "closed");
    assert_eq!(stranger.open(&token, "").await.1["code"], "link.closed");
    person.patch(&path, json!({ "closed": false })).expect(200).await;
    street.post(&format!("/api/forms/{form}/state"), &json!({ "state": "closed" })).await;
    world.clock.advance(3);
    assert_eq!(stranger.open(&token, "").await.1["code"], "link.closed");
    assert_eq!(stranger.send(&token, &opinion("form", 5), None).await.1["code"], "link.closed");
    world.signed_in("community").await.patch(&path, json!({ "closed": true })).refused(403, "auth.denied").await;
    person
        .patch(&path, json!({ "opens": "2027-01-02T00:00:00Z", "closes": "2027-01-01T00:00:00Z" }))
        .refused(422, "link.invalid")
        .await;
}

#[tokio::test]
async fn a_stranger_changes_no_register_and_no_answer_of_others() {
    let world = World::start().await;
    let street = Studio::of(&world, "street").await;
    let (opinions, households) = (street.publish(OPINION).await, street.publish(NEWCOMERS).await);
    let community = Studio::of(&world, "community").await;
    assert_eq!(community.send(&opinion("mine", 5)).await.0, 201);
    let stranger = Stranger::of(&world);

    let open = link(&street, &opinions, json!({ "kind": "open", "title": "意见", "area": ZHAOLIN })).await;
    let edit = opinion("evil", 1).replace("</meta>", "<deprecatedID>uuid:mine</deprecatedID></meta>");
    assert_eq!(stranger.send(&token(&open), &edit, None).await.0, 201);
    let (_, mine) = community.get("/api/responses/uuid:mine").await;
    assert_eq!((&mine["state"], &mine["replaced_by"]), (&json!("received"), &Json::Null), "{mine}");
    let (status, _) = stranger.send(&token(&open), &opinion("mine", 5), None).await;
    assert_eq!(status, 409, "not even with its very content");

    let registering = link(&street, &households, json!({ "kind": "open", "title": "登记" })).await;
    let member = [("0190a000-0000-7000-8000-000000000002".into(), "张三".into(), identity("19600101", 11))];
    let xml = newcomers("n1", "0190a000-0000-7000-8000-000000000001", "张三", &member);
    assert_eq!(stranger.send(&token(&registering), &xml, None).await.0, 201);
    let person = world.signed_in("street").await;
    assert_eq!(person.get(RESIDENTS).expect(200).await["items"], json!([]), "nothing was registered");
    let (_, answer) = street.get("/api/responses/uuid:n1").await;
    let results: Vec<&str> =
        answer["entities"].as_array().unwrap().iter().map(|one| one["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["refused", "refused"], "{answer}");
    let (status, wrong) = stranger.send(&token(&open), &xml.replace("uuid:n1", "uuid:n2"), None).await;
    assert_eq!((status, wrong["code"].as_str()), (422, Some("submission.other_form")));

    // A form that lets people choose from a register is never public; neither is one that is not published.
    let visits = street.publish(VISIT).await;
    let body = json!({ "kind": "open", "title": "走访" });
    assert_eq!(street.post(&format!("/api/forms/{visits}/links"), &body).await.1["code"], "link.shows_register");
    let draft = OPINION.replace("| opinion |", "| draft |");
    let (_, made) = street.upload("/api/forms", "a.md", draft.as_bytes(), &[("area", STREET)]).await;
    let path = format!("/api/forms/{}/links", made["id"].as_str().unwrap());
    assert_eq!(street.post(&path, &body).await.1["code"], "link.unpublished");
    let outside = json!({ "kind": "open", "title": "外面", "area": "230102002001" });
    assert_eq!(street.post(&format!("/api/forms/{opinions}/links"), &outside).await.0, 404);
    assert_eq!(
        street
            .post(
                &format!("/api/forms/{opinions}/links"),
                &json!({ "kind": "one_time", "title": "多", "count": 10_001 })
            )
            .await
            .0,
        422
    );
    assert_eq!(community.post(&format!("/api/forms/{opinions}/links"), &body).await.0, 403);
}

#[tokio::test]
async fn hostile_tokens_find_nothing_and_whoever_asks_too_often_waits() {
    let world = World::with(Config::default()).await;
    let stranger = Stranger::of(&world);
    for token in ["x", "..%2f..", "%00", "AAAAAAAAAAAAAAAAAAAAAA", "' OR 1=1 --"] {
        let (status, refused) = stranger.open(token, "").await;
        assert!(status == 404 || status == 400, "{token}: {status} {refused}");
    }
    assert_eq!(stranger.send("AAAAAAAAAAAAAAAAAAAAAA", &opinion("x", 5), None).await.0, 404);
    let mut refused = Json::Null;
    for _ in 0..30 {
        let (status, answer) = stranger.open("guess", "").await;
        if status == 429 {
            refused = answer;
            break;
        }
        assert_eq!(status, 404);
    }
    assert_eq!(refused["code"], "link.too_often", "guessing is stopped early");
    assert!(refused["retry_after"].as_i64().unwrap() >= 1);
    world.clock.advance(60);
    assert_eq!(stranger.open("guess", "").await.0, 404, "and may go on later");
}
