//! What communities say against what registers show.
//!
//! A question is compared when it is linked to a data element (in the form or the studio), or is one of the shipped
//! questionnaire that a register answers as well ([`KNOWN`]). What a register shows in a community: of a number the sum; of
//! anything else how many records are known; a yes-or-no question is compared with whether there is any.

use std::collections::HashMap;

use linli_domain::{Actor, AreaPath, Catalogue, FieldKind, RecordId, Value, Verb, record::ListQuery, survey::Column};
use linli_store::ReadTx;
use linli_workbook::ColumnKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answers::{Asked, Kind},
    campaign::Level,
    export::{Cell, Table},
    select::{Ask, Selected, label, selected},
};
use crate::{Engine, Problem, area::AreaRef};

/// Questions of the shipped community questionnaire that a register answers too: question, register, field, and the value
/// another field must have for a record to count.
const KNOWN: &[Known] = &[
    Known { question: "social_orgs", entity: "society/social_org", field: "name", only: None },
    Known { question: "org_kind", entity: "party/party_org", field: "org_kind", only: Some(("sphere", "community")) },
];

/// A question that a register answers.
struct Known {
    question: &'static str,
    entity: &'static str,
    field: &'static str,
    only: Option<(&'static str, &'static str)>,
}

/// Rows told.
const MOST: usize = 2_000;

/// What is said against what is held.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    /// Level.
    pub level: Level,
    /// Questions compared.
    pub questions: Vec<ComparedQuestion>,
    /// Why nothing is compared.
    pub reason: Option<String>,
}

/// A question compared with a register.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ComparedQuestion {
    /// Question.
    pub name: String,
    /// Label.
    pub label: String,
    /// Register and field, `society/social_org/name`.
    pub element: String,
    /// Communities that answered and whose register holds something.
    pub compared: u64,
    /// Of these, those where both agree.
    pub agree: u64,
    /// Share that agrees.
    pub agreement: Option<f64>,
    /// Where they do not agree, or one of them is missing, the greatest difference first.
    pub rows: Vec<ComparisonRow>,
}

/// A community.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ComparisonRow {
    /// Community.
    pub area: AreaRef,
    /// What was said.
    pub said: Option<String>,
    /// What is held.
    pub held: Option<String>,
    /// Said − held, of numbers.
    pub difference: Option<f64>,
}

/// What communities say against what registers show. Blocks the thread.
pub fn compare(engine: &Engine, actor: &Actor, id: RecordId, ask: Ask) -> Result<Comparison, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    let ask = Ask { level: ask.level.or_else(|| Some("community".into())), ..ask };
    engine.store.read_blocking(move |tx| {
        let selected = selected(&engine2, tx, &actor, id, &ask)?;
        let mut questions = Vec::new();
        for asked in &selected.answers.asked {
            if let Some((entity, field)) = element_of(&engine2.catalogue(), asked) {
                questions.extend(one(&engine2, tx, &actor, &selected, asked, &entity, &field)?);
            }
        }
        let reason = questions.is_empty().then(|| {
            engine2
                .lang
                .pick(
                    "这份问卷没有与登记册对应的题目。在表单工作台把题目关联到数据元后即可比对。",
                    "No question corresponds to a register. Link questions to data elements in the studio to compare them.",
                )
                .to_owned()
        });
        Ok(Comparison { level: selected.level, questions, reason })
    })
}

/// The register and field a question is compared with.
fn element_of(catalogue: &Catalogue, asked: &Asked) -> Option<(String, String)> {
    let linked = asked.question.element.as_deref().and_then(|element| element.rsplit_once('/'));
    let known = known(asked).map(|known| (known.entity, known.field));
    let (entity, field) = linked.or(known)?;
    catalogue.entities.get(entity)?.field(field)?;
    matches!(asked.kind, Kind::One | Kind::Scale | Kind::Number).then(|| (entity.to_owned(), field.to_owned()))
}

fn known(asked: &Asked) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.question == asked.question.name && asked.question.element.is_none())
}

/// What a register holds in a community.
#[derive(Default)]
struct Held {
    records: u64,
    known: u64,
    sum: f64,
    yes: u64,
    codes: HashMap<String, u64>,
}

impl Held {
    fn add(&mut self, value: &Value, scale: f64) {
        self.records += 1;
        match value {
            Value::Null => return,
            Value::Int(number) => self.sum += *number as f64 / scale,
            Value::Bool(yes) => self.yes += u64::from(*yes),
            Value::Text(code) => *self.codes.entry(code.clone()).or_default() += 1,
            _ => {}
        }
        self.known += 1;
    }

    /// The commonest code; of equally common ones the first.
    fn commonest(&self) -> Option<&str> {
        self.codes.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(code, _)| code.as_str())
    }
}

