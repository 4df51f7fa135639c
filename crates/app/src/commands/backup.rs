//! `linli backup` and `linli restore`.

use std::{path::Path, process::ExitCode};

use linli_domain::Lang;
use linli_engine::install;
use linli_store::BackupInfo;

use super::{machine, open_existing, place as to_place, refusal};
use crate::{
    options,
    output::{Refusal, Voice},
};

/// Writes a consistent copy while the server runs.
pub fn backup(voice: Voice, place: &options::Place, file: &Path, with_keys: bool) -> Result<ExitCode, Refusal> {
    let engine = open_existing(voice, place)?;
    let info = install::backup(&engine, file, with_keys).map_err(|problem| refusal(voice, &problem))?;
    voice.answer(&describe(voice.lang, "已备份到", "backed up to", &info), &info);
    Ok(ExitCode::SUCCESS)
}

/// Restores into an empty data folder.
pub fn restore(voice: Voice, place: &options::Place, file: &Path) -> Result<ExitCode, Refusal> {
    let info = install::restore(&to_place(place), &machine(), file).map_err(|problem| refusal(voice, &problem))?;
    voice.answer(&describe(voice.lang, "已从备份恢复", "restored from", &info), &info);
    Ok(ExitCode::SUCCESS)
}

fn describe(lang: Lang, zh: &str, en: &str, info: &BackupInfo) -> String {
    let rows: u64 = info.rows.values().sum();
    let (file, megabytes) = (info.file.display(), info.bytes as f64 / 1e6);
    match lang {
        Lang::Zh => format!("{zh} {file}:{} 张表,{rows} 行,{megabytes:.1} MB", info.rows.len()),
        Lang::En => format!("{en} {file}: {} tables, {rows} rows, {megabytes:.1} MB", info.rows.len()),
    }
}
