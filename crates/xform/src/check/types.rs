//! Whether a text is a value of a type (ODK XForms, "Data Types").

use crate::message::Message;
use crate::model::DataType;
use crate::xpath::{geo_points, parse_date, parse_moment, parse_time};

/// Whether `text`, which is not blank, is of the type.
pub(super) fn fits(data_type: DataType, text: &str) -> bool {
    match data_type {
        DataType::Text | DataType::Barcode | DataType::Intent => true,
        DataType::Int => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit())
        }
        DataType::Decimal => {
            let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
            plain && text.parse::<f64>().is_ok_and(f64::is_finite)
        }
        DataType::Boolean => matches!(text, "true" | "false" | "1" | "0"),
        DataType::Date => parse_date(text).is_some(),
        DataType::Time => parse_time(text).is_some(),
        DataType::DateTime => parse_moment(text, 0).is_some_and(|(_, has_time)| has_time),
        DataType::Geopoint => geo_points(text).is_some_and(|points| points.len() == 1),
        DataType::Geotrace => geo_points(text).is_some_and(|points| points.len() >= 2),
        DataType::Geoshape => {
            geo_points(text).is_some_and(|points| points.len() >= 4 && points.first() == points.last())
        }
        // A path in a file's name could lead out of the folder of attachments.
        DataType::Binary => !text.contains(['/', '\\']),
    }
}

/// What is wrong with a value that does not fit.
pub(super) fn misfit(data_type: DataType, text: &str) -> Message {
    let (zh, en) = match data_type {
        DataType::Int => ("整数", "a whole number"),
        DataType::Decimal => ("数字", "a number"),
        DataType::Boolean => ("真或假", "true or false"),
        DataType::Date => ("日期（年-月-日）", "a date (YYYY-MM-DD)"),
        DataType::Time => ("时间（时:分:秒）", "a time (hh:mm:ss)"),
        DataType::DateTime => ("日期和时间", "a date with a time"),
        DataType::Geopoint => ("位置", "a position"),
        DataType::Geotrace => ("路线", "a trace"),
        DataType::Geoshape => ("闭合的范围", "a closed shape"),
        DataType::Binary => ("文件名", "the name of a file"),
        DataType::Text | DataType::Barcode | DataType::Intent => ("文字", "text"),
    };
    let shown: String = text.chars().take(60).collect();
    Message::new(format!("“{shown}”不是{zh}"), format!("\"{shown}\" is not {en}"))
}
