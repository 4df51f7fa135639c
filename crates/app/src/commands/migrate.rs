//! `linli migrate`.

use std::process::ExitCode;

use linli_domain::Lang;
use linli_engine::install::{self, Wanted};
use linli_store::{MigrationClass, MigrationPlan};

use super::{open_existing, refusal, shipped};
use crate::{
    options,
    output::{Refusal, Voice},
};

/// Shows or runs what it takes to install the packs in the data folder, brought up to the shipped ones.
pub fn run(voice: Voice, place: &options::Place, only_plan: bool, destructive: bool) -> Result<ExitCode, Refusal> {
    let engine = open_existing(voice, place)?;
    let allow = if destructive { MigrationClass::Destructive } else { MigrationClass::Rewrite };
    let packs = shipped::packs();
    let done = if only_plan { install::plan(&engine, &packs) } else { install::migrate(&engine, &packs, allow) };
    let (wanted, plan) = done.map_err(|problem| refusal(voice, &problem))?;
    let conflicts: Vec<_> = wanted
        .conflicts
        .iter()
        .map(|one| {
            serde_json::json!({
                "file": one.file, "key": one.key, "base": one.base, "shipped": one.shipped, "city": one.city
            })
        })
        .collect();
    let answer = serde_json::json!({
        "applied": !only_plan, "class": plan.class(), "steps": plan.steps, "conflicts": conflicts,
        "diagnostics": wanted.diagnostics,
    });
    voice.answer(&describe(voice.lang, &wanted, &plan, only_plan), &answer);
    Ok(if wanted.is_refused() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn describe(lang: Lang, wanted: &Wanted, plan: &MigrationPlan, only_plan: bool) -> String {
    let mut text = String::new();
    for found in &wanted.diagnostics {
        text += &(found.render(lang) + "\n");
    }
    for conflict in &wanted.conflicts {
        text += &format!(
            "{} {} · {}\n    {} {}\n    {} {}\n",
            lang.pick("冲突(保留本地):", "conflict (the city's stays):"),
            conflict.file,
            conflict.key,
            lang.pick("随程序:", "shipped:"),
            conflict.shipped.as_deref().unwrap_or("-"),
            lang.pick("本地:", "city:"),
            conflict.city.as_deref().unwrap_or("-"),
        );
    }
    for step in &plan.steps {
        let (class, rows, why) = (class_name(lang, step.class), step.rows, step.why.text(lang));
        text += &format!("-- [{class}] {} · {rows} {} · {why}\n{};\n", step.table, lang.pick("行", "rows"), step.sql);
    }
    text + match (plan.steps.is_empty(), only_plan) {
        (true, _) => lang.pick("数据结构与业务包一致,无需迁移。", "The database is what the packs say: nothing to do."),
        (false, true) => {
            lang.pick("以上只是计划。执行:linli migrate --data …", "This was the plan. Run it: linli migrate --data …")
        }
        (false, false) => lang.pick("迁移完成。", "Done."),
    }
}

fn class_name(lang: Lang, class: MigrationClass) -> &'static str {
    match class {
        MigrationClass::Additive => lang.pick("新增 additive", "additive"),
        MigrationClass::Rewrite => lang.pick("改写 rewrite", "rewrite"),
        MigrationClass::Destructive => lang.pick("有损 destructive", "destructive"),
    }
}
