//! Pages to print, with a QR code for each address, and lists of one-time addresses for mailings.

use std::io::Write;

use linli_domain::{Actor, Lang, RecordId, Subject, Verb};
use linli_store::tables::{Form, Link, LinkToken};
use linli_workbook::{BookError, ColumnKind, ExportValue, XlsxExport};
use serde_json::json;

use super::{
    super::{form::form_of, openrosa::escaped},
    link::{address, drawing},
    state::no_link,
};
use crate::{Engine, Problem, sheet::import::stage::book_problem};

/// Tokens read at once.
const BATCH: u32 = 500;

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFormat {
    /// Page with QR codes.
    Html,
    /// List.
    Xlsx,
}

impl SheetFormat {
    /// Reads `html` or `xlsx`.
    pub fn of(name: &str) -> Result<Self, Problem> {
        match name {
            "html" => Ok(Self::Html),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(Problem::parameter("format", "格式只能是 html 或 xlsx。", "The format is html or xlsx.")),
        }
    }
}

/// A sheet that was permitted and audited; [`LinkSheet::write`] makes it.
pub struct LinkSheet {
    engine: Engine,
    form: Form,
    link: Link,
    base: String,
    by: String,
    format: SheetFormat,
    /// Name to offer the file under.
    pub file_name: String,
}

/// Prepares a sheet of a link's addresses. Whoever has them may answer: it is for those who may make links, and audited.
/// Blocks the thread.
pub fn begin(
    engine: &Engine,
    actor: &Actor,
    base: &str,
    id: RecordId,
    format: SheetFormat,
) -> Result<LinkSheet, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Forms)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    let (form, link) = engine.store.write_blocking::<_, Problem>(move |tx| {
        let link = tx.link(&permit, id)?.ok_or_else(no_link)?;
        let form = form_of(tx, &permit, link.form)?;
        let told = json!({ "count": link.count });
        tx.audit(engine2.audit_entry(&actor2, "export", "links", id.to_string(), Some(link.area.clone()), told))?;
        Ok((form, link))
    })?;
    let ending = if format == SheetFormat::Html { "html" } else { "xlsx" };
    let file_name = format!("{}-{}.{ending}", form.title, link.title);
    let (base, by) = (base.to_owned(), actor.name.clone());
    Ok(LinkSheet { engine: engine.clone(), form, link, base, by, format, file_name })
}

impl LinkSheet {
    /// Media type of the file.
    pub fn media_type(&self) -> &'static str {
        match self.format {
            SheetFormat::Html => "text/html; charset=utf-8",
            SheetFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Writes the file. Blocks the thread.
    pub fn write<W: Write>(self, out: W) -> Result<(), Problem> {
        match self.format {
            SheetFormat::Html => self.html(out),
            SheetFormat::Xlsx => self.xlsx(out),
        }
    }

    /// Every token in order; each batch is a read of its own, so that a slow reader holds nothing up.
    fn each(&self, work: &mut dyn FnMut(&LinkToken) -> Result<(), Problem>) -> Result<(), Problem> {
        let mut after = 0;
        loop {
            let link = self.link.clone();
            let read =
                self.engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.link_tokens(&link, after, BATCH)?));
            let tokens = read?;
            tokens.iter().try_for_each(&mut *work)?;
            match tokens.last() {
                Some(last) if tokens.len() == BATCH as usize => after = last.number,
                _ => return Ok(()),
            }
        }
    }

    fn xlsx<W: Write>(&self, out: W) -> Result<(), Problem> {
        let (lang, now) = (self.engine.lang, self.engine.now());
        let book = |error: BookError| book_problem(&error);
        let labels = match lang {
            Lang::Zh => ["序号", "链接", "状态", "回执号"],
            Lang::En => ["No.", "Address", "State", "Reference"],
        };
        let kinds = [ColumnKind::Number, ColumnKind::Text, ColumnKind::Text, ColumnKind::Text];
        let columns: Vec<(&str, ColumnKind)> = labels.into_iter().zip(kinds).collect();
        let mark = format!("{} · {} · {} {now}", self.form.title, self.link.title, self.by);
        let mut file = XlsxExport::new(out, &self.link.title, &columns, &mark).map_err(book)?;
        self.each(&mut |token| {
            let url = address(&self.base, &token.token);
            let state = if token.used.is_some() { lang.pick("已填", "Used") } else { lang.pick("未填", "Free") };
            let reference = token.reference.as_deref().unwrap_or_default();
            let row = [
                ExportValue::Number(token.number as f64),
                ExportValue::Text(&url),
                ExportValue::Text(state),
                ExportValue::Text(reference),
            ];
            file.push(&row).map_err(book)
        })?;
        file.finish().and_then(|mut out| Ok(out.flush()?)).map_err(book)
    }

    fn html<W: Write>(&self, mut out: W) -> Result<(), Problem> {
        let io = |error: std::io::Error| book_problem(&BookError::Io(error));
        let (title, about) = (escaped(&self.form.title), escaped(&self.link.title));
        let lang = self.engine.lang.pick("zh-CN", "en");
        write!(
            out,
            "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>"
        )
        .map_err(io)?;
        write!(out, "<h1>{title}</h1><p>{about}</p><main>").map_err(io)?;
        self.each(&mut |token| {
            let url = address(&self.base, &token.token);
            let (drawn, shown) = (drawing(&url)?, escaped(&url));
            let number = if self.link.count > 1 { format!("<b>{:04}</b>", token.number) } else { String::new() };
            let used = if token.used.is_some() { " class=\"used\"" } else { "" };
            writeln!(
                out,
                "<figure{used}>{drawn}<figcaption>{number}{title}<small>{shown}</small></figcaption></figure>"
            )
            .map_err(io)
        })?;
        out.write_all(b"</main></html>\n").and_then(|()| out.flush()).map_err(io)
    }
}

/// Three columns on A4; a card is never cut by the end of a page.
const STYLE: &str = "@page{size:A4;margin:12mm}body{font:14px/1.5 sans-serif;margin:0}h1{font-size:20px;margin:0}\
    main{display:grid;grid-template-columns:repeat(3,1fr);gap:8mm}figure{margin:0;padding:4mm;border:1px dashed #888;\
    text-align:center;break-inside:avoid}figure svg{width:42mm;height:42mm}.used{opacity:.3}b{display:block}\
    small{display:block;word-break:break-all;color:#555;font-size:9px}";
