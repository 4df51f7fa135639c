//! Ledgers as offices have them come in.

use linli_domain::{Actor, RecordId, Value};
use linli_engine::{
    Engine, Problem, jobs,
    sheet::import::{
        self, Import, ImportOptions, ImportReport, ImportState,
        model::{Chosen, RowView},
        plan::{Decision, Verdict},
    },
};
use linli_store::tables::RowOutcome;

use crate::{sheet_kit::*, world::World};

/// Title, unit line, three header rows with merges, households by merged cells, `同上`, a damaged number, a wrong check
/// digit, a repeat, a formula error, a blank row, a total and a footer.
fn nasty() -> Vec<u8> {
    let rows = vec![
        row(&["霁虹社区2026年6月居民信息台账"]),
        row(&["填报单位：霁虹社区", "", "", "", "", "", "", "", "", "", "单位：人"]),
        row(&["序号", "所属网格", "住址", "", "", "户主姓名", "与户主关系", "基本信息", "", "", "", "文化程度"]),
        row(&["", "", "楼栋", "单元", "房号", "", "", "姓 名", "身份证号", "出生年月", "联系电话", ""]),
        row(&["", "", "", "", "", "", "", "", "", "", "（手机）", ""]),
        // a household of three by merged cells
        vec![
            C::N(1.0),
            t("第一网格"),
            t("1号楼"),
            t("2单元"),
            t("501室"),
            t("张建国"),
            t("户主"),
            t("张建国"),
            t(identity("19650312", 11)),
            t("1965.3"),
            C::N(13_804_510_001.0),
            t("高中"),
        ],
        vec![
            C::N(2.0),
            C::E,
            C::E,
            C::E,
            C::E,
            C::E,
            t("妻"),
            t("李秀英"),
            t(identity("19670820", 22)),
            C::D(1967, 8, 20),
            t("138 0451 0002"),
            t("同上"),
        ],
        vec![
            C::N(3.0),
            C::E,
            C::E,
            C::E,
            C::E,
            C::E,
            t("长子"),
            t("张 伟"),
            t(identity("19920101", 33)),
            t("1992年1月"),
            C::E,
            t("大学"),
        ],
        // same building in another spelling, another room
        vec![
            C::N(4.0),
            t("1网格"),
            t("1#"),
            t("２"),
            t("502"),
            t("王 桂兰"),
            t("本人"),
            t("王桂兰"),
            t(identity("19480505", 24)),
            C::E,
            t("0451-84610003"),
            t("小学"),
        ],
        // what is wrong: damaged by Excel; check digit; formula error; a repeat of row 4
        vec![
            C::N(5.0),
            t("第二网格"),
            t("3栋"),
            t("1"),
            t("101"),
            t("赵强"),
            t("户主"),
            t("赵强"),
            C::N(2.30102e17),
            C::E,
            C::E,
            C::E,
        ],
        vec![
            C::N(6.0),
            t("第二网格"),
            t("3栋"),
            t("1"),
            t("102"),
            t("孙丽"),
            t("户主"),
            t("孙丽"),
            t(wrong_check()),
            C::E,
            C::E,
            C::E,
        ],
        vec![
            C::N(7.0),
            t("第二网格"),
            t("3栋"),
            t("1"),
            t("103"),
            t("周敏"),
            t("户主"),
            t("周敏"),
            t(identity("19700707", 46)),
            C::E,
            C::E,
            C::F("=1/0".into(), "#DIV/0!".into()),
        ],
        vec![
            C::N(8.0),
            t("第一网格"),
            t("1号楼"),
            t("2单元"),
            t("502"),
            t("王桂兰"),
            t("本人"),
            t("王桂兰"),
            t(identity("19480505", 24)),
            C::E,
            C::E,
            C::E,
        ],
        row(&[""]),
        // a building the tree does not have
        vec![
            C::N(9.0),
            t("第二网格"),
            t("9号楼"),
            t("1"),
            t("301"),
            t("买买提•艾力"),
            t("户主"),
            t("买买提•艾力"),
            t(identity("19800808", 57)),
            C::E,
            t("13904510009"),
            t("大专"),
        ],
        row(&["合计", "", "", "", "", "", "", "9"]),
        row(&["填表人：王芳", "", "", "审核人：李强"]),
    ];
    let merges = [
        Merge(0, 0, 0, 11, "霁虹社区2026年6月居民信息台账"),
        Merge(2, 0, 4, 0, "序号"),
        Merge(2, 1, 4, 1, "所属网格"),
        Merge(2, 2, 2, 4, "住址"),
        Merge(3, 2, 4, 2, "楼栋"),
        Merge(3, 3, 4, 3, "单元"),
        Merge(3, 4, 4, 4, "房号"),
        Merge(2, 5, 4, 5, "户主姓名"),
        Merge(2, 6, 4, 6, "与户主关系"),
        Merge(2, 7, 2, 10, "基本信息"),
        Merge(3, 7, 4, 7, "姓 名"),
        Merge(3, 8, 4, 8, "身份证号"),
        Merge(3, 9, 4, 9, "出生年月"),
        Merge(2, 11, 4, 11, "文化程度"),
        Merge(5, 1, 7, 1, "第一网格"),
        Merge(5, 2, 7, 2, "1号楼"),
        Merge(5, 3, 7, 3, "2单元"),
        Merge(5, 4, 7, 4, "501室"),
        Merge(5, 5, 7, 5, "张建国"),
    ];
    xlsx("居民", &rows, &merges)
}

