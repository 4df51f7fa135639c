//! Durable single-record writes over HTTP at 64 connections, against the bare limit of the same machine, disk and bytes.

use std::{io, net::SocketAddr, path::Path, time::Duration};

use crate::{
    bare,
    client::{Load, get, load, post},
    program::{database, run, serve, sign_in},
    report::Report,
};

const CONNECTIONS: usize = 64;
const TARGET: f64 = 0.7;

/// Measures both backends; PostgreSQL when `LINLI_TEST_POSTGRES` names a server.
pub async fn measure(report: &mut Report, demo: &Path) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let bare_address = bare::sqlite(&folder.path().join("bare.db")).await?;
    let data = demo.to_string_lossy().into_owned();
    compare(report, "durable writes, SQLite", bare_address, &["--data", &data]).await?;

    let Some(url) = database("writes").await? else { return Ok(()) };
    let bare_address = bare::postgres(&url, 4).await?;
    let data = folder.path().join("pg").to_string_lossy().into_owned();
    let place = ["--data", data.as_str(), "--database", url.as_str()];
    run(&[&["demo"], &place[..]].concat())?;
    compare(report, "durable writes, PostgreSQL", bare_address, &place).await
}

async fn compare(report: &mut Report, name: &str, bare_address: SocketAddr, place: &[&str]) -> io::Result<()> {
    let server = serve(place).await?;
    let headers = sign_in(server.address, "community").await?;
    let area = home_area(server.address, &headers).await?;
    // Alternating rounds in one run: the machine's moods hit both alike.
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for round in 0..3 {
        peer.push(one_round(bare_address, "/", "", &area, round).await?.per_second);
        let path = "/api/records/people/resident";
        let round = one_round(server.address, path, &headers, &area, round).await?;
        println!("       {name}: {:.0}/s, p99 {:.1} ms", round.per_second, round.p99_ms);
        ours.push(round.per_second);
    }
    report.at_least(name, median(ours), median(peer), "/s", TARGET)
}

async fn one_round(address: SocketAddr, path: &str, headers: &str, area: &str, round: u64) -> io::Result<Load> {
    let (path, headers, area) = (path.to_owned(), headers.to_owned(), area.to_owned());
    let result = load(address, CONNECTIONS, Duration::from_secs(4), 201, move |number| {
        post(&path, &headers, &resident(&area, round * 10_000_000 + number))
    })
    .await?;
    if result.refused > 0 {
        return Err(io::Error::other(format!("{} writes were refused", result.refused)));
    }
    Ok(result)
}

/// A resident without an identity number, as a counter desk types one in.
fn resident(area: &str, number: u64) -> String {
    let name: String = [number / 400, number / 20 % 20, number % 20]
        .into_iter()
        .map(|at| "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗".chars().nth(at as usize % 20).unwrap_or('王'))
        .collect();
    serde_json::json!({
        "area": area,
        "confirm_new": true,
        "values": {
            "name": name,
            "sex": "1",
            "birth_date": format!("19{:02}-{:02}-{:02}", 30 + number % 70, 1 + number % 12, 1 + number % 28),
            "ethnicity": "01",
            "residence_kind": "permanent",
            "occupation": "个体经营",
            "phone": format!("1990{:07}", number % 10_000_000),
            "remark": "窗口登记,资料待补。".repeat(20),
        }
    })
    .to_string()
}

async fn home_area(address: SocketAddr, headers: &str) -> io::Result<String> {
    let answer = crate::client::Connection::open(address).await?.call(&get("/api/session", headers)).await?;
    let session: serde_json::Value = serde_json::from_slice(&answer.body)?;
    session["home_area"]["code"].as_str().map(str::to_owned).ok_or_else(|| io::Error::other(session.to_string()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
