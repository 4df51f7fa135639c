//! Ledgers in, templates filled, lists out, over real HTTP.

use reqwest::multipart::{Form, Part};
use serde_json::{Value as Json, json};

use crate::world::{ANGUANG, PASSWORD, RESIDENTS, World, ZHAOLIN};

/// A browser that uploads.
struct Browser {
    client: reqwest::Client,
    url: String,
}

impl Browser {
    async fn signed_in(world: &World, login: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let browser = Self { client, url: world.url.clone() };
        let enter = json!({ "login": login, "password": PASSWORD });
        let answer = browser.client.post(browser.at("/api/session")).header("x-linli", "1").json(&enter).send().await;
        assert_eq!(answer.unwrap().status(), 200);
        browser
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn upload(&self, path: &str, bytes: Vec<u8>, name: &str, fields: &[(&str, &str)]) -> (u16, Json) {
        let mut form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let sent = self.client.post(self.at(path)).header("x-linli", "1").multipart(form).send().await.unwrap();
        answer(sent).await
    }

    async fn put(&self, path: &str, body: &Json) -> (u16, Json) {
        answer(self.client.put(self.at(path)).header("x-linli", "1").json(body).send().await.unwrap()).await
    }

    async fn post(&self, path: &str) -> (u16, Json) {
        answer(self.client.post(self.at(path)).header("x-linli", "1").send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> (u16, Json) {
        answer(self.client.get(self.at(path)).send().await.unwrap()).await
    }

    async fn file(&self, path: &str) -> (String, Vec<u8>) {
        let sent = self.client.get(self.at(path)).send().await.unwrap();
        let status = sent.status();
        if status != 200 {
            panic!("{path}: {status} {}", sent.text().await.unwrap());
        }
        let named = sent.headers()["content-disposition"].to_str().unwrap().to_owned();
        (named, sent.bytes().await.unwrap().to_vec())
    }
}

async fn answer(sent: reqwest::Response) -> (u16, Json) {
    let status = sent.status().as_u16();
    (status, serde_json::from_str(&sent.text().await.unwrap()).unwrap_or(Json::Null))
}

const LEDGER: &str = "姓名,身份证号,与户主关系,户主姓名,现住址,联系电话\r\n\
    张三,RIGHT,户主,张三,1号楼1单元101,13812345678\r\n\
    李四,WRONG,户主,李四,1号楼1单元102,\r\n";

/// The ledger with a valid first number and a wrong second.
fn ledger() -> Vec<u8> {
    let head = "23010219500312011";
    let check = linli_domain::check::identity_checksum(head).unwrap();
    let wrong = if check == '5' { '6' } else { '5' };
    LEDGER.replace("RIGHT", &format!("{head}{check}")).replace("WRONG", &format!("{head}{wrong}")).into_bytes()
}

#[tokio::test]
async fn a_ledger_goes_in_step_by_step_and_back_out() {
    let world = World::start().await;
    let community = Browser::signed_in(&world, "community").await;
    let fields = [("entity", "people/resident"), ("area", ZHAOLIN)];
    let (status, import) = community.upload("/api/imports", ledger(), "台账.csv", &fields).await;
    assert_eq!((status, import["state"].as_str()), (201, Some("matching")), "{import}");
    let id = import["id"].as_str().unwrap().to_owned();
    let mut mapping = import["chosen"].clone();
    mapping["remember"] = json!(true);
    let (status, checked) = community.put(&format!("/api/imports/{id}/mapping"), &mapping).await;
    assert_eq!((status, &checked["state"]), (200, &json!("checked")), "{checked}");
    let (_, rows) = community.get(&format!("/api/imports/{id}/rows?outcome=error")).await;
    assert_eq!((&checked["counts"]["new"], &checked["counts"]["error"]), (&json!(1), &json!(1)), "{rows}");
    let cell = rows["items"][0]["fields"].as_array().unwrap().iter().find(|cell| !cell["error"].is_null()).unwrap();
    assert_eq!((&cell["cell"], &cell["column"]), (&json!("B3"), &json!("身份证号")), "{rows}");
    let (status, skipped) =
        community.put(&format!("/api/imports/{id}/rows/3/decision"), &json!({ "decision": "skip" })).await;
    assert_eq!((status, &skipped["decision"]), (200, &json!("skip")));
    let (status, _) =
        community.put(&format!("/api/imports/{id}/rows/99/decision"), &json!({ "decision": "skip" })).await;
    assert_eq!(status, 422);

    assert_eq!(community.post(&format!("/api/imports/{id}/apply")).await.0, 202);
    let mut import = Json::Null;
    for _ in 0..100 {
        import = community.get(&format!("/api/imports/{id}")).await.1;
        if import["state"] == "applied" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(import["state"], "applied", "{import}");
    assert_eq!((&import["result"]["created"], &import["result"]["homes_created"]), (&json!(1), &json!(2)));
    let (_, list) = community.get(&format!("{RESIDENTS}?area={ZHAOLIN}")).await;
    assert_eq!(list["items"][0]["values"]["name"], "张三", "{list}");
    let (named, bytes) = community.file(&format!("/api/imports/{id}/errors")).await;
    assert!(named.contains("filename*=UTF-8''") && bytes.starts_with(b"PK"), "{named}");

    // A neighbour neither sees nor touches it.
    let neighbour = Browser::signed_in(&world, "neighbour").await;
    assert_eq!(neighbour.get(&format!("/api/imports/{id}")).await.0, 404);
    assert_eq!(neighbour.post(&format!("/api/imports/{id}/undo")).await.0, 404);
    assert_eq!(neighbour.get("/api/imports").await.1["items"], json!([]));
    let department = Browser::signed_in(&world, "department").await;
    assert_eq!(department.get("/api/imports").await.1["code"], "auth.denied");

    let (status, undone) = community.post(&format!("/api/imports/{id}/undo")).await;
    assert_eq!((status, &undone["state"], &undone["undo"]["ended"]), (200, &json!("undone"), &json!(3)), "{undone}");
    let (_, list) = community.get(&format!("{RESIDENTS}?area={ZHAOLIN}")).await;
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn a_template_is_filled_and_a_list_streamed() {
    let world = World::start().await;
    let community = Browser::signed_in(&world, "community").await;
    let person = world.signed_in("community").await;
    person
        .register(ZHAOLIN, json!({ "name": "王桂兰", "birth_date": "1942-05-05", "sex": "2", "employer": "=1+1" }))
        .await;
    let template = "××社区老年人花名册\r\n序号,姓名,性别,年龄,联系电话\r\n1\r\n2\r\n";
    let fields = [("area", ZHAOLIN)];
    let (status, fill) = community.upload("/api/fills", template.into(), "花名册.csv", &fields).await;
    assert_eq!((status, &fill["state"]), (201, &json!("matching")), "{fill}");
    let id = fill["id"].as_str().unwrap();
    let table = &fill["sheets"][0]["tables"][0];
    assert_eq!((&table["entity"], &table["filter"]), (&json!("people/resident"), &json!("people/elderly")), "{fill}");
    let mapping: serde_json::Map<String, Json> = table["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (column["column"].to_string(), column["match"]["element"].clone()))
        .collect();
    let choice = json!({ "tables": [{ "sheet": fill["sheets"][0]["name"], "table": 0, "entity": "people/resident",
        "filter": "people/elderly", "mapping": mapping }] });
    let (status, ready) = community.put(&format!("/api/fills/{id}/mapping"), &choice).await;
    assert_eq!((status, &ready["preview"][0]["rows"][0]), (200, &json!(["1", "王桂兰", "女", "84", ""])), "{ready}");
    assert_eq!(ready["gaps"][0]["column"], "联系电话");
    let (_, bytes) = community.file(&format!("/api/fills/{id}/file")).await;
    assert!(bytes.starts_with(b"PK"));

    let (named, bytes) =
        community.file(&format!("{RESIDENTS}/export?format=csv&columns=name,employer&area={ZHAOLIN}")).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(named.contains(".csv") && text.contains("王桂兰,'=1+1") && text.contains("测试community"), "{text}");
    let (status, problem) = community.get(&format!("{RESIDENTS}/export?columns=nothing")).await;
    assert_eq!((status, &problem["code"]), (422, &json!("request.parameter")));
    let (status, problem) = community.get(&format!("{RESIDENTS}/export?area={ANGUANG}")).await;
    assert_eq!((status, &problem["code"]), (403, &json!("auth.outside_scope")));
}

/// A roll that a department sent, filled by `login` with a gap where nobody knows the contact.
pub async fn fill_roll(world: &World, login: &str, area: &str) -> Json {
    let browser = Browser::signed_in(world, login).await;
    let template = "××社区老年人花名册\r\n序号,姓名,出生日期,紧急联系人\r\n1\r\n2\r\n";
    let (_, fill) = browser.upload("/api/fills", template.into(), "花名册.csv", &[("area", area)]).await;
    let table = &fill["sheets"][0]["tables"][0];
    let mapping: serde_json::Map<String, Json> = table["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (column["column"].to_string(), column["match"]["element"].clone()))
        .collect();
    let choice = json!({ "tables": [{ "sheet": fill["sheets"][0]["name"], "table": 0, "entity": "people/resident",
        "filter": "people/elderly", "mapping": mapping }] });
    let (status, ready) = browser.put(&format!("/api/fills/{}/mapping", fill["id"].as_str().unwrap()), &choice).await;
    assert_eq!(status, 200, "{ready}");
    ready
}

#[tokio::test]
async fn uploads_that_cannot_be_taken_are_told_and_leave_nothing() {
    let world = World::start().await;
    let community = Browser::signed_in(&world, "community").await;
    let fields = [("entity", "people/resident"), ("area", ZHAOLIN)];
    let send = |bytes: Vec<u8>, fields: &[(&'static str, &'static str)]| {
        let fields = fields.to_vec();
        let community = &community;
        async move { community.upload("/api/imports", bytes, "a.xlsx", &fields).await }
    };
    let (status, problem) = send(b"%PDF-1.7".to_vec(), &fields).await;
    assert_eq!((status, &problem["code"]), (422, &json!("workbook.not_a_workbook")));
    let (status, problem) = send(vec![b'a'; 65 << 20], &fields).await;
    assert_eq!(status, 413, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("64 MB"), "{problem}");
    let (status, problem) = send(ledger(), &fields[..1]).await;
    assert_eq!((status, &problem["fields"][0]["field"]), (422, &json!("area")));
    let (status, problem) = send(ledger(), &[("entity", "people/resident"), ("area", ANGUANG)]).await;
    assert_eq!((status, &problem["code"]), (403, &json!("auth.outside_scope")));
    let (status, problem) = send(ledger(), &[("entity", "people/nobody"), ("area", ZHAOLIN)]).await;
    assert_eq!((status, &problem["code"]), (404, &json!("entity.not_found")));
    let incoming = world.engine.data.join("uploads/incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0, "nothing is left behind");
    let (status, problem) = community.get("/api/imports/not-an-id").await;
    assert_eq!(status, 400, "{problem}");
}
