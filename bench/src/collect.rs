//! Collection: forms compiled against pyxform, answers that update the register against the bare limit, a long entity list.

use std::{
    fmt::Write as _,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use linli_domain::Verb;
use linli_xform::xlsform;
use serde_json::Value as Json;

use crate::{
    bare,
    client::{Answer, Connection, get, load, post},
    fixture::{allowed, open_with, packs, resident_at, source},
    program::{binary, serve, sign_in},
    report::Report,
    sheets::python,
};

const CONNECTIONS: usize = 32;
/// ODK Central's durable answers per second on such a machine, at its best (spec/odk.md).
const CENTRAL: f64 = 157.0;
const LIST: u32 = 100_000;

/// Compiles a field form (where the corpus is at hand) and a form of 1,500 questions, beside pyxform.
pub fn compiling(report: &mut Report, folder: &Path) -> io::Result<()> {
    let long = folder.join("long.csv");
    std::fs::write(&long, long_form())?;
    let mut forms = vec![("a form of 1,500 questions", long)];
    match corpus() {
        Some(file) => forms.insert(0, ("UCL_Biomass_Plot_Form.xlsx", file)),
        None => println!("       UCL_Biomass_Plot_Form.xlsx: no ../shared/corpus beside the tree, not measured"),
    }
    for (name, file) in forms {
        let bytes = std::fs::read(&file)?;
        let path = file.to_string_lossy().into_owned();
        let mut ours = f64::INFINITY;
        for _ in 0..20 {
            let started = Instant::now();
            let compiled =
                xlsform::compile(&xlsform::Source { name: &path, bytes: &bytes }, &xlsform::Options::default());
            ours = ours.min(started.elapsed().as_secs_f64());
            if compiled.form.is_none() {
                return Err(io::Error::other(format!("{name} was refused: {:?}", compiled.findings)));
            }
        }
        let peer = python("pyxform_compile.py", &[&path, "5"])?;
        report.faster(&format!("{name}, in process"), ours, peer, 50.0)?;

        let out = folder.join("compiled.xml").to_string_lossy().into_owned();
        let mut ours = f64::INFINITY;
        for _ in 0..5 {
            let started = Instant::now();
            let status = Command::new(binary()).args(["form", "compile", &path, "-o", &out]).status()?;
            ours = ours.min(started.elapsed().as_secs_f64());
            if !status.success() {
                return Err(io::Error::other(format!("linli form compile {name}: {status}")));
            }
        }
        let started = Instant::now();
        python("pyxform_compile.py", &[&path, "1"])?;
        report.faster(&format!("{name}, whole process"), ours, started.elapsed().as_secs_f64(), 20.0)?;
    }
    Ok(())
}

fn corpus() -> Option<PathBuf> {
    fn find(folder: &Path) -> Option<PathBuf> {
        std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
            let path = entry.path();
            if path.is_dir() { find(&path) } else { path.ends_with("UCL_Biomass_Plot_Form.xlsx").then_some(path) }
        })
    }
    find(Path::new("../shared/corpus"))
}

fn long_form() -> String {
    let mut text = String::from("\"survey\"\n,\"type\",\"name\",\"label\",\"relevant\",\"constraint\"\n");
    for number in 0..1_500 {
        let kind = ["text", "integer", "decimal", "date", "select_one yn"][number % 5];
        let relevant = if number > 0 { format!("${{q{}}} != ''", number - 1) } else { String::new() };
        let constraint = if kind == "integer" { ". < 1000" } else { "" };
        let _infallible =
            writeln!(text, ",\"{kind}\",\"q{number}\",\"Question {number}\",\"{relevant}\",\"{constraint}\"");
    }
    text + "\"choices\"\n,\"list_name\",\"name\",\"label\"\n,\"yn\",\"y\",\"Yes\"\n,\"yn\",\"n\",\"No\"\n"
}

