//! Levels of the area tree.

use linli_domain::catalogue::AreaLevel;

use crate::{
    files::PackFiles,
    names,
    report::Report,
    toml_read::{Document, Table},
};

use super::head::bad_name;

/// Kinds at ranks 1 to 5, fixed by the statistical codes.
const FIXED: [&str; 5] = ["province", "city", "district", "street", "community"];

/// Reads the one `levels.toml` there is.
pub(super) fn read_all(files: &PackFiles, report: &mut Report) -> Vec<AreaLevel> {
    let mut levels: Vec<AreaLevel> = Vec::new();
    let mut first: Option<&str> = None;
    for (path, text) in
        files.iter().filter(|(path, _)| path.ends_with("/levels.toml") && path.matches('/').count() == 1)
    {
        let Some(document) = Document::parse(path, text, report) else { continue };
        if let Some(first) = first {
            let at = document.root().spot();
            let message = (format!("层级已在 {first} 中规定"), format!("the levels are already given by {first}"));
            report.error("levels_twice", &at, message.0, message.1);
            continue;
        }
        first = Some(path);
        let mut root = document.root();
        for table in root.tables("levels", report) {
            read(table, &mut levels, report);
        }
        for (at, kind) in FIXED.iter().enumerate() {
            if levels.get(at).map(|level| level.kind.as_str()) != Some(kind) {
                let rank = at + 1;
                let message = (
                    format!("第 {rank} 级必须是 `{kind}`(统计用区划代码规定)"),
                    format!("rank {rank} must be `{kind}`, as the statistical codes have it"),
                );
                report.error("fixed_level", &root.spot_of("levels"), message.0, message.1);
                break;
            }
        }
        root.finish(report);
    }
    levels
}

fn read(mut table: Table<'_>, levels: &mut Vec<AreaLevel>, report: &mut Report) {
    let kind = table.must_text("kind", report);
    let rank: Option<u8> = table.within("rank", 1..=50, report);
    let label = table.must_label("label", report).unwrap_or_default();
    let code_digits = table.within("code_digits", 0..=6, report).unwrap_or(0);
    let (recommended, optional) = (table.flag("recommended", report), table.flag("optional", report));
    if rank.is_none() && !table.has("rank") {
        report.error("missing_key", &table.spot(), "缺少 `rank`", "`rank` is missing");
    }
    if let (Some(kind), Some(rank)) = (kind, rank) {
        if !names::well_formed(kind.value) {
            bad_name(kind.value, &kind.spot(), report);
        }
        if levels.iter().any(|level| level.kind == kind.value) {
            let message = (format!("层级 `{}` 写了两次", kind.value), format!("level `{}` is given twice", kind.value));
            report.error("duplicate", &kind.spot(), message.0, message.1);
        } else if levels.last().is_some_and(|above| above.rank >= rank) {
            let message = ("rank 应自上而下递增", "ranks must grow from the top down");
            report.error("level_order", &table.spot_of("rank"), message.0, message.1);
        } else {
            if rank > 5 && code_digits == 0 {
                let message = (
                    format!("社区以下的层级 `{}` 要写 code_digits(下级编码追加的位数)", kind.value),
                    format!("level `{}` is below the community and needs `code_digits`", kind.value),
                );
                report.error("bad_range", &table.spot_of("code_digits"), message.0, message.1);
            }
            let kind = kind.value.to_owned();
            levels.push(AreaLevel { kind, rank, label, code_digits, recommended, optional });
        }
    }
    table.finish(report);
}