fn wrong_check() -> String {
    let good = identity("19720202", 68);
    let last = if good.ends_with('1') { '2' } else { '1' };
    format!("{}{last}", &good[..17])
}

fn import_it(world: &World, actor: &Actor, area: &str, name: &str, bytes: &[u8]) -> Result<ImportReport, Problem> {
    let path = on_disk(world, name, bytes);
    import::import_file(&world.engine, actor, RESIDENT, area, &path, &ImportOptions::default(), &mut |_| {})
}

fn all_rows(world: &World, actor: &Actor, import: &Import) -> Vec<RowView> {
    let id: RecordId = import.id.parse().unwrap();
    import::rows(&world.engine, actor, id, None, 0, 200).unwrap().0
}

fn stepwise(world: &World, actor: &Actor, bytes: &[u8], name: &str) -> Import {
    let staged = import::stage(&world.engine, actor, RESIDENT, ONE, upload(world, bytes), name).unwrap();
    assert_eq!(staged.state, ImportState::Matching);
    let chosen = staged.chosen.clone().unwrap();
    import::set_mapping(&world.engine, actor, staged.id.parse().unwrap(), chosen, true).unwrap()
}

fn apply(world: &World, actor: &Actor, import: &Import) -> Import {
    let id: RecordId = import.id.parse().unwrap();
    import::start(&world.engine, actor, id).unwrap();
    jobs::run_due(&world.engine).unwrap();
    import::get(&world.engine, actor, id).unwrap()
}

#[test]
fn columns_of_a_merged_three_row_header_are_matched() {
    let world = street();
    let actor = worker(&world);
    let staged = import::stage(&world.engine, &actor, RESIDENT, ONE, upload(&world, &nasty()), "台账.xlsx").unwrap();
    let table = &staged.sheets[0].tables[0];
    assert_eq!((table.header_rows, table.rows), ([3, 5], 9), "{table:#?}");
    let matched: Vec<(String, String)> = table
        .columns
        .iter()
        .map(|column| {
            let element = column.matched.as_ref().map_or("-".to_owned(), |found| found.element.clone());
            (column.label.clone(), element)
        })
        .collect();
    let expected = [
        ("序号", "@sequence"),
        ("所属网格", "@area/grid"),
        ("住址/楼栋", "people/dwelling/building_no"),
        ("住址/单元", "people/dwelling/unit_no"),
        ("住址/房号", "people/dwelling/room_no"),
        ("户主姓名", "people/household/head_name"),
        ("与户主关系", "people/resident/relation_to_head"),
        ("基本信息/姓名", "people/resident/name"),
        ("基本信息/身份证号", "people/resident/identity_number"),
        ("基本信息/出生年月", "people/resident/birth_date"),
        ("文化程度", "people/resident/education"),
    ];
    for (label, element) in expected {
        assert!(
            matched.iter().any(|(known, found)| known == label && found == element),
            "{label} should be {element}: {matched:#?}"
        );
    }
    let phone = matched.iter().find(|(label, _)| label.contains("联系电话")).unwrap();
    assert_eq!(phone.1, "people/resident/phone");
}

