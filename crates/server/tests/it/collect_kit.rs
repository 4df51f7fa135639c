//! A scripted ODK Collect, and forms to try it with.

use reqwest::{
    RequestBuilder, Response,
    multipart::{Form, Part},
};
use serde_json::{Value as Json, json};

use crate::world::{PASSWORD, STREET, World};

/// A browser that uploads, signed in.
pub struct Studio {
    client: reqwest::Client,
    url: String,
}

impl Studio {
    /// Signs in.
    pub async fn of(world: &World, login: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let studio = Self { client, url: world.url.clone() };
        let enter = json!({ "login": login, "password": PASSWORD });
        let sent = studio.write(studio.client.post(studio.at("/api/session")).json(&enter)).await;
        assert_eq!(sent.0, 200);
        studio
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn write(&self, request: RequestBuilder) -> (u16, Json) {
        read(request.header("x-linli", "1").send().await.unwrap()).await
    }

    /// Uploads a file.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> (u16, Json) {
        let mut form = Form::new().part("file", Part::bytes(bytes.to_vec()).file_name(name.to_owned()));
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        self.write(self.client.post(self.at(path)).multipart(form)).await
    }

    /// Uploads several files in one call.
    pub async fn upload_all(&self, path: &str, files: &[(&'static str, &'static [u8])]) -> (u16, Json) {
        let part = |(name, bytes): &(&'static str, &'static [u8])| Part::bytes(*bytes).file_name(*name);
        let form = files.iter().fold(Form::new(), |form, file| form.part("file", part(file)));
        self.write(self.client.post(self.at(path)).multipart(form)).await
    }

    /// Puts another draft in the place of the draft.
    pub async fn redraft(&self, id: &str, text: &str) -> (u16, Json) {
        let form = Form::new().part("file", Part::bytes(text.as_bytes().to_vec()).file_name("form.md"));
        self.write(self.client.put(self.at(&format!("/api/forms/{id}/draft"))).multipart(form)).await
    }

    /// Makes a form of a Markdown table and publishes it; answers with its id.
    pub async fn publish(&self, text: &str) -> String {
        let (status, made) = self.upload("/api/forms", "form.md", text.as_bytes(), &[("area", STREET)]).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_str().unwrap().to_owned();
        let (status, published) = self.post(&format!("/api/forms/{id}/publish"), &json!({})).await;
        assert_eq!(status, 200, "{published}");
        id
    }

    /// `POST`.
    pub async fn post(&self, path: &str, body: &Json) -> (u16, Json) {
        self.write(self.client.post(self.at(path)).json(body)).await
    }

    /// `PUT`.
    pub async fn put(&self, path: &str, body: &Json) -> (u16, Json) {
        self.write(self.client.put(self.at(path)).json(body)).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> (u16, Json) {
        read(self.client.get(self.at(path)).send().await.unwrap()).await
    }

    /// `GET` with a header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Response {
        self.client.get(self.at(path)).header(name, value).send().await.unwrap()
    }

    /// Sends an answer as our own pages do.
    pub async fn send(&self, xml: &str) -> (u16, Json) {
        let form = Form::new().part("xml_submission_file", Part::bytes(xml.as_bytes().to_vec()).file_name("a.xml"));
        self.write(self.client.post(self.at("/api/collect/submissions")).multipart(form)).await
    }

    /// Sends an answer for an assignment.
    pub async fn send_for(&self, xml: &str, assignment: &str) -> (u16, Json) {
        let part = Part::bytes(xml.as_bytes().to_vec()).file_name("a.xml");
        let form = Form::new().text("assignment", assignment.to_owned()).part("xml_submission_file", part);
        self.write(self.client.post(self.at("/api/collect/submissions")).multipart(form)).await
    }

    /// Sets a phone up.
    pub async fn phone(&self, form: Option<&str>) -> Collect {
        let (status, made) = self.post("/api/collect/tokens", &json!({ "name": "手机", "form": form })).await;
        assert_eq!(status, 201, "{made}");
        Collect { client: reqwest::Client::new(), root: made["url"].as_str().unwrap().to_owned() }
    }
}

