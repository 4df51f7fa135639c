//! Handing workbooks back with their mistakes marked.

use linli_workbook::{Mark, mark_errors};
use rust_xlsxwriter::{Format, Note, Workbook};

use crate::support::{book, part, shown, unzip, xlsx};

fn mark(sheet: &str, row: u32, col: u32, message: &str) -> Mark {
    Mark { sheet: sheet.to_owned(), row, col, message: message.to_owned() }
}

fn workbook_with_a_comment() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("人员").unwrap();
    sheet.write_with_format(0, 0, "姓名", &Format::new().set_bold()).unwrap();
    sheet.write(1, 0, "张三").unwrap();
    sheet.write(1, 1, "12345").unwrap();
    sheet.insert_note(0, 0, &Note::new("原有批注")).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn marked_cells_are_red_with_a_comment_and_old_comments_stay() {
    let original = workbook_with_a_comment();
    let marks = [
        mark("人员", 1, 1, "身份证号应为 18 位"),
        mark("人员", 0, 0, "缺少列"),
        mark("人员", 1, 1, "<再看>"),
        mark("人员", 7, 3, "空行"),
    ];
    let marked = mark_errors(&original, "名单.xlsx", &marks).unwrap();
    assert_eq!(marked.file_name, "名单（待更正）.xlsx");
    let comments = part(&marked.bytes, "xl/comments1.xml");
    assert!(comments.contains("原有批注") && comments.contains("缺少列"));
    assert!(comments.contains("<comment ref=\"B2\" authorId=\"1\"><text><r><t xml:space=\"preserve\">身份证号应为 18 位\n&lt;再看&gt;</t></r></text></comment>"), "{comments}");
    assert_eq!(comments.matches("<comment ").count(), 3);
    let vml = part(&marked.bytes, "xl/drawings/vmlDrawing1.vml");
    assert_eq!(vml.matches("<v:shape ").count(), 3, "a cell with a comment keeps its box");
    let styles = part(&marked.bytes, "xl/styles.xml");
    assert!(styles.contains("FFFFC7CE") && styles.contains("<fills count=\"3\">"), "{styles}");
    let sheet = part(&marked.bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<row r=\"8\"><c r=\"D8\" s=\""), "{sheet}");
    assert_eq!(sheet.matches("<legacyDrawing").count(), 1);
    assert_eq!(
        shown(&book(&marked.bytes).sheets[0], 1),
        shown(&book(&original).sheets[0], 1).into_iter().chain(["".into(), "".into()]).take(2).collect::<Vec<_>>()
    );
    let (before, after) = (unzip(&original), unzip(&marked.bytes));
    for name in ["xl/sharedStrings.xml", "docProps/core.xml", "xl/workbook.xml"] {
        assert!(before[name] == after[name], "{name}");
    }
}

#[test]
fn a_sheet_without_comments_gets_the_parts_it_needs() {
    let inside = "<sheetData><row r=\"1\"><c r=\"A1\" s=\"3\"><v>1</v></c></row></sheetData><pageMargins left=\"1\"/><tableParts count=\"0\"/>";
    let marked = mark_errors(&xlsx(&[("一", inside)], &[]), "x.XLSM", &[mark("一", 0, 0, "错")]).unwrap();
    assert_eq!(marked.file_name, "x（待更正）.xlsm");
    let sheet = part(&marked.bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<c r=\"A1\" s=\"4\"><v>1</v></c>"), "{sheet}");
    assert!(sheet.contains("<pageMargins left=\"1\"/><legacyDrawing xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"rIdLinli2\"/><tableParts"), "{sheet}");
    let styles = part(&marked.bytes, "xl/styles.xml");
    assert!(styles.contains("<xf numFmtId=\"49\" borderId=\"1\" fillId=\"2\" applyFill=\"1\"><alignment horizontal=\"center\"/></xf></cellXfs>"), "{styles}");
    let types = part(&marked.bytes, "[Content_Types].xml");
    assert!(types.contains("comments-linli-sheet1.xml") && types.contains("Extension=\"vml\""), "{types}");
    let rels = part(&marked.bytes, "xl/worksheets/_rels/sheet1.xml.rels");
    assert!(rels.contains("Target=\"/xl/comments-linli-sheet1.xml\"") && rels.contains("rIdLinli2"), "{rels}");
}

#[test]
fn delimited_text_comes_back_as_a_marked_workbook() {
    let bytes = encoding_rs::GBK.encode("姓名,证件号\n张三,0123\n").0;
    let marked = mark_errors(&bytes, "/上传/名单.csv", &[mark("名单", 1, 1, "位数不对")]).unwrap();
    assert_eq!(marked.file_name, "名单（待更正）.xlsx");
    let book = book(&marked.bytes);
    assert_eq!(shown(book.sheet("名单").unwrap(), 1), ["张三", "0123"]);
    assert!(unzip(&marked.bytes).keys().any(|n| n.contains("comments")));
}

#[test]
fn marks_outside_the_workbook_are_refused() {
    let bytes = workbook_with_a_comment();
    let code = |m: Mark| mark_errors(&bytes, "x.xlsx", &[m]).unwrap_err().code();
    assert_eq!(code(mark("没有", 0, 0, "x")), "workbook.no_such_sheet");
    assert_eq!(code(mark("人员", 0, 20_000, "x")), "workbook.bad_edit");
}