#[test]
fn a_nasty_ledger_goes_in_and_what_is_wrong_is_told_cell_by_cell() {
    let world = street();
    let actor = worker(&world);
    let checked = stepwise(&world, &actor, &nasty(), "台账.xlsx");
    assert_eq!(checked.state, ImportState::Checked);
    let counts = checked.counts.unwrap();
    let rows = all_rows(&world, &actor, &checked);
    assert_eq!((counts.new, counts.error, counts.duplicate), (5, 3, 1), "{rows:#?}");
    let error = |row: u32| {
        let row = rows.iter().find(|one| one.row == row).unwrap();
        row.fields.iter().find_map(|field| field.error.clone().map(|error| (field.cell.clone(), error.zh))).unwrap()
    };
    let (cell, message) = error(10);
    assert!(cell == "I10" && message.contains("Excel"), "{cell} {message}");
    assert_eq!(error(11).0, "I11");
    let (cell, message) = error(12);
    assert!(cell == "L12" && message.contains("#DIV/0!"), "{cell} {message}");
    assert_eq!(rows.iter().find(|one| one.row == 13).unwrap().candidates[0].row, Some(9));
    let unknown: Vec<&str> = checked.unknown_areas.iter().map(|area| area.name.as_str()).collect();
    assert_eq!(unknown, ["9号楼"], "a tree without units says nothing about units");
    assert!(living(&world, RESIDENT).is_empty(), "a dry run writes nothing");

    let applied = apply(&world, &actor, &checked);
    assert_eq!(applied.state, ImportState::Applied);
    let result = applied.result.unwrap();
    assert_eq!((result.created, result.homes_created), (5, 6), "three households, three dwellings: {result:?}");
    let people = living(&world, RESIDENT);
    assert_eq!(people.len(), 5);
    let wife = called(&world, RESIDENT, "李秀英");
    let head = called(&world, RESIDENT, "张建国");
    assert_eq!(wife.value("household"), head.value("household"));
    assert_ne!(wife.value("household"), &Value::Null);
    assert_eq!(wife.value("sex"), &Value::text("2"), "out of the identity number");
    assert_eq!(wife.value("education"), head.value("education"), "同上");
    assert_eq!(wife.value("head_name"), &Value::text("张建国"), "a merged cell counts for every row");
    assert_eq!(head.value("birth_date").clone(), Value::Date("1965-03-12".parse().unwrap()), "exact, not 1965.3");
    assert_eq!(head.path.as_str(), "23/01/02/001/001/001/001");
    assert_eq!(called(&world, RESIDENT, "王桂兰").path.as_str(), "23/01/02/001/001/001/001", "1# is 1号楼");
    assert_eq!(
        called(&world, RESIDENT, "买买提·艾力").path.as_str(),
        "23/01/02/001/001/002",
        "the grid, as far as known"
    );
    assert_eq!(clear(&world, RESIDENT, head.id, "phone"), "13804510001");
    let households = living(&world, HOUSEHOLD);
    assert_eq!(households.len(), 3);
    let household = households.iter().find(|one| one.value("head_name") == &Value::text("张建国")).unwrap();
    let dwelling = called(&world, DWELLING, "1号楼2单元501室");
    assert_eq!(household.value("dwelling"), &Value::Ref(dwelling.id));

    let marked = import::error_workbook(&world.engine, &actor, applied.id.parse().unwrap()).unwrap();
    let book = open(&marked.bytes);
    assert_eq!(shown(&book, "H6"), "张建国", "the ledger is as it was");
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let world = street();
    let actor = worker(&world);
    let first = import_it(&world, &actor, ONE, "台账.xlsx", &nasty()).unwrap();
    assert_eq!(first.applied.unwrap().created, 5);
    assert!(first.errors.as_ref().is_some_and(|path| path.exists()));
    let before: Vec<_> = [RESIDENT, HOUSEHOLD, DWELLING].map(|entity| records(&world, entity)).to_vec();
    world.clock.advance(60);
    let second = import_it(&world, &actor, ONE, "台账.xlsx", &nasty()).unwrap();
    assert_eq!((second.counts.new, second.counts.changed, second.counts.same), (0, 0, 5), "{second:#?}");
    let after: Vec<_> = [RESIDENT, HOUSEHOLD, DWELLING].map(|entity| records(&world, entity)).to_vec();
    assert_eq!(before, after);
}

