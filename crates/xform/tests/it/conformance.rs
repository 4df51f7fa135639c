//! Conformance to the reference compiler on its own test forms, where the shared corpus lies beside the repository.

use std::io::Read;
use std::path::PathBuf;

use linli_xform::xlsform::{Compiled, CompiledForm, Finding, Options, Severity, Source, compile};
use serde_json::Value;

use crate::canonical::{canonical, difference};

/// The folder of the corpus: `LINLI_CORPUS`, or `../shared/corpus` beside the workspace.
pub fn corpus() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let up = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpus");
    let named = std::env::var_os("LINLI_CORPUS").map(PathBuf::from);
    named.into_iter().chain([beside(), up()]).find(|p| p.join("xlsform.jsonl.gz").is_file())
}

/// The records, or nothing with a notice.
pub fn records() -> Vec<Value> {
    let Some(folder) = corpus() else {
        println!("skipped: no corpus (set LINLI_CORPUS to its folder)");
        return Vec::new();
    };
    let file = std::fs::File::open(folder.join("xlsform.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn run(record: &Value) -> Compiled {
    let options = Options { form_name: record["form_name"].as_str().map(str::to_owned), ..Options::default() };
    compile(&Source { name: ".md", bytes: record["input"].as_str().unwrap().as_bytes() }, &options)
}

pub fn errors(compiled: &Compiled) -> Vec<&Finding> {
    compiled.findings.iter().filter(|f| f.severity == Severity::Error).collect()
}

/// The reference turns a Markdown column without a header into one called `None`; we have no such column.
fn same_itemsets(form: &CompiledForm, record: &Value) -> bool {
    let want = record["itemsets"].as_str().map(|csv| csv.replacen(",\"None\"\r\n", "\r\n", 1));
    form.itemsets_csv == want
}

fn shown(compiled: &Compiled) -> String {
    errors(compiled).iter().map(|f| f.to_string()).collect::<Vec<_>>().join(" | ")
}

/// Whether a finding names the sheet, row and column that the reference's message names.
pub fn as_precise(message: &str, findings: &[&Finding]) -> bool {
    let between = |from: &str, to: &str| message.split(from).nth(1).and_then(|rest| rest.split(to).next());
    let row: Option<u32> = between("[row : ", "]").and_then(|r| r.trim().parse().ok());
    let sheet = between("On the '", "' sheet");
    let column = between("sheet, the '", "' value");
    // The reference counts the only row of settings as 1.
    let same_row = |f: &Finding| row.is_none() || f.row == row || (f.sheet == "settings" && f.row == Some(2));
    findings.iter().any(|f| {
        same_row(f)
            && sheet.is_none_or(|s| f.sheet == s)
            && column.is_none_or(|c| {
                let own = f.column.as_deref().unwrap_or_default();
                let group = c.split(" (").next().unwrap_or(c);
                own == c || own == group || own.starts_with(&format!("{group}::")) || (c == "dataset" && own == "list_name")
            })
            // A form_name comes from the caller, not from a sheet.
            && (!f.sheet.is_empty() || f.code == "form-name-invalid")
    })
}

#[test]
fn forms_the_reference_accepts_give_the_same_xform() {
    let records = records();
    let (mut all, mut equal, mut warnings_equal, mut failures) = (0, 0, 0, Vec::new());
    for (at, record) in records.iter().enumerate().filter(|(_, r)| r.get("xform").is_some()) {
        all += 1;
        let compiled = run(record);
        let Some(form) = &compiled.form else {
            failures.push(format!("#{at} rejected: {}", shown(&compiled)));
            continue;
        };
        let want = canonical(record["xform"].as_str().unwrap()).unwrap();
        match canonical(&form.xml) {
            Ok(got) if got == want && same_itemsets(form, record) => equal += 1,
            Ok(got) => failures.push(format!("#{at} differs:\n    {}", difference(&want, &got))),
            Err(error) => failures.push(format!("#{at} is not XML: {error}")),
        }
        let warnings = record["warnings"].as_array().map_or(0, Vec::len);
        if warnings == compiled.findings.len() {
            warnings_equal += 1;
        } else {
            let own: Vec<_> = compiled.findings.iter().map(|f| f.code).collect();
            println!("#{at} warnings: want {warnings} {} got {own:?}", record["warnings"]);
        }
    }
    println!("{}", failures.join("\n"));
    println!("accepted forms: {equal} of {all} equal; warnings: {warnings_equal} of {all} with the same count");
    assert!(equal * 100 >= all * 99, "{equal} of {all}");
}

#[test]
fn forms_the_reference_rejects_are_rejected_at_the_same_place() {
    let records = records();
    let (mut all, mut precise, mut rejected) = (0, 0, 0);
    for (at, record) in records.iter().enumerate().filter(|(_, r)| r.get("error").is_some()) {
        all += 1;
        let compiled = run(record);
        let message = record["error"].as_str().unwrap();
        let errors = errors(&compiled);
        if errors.is_empty() {
            println!("#{at} accepted; want {message}");
            continue;
        }
        rejected += 1;
        if as_precise(message, &errors) {
            precise += 1;
        } else {
            println!("#{at} want {message}\n    got {}", shown(&compiled));
        }
    }
    println!("rejected forms: {rejected} of {all} rejected, {precise} at least as precisely");
    assert!(precise * 100 >= all * 95, "{precise} of {all}");
}

#[test]
fn real_workbooks_are_read() {
    let Some(folder) = corpus() else { return println!("skipped: no corpus") };
    let mut files: Vec<_> = std::fs::read_dir(folder.join("xlsx")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&file).unwrap();
        let compiled = compile(&Source { name: &name, bytes: &bytes }, &Options::default());
        println!("{name}: {} {}", compiled.form.is_some(), shown(&compiled));
        // Both hold columns or cells that no compiler can make sense of.
        let broken = name.starts_with("duplicate_columns");
        assert_eq!(compiled.form.is_none(), broken, "{name}: {}", shown(&compiled));
    }
}
