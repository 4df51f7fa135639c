//! `linli report`.

use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode};

use jiff::civil::Date;
use linli_domain::Lang;
use linli_engine::{
    Engine,
    report::{self, Format, ReportAsk},
};
use serde_json::json;

use super::{open_existing, refusal};
use crate::{
    options,
    output::{Refusal, Voice},
};

/// What to write.
pub struct Order {
    /// Report.
    pub name: String,
    /// Code of the area.
    pub area: String,
    /// The day.
    pub as_of: Option<Date>,
    /// The earlier day that it is compared with.
    pub against: Option<Date>,
    /// `NAME=VALUE`.
    pub params: Vec<String>,
    /// Address of the indicators' page.
    pub pages: Option<String>,
    /// Where it goes; the end of its name is the format.
    pub out: PathBuf,
}

/// Writes a report into a file.
pub fn run(voice: Voice, place: &options::Place, order: &Order) -> Result<ExitCode, Refusal> {
    let extension = order.out.extension().map(|extension| extension.to_string_lossy().into_owned());
    let format = extension.as_deref().and_then(Format::of_extension).ok_or_else(|| no_format(voice, order))?;
    let params = params(voice, &order.params)?;
    let engine = open_existing(voice, place)?.for_request(None, voice.lang);
    let operator = Engine::operator();
    let ask = ReportAsk {
        name: order.name.clone(),
        area: Some(order.area.clone()),
        as_of: order.as_of,
        against: order.against,
        params,
        pages: order.pages.clone(),
    };
    let written = report::write(&engine, &operator, &ask).map_err(|problem| refusal(voice, &problem))?;
    let bytes = written.file(&engine, &operator, format).map_err(|problem| refusal(voice, &problem))?;
    let file = order.out.display();
    fs::write(&order.out, bytes).map_err(|cause| {
        let text = match voice.lang {
            Lang::Zh => format!("无法写入 {file}：{cause}"),
            Lang::En => format!("{file} cannot be written: {cause}"),
        };
        Refusal::new("file.unusable", text)
    })?;
    let (title, figures) = (&written.document.title, written.figures);
    let told = match voice.lang {
        Lang::Zh => format!("{title}：{} 的 {figures} 项指标 → {file}", written.as_of),
        Lang::En => format!("{title}: {figures} figures as of {} → {file}", written.as_of),
    };
    let answer = json!({ "report": written.name, "area": written.area, "as_of": written.as_of,
        "against": written.against, "figures": figures, "out": file.to_string() });
    voice.answer(&told, &answer);
    Ok(ExitCode::SUCCESS)
}

fn no_format(voice: Voice, order: &Order) -> Refusal {
    let file = order.out.display();
    let text = match voice.lang {
        Lang::Zh => format!("看不出 {file} 要什么格式：文件名请以 .docx、.html 或 .md 结尾。"),
        Lang::En => format!("{file} does not tell its format: end the name in .docx, .html or .md."),
    };
    Refusal::new("report.format", text)
}

fn params(voice: Voice, given: &[String]) -> Result<BTreeMap<String, String>, Refusal> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err(Refusal::new(
            "report.param",
            match voice.lang {
                Lang::Zh => format!("参数“{text}”要写成 名称=值。"),
                Lang::En => format!("Write the parameter `{text}` as NAME=VALUE."),
            },
        )),
    };
    given.iter().map(pair).collect()
}
