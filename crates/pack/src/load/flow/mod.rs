//! Flows.

mod actions;
mod clocks;
mod parts;

use std::collections::BTreeMap;

use linli_domain::{
    Field, Label,
    expr::Scope,
    flow::{
        Duplicates, Evaluation, Flow, Opens,
        check::{self, About},
        guard_scope,
    },
};

use crate::{
    names,
    report::Report,
    source::Spot,
    toml_read::{Document, Table, Text},
};

use super::{entity::Context, field, head::bad_name, index::Thing, roles::unknown_level};

/// What the parts of a flow are read against.
struct Reading<'c> {
    context: &'c Context<'c>,
    /// Names that parts may refer to, by sort.
    names: BTreeMap<Sort, Vec<String>>,
    /// Where things are written, for what is found about them later.
    spots: BTreeMap<About, Spot>,
    scope: Scope,
}

/// Sorts of names within a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    State,
    Party,
    Action,
    Field,
}

impl Sort {
    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::State => ("unknown_state", "环节", "state"),
            Self::Party => ("unknown_party", "参与方", "party"),
            Self::Action => ("unknown_action", "操作", "action"),
            Self::Field => ("unknown_field", "字段", "field"),
        }
    }
}

impl Reading<'_> {
    /// The name, when there is such a thing in the flow; else it is reported.
    fn known(&self, sort: Sort, text: &Text<'_>, report: &mut Report) -> Option<String> {
        self.known_or(sort, text, &[], report)
    }

    /// The same, where some other words can be written too.
    fn known_or(&self, sort: Sort, text: &Text<'_>, words: &[&str], report: &mut Report) -> Option<String> {
        let names = self.names.get(&sort).map(Vec::as_slice).unwrap_or_default();
        if words.contains(&text.value) || names.iter().any(|name| name == text.value) {
            return Some(text.value.to_owned());
        }
        let (code, zh, en) = sort.texts();
        let message = (format!("流程没有{zh} `{}`", text.value), format!("the flow has no {en} `{}`", text.value));
        let known = names.iter().map(String::as_str).chain(words.iter().copied());
        report.error_with(code, &text.spot(), message, names::suggest(text.value, known));
        None
    }

    fn all_known(&self, sort: Sort, texts: &[Text<'_>], report: &mut Report) -> Vec<String> {
        texts.iter().filter_map(|text| self.known(sort, text, report)).collect()
    }
}

/// Reads `flows/STEM.toml`.
pub(super) fn read(context: &Context<'_>, stem: &str, document: &Document<'_>, report: &mut Report) -> Flow {
    let errors = report.errors();
    let mut root = document.root();
    let name = format!("{}/{stem}", context.pack);
    if !names::well_formed(stem) {
        bad_name(stem, &root.spot(), report);
    }
    if context.index.entities.contains(&name) {
        let message = (
            format!("登记册和流程不能同名:`{name}`"),
            format!("a register and a flow cannot have the same name: `{name}`"),
        );
        report.error("duplicate", &root.spot(), message.0, message.1);
    }
    let mut reading = Reading { context, names: BTreeMap::new(), spots: BTreeMap::new(), scope: Scope::new() };
    reading.spots.insert(About::Flow, root.spot());
    let mut flow = head(context, name, &mut root, report);
    flow.fields = fields(&mut reading, &mut root, report);
    parts::parties(&mut reading, &mut root, &mut flow, report);
    parts::states(&mut reading, &mut root, &mut flow, report);
    reading.scope = guard_scope(&flow, context.catalogue);
    actions::read(&mut reading, &mut root, &mut flow, report);
    clocks::read(&mut reading, &mut root, &mut flow, report);
    let start = root.must_text("start", report);
    flow.start = start.and_then(|start| reading.known(Sort::State, &start, report)).unwrap_or_default();
    flow.title_from = title_from(&reading, &mut root, report);
    flow.opens = opens(&reading, &mut root, report);
    flow.duplicates = duplicates(&reading, &mut root, report);
    flow.evaluation = evaluation(&mut reading, &mut root, report);
    root.finish(report);
    // What follows from a wrong name is not known to be wrong.
    if report.errors() == errors {
        for fault in check::faults(&flow, &context.catalogue.roles) {
            let at = reading.spots.get(&fault.about).or_else(|| reading.spots.get(&About::Flow));
            let at = at.cloned().unwrap_or_else(|| document.root().spot());
            report.error(fault.code, &at, fault.message.zh, fault.message.en);
        }
    }
    flow
}

fn head(context: &Context<'_>, name: String, root: &mut Table<'_>, report: &mut Report) -> Flow {
    let (title, about) = (root.must_label("title", report), root.must_label("about", report));
    let version = root.must_text("version", report).map(|version| version.value.to_owned()).unwrap_or_default();
    let number = root.must_text("number", report);
    if let Some(number) = &number {
        let fits = (1..=8).contains(&number.value.len())
            && number.value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !fits {
            let message =
                (format!("编号前缀 `{}` 写法不对", number.value), format!("`{}` cannot begin numbers", number.value));
            let help = Label::new("1 至 8 个大写字母或数字,如 `SJ`", "1 to 8 capital letters or digits, as `SJ`");
            report.error_with("bad_number", &number.spot(), message, Some(help));
        }
    }
    let area_kinds = root.texts("area_kinds", report);
    for kind in area_kinds.iter().filter(|kind| !context.index.levels.iter().any(|level| level == kind.value)) {
        unknown_level(kind, context.index, report);
    }
    Flow {
        name,
        title: title.unwrap_or_default(),
        about: about.unwrap_or_default(),
        version,
        number: number.map(|number| number.value.to_owned()).unwrap_or_default(),
        area_kinds: area_kinds.iter().map(|kind| kind.value.to_owned()).collect(),
        title_from: None,
        start: String::new(),
        opens: Opens::default(),
        duplicates: None,
        fields: Vec::new(),
        states: Vec::new(),
        parties: Vec::new(),
        actions: Vec::new(),
        clocks: Vec::new(),
        evaluation: None,
    }
}

