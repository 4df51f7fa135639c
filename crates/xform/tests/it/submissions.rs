//! Submissions: read, checked, laid out, changed.

use std::sync::Arc;

use linli_xform::check::{FindingKind, Report, check, recompute, relevance};
use linli_xform::instance::{Instance, blank, entity_changes, rows};
use linli_xform::model::Form;
use linli_xform::tree::Limits;
use linli_xform::xpath::{Secondary, World};

use crate::form_model::{household, small};
use crate::support::NOW;

const GOOD: &str = r#"<data id="household" version="2026010101" xmlns:orx="http://openrosa.org/xforms">
  <start>2026-01-02T09:00:00.000+08:00</start><community>c1</community><grid>g1</grid><kind>own</kind>
  <phone>13800000000</phone><photo>1.jpg</photo><count>2</count>
  <member><name>甲</name><age>40</age><adult>yes</adult>
    <meta><entity dataset="residents" id="e1" create="1"><label>甲</label></entity></meta></member>
  <member><name>乙</name><age>9</age><adult>no</adult><school>primary</school>
    <meta><entity dataset="residents" id="e2" create="true"><label>乙</label></entity></meta></member>
  <note/>
  <meta><entity dataset="households" id="h1" update="1" baseVersion="3" trunkVersion="2" branchId="b1"><label>c1-1</label></entity>
    <orx:instanceID>uuid:1</orx:instanceID><orx:instanceName>c1-own</orx:instanceName></meta>
</data>"#;

fn world() -> World {
    let mut world = World::new(NOW, 3);
    let grids = Secondary::from_csv("name,label,community\ng1,一网格,c1\ng2,二网格,c2\n", Limits::default()).unwrap();
    world.instances.insert("grids".into(), Arc::new(grids));
    world
}

fn read(xml: &str) -> Instance {
    Instance::parse(xml.as_bytes()).unwrap()
}

fn kinds(report: &Report) -> Vec<(FindingKind, &str)> {
    report.findings.iter().map(|f| (f.kind, f.path.as_str())).collect()
}

fn checked(form: &Form, xml: &str) -> Report {
    check(form, &read(xml), &world())
}

#[test]
fn a_good_submission_has_no_findings() {
    let report = checked(&household(), GOOD);
    assert_eq!(report.findings, []);
    assert_eq!(report.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["1.jpg"]);
}

#[test]
fn each_broken_rule_is_found_where_it_is() {
    let cases: [(&str, &str, FindingKind, &str); 13] = [
        ("<age>40</age>", "<age>很大</age>", FindingKind::WrongType, "/data/member[1]/age"),
        ("<age>40</age>", "<age>140</age>", FindingKind::ConstraintBroken, "/data/member[1]/age"),
        ("<name>乙</name>", "<name/>", FindingKind::RequiredMissing, "/data/member[2]/name"),
        ("<name>乙</name>", "", FindingKind::RequiredMissing, "/data/member[2]/name"),
        ("<school>primary</school>", "<school>primary uni</school>", FindingKind::NotAChoice, "/data/member[2]/school"),
        ("<grid>g1</grid>", "<grid>g2</grid>", FindingKind::NotAChoice, "/data/grid"),
        ("<kind>own</kind>", "<kind>cave</kind>", FindingKind::NotAChoice, "/data/kind"),
        ("<note/>", "<note/><landlord><name>张</name></landlord>", FindingKind::NotRelevant, "/data/landlord/name"),
        ("<count>2</count>", "<count>3</count>", FindingKind::CalculationDiffers, "/data/count"),
        ("13800000000", "123", FindingKind::ConstraintBroken, "/data/phone"),
        ("<note/>", "<note/><extra>1</extra>", FindingKind::UnknownNode, "/data/extra"),
        ("2026010101", "1", FindingKind::WrongVersion, ""),
        ("id=\"household\"", "id=\"other\"", FindingKind::WrongForm, ""),
    ];
    let form = household();
    for (from, to, kind, path) in cases {
        let report = checked(&form, &GOOD.replacen(from, to, 1));
        let found = kinds(&report);
        assert!(found.contains(&(kind, path)), "{from} → {to}: {found:?}");
    }
}

