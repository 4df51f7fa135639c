//! The workbook behind a chart, which Word opens at "Edit data".

use linli_domain::document::Chart;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use crate::WriteError;

/// Name of the sheet that holds a chart's data.
pub(super) const SHEET: &str = "Sheet1";

/// Categories in the first column, a series in each further one, names in the first row.
pub(super) fn workbook(chart: &Chart) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let never = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&never));
    let sheet = workbook.add_worksheet();
    sheet.set_name(SHEET)?;
    for (row, category) in (1..).zip(&chart.categories) {
        sheet.write_string(row, 0, category)?;
    }
    for (column, (name, values)) in (1..).zip(columns(chart)) {
        sheet.write_string(0, column, name)?;
        for (row, value) in (1..).zip(values) {
            if let Some(value) = value {
                sheet.write_number(row, column, value)?;
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// The series, and the line to compare with as one more.
pub(super) fn columns(chart: &Chart) -> Vec<(&str, Vec<Option<f64>>)> {
    let series = chart.series.iter().map(|series| (series.name.as_str(), series.values.clone()));
    let target = chart.target.iter().map(|(name, height)| (name.as_str(), vec![Some(*height); chart.categories.len()]));
    series.chain(target).collect()
}
