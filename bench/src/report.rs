//! One line per figure: ours, the peer or limit, the ratio, and whether the target is met.

use std::io::{self, Write};

/// Prints figures as they are measured and counts those that miss their target.
#[derive(Debug, Default)]
pub struct Report {
    missed: Vec<String>,
}

impl Report {
    /// A ratio that should be at least `target`: ours ÷ peer, larger is better.
    pub fn at_least(&mut self, name: &str, ours: f64, peer: f64, unit: &str, target: f64) -> io::Result<()> {
        let ratio = ours / peer;
        self.line(
            name,
            &format!("ours {ours:.1} {unit}, peer {peer:.1} {unit}, ratio {ratio:.2} (≥ {target})"),
            ratio >= target,
        )
    }

    /// A ratio that should be at most `target`: ours ÷ peer, smaller is better.
    pub fn at_most(&mut self, name: &str, ours: f64, peer: f64, unit: &str, target: f64) -> io::Result<()> {
        let ratio = ours / peer;
        self.line(
            name,
            &format!("ours {ours:.3} {unit}, peer {peer:.3} {unit}, ratio {ratio:.2} (≤ {target})"),
            ratio <= target,
        )
    }

    /// A speed-up that should be at least `target`: peer's seconds ÷ ours.
    pub fn faster(&mut self, name: &str, ours: f64, peer: f64, target: f64) -> io::Result<()> {
        let ratio = peer / ours;
        self.line(
            name,
            &format!("ours {ours:.3} s, peer {peer:.3} s, {ratio:.1} × faster (≥ {target} ×)"),
            ratio >= target,
        )
    }

    /// A value with an upper bound.
    pub fn limit(&mut self, name: &str, value: f64, unit: &str, bound: f64) -> io::Result<()> {
        self.line(name, &format!("{value:.1} {unit} (≤ {bound} {unit})"), value <= bound)
    }

    /// A value with a lower bound.
    pub fn floor(&mut self, name: &str, value: f64, unit: &str, bound: f64) -> io::Result<()> {
        self.line(name, &format!("{value:.1} {unit} (≥ {bound} {unit})"), value >= bound)
    }

    fn line(&mut self, name: &str, text: &str, met: bool) -> io::Result<()> {
        let mark = if met { "ok    " } else { "MISSED" };
        if !met {
            self.missed.push(name.to_owned());
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{mark} {name}: {text}")?;
        out.flush()
    }

    /// Names of the figures that missed their target.
    pub fn missed(&self) -> &[String] {
        &self.missed
    }
}
