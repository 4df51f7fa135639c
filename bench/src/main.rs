//! The figures, as ratios of one run: `bench/run.sh [NAME…]`, names as below; all when none is given.

mod bare;
mod client;
mod collect;
mod fixture;
mod flows;
mod footprint;
mod insight;
mod lists;
mod program;
mod report;
mod sheets;
mod survey;
mod wide;
mod writes;
mod written;

use std::{io, path::Path, process::ExitCode};

use report::Report;

/// What the program itself uses.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The community of the demo's sample ledger.
const COMMUNITY: &str = "230103013010";

fn main() -> io::Result<ExitCode> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let [child, file, out] = &asked[..]
        && child == "wide-export"
    {
        wide::export(Path::new(file), Path::new(out))?;
        return Ok(ExitCode::SUCCESS);
    }
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|one| one == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let mut report = Report::default();

    if wanted("footprint") {
        runtime.block_on(footprint::measure(&mut report, &demo(folder.path(), "footprint")?))?;
    }
    if wanted("writes") {
        runtime.block_on(writes::measure(&mut report, &demo(folder.path(), "writes")?))?;
    }
    if wanted("transitions") {
        runtime.block_on(flows::transitions(&mut report, &demo(folder.path(), "transitions")?))?;
    }
    if wanted("cases") {
        flows::lists_and_clocks(&mut report, folder.path())?;
    }
    if wanted("sheets") {
        let data = demo(folder.path(), "sheets")?;
        sheets::measure_all(&mut report, &data, COMMUNITY)?;
    }
    if wanted("forms") {
        collect::compiling(&mut report, folder.path())?;
    }
    if wanted("answers") {
        let data = demo(folder.path(), "answers")?;
        runtime.block_on(collect::submissions(&mut report, &data))?;
    }
    if wanted("entities") {
        let data = demo(folder.path(), "entities")?;
        collect::add_residents(&data, COMMUNITY)?;
        runtime.block_on(collect::entity_list(&mut report, &data))?;
    }
    if wanted("lists") {
        lists::measure(&mut report, folder.path())?;
    }
    if wanted("insight") {
        insight::measure(&mut report, folder.path())?;
    }
    if wanted("survey") {
        survey::measure(&mut report, folder.path())?;
    }
    if wanted("report") {
        written::measure(&mut report, &demo(folder.path(), "report")?)?;
    }
    if wanted("wide") {
        wide::measure(&mut report, folder.path())?;
    }

    let missed = report.missed();
    println!(
        "\n{} figures missed their target{}",
        missed.len(),
        missed.iter().map(|name| format!("\n  {name}")).collect::<String>()
    );
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A demo city of its own for one group of figures.
fn demo(folder: &Path, name: &str) -> io::Result<std::path::PathBuf> {
    let data = folder.join(name);
    program::run(&["demo", "--data", &data.to_string_lossy()])?;
    Ok(data)
}