/// Durable answers of 1 KB, each updating a resident, at 32 connections; against the bare limit at the same 32.
pub async fn submissions(report: &mut Report, demo: &Path) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let bare_address = bare::sqlite(&folder.path().join("bare.db")).await?;
    let data = demo.to_string_lossy().into_owned();
    let server = serve(&["--data", &data]).await?;
    let street = sign_in(server.address, "street").await?;
    let worker = sign_in(server.address, "community").await?;
    publish(server.address, &street).await?;
    let people = residents(server.address, &worker).await?;
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for round in 0..3_u64 {
        let body = "x".repeat(1_024);
        let make = move |_| post("/", "", &body);
        peer.push(load(bare_address, CONNECTIONS, Duration::from_secs(4), 201, make).await?.per_second);
        let (people, worker) = (people.clone(), worker.clone());
        let made = load(server.address, CONNECTIONS, Duration::from_secs(4), 201, move |number| {
            let entity = &people[usize::try_from(number).unwrap_or_default() % people.len()];
            submission(&worker, entity, round * 10_000_000 + number)
        });
        let made = made.await?;
        if made.refused > 0 {
            return Err(io::Error::other(format!("{} answers were refused", made.refused)));
        }
        println!("       answers: {:.0}/s, p99 {:.1} ms", made.per_second, made.p99_ms);
        ours.push(made.per_second);
    }
    ours.sort_by(f64::total_cmp);
    peer.sort_by(f64::total_cmp);
    report.at_least("durable answers with entity update", ours[1], peer[1], "/s", 0.7)?;
    report.floor("durable answers with entity update, against ODK Central", ours[1] / CENTRAL, "×", 20.0)
}

const FORM: &str = "\
| survey |
| | type | name | label | save_to |
| | select_one_from_file people_resident.csv | resident | 谁 | |
| | text | employer | 单位 | employer |
| | text | remark | 备注 | |
| entities |
| | list_name | entity_id |
| | people_resident | ${resident} |
| settings |
| | form_title | form_id | version |
| | 测量 | bench | 1 |
";

async fn publish(address: SocketAddr, headers: &str) -> io::Result<()> {
    let session = json(&call(address, &get("/api/session", headers)).await?)?;
    let area = session["home_area"]["code"].as_str().unwrap_or_default().to_owned();
    let body = multipart(&[("area", None, &area), ("file", Some("bench.md"), FORM)]);
    let made = json(&call(address, &form_post("/api/forms", headers, &body)).await?)?;
    let id = made["id"].as_str().ok_or_else(|| io::Error::other(made.to_string()))?.to_owned();
    let published = call(address, &post(&format!("/api/forms/{id}/publish"), headers, "{}")).await?;
    if published.status == 200 { Ok(()) } else { Err(told(&published)) }
}

async fn residents(address: SocketAddr, headers: &str) -> io::Result<Vec<String>> {
    let (mut ids, mut after) = (Vec::new(), String::new());
    for _ in 0..5 {
        let page =
            json(&call(address, &get(&format!("/api/records/people/resident?limit=200{after}"), headers)).await?)?;
        let items = page["items"].as_array().ok_or_else(|| io::Error::other(page.to_string()))?;
        ids.extend(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    Ok(ids)
}

fn submission(headers: &str, entity: &str, number: u64) -> Vec<u8> {
    let remark = "入户核对,情况属实。".repeat(12);
    let xml = format!(
        "<data id=\"bench\" version=\"1\"><resident>{entity}</resident><employer>单位{number}</employer>\
         <remark>{remark}</remark><meta><instanceID>uuid:00000000-0000-4000-8000-{number:012}</instanceID>\
         <entity dataset=\"people_resident\" id=\"{entity}\" update=\"1\"/></meta></data>"
    );
    let body = multipart(&[("xml_submission_file", Some("a.xml"), &xml)]);
    form_post("/api/collect/submissions", headers, &body)
}

const BOUNDARY: &str = "linli-bench-boundary";

fn multipart(parts: &[(&str, Option<&str>, &str)]) -> String {
    let mut body = String::new();
    for (name, file, content) in parts {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\"\r\ncontent-type: text/plain"));
        let _infallible =
            write!(body, "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n");
    }
    body + "--" + BOUNDARY + "--\r\n"
}

