//! Compiles one XLSForm: `compile FILE [-o OUT | -n N]`. Findings go to the error output; with errors nothing is written.
//! With `-n` it compiles N times and prints the seconds of the fastest.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use linli_xform::xlsform::{Options, Severity, Source, compile};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    let Some(file) = arguments.first() else {
        eprintln!("compile FILE [-o OUT | -n N]");
        return ExitCode::FAILURE;
    };
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{file}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let name = Path::new(file).file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    if let Some(rounds) = option("-n").and_then(|n| n.parse::<u32>().ok()) {
        let time = || {
            let start = Instant::now();
            std::hint::black_box(compile(&Source { name: &name, bytes: &bytes }, &Options::default()));
            start.elapsed().as_secs_f64()
        };
        println!("{:.6}", (0..rounds).map(|_| time()).fold(f64::INFINITY, f64::min));
        return ExitCode::SUCCESS;
    }
    let compiled = compile(&Source { name: &name, bytes: &bytes }, &Options::default());
    for finding in &compiled.findings {
        let kind = if finding.severity == Severity::Error { "error" } else { "warning" };
        eprintln!("{kind} [{}] {finding}", finding.code);
    }
    let Some(form) = compiled.form else { return ExitCode::FAILURE };
    match option("-o") {
        None => println!("{}", form.xml),
        Some(out) => {
            if let Err(error) = std::fs::write(out, &form.xml) {
                eprintln!("{out}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