/// A plain ledger without identity numbers.
fn plain(rows: &[[&str; 6]]) -> Vec<u8> {
    let mut cells = vec![row(&["姓名", "性别", "出生日期", "联系电话", "现住址", "备注"])];
    cells.extend(rows.iter().map(|texts| row(texts)));
    xlsx("Sheet1", &cells, &[])
}

#[test]
fn rows_without_identity_numbers_are_recognised_by_the_file_they_came_from() {
    let world = street();
    let actor = worker(&world);
    let bytes = plain(&[
        ["张三", "男", "1980-05-03", "", "1号楼1单元101", ""],
        ["李四", "女", "", "", "1号楼1单元102", "独居"],
    ]);
    let first = import_it(&world, &actor, ONE, "a.xlsx", &bytes).unwrap();
    assert_eq!(first.counts.new, 2, "{first:#?}");
    let second = import_it(&world, &actor, ONE, "a.xlsx", &bytes).unwrap();
    assert_eq!((second.counts.same, second.counts.new), (2, 0), "{second:#?}");
    let third = stepwise(&world, &actor, &bytes, "又一份.xlsx");
    assert_eq!(third.counts.unwrap().same, 2, "{third:#?}");
    apply(&world, &actor, &third);
    assert_eq!(living(&world, RESIDENT).len(), 2);
}

#[test]
fn a_wrong_digit_and_a_homophone_are_offered_not_merged() {
    let world = street();
    let actor = worker(&world);
    let good = identity("19801112", 35);
    let ledger = |rows: &[[&str; 4]]| {
        let mut cells = vec![row(&["姓名", "身份证号", "联系电话", "文化程度"])];
        cells.extend(rows.iter().map(|texts| row(texts)));
        xlsx("Sheet1", &cells, &[])
    };
    import_it(&world, &actor, ONE, "a.xlsx", &ledger(&[["刘洋", &good, "13812345678", ""]])).unwrap();
    // A digit of the number is wrong (its check fails); a homophone with the same phone.
    let mut wrong = good.clone();
    wrong.replace_range(9..10, if &good[9..10] == "7" { "8" } else { "7" });
    let checked = stepwise(
        &world,
        &actor,
        &ledger(&[["刘洋", &wrong, "13812345678", "高中"], ["刘阳", &good, "", "高中"]]),
        "b.xlsx",
    );
    let rows = all_rows(&world, &actor, &checked);
    assert_eq!(rows[0].outcome, "duplicate", "{rows:#?}");
    assert_eq!(rows[1].outcome, "conflict", "a known number with another name: {rows:#?}");
    let known = called(&world, RESIDENT, "刘洋");
    assert_eq!(rows[0].candidates[0].id, Some(known.id.to_string()));

    let id: RecordId = checked.id.parse().unwrap();
    let same = Decision { decision: Verdict::SameAs, record_id: Some(known.id) };
    let decided = import::decide(&world.engine, &actor, id, rows[0].row, same).unwrap();
    assert_eq!(decided.decision_record_id, Some(known.id.to_string()), "the answer says who was chosen");
    let skip = Decision { decision: Verdict::Skip, record_id: None };
    import::decide(&world.engine, &actor, id, rows[1].row, skip).unwrap();
    let other = Decision { decision: Verdict::SameAs, record_id: Some(world.engine.ids.next()) };
    assert_eq!(import::decide(&world.engine, &actor, id, rows[0].row, other).unwrap_err().code, "request.parameter");
    let applied = apply(&world, &actor, &checked);
    assert_eq!(applied.result.unwrap().changed, 1, "{applied:#?}");
    let after = called(&world, RESIDENT, "刘洋");
    assert_eq!(after.value("education"), &Value::text("60"));
    assert_eq!(clear(&world, RESIDENT, after.id, "identity_number"), good, "the right number stays");
}

