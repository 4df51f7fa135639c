//! Every form of the shared corpus can be read, started and checked. Without the corpus there is nothing to do.

use std::io::Read;

use linli_xform::check::{FindingKind, check};
use linli_xform::instance::{Instance, blank};
use linli_xform::model::{Form, Severity};
use linli_xform::xpath::World;

use crate::support::NOW;

/// The XForms of the corpus; empty, with a notice, when it is not there.
fn corpus() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/xlsform.jsonl.gz");
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/corpus/xlsform.jsonl.gz");
    let Some(bytes) = [path, beside].iter().find_map(|path| std::fs::read(path).ok()) else {
        println!("skipped: no corpus beside the repository");
        return Vec::new();
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
    text.lines()
        .filter_map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            record["xform"].as_str().map(str::to_owned)
        })
        .collect()
}

#[test]
fn every_form_of_the_corpus_is_read_started_and_checked() {
    let world = World::new(NOW, 5);
    let mut bad = Vec::new();
    for xml in corpus() {
        let form = match Form::parse(&xml) {
            Ok(form) => form,
            Err(e) => {
                bad.push(format!("{e}\n{xml}"));
                continue;
            }
        };
        let instance = blank(&form, &world);
        let report = check(&form, &Instance::parse(instance.to_xml().as_bytes()).unwrap(), &world);
        let odd = |kind| matches!(kind, FindingKind::UnknownNode | FindingKind::WrongForm | FindingKind::NotRelevant);
        let odd: Vec<_> = report.findings.iter().filter(|f| odd(f.kind)).collect();
        // Two forms hold a calculation that is wrong on purpose, at a question named so.
        let meant = |place: &str| place == "/test_name/bad calculate";
        let errors: Vec<_> =
            form.findings.iter().filter(|f| f.severity == Severity::Error && !meant(&f.place)).collect();
        if !odd.is_empty() || !errors.is_empty() {
            bad.push(format!("{odd:?} {errors:?}\n{xml}"));
        }
    }
    for one in bad.iter().take(6) {
        println!("{one}\n-----");
    }
    assert!(bad.is_empty(), "{} forms", bad.len());
}