async fn read(response: Response) -> (u16, Json) {
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Json::Null))
}

/// ODK Collect, as far as the server can tell.
#[derive(Clone)]
pub struct Collect {
    client: reqwest::Client,
    /// Server's address.
    pub root: String,
}

impl Collect {
    /// Collect without a token.
    pub fn at(root: String) -> Self {
        Self { client: reqwest::Client::new(), root }
    }

    /// `GET` below the root, or of a whole address, with OpenRosa's header.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let response = self.request(path).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// A `GET` that is not sent yet.
    pub fn request(&self, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}/{path}", self.root) };
        self.client.get(url).header("X-OpenRosa-Version", "1.0")
    }

    /// `HEAD`.
    pub async fn head(&self) -> Response {
        let url = format!("{}/submission", self.root);
        self.client.head(url).header("X-OpenRosa-Version", "1.0").send().await.unwrap()
    }

    /// Sends an answer with files.
    pub async fn send(&self, xml: &str, files: &[(&str, &[u8])]) -> (u16, String) {
        let mut form =
            Form::new().part("xml_submission_file", Part::bytes(xml.as_bytes().to_vec()).file_name("answer.xml"));
        for (name, bytes) in files {
            form = form.part((*name).to_owned(), Part::bytes(bytes.to_vec()).file_name((*name).to_owned()));
        }
        let url = format!("{}/submission?deviceID=collect%3Atest", self.root);
        let response = self.client.post(url).header("X-OpenRosa-Version", "1.0").multipart(form).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

/// A visit that updates a resident; with a photo.
pub const VISIT: &str = "\
| survey |
| | type | name | label | save_to | constraint | constraint_message |
| | select_one_from_file people_resident.csv | resident | 谁 | | | |
| | text | employer | 单位 | employer | | |
| | text | origin | 从哪里来 | origin | | |
| | date | moved_in | 入住 | moved_in | | |
| | text | phone | 电话 | phone | | |
| | integer | floor | 楼层 | | . < 100 | 楼层太高 |
| | image | photo | 照片 | | | |
| entities |
| | list_name | entity_id |
| | people_resident | ${resident} |
| settings |
| | form_title | form_id | version |
| | 走访 | visit | 1 |
";

/// Somebody new, or many.
pub const NEWCOMERS: &str = "\
| survey |
| | type | name | label | save_to |
| | text | head | 户主 | people_household#head_name |
| | begin_repeat | member | 成员 | |
| | text | full_name | 姓名 | |
| | text | identity | 身份证号 | people_resident#identity_number |
| | text | belongs | 户 | people_resident#household |
| | end_repeat | member | | |
| entities |
| | list_name | label |
| | people_household | ${head} |
| | people_resident | ${full_name} |
| settings |
| | form_title | form_id | version |
| | 新户登记 | newcomers | 1 |
";

/// An answer to [`VISIT`]: entity block attributes, and the questions' elements.
pub fn visit(instance: &str, entity: &str, answers: &str) -> String {
    format!(
        "<data id=\"visit\" version=\"1\">{answers}<meta><instanceID>uuid:{instance}</instanceID>\
         <entity dataset=\"people_resident\" {entity}/></meta></data>"
    )
}

/// An answer to [`NEWCOMERS`]: a household and its members, `(id, name, identity number)`.
pub fn newcomers(instance: &str, household: &str, head: &str, members: &[(String, String, String)]) -> String {
    let member = |(id, name, identity): &(String, String, String)| {
        format!(
            "<member><full_name>{name}</full_name><identity>{identity}</identity><belongs>{household}</belongs>\
             <meta><entity dataset=\"people_resident\" id=\"{id}\" create=\"1\"><label>{name}</label></entity></meta></member>"
        )
    };
    let members: String = members.iter().map(member).collect();
    format!(
        "<data id=\"newcomers\" version=\"1\"><head>{head}</head>{members}<meta><instanceID>uuid:{instance}</instanceID>\
         <entity dataset=\"people_household\" id=\"{household}\" create=\"1\"><label>{head}</label></entity></meta></data>"
    )
}
