//! Whatever a phone sends is read or refused; what is read is checked, recomputed and written back readable.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linli_xform::{
    check::{check, recompute},
    instance::{Instance, entity_changes, rows},
    model::Form,
    xpath::{Moment, World},
};

static FORM: LazyLock<Form> = LazyLock::new(|| {
    Form::parse(include_str!("../../crates/xform/tests/fixtures/xlsform/all_types.xml")).expect("the form is sound")
});

fuzz_target!(|data: &[u8]| {
    let Ok(instance) = Instance::parse(data) else { return };
    let world = World::new(Moment(1_709_173_230_400), 1);
    let _report = check(&FORM, &instance, &world);
    let _tables = rows(&FORM, &instance);
    let _changes = entity_changes(&FORM, &instance, None);
    let (settled, _findings) = recompute(&FORM, &instance, &world);
    Instance::parse(settled.to_xml().as_bytes()).expect("what is written can be read");
});
