//! Charts as drawings (SVG): bars, lines and rings with their values written on them. A value that is not known has no
//! mark and a dash in its place.

use std::{f64::consts::TAU, fmt::Write};

use linli_domain::document::{Chart, ChartKind};

use crate::text::{escaped, number, width};

/// Colours that people with colour blindness can tell apart (Okabe and Ito), darkest first.
pub(crate) const COLOURS: [&str; 7] = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F"];
/// Colour of the line to compare with.
pub(crate) const TARGET: &str = "#B22222";

const WIDTH: f64 = 720.0;
const FONT: f64 = 13.0;

/// The chart as one `<svg>` element.
pub fn to_svg(chart: &Chart) -> String {
    match chart.kind {
        ChartKind::Bar => lying(chart),
        ChartKind::Column | ChartKind::Line => upright(chart),
        ChartKind::Ring => ring(chart),
    }
}

/// Colour of a series or slice.
pub(crate) fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

struct Drawing(String);

impl Drawing {
    fn new(height: f64, chart: &Chart) -> Self {
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" \
             aria-label=\"{}\" font-family=\"sans-serif\" font-size=\"{FONT}\">",
            escaped(&chart.caption)
        );
        Self(out)
    }

    fn rect(&mut self, (x, y): (f64, f64), (w, h): (f64, f64), fill: &str, title: &str) {
        let _ = write!(
            self.0,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill=\"{fill}\"><title>{}</title></rect>",
            escaped(title)
        );
    }

    fn words(&mut self, (x, y): (f64, f64), anchor: &str, text: &str) {
        let _ = write!(
            self.0,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"currentColor\">{}</text>",
            escaped(text)
        );
    }

    fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str, dashed: bool) {
        let dash = if dashed { " stroke-dasharray=\"6 4\" stroke-width=\"2\"" } else { "" };
        let _ = write!(
            self.0,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{stroke}\"{dash}/>"
        );
    }

    /// The legend, from left to right, wrapped; the height it took.
    fn legend(&mut self, names: &[(&str, &str)], top: f64) -> f64 {
        let (mut x, mut y) = (8.0, top);
        for (name, fill) in names {
            let wide = 24.0 + width(name) * FONT + 16.0;
            if x + wide > WIDTH && x > 8.0 {
                (x, y) = (8.0, y + 20.0);
            }
            self.rect((x, y), (12.0, 12.0), fill, name);
            self.words((x + 18.0, y + 11.0), "start", name);
            x += wide;
        }
        y - top + 24.0
    }

    fn end(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }
}

/// Lowest and highest value of the axis: 0 is always on it, and it ends on a round number.
fn axis(chart: &Chart) -> (f64, f64, f64) {
    let values = chart.series.iter().flat_map(|series| series.values.iter().flatten().copied());
    let all = values.chain(chart.target.iter().map(|(_, height)| *height)).filter(|value| value.is_finite());
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let spread = if high - low > 0.0 { high - low } else { 1.0 };
    let rough = spread / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|n| n * power).find(|step| *step >= rough).unwrap_or(rough);
    ((low / step).floor() * step, (high / step).ceil().max(1.0) * step, step)
}

fn value_text(chart: &Chart, value: Option<f64>) -> String {
    value.map_or_else(|| "—".to_owned(), |value| number(value, chart.decimals) + &chart.unit)
}

fn series_names(chart: &Chart) -> Vec<(&str, &str)> {
    let mut names: Vec<(&str, &str)> =
        chart.series.iter().enumerate().map(|(index, series)| (series.name.as_str(), colour(index))).collect();
    if let Some((label, _)) = &chart.target {
        names.push((label, TARGET));
    }
    if names.len() > 1 { names } else { Vec::new() }
}

/// `text` cut so that it is no wider than `wide` pixels.
fn cut(text: &str, wide: f64) -> String {
    if width(text) * FONT <= wide {
        return text.to_owned();
    }
    let mut out = String::new();
    for character in text.chars() {
        if (width(&out) + 2.0) * FONT > wide {
            break;
        }
        out.push(character);
    }
    out + "…"
}

