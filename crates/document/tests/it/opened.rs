//! The Word file opens: LibreOffice reads it and lays it out, and its words are on the pages. Where LibreOffice is not
//! installed the test says so and ends.

use std::{path::Path, process::Command};

use linli_document::to_docx;

use crate::sample::document;

fn present(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok() || Command::new(program).arg("-v").output().is_ok()
}

fn to_pdf(folder: &Path, file: &Path) {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let ran = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "pdf", "--outdir"])
        .args([folder, file])
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && file.with_extension("pdf").exists(), "{said}");
}

#[test]
fn libreoffice_lays_the_document_out() {
    if !present("soffice") || !present("pdftotext") {
        println!("skipped: soffice and pdftotext are not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.docx");
    std::fs::write(&file, to_docx(&document()).unwrap()).unwrap();
    // For somebody who wants to look at it.
    let keep = std::env::var_os("LINLI_KEEP_FILES").map(std::path::PathBuf::from);
    if let Some(folder) = &keep {
        std::fs::copy(&file, folder.join("report.docx")).unwrap();
    }
    to_pdf(folder.path(), &file);
    let pdf = folder.path().join("report.pdf");
    if let Some(folder) = &keep {
        std::fs::copy(&pdf, folder.join("report.pdf")).unwrap();
    }
    let text = Command::new("pdftotext").args(["-layout"]).arg(&pdf).arg("-").output().unwrap();
    let text: String = String::from_utf8(text.stdout).unwrap().split_whitespace().collect();
    for words in
        ["社区治理情况调研报告", "一、总体情况", "（一）党建引领", "1.组织覆盖", "（1）物业行业", "二、存在的问题"]
    {
        assert!(text.contains(words), "{words} is not on the pages:\n{text}");
    }
    assert!(text.contains("63.9%") && text.contains("—1—"), "{text}");
}
