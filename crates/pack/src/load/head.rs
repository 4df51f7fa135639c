//! Heads of packs, and their order.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Label,
    catalogue::{PackInfo, PackMode},
};

use crate::{files::PackFiles, names, report::Report, source::Spot, toml_read::Document};

/// Reads every `pack.toml`; packs come after those they need.
pub(super) fn read_all(files: &PackFiles, report: &mut Report) -> Vec<PackInfo> {
    let mut heads = BTreeMap::new();
    let known = files.packs();
    for pack in &known {
        let path = format!("{pack}/pack.toml");
        match files.get(&path) {
            Some(text) => {
                if let Some(document) = Document::parse(&path, text, report) {
                    let head = read(pack, &known, &document, report);
                    heads.insert((*pack).to_owned(), head);
                }
            }
            None => {
                let help = format!("id = \"{pack}\"");
                report.error_with(
                    "no_head",
                    &Spot::whole(&path),
                    (format!("包 `{pack}` 没有 pack.toml"), format!("pack `{pack}` has no pack.toml")),
                    Some(Label::new(help.clone(), help)),
                );
            }
        }
    }
    in_order(heads, report)
}

fn read(folder: &str, known: &BTreeSet<&str>, document: &Document<'_>, report: &mut Report) -> PackInfo {
    let mut root = document.root();
    if let Some(id) = root.must_text("id", report) {
        if id.value != folder {
            let message = (
                format!("包的 id `{}` 与文件夹名 `{folder}` 不同", id.value),
                format!("the pack's id `{}` is not the folder's name `{folder}`", id.value),
            );
            let help = format!("id = \"{folder}\"");
            report.error_with("bad_id", &id.spot(), message, Some(Label::new(help.clone(), help)));
        } else if !names::well_formed(folder) {
            bad_name(folder, &id.spot(), report);
        }
    }
    let title = root.must_label("title", report).unwrap_or_default();
    let version = root.must_text("version", report).map(|version| {
        let parts: Vec<&str> = version.value.split('.').collect();
        let number =
            |part: &&str| part.len() <= 9 && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.len() != 3 || !parts.iter().all(number) {
            let message =
                (format!("版本 `{}` 写法不对", version.value), format!("`{}` is not a version", version.value));
            report.error_with("bad_version", &version.spot(), message, Some(Label::new("`1.0.0`", "`1.0.0`")));
        }
        version.value.to_owned()
    });
    let mut needs = Vec::new();
    for need in root.texts("needs", report) {
        if known.contains(need.value) {
            needs.push(need.value.to_owned());
        } else {
            let message = (format!("没有包 `{}`", need.value), format!("there is no pack `{}`", need.value));
            report.error_with("unknown_pack", &need.spot(), message, names::suggest(need.value, known.iter().copied()));
        }
    }
    let mode = match root.text("mode", report) {
        Some(mode) if mode.value == "emergency" => PackMode::Emergency,
        Some(mode) if mode.value != "always" => {
            let message = (format!("不认识的模式 `{}`", mode.value), format!("unknown mode `{}`", mode.value));
            report.error_with(
                "unknown_mode",
                &mode.spot(),
                message,
                names::suggest(mode.value, ["always", "emergency"]),
            );
            PackMode::Always
        }
        _ => PackMode::Always,
    };
    let small_count_threshold = root.within("small_count_threshold", 0..=1000, report).unwrap_or(0);
    root.finish(report);
    PackInfo { id: folder.to_owned(), title, version: version.unwrap_or_default(), needs, mode, small_count_threshold }
}

/// Reports a name that is not made as names are.
pub(super) fn bad_name(name: &str, at: &Spot, report: &mut Report) {
    let message = (format!("名称 `{name}` 写法不对"), format!("`{name}` is not a name"));
    let help = Label::new(
        "小写字母开头,只含小写字母、数字和下划线,最多 41 个字符",
        "a lower-case letter, then lower-case letters, digits and underscores, at most 41 characters",
    );
    report.error_with("bad_name", at, message, Some(help));
}

/// Each pack after those it needs; those in a circle are reported and come last.
fn in_order(mut heads: BTreeMap<String, PackInfo>, report: &mut Report) -> Vec<PackInfo> {
    let mut ordered: Vec<PackInfo> = Vec::new();
    loop {
        let done = |need: &String| !heads.contains_key(need);
        let Some(next) = heads.values().find(|head| head.needs.iter().all(done)).map(|head| head.id.clone()) else {
            break;
        };
        ordered.extend(heads.remove(&next));
    }
    let in_circle = heads.keys().cloned().collect::<BTreeSet<_>>();
    for head in heads.values() {
        let circle: Vec<&str> =
            head.needs.iter().filter(|need| in_circle.contains(*need)).map(String::as_str).collect();
        let others = circle.join(", ");
        report.error(
            "cycle",
            &Spot::line(&format!("{}/pack.toml", head.id), 1),
            format!("包 `{}` 与 {others} 互相需要,形成循环;请去掉其中一处 needs", head.id),
            format!("pack `{}` and {others} need each other in a circle; take one of them out of `needs`", head.id),
        );
    }
    ordered.extend(heads.into_values());
    ordered
}