#[test]
fn what_the_register_learned_later_is_not_overwritten_by_an_older_ledger() {
    let world = street();
    let actor = worker(&world);
    let number = identity("19801112", 35);
    let ledger = |title: &str, education: &str, work: &str| {
        let cells = vec![
            row(&[title]),
            row(&["姓名", "身份证号", "文化程度", "工作单位"]),
            row(&["刘洋", &number, education, work]),
        ];
        xlsx("Sheet1", &cells, &[Merge(0, 0, 0, 3, "标题")])
    };
    // The merge of the kit writes its own text: name the file after the month instead.
    import_it(&world, &actor, ONE, "a.xlsx", &ledger("台账", "大学", "")).unwrap();
    let older = import_it(&world, &actor, ONE, "台账202601.xlsx", &ledger("台账", "高中", "铁路局")).unwrap();
    assert_eq!((older.counts.conflict, older.counts.changed), (1, 0), "{older:#?}");
    assert_eq!(called(&world, RESIDENT, "刘洋").value("education"), &Value::text("20"));
    let newer = import_it(&world, &actor, ONE, "b.xlsx", &ledger("台账", "高中", "铁路局")).unwrap();
    assert_eq!((newer.counts.conflict, newer.counts.changed), (0, 1), "{newer:#?}");
    let known = called(&world, RESIDENT, "刘洋");
    assert_eq!((known.value("education"), known.value("employer")), (&Value::text("60"), &Value::text("铁路局")));
    // A blank never erases.
    let blank = import_it(&world, &actor, ONE, "c.xlsx", &ledger("台账", "", "")).unwrap();
    assert_eq!(blank.counts.same, 1, "{blank:#?}");
}

#[test]
fn an_importer_learns_of_other_areas_only_that_a_number_is_held_elsewhere() {
    let world = street();
    let number = identity("19801112", 35);
    let cells = [row(&["姓名", "身份证号", "联系电话"]), row(&["刘洋", &number, "13812345678"])];
    import_it(&world, &Engine::operator(), TWO, "a.xlsx", &xlsx("S", &cells, &[])).unwrap();
    let before = records(&world, RESIDENT);

    let actor = worker(&world);
    let cells = [row(&["姓名", "身份证号", "文化程度"]), row(&["刘洋", &number, "高中"])];
    let checked = stepwise(&world, &actor, &xlsx("S", &cells, &[]), "b.xlsx");
    let rows = all_rows(&world, &actor, &checked);
    assert_eq!(rows[0].outcome, "conflict");
    assert!(rows[0].candidates.is_empty() && rows[0].record_id.is_none(), "{rows:#?}");
    let told = serde_json::to_string(&rows).unwrap();
    assert!(!told.contains("地段") && !told.contains("13812345678") && !told.contains(&before[0].id.to_string()));
    let applied = apply(&world, &actor, &checked);
    assert_eq!(applied.result.unwrap().left, 1);
    assert_eq!(records(&world, RESIDENT), before);
    assert_eq!(
        import_it(&world, &actor, TWO, "c.xlsx", &xlsx("S", &cells, &[])).unwrap_err().code,
        "auth.outside_scope"
    );

    // Whoever holds both communities may move the person here, after deciding so.
    let street = actor_of_street(&world);
    let checked = stepwise(&world, &street, &xlsx("S", &cells, &[]), "d.xlsx");
    let rows = all_rows(&world, &street, &checked);
    assert_eq!((rows[0].outcome.as_str(), rows[0].record_id.clone()), ("conflict", Some(before[0].id.to_string())));
    let id: RecordId = checked.id.parse().unwrap();
    let same = Decision { decision: Verdict::SameAs, record_id: Some(before[0].id) };
    import::decide(&world.engine, &street, id, rows[0].row, same).unwrap();
    apply(&world, &street, &checked);
    let moved = called(&world, RESIDENT, "刘洋");
    assert_eq!((moved.value("education"), moved.home.as_str()), (&Value::text("60"), ONE));
    assert_eq!(clear(&world, RESIDENT, moved.id, "phone"), "13812345678", "what the ledger does not say stays");
    import::undo(&world.engine, &street, id).unwrap();
    let back = called(&world, RESIDENT, "刘洋");
    assert_eq!((&back.values, &back.path, back.home.as_str()), (&before[0].values, &before[0].path, TWO));
}

