//! What must be refused with a clear reason, and never panic.

use linli_workbook::{BookError, Lang, Limits, open};
use proptest::prelude::*;

use crate::support::{xlsx, zip_of};

fn refusal(bytes: &[u8], limits: &Limits) -> &'static str {
    match open(bytes, "x.xlsx", limits) {
        Ok(book) => panic!("opened: {} sheets", book.sheets.len()),
        Err(e) => {
            assert!(!e.message(Lang::Zh).is_empty() && !e.message(Lang::En).is_empty());
            e.code()
        }
    }
}

/// A compound file with one directory sector that names the given streams.
fn compound(names: &[&str]) -> Vec<u8> {
    let mut file = vec![0_u8; 512 * 3];
    file[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    file[30] = 9;
    file[44] = 1;
    file[48] = 1;
    file[56..60].copy_from_slice(&4096_u32.to_le_bytes());
    file[60..64].copy_from_slice(&u32::MAX.to_le_bytes());
    file[68..72].copy_from_slice(&u32::MAX.to_le_bytes());
    for at in 1..109 {
        file[76 + at * 4..80 + at * 4].copy_from_slice(&u32::MAX.to_le_bytes());
    }
    file[512..1024].fill(0xFF);
    file[512..516].copy_from_slice(&0xFFFF_FFFD_u32.to_le_bytes());
    file[516..520].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    for (n, name) in std::iter::once("Root Entry").chain(names.iter().copied()).enumerate() {
        let entry = &mut file[1024 + n * 128..];
        for (i, unit) in name.encode_utf16().enumerate() {
            entry[i * 2..i * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = (name.encode_utf16().count() * 2 + 2) as u8;
        entry[116..120].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    }
    file
}

#[test]
fn a_password_is_told_from_damage() {
    assert_eq!(refusal(&compound(&["EncryptedPackage", "EncryptionInfo"]), &Limits::default()), "workbook.encrypted");
    assert_eq!(refusal(&compound(&["WordDocument"]), &Limits::default()), "workbook.not_a_workbook");
    assert_eq!(refusal(&compound(&["Workbook"])[..600], &Limits::default()), "workbook.truncated");
}

#[test]
fn one_endless_token_is_a_bomb_however_little_it_was_compressed() {
    // Spaces and noise in turns: each part inflates to less than 250 times its size, and nothing but one piece of text.
    let noise: String =
        (0_u32..60_000).map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26)).collect();
    let endless = (noise + &" ".repeat(1 << 20)).repeat(10);
    let bomb = xlsx(&[("一", &format!("<sheetData/>{endless}"))], &[]);
    assert_eq!(refusal(&bomb, &Limits { max_ratio: 100_000, ..Limits::default() }), "workbook.zip_bomb");
    let fine = xlsx(&[("一", &format!("<sheetData/>{}", &endless[..4 << 20]))], &[]);
    assert!(open(&fine, "x.xlsx", &Limits::default()).is_ok(), "what is only long is not a bomb");
}

#[test]
fn a_zip_bomb_is_stopped_while_it_inflates() {
    let big = " ".repeat(80 << 20);
    let bomb = xlsx(&[("一", &format!("<sheetData/>{big}"))], &[]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(refusal(&bomb, &Limits::default()), "workbook.zip_bomb");
    let total = Limits { max_inflated: 1 << 20, ..Limits::default() };
    assert_eq!(
        refusal(&xlsx(&[("一", &format!("<sheetData/>{}", &big[..2 << 20]))], &[]), &total),
        "workbook.zip_bomb"
    );
    let names: Vec<String> = (0..50).map(|n| format!("p{n}")).collect();
    let parts: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "")).collect();
    assert_eq!(refusal(&zip_of(&parts), &Limits { max_entries: 40, ..Limits::default() }), "workbook.zip_bomb");
}

