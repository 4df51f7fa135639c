//! Nothing that is uploaded makes the compiler panic or run for long.

use std::time::Instant;

use linli_xform::xlsform::{Options, Source, compile};

/// A small generator of numbers (xorshift), so that every run tries the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn seeds() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xlsform");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "md"));
    files.sort();
    files.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect()
}

const SHARDS: [&str; 24] = [
    "${",
    "}",
    "${a}",
    "|",
    "\n| | end group | |\n",
    "\n| | begin repeat | r | R |\n",
    "::",
    "#",
    "\\|",
    "\u{0}",
    "\u{a0}",
    "instance(",
    "[",
    "]",
    "indexed-repeat(",
    ")",
    "select_one ",
    "%(",
    "=",
    "\"",
    "\u{1F600}",
    "pulldata(",
    "search(",
    "''",
];

#[test]
fn mutated_forms_never_panic() {
    let seeds = seeds();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for round in 0..6_000 {
        let mut text = seeds[round % seeds.len()].clone();
        for _ in 0..=dice.below(6) {
            let mut at = dice.below(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match dice.below(3) {
                0 => text.insert_str(at, SHARDS[dice.below(SHARDS.len())]),
                1 => {
                    text.pop();
                }
                _ => {
                    let mut end = (at + dice.below(40)).min(text.len());
                    while !text.is_char_boundary(end) {
                        end += 1;
                    }
                    text.replace_range(at..end, "");
                }
            }
        }
        let name = if round % 7 == 0 { "f.csv" } else { "f.md" };
        let compiled = compile(&Source { name, bytes: text.as_bytes() }, &Options::default());
        if let Some(form) = compiled.form {
            crate::canonical::canonical(&form.xml).unwrap_or_else(|e| panic!("{e}\n{text}\n{}", form.xml));
        }
    }
}

#[test]
fn bytes_that_are_no_form_are_findings() {
    for bytes in
        [&b""[..], b"PK\x03\x04garbage", b"\xD0\xCF\x11\xE0", b"\xFF\xFE", b"|||||||||", b",,,,,,,", b"|survey|\n|"]
    {
        for name in ["", "a.xlsx", "a.xls", "a.csv", "a.md", "noext"] {
            let compiled = compile(&Source { name, bytes }, &Options::default());
            assert!(compiled.form.is_none() && !compiled.findings.is_empty(), "{name} {bytes:?}");
        }
    }
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    let mut text = "| survey | | | |\n| | type | name | label |\n".to_owned();
    for at in 0..5_000 {
        text.push_str(&format!("| | begin group | g{at} | G |\n"));
    }
    let compiled = compile(&Source { name: "f.md", bytes: text.as_bytes() }, &Options::default());
    assert!(compiled.findings.iter().any(|f| f.code == "nesting-too-deep"));
}

#[test]
fn ten_thousand_rows_take_well_under_a_second() {
    let mut text = "| survey | | | |\n| | type | name | label | relevant | constraint |\n".to_owned();
    for at in 1..=10_000 {
        text.push_str(&format!(
            "| | text | q{at} | Question {at} ${{q1}} | ${{q{at}}} != '' or ${{q1}} = 2 | . != ${{q{at}}} |\n"
        ));
    }
    let start = Instant::now();
    let compiled = compile(&Source { name: "f.md", bytes: text.as_bytes() }, &Options::default());
    let took = start.elapsed();
    println!("10,000 rows: {took:?}");
    assert!(compiled.form.is_some(), "{:?}", compiled.findings.first());
    // Generous, because test machines are shared and this is not an optimised build.
    assert!(took.as_secs_f64() < 3.0, "{took:?}");
}
