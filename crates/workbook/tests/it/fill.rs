//! Filling templates.

use std::collections::BTreeMap;

use linli_workbook::{CellValue, CellWrite, Grow, Limits, Note, OutValue, SheetEdit, cell_name, fill};
use proptest::prelude::*;

use crate::support::{book, part, shown, unzip, xlsx};

fn write(row: u32, col: u32, value: OutValue) -> CellWrite {
    CellWrite { row, col, value }
}

fn text(t: &str) -> OutValue {
    OutValue::Text(t.to_owned())
}

fn edit(sheet: &str, writes: Vec<CellWrite>, grow: Option<Grow>) -> SheetEdit {
    SheetEdit { sheet: sheet.to_owned(), writes, grow }
}

/// Title, header, two rows of list, total; everything around that a department's template has.
const LIST: &str = "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><dimension ref=\"A1:D6\"/><cols><col min=\"1\" max=\"4\" width=\"12.5\" style=\"1\"/></cols>\
<sheetData><row r=\"1\" ht=\"30\" customHeight=\"1\"><c r=\"A1\" s=\"1\" t=\"inlineStr\"><is><t>名单</t></is></c></row>\
<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>序号</t></is></c><c r=\"B2\" t=\"inlineStr\"><is><t>姓名</t></is></c></row>\
<row r=\"3\" spans=\"1:4\" ht=\"22\" customHeight=\"1\"><c r=\"A3\" s=\"1\"/><c r=\"B3\" s=\"3\"/><c r=\"C3\" s=\"2\"/><c r=\"D3\" s=\"1\"><f>A3*2</f><v>0</v></c></row>\
<row r=\"4\" ht=\"22\" customHeight=\"1\"><c r=\"A4\" s=\"1\"/><c r=\"B4\" s=\"3\"/><c r=\"C4\" s=\"2\"/><c r=\"D4\" s=\"1\"><f>A4*2</f><v>0</v></c></row>\
<row r=\"5\"><c r=\"A5\" t=\"inlineStr\"><is><t>合计</t></is></c><c r=\"D5\"><f>SUM(D3:D4)</f><v>0</v></c></row>\
<row r=\"6\"><c r=\"A6\"><f>\"共\"&amp;D5</f></c></row></sheetData>\
<mergeCells count=\"3\"><mergeCell ref=\"A1:D1\"/><mergeCell ref=\"A6:D6\"/><mergeCell ref=\"A5:B5\"/></mergeCells>\
<conditionalFormatting sqref=\"D3:D4\"><cfRule type=\"expression\" priority=\"1\"><formula>D3&gt;$D$5</formula></cfRule></conditionalFormatting>\
<dataValidations count=\"1\"><dataValidation type=\"list\" sqref=\"B3:B4 C5\"><formula1>$A$5:$A$6</formula1></dataValidation></dataValidations>\
<pageMargins left=\"0.7\" right=\"0.7\" top=\"0.75\" bottom=\"0.75\" header=\"0.3\" footer=\"0.3\"/>\
<rowBreaks count=\"1\"><brk id=\"5\" man=\"1\"/></rowBreaks><drawing r:id=\"rId1\"/>";

const DRAWING: &str = "<xdr:wsDr><xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>5</xdr:row></xdr:from><xdr:to><xdr:row>7</xdr:row></xdr:to></xdr:twoCellAnchor></xdr:wsDr>";

fn template() -> Vec<u8> {
    xlsx(
        &[("名单", LIST), ("汇总", "<sheetData><row r=\"1\"><c r=\"A1\"><f>SUM(名单!D3:D4)</f></c></row></sheetData>")],
        &[
            (
                "names",
                "<definedNames><definedName name=\"_xlnm.Print_Area\" localSheetId=\"0\">名单!$A$1:$D$6</definedName></definedNames>",
            ),
            (
                "xl/worksheets/_rels/sheet1.xml.rels",
                "<Relationships><Relationship Id=\"rId1\" Type=\"x/drawing\" Target=\"../drawings/drawing1.xml\"/></Relationships>",
            ),
            ("xl/drawings/drawing1.xml", DRAWING),
            ("xl/media/image1.png", "not really a picture"),
            ("xl/calcChain.xml", "<calcChain><c r=\"D3\"/></calcChain>"),
            ("docProps/core.xml", "<core  a='1' ></core>"),
        ],
    )
}