#[test]
fn entities_and_document_types_are_refused() {
    let entity = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>&lol;</v></c></row></sheetData>";
    assert_eq!(refusal(&xlsx(&[("一", entity)], &[]), &Limits::default()), "workbook.hostile_xml");
    let strings = "<!DOCTYPE sst [<!ENTITY a \"aaaa\">]><sst><si><t>&a;</t></si></sst>";
    let bytes = xlsx(&[("一", "<sheetData/>")], &[("xl/sharedStrings.xml", strings)]);
    assert_eq!(refusal(&bytes, &Limits::default()), "workbook.hostile_xml");
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let word = zip_of(&[("word/document.xml", "<w/>"), ("xl/workbook.xml", "<workbook/>")]);
    for bytes in [
        &b""[..],
        b"%PDF-1.7",
        b"\x89PNG\r\n",
        b"<?xml version=\"1.0\"?><Workbook/>",
        b"MIME-Version: 1.0\r\n",
        b"<html><p>404</p></html>",
        b"\0\0\x01\x02",
        &word,
    ] {
        assert_eq!(refusal(bytes, &Limits::default()), "workbook.not_a_workbook", "{bytes:?}");
    }
}

#[test]
fn limits_on_size_are_told_apart() {
    let sheet = "<sheetData><row r=\"9\"><c r=\"K9\"><v>1</v></c></row></sheetData>";
    let bytes = xlsx(&[("一", sheet)], &[]);
    let base = Limits::default();
    assert_eq!(refusal(&bytes, &Limits { max_bytes: 9, ..base.clone() }), "workbook.too_large");
    assert_eq!(refusal(&bytes, &Limits { max_rows: 8, ..base.clone() }), "workbook.too_many_rows");
    assert_eq!(refusal(&bytes, &Limits { max_cols: 10, ..base.clone() }), "workbook.too_many_columns");
    assert_eq!(refusal(&bytes, &Limits { max_cells: 3, ..base.clone() }), "workbook.too_many_cells");
    // A colour on the last row of the sheet is no row.
    let coloured = "<sheetData><row r=\"1048576\"><c r=\"XFD1048576\" s=\"1\"/></row></sheetData>";
    assert_eq!(open(&xlsx(&[("一", coloured)], &[]), "x", &base).unwrap().sheets[0].rows, 0);
}

#[test]
fn contradictions_inside_a_sheet_are_damage() {
    for sheet in [
        "<sheetData><row r=\"0\"/></sheetData>",
        "<sheetData><row r=\"1\"><c r=\"A2\"><v>1</v></c></row></sheetData>",
        "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row></sheetData>",
        "<sheetData><row r=\"1\"><c r=\"A1\"><v>abc</v></c></row></sheetData>",
    ] {
        assert_eq!(refusal(&xlsx(&[("一", sheet)], &[]), &Limits::default()), "workbook.damaged", "{sheet}");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_and_never_panics() {
    let whole = xlsx(&[("一", "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>")], &[]);
    for end in 8..whole.len() {
        assert!(open(&whole[..end], "x.xlsx", &Limits::default()).is_err(), "{end}");
    }
    let e = open(&whole[..whole.len() / 2], "x.xlsx", &Limits::default()).unwrap_err();
    assert!(matches!(e, BookError::Truncated), "{e:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0..4_u8) {
        let head: &[u8] = match kind {
            0 => b"PK\x03\x04",
            1 => &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            2 => b"<table><tr><td>",
            _ => b"",
        };
        bytes.splice(0..0, head.iter().copied());
        let _ = open(&bytes, "x", &Limits::default());
    }

    #[test]
    fn no_flipped_byte_makes_it_panic(at in 0..10_000_usize, new in any::<u8>()) {
        let sheet = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>甲</t></is></c></row></sheetData><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>";
        let mut bytes = xlsx(&[("一", sheet)], &[]);
        let at = at % bytes.len();
        bytes[at] = new;
        let _ = open(&bytes, "x", &Limits::default());
    }
}
