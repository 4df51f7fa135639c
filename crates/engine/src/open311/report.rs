//! A report arrives from a civic application.

use std::collections::BTreeMap;

use linli_domain::{Actor, Area, FieldKind, check, near::Point};
use linli_store::ReadTx;
use serde_json::{Value as Json, json};

use super::{
    POSTS, own_area,
    requests::bad,
    services::{asked, named},
};
use crate::{
    Engine, Problem, ProblemKind,
    config::ApiKey,
    flow::{self, OpenInput, PlaceInput},
    grid::{FLOW, area_of},
    service::normal_text,
};

/// Most characters of a description, by the specification.
const DESCRIPTION: usize = 4_000;
/// Most characters of an address.
const ADDRESS: usize = 200;

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Code of the service.
    pub service_code: Option<String>,
    /// Latitude, as written.
    pub lat: Option<String>,
    /// Longitude, as written.
    pub long: Option<String>,
    /// Address in words.
    pub address_string: Option<String>,
    /// Code of an area.
    pub address_id: Option<String>,
    /// What is wrong.
    pub description: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Address of a picture.
    pub media_url: Option<String>,
    /// Attributes by name; several of a list.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// Opens an event; answers its number. A key is needed, and counted.
pub async fn report(engine: &Engine, client: &ApiKey, report: Report) -> Result<String, Problem> {
    engine.limits.take(&format!("open311 {}", client.name), POSTS, 1.0, engine.now())?;
    let catalogue = engine.catalogue();
    let code = report.service_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| bad("service_code", "缺少 service_code。", "service_code was not provided."))?;
    named(&catalogue, code, engine.lang)?;
    let mut values = attributes(&catalogue, &report)?;
    values.insert("kind".into(), json!(code));
    values.insert("origin".into(), json!("open311"));
    values.insert("text".into(), json!(description(&report)?));
    values.extend(person(&report)?);
    let place = place(&report)?;
    if let Some(address) = text(report.address_string.as_deref(), ADDRESS, "address_string")? {
        values.insert("address".into(), json!(address));
    }
    let located = place.is_some() || report.address_string.is_some() || report.address_id.is_some();
    if !located {
        return Err(bad(
            "lat",
            "请给出 lat 与 long、address_string 或 address_id 之一。",
            "Give lat and long, an address_string, or an address_id.",
        ));
    }
    let random = engine.random_bytes::<16>();
    let (engine2, name, wanted) = (engine.clone(), client.name.clone(), report.address_id.clone());
    engine
        .store
        .write(move |tx| {
            let area = area(&engine2, tx, wanted.as_deref(), place)?;
            let open = OpenInput {
                answer: None,
                flow: FLOW.into(),
                area: area.code,
                title: None,
                values: values.clone(),
                place: place.map(|point| PlaceInput {
                    lat: Some(point.lat),
                    lon: Some(point.lon),
                    text: String::new(),
                }),
                links: Vec::new(),
                client_id: uuid::Builder::from_random_bytes(random).into_uuid(),
                on_behalf: None,
                channel: Some("resident".into()),
                note: None,
                assign: Vec::new(),
            };
            let actor = Actor { name: name.clone(), ..Engine::operator() };
            Ok(flow::open_in(&engine2, tx, &actor, &open, json!({ "open311": name }))?.number)
        })
        .await
}

/// A text without what only looks like one; a refusal when it is too long.
fn text(given: Option<&str>, most: usize, name: &str) -> Result<Option<String>, Problem> {
    let text = given.and_then(|text| check::long_text(text).ok()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > most) {
        let (zh, en) = (format!("最多 {most} 字。"), format!("At most {most} characters."));
        return Err(bad(name, &zh, &en));
    }
    Ok(text)
}

fn description(report: &Report) -> Result<String, Problem> {
    let said = text(report.description.as_deref(), DESCRIPTION, "description")?;
    let picture = report.media_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
    let sound = |url: &&str| (url.starts_with("https://") || url.starts_with("http://")) && url.len() <= 2_000;
    if picture.is_some() && picture.filter(sound).is_none() {
        return Err(bad("media_url", "须为 http 或 https 地址。", "Must be an http or https address."));
    }
    let picture = picture.filter(|url| url.chars().all(|c| !c.is_whitespace() && !c.is_control()));
    match (said, picture) {
        (Some(said), Some(url)) => Ok(format!("{said}\n{url}")),
        (Some(said), None) => Ok(said),
        (None, Some(url)) => Ok(url.to_owned()),
        (None, None) => Err(bad("description", "请写明情况。", "Say what is wrong.")),
    }
}

