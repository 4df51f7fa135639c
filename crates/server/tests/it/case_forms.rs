//! Forms that ask in the place of fields: filled with what is known, checked, kept with the case, shown to whoever sees it.

use linli_domain::RecordId;
use linli_engine::{Engine, Problem, collect::form::install_shipped, flow};
use serde_json::{Value as Json, json};

use crate::{
    case_kit::{act_for, fresh, report, unit},
    world::{Person, STREET, World, ZHAOLIN, identity, packs},
};

async fn with_forms() -> World {
    let world = World::start().await;
    let engine = world.engine.clone();
    let files = linli_pack::read_dir(&packs()).unwrap();
    let install = move || install_shipped(&engine, &Engine::operator(), &files);
    tokio::task::spawn_blocking(install).await.unwrap().unwrap();
    world
}

/// An inspection of a site as a phone writes it.
fn inspection(instance: &str, people: &str) -> String {
    format!(
        r#"<data id="site_inspection" version="1"><address>兆麟街 3 号</address><risk>obstruct</risk>
<people_affected>{people}</people_affected><measures>cordon told</measures>
<damaged><facility>井盖</facility><extent>whole</extent></damaged><photo>a.jpg</photo><site_note>井盖缺失</site_note>
<meta><instanceID>{instance}</instanceID></meta></data>"#
    )
}

fn hardship(instance: &str) -> String {
    format!(
        r#"<data id="temporary_aid" version="1"><hardship><hardship_kind>illness</hardship_kind>
<happened_on>2026-01-05</happened_on><cause>突发脑梗住院</cause><urgent>no</urgent></hardship>
<expense><expense_kind>medical</expense_kind><expense_amount>21000</expense_amount></expense>
<expense><expense_kind>living</expense_kind><expense_amount>1500</expense_amount></expense>
<amount_needed>22500</amount_needed><contact_name>王小福</contact_name>
<meta><instanceID>{instance}</instanceID></meta></data>"#
    )
}

fn line<'j>(form: &'j Json, label: &str) -> &'j str {
    let found = form["lines"].as_array().unwrap().iter().find(|one| one["label"].as_str().unwrap().contains(label));
    found.unwrap_or_else(|| panic!("{label} in {form}"))["shown"].as_str().unwrap()
}

async fn inspect(person: &Person, id: RecordId, version: &Json, answer: Option<String>) -> Json {
    let body = json!({ "version": version, "client_id": fresh(), "answer": answer });
    person.post(&format!("/api/cases/{id}/actions/inspect"), body).expect(200).await
}

#[tokio::test]
async fn an_action_that_asks_by_a_form_keeps_the_checked_answer_with_the_case() {
    let world = with_forms().await;
    let made = report(&world, "community", ZHAOLIN, json!({ "text": "井盖没了", "address": "兆麟街" }), None).await;
    let (id, community) = (made.case.id, world.signed_in("community").await);
    let path = format!("/api/cases/{id}");
    let asked = community.get(&format!("{path}/form?action=inspect")).expect(200).await;
    assert_eq!(asked["form"]["form_id"], "site_inspection");
    let known = &asked["prefill"]["/data/address"];
    assert_eq!((&known["value"], &known["source"]["label"]), (&json!("兆麟街"), &json!(made.case.number)));
    community.get(&format!("{path}/form?action=verify")).expect(422).await;

    let act = |answer: Json| json!({ "version": made.version, "client_id": fresh(), "answer": answer });
    let to = format!("{path}/actions/inspect");
    let lacking = community.post(&to, act(Json::Null)).refused(422, "case.fields").await;
    assert_eq!(lacking["fields"][0]["field"], "answer");
    community.post(&to, act(json!(hardship("uuid:other")))).refused(422, "submission.other_form").await;
    community.post(&to, act(json!("<broken"))).refused(400, "submission.xml").await;
    let verify = format!("{path}/actions/verify");
    community.post(&verify, act(json!(inspection("uuid:x", "1")))).expect(422).await;

    let body = act(json!(inspection("uuid:one", "-4")));
    let done = community.post(&to, body.clone()).expect(200).await;
    let again = community.post(&to, body).expect(200).await;
    assert_eq!(done["version"], again["version"], "sent twice it counts once");
    assert_eq!(done["values"]["site_note"], "井盖缺失", "a question that bears a field's name fills it");
    assert_eq!(done["values"]["address"], "兆麟街 3 号");
    let event = done["history"].as_array().unwrap().last().unwrap();
    let form = &event["form"];
    assert_eq!((&form["title"], line(form, "措施")), (&json!("现场勘查记录"), "拉警戒线、摆放路锥、提醒周边居民"));
    assert_eq!(line(form, "受损的设施 1 · 设施名称"), "井盖");
    assert!(form["flags"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().contains("0 至 10 万")), "{form}");
    assert!(!form.to_string().contains("井盖缺失"), "what filled a field is shown as that");

    let street = world.signed_in("street").await;
    let forms = street.get("/api/forms?q=现场勘查").expect(200).await;
    let form = forms["items"][0]["id"].as_str().unwrap().to_owned();
    let answers = street.get(&format!("/api/forms/{form}/responses")).expect(200).await;
    let row = &answers["items"][0];
    assert_eq!((&row["instance_id"], answers["items"].as_array().unwrap().len()), (&json!("uuid:one"), 1));
    assert_eq!(row["area"]["code"], ZHAOLIN, "it belongs where the case is");
    let neighbour = world.signed_in("neighbour").await;
    neighbour.get("/api/responses/uuid:one").expect(404).await;

    let case = world.engine.clone();
    let sound = world.engine.store.read::<_, Problem>(move |tx| {
        let found = tx.case(&flow::system_reader(&case)?, id)?.unwrap();
        let live = flow::Live::of(&case, tx, found)?;
        flow::replays(&case, tx, &live)
    });
    assert!(sound.await.unwrap(), "the case is the sum of its events");
}

