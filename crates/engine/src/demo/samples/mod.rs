//! Files for the tour, as offices have them: a community's own ledger (xlsx and GBK csv) and departments' empty templates.
//!
//! | file | what for |
//! |---|---|
//! | [`LEDGER`], [`LEDGER_CSV`] | a community's ledger of an estate whose people the registers lack; its defects are in [`ledger::Defects`] |
//! | [`ROLL`] | 老年人花名册: a list a person a row |
//! | [`COMMUNITIES`], [`GRIDS`] | cross tables: counts by community, by grid |
//! | [`README`] | what is what, in both languages |

pub mod ledger;
mod ledger_file;
mod templates;
mod words;

use std::{fs, io, path::Path};

use jiff::civil::Date;
use linli_domain::Catalogue;

use super::{plan::TOUR_COMMUNITY, street::Street};

pub use words::Words;

/// The community's ledger.
pub const LEDGER: &str = "焊接社区居民台账.xlsx";
/// The same ledger as GBK csv.
pub const LEDGER_CSV: &str = "焊接社区居民台账(GBK).csv";
/// A department's empty roll of elderly people.
pub const ROLL: &str = "老年人花名册模板.xlsx";
/// A department's empty table by community.
pub const COMMUNITIES: &str = "社区人口统计表模板.xlsx";
/// A department's empty table by grid.
pub const GRIDS: &str = "网格人口统计表模板.xlsx";
/// What is what.
pub const README: &str = "README.txt";

/// A sample cannot be made.
#[derive(Debug)]
pub enum SampleError {
    /// The workbook.
    Workbook(rust_xlsxwriter::XlsxError),
    /// The file.
    File(io::Error),
}

impl std::fmt::Display for SampleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Workbook(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SampleError {}

impl From<rust_xlsxwriter::XlsxError> for SampleError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self::Workbook(error)
    }
}

impl From<io::Error> for SampleError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Writes all samples into `folder`. `communities` are codes and names of the street's communities.
pub fn write(
    folder: &Path,
    street: &Street,
    catalogue: &Catalogue,
    communities: &[(String, String)],
    seed: u64,
    today: Date,
) -> Result<(), SampleError> {
    fs::create_dir_all(folder)?;
    let ledger = ledger::make(street, &Words::of(catalogue), seed, today);
    fs::write(folder.join(LEDGER), ledger_file::xlsx(&ledger, today)?)?;
    fs::write(folder.join(LEDGER_CSV), ledger_file::gbk_csv(&ledger))?;
    fs::write(folder.join(ROLL), templates::roll(today)?)?;
    let names: Vec<&str> = communities.iter().map(|(_, name)| name.as_str()).collect();
    fs::write(folder.join(COMMUNITIES), templates::cross("各社区人口基本情况统计表", "社区", &names, today)?)?;
    let grids: Vec<&str> = street
        .plan
        .places
        .iter()
        .filter(|place| place.kind == "grid")
        .filter(|place| place.community == GRIDS_OF)
        .map(|place| place.name.as_str())
        .collect();
    fs::write(folder.join(GRIDS), templates::cross("焊接社区各网格人口基本情况统计表", "网格", &grids, today)?)?;
    fs::write(folder.join(README), readme(&ledger.defects))?;
    Ok(())
}

/// The community whose grids are the rows of [`GRIDS`]: 焊接社区.
pub const GRIDS_OF: &str = TOUR_COMMUNITY;

fn readme(defects: &ledger::Defects) -> String {
    format!(
        "演示样表(人员均为虚构)\n\n\
         1. {LEDGER} / {LEDGER_CSV}\n   焊接社区“焊接厂散楼”的居民台账,{rows} 行、{households} 户,这些人大多还没有录入系统。\n   \
         导入:linli import --data DIR --entity resident --area 230103013010 \"samples/{LEDGER}\" --dry-run\n   \
         故意留下的问题:{damaged} 个身份证号被 Excel 截断;{wrong} 人的身份证号错一位(系统里已有本人);\
         {full_width} 处全角数字;出生日期有多种写法;同户的楼号、单元、房号、户主为合并单元格;末尾有合计行。\n\n\
         2. {ROLL}:部门下发的空表,一人一行。\n   \
         填表:linli fill --data DIR --area 230103013010 \"samples/{ROLL}\" --out 已填.xlsx\n\n\
         3. {COMMUNITIES}、{GRIDS}:部门下发的统计表,一个社区(网格)一行。\n\n\
         Samples (all people are synthetic)\n\n\
         1. The ledger of one estate of Hanjie community: {rows} rows, {households} households, mostly not in the registers yet.\n   \
         Defects on purpose: {damaged} identity numbers rounded by Excel; {wrong} people with one wrong digit whom the registers\n   \
         already hold; {full_width} cells with full-width digits; birth dates in several forms; merged household cells; a totals row.\n\
         2. A department's empty roll of elderly people, a person a row.\n\
         3. Departments' empty cross tables, a community (grid) a row.\n",
        rows = defects.rows,
        households = defects.households,
        damaged = defects.damaged.len(),
        wrong = defects.wrong_digit.len(),
        full_width = defects.full_width,
    )
}

#[cfg(test)]
mod tests;
