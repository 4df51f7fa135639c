//! Links of a form: made, listed, changed by whoever may publish it.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use linli_domain::{Actor, Label, Permit, RecordId, Subject, Timestamp, Verb};
use linli_store::{
    ReadTx, WriteTx,
    tables::{Form, Link, LinkKind, LinkToken, forms::slot_of},
};
use qrcode::{QrCode, render::svg};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    super::{
        form::{Compiled, Settings, form_of, kept},
        lists,
    },
    state::{LinkState, no_link, state_of},
};
use crate::{
    Engine, FieldProblem, Problem, ProblemKind,
    area::{self, AreaRef},
    register::moment,
};

/// Most tokens of a link.
const TOKENS: i64 = 10_000;
/// Most answers of a link.
const QUOTA: i64 = 10_000_000;

/// A public link.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `open`: one address, many answers; `one_time`: many addresses, one answer each.
    #[schema(value_type = String)]
    pub kind: LinkKind,
    /// What it is called.
    pub title: String,
    /// Area its answers belong to.
    pub area: AreaRef,
    /// Address of an open link.
    pub url: Option<String>,
    /// Its QR code: a `data:image/svg+xml` address.
    pub qr_svg: Option<String>,
    /// One-time addresses; 1 for an open link.
    pub count: i64,
    /// Answers given.
    pub used: i64,
    /// Most answers.
    pub quota: Option<i64>,
    /// First moment.
    pub opens: Option<String>,
    /// Last moment.
    pub closes: Option<String>,
    /// How far it is.
    pub state: LinkState,
    /// When it was made.
    pub created: String,
    /// By whom.
    pub by: String,
}

/// A link to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// `open` or `one_time`.
    #[schema(value_type = String)]
    pub kind: LinkKind,
    /// What it is called.
    pub title: String,
    /// Code of the area its answers belong to; the form's own when absent.
    #[serde(default)]
    pub area: Option<String>,
    /// How many one-time addresses.
    #[serde(default)]
    pub count: Option<i64>,
    /// Most answers.
    #[serde(default)]
    pub quota: Option<i64>,
    /// First moment.
    #[serde(default)]
    pub opens: Option<String>,
    /// Last moment.
    #[serde(default)]
    pub closes: Option<String>,
}

/// What is to change about a link; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LinkChange {
    /// Whether it is closed.
    pub closed: Option<bool>,
    /// What it is called.
    pub title: Option<String>,
    /// Most answers; null: no limit.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub quota: Option<Option<i64>>,
    /// First moment; null: at once.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub opens: Option<Option<String>>,
    /// Last moment; null: none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub closes: Option<Option<String>>,
}

/// Tells a null from what is absent.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Address of a token; `base` is the address people type.
pub(crate) fn address(base: &str, token: &str) -> String {
    format!("{}/q/{token}", base.trim_end_matches('/'))
}

/// A QR code as SVG, without an XML declaration, so that it can stand within a page.
pub(crate) fn drawing(text: &str) -> Result<String, Problem> {
    let code = QrCode::new(text.as_bytes()).map_err(Problem::internal)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(160, 160).build();
    Ok(drawn.find("<svg").map_or_else(String::new, |at| drawn[at..].to_owned()))
}

/// Links of a form in one's scope, newest first. Blocks the thread.
pub fn list(engine: &Engine, actor: &Actor, base: &str, form: RecordId) -> Result<Vec<LinkView>, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Forms)?;
    let (engine2, base) = (engine.clone(), base.to_owned());
    engine.store.read_blocking(move |tx| {
        let form = form_of(tx, &permit, form)?;
        let links = tx.links(&permit, form.id)?;
        links.iter().map(|link| view(&engine2, tx, &base, &form, link)).collect()
    })
}

