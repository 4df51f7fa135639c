//! What is wrong in a template is told with its line and what to write instead.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::{Allowed, Fault, Known, check, parse};

fn faults(body: &str) -> Vec<Fault> {
    let (template, mut faults) = parse(body, 10);
    let known = Known {
        indicators: BTreeMap::from([
            ("party/coverage".to_owned(), Allowed { rank: true, below: true }),
            ("workforce/pay".to_owned(), Allowed { rank: false, below: true }),
            ("facility/share".to_owned(), Allowed { rank: true, below: false }),
        ]),
        thresholds: BTreeSet::from(["workforce/households_bad".to_owned()]),
        params: BTreeSet::from(["city".to_owned()]),
    };
    faults.extend(check(&template, &known));
    faults
}

fn only(body: &str) -> (u32, &'static str, String) {
    let faults = faults(body);
    assert_eq!(faults.len(), 1, "{body}: {faults:#?}");
    (faults[0].line, faults[0].code, faults[0].help.clone().unwrap_or_default().en)
}

#[test]
fn an_unknown_figure_is_named_with_its_line_and_the_one_that_is_meant() {
    let body = "第一行\n第二行{{figure \"party/coverege\"}}\n";
    assert_eq!(only(body), (11, "report.unknown_figure", "`party/coverage`".to_owned()));
    for asking in
        ["{{lowest \"party/x\" 3}}", "{{#if below \"party/x\"}}{{/if}}", "{{#each behind \"party/x\"}}{{/each}}"]
    {
        assert_eq!(only(asking).1, "report.unknown_figure", "{asking}");
    }
}

#[test]
fn every_unknown_word_is_told() {
    let cases = [
        ("{{figuer \"party/coverage\"}}", "report.unknown_tag", "`figure`"),
        ("{{param citty}}", "report.unknown_param", "`city`"),
        ("{{figure \"party/coverage\" of=valeu}}", "report.unknown_word", "`value`"),
        ("{{#if belwo \"party/coverage\"}}{{/if}}", "report.unknown_condition", "`below`"),
        ("{{#advice gap}}x{{/advice}}", "report.unknown_finding", ""),
        (
            "{{#if above \"party/coverage\" threshold \"workforce/households_bda\"}}{{/if}}",
            "report.unknown_threshold",
            "`workforce/households_bad`",
        ),
        ("{{chart areas \"party/coverage\"}}", "report.caption", ""),
        ("{{lowest \"workforce/pay\" 3}}", "report.no_rank", ""),
        ("{{lowest \"facility/share\" 3}}", "report.no_level", ""),
        ("{{name}}", "report.name", "`{{place}}`"),
        ("{{figure \"party/coverage\" more}}", "report.too_much", ""),
        ("{{figure party}}", "report.figure", ""),
        ("{{lowest \"party/coverage\" 0}}", "report.number", ""),
    ];
    for (body, code, help) in cases {
        let found = only(body);
        assert_eq!((found.1, found.2.as_str()), (code, help), "{body}");
    }
}

#[test]
fn what_is_opened_is_closed() {
    assert_eq!(only("一\n{{#if against}}\n二"), (11, "report.not_closed", "`{{/if}}`".to_owned()));
    assert_eq!(only("{{/if}}").1, "report.not_open");
    assert_eq!(only("{{else}}").1, "report.else");
    assert_eq!(only("{{#if against}}{{#note}}{{/if}}{{/note}}{{/if}}").1, "report.not_open");
    assert_eq!(only("正文{{figure").1, "report.not_closed");
    assert_eq!(only("{{figure \"party}}").1, "report.quotation");
}

#[test]
fn a_finding_without_advice_and_one_told_twice_are_told() {
    let body =
        "{{#finding a when against}}x{{/finding}}{{#finding b when against}}y{{/finding}}{{#advice a}}z{{/advice}}";
    assert_eq!(only(body).1, "report.no_advice");
    let twice = "{{#finding a when against}}x{{/finding}}\n{{#finding a when against}}x{{/finding}}";
    assert_eq!(only(twice), (11, "report.duplicate", String::new()));
}

#[test]
fn no_text_can_break_the_reader() {
    let pieces = [
        "{{",
        "}}",
        "#if",
        "/if",
        "else",
        "\"",
        "(",
        ")",
        " not ",
        " and ",
        "figure",
        "=",
        "\n",
        "中",
        "3",
        "#each areas",
        "!",
    ];
    // Every sequence of four of them, and deep nesting.
    for n in 0..pieces.len().pow(4) {
        let text: String = (0..4).map(|place| pieces[n / pieces.len().pow(place) % pieces.len()]).collect();
        parse(&text, 1);
        parse(&format!("{{{{{text}}}}}"), 1);
    }
    let deep = format!("{{{{#if {}against}}}}", "not ".repeat(5000));
    assert!(!parse(&deep, 1).1.is_empty());
    assert!(!parse(&"{{#if against}}".repeat(200), 1).1.is_empty());
}