#[tokio::test]
async fn who_was_called_reads_the_answer_and_photos_of_the_case_are_the_answers_files() {
    let world = with_forms().await;
    let made = report(&world, "community", ZHAOLIN, json!({ "text": "井盖没了", "kind": "0101" }), None).await;
    let id = made.case.id;
    let community = world.signed_in("community").await;
    let first = inspect(&community, id, &json!(made.version), Some(inspection("uuid:two", "3"))).await;
    assert!(first["history"].as_array().unwrap().last().unwrap()["form"]["flags"].as_array().unwrap().is_empty());
    let unit = unit(&world, "排水公司", "井盖").await;
    world.account("drains", "network/department", STREET).await;
    let department = world.signed_in("drains").await;
    let account = department.get("/api/session").expect(200).await["account"]["id"].clone();
    let street = world.signed_in("street").await;
    let members = street.put(&format!("/api/units/{unit}/members"), json!({ "accounts": [account] }));
    members.expect(200).await;
    act_for(&world, "community", id, "verify", json!({}), None).await.unwrap();
    act_for(&world, "community", id, "file", json!({}), None).await.unwrap();
    act_for(&world, "street", id, "dispatch", json!({}), Some(unit)).await.unwrap();
    let seen = department.get(&format!("/api/cases/{id}")).expect(200).await;
    let form = seen["history"].as_array().unwrap().iter().find(|one| one["form"].is_object()).unwrap();
    assert_eq!(line(&form["form"], "影响多少人"), "3");
    let asked = department.get(&format!("/api/cases/{id}/form?action=inspect")).expect(200).await;
    assert_eq!(asked["prefill"]["/data/site_note"]["value"], "井盖缺失", "never asked twice");
}

#[tokio::test]
async fn an_items_form_is_filled_from_the_register_and_its_answer_makes_the_application() {
    let world = with_forms().await;
    let community = world.signed_in("community").await;
    let values = json!({ "name": "王德福", "identity_number": identity("19400105", 13), "residence_kind": "registered",
        "contact_name": "王小福" });
    let person = community.register(ZHAOLIN, values).await;
    let id = person["id"].as_str().unwrap();
    let asked = community.get(&format!("/api/service/items/MZ-02/form?person={id}")).expect(200).await;
    let known = &asked["prefill"]["/data/contact_name"];
    assert_eq!(known["value"], "王小福", "{}", asked["prefill"]);
    assert!(!known["source"]["by"].as_str().unwrap().is_empty());

    let apply = |answer: Option<String>| {
        json!({ "item": "MZ-02", "person": { "id": id }, "area": ZHAOLIN, "values": {}, "materials": {},
            "channel": "counter", "client_id": fresh(), "answer": answer })
    };
    let lacking = community.post("/api/service/applications", apply(None)).refused(422, "case.fields").await;
    assert_eq!(lacking["fields"][0]["field"], "answer");
    let made = community.post("/api/service/applications", apply(Some(hardship("uuid:aid")))).expect(201).await;
    let details = made["values"]["details"].as_str().unwrap();
    assert!(details.contains("突发脑梗住院") && details.contains("22500.00"), "{details}");
    let form = &made["history"][0]["form"];
    assert_eq!((line(form, "是什么困难"), line(form, "支出 2 · 支出种类")), ("突发重病", "基本生活"));

    let nobody = world.nobody();
    let open = nobody.get("/api/public/service/items/MZ-02/form").expect(200).await;
    assert_eq!((&open["prefill"], &open["form"]["attachments"]), (&json!({}), &json!([])));
    nobody.get("/api/public/service/items/MZ-03/form").refused(404, "service.no_form").await;
    let stranger = json!({ "name": "赵不在", "identity_number": identity("19400105", 15), "phone": "13987654321" });
    let public = json!({ "item": "MZ-02", "person": stranger, "area": ZHAOLIN, "materials": {}, "channel": "phone",
        "client_id": fresh(), "answer": hardship("uuid:public") });
    let taken = nobody.post("/api/public/service/applications", public).expect(201).await;
    let number = taken["number"].as_str().unwrap();
    let case = community.get(&format!("/api/cases/number/{number}")).expect(200).await;
    assert_eq!(line(&case["history"][0]["form"], "联系不上您时找谁"), "王小福");
}