pub(super) fn view(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    base: &str,
    form: &Form,
    link: &Link,
) -> Result<LinkView, Problem> {
    let token = match link.kind {
        LinkKind::Open => tx.link_tokens(link, 0, 1)?.pop(),
        LinkKind::OneTime => None,
    };
    let url = token.map(|token| address(base, &token.token));
    let qr = url.as_ref().map(|url| drawing(url)).transpose()?;
    Ok(LinkView {
        id: link.id,
        kind: link.kind,
        title: link.title.clone(),
        area: engine.area_ref(tx, &link.area)?,
        url,
        qr_svg: qr.map(|drawn| format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawn))),
        count: link.count,
        used: link.used,
        quota: link.quota,
        opens: link.opens.map(moment),
        closes: link.closes.map(moment),
        state: state_of(link, form, engine.now()),
        created: moment(link.created),
        by: link.by_name.clone(),
    })
}

/// Makes a link with its tokens. Blocks the thread.
pub fn create(engine: &Engine, actor: &Actor, base: &str, form: RecordId, input: NewLink) -> Result<LinkView, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let (opens, closes) = (instant("opens", input.opens.as_deref())?, instant("closes", input.closes.as_deref())?);
    let count = match (input.kind, input.count) {
        (LinkKind::Open, _) => 1,
        (LinkKind::OneTime, Some(count)) if (1..=TOKENS).contains(&count) => count,
        (LinkKind::OneTime, _) => {
            return Err(Problem::parameter("count", "一次性链接为 1–10,000 个。", "1–10,000 one-time links."));
        }
    };
    let tokens = tokens(engine, count);
    let id = engine.ids.next();
    let (engine2, actor, base) = (engine.clone(), actor.clone(), base.to_owned());
    engine.store.write_blocking(move |tx| {
        let form = form_of(tx, &permit, form)?;
        let made = NewLink { count: Some(count), ..input.clone() };
        let link = keep(&engine2, tx, &permit, &actor, &form, &made, (opens, closes), id, &tokens)?;
        view(&engine2, tx, &base, &form, &link)
    })
}

/// Unguessable tokens.
pub(crate) fn tokens(engine: &Engine, count: i64) -> Vec<String> {
    (0..count).map(|_| URL_SAFE_NO_PAD.encode(engine.random_bytes::<16>())).collect()
}

/// Keeps a new link with its tokens, in the transaction of whoever needs it.
#[expect(clippy::too_many_arguments, reason = "what a link is made of")]
pub(crate) fn keep(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    permit: &Permit,
    actor: &Actor,
    form: &Form,
    input: &NewLink,
    (opens, closes): (Option<Timestamp>, Option<Timestamp>),
    id: RecordId,
    tokens: &[String],
) -> Result<Link, Problem> {
    refuse_unsuitable(engine, tx, form)?;
    let count = input.count.unwrap_or(1);
    let link = Link {
        id,
        form: form.id,
        area: area_for(tx, permit, actor, form, input.area.as_deref())?,
        kind: input.kind,
        title: input.title.trim().to_owned(),
        count,
        used: 0,
        quota: input.quota,
        opens,
        closes,
        closed: false,
        created: tx.now(),
        by: actor.account,
        by_name: actor.name.clone(),
    };
    refuse_unsound(&link)?;
    tx.put_link(permit, &link)?;
    let numbered = (1..).zip(tokens);
    let rows: Vec<LinkToken> = numbered
        .map(|(number, token)| LinkToken { link: id, number, token: token.clone(), used: None, reference: None })
        .collect();
    tx.put_link_tokens(&rows)?;
    let told = json!({ "form": form.id, "kind": link.kind, "count": count, "quota": link.quota });
    tx.audit(engine.audit_entry(actor, "create", "links", id.to_string(), Some(link.area.clone()), told))?;
    Ok(link)
}

