//! A department's template comes out filled: a ledger goes in, lists and cross tables come out, cell by cell.

use linli_domain::{Actor, Verb};
use linli_engine::{
    Engine, Problem,
    register::ListFilter,
    sheet::{
        export::{self, ExportFormat},
        fill::{self, FillOptions, Filled},
        import::{self, ImportOptions},
    },
};
use linli_store::tables::AuditQuery;

use crate::{sheet_kit::*, world::World};

/// Two buildings, three households: an old couple, a widow living alone, a family with a child.
fn people(world: &World) {
    let rows = vec![
        row(&[
            "网格",
            "楼栋",
            "单元",
            "房号",
            "户主姓名",
            "与户主关系",
            "姓名",
            "身份证号",
            "民族",
            "文化程度",
            "政治面貌",
            "联系电话",
            "关爱类别",
            "居住类型",
        ]),
        row(&[
            "第一网格",
            "1号楼",
            "1",
            "101",
            "张建国",
            "户主",
            "张建国",
            &identity("19500312", 11),
            "汉族",
            "高中",
            "中共党员",
            "13804510001",
            "",
            "户籍人口",
        ]),
        row(&[
            "第一网格",
            "1号楼",
            "1",
            "101",
            "张建国",
            "妻",
            "李秀英",
            &identity("19520820", 22),
            "满族",
            "初中",
            "群众",
            "13804510002",
            "",
            "户籍人口",
        ]),
        row(&[
            "第一网格",
            "2号楼",
            "2",
            "302",
            "王桂兰",
            "户主",
            "王桂兰",
            &identity("19420505", 24),
            "汉族",
            "小学",
            "群众",
            "",
            "独居老人",
            "户籍人口",
        ]),
        row(&[
            "第二网格",
            "3号楼",
            "1",
            "201",
            "赵强",
            "户主",
            "赵强",
            &identity("19850101", 33),
            "汉族",
            "大学",
            "中共党员",
            "13804510004",
            "",
            "流动人口",
        ]),
        row(&[
            "第二网格",
            "3号楼",
            "1",
            "201",
            "赵强",
            "子",
            "赵小宇",
            &identity("20180606", 15),
            "汉族",
            "",
            "",
            "",
            "",
            "流动人口",
        ]),
    ];
    let path = on_disk(world, "ledger.xlsx", &xlsx("台账", &rows, &[]));
    let operator = Engine::operator();
    let report =
        import::import_file(&world.engine, &operator, RESIDENT, ONE, &path, &ImportOptions::default(), &mut |_| {})
            .unwrap();
    assert_eq!(report.applied.unwrap().created, 5, "{report:#?}");
    assert_eq!(report.applied.unwrap().homes_created, 6);
}

fn filled(world: &World, actor: &Actor, template: &[u8], options: &FillOptions) -> Result<Filled, Problem> {
    fill::fill_file(&world.engine, actor, ONE, "模板.xlsx", template, options)
}

fn lines(bytes: &[u8], from: u32, rows: u32, cols: u32) -> Vec<String> {
    let book = open(bytes);
    let sheet = &book.sheets[0];
    (from - 1..from - 1 + rows)
        .map(|row| (0..cols).map(|col| sheet.cell(row, col).value.shown()).collect::<Vec<_>>().join("|"))
        .collect()
}

/// 老年人花名册: a two-row header, two rows to fill, a total that counts, a footer.
fn roll() -> Vec<u8> {
    let rows = vec![
        row(&["××社区老年人花名册"]),
        row(&["填表单位：", "", "", "", "填表日期：    年  月  日"]),
        row(&[
            "序号",
            "姓名",
            "性别",
            "身份证号",
            "年龄",
            "家庭信息",
            "",
            "",
            "联系电话",
            "紧急联系人电话",
            "所属网格",
            "备注",
        ]),
        row(&["", "", "", "", "", "户主姓名", "住址", "关系", "", "", "", ""]),
        vec![C::N(1.0)],
        vec![C::N(2.0)],
        vec![t("合计"), C::F("=COUNTA(B5:B6)".into(), "0".into())],
        row(&["填表人：", "", "", "审核人："]),
    ];
    let single = |col: u16, text: &'static str| Merge(2, col, 3, col, text);
    let merges = [
        Merge(0, 0, 0, 11, "××社区老年人花名册"),
        single(0, "序号"),
        single(1, "姓名"),
        single(2, "性别"),
        single(3, "身份证号"),
        single(4, "年龄"),
        Merge(2, 5, 2, 7, "家庭信息"),
        single(8, "联系电话"),
        single(9, "紧急联系人电话"),
        single(10, "所属网格"),
        single(11, "备注"),
    ];
    xlsx("花名册", &rows, &merges)
}

