//! What several tests share: an instance, and an evaluation written as text.

use linli_xform::instance::Instance;
use linli_xform::xpath::{Eval, EvalError, Inside, Live, Moment, Names, Nowhere, Session, Value, World, compile};

/// 2024-02-29 10:20:30.400 in China.
pub const NOW: Moment = Moment(1_709_173_230_400);

/// A household with three members, the last without an age.
pub const HOUSEHOLD: &str = r#"<data id="household" version="3">
  <name>王小明</name><age>42</age><income>1500.5</income><zero>0</zero><blank/><spaced>  a  b </spaced>
  <services>water power</services><one>water</one>
  <d>2024-02-29</d><dt>2024-02-29T10:20:30.400+08:00</dt><t>18:30:00.000+08:00</t>
  <point>45.75 126.65 0 0</point>
  <fence>45 126 0 0;46 126 0 0;46 127 0 0;45 127 0 0;45 126 0 0</fence>
  <member><name>甲</name><age>10</age><pet><n>a</n></pet><pet><n>b</n></pet></member>
  <member><name>乙</name><age>30</age><pet><n>c</n></pet></member>
  <member><name>丙</name><age/></member>
  <人口><户数>7</户数></人口>
  <meta><instanceID>uuid:1</instanceID></meta>
</data>"#;

/// A value written so that its kind shows: `true`, `5`, `'text'`, `[one|two]`; an error as its code.
pub fn shown(eval: &Eval<'_, '_>, value: &Result<Value, EvalError>) -> String {
    match value {
        Ok(Value::Bool(b)) => b.to_string(),
        Ok(Value::Number(n)) => linli_xform::xpath::format_number(*n),
        Ok(Value::Text(text)) => format!("'{text}'"),
        Ok(Value::Nodes(nodes)) => {
            let texts: Vec<String> = nodes.iter().map(|node| eval.text_of(node).into_owned()).collect();
            format!("[{}]", texts.join("|"))
        }
        Err(e) => e.code.to_owned(),
    }
}

/// The value of `expression` at a node of [`HOUSEHOLD`].
pub fn at(place: &str, expression: &str, inside: &dyn Inside, world: &World) -> String {
    let instance = Instance::parse(HOUSEHOLD.as_bytes()).unwrap();
    let node = instance.find(place).unwrap_or_else(|| panic!("no {place}"));
    let mut names = Names::default();
    let program = match compile(expression, &mut names) {
        Ok(program) => program,
        Err(e) => return format!("{}@{}", e.code, e.column),
    };
    let live = Live::new(instance.tree, &names);
    let session = Session::new(&names, inside, world);
    let eval = Eval::new(&session, &live, node);
    shown(&eval, &eval.value(&program))
}

/// Tries a table of expressions at one place; tells all that differ at once.
pub fn expect(place: &str, cases: &[(&str, &str)]) {
    let world = World::new(NOW, 7);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(expression, wanted)| {
            let found = at(place, expression, &Nowhere, &world);
            (found != *wanted).then(|| format!("{expression}\n    gives {found}\n   wanted {wanted}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