fn one(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    selected: &Selected,
    asked: &Asked,
    entity: &str,
    field: &str,
) -> Result<Option<ComparedQuestion>, Problem> {
    let catalogue = engine.catalogue();
    let register = crate::entity(&catalogue, entity)?;
    // What one may not read is not compared for one either.
    let Ok(permit) = engine.permit_entity(actor, Verb::Read, register) else { return Ok(None) };
    let Some(kind) = register.field(field).map(|field| field.kind.clone()) else { return Ok(None) };
    let scale = match &kind {
        FieldKind::Decimal { scale, .. } => 10_f64.powi(i32::from(*scale)),
        FieldKind::Money => 100.0,
        _ => 1.0,
    };
    // The newest valid answer of each place; rows are in the order of arrival.
    let mut said: HashMap<&AreaPath, u32> = HashMap::new();
    said.extend(selected.rows.iter().map(|row| (selected.place(*row), *row)));
    let mut held: HashMap<&AreaPath, Held> = said.keys().map(|place| (*place, Held::default())).collect();
    let query = ListQuery { area: Some(selected.area.clone()), ..ListQuery::of(entity) };
    let only = known(asked).and_then(|known| known.only);
    tx.scan(&permit, &query, &mut |record| {
        if only.is_some_and(|(field, code)| record.value(field).as_text() != Some(code)) {
            return Ok(());
        }
        for place in record.path.ancestry() {
            if let Some(held) = held.get_mut(&place) {
                held.add(record.value(field), scale);
            }
        }
        Ok(())
    })?;
    let choices = asked.choices(engine.lang);
    let (mut compared, mut agree, mut rows) = (0, 0, Vec::new());
    for (place, row) in said {
        let shows = &held[place];
        let (said, text, agrees, difference) = match_up(asked, &choices, row as usize, shows, &kind);
        if said.is_some() && text.is_some() {
            compared += 1;
            agree += u64::from(agrees);
        }
        if !agrees && (said.is_some() || text.is_some()) {
            rows.push(ComparisonRow { area: engine.area_ref(tx, place)?, said, held: text, difference });
        }
    }
    rows.sort_by(|a, b| {
        let size = |row: &ComparisonRow| row.difference.map_or(0.0, f64::abs);
        size(b).total_cmp(&size(a)).then_with(|| a.area.path.cmp(&b.area.path))
    });
    rows.truncate(MOST);
    Ok(Some(ComparedQuestion {
        name: asked.question.name.clone(),
        label: label(asked, engine.lang),
        element: format!("{entity}/{field}"),
        compared,
        agree,
        agreement: (compared > 0).then(|| agree as f64 / compared as f64),
        rows,
    }))
}

/// What was said, what is held, whether they agree, and by how much not.
fn match_up(
    asked: &Asked,
    choices: &[(String, String)],
    row: usize,
    held: &Held,
    kind: &FieldKind,
) -> (Option<String>, Option<String>, bool, Option<f64>) {
    if let Column::Number(numbers) = &asked.column {
        let summed = matches!(kind, FieldKind::Integer { .. } | FieldKind::Decimal { .. } | FieldKind::Money);
        let shows = if summed { (held.known > 0).then_some(held.sum) } else { Some(held.known as f64) };
        let says = Some(numbers[row]).filter(|number| !number.is_nan());
        let difference = says.zip(shows).map(|(says, shows)| says - shows);
        let text = |number: Option<f64>| number.map(|number| format!("{number}"));
        return (text(says), text(shows), difference.is_some_and(|one| one.abs() < 1e-9), difference);
    }
    let code = asked.column.chosen(row).first().and_then(|code| choices.get(*code as usize));
    let says = code.map(|(_, label)| label.clone());
    let is_yes = code.map(|(code, _)| matches!(code.as_str(), "yes" | "1" | "true"));
    let yes_no = choices.iter().any(|(code, _)| code == "yes") && choices.iter().any(|(code, _)| code == "no");
    if yes_no {
        let any = if matches!(kind, FieldKind::Bool) { held.yes > 0 } else { held.known > 0 };
        let named = |yes: bool| {
            let wanted = if yes { "yes" } else { "no" };
            choices.iter().find(|(code, _)| code == wanted).map(|(_, label)| label.clone())
        };
        return (says, named(any), is_yes == Some(any), None);
    }
    let shows = held.commonest();
    let text =
        shows.map(|shows| choices.iter().find(|(code, _)| code == shows).map_or(shows, |(_, label)| label).to_owned());
    (says, text, code.map(|(code, _)| code.as_str()) == shows && shows.is_some(), None)
}

impl Comparison {
    /// The same as a table.
    pub fn table(&self, engine: &Engine) -> Table {
        let lang = engine.lang;
        let mut table = Table::new(
            lang.pick("问卷与登记册比对", "Answers against registers"),
            &[
                (lang.pick("题目", "Question"), ColumnKind::Text),
                (lang.pick("登记册", "Register"), ColumnKind::Text),
                (lang.pick("区域", "Area"), ColumnKind::Text),
                (lang.pick("问卷所答", "Said"), ColumnKind::Text),
                (lang.pick("登记册所载", "Held"), ColumnKind::Text),
                (lang.pick("差", "Difference"), ColumnKind::Number),
            ],
        );
        for question in &self.questions {
            for row in &question.rows {
                let text = |text: &Option<String>| text.as_deref().map_or(Cell::Empty, Cell::text);
                table.push(vec![
                    Cell::text(&question.label),
                    Cell::text(&question.element),
                    Cell::text(&row.area.full_name),
                    text(&row.said),
                    text(&row.held),
                    Cell::maybe(row.difference),
                ]);
            }
        }
        table
    }
}
