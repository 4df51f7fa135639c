//! Whatever is uploaded as an XLSForm is compiled or refused; what is compiled can be read as a form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linli_xform::{
    model::Form,
    xlsform::{Options, Source, compile},
};

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let name = ["form.md", "form.csv", "form.xlsx", "form.xls"][usize::from(*kind) % 4];
    let compiled = compile(&Source { name, bytes }, &Options::default());
    match compiled.form {
        Some(form) => {
            let _read = Form::parse(&form.xml);
        }
        None => assert!(!compiled.findings.is_empty(), "a refused form has a reason"),
    }
});
