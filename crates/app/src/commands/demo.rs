//! `linli demo`.

use std::{process::ExitCode, sync::Arc};

use linli_domain::{Clock, Lang};
use linli_engine::{
    demo::{DemoOptions, DemoSummary, accounts::PASSWORD, banner, clock::DemoClock, install},
    install as installation,
};

use super::{machine_with, place as to_place, refusal};
use crate::{
    machine::WallClock,
    options,
    output::{Refusal, Voice},
    progress::Progress,
};

/// Makes the demo city, or says that it is there; prints its accounts.
pub fn run(voice: Voice, place: &options::Place) -> Result<ExitCode, Refusal> {
    let said = |problem| refusal(voice, &problem);
    let now = WallClock.now();
    let clock = Arc::new(DemoClock::new(now));
    let machine = machine_with(Arc::clone(&clock) as Arc<dyn Clock>);
    let engine = installation::open(&to_place(place), &machine).map_err(said)?;
    let bar = Progress::new(voice.lang.pick("建立演示城市", "Making the demo city"));
    let options = DemoOptions::at(now);
    let made = install(&engine, &clock, options, &mut |step| bar.at(step.done, step.total));
    bar.finish();
    let summary = made.map_err(said)?;
    voice.answer(&describe(voice.lang, &summary), &as_json(&summary));
    Ok(ExitCode::SUCCESS)
}

fn describe(lang: Lang, summary: &DemoSummary) -> String {
    let mut text = format!("{}\n", banner().text(lang));
    text += &match lang {
        Lang::Zh => format!(
            "区划 {} 个,房屋 {} 套,住户 {} 户,居民 {} 人。示例文件:{}\n账号(密码均为 {PASSWORD}):\n",
            summary.areas,
            summary.dwellings,
            summary.households,
            summary.residents,
            summary.samples.display()
        ),
        Lang::En => format!(
            "{} areas, {} dwellings, {} households, {} residents. Sample files: {}\nAccounts (password {PASSWORD}):\n",
            summary.areas,
            summary.dwellings,
            summary.households,
            summary.residents,
            summary.samples.display()
        ),
    };
    for (login, label) in &summary.accounts {
        text += &format!("  {login:<12} {}\n", label.text(lang));
    }
    text.trim_end().to_owned()
}

fn as_json(summary: &DemoSummary) -> serde_json::Value {
    let accounts: Vec<_> = summary
        .accounts
        .iter()
        .map(|(login, label)| serde_json::json!({ "login": login, "label": label, "password": PASSWORD }))
        .collect();
    serde_json::json!({
        "created": summary.fresh, "areas": summary.areas, "dwellings": summary.dwellings,
        "households": summary.households, "residents": summary.residents, "ended": summary.ended,
        "workers": summary.workers, "samples": summary.samples, "accounts": accounts,
    })
}
