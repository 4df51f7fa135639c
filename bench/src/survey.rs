//! Cross tables of a survey of 100,000 answers and 40 questions, with their tests, beside pandas.crosstab of the same columns.

use std::{fmt::Write as _, io, path::Path, time::Instant};

use linli_domain::survey::{Column, MISSING, Sample, cross::cross, frequency::frequencies};

use crate::report::Report;

const ANSWERS: u32 = 100_000;
const QUESTIONS: usize = 40;
/// Every pair of questions.
const PAIRS: usize = QUESTIONS * (QUESTIONS - 1) / 2;
/// Rounds of ours; the best counts.
const ROUNDS: usize = 5;

/// Makes the same columns for both, and crosses every pair.
pub fn measure(report: &mut Report, folder: &Path) -> io::Result<()> {
    let columns: Vec<Column> = (0..QUESTIONS).map(column).collect();
    let file = folder.join("survey.csv");
    std::fs::write(&file, csv(&columns))?;
    let rows: Vec<u32> = (0..ANSWERS).collect();
    let sample = Sample::of(&rows);
    let (mut ours, mut cells) = (f64::INFINITY, 0);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        cells = 0;
        for (at, one) in columns.iter().enumerate() {
            for other in &columns[at + 1..] {
                cells += cross(one, other, sample).n;
            }
        }
        ours = ours.min(started.elapsed().as_secs_f64());
    }
    let path = file.to_string_lossy().into_owned();
    let told = crate::sheets::python_line("crosstab_pandas.py", &[&path, &PAIRS.to_string()])?;
    let mut words = told.split_whitespace();
    let peer: f64 = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
    if words.next() != Some(cells.to_string().as_str()) {
        return Err(io::Error::other(format!("pandas counted otherwise: {told}, ours {cells}")));
    }
    report.faster("780 cross tables of 100,000 answers × 40 questions, with chi-square", ours, peer, 10.0)?;
    let started = Instant::now();
    let asked: u64 = columns.iter().map(|column| frequencies(column, sample).n).sum();
    let took = started.elapsed().as_secs_f64() * 1_000.0;
    println!("       frequencies of 40 questions: {took:.1} ms, {asked} answers");
    Ok(())
}

/// The answers to one question: two to seven choices, unevenly liked, a twentieth left out.
fn column(question: usize) -> Column {
    let choices = 2 + question % 6;
    let code = |row: u32| {
        let mut x =
            u64::from(row).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (question as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 30)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        if x.is_multiple_of(20) {
            MISSING
        } else {
            ((x >> 8) as usize % choices).min((x >> 40) as usize % choices) as u16
        }
    };
    Column::One { codes: (0..ANSWERS).map(code).collect(), choices }
}

fn csv(columns: &[Column]) -> String {
    let mut text = (0..columns.len()).map(|at| format!("q{at}")).collect::<Vec<_>>().join(",");
    text.push('\n');
    for row in 0..ANSWERS as usize {
        for (at, column) in columns.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _infallible = match column.chosen(row).first() {
                Some(code) => write!(text, "{comma}c{code}"),
                None => write!(text, "{comma}"),
            };
        }
        text.push('\n');
    }
    text
}