#[test]
fn a_roll_of_elderly_people_is_filled_grows_and_keeps_its_total() {
    let world = street();
    people(&world);
    let options = FillOptions { as_of: Some("2026-11-20".parse().unwrap()), ..FillOptions::default() };
    // As of a day before the import nothing is known: fill as of today instead.
    let actor = worker(&world);
    let none = filled(&world, &actor, &roll(), &options).unwrap();
    assert_eq!(none.report.counts.rows, 0);
    let made = filled(&world, &actor, &roll(), &FillOptions::default()).unwrap();
    let report = &made.report;
    assert_eq!(report.tables[0].filter.as_deref(), Some("people/elderly"), "{report:#?}");
    assert_eq!(report.counts.rows, 3, "sixty and older: {report:#?}");
    let book = open(&made.bytes);
    assert_eq!(shown(&book, "A1"), "霁虹社区老年人花名册");
    assert_eq!(shown(&book, "A2"), "填表单位：霁虹社区");
    assert_eq!(shown(&book, "E2"), "填表日期：2026年11月23日");
    let got = lines(&made.bytes, 5, 3, 12);
    let masked = |number: String| format!("{}{}{}", &number[..3], "*".repeat(13), &number[16..]);
    assert_eq!(
        got,
        [
            format!(
                "1|张建国|男|{}|76|张建国|1号楼1单元101室|户主|138****0001||第一网格|",
                masked(identity("19500312", 11))
            ),
            format!(
                "2|李秀英|女|{}|74|张建国|1号楼1单元101室|妻|138****0002||第一网格|",
                masked(identity("19520820", 22))
            ),
            format!("3|王桂兰|女|{}|84|王桂兰|2号楼2单元302室|户主|||第一网格|", masked(identity("19420505", 24))),
        ]
    );
    assert_eq!(shown(&book, "A8"), "合计", "moved down by one");
    assert!(book.sheets[0].cell(7, 1).formula, "the total still counts");
    assert_eq!(shown(&book, "A9"), "填表人：王芳");
    let phone = report.gaps.iter().find(|gap| gap.column == "联系电话").unwrap();
    assert_eq!((phone.area.name.as_str(), phone.missing), ("第一网格", 1));
    let contact = report.gaps.iter().find(|gap| gap.column == "紧急联系人电话").unwrap();
    assert_eq!(contact.missing, 3);
}

#[test]
fn sensitive_cells_are_clear_only_with_the_right_and_a_purpose_and_audited() {
    let world = street();
    people(&world);
    let clear = FillOptions { clear_sensitive: true, ..FillOptions::default() };
    let worker_ = worker(&world);
    assert_eq!(filled(&world, &worker_, &roll(), &clear).unwrap_err().code, "request.parameter");
    let purpose = FillOptions { purpose: Some("民政局高龄津贴核对".into()), ..clear };
    let department = actor(&world, "network/department", "23/01/02");
    assert_eq!(filled(&world, &department, &roll(), &purpose).unwrap_err().code, "auth.denied");
    let made = filled(&world, &worker_, &roll(), &purpose).unwrap();
    assert_eq!(shown(&open(&made.bytes), "D5"), identity("19500312", 11));
    let permit = world.engine.permit(&Engine::operator(), Verb::Read, linli_domain::Subject::Audit).unwrap();
    let query = AuditQuery { action: Some("reveal".into()), limit: 10, ..AuditQuery::default() };
    let entries = world
        .engine
        .store
        .read_blocking::<_, linli_store::StoreError>(move |tx| tx.audit_list(&permit, &query))
        .unwrap();
    assert!(entries[0].entry.detail.to_string().contains("高龄津贴"), "{entries:?}");
}

