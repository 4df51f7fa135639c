//! A form read from its XML.

use linli_xform::model::{ControlKind, DataType, Form, FormError, InstanceSource, NodeKind, Severity};

pub const HOUSEHOLD: &str = include_str!("forms/household.xml");

pub fn household() -> Form {
    Form::parse(HOUSEHOLD).unwrap()
}

/// A form of plain fields with binds, for tests of one rule.
pub fn small(fields: &str, binds: &str) -> Form {
    let xml = format!(
        "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml' \
         xmlns:jr='http://openrosa.org/javarosa'><h:head><h:title>t</h:title><model><instance><data id='t' version='1'>\
         {fields}<meta><instanceID/></meta></data></instance>{binds}</model></h:head><h:body/></h:html>"
    );
    Form::parse(&xml).unwrap()
}

#[test]
fn everything_a_form_says_is_read() {
    let form = household();
    assert_eq!((form.id.as_str(), form.version.as_str(), form.title.as_str()), ("household", "2026010101", "入户走访"));
    assert_eq!(form.findings, []);
    assert_eq!(form.submission.auto_send, Some(true));
    assert_eq!(form.itext.languages, ["中文 (zh)", "English (en)"]);
    assert_eq!(form.entities_version.as_deref(), Some("2025.1.0"));
    let phone = form.node("/data/phone").unwrap();
    assert_eq!(phone.bind.element.as_deref(), Some("phone"));
    assert_eq!(phone.bind.save_to.as_deref(), Some("phone"));
    assert_eq!(form.node("/data/landlord/name").unwrap().bind.reason.as_deref(), Some("房东不在人口库中"));
    assert_eq!(form.node("/data/member").unwrap().kind, NodeKind::Repeat);
    assert_eq!(form.node("/data/member/meta/entity/@id").unwrap().kind, NodeKind::Attribute);
    assert_eq!(form.node("/data/start").unwrap().bind.preload, Some(("timestamp".into(), "start".into())));
    assert!(matches!(form.instances[1].source, InstanceSource::File(ref name) if name == "grids.csv"));
    assert!(matches!(form.instances[2].source, InstanceSource::LastSaved));
    assert_eq!(form.files().collect::<Vec<_>>(), [("grids", "grids.csv")]);
    assert_eq!(form.actions.len(), 2);
}

#[test]
fn questions_come_in_order_with_labels_choices_and_what_is_around_them() {
    let form = household();
    let questions = form.questions();
    let paths: Vec<&str> = questions.iter().map(|q| q.path.trim_start_matches("/data/")).collect();
    let expected = [
        "start",
        "community",
        "grid",
        "kind",
        "landlord/name",
        "phone",
        "photo",
        "count",
        "member/name",
        "member/age",
        "member/adult",
        "member/school",
        "note",
    ];
    assert_eq!(paths, expected);
    let phone = &questions[5];
    assert_eq!(phone.labels["中文 (zh)"], "联系电话");
    assert_eq!(phone.labels["English (en)"], "Phone");
    assert_eq!(phone.hints["中文 (zh)"], "11 位手机号");
    assert_eq!(questions[4].labels[""], "房东是${community}的人吗");
    assert_eq!(questions[4].groups, ["/data/landlord"]);
    let kinds: Vec<&str> = questions[3].choices.iter().map(|c| c.labels["English (en)"].as_str()).collect();
    assert_eq!(kinds, ["Owned", "Rented"]);
    assert_eq!(questions[6].data_type, DataType::Binary);
    assert_eq!(questions[11].control, Some(ControlKind::SelectMultiple));
    assert_eq!(questions[11].repeats, ["/data/member"]);
    assert!(questions[7].calculated && questions[7].control.is_none());
}

#[test]
fn a_saveto_belongs_to_the_nearest_entity() {
    let form = household();
    let saved: Vec<(&str, Vec<&str>)> = form
        .entities
        .iter()
        .map(|e| (e.dataset.as_str(), e.saves.iter().map(|save| save.property.as_str()).collect()))
        .collect();
    let expected =
        [("residents", vec!["full_name", "age", "school"]), ("households", vec!["grid", "landlord", "phone"])];
    assert_eq!(saved, expected);
}