fn fields(reading: &mut Reading<'_>, root: &mut Table<'_>, report: &mut Report) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for table in root.tables("fields", report) {
        let Some(draft) = field::read(reading.context, table, report) else { continue };
        let name = &draft.field.name;
        if fields.iter().any(|other| other.name == *name) {
            let message = (format!("字段 `{name}` 写了两次"), format!("field `{name}` is given twice"));
            report.error("duplicate", &draft.name, message.0, message.1);
            continue;
        }
        if linli_domain::flow::RESERVED.contains(&name.as_str()) {
            let message = (
                format!("流程的字段不能叫 `{name}`:条件里它另有所指"),
                format!("a flow's field cannot be called `{name}`: guards mean something else by it"),
            );
            report.error("reserved_name", &draft.name, message.0, message.1);
        }
        let field = &draft.field;
        if field.unique || field.off_by_default || field.derive.is_some() {
            let message = (
                format!("流程的字段 `{name}` 不能写 unique、off_by_default 或 derive"),
                format!("`{name}` of a flow takes neither unique, off_by_default nor derive"),
            );
            report.error("flow_field", &draft.name, message.0, message.1);
        }
        fields.push(draft.field);
    }
    reading.names.insert(Sort::Field, fields.iter().map(|field| field.name.clone()).collect());
    fields
}

/// Names in braces are fields, or `place`, or `area`.
fn title_from(reading: &Reading<'_>, root: &mut Table<'_>, report: &mut Report) -> Option<String> {
    let text = root.text("title_from", report)?;
    for part in text.value.split('{').skip(1) {
        let name = part.split_once('}').map_or(part, |(name, _)| name);
        let fields = reading.names.get(&Sort::Field).map(Vec::as_slice).unwrap_or_default();
        if !["place", "area"].contains(&name) && !fields.iter().any(|field| field == name) {
            let at = text.spot_within(text.value.find(part).unwrap_or(0));
            let message = (format!("流程没有字段 `{name}`"), format!("the flow has no field `{name}`"));
            let known = fields.iter().map(String::as_str).chain(["place", "area"]);
            report.error_with("unknown_field", &at, message, names::suggest(name, known));
        }
    }
    Some(text.value.to_owned())
}

fn opens(reading: &Reading<'_>, root: &mut Table<'_>, report: &mut Report) -> Opens {
    let Some(mut table) = root.table("opens", report) else { return Opens::default() };
    let by = table.texts("by", report).iter().map(|text| text.value.to_owned()).collect();
    let roles = table.texts("roles", report).iter().filter_map(|role| parts::role(reading, role, report)).collect();
    let public = table.flag("public", report);
    let fields = reading.all_known(Sort::Field, &table.texts("fields", report), report);
    let required = reading.all_known(Sort::Field, &table.texts("required", report), report);
    let form = form(reading, &mut table, report);
    table.finish(report);
    Opens { by, roles, public, fields, required, form }
}

/// The form under `form`; an empty text is none.
fn form(reading: &Reading<'_>, table: &mut Table<'_>, report: &mut Report) -> Option<String> {
    let text = table.text("form", report).filter(|text| !text.value.is_empty())?;
    reading.context.index.resolve(Thing::Form, reading.context.pack, &text, report)
}

fn duplicates(reading: &Reading<'_>, root: &mut Table<'_>, report: &mut Report) -> Option<Duplicates> {
    let mut table = root.table("duplicates", report)?;
    let fields = reading.all_known(Sort::Field, &table.texts("fields", report), report);
    let metres = table.within("metres", 1..=10_000, report).unwrap_or(50);
    let days = table.within("days", 1..=365, report).unwrap_or(7);
    table.finish(report);
    Some(Duplicates { fields, metres, days })
}

fn evaluation(reading: &mut Reading<'_>, root: &mut Table<'_>, report: &mut Report) -> Option<Evaluation> {
    let mut table = root.table("evaluation", report)?;
    reading.spots.insert(About::Evaluation, table.spot());
    let by = parts::by(reading, &mut table, report);
    if let Some(scale) = table.text("scale", report).filter(|scale| scale.value != "five") {
        let message = (format!("没有评价等级 `{}`", scale.value), format!("there is no scale `{}`", scale.value));
        report.error_with("unknown_scale", &scale.spot(), message, Some(Label::new("`five`", "`five`")));
    }
    let bad = table.within("bad", 0..=5, report).unwrap_or(2);
    let call_back = table.text("call_back", report).filter(|text| !text.value.is_empty());
    let confidential = !table.has("confidential") || table.flag("confidential", report);
    table.finish(report);
    let context = reading.context;
    let call_back = call_back.and_then(|flow| context.index.resolve(Thing::Flow, context.pack, &flow, report));
    Some(Evaluation { by, bad, call_back, confidential })
}
