//! Making workbooks and looking into them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use linli_workbook::{Book, CellValue, Limits, Sheet, open};
use zip::write::SimpleFileOptions;

/// A container of the given parts.
pub fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of a container.
pub fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        parts.insert(file.name().unwrap().into_owned(), content);
    }
    parts
}

/// One part as text.
pub fn part(bytes: &[u8], name: &str) -> String {
    String::from_utf8(unzip(bytes)[name].clone()).unwrap()
}

const NS: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// Styles: 0 plain, 1 bordered, 2 date, 3 text.
pub const STYLES: &str = concat!(
    "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">",
    "<numFmts count=\"1\"><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/></numFmts>",
    "<fonts count=\"1\"><font><sz val=\"11\"/></font></fonts>",
    "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>",
    "<borders count=\"2\"><border><left/></border><border><left style=\"thin\"/></border></borders>",
    "<cellXfs count=\"4\"><xf numFmtId=\"0\" borderId=\"0\"/><xf numFmtId=\"0\" borderId=\"1\"/><xf numFmtId=\"176\" borderId=\"1\"/>",
    "<xf numFmtId=\"49\" borderId=\"1\"><alignment horizontal=\"center\"/></xf></cellXfs></styleSheet>"
);

/// An .xlsx from the inside of its worksheets (everything within `<worksheet>`), with what else it needs.
pub fn xlsx(sheets: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<u8> {
    let mut workbook = format!("<workbook {NS}><sheets>");
    let mut rels =
        String::from("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">");
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/calcChain.xml\" ContentType=\"x\"/></Types>";
    let mut bodies = Vec::new();
    for (n, (name, inside)) in (1..).zip(sheets) {
        workbook.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>"));
        rels.push_str(&format!(
            "<Relationship Id=\"rId{n}\" Type=\"x/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        ));
        bodies.push((format!("xl/worksheets/sheet{n}.xml"), format!("<worksheet {NS}>{inside}</worksheet>")));
    }
    let names = more.iter().find(|(name, _)| *name == "names").map_or("", |(_, xml)| xml);
    workbook.push_str(&format!("</sheets>{names}</workbook>"));
    rels.push_str("<Relationship Id=\"rIdS\" Type=\"x/styles\" Target=\"styles.xml\"/><Relationship Id=\"rIdT\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rIdC\" Type=\"x/calcChain\" Target=\"calcChain.xml\"/></Relationships>");
    let root = "<Relationships><Relationship Id=\"rId1\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    let mut parts = vec![
        ("[Content_Types].xml", types),
        ("_rels/.rels", root),
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", rels.as_str()),
        ("xl/styles.xml", STYLES),
    ];
    parts.extend(bodies.iter().map(|(name, body)| (name.as_str(), body.as_str())));
    parts.extend(more.iter().filter(|(name, _)| *name != "names").copied());
    zip_of(&parts)
}

/// Opens with the default limits.
pub fn book(bytes: &[u8]) -> Book {
    open(bytes, "测试.xlsx", &Limits::default()).unwrap()
}

/// A sheet drawn as text: one line a row, cells divided by `|`.
pub fn drawn(lines: &[&str]) -> Sheet {
    let value = |text: &str| match text.trim() {
        "" => CellValue::Empty,
        t => match t.parse::<f64>() {
            Ok(n) if t.len() < 12 => CellValue::Number(n),
            _ => CellValue::text(t),
        },
    };
    Sheet::from_rows("表", lines.iter().map(|line| line.split('|').map(value).collect()))
}

/// What a row shows.
pub fn shown(sheet: &Sheet, row: u32) -> Vec<String> {
    (0..sheet.cols).map(|col| sheet.cell(row, col).value.shown()).collect()
}
