//! A written report: all figures of the survey report and its charts, whole process, until the Word file stands on the disk.

use std::{
    io::{self, Read},
    path::Path,
    time::Instant,
};

use crate::{program::run, report::Report};

/// The demo's district, whose registers are kept in full.
const DISTRICT: &str = "230103000000";
const FIGURES: f64 = 46.0;
const CHARTS: f64 = 12.0;

/// Measures the survey report of the demo's district.
pub fn measure(report: &mut Report, demo: &Path) -> io::Result<()> {
    let out = demo.join("report.docx");
    let (data, file) = (demo.to_string_lossy(), out.to_string_lossy());
    let arguments = ["report", "survey", "--data", &data, "--area", DISTRICT, "--out", &file];
    // The first run reads the program and the database from the disk.
    run(&arguments)?;
    let started = Instant::now();
    run(&arguments)?;
    let seconds = started.elapsed().as_secs_f64();
    report.limit("survey report as a Word file, whole process", seconds, "s", 2.0)?;
    let mut package = zip::ZipArchive::new(std::fs::File::open(&out)?).map_err(io::Error::other)?;
    let names: Vec<String> = package.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned).collect();
    let charts = names.iter().filter(|name| name.starts_with("word/charts/chart")).count();
    report.floor("its charts", f64::from(u32::try_from(charts).unwrap_or(u32::MAX)), "charts", CHARTS)?;
    let mut body = String::new();
    package.by_name("word/document.xml").map_err(io::Error::other)?.read_to_string(&mut body)?;
    let told: std::collections::BTreeSet<&str> =
        body.split("w:hyperlink w:anchor=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    report.floor(
        "places that its figures lead to",
        f64::from(u32::try_from(told.len()).unwrap_or(u32::MAX)),
        "places",
        FIGURES,
    )
}
