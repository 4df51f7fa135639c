//! `linli verify`.

use std::process::ExitCode;

use linli_domain::Lang;
use linli_store::{Fault, VerifyReport};

use super::{open_existing, refusal};
use crate::{
    options,
    output::{Refusal, Voice},
};

/// Checks everything that must hold; exit status 1 when something does not.
pub fn run(voice: Voice, place: &options::Place) -> Result<ExitCode, Refusal> {
    let engine = open_existing(voice, place)?;
    let mut report = engine.store.verify().map_err(|error| refusal(voice, &error.into()))?;
    linli_engine::flow::verify(&engine, &mut report).map_err(|problem| refusal(voice, &problem))?;
    voice.answer(&describe(voice.lang, &report), &report);
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn describe(lang: Lang, report: &VerifyReport) -> String {
    let mut text: String = report.faults.iter().map(|fault| fault_line(lang, fault) + "\n").collect();
    let (entries, records, cases, faults) = (report.audit_entries, report.records, report.cases, report.faults.len());
    text += &match lang {
        Lang::Zh => format!("校验了 {entries} 条审计记录、{records} 条登记记录、{cases} 个案件:{faults} 处问题"),
        Lang::En => format!("{entries} audit entries, {records} records and {cases} cases checked: {faults} faults"),
    };
    text
}

fn fault_line(lang: Lang, fault: &Fault) -> String {
    match (lang, fault) {
        (Lang::Zh, Fault::AuditChain { chain, seq, at, why }) => {
            format!("审计链 {chain} 从第 {seq} 条({at})起断裂:{why}")
        }
        (Lang::En, Fault::AuditChain { chain, seq, at, why }) => {
            format!("audit chain {chain} breaks at entry {seq} ({at}): {why}")
        }
        (Lang::Zh, Fault::Claim { entity, field, id, why }) => format!("唯一值登记有误:{entity}/{field} {id}:{why}"),
        (Lang::En, Fault::Claim { entity, field, id, why }) => format!("unique claim of {entity}/{field} {id}: {why}"),
        (Lang::Zh, Fault::History { entity, id, version }) => format!("历史不连续:{entity} {id} 第 {version} 版"),
        (Lang::En, Fault::History { entity, id, version }) => {
            format!("history of {entity} {id} breaks at version {version}")
        }
        (Lang::Zh, Fault::Case { number }) => format!("案件 {number} 与它的流转记录不一致"),
        (Lang::En, Fault::Case { number }) => format!("the case {number} is not what its history adds up to"),
        (Lang::Zh, Fault::Rollup { entity, filter, path, held, counted }) => {
            format!("指标汇总与明细不符:{entity} [{filter}] {path}:汇总 {held},明细 {counted}")
        }
        (Lang::En, Fault::Rollup { entity, filter, path, held, counted }) => {
            format!("roll-up of {entity} [{filter}] at {path} holds {held}, the rows say {counted}")
        }
        (Lang::Zh, Fault::Home { entity, home, path, rows }) => {
            format!("{entity} 有 {rows} 行所在区划不存在或归属不符:{home} {path}")
        }
        (Lang::En, Fault::Home { entity, home, path, rows }) => {
            format!("{rows} rows of {entity} stand on an area that is absent or owned otherwise: {home} {path}")
        }
    }
}
