//! Forms of our own: what pyxform 4.5.0 answers to them is kept beside them (`bench/peers/pyxform_fixtures.py`).

use std::path::{Path, PathBuf};

use linli_xform::xlsform::{Compiled, Options, Severity, Source, compile};

use crate::canonical::{canonical, difference};
use crate::conformance::{as_precise, errors};

fn forms() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xlsform");
    let mut forms: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    forms.retain(|p| p.extension().is_some_and(|e| e == "md"));
    forms.sort();
    forms
}

/// Every form of the fixtures that compiles, except those that are known not to work in ODK Collect.
pub fn compiled() -> Vec<(String, String)> {
    let compile = |form: &PathBuf| {
        let compiled = read(form);
        let portable = compiled.findings.iter().all(|f| f.code != "name-not-ascii");
        Some((form.file_stem()?.to_str()?.to_owned(), compiled.form.filter(|_| portable)?.xml))
    };
    forms().iter().filter_map(compile).collect()
}

fn read(form: &Path) -> Compiled {
    compile(&Source { name: ".md", bytes: &std::fs::read(form).unwrap() }, &Options::default())
}

fn md(text: &str) -> Compiled {
    compile(&Source { name: "form.md", bytes: text.as_bytes() }, &Options::default())
}

#[test]
fn our_own_forms_give_the_xform_of_the_reference() {
    let mut failures = Vec::new();
    let mut seen = 0;
    for form in forms() {
        let Ok(want) = std::fs::read_to_string(form.with_extension("xml")) else { continue };
        seen += 1;
        let compiled = read(&form);
        let Some(got) = &compiled.form else {
            failures.push(format!("{}: {:?}", form.display(), errors(&compiled)));
            continue;
        };
        let (want, own) = (canonical(&want).unwrap(), canonical(&got.xml).unwrap());
        if want != own {
            failures.push(format!("{}:\n    {}", form.display(), difference(&want, &own)));
        }
        assert_eq!(got.itemsets_csv, std::fs::read_to_string(form.with_extension("csv")).ok(), "{}", form.display());
    }
    assert!(seen >= 40, "only {seen} forms were found");
    assert!(failures.is_empty(), "{} of {seen}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn our_own_wrong_forms_are_rejected_at_the_place_the_reference_names() {
    let mut seen = 0;
    for form in forms() {
        let Ok(message) = std::fs::read_to_string(form.with_extension("error")) else { continue };
        seen += 1;
        let compiled = read(&form);
        let errors = errors(&compiled);
        assert!(compiled.form.is_none() && as_precise(&message, &errors), "{}: {errors:?}", form.display());
        assert!(errors.iter().all(|f| f.row.is_some() && f.column.is_some()), "{}: {errors:?}", form.display());
    }
    assert!(seen >= 20, "only {seen} forms were found");
}

#[test]
fn all_errors_are_reported_at_once() {
    let compiled =
        md("| survey | | | |\n| | type | name | label | relevant |\n| | txt | a | A | |\n| | text | 1b | B | |\n\
                       | | select_one x | c | C | ${zz} = 1 |\n| | text | a | again | |\n");
    let got: Vec<_> = errors(&compiled).iter().map(|f| (f.code, f.row)).collect();
    for want in [
        ("type-unknown", Some(2)),
        ("name-invalid", Some(3)),
        ("choices-missing", Some(4)),
        ("reference-unknown", Some(4)),
        ("name-duplicate", Some(5)),
    ] {
        assert!(got.contains(&want), "{want:?} in {got:?}");
    }
    assert!(compiled.form.is_none());
    let texts = compiled.findings.iter().map(|f| &f.message);
    assert!(texts.into_iter().all(|t| !t.zh.is_empty() && !t.en.is_empty()));
}

#[test]
fn a_question_names_its_data_element_and_reason() {
    let form = md("| survey | | | | | |\n| | type | name | label | linli::element | linli::reason |\n\
                   | | text | phone | 电话 | people/resident/phone | 号码常变 |\n| | text | other | 其他 | | |\n")
    .form
    .unwrap();
    assert_eq!(form.questions[0].data_element.as_deref(), Some("people/resident/phone"));
    assert_eq!(form.questions[0].reason.as_deref(), Some("号码常变"));
    assert_eq!(form.questions[0].path, "/data/phone");
    assert_eq!(form.questions[1].data_element, None);
    assert!(form.xml.contains("xmlns:linli=\"urn:linli:forms\""));
    assert!(form.xml.contains("linli:element=\"people/resident/phone\" linli:reason=\"号码常变\""));
    let alias =
        md("| survey | | |\n| | type | name | label | data_element |\n| | text | a | A | x/y/z |\n").form.unwrap();
    assert_eq!(alias.questions[0].data_element.as_deref(), Some("x/y/z"));
    let plain = md("| survey | | |\n| | type | name | label |\n| | text | a | A |\n").form.unwrap();
    assert!(!plain.xml.contains("linli"));
    assert_eq!((plain.id.as_str(), plain.title.as_str()), ("form", "form"));
}

#[test]
fn questions_tell_the_studio_what_they_are() {
    let form = md("| survey | | |\n| | type | name | label::中文 (zh) | label::English (en) | required | relevant |\n\
                   | | begin repeat | r | 组 | R | | |\n| | select_one l | a | 甲 | A | yes | 1 = 1 |\n| | end repeat | | | | | |\n\
                   | choices | | |\n| | list_name | name | label |\n| | l | x | X |\n")
    .form
    .unwrap();
    let question = &form.questions[0];
    assert_eq!(
        (question.row, question.path.as_str(), question.in_repeat),
        (3, "/form/r/a".replace("form", "data").as_str(), true)
    );
    assert_eq!(
        question.labels,
        [("中文 (zh)".to_owned(), "甲".to_owned()), ("English (en)".to_owned(), "A".to_owned())]
    );
    assert_eq!(question.required.as_deref(), Some("true()"));
    assert_eq!(question.list.as_deref(), Some("l"));
}

#[test]
fn the_files_a_form_needs_are_listed() {
    let form = md("| survey | | |\n| | type | name | label | image | calculation |\n| | text | a | A | a.png | |\n\
                   | | select_one_from_file v.csv | v | V | | |\n| | calculate | c | | | pulldata('stock', 'n', 'c', ${a}) |\n\
                   | | xml-external | trees | | | |\n")
    .form
    .unwrap();
    let mut media = form.media;
    media.sort();
    assert_eq!(media, ["a.png", "stock.csv", "trees.xml", "v.csv"]);
}

#[test]
fn a_name_that_collect_cannot_read_is_warned_of() {
    let compiled = md("| survey | | |\n| | type | name | label |\n| | text | 姓名 | 姓名 |\n");
    assert!(compiled.form.is_some());
    assert_eq!((compiled.findings[0].code, compiled.findings[0].row), ("name-not-ascii", Some(2)));
    let cased = md("| survey | | |\n| | type | name | label |\n| | text | größe | Size |\n| | text | имя | Name |\n");
    assert!(cased.findings.is_empty(), "letters with an upper and a lower case open: {:?}", cased.findings);
}

#[test]
fn a_csv_form_compiles_like_the_markdown_one() {
    let csv = "survey,,,\n,type,name,label\n,text,a,\"A, b\"\nsettings,,\n,form_id,\n,f,\n";
    let got = compile(&Source { name: "x.csv", bytes: csv.as_bytes() }, &Options::default());
    assert!(got.findings.iter().all(|f| f.severity == Severity::Warning), "{:?}", got.findings);
    let form = got.form.unwrap();
    assert_eq!(form.id, "f");
    assert!(form.xml.contains("<label>A, b</label>"));
}