#[test]
fn what_is_not_edited_stays_byte_for_byte() {
    let template = template();
    let filled = fill(
        &template,
        "template.xlsx",
        &[edit("名单", vec![write(2, 1, text("230102198001011234"))], None)],
        &Limits::default(),
    )
    .unwrap();
    let (before, after) = (unzip(&template), unzip(&filled.bytes));
    let changed = ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"];
    for (name, bytes) in before.iter().filter(|(name, _)| !changed.contains(&name.as_str())) {
        match after.get(name) {
            Some(now) => assert!(now == bytes, "{name} changed"),
            None => assert_eq!(name, "xl/calcChain.xml"),
        }
    }
    let sheet = part(&filled.bytes, "xl/worksheets/sheet1.xml");
    let cell = "<c r=\"B3\" s=\"3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">230102198001011234</t></is></c>";
    assert!(sheet.contains(cell), "{sheet}");
    // Apart from the row written to and stale results, the sheet is the same text.
    let normal = |s: &str| s.replace("<v>0</v>", "").replace(" spans=\"1:4\"", "");
    let template_sheet = part(&template, "xl/worksheets/sheet1.xml");
    assert_eq!(normal(&sheet), normal(&template_sheet.replace("<c r=\"B3\" s=\"3\"/>", cell)));
    assert!(
        part(&filled.bytes, "xl/workbook.xml")
            .contains("</definedNames><calcPr calcId=\"191029\" fullCalcOnLoad=\"1\"/>")
    );
    assert!(!part(&filled.bytes, "xl/_rels/workbook.xml.rels").contains("calcChain"));
    assert!(!part(&filled.bytes, "[Content_Types].xml").contains("calcChain"));
}

#[test]
fn a_longer_list_pushes_everything_below_down() {
    let grow = Grow { sample_row: 2, at_row: 2, rows_needed: 5, template_rows: 2 };
    let writes = (0..5).map(|n| write(2 + n, 0, OutValue::Number(f64::from(n + 1)))).collect();
    let filled = fill(&template(), "template.xlsx", &[edit("名单", writes, Some(grow))], &Limits::default()).unwrap();
    let sheet = part(&filled.bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "<dimension ref=\"A1:D9\"/>",
        "<row r=\"7\" ht=\"22\" customHeight=\"1\"><c r=\"A7\" s=\"1\"><v>5</v></c><c r=\"B7\" s=\"3\"/><c r=\"C7\" s=\"2\"/><c r=\"D7\" s=\"1\"><f>A7*2</f></c></row>",
        "<row r=\"8\"><c r=\"A8\" t=\"inlineStr\"><is><t>合计</t></is></c><c r=\"D8\"><f>SUM(D3:D7)</f></c></row>",
        "<c r=\"A9\"><f>&quot;共&quot;&amp;D8</f></c>",
        "<mergeCell ref=\"A1:D1\"/><mergeCell ref=\"A9:D9\"/><mergeCell ref=\"A8:B8\"/>",
        "<conditionalFormatting sqref=\"D3:D7\">",
        "<formula>D3&gt;$D$8</formula>",
        "sqref=\"B3:B7 C8\"",
        "<formula1>$A$8:$A$9</formula1>",
        "<brk id=\"8\" man=\"1\"/>",
        "<drawing r:id=\"rId1\"/></worksheet>",
    ] {
        assert!(sheet.contains(expected), "{expected}\n{sheet}");
    }
    assert!(part(&filled.bytes, "xl/workbook.xml").contains("名单!$A$1:$D$9"));
    assert!(part(&filled.bytes, "xl/worksheets/sheet2.xml").contains("SUM(名单!D3:D7)"));
    let drawing = part(&filled.bytes, "xl/drawings/drawing1.xml");
    assert_eq!(drawing, DRAWING.replace("<xdr:row>5<", "<xdr:row>8<").replace("<xdr:row>7<", "<xdr:row>10<"));
    let opened = book(&filled.bytes);
    assert_eq!(shown(&opened.sheets[0], 6)[0], "5");
    assert_eq!(shown(&opened.sheets[0], 7)[0], "合计");
}

#[test]
fn one_sample_row_with_its_own_merge_becomes_many() {
    let sheet = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>姓名</t></is></c></row><row r=\"2\"><c r=\"A2\" s=\"1\"/><c r=\"B2\" s=\"1\"/></row>\
        <row r=\"3\"><c r=\"A3\"><f>SUM(A2:A2)</f></c></row></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A2:B2\"/></mergeCells>\
        <hyperlinks><hyperlink ref=\"A2\"/></hyperlinks>";
    let grow = Grow { sample_row: 1, at_row: 1, rows_needed: 3, template_rows: 1 };
    let filled = fill(
        &xlsx(&[("一", sheet)], &[]),
        "template.xlsx",
        &[edit("一", vec![write(3, 0, text("丙"))], Some(grow))],
        &Limits::default(),
    )
    .unwrap();
    let got = part(&filled.bytes, "xl/worksheets/sheet1.xml");
    assert!(got.contains("<mergeCell ref=\"A2:B2\"/><mergeCell ref=\"A3:B3\"/><mergeCell ref=\"A4:B4\"/>"), "{got}");
    assert!(got.contains("<c r=\"A5\"><f>SUM(A2:A4)</f></c>"), "{got}");
    assert!(got.contains("<hyperlink ref=\"A2\"/>"), "{got}");
}