fn form_post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: multipart/form-data; boundary={BOUNDARY}\r\n\
         {headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn call(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    Connection::open(address).await?.call(request).await
}

fn json(answer: &Answer) -> io::Result<Json> {
    if answer.status >= 300 { Err(told(answer)) } else { Ok(serde_json::from_slice(&answer.body)?) }
}

fn told(answer: &Answer) -> io::Error {
    io::Error::other(format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)))
}

/// The entity list of a community with 100,000 residents: first byte, whole, and unchanged.
pub async fn entity_list(report: &mut Report, demo: &Path) -> io::Result<()> {
    let data = demo.to_string_lossy().into_owned();
    let server = serve(&["--data", &data]).await?;
    let street = sign_in(server.address, "street").await?;
    publish(server.address, &street).await?;
    let forms = json(&call(server.address, &get("/api/forms", &street)).await?)?;
    let id = forms["items"].as_array().into_iter().flatten().find(|form| form["form_id"] == "bench");
    let id = id.and_then(|form| form["id"].as_str()).ok_or_else(|| io::Error::other(forms.to_string()))?;
    let path = format!("/api/forms/{id}/versions/1/attachments/people_resident.csv");
    let (mut firsts, mut tag, mut bytes) = (Vec::new(), String::new(), 0);
    for _ in 0..5 {
        let mut connection = Connection::open(server.address).await?;
        let started = Instant::now();
        connection.send(&get(&path, &street)).await?;
        firsts.push(started.elapsed());
        let answer = connection.rest().await?;
        let line = answer.head.lines().find_map(|line| line.strip_prefix("etag: "));
        tag = line.unwrap_or_default().trim().to_owned();
        bytes = answer.body.len();
        println!("       entity list: {bytes} bytes in {:.0} ms", started.elapsed().as_secs_f64() * 1000.0);
    }
    if bytes < LIST as usize * 60 {
        return Err(io::Error::other(format!("the entity list has only {bytes} bytes")));
    }
    report.limit(
        "entity list of 100,000 rows, first byte",
        crate::client::percentile(&mut firsts, 50.0),
        "ms",
        200.0,
    )?;
    let started = Instant::now();
    let again = call(server.address, &get(&path, &format!("{street}if-none-match: {tag}\r\n"))).await?;
    if again.status != 304 {
        return Err(io::Error::other(format!("unchanged, but answered {}", again.status)));
    }
    report.limit("entity list unchanged, answered by its tag", started.elapsed().as_secs_f64() * 1000.0, "ms", 200.0)
}

/// Adds residents to the demo city's file until a community has as many as the list needs.
pub fn add_residents(demo: &Path, home: &str) -> io::Result<()> {
    let keys = linli_store::Keys::load_or_create(&demo.join("secret.key")).map_err(io::Error::other)?;
    let store = open_with(&demo.join("linli.db"), &packs()?, keys)?;
    let permit = allowed(&store.catalogue(), Verb::Create, "people/resident")?;
    let path = store
        .read_blocking({
            let home = home.to_owned();
            move |tx| tx.area(&home)
        })
        .map_err(|error: linli_store::StoreError| io::Error::other(error))?
        .ok_or_else(|| io::Error::other(format!("no area {home}")))?
        .path;
    for from in (0..LIST).step_by(5_000) {
        let batch: Vec<_> = (from..from + 5_000).map(|number| resident_at(5_000_000 + number, home, &path)).collect();
        let permit = permit.clone();
        store
            .write_blocking(move |tx| tx.insert_many(&permit, &batch, &source()))
            .map_err(|error: linli_store::WriteError| io::Error::other(error))?;
    }
    Ok(())
}
