//! Files that are not what they seem, through the whole program: a clear refusal, bounded memory, nothing left behind.

use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    cli::COMMUNITY,
    program::{demo_copy, sample},
    served::{Served, told},
};

/// A workbook of one sheet that is small until it is opened: then it holds `mib` MiB.
fn bomb(mib: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
    let mut part = |name: &str, text: &str, padding: usize| {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        let blank = vec![b' '; 1 << 20];
        (0..padding).for_each(|_| zip.write_all(&blank).unwrap());
    };
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    part(
        "[Content_Types].xml",
        &format!(
            "{head}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"{kind}.sheet.main+xml\"/>\
             <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{kind}.worksheet+xml\"/></Types>"
        ),
        0,
    );
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |target: &str, kind: &str| {
        format!(
            "{head}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"rId1\" Type=\"{relation}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    part("_rels/.rels", &relations("xl/workbook.xml", "officeDocument"), 0);
    part("xl/_rels/workbook.xml.rels", &relations("worksheets/sheet1.xml", "worksheet"), 0);
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    part(
        "xl/workbook.xml",
        &format!(
            "{head}<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\">\
             <sheets><sheet name=\"一\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
        ),
        0,
    );
    part("xl/worksheets/sheet1.xml", &format!("{head}<worksheet xmlns=\"{main}\"><sheetData/>"), mib);
    zip.finish().unwrap().into_inner()
}

/// What Excel writes for a workbook with a password: a compound file that names an encrypted package.
fn locked() -> Vec<u8> {
    let mut file = vec![0_u8; 512 * 3];
    file[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    (file[30], file[44], file[48]) = (9, 1, 1);
    file[56..60].copy_from_slice(&4096_u32.to_le_bytes());
    for at in [60, 68] {
        file[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    }
    file[80..512].fill(0xFF);
    file[512..1024].fill(0xFF);
    file[512..516].copy_from_slice(&0xFFFF_FFFD_u32.to_le_bytes());
    file[516..520].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    for (number, name) in ["Root Entry", "EncryptedPackage", "EncryptionInfo"].iter().enumerate() {
        let entry = &mut file[1024 + number * 128..];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = u8::try_from(name.len() * 2 + 2).unwrap();
        entry[116..120].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    }
    file
}

fn incoming(data: &Path) -> usize {
    fs::read_dir(data.join("uploads/incoming")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_zip_bomb_and_broken_workbooks_are_refused_with_words_and_leave_nothing_behind() {
    let data = demo_copy();
    let served = Served::start(data.path());
    let person = served.sign_in("community").await;
    let (before, imports) = (person.residents().await, person.get("/api/imports").await);
    let memory = served.peak_memory();
    let whole = fs::read(sample(data.path(), "台账.xlsx")).unwrap();

    let bomb = bomb(1024);
    assert!(bomb.len() < 16 << 20, "{}", bomb.len());
    told(&person.import(COMMUNITY, "台账.xlsx", bomb).await, 413, "workbook.zip_bomb");
    assert!(served.peak_memory() < memory + 128, "{} MiB, {memory} before", served.peak_memory());
    told(&person.import(COMMUNITY, "台账.xlsx", whole[..whole.len() / 2].to_vec()).await, 422, "workbook.truncated");
    told(&person.import(COMMUNITY, "台账.xlsx", locked()).await, 422, "workbook.encrypted");
    told(&person.import(COMMUNITY, "台账.xlsx", Vec::new()).await, 422, "workbook.not_a_workbook");
    told(&person.import(COMMUNITY, "台账.csv", vec![0xFF, 0xFE, 0x00, 0xD8]).await, 422, "workbook.undecodable");

    assert_eq!((incoming(data.path()), person.get("/api/imports").await), (0, imports));
    assert_eq!(person.residents().await, before);
    assert_eq!(person.import(COMMUNITY, "台账.xlsx", whole).await.0, 201, "a good file still goes in");
}

#[tokio::test]
async fn an_upload_of_200_megabytes_is_refused_before_it_fills_disk_or_memory() {
    let data = demo_copy();
    let served = Served::start(data.path());
    let person = served.sign_in("community").await;
    let memory = served.peak_memory();
    let pieces = futures::stream::iter((0..200).map(|_| Ok::<_, std::io::Error>(vec![7_u8; 1 << 20])));
    let answer = person.import(COMMUNITY, "台账.xlsx", reqwest::Body::wrap_stream(pieces)).await;
    told(&answer, 413, "request.too_large");
    assert!(served.peak_memory() < memory + 64, "{} MiB, {memory} before", served.peak_memory());
    assert_eq!(incoming(data.path()), 0, "what had arrived is gone");
}