#[test]
fn a_cross_table_of_grids_and_categories_is_counted_both_ways() {
    let world = street();
    people(&world);
    let rows = vec![
        row(&["霁虹社区____年__月人口情况统计表"]),
        row(&["网格", "户数", "人口", "", "", "年龄结构", "", "", "政治面貌", "文化程度", ""]),
        row(&["", "", "合计", "男", "女", "0-17岁", "18-59岁", "60岁及以上", "党员", "小学", "外星语"]),
        row(&["第一网格"]),
        row(&["第二网格"]),
        vec![t("合计"), C::F("=SUM(B4:B5)".into(), "0".into())],
    ];
    let merges = [
        Merge(0, 0, 0, 10, "霁虹社区____年__月人口情况统计表"),
        Merge(1, 0, 2, 0, "网格"),
        Merge(1, 1, 2, 1, "户数"),
        Merge(1, 2, 1, 4, "人口"),
        Merge(1, 5, 1, 7, "年龄结构"),
        Merge(1, 9, 1, 10, "文化程度"),
    ];
    let made = filled(&world, &worker(&world), &xlsx("统计", &rows, &merges), &FillOptions::default()).unwrap();
    let book = open(&made.bytes);
    assert_eq!(shown(&book, "A1"), "霁虹社区2026年11月人口情况统计表");
    assert_eq!(
        lines(&made.bytes, 4, 2, 11),
        ["第一网格|2|3|1|2|0|0|3|1|1|", "第二网格|1|2|2|0|1|1|0|1|0|"],
        "{:#?}",
        made.report
    );
    assert!(book.sheets[0].cell(5, 1).formula);
    assert_eq!(
        lines(&made.bytes, 6, 1, 10)[0].split('|').skip(2).collect::<Vec<_>>(),
        ["5", "3", "2", "1", "1", "3", "2", "1"]
    );
    assert_eq!(made.report.counts.unknown_heads, 1, "{:?}", made.report.notes);

    // The other direction: categories down, areas across.
    let rows = vec![
        row(&["类别", "第一网格", "第二网格", "合计"]),
        row(&["总人口"]),
        row(&["其中：流动人口"]),
        row(&["老年人"]),
        row(&["独居老人"]),
        row(&["住户数"]),
    ];
    let made = filled(&world, &worker(&world), &xlsx("统计", &rows, &[]), &FillOptions::default()).unwrap();
    assert_eq!(
        lines(&made.bytes, 2, 5, 4),
        ["总人口|3|2|5", "其中：流动人口|0|2|2", "老年人|3|0|3", "独居老人|1|0|1", "住户数|2|1|3"],
        "{:#?}",
        made.report
    );
}

#[test]
fn the_preview_of_a_cross_table_says_what_each_row_is() {
    let world = street();
    people(&world);
    let actor = worker(&world);
    let rows = vec![row(&["类别", "第一网格", "合计"]), row(&["总人口"]), row(&["老年人"])];
    let template = xlsx("统计", &rows, &[]);
    let staged = fill::stage(&world.engine, &actor, ONE, None, upload(&world, &template), "统计.xlsx").unwrap();
    let choice = fill::TableChoice {
        sheet: "统计".into(),
        table: 0,
        entity: staged.sheets[0].tables[0].entity.clone(),
        filter: None,
        mapping: std::collections::BTreeMap::new(),
        clear_sensitive: false,
        purpose: None,
    };
    let ready = fill::set_mapping(&world.engine, &actor, staged.id.parse().unwrap(), vec![choice]).unwrap();
    assert_eq!(ready.preview[0].columns, ["类别", "第一网格", "合计"]);
    assert_eq!(ready.preview[0].rows, [["总人口", "3", "5"], ["老年人", "3", "3"]]);
}

#[test]
fn rows_that_are_named_are_completed_and_nothing_held_is_changed() {
    let world = street();
    people(&world);
    let rows = vec![
        row(&["姓名", "身份证号", "民族", "文化程度", "户主姓名"]),
        row(&["李秀英", "", "", "高中", ""]),
        row(&["", &identity("19850101", 33), "", "", ""]),
        row(&["不认识", "", "", "", ""]),
        row(&["王桂兰", &identity("19420505", 24), "汉族", "", ""]),
    ];
    let made = filled(&world, &worker(&world), &xlsx("表", &rows, &[]), &FillOptions::default()).unwrap();
    let got = lines(&made.bytes, 2, 4, 5);
    assert!(got[0].starts_with("李秀英|") && got[0].ends_with("|满族|高中|张建国"), "{got:?}");
    assert_eq!(got[1], format!("赵强|{}|汉族|大学本科|赵强", identity("19850101", 33)));
    assert_eq!(got[2], "不认识||||");
    assert_eq!(got[3], format!("王桂兰|{}|汉族|小学教育|王桂兰", identity("19420505", 24)));
    let counts = made.report.counts;
    assert_eq!((counts.not_found, counts.differing), (1, 1), "{:#?}", made.report);
}