fn actor_of_street(world: &World) -> Actor {
    actor(world, "network/street", "23/01/02/001")
}

#[test]
fn what_cannot_be_read_or_matched_is_refused_with_its_reason() {
    let world = street();
    let actor = worker(&world);
    let refused = |bytes: &[u8], name: &str| import_it(&world, &actor, ONE, name, bytes).unwrap_err();
    let good = nasty();
    assert_eq!(refused(&good[..good.len() / 2], "a.xlsx").code, "workbook.truncated");
    assert_eq!(refused(b"%PDF-1.4 ...", "a.xlsx").code, "workbook.not_a_workbook");
    let nameless = xlsx("S", &[row(&["性别", "民族", "文化程度"]), row(&["男", "汉族", "高中"])], &[]);
    let problem = refused(&nameless, "a.xlsx");
    assert_eq!(problem.code, "import.columns_missing");
    assert!(problem.message.zh.contains("姓名"), "{problem:?}");
    let strange = xlsx("S", &[row(&["姓名", "甲方", "乙方", "丙方"]), row(&["张三", "一", "二", "三"])], &[]);
    assert_eq!(refused(&strange, "a.xlsx").code, "import.columns_uncertain");
    assert_eq!(import_it(&world, &actor, "999999999999", "a.xlsx", &good).unwrap_err().code, "area.not_found");
    assert!(records(&world, RESIDENT).is_empty());
}

#[test]
fn a_gbk_csv_and_a_remembered_column_go_in() {
    let world = street();
    let actor = worker(&world);
    let text = "称呼,公民身份号码,关系情况\r\n张三,".to_owned() + &identity("19801112", 35) + ",户主\r\n";
    let (bytes, _, _) = encoding_rs::GBK.encode(&text);
    let staged = import::stage(&world.engine, &actor, RESIDENT, ONE, upload(&world, &bytes), "旧台账.csv").unwrap();
    let mut chosen: Chosen = staged.chosen.clone().unwrap();
    chosen.mapping.insert("0".into(), Some("people/resident/name".into()));
    chosen.mapping.insert("2".into(), Some("people/resident/relation_to_head".into()));
    let checked = import::set_mapping(&world.engine, &actor, staged.id.parse().unwrap(), chosen, true).unwrap();
    assert_eq!(checked.counts.unwrap().new, 1, "{checked:#?}");
    let again = import::stage(&world.engine, &actor, RESIDENT, ONE, upload(&world, &bytes), "新台账.csv").unwrap();
    let found = again.sheets[0].tables[0].columns[0].matched.as_ref().unwrap();
    assert_eq!((found.element.as_str(), found.confidence), ("people/resident/name", 0.99));
    let twice = Chosen {
        mapping: [("0", "people/resident/name"), ("1", "people/resident/name")]
            .map(|(column, element)| (column.to_owned(), Some(element.to_owned())))
            .into(),
        ..again.chosen.clone().unwrap()
    };
    let refused = import::set_mapping(&world.engine, &actor, again.id.parse().unwrap(), twice, false).unwrap_err();
    assert_eq!(refused.code, "import.element_twice");
}

#[test]
fn rows_are_paged_by_outcome() {
    let world = street();
    let actor = worker(&world);
    let checked = stepwise(&world, &actor, &nasty(), "台账.xlsx");
    let id: RecordId = checked.id.parse().unwrap();
    let (first, next) = import::rows(&world.engine, &actor, id, Some(RowOutcome::Error), 0, 2).unwrap();
    assert_eq!(first.len(), 2);
    let (rest, end) = import::rows(&world.engine, &actor, id, Some(RowOutcome::Error), next.unwrap(), 2).unwrap();
    assert_eq!((rest.len(), end), (1, None));
    let shown = serde_json::to_string(&import::rows(&world.engine, &actor, id, None, 0, 200).unwrap().0).unwrap();
    assert!(!shown.contains(&identity("19650312", 11)), "sensitive cells are masked");
}