#[test]
fn a_finding_carries_the_label_and_the_forms_own_words() {
    let report = checked(&household(), &GOOD.replace("13800000000", "123"));
    let finding = &report.findings[0];
    assert_eq!(finding.label, "联系电话");
    assert_eq!(finding.message.zh, "不符合要求：请填 11 位手机号");
}

#[test]
fn relevance_is_inherited_and_what_is_not_relevant_is_blank_to_others() {
    let form = small(
        "<a/><g><b/><h><c/></h></g><sum/>",
        "<bind nodeset='/data/g' relevant='/data/a = 1'/><bind nodeset='/data/g/h/c' type='int'/>\
         <bind nodeset='/data/sum' calculate='coalesce(/data/g/h/c, 0) + 1'/>",
    );
    let xml = |a: &str| format!("<data id='t' version='1'><a>{a}</a><g><b/><h><c>5</c></h></g><sum>1</sum></data>");
    assert_eq!(kinds(&checked(&form, &xml("0"))), [(FindingKind::NotRelevant, "/data/g/h/c")]);
    assert_eq!(kinds(&checked(&form, &xml("1"))), [(FindingKind::CalculationDiffers, "/data/sum")]);
    let instance = read(&xml("0"));
    let relevant = relevance(&form, &instance, &world());
    assert!(!relevant[instance.find("/data/g/h/c").unwrap() as usize]);
    let (done, unable) = recompute(&form, &instance, &world());
    assert_eq!((done.value("/data/g/h/c"), done.value("/data/sum"), unable.len()), (Some(""), Some("1"), 0));
}

#[test]
fn calculations_run_in_order_whatever_the_order_of_the_form() {
    let form = small(
        "<c/><b/><a/>",
        "<bind nodeset='/data/c' type='int' calculate='/data/b * 2'/><bind nodeset='/data/b' type='int' calculate='/data/a + 1'/>",
    );
    let (done, _) = recompute(&form, &read("<data id='t' version='1'><c/><b/><a>4</a></data>"), &world());
    assert_eq!((done.value("/data/b"), done.value("/data/c")), (Some("5"), Some("10")));
}

