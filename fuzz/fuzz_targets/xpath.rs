//! Any text is an expression or an error with its column; a parsed one prints to an equal one and can be evaluated.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linli_xform::{
    instance::Instance,
    xpath::{Eval, Live, Moment, Names, Nowhere, Session, World, compile, parse},
};

const DATA: &str = "<data id=\"t\"><name>王</name><n>3</n><row><a>1</a></row><row><a>2</a></row><at>45.7 126.6 0 0</at></data>";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(parsed) = parse(text) else { return };
    let printed = parsed.to_string();
    let again = parse(&printed).expect("what is printed can be read");
    assert_eq!(again.to_string(), printed);
    let mut names = Names::default();
    let Ok(program) = compile(text, &mut names) else { return };
    let instance = Instance::parse(DATA.as_bytes()).expect("the instance is sound");
    let live = Live::new(instance.tree, &names);
    let world = World::new(Moment(1_709_173_230_400), 1);
    let session = Session::new(&names, &Nowhere, &world);
    let _value = Eval::new(&session, &live, live.tree.root()).text(&program);
});