fn lying(chart: &Chart) -> String {
    let bar = if chart.series.len() > 1 { 14.0 } else { 18.0 };
    let group = bar * count(chart.series.len()) + 8.0;
    let names = series_names(chart);
    let widest = chart.categories.iter().map(|name| width(name) * FONT).fold(60.0, f64::max).min(220.0);
    let body = group * count(chart.categories.len());
    let mut drawing = Drawing::new(body + 40.0 + if names.is_empty() { 0.0 } else { 44.0 }, chart);
    let top = if names.is_empty() { 8.0 } else { 8.0 + drawing.legend(&names, 4.0) };
    let (low, high, step) = axis(chart);
    let (left, right) = (widest + 16.0, WIDTH - 84.0);
    let at = |value: f64| left + (value - low) / (high - low) * (right - left);
    ticks(low, high, step, |tick| {
        drawing.line((at(tick), top), (at(tick), top + body), "#D0D0D0", false);
        drawing.words((at(tick), top + body + 18.0), "middle", &number(tick, tick_decimals(step)));
    });
    for (index, category) in chart.categories.iter().enumerate() {
        let y = top + group * count(index);
        drawing.words((left - 8.0, y + group / 2.0 + 1.0), "end", &cut(category, widest));
        for (order, series) in chart.series.iter().enumerate() {
            let value = series.values.get(index).copied().flatten();
            let (from, to) = (at(0.0).min(at(value.unwrap_or(0.0))), at(0.0).max(at(value.unwrap_or(0.0))));
            let (y, words) = (y + 4.0 + bar * count(order), value_text(chart, value));
            if value.is_some() {
                drawing.rect((from, y), (to - from, bar - 2.0), colour(order), &format!("{category} {words}"));
            }
            drawing.words((to + 4.0, y + bar - 4.0), "start", &words);
        }
    }
    if let Some((_, height)) = &chart.target {
        drawing.line((at(*height), top), (at(*height), top + body), TARGET, true);
    }
    drawing.end()
}

fn upright(chart: &Chart) -> String {
    let names = series_names(chart);
    let body = 240.0;
    let mut drawing = Drawing::new(body + 52.0 + if names.is_empty() { 16.0 } else { 60.0 }, chart);
    let top = if names.is_empty() { 20.0 } else { 20.0 + drawing.legend(&names, 4.0) };
    let (low, high, step) = axis(chart);
    let (left, right) = (64.0, WIDTH - 16.0);
    let at = |value: f64| top + body - (value - low) / (high - low) * body;
    ticks(low, high, step, |tick| {
        drawing.line((left, at(tick)), (right, at(tick)), "#D0D0D0", false);
        drawing.words((left - 8.0, at(tick) + 4.0), "end", &number(tick, tick_decimals(step)));
    });
    let slot = (right - left) / count(chart.categories.len().max(1));
    let every =
        ((chart.categories.iter().map(|name| width(name) * FONT + 6.0).fold(0.0, f64::max) / slot).ceil()).max(1.0);
    for (index, category) in chart.categories.iter().enumerate() {
        let middle = left + slot * (count(index) + 0.5);
        let shown = chart.kind == ChartKind::Column || (count(index) % every) == 0.0;
        if shown {
            drawing.words((middle, top + body + 18.0), "middle", &cut(category, slot * every.max(1.0)));
        }
    }
    for (order, series) in chart.series.iter().enumerate() {
        if chart.kind == ChartKind::Line {
            line_of(&mut drawing, chart, order, &series.values, &|i| left + slot * (count(i) + 0.5), &at);
        } else {
            let bar = (slot * 0.7 / count(chart.series.len())).min(56.0);
            let first = -bar * count(chart.series.len()) / 2.0;
            for (index, value) in series.values.iter().enumerate() {
                let x = left + slot * (count(index) + 0.5) + first + bar * count(order);
                let words = value_text(chart, *value);
                let (y, base) = (at(value.unwrap_or(0.0)), at(0.0));
                if value.is_some() {
                    drawing.rect((x, y.min(base)), (bar - 2.0, (base - y).abs()), colour(order), &words);
                }
                drawing.words((x + bar / 2.0, y.min(base) - 5.0), "middle", &words);
            }
        }
    }
    if let Some((_, height)) = &chart.target {
        drawing.line((left, at(*height)), (right, at(*height)), TARGET, true);
    }
    drawing.end()
}

/// A line that is broken where a value is not known.
fn line_of(
    drawing: &mut Drawing,
    chart: &Chart,
    order: usize,
    values: &[Option<f64>],
    x: &dyn Fn(usize) -> f64,
    y: &dyn Fn(f64) -> f64,
) {
    let mut path = String::new();
    let mut pen = false;
    for (index, value) in values.iter().enumerate() {
        match value {
            Some(value) => {
                let _ = write!(path, "{}{:.1} {:.1}", if pen { "L" } else { "M" }, x(index), y(*value));
                pen = true;
            }
            None => pen = false,
        }
    }
    let colour = colour(order);
    let _ = write!(drawing.0, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\"/>");
    let last = values.iter().rposition(Option::is_some);
    for (index, value) in values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?))) {
        let (cx, cy) = (x(index), y(value));
        let words = value_text(chart, Some(value));
        let _ = write!(
            drawing.0,
            "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"3\" fill=\"{colour}\"><title>{words}</title></circle>"
        );
        if Some(index) == last || values.len() <= 8 {
            drawing.words((cx, cy - 8.0), "middle", &words);
        }
    }
}

