//! `word/charts/chartN.xml`: DrawingML charts that Word and WPS edit, with their data cached for whoever only shows them.

use std::fmt::Write;

use linli_domain::{
    Lang,
    document::{Chart, ChartKind},
};

use crate::{
    svg::{TARGET, colour},
    text::{escaped, number},
};

use super::{
    DECLARATION,
    sheet::{SHEET, columns},
};

const NAMESPACES: &str = "xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" \
xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// Relations of the chart's part: the workbook with its data.
pub(super) fn relations(n: usize) -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship \
         Id=\"data\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/package\" \
         Target=\"../embeddings/chart{n}.xlsx\"/></Relationships>"
    )
}

/// The chart's part.
pub(super) fn part(chart: &Chart, lang: Lang) -> String {
    let mut xml = format!(
        "{DECLARATION}<c:chartSpace {NAMESPACES}><c:date1904 val=\"0\"/><c:lang val=\"{}\"/><c:roundedCorners val=\"0\"/>\
         <c:chart><c:autoTitleDeleted val=\"1\"/><c:plotArea><c:layout/>",
        lang.pick("zh-CN", "en-GB")
    );
    match chart.kind {
        ChartKind::Column => bars(&mut xml, chart, "col"),
        ChartKind::Bar => bars(&mut xml, chart, "bar"),
        ChartKind::Line => lines(&mut xml, chart, 0..chart.series.len() + usize::from(chart.target.is_some())),
        ChartKind::Ring => ring(&mut xml, chart),
    }
    if chart.kind != ChartKind::Ring {
        axes(&mut xml, chart);
    }
    xml.push_str("</c:plotArea>");
    let line = chart.target.is_some() && chart.kind != ChartKind::Bar;
    let several = chart.series.len() + usize::from(line) > 1;
    if several || chart.kind == ChartKind::Ring {
        let at = if chart.kind == ChartKind::Ring { "r" } else { "t" };
        let _ = write!(xml, "<c:legend><c:legendPos val=\"{at}\"/><c:overlay val=\"0\"/></c:legend>");
    }
    xml.push_str(
        "<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr \
         sz=\"900\"><a:latin typeface=\"Times New Roman\"/><a:ea typeface=\"宋体\"/></a:defRPr></a:pPr><a:endParaRPr \
         lang=\"zh-CN\"/></a:p></c:txPr><c:externalData r:id=\"data\"><c:autoUpdate val=\"0\"/></c:externalData>\
         </c:chartSpace>",
    );
    xml
}

/// Bars, and for upright ones the line to compare with.
fn bars(xml: &mut String, chart: &Chart, direction: &str) {
    let _ = write!(
        xml,
        "<c:barChart><c:barDir val=\"{direction}\"/><c:grouping val=\"clustered\"/><c:varyColors val=\"0\"/>"
    );
    for index in 0..chart.series.len() {
        series(xml, chart, index, Mark::Bar);
    }
    xml.push_str("<c:gapWidth val=\"60\"/><c:axId val=\"1\"/><c:axId val=\"2\"/></c:barChart>");
    if chart.target.is_some() && direction == "col" {
        lines(xml, chart, chart.series.len()..chart.series.len() + 1);
    }
}

fn lines(xml: &mut String, chart: &Chart, which: std::ops::Range<usize>) {
    xml.push_str("<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>");
    for index in which {
        series(xml, chart, index, if index < chart.series.len() { Mark::Line } else { Mark::Target });
    }
    xml.push_str("<c:marker val=\"1\"/><c:axId val=\"1\"/><c:axId val=\"2\"/></c:lineChart>");
}

fn ring(xml: &mut String, chart: &Chart) {
    xml.push_str("<c:doughnutChart><c:varyColors val=\"1\"/>");
    if !chart.series.is_empty() {
        series(xml, chart, 0, Mark::Slice);
    }
    xml.push_str("<c:firstSliceAng val=\"0\"/><c:holeSize val=\"55\"/></c:doughnutChart>");
}

/// How a series is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Bar,
    Line,
    Target,
    Slice,
}

fn fill(colour: &str) -> String {
    format!("<a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill>", colour.trim_start_matches('#'))
}

