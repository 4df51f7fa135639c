//! Compiles one XLSForm: `compile FILE [-o OUT]`. Findings go to the error output; with errors nothing is written.

use std::path::Path;
use std::process::ExitCode;

use linli_xform::xlsform::{Options, Severity, Source, compile};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(file), out) = (arguments.first(), arguments.iter().position(|a| a == "-o").map(|at| at + 1)) else {
        eprintln!("compile FILE [-o OUT]");
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
    let compiled = compile(&Source { name: &name, bytes: &bytes }, &Options::default());
    for finding in &compiled.findings {
        let kind = if finding.severity == Severity::Error { "error" } else { "warning" };
        eprintln!("{kind} [{}] {finding}", finding.code);
    }
    let Some(form) = compiled.form else { return ExitCode::FAILURE };
    match out.and_then(|at| arguments.get(at)) {
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
