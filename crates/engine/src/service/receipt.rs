//! What an applicant takes along: number, code, what was handed in, when it will be done, and a QR code that shows how far it
//! is.

use linli_domain::{Actor, RecordId};
use serde_json::Value as Json;

use super::{FLOW, apply::Handed};
use crate::{
    Engine, Problem,
    collect::{openrosa::escaped, public::drawing},
    flow,
    register::moment,
};

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// A page to print.
    pub html: String,
    /// The QR code alone, as SVG.
    pub qr: String,
    /// Address behind it.
    pub url: String,
}

/// The receipt of an application that the actor sees. `base` is the address people type.
pub async fn receipt(engine: &Engine, actor: &Actor, id: RecordId, base: &str) -> Result<Receipt, Problem> {
    let (engine2, actor, base) = (engine.clone(), actor.clone(), base.trim_end_matches('/').to_owned());
    engine
        .store
        .read(move |tx| {
            let who = flow::Who::of(&engine2, tx, &actor)?;
            let case = tx.case(&who.reader, id)?.filter(|case| case.flow == FLOW).ok_or_else(Problem::no_record)?;
            let area = engine2.area_ref(tx, &case.area)?;
            let url = format!("{base}/r/case/{}?code={}", case.number, case.body.code);
            let qr = drawing(&url)?;
            let text = |name: &str| case.body.values.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            let limit = case.body.values.get("limit_days").and_then(Json::as_i64).unwrap_or(1);
            let handed: Vec<Handed> =
                serde_json::from_value(case.body.extra["service"]["materials"].clone()).unwrap_or_default();
            let rows: String = handed.iter().map(row).collect();
            let html = PAGE
                .replace("{title}", &escaped(&text("item_title")))
                .replace("{name}", &escaped(&text("applicant_name")))
                .replace("{number}", &escaped(&case.number))
                .replace("{code}", &escaped(&case.body.code))
                .replace("{area}", &escaped(&area.full_name))
                .replace("{at}", &escaped(&moment(case.opened)))
                .replace("{limit}", &limit.to_string())
                .replace("{url}", &escaped(&url))
                .replace("{rows}", &rows)
                .replace("{qr}", &qr);
            Ok(Receipt { html, qr, url })
        })
        .await
}

fn row(one: &Handed) -> String {
    let state = match one.state.as_str() {
        "verified" => "数据已核验,免提交",
        "handed_in" => "已收",
        "lacking" => "待补",
        _ => "可不交",
    };
    format!("<tr><td>{}</td><td>{state}</td></tr>", escaped(&one.label))
}

/// One page of A5; the words are the office's, so Chinese only.
const PAGE: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>受理回执 {number}</title>\
    <style>@page{size:A5;margin:12mm}body{font:14px/1.6 sans-serif;margin:0}h1{font-size:20px;margin:0 0 4mm}\
    table{border-collapse:collapse;width:100%}td,th{border:1px solid #888;padding:1mm 2mm;text-align:left}\
    .qr{float:right;width:34mm;text-align:center;font-size:11px}.qr svg{width:32mm;height:32mm}small{color:#555;\
    word-break:break-all}</style>\
    <h1>受理回执</h1><div class=\"qr\">{qr}扫码查进度、评价</div>\
    <p>事项:<b>{title}</b><br>申请人:{name}<br>受理编号:<b>{number}</b><br>查询码:<b>{code}</b><br>\
    受理地点:{area}<br>受理时间:{at}<br>承诺时限:受理后 {limit} 个工作日</p>\
    <table><tr><th>材料</th><th>情况</th></tr>{rows}</table>\
    <p><small>{url}</small></p></html>\n";