fn series(xml: &mut String, chart: &Chart, index: usize, mark: Mark) {
    let all = columns(chart);
    let Some((name, values)) = all.get(index) else { return };
    let letter = column_letter(index + 1);
    let last = chart.categories.len() + 1;
    let _ = write!(
        xml,
        "<c:ser><c:idx val=\"{index}\"/><c:order val=\"{index}\"/><c:tx><c:strRef><c:f>{SHEET}!${letter}$1</c:f><c:strCache>\
         <c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>{}</c:v></c:pt></c:strCache></c:strRef></c:tx>",
        escaped(name)
    );
    match mark {
        Mark::Bar => {
            let _ = write!(xml, "<c:spPr>{}</c:spPr><c:invertIfNegative val=\"0\"/>", fill(colour(index)));
        }
        Mark::Line => {
            let fill = fill(colour(index));
            let _ = write!(
                xml,
                "<c:spPr><a:ln w=\"28575\">{fill}</a:ln></c:spPr><c:marker><c:symbol val=\"circle\"/><c:size val=\"5\"/><c:spPr>\
                 {fill}</c:spPr></c:marker>"
            );
        }
        Mark::Target => {
            let _ = write!(
                xml,
                "<c:spPr><a:ln w=\"19050\">{}<a:prstDash val=\"dash\"/></a:ln></c:spPr><c:marker><c:symbol val=\"none\"/></c:marker>",
                fill(TARGET)
            );
        }
        Mark::Slice => {
            for slice in 0..chart.categories.len() {
                let fill = fill(colour(slice));
                let _ = write!(
                    xml,
                    "<c:dPt><c:idx val=\"{slice}\"/><c:bubble3D val=\"0\"/><c:spPr>{fill}</c:spPr></c:dPt>"
                );
            }
        }
    }
    labels(xml, chart, mark);
    let _ = write!(
        xml,
        "<c:cat><c:strRef><c:f>{SHEET}!$A$2:$A${last}</c:f><c:strCache><c:ptCount val=\"{}\"/>",
        chart.categories.len()
    );
    for (at, category) in chart.categories.iter().enumerate() {
        let _ = write!(xml, "<c:pt idx=\"{at}\"><c:v>{}</c:v></c:pt>", escaped(category));
    }
    let _ = write!(
        xml,
        "</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>{SHEET}!${letter}$2:${letter}${last}</c:f><c:numCache>\
         <c:formatCode>{}</c:formatCode><c:ptCount val=\"{}\"/>",
        format_code(chart),
        chart.categories.len()
    );
    for (at, value) in values.iter().enumerate() {
        if let Some(value) = value {
            let _ = write!(xml, "<c:pt idx=\"{at}\"><c:v>{}</c:v></c:pt>", number(*value, chart.decimals.max(4)));
        }
    }
    xml.push_str("</c:numCache></c:numRef></c:val>");
    if matches!(mark, Mark::Line | Mark::Target) {
        xml.push_str("<c:smooth val=\"0\"/>");
    }
    xml.push_str("</c:ser>");
}

/// Values written on the marks; on a ring their shares; on a long line none.
fn labels(xml: &mut String, chart: &Chart, mark: Mark) {
    let shown = match mark {
        Mark::Target | Mark::Slice => false,
        Mark::Line => chart.categories.len() <= 8,
        Mark::Bar => true,
    };
    let (value, share) = (u8::from(shown), u8::from(mark == Mark::Slice));
    let _ = write!(
        xml,
        "<c:dLbls><c:numFmt formatCode=\"{}\" sourceLinked=\"0\"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>\
         <c:showLegendKey val=\"0\"/><c:showVal val=\"{value}\"/><c:showCatName val=\"0\"/><c:showSerName val=\"0\"/>\
         <c:showPercent val=\"{share}\"/><c:showBubbleSize val=\"0\"/></c:dLbls>",
        if mark == Mark::Slice { "0.0%".to_owned() } else { format_code(chart) }
    );
}

fn axes(xml: &mut String, chart: &Chart) {
    let lying = chart.kind == ChartKind::Bar;
    // The first category stands at the top of lying bars, so the value axis would be there too without "max".
    let (names, values, order, cross) =
        if lying { ("l", "b", "maxMin", "max") } else { ("b", "l", "minMax", "autoZero") };
    let _ = write!(
        xml,
        "<c:catAx><c:axId val=\"1\"/><c:scaling><c:orientation val=\"{order}\"/></c:scaling><c:delete val=\"0\"/><c:axPos \
         val=\"{names}\"/><c:numFmt formatCode=\"General\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark \
         val=\"none\"/><c:tickLblPos val=\"low\"/><c:crossAx val=\"2\"/><c:crosses val=\"autoZero\"/><c:auto val=\"0\"/><c:lblAlgn \
         val=\"ctr\"/><c:lblOffset val=\"100\"/><c:noMultiLvlLbl val=\"1\"/></c:catAx>"
    );
    let _ = write!(
        xml,
        "<c:valAx><c:axId val=\"2\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete val=\"0\"/><c:axPos \
         val=\"{values}\"/><c:majorGridlines><c:spPr><a:ln w=\"6350\">{}</a:ln></c:spPr></c:majorGridlines><c:numFmt \
         formatCode=\"General\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos \
         val=\"nextTo\"/><c:crossAx val=\"1\"/><c:crosses val=\"{cross}\"/><c:crossBetween val=\"between\"/></c:valAx>",
        fill("#D9D9D9")
    );
}

/// Excel's format for the values, with the unit as words.
fn format_code(chart: &Chart) -> String {
    let digits = "0".repeat(usize::from(chart.decimals));
    let point = if digits.is_empty() { "" } else { "." };
    let unit = chart.unit.replace('"', "");
    let unit = if unit.is_empty() { unit } else { format!("\"{unit}\"") };
    escaped(&format!("0{point}{digits}{unit}"))
}

/// `A` for 0, `AA` for 26.
fn column_letter(index: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or_default());
    if index < 26 { letter(index).to_string() } else { format!("{}{}", letter(index / 26 - 1), letter(index)) }
}
