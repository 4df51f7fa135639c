//! How long a full check of a large submission takes: 250 questions, 1,000 constraints.
//!
//! Prints microseconds for a pass over all constraints, for a whole check, and for reading the form.

use std::time::Instant;

use linli_xform::check::check;
use linli_xform::instance::Instance;
use linli_xform::model::Form;
use linli_xform::xpath::{Eval, Live, Moment, Names, Nowhere, Program, Session, World, compile};

const QUESTIONS: usize = 250;
const CONSTRAINTS: usize = 1000;
const PASSES: u32 = 200;

fn constraint(at: usize) -> String {
    let (a, b) = (at % QUESTIONS, (at * 7 + 3) % QUESTIONS);
    match at % 6 {
        0 => format!(". >= 0 and . <= /data/q{b} + 1000"),
        1 => "regex(., '[0-9]{1,6}')".to_owned(),
        2 => format!("if(/data/q{a} > 10, . != '', true())"),
        3 => format!("selected(/data/q{b}, 'x') or string-length(.) < 20"),
        4 => format!("not(contains(../q{a}, 'z')) and ../q{b} < today()"),
        _ => format!("coalesce(/data/q{b}, 5) * 2 - 1 > round(. div 1000, 2) - 10"),
    }
}

fn form() -> String {
    let fields: String = (0..QUESTIONS).map(|i| format!("<q{i}/>")).collect();
    let escaped = |text: String| text.replace('<', "&lt;").replace('>', "&gt;");
    let binds: String = (0..QUESTIONS)
        .map(|i| {
            let relevant = escaped(format!("/data/q{} != 'never'", i / 2));
            format!("<bind nodeset=\"/data/q{i}\" constraint=\"{}\" relevant=\"{relevant}\"/>", escaped(constraint(i)))
        })
        .collect();
    format!(
        "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head><h:title>t</h:title>\
         <model><instance><data id=\"t\">{fields}</data></instance>{binds}</model></h:head><h:body/></h:html>"
    )
}

fn micros(label: &str, passes: u32, mut work: impl FnMut() -> usize) {
    let mut times: Vec<f64> = Vec::new();
    let mut count = 0;
    for _ in 0..passes {
        let start = Instant::now();
        count = work();
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    println!("{label}: median {:.0} µs, slowest {:.0} µs ({count})", times[times.len() / 2], times[times.len() - 1]);
}

fn main() {
    let values: String = (0..QUESTIONS).map(|i| format!("<q{i}>{}</q{i}>", i * 3)).collect();
    let xml = format!("<data id=\"t\">{values}</data>");
    let world = World::new(Moment(1_709_173_230_400), 1);
    let instance = Instance::parse(xml.as_bytes()).expect("the instance is sound");
    let mut names = Names::default();
    let programs: Vec<Program> =
        (0..CONSTRAINTS).map(|at| compile(&constraint(at), &mut names).expect("the constraint is sound")).collect();
    let live = Live::new(instance.tree.clone(), &names);
    let places: Vec<u32> = live.tree.children(live.tree.root()).collect();
    micros(&format!("{CONSTRAINTS} constraints on {QUESTIONS} questions"), PASSES, || {
        let session = Session::new(&names, &Nowhere, &world);
        let holds = |(at, program)| Eval::new(&session, &live, places[at % QUESTIONS]).boolean(program) == Ok(true);
        programs.iter().enumerate().filter(|(at, program)| holds((*at, *program))).count()
    });
    let text = form();
    let form = Form::parse(&text).expect("the form is sound");
    micros("whole check of a submission (read, relevance, types, constraints)", PASSES, || {
        let instance = Instance::parse(xml.as_bytes()).expect("the instance is sound");
        check(&form, &instance, &world).findings.len()
    });
    micros("reading the form", 20, || Form::parse(&text).map_or(0, |form| form.nodes.len()));
}