fn ring(chart: &Chart) -> String {
    let values: Vec<f64> = chart
        .series
        .first()
        .map(|series| series.values.iter().map(|value| value.unwrap_or(0.0).max(0.0)).collect())
        .unwrap_or_default();
    let total: f64 = values.iter().sum();
    let (centre, radius, hole) = ((150.0, 140.0), 120.0, 66.0);
    let rows = count(chart.categories.len());
    let mut drawing = Drawing::new((rows * 24.0 + 24.0).max(280.0), chart);
    let mut from = 0.0;
    for (index, (category, value)) in chart.categories.iter().zip(&values).enumerate() {
        let share = if total > 0.0 { value / total } else { 0.0 };
        slice(&mut drawing.0, centre, (radius, hole), (from, from + share), colour(index));
        from += share;
        let y = 140.0 - rows * 12.0 + 24.0 * count(index) + 12.0;
        drawing.rect((310.0, y - 6.0), (12.0, 12.0), colour(index), category);
        let words = format!("{}（{}%）", value_text(chart, Some(*value)), number(share * 100.0, 1));
        drawing.words((330.0, y + 5.0), "start", &cut(category, 220.0));
        drawing.words((560.0, y + 5.0), "start", &words);
    }
    if total <= 0.0 {
        drawing.words(centre, "middle", "—");
    }
    drawing.end()
}

fn slice(out: &mut String, (cx, cy): (f64, f64), (outer, inner): (f64, f64), (from, to): (f64, f64), fill: &str) {
    if to - from <= 0.0 {
        return;
    }
    // A whole ring is two halves: an arc from a point to itself is nothing.
    if to - from > 0.999 {
        let middle = f64::midpoint(from, to);
        slice(out, (cx, cy), (outer, inner), (from, middle), fill);
        slice(out, (cx, cy), (outer, inner), (middle, to), fill);
        return;
    }
    let at = |share: f64, r: f64| (cx + r * (share * TAU).sin(), cy - r * (share * TAU).cos());
    let long = u8::from(to - from > 0.5);
    let ((x1, y1), (x2, y2), (x3, y3), (x4, y4)) = (at(from, outer), at(to, outer), at(to, inner), at(from, inner));
    let _ = write!(
        out,
        "<path d=\"M{x1:.1} {y1:.1}A{outer} {outer} 0 {long} 1 {x2:.1} {y2:.1}L{x3:.1} {y3:.1}A{inner} {inner} 0 {long} 0 \
         {x4:.1} {y4:.1}Z\" fill=\"{fill}\" stroke=\"#fff\"/>"
    );
}

fn ticks(low: f64, high: f64, step: f64, mut draw: impl FnMut(f64)) {
    let mut index = 0;
    loop {
        let tick = low + step * count(index);
        if tick > high + step / 2.0 || index > 20 {
            break;
        }
        draw(tick);
        index += 1;
    }
}

fn tick_decimals(step: f64) -> u8 {
    match step {
        step if step >= 1.0 && step.fract() == 0.0 => 0,
        step if step >= 0.1 => 1,
        _ => 2,
    }
}

/// A small count as a length.
fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use linli_domain::document::Series;

    fn chart(kind: ChartKind, values: Vec<Option<f64>>) -> Chart {
        Chart {
            caption: "覆盖率 <甲>".to_owned(),
            kind,
            categories: (0..values.len()).map(|n| format!("社区{n}")).collect(),
            series: vec![Series { name: "覆盖率".to_owned(), values }],
            unit: "%".to_owned(),
            decimals: 1,
            target: Some(("目标".to_owned(), 100.0)),
            source: None,
        }
    }

    #[test]
    fn what_is_not_known_is_not_drawn_as_nought() {
        for kind in [ChartKind::Bar, ChartKind::Column] {
            let drawn = to_svg(&chart(kind, vec![Some(80.0), None]));
            // One bar, and one mark for each of the two names of the legend.
            assert_eq!(drawn.matches("<rect").count(), 3, "{drawn}");
            assert!(drawn.contains("—") && drawn.contains("80.0%"), "{drawn}");
        }
        let line = to_svg(&chart(ChartKind::Line, vec![Some(1.0), None, Some(2.0), Some(3.0)]));
        assert_eq!(line.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap().matches('M').count(), 2);
    }

    #[test]
    fn drawings_are_well_formed_for_any_values() {
        let samples =
            [vec![], vec![None], vec![Some(0.0)], vec![Some(-5.0), Some(5.0)], vec![Some(1e12)], vec![Some(0.001)]];
        for values in samples {
            for kind in [ChartKind::Bar, ChartKind::Column, ChartKind::Line, ChartKind::Ring] {
                let drawn = to_svg(&chart(kind, values.clone()));
                let mut reader = quick_xml::Reader::from_str(&drawn);
                loop {
                    match reader.read_event().unwrap() {
                        quick_xml::events::Event::Eof => break,
                        _ => assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}"),
                    }
                }
            }
        }
    }

    #[test]
    fn the_axis_holds_nought_and_the_target() {
        let (low, high, step) = axis(&chart(ChartKind::Bar, vec![Some(37.0)]));
        assert!((low - 0.0).abs() < 1e-9 && high >= 100.0 && (step - 20.0).abs() < 1e-9, "{low} {high} {step}");
    }
}
