//! The Word package: its parts, their XML, its sameness.

use std::io::{Cursor, Read};

use linli_document::to_docx;
use linli_domain::document::{Block, Document, Run};

use crate::sample::document;

pub fn part(bytes: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn names(bytes: &[u8]) -> Vec<String> {
    let package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    package.file_names().map(|name| name.unwrap().into_owned()).collect()
}

#[test]
fn the_body_is_written_as_word_writes_it() {
    let body = part(&to_docx(&document()).unwrap(), "word/document.xml");
    // A paragraph a line, so that a difference is seen.
    insta::assert_snapshot!(body.replace("<w:p>", "\n<w:p>").replace("<w:tr>", "\n<w:tr>"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(to_docx(&document()).unwrap(), to_docx(&document()).unwrap());
}

#[test]
fn every_part_is_well_formed_and_declared() {
    let bytes = to_docx(&document()).unwrap();
    let types = part(&bytes, "[Content_Types].xml");
    for name in names(&bytes).iter().filter(|name| name.ends_with(".xml") || name.ends_with(".rels")) {
        let text = part(&bytes, name);
        let mut reader = quick_xml::Reader::from_str(&text);
        loop {
            let event = reader.read_event().unwrap_or_else(|fault| panic!("{name}: {fault}"));
            if event == quick_xml::events::Event::Eof {
                break;
            }
        }
        let declared = types.contains(&format!("PartName=\"/{name}\""));
        assert!(declared || name.ends_with(".rels") || name.starts_with('['), "{name} is not declared");
    }
}

#[test]
fn every_chart_is_native_with_its_data_inside() {
    let bytes = to_docx(&document()).unwrap();
    for n in 1..=4 {
        let chart = part(&bytes, &format!("word/charts/chart{n}.xml"));
        assert!(chart.contains("Sheet1!$B$2:$B$5") && chart.contains("<c:v>兆麟社区</c:v>"), "{chart}");
        assert!(names(&bytes).contains(&format!("word/embeddings/chart{n}.xlsx")));
    }
    let bars = part(&bytes, "word/charts/chart1.xml");
    // 安静社区 (idx 2) is not known: a gap, not a nought.
    let values = bars.split("<c:numCache>").nth(1).unwrap().split("</c:numCache>").next().unwrap();
    assert!(values.contains("ptCount val=\"4\"") && !values.contains("idx=\"2\""), "{values}");
}

#[test]
fn a_link_to_a_place_that_is_not_there_is_plain_words() {
    let mut document: Document = document();
    document.blocks.retain(|block| !matches!(block, Block::Table(_)));
    let body = part(&to_docx(&document).unwrap(), "word/document.xml");
    assert!(body.contains("63.9%"));
    let places: Vec<&str> = body.split("w:anchor=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for place in places {
        assert!(body.contains(&format!("w:name=\"{place}\"")), "{place} is linked to but is nowhere");
    }
}

#[test]
fn hostile_words_stay_words() {
    let hostile = "</w:t><script>&\u{0}\u{B}\"'";
    let runs = vec![Run::text(hostile)];
    let document =
        Document { title: hostile.to_owned(), blocks: vec![Block::Paragraph { runs }], ..Document::default() };
    let body = part(&to_docx(&document).unwrap(), "word/document.xml");
    assert!(body.contains("&lt;/w:t&gt;&lt;script&gt;&amp;&quot;'"), "{body}");
    assert!(!linli_document::to_html(&document).contains("<script"));
}