#[test]
fn clock_and_chance_are_neither_compared_nor_computed_again() {
    let form = small(
        "<a/><b/><c/>",
        "<bind nodeset='/data/a' calculate='now()'/><bind nodeset='/data/b' calculate='once(random())'/>\
         <bind nodeset='/data/c' calculate='concat(uuid(), 1)'/>",
    );
    let xml = "<data id='t' version='1'><a>2020-01-01T00:00:00.000Z</a><b>0.5</b><c>x</c></data>";
    assert_eq!(checked(&form, xml).findings, []);
    let (done, _) = recompute(&form, &read(xml), &world());
    assert_eq!(done.value("/data/b"), Some("0.5"));
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_said_to_be_so_and_not_to_be_broken() {
    let form = small(
        "<a/><b/>",
        "<bind nodeset='/data/a' constraint=\"regex(., '(?=x)x')\"/><bind nodeset='/data/b' relevant=\"instance('x')/root/a = 1\"/>",
    );
    let report = checked(&form, "<data id='t' version='1'><a>x</a><b>1</b></data>");
    let expected = [(FindingKind::NotEvaluated, "/data/b"), (FindingKind::NotEvaluated, "/data/a")];
    assert_eq!(kinds(&report), expected);
}

#[test]
fn a_missing_list_is_told_once_for_a_question() {
    let report = check(&household(), &read(GOOD), &World::new(NOW, 1));
    assert_eq!(kinds(&report), [(FindingKind::NotEvaluated, "/data/grid")]);
}

#[test]
fn entities_are_read_wherever_they_stand() {
    let form = household();
    let instance = read(GOOD);
    let relevant = relevance(&form, &instance, &world());
    let changes = entity_changes(&form, &instance, Some(&relevant));
    let short: Vec<(&str, &str, bool, bool, &str)> =
        changes.iter().map(|c| (c.dataset.as_str(), c.id.as_str(), c.create, c.update, c.path.as_str())).collect();
    let expected = [
        ("residents", "e1", true, false, "/data/member[1]/meta/entity"),
        ("residents", "e2", true, false, "/data/member[2]/meta/entity"),
        ("households", "h1", false, true, "/data/meta/entity"),
    ];
    assert_eq!(short, expected);
    let values = |at: usize| changes[at].values.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>();
    assert_eq!(values(0), ["age=40", "full_name=甲"]);
    assert_eq!(values(1), ["age=9", "full_name=乙", "school=primary"]);
    assert_eq!(values(2), ["grid=g1", "phone=13800000000"]);
    let household = &changes[2];
    assert_eq!((household.base_version, household.trunk_version), (Some(3), Some(2)));
    assert_eq!((household.branch_id.as_deref(), household.label.as_deref()), (Some("b1"), Some("c1-1")));
}

#[test]
fn only_1_and_true_make_an_entity_and_what_is_not_relevant_is_not_saved() {
    let form = household();
    for (value, count) in [("1", 3), ("true", 3), ("True", 2), ("yes", 2), ("0", 2), ("", 2)] {
        let instance = read(&GOOD.replacen("create=\"1\"", &format!("create=\"{value}\""), 1));
        assert_eq!(entity_changes(&form, &instance, None).len(), count, "{value}");
    }
    let instance = read(&GOOD.replace("<age>9</age><adult>no</adult>", "<age>19</age><adult>yes</adult>"));
    let relevant = relevance(&form, &instance, &world());
    assert!(!entity_changes(&form, &instance, Some(&relevant))[1].values.contains_key("school"));
}

#[test]
fn a_submission_becomes_rows() {
    let tables = rows(&household(), &read(GOOD));
    assert_eq!(tables.len(), 2);
    assert!(tables[0].rows[0].values.contains(&("/data/kind".into(), "own".into())));
    assert_eq!(tables[1].repeat.as_deref(), Some("/data/member"));
    let second = &tables[1].rows[1];
    assert_eq!(second.positions, [2]);
    assert_eq!(second.values[0], ("/data/member/name".into(), "乙".into()));
}

#[test]
fn an_edit_keeps_the_old_id_and_everything_else() {
    let mut instance = read(GOOD);
    assert_eq!(instance.instance_id(), Some("uuid:1"));
    assert_eq!(instance.instance_name(), Some("c1-own"));
    assert!(instance.set("/data/member[2]/age", "10"));
    assert!(!instance.set("/data/member[3]/age", "10"));
    assert!(!instance.set("/data/member", "10"));
    instance.revise("uuid:2");
    let again = read(&instance.to_xml());
    assert_eq!((again.instance_id(), again.deprecated_id()), (Some("uuid:2"), Some("uuid:1")));
    assert_eq!(again.value("/data/member[2]/age"), Some("10"));
    assert!(again.to_xml().contains("<orx:deprecatedID>uuid:1</orx:deprecatedID>"));
    assert_eq!(again.value("/data/meta/entity/@branchId"), Some("b1"));
}

#[test]
fn a_blank_instance_starts_as_clients_start_it() {
    let form = household();
    let mut instance = blank(&form, &world());
    assert!(instance.instance_id().is_some_and(|id| id.starts_with("uuid:") && id.len() == 41));
    assert_eq!(instance.value("/data/start"), Some("2024-02-29T10:20:30.400+08:00"));
    assert_eq!(instance.value("/data/note"), Some("2024-02"));
    assert_eq!(instance.value("/data/count"), Some("1"));
    assert_eq!(instance.value("/data/member/meta/entity/@id").map(str::len), Some(36));
    assert_eq!(instance.find("/data/member[2]"), None);
    assert!(!instance.to_xml().contains("template"));
    let filled =
        instance.prefill(&form, |node| (node.bind.element.as_deref() == Some("phone")).then(|| "13900000000".into()));
    assert_eq!((filled, instance.value("/data/phone")), (1, Some("13900000000")));
}

#[test]
fn prefixes_do_not_matter() {
    let xml = GOOD
        .replace("orx:", "")
        .replace("<meta><entity dataset=\"households\"", "<meta><x/><entity dataset=\"households\"");
    assert_eq!(read(&xml).instance_id(), Some("uuid:1"));
    assert_eq!(checked(&household(), &xml).findings, []);
}

#[test]
fn ten_thousand_rows_are_checked_in_bounds() {
    let form = household();
    let member = "<member><name>甲</name><age>40</age><adult>yes</adult></member>";
    let xml =
        GOOD.replace("<note/>", &format!("{}<note/>", member.repeat(10_000))).replace("<count>2<", "<count>10002<");
    let report = checked(&form, &xml);
    assert_eq!(report.findings, []);
    let bad = xml.replace("<age>40</age>", "<age>400</age>");
    let report = checked(&form, &bad);
    assert!(report.truncated && report.findings.len() == linli_xform::check::MOST);
}

#[test]
fn a_hostile_form_cannot_hang_the_check() {
    let form = small("<a/>", "<bind nodeset='/data/a' constraint='count(//*[count(//*[count(//*[count(//*[count(//*[count(//*) > 0]) > 0]) > 0]) > 0]) > 0]) = 1'/>".replace("> ", "&gt; ").as_str());
    let many = "<z><z/><z/><z/><z/><z/><z/><z/><z/></z>".repeat(10);
    let report = checked(&form, &format!("<data id='t' version='1'><a>1</a>{many}</data>"));
    assert!(report.findings.iter().any(|f| f.kind == FindingKind::NotEvaluated), "{:?}", report.findings);
}

#[test]
fn large_tables_are_looked_up_by_index() {
    let csv: String = (0..50_000).map(|i| format!("p{i},居民{i},c{}\n", i % 100)).collect();
    let mut world = world();
    let people = Secondary::from_csv(&format!("name,label,community\n{csv}"), Limits::default()).unwrap();
    world.instances.insert("people".into(), Arc::new(people));
    let form = small(
        "<r><k/><v/><w/></r>",
        "<instance id='people' src='jr://file-csv/people.csv'/>\
         <bind nodeset='/data/r/v' calculate=\"instance('people')/root/item[name = current()/../k]/label\"/>\
         <bind nodeset='/data/r/w' calculate=\"pulldata('people', 'label', 'name', ../k)\"/>",
    );
    let body: String = (0..5000).map(|i| format!("<r><k>p{}</k><v/><w/></r>", i * 7)).collect();
    let (done, unable) = recompute(&form, &read(&format!("<data id='t' version='1'>{body}</data>")), &world);
    // Looking through the table would take 250 million steps, beyond the budget.
    assert_eq!(unable, []);
    assert_eq!(done.value("/data/r[5000]/v"), Some("居民34993"));
    assert_eq!(done.value("/data/r[5000]/w"), Some("居民34993"));
}

#[test]
fn texts_that_double_cannot_fill_the_memory() {
    let fields: String = (0..60).map(|i| format!("<t{i}/>")).collect();
    let binds: String = (1..60)
        .map(|i| format!("<bind nodeset='/data/t{i}' calculate='concat(/data/t{0}, /data/t{0})'/>", i - 1))
        .collect();
    let form = small(&fields, &binds);
    let xml = format!("<data id='t' version='1'>{}</data>", fields.replacen("<t0/>", "<t0>邻里</t0>", 1));
    let (done, unable) = recompute(&form, &read(&xml), &world());
    assert_eq!(done.value("/data/t3").map(str::len), Some(48));
    assert!(unable.iter().any(|f| f.kind == FindingKind::NotEvaluated));
    assert!(done.to_xml().len() < 200 << 20);
}

#[test]
fn the_name_of_a_choice_follows_the_language() {
    let bind = "<bind nodeset=\"/data/note\" calculate=\"jr:choice-name( /data/kind ,' /data/kind ')\"/></model>";
    let form = Form::parse(&crate::form_model::HOUSEHOLD.replace("</model>", bind)).unwrap();
    for (language, name) in [(None, "自有"), (Some("en"), "Owned"), (Some("中文 (zh)"), "自有")] {
        let mut world = world();
        world.language = language.map(str::to_owned);
        assert_eq!(recompute(&form, &read(GOOD), &world).0.value("/data/note"), Some(name), "{language:?}");
    }
}