/// Changes a link. Blocks the thread.
pub fn change(
    engine: &Engine,
    actor: &Actor,
    base: &str,
    id: RecordId,
    input: LinkChange,
) -> Result<LinkView, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let moments = |name: &str, given: &Option<Option<String>>| {
        given.as_ref().map(|text| instant(name, text.as_deref())).transpose()
    };
    let (opens, closes) = (moments("opens", &input.opens)?, moments("closes", &input.closes)?);
    let (engine2, actor, base) = (engine.clone(), actor.clone(), base.to_owned());
    engine.store.write_blocking(move |tx| {
        let mut link = tx.link(&permit, id)?.ok_or_else(no_link)?;
        let form = form_of(tx, &permit, link.form)?;
        link.closed = input.closed.unwrap_or(link.closed);
        link.title = input.title.as_ref().map_or(link.title, |title| title.trim().to_owned());
        link.quota = input.quota.unwrap_or(link.quota);
        link.opens = opens.unwrap_or(link.opens);
        link.closes = closes.unwrap_or(link.closes);
        refuse_unsound(&link)?;
        tx.put_link(&permit, &link)?;
        let told = json!({ "closed": link.closed, "quota": link.quota, "closes": link.closes.map(moment) });
        tx.audit(engine2.audit_entry(&actor, "edit", "links", id.to_string(), Some(link.area.clone()), told))?;
        view(&engine2, tx, &base, &form, &link)
    })
}

fn refuse_unsound(link: &Link) -> Result<(), Problem> {
    let mut fields = Vec::new();
    let mut wrong =
        |field: &str, zh: &str, en: &str| fields.push(FieldProblem::new(field, "invalid", Label::new(zh, en)));
    if link.title.is_empty() || link.title.chars().count() > 100 {
        wrong("title", "名称为 1–100 个字。", "A title has 1–100 characters.");
    }
    if link.quota.is_some_and(|quota| !(1..=QUOTA).contains(&quota)) {
        wrong("quota", "份数上限须为正整数。", "The quota is a positive number.");
    }
    if link.opens.zip(link.closes).is_some_and(|(opens, closes)| opens >= closes) {
        wrong("closes", "结束时间须晚于开始时间。", "It must close after it opens.");
    }
    if fields.is_empty() { Ok(()) } else { Err(Problem::invalid("link.invalid", fields)) }
}

/// The area asked for, else the form's, else that of whoever makes the link; always one of theirs.
fn area_for(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    actor: &Actor,
    form: &Form,
    code: Option<&str>,
) -> Result<linli_domain::AreaPath, Problem> {
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        return Ok(area::in_scope(tx, permit.scope(), code)?.path);
    }
    let own = crate::access::home_of(&actor.grants).cloned();
    let mut candidates = std::iter::once(form.area.clone()).chain(own);
    candidates.find(|path| permit.scope().covers(path)).ok_or_else(|| Problem::outside_scope(form.area.as_str()))
}

/// Nobody without an account is shown a register: a form that offers one to choose from has no public link.
fn refuse_unsuitable(engine: &Engine, tx: &mut ReadTx<'_>, form: &Form) -> Result<(), Problem> {
    let version = match &form.published {
        Some(version) => tx.form_version(form, &slot_of(version))?,
        None => None,
    };
    let version = version.ok_or_else(|| {
        Problem::new(
            ProblemKind::Conflict,
            "link.unpublished",
            "请先发布表单,再创建公开链接。",
            "Publish the form before making a public link.",
        )
    })?;
    let compiled: Compiled = kept(&version.compiled)?;
    let settings: Settings = kept(&form.settings)?;
    let held = tx.form_media(form.id, &version.slot)?;
    let catalogue = engine.catalogue();
    let shows = compiled.files.iter().find(|file| {
        held.iter().all(|one| one.name != **file) && lists::entity_of_file(&catalogue, &settings.lists, file).is_some()
    });
    match shows {
        None => Ok(()),
        Some(file) => Err(Problem::new(
            ProblemKind::Invalid,
            "link.shows_register",
            format!("表单要从登记册“{file}”中选择,不能公开给没有账号的人填写。"),
            format!("The form lets people choose from the register `{file}`; it cannot be public."),
        )),
    }
}

fn instant(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let read = text.parse::<jiff::Timestamp>();
    read.map(|at| Some(Timestamp(at.as_microsecond()))).map_err(|_| {
        Problem::parameter(
            name,
            "时刻请写成 2026-11-23T08:00:00+08:00。",
            "Write a moment as 2026-11-23T08:00:00+08:00.",
        )
    })
}