#[test]
fn the_page_goes_step_by_step_and_remembers_the_columns() {
    let world = street();
    people(&world);
    let actor = worker(&world);
    let staged = fill::stage(&world.engine, &actor, ONE, None, upload(&world, &roll()), "花名册.xlsx").unwrap();
    assert_eq!(staged.state, "matching");
    let table = &staged.sheets[0].tables[0];
    assert_eq!((table.shape.as_str(), table.entity.as_deref(), table.row_count), ("list", Some(RESIDENT), 2));
    let mapping = table
        .columns
        .iter()
        .map(|column| (column.column.to_string(), column.matched.as_ref().map(|found| found.element.clone())))
        .collect();
    let choice = fill::TableChoice {
        sheet: "花名册".into(),
        table: 0,
        entity: Some(RESIDENT.into()),
        filter: Some("age(birth_date) >= 80".into()),
        mapping,
        clear_sensitive: false,
        purpose: None,
    };
    let id = staged.id.parse().unwrap();
    let ready = fill::set_mapping(&world.engine, &actor, id, vec![choice.clone()]).unwrap();
    assert_eq!((ready.state.as_str(), ready.preview[0].total), ("ready", 1));
    assert_eq!(
        ready.chosen,
        std::slice::from_ref(&choice),
        "what was confirmed comes back, also when it is looked at later"
    );
    assert_eq!(fill::get(&world.engine, &actor, id).unwrap().chosen, std::slice::from_ref(&choice));
    assert_eq!(ready.preview[0].rows[0][1], "王桂兰");
    let gaps = fill::gaps(&world.engine, &actor, id).unwrap();
    assert!(gaps.iter().any(|gap| gap.element == "people/resident/phone" && gap.records.len() == 1), "{gaps:?}");
    let made = fill::file(&world.engine, &actor, id, None).unwrap();
    assert_eq!(
        (made.file_name.as_str(), shown(&open(&made.bytes), "B5")),
        ("花名册（已填）.xlsx", "王桂兰".to_owned())
    );
    let bad = fill::TableChoice { filter: Some("age(birthday) >= 80".into()), ..choice };
    assert_eq!(fill::set_mapping(&world.engine, &actor, id, vec![bad]).unwrap_err().code, "fill.bad_filter");
    let other = worker(&world);
    assert_eq!(fill::get(&world.engine, &other, id).unwrap_err().code, "fill.not_found");
    assert_eq!(fill::list(&world.engine, &actor, 10).unwrap().len(), 1);
}

#[test]
fn nobody_fills_beyond_their_scope() {
    let world = street();
    people(&world);
    let other = actor(&world, "network/community", "23/01/02/001/002");
    assert_eq!(filled(&world, &other, &roll(), &FillOptions::default()).unwrap_err().code, "auth.outside_scope");
    let grid = actor(&world, "network/grid", "23/01/02/001/001/001");
    assert_eq!(filled(&world, &grid, &roll(), &FillOptions::default()).unwrap_err().code, "auth.denied");
}

fn exported(world: &World, actor: &Actor, columns: &str, format: ExportFormat) -> Vec<u8> {
    let path = world.engine.data.join("export");
    let filter = ListFilter { area: Some(ONE.into()), limit: 50, ..ListFilter::default() };
    let made =
        export::begin(&world.engine, actor, RESIDENT, filter, Some(columns), format, linli_domain::Lang::Zh).unwrap();
    let rows = made.write(std::fs::File::create(&path).unwrap()).unwrap();
    assert_eq!(rows, 5);
    std::fs::read(path).unwrap()
}

#[test]
fn a_list_goes_out_masked_watermarked_and_harmless() {
    let world = street();
    people(&world);
    let rows =
        [row(&["姓名", "身份证号", "工作单位"]), row(&["赵强", &identity("19850101", 33), "=HYPERLINK(\"http://x\")"])];
    let path = on_disk(&world, "b.xlsx", &xlsx("S", &rows, &[]));
    let operator = Engine::operator();
    import::import_file(&world.engine, &operator, RESIDENT, ONE, &path, &ImportOptions::default(), &mut |_| {})
        .unwrap();
    let actor = worker(&world);
    let text =
        String::from_utf8(exported(&world, &actor, "name,identity_number,employer,education", ExportFormat::Csv))
            .unwrap();
    assert!(text.contains("王芳") && text.contains("导出"), "{text}");
    assert!(text.contains("'=HYPERLINK") && !text.contains(&identity("19850101", 33)), "{text}");
    assert!(text.contains("大学本科"), "{text}");
    let book = open(&exported(&world, &actor, "name,household,birth_date", ExportFormat::Xlsx));
    let sheet = &book.sheets[0];
    let found = (0..sheet.rows).find(|row| sheet.cell(*row, 1).value.shown() == "李秀英").unwrap();
    assert_eq!(sheet.cell(found, 2).value.shown(), "张建国", "a household by its title");
    assert_eq!(sheet.cell(found, 3).value.shown(), "1952-08-20");
    let grid = self::actor(&world, "network/grid", "23/01/02/001/001");
    let filter = ListFilter { limit: 50, ..ListFilter::default() };
    let refused =
        export::begin(&world.engine, &grid, RESIDENT, filter, None, ExportFormat::Csv, linli_domain::Lang::Zh);
    assert_eq!(refused.err().map(|problem| problem.code), Some("auth.denied"));
}