fn person(report: &Report) -> Result<Vec<(String, Json)>, Problem> {
    let (last, first) =
        (text(report.last_name.as_deref(), 40, "last_name")?, text(report.first_name.as_deref(), 40, "first_name")?);
    let name: String = [last, first].into_iter().flatten().collect();
    let mut found = Vec::new();
    if !name.is_empty() {
        found.push(("reporter_name".to_owned(), json!(normal_text("first_name", &FieldKind::PersonName, &name)?)));
    }
    if let Some(phone) = report.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty()) {
        found.push(("reporter_phone".to_owned(), json!(normal_text("phone", &FieldKind::Phone, phone)?)));
    }
    Ok(found)
}

/// Coordinates: both or none, and on this planet.
fn place(report: &Report) -> Result<Option<Point>, Problem> {
    let wrong = || {
        bad(
            "lat",
            "lat、long 须同时给出,为十进制度(WGS 84)。",
            "lat and long are given together, as decimal degrees (WGS 84).",
        )
    };
    let number = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| text.parse::<f64>().map_err(|_| wrong())).transpose()
    };
    match (number(&report.lat)?, number(&report.long)?) {
        (None, None) => Ok(None),
        (Some(lat), Some(long)) => Point::new(lat, long).map(Some).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// Where it belongs: an area of ours that was named, one whose outline holds the place, else the configured one.
fn area(engine: &Engine, tx: &mut ReadTx<'_>, wanted: Option<&str>, place: Option<Point>) -> Result<Area, Problem> {
    let own = own_area(engine, tx)?;
    if let Some(code) = wanted.map(str::trim).filter(|code| !code.is_empty()) {
        let named = tx.area(code)?.filter(|area| own.path.covers(&area.path));
        return fitting(tx, named.ok_or_else(|| bad("address_id", "没有这个区域。", "There is no such area."))?);
    }
    let drawn = match place {
        Some(point) => area_of(tx, point)?,
        None => None,
    };
    match drawn {
        Some(area) if own.path.covers(&area.path) => fitting(tx, area),
        // Drawn, but not ours: told, since nobody here would come.
        Some(area) if !area.path.covers(&own.path) => {
            Err(bad("lat", "该位置不在本辖区内。", "The place is outside this jurisdiction."))
        }
        _ => fitting(tx, own),
    }
}

/// The area itself, or the one above that events hang on.
fn fitting(tx: &mut ReadTx<'_>, mut area: Area) -> Result<Area, Problem> {
    while !["grid", "estate", "community", "street"].contains(&area.kind.as_str()) {
        let above = match &area.parent {
            Some(above) => tx.area(above)?,
            None => None,
        };
        area = above.ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                "open311.closed",
                "Open311 的 area 须为街道或以下区域。",
                "The area of Open311 must be a street or lie below one.",
            )
        })?;
    }
    Ok(area)
}

/// Attributes as fields of the event.
fn attributes(catalogue: &linli_domain::Catalogue, report: &Report) -> Result<BTreeMap<String, Json>, Problem> {
    let fields = asked(catalogue);
    let mut values = BTreeMap::new();
    for (name, given) in &report.attributes {
        let field = fields.iter().find(|field| field.name == *name);
        let Some(field) = field else {
            return Err(bad(&format!("attribute[{name}]"), "没有这个属性。", "There is no such attribute."));
        };
        let first = given.first().map(|text| text.trim().to_owned()).unwrap_or_default();
        let value = match &field.kind {
            FieldKind::Codes { .. } => json!(given),
            FieldKind::Bool => match first.as_str() {
                "true" | "1" | "yes" => json!(true),
                "false" | "0" | "no" => json!(false),
                _ => return Err(bad(&format!("attribute[{name}]"), "须为 true 或 false。", "Must be true or false.")),
            },
            FieldKind::Integer { .. } | FieldKind::Money => match first.parse::<i64>() {
                Ok(number) => json!(number),
                Err(_) => return Err(bad(&format!("attribute[{name}]"), "须为整数。", "Must be a whole number.")),
            },
            _ => json!(first),
        };
        values.insert(name.clone(), value);
    }
    Ok(values)
}
