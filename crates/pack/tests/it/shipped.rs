//! The packs that are shipped.

use std::path::Path;

use linli_domain::Lang;
use linli_pack::{PackFiles, load, merge3, read_dir, run_tests};

pub fn shipped() -> PackFiles {
    read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs")).unwrap()
}

#[test]
fn the_shipped_packs_are_sound_and_pass_their_own_tests() {
    let files = shipped();
    let (catalogue, mut found) = load(&files);
    found.extend(run_tests(&catalogue, &files));
    let said: Vec<String> = found.iter().map(|finding| finding.render(Lang::En)).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    for name in ["people/dwelling", "people/household", "people/resident"] {
        assert!(catalogue.entities.contains_key(name), "{name}");
    }
}

#[test]
fn an_upgrade_keeps_a_citys_field_and_its_switches() {
    let base = shipped();
    let path = "people/entities/resident.toml";
    let resident = base.get(path).unwrap().to_owned();
    let mut city = base.clone();
    let plate = "\n[[fields]]\nname = \"plate\"\nlabel = { zh = \"车牌号\", en = \"Plate\" }\nkind = \"text\"\n";
    city.insert(path, &(resident.replace("off_by_default = true", "off_by_default = false") + plate));
    let mut newer = base.clone();
    newer.insert(path, &resident.replace("max = 60", "max = 80"));
    let (merged, conflicts) = merge3(&base, &newer, &city);
    assert_eq!(conflicts, []);
    let (catalogue, found) = load(&merged);
    assert!(found.is_empty(), "{found:?}");
    let resident = &catalogue.entities["people/resident"];
    assert!(resident.field("plate").is_some());
    assert!(!resident.field("priority_group").unwrap().off_by_default);
    assert_eq!(resident.field("occupation").unwrap().kind, linli_domain::FieldKind::Text { max: 80 });
    assert_eq!(resident.fields.last().unwrap().name, "plate");
}

#[test]
fn code_lists_are_as_long_as_their_standards() {
    let (catalogue, _) = load(&shipped());
    let size = |name: &str| catalogue.code_lists[name].codes.len();
    assert_eq!(size("people/sex"), 4);
    assert_eq!(size("people/ethnicity"), 58);
    assert_eq!(size("people/political_status"), 13);
    assert_eq!(size("people/marriage"), 8);
    assert_eq!(size("people/disability_kind"), 7);
}

#[test]
fn roles_grant_what_each_level_needs_and_no_more() {
    use linli_domain::{Subject, Verb};
    let (catalogue, _) = load(&shipped());
    let may = |role: &str, verb: Verb, subject: &Subject| {
        let allow = &catalogue.roles[&format!("network/{role}")].allow;
        allow.iter().any(|allow| allow.on.matches(subject) && allow.verbs.contains(&verb))
    };
    let resident = Subject::Entity("people/resident".into());
    assert!(may("grid", Verb::Edit, &resident) && !may("grid", Verb::Reveal, &resident));
    assert!(may("community", Verb::Import, &resident) && may("community", Verb::Reveal, &resident));
    assert!(may("department", Verb::Export, &resident) && !may("department", Verb::Reveal, &resident));
    assert!(may("street", Verb::Manage, &Subject::Accounts) && may("street", Verb::Read, &Subject::Audit));
    assert!(!may("admin", Verb::Read, &resident));
    assert!(!may("community", Verb::Manage, &Subject::Accounts));
}

#[test]
fn the_one_window_has_its_items_and_each_says_what_need_not_be_handed_in() {
    let (catalogue, _) = load(&shipped());
    let items: Vec<_> = catalogue.items.values().filter(|item| item.name.starts_with("service/")).collect();
    assert!(items.len() >= 12, "{}", items.len());
    for item in items {
        assert!(!item.basis.is_empty() && item.limit <= 60, "{}", item.name);
        let verified = item.materials.iter().filter(|material| material.verify.is_some()).count();
        assert!(item.materials.is_empty() || verified > 0, "{}: nothing is verified from data", item.name);
    }
    let promise = catalogue.flows["service/application"].clock("decide").unwrap();
    for item in catalogue.items.values() {
        let kept = promise.limits.iter().any(|one| one.limit.amount == item.limit);
        assert!(kept, "{}: no clock keeps its promise of {} working days", item.name, item.limit);
    }
    let replaced = catalogue.items.values().filter(|item| item.instead.is_some()).count();
    assert!(replaced >= 2, "proofs of residence and kinship are verified, not issued");
}