#[test]
fn a_calculation_comes_after_what_it_reads() {
    let form = small(
        "<c/><b/><a/><g><d/></g>",
        "<bind nodeset='/data/c' calculate='/data/b + 1'/><bind nodeset='/data/b' calculate='/data/a + 1'/>\
         <bind nodeset='/data/g' relevant='/data/c &gt; 1'/><bind nodeset='/data/a' calculate='1'/>",
    );
    let order: Vec<String> = form.order.iter().map(|v| format!("{} {:?}", form.nodes[v.node].name, v.facet)).collect();
    let at = |what: &str| order.iter().position(|one| one == what).unwrap();
    assert!(at("a Value") < at("b Value") && at("b Value") < at("c Value"));
    assert!(at("c Value") < at("g Relevance") && at("g Relevance") < at("d Relevance"));
    let names = |ixs: Vec<usize>| ixs.into_iter().map(|ix| form.nodes[ix].name.clone()).collect::<Vec<_>>();
    assert_eq!(names(form.triggered_by(form.index("/data/c").unwrap())), ["g"]);
}

#[test]
fn a_circle_is_told_with_its_questions_and_expressions() {
    let form = small(
        "<a/><b/><c/>",
        "<bind nodeset='/data/a' calculate='/data/b + 1'/><bind nodeset='/data/b' relevant='../a = 1'/>\
         <bind nodeset='/data/c' calculate='/data/c + 1'/>",
    );
    let circles: Vec<&str> =
        form.findings.iter().filter(|f| f.code == "form.circle").map(|f| f.message.en.as_str()).collect();
    assert_eq!(circles.len(), 2);
    assert!(circles[0].contains("a (calculate: /data/b + 1)") && circles[0].contains("b (relevant: ../a = 1)"));
    assert!(circles[1].contains("c (calculate: /data/c + 1)"));
    // A row's own earlier value and a count of rows are no circle.
    let form = small("<x/>", "<bind nodeset='/data/x' calculate='if(. = \"\", 1, .)' constraint='. &gt; /data/x'/>");
    assert_eq!(form.findings, []);
}

#[test]
fn what_is_wrong_with_a_form_is_gathered_with_its_place() {
    let form = small(
        "<a/>",
        "<bind nodeset='/data/a' constraint='. &gt; nosuch(1)' relevant='selected(/data/a' calculate='instance(\"x\")/a'/>\
         <bind nodeset='/data/zzz' type='int'/><bind type='int'/>",
    );
    let mut found: Vec<(&str, &str, Option<u32>)> =
        form.findings.iter().map(|f| (f.code, f.place.as_str(), f.column)).collect();
    found.sort_unstable();
    let expected = [
        ("form.bind_without_nodeset", "bind", None),
        ("form.unknown_instance", "/data/a", None),
        ("form.unknown_node", "/data/zzz", None),
        ("xpath.expected", "/data/a relevant", Some(17)),
        ("xpath.unknown_function", "/data/a constraint", Some(5)),
    ];
    assert_eq!(found, expected);
    assert!(form.findings.iter().all(|f| f.severity == Severity::Error));
}

#[test]
fn what_is_no_form_is_refused() {
    for (xml, code) in [
        ("<html/>", None),
        ("<h:html xmlns:h='x'><h:head><model><instance/></model></h:head></h:html>", None),
        ("<!DOCTYPE x><a/>", Some("xml.doctype")),
        ("<a>", Some("xml.truncated")),
    ] {
        let found = match Form::parse(xml) {
            Err(FormError::Xml(e)) => Some(e.code),
            Err(FormError::NotAForm(_)) => None,
            Ok(_) => panic!("{xml} was taken for a form"),
        };
        assert_eq!(found, code, "{xml}");
    }
}