#[test]
fn shared_formulas_survive_the_move_as_formulas_of_their_own() {
    let sheet = "<sheetData><row r=\"1\"><c r=\"A1\"/><c r=\"B1\"><f t=\"shared\" ref=\"B1:B3\" si=\"0\">A1+$C$9</f><v>1</v></c></row>\
        <row r=\"2\"><c r=\"B2\"><f t=\"shared\" si=\"0\"/><v>1</v></c></row><row r=\"3\"><c r=\"B3\"><f t=\"shared\" si=\"0\"/><v>1</v></c></row></sheetData>";
    let grow = Grow { sample_row: 0, at_row: 0, rows_needed: 3, template_rows: 2 };
    let filled =
        fill(&xlsx(&[("一", sheet)], &[]), "template.xlsx", &[edit("一", vec![], Some(grow))], &Limits::default())
            .unwrap();
    let got = part(&filled.bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "<c r=\"B1\"><f>A1+$C$10</f></c>",
        "<c r=\"B2\"><f>A2+$C$10</f></c>",
        "<c r=\"B3\"><f>A3+$C$10</f></c>",
        "<c r=\"B4\"><f>A4+$C$10</f></c>",
    ] {
        assert!(got.contains(expected), "{expected}\n{got}");
    }
}

#[test]
fn dates_become_serials_only_where_the_template_shows_dates() {
    let date = || OutValue::Date { year: 1980, month: 5, day: 3 };
    let filled = fill(
        &template(),
        "template.xlsx",
        &[edit("名单", vec![write(2, 2, date()), write(2, 0, date())], None)],
        &Limits::default(),
    )
    .unwrap();
    let book = book(&filled.bytes);
    assert_eq!(book.sheets[0].cell(2, 2).value, CellValue::Date { year: 1980, month: 5, day: 3, time: None });
    assert_eq!(book.sheets[0].cell(2, 0).value, CellValue::text("1980-05-03"));
}

#[test]
fn writes_into_merges_and_over_formulas_are_told() {
    let writes = vec![write(0, 2, text("新题")), write(2, 3, OutValue::Number(7.0)), write(20, 9, text("远处"))];
    let filled = fill(&template(), "template.xlsx", &[edit("名单", writes, None)], &Limits::default()).unwrap();
    let name = "名单".to_owned();
    assert_eq!(
        filled.notes,
        [
            Note::MovedToMergedAnchor { sheet: name.clone(), row: 0, col: 2 },
            Note::ReplacedFormula { sheet: name, row: 2, col: 3 }
        ]
    );
    let book = book(&filled.bytes);
    assert_eq!(shown(&book.sheets[0], 0)[0], "新题");
    assert_eq!(book.sheets[0].cell(20, 9).value, CellValue::text("远处"));
    assert!(!book.sheets[0].cell(2, 3).formula);
}

#[test]
fn edits_outside_the_workbook_are_refused() {
    let code = |e: &SheetEdit| {
        fill(&template(), "template.xlsx", std::slice::from_ref(e), &Limits::default()).unwrap_err().code()
    };
    assert_eq!(code(&edit("没有", vec![], None)), "workbook.no_such_sheet");
    assert_eq!(code(&edit("名单", vec![write(1_048_576, 0, OutValue::Empty)], None)), "workbook.bad_edit");
    let grow = Grow { sample_row: 2, at_row: 2, rows_needed: u32::MAX, template_rows: 1 };
    assert_eq!(code(&edit("名单", vec![], Some(grow))), "workbook.too_many_rows");
}

#[test]
fn a_template_in_another_format_becomes_an_xlsx_and_says_so() {
    let filled = fill(
        "姓名,电话\n".as_bytes(),
        "名单.csv",
        &[edit("名单", vec![write(1, 0, text("张三"))], None)],
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(filled.notes, [Note::ConvertedToXlsx]);
    assert_eq!(shown(&book(&filled.bytes).sheets[0], 1)[0], "张三");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_and_the_rest_stays(
        writes in proptest::collection::btree_map((6..40_u32, 0..12_u32), "[^\u{0}-\u{1F}\u{FFFE}\u{FFFF}]{1,12}", 0..40),
        extra in 0..6_u32,
    ) {
        let grow = Grow { sample_row: 3, at_row: 2, rows_needed: 2 + extra, template_rows: 2 };
        let list: Vec<CellWrite> = writes.iter().map(|((r, c), t)| write(r + extra, *c, text(t))).collect();
        let template = template();
        let filled = fill(&template, "template.xlsx", &[edit("名单", list, Some(grow))], &Limits::default()).unwrap();
        let (before, after) = (book(&template), book(&filled.bytes));
        let expected: BTreeMap<String, String> = writes.iter().map(|((r, c), t)| (cell_name(r + extra, *c), t.clone())).collect();
        let sheet = &after.sheets[0];
        for row in 6 + extra..sheet.rows {
            for (col, cell) in sheet.row(row) {
                prop_assert_eq!(Some(&cell.value.shown()), expected.get(&cell_name(row, col)));
            }
        }
        for ((r, c), t) in &writes {
            prop_assert_eq!(&sheet.cell(r + extra, *c).value.shown(), t);
        }
        for row in 0..2 {
            prop_assert_eq!(shown(&before.sheets[0], row)[..2].to_vec(), shown(sheet, row)[..2].to_vec());
        }
        prop_assert_eq!(&sheet.cell(4 + extra, 0).value, &before.sheets[0].cell(4, 0).value);
    }
}
