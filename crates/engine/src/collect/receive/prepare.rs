//! Reading and checking an answer, without the writer: its XML, its form, what breaks the form's rules, which entities it
//! makes or changes and with which values.

use std::{collections::BTreeMap, sync::Arc};

use linli_domain::{Catalogue, Entity, Label, RecordId, Scope, Value, Values};
use linli_store::tables::{Form, FormState};
use linli_xform::{
    check::{self, FindingKind},
    instance::{self, EntityChange, Instance},
    tree::{Limits, XmlError},
};
use sha2::{Digest, Sha256};

use super::{
    super::{
        answer::{EntityOutcome, EntityResult, Flag},
        form::{self, LoadedForm},
        lists, values,
    },
    Incoming, XML_BYTES,
};
use crate::{Engine, Problem, ProblemKind};

/// Longest instance id.
const ID: usize = 200;
/// Most flags kept of one answer.
const FLAGS: usize = 300;
/// Most entities of one answer.
const ENTITIES: usize = 20_000;

/// An answer that was read and checked.
pub(super) struct Prepared {
    pub form: Arc<Form>,
    pub xml: String,
    pub hash: [u8; 32],
    pub instance_id: String,
    pub deprecated_id: Option<String>,
    pub name: String,
    pub version: String,
    pub draft: bool,
    pub device: Option<String>,
    pub assignment: Option<RecordId>,
    pub flags: Vec<Flag>,
    /// Files its answers name.
    pub files: Vec<String>,
    /// Changes in the order they are applied.
    pub changes: Vec<Planned>,
    /// What cannot even be planned.
    pub refused: Vec<EntityOutcome>,
    /// Code of the area that the answer itself names.
    pub area: Option<String>,
}

/// A change of a record that an answer asks for.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub list: String,
    pub entity: String,
    pub id: RecordId,
    pub create: bool,
    pub update: bool,
    pub base: Option<i64>,
    pub trunk: Option<i64>,
    pub branch: Option<String>,
    pub label: Option<String>,
    pub values: Values,
    /// Code of the area the record is to stand on.
    pub area: Option<String>,
    /// Path of the block in the answer.
    pub path: String,
    /// Path of the question behind each field.
    pub asked: BTreeMap<String, String>,
}

/// Reads and checks what was sent. `scope` is where its sender may answer.
pub(super) async fn prepare(engine: &Engine, scope: &Scope, incoming: &Incoming) -> Result<Prepared, Problem> {
    let limits = Limits { bytes: XML_BYTES, ..Limits::default() };
    let instance = Instance::parse_within(&incoming.xml, limits).map_err(|error| unreadable(&error))?;
    let instance_id = instance_id(&instance)?;
    let (form, loaded) = form::load(engine, scope, instance.form_id(), instance.version(), incoming.draft).await?;
    if !incoming.draft {
        match form.state {
            FormState::Open | FormState::Closing => {}
            FormState::Draft => return Err(form::no_form()),
            FormState::Closed => return Err(closed(&form.title)),
        }
    }
    let big = incoming.xml.len() > 64 << 10;
    let (engine2, draft) = (engine.clone(), incoming.draft);
    let (device, assignment) = (incoming.device.clone(), incoming.assignment);
    let hash: [u8; 32] = Sha256::digest(&incoming.xml).into();
    let xml = String::from_utf8(incoming.xml.clone()).map_err(Problem::internal)?;
    let work = move || {
        let read = examine(&engine2, &loaded, &instance);
        Prepared {
            form,
            xml,
            hash,
            instance_id,
            deprecated_id: instance.deprecated_id().map(str::to_owned).filter(|_| !draft),
            name: instance.instance_name().unwrap_or_default().chars().take(200).collect(),
            version: instance.version().chars().take(ID).collect(),
            draft,
            device,
            assignment,
            flags: read.flags,
            files: read.files,
            changes: if draft { Vec::new() } else { read.changes },
            refused: read.refused,
            area: read.area,
        }
    };
    // Thousands of repeats take a moment: other answers need not wait for them.
    if big { tokio::task::spawn_blocking(work).await.map_err(Problem::internal) } else { Ok(work()) }
}

fn instance_id(instance: &Instance) -> Result<String, Problem> {
    let id = instance.instance_id().unwrap_or_default().trim();
    if id.is_empty() || id.len() > ID || id.chars().any(char::is_control) {
        return Err(Problem::new(
            ProblemKind::Invalid,
            "submission.instance_id",
            "答卷没有有效的 instanceID,无法避免重复计数,未接收。",
            "The answer has no valid instanceID, so it could be counted twice; it was not taken.",
        ));
    }
    Ok(id.to_owned())
}

/// The XML cannot be read.
fn unreadable(error: &XmlError) -> Problem {
    let (line, column) = (error.line, error.column);
    Problem::new(
        ProblemKind::Malformed,
        "submission.xml",
        format!("答卷 XML 第 {line} 行第 {column} 列无法读取:{}", error.message.zh),
        format!("The XML cannot be read at line {line}, column {column}: {}", error.message.en),
    )
    .with("reason", error.code.into())
}

fn closed(title: &str) -> Problem {
    Problem::new(
        ProblemKind::Denied,
        "form.closed",
        format!("表单“{title}”已关闭,不再接收答卷。请联系发布单位。"),
        format!("The form \"{title}\" is closed and takes no more answers. Ask whoever published it."),
    )
}

/// What was found in an answer.
#[derive(Default)]
struct Examined {
    flags: Vec<Flag>,
    files: Vec<String>,
    changes: Vec<Planned>,
    refused: Vec<EntityOutcome>,
    area: Option<String>,
}

fn examine(engine: &Engine, loaded: &LoadedForm, instance: &Instance) -> Examined {
    let world = loaded.world(engine.now());
    let report = check::check(&loaded.model, instance, &world);
    let mut read = Examined::default();
    // A rule that cannot be evaluated here (it asks a list of the phone) says nothing about the answer.
    let told = report.findings.iter().filter(|finding| finding.kind != FindingKind::NotEvaluated);
    read.flags.extend(told.take(FLAGS).map(|finding| Flag {
        path: finding.path.clone(),
        kind: finding.kind.code().to_owned(),
        label: finding.label.clone(),
        message: Label::new(&finding.message.zh, &finding.message.en),
    }));
    read.files = report.files.into_iter().map(|file| file.name).collect();
    read.files.sort();
    read.files.dedup();
    read.area = area_named(loaded, instance);
    if !loaded.model.entities.is_empty() {
        let relevant = check::relevance(&loaded.model, instance, &world);
        let changes = instance::entity_changes(&loaded.model, instance, Some(&relevant));
        plan_all(&engine.catalogue(), loaded, changes, &mut read);
    }
    read
}

/// The area an answer names: a question that fills the element `area`.
fn area_named(loaded: &LoadedForm, instance: &Instance) -> Option<String> {
    let node = loaded.model.nodes.iter().find(|node| node.bind.element.as_deref() == Some("area"))?;
    instance.value(&node.path).map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned)
}

fn plan_all(catalogue: &Catalogue, loaded: &LoadedForm, changes: Vec<EntityChange>, read: &mut Examined) {
    for change in changes.into_iter().take(ENTITIES) {
        match plan(catalogue, loaded, &change, &mut read.flags) {
            Ok(planned) => read.changes.push(planned),
            Err(message) => {
                read.flags.push(Flag::new(&change.path, "entity_refused", &message.zh, &message.en));
                read.refused.push(EntityOutcome {
                    list: change.dataset,
                    entity: String::new(),
                    id: None,
                    title: change.label.unwrap_or_default(),
                    result: EntityResult::Refused,
                    message,
                });
            }
        }
    }
    // A household before its members: what stands higher in the form is made first, so that it can be referred to.
    read.changes.sort_by_key(|change| change.path.matches('/').count());
}

fn plan(
    catalogue: &Catalogue,
    loaded: &LoadedForm,
    change: &EntityChange,
    flags: &mut Vec<Flag>,
) -> Result<Planned, Label> {
    let list = &change.dataset;
    let Some(entity) = lists::entity_of(catalogue, &loaded.settings.lists, list) else {
        return Err(Label::new(
            format!("没有与实体列表“{list}”对应的登记册。"),
            format!("No register is called `{list}`."),
        ));
    };
    let id = change.id.trim().trim_start_matches("uuid:").parse().map_err(|_| {
        Label::new("实体编号不是 UUID,未写入登记册。", "The entity's id is not a UUID; the register was not changed.")
    })?;
    let asked = asked(loaded, change);
    let (mut values, mut area) = (Values::new(), None);
    for (property, text) in &change.values {
        let path = asked.get(property).map_or(change.path.as_str(), String::as_str);
        match entity.field(property) {
            Some(field) => match values::read(catalogue, entity, field, text) {
                Some(value) => drop(values.insert(property.clone(), value)),
                None => flags.push(Flag::new(
                    path,
                    "entity_value",
                    format!("“{}”的内容不能写入登记册,其余内容已处理。", field.label.zh),
                    format!("The value of \"{}\" does not fit the register; the rest was dealt with.", field.label.en),
                )),
            },
            None if property == "area" => area = Some(text.trim().to_owned()).filter(|code| !code.is_empty()),
            None => flags.push(Flag::new(
                path,
                "entity_property",
                format!("登记册“{}”没有字段“{property}”。", entity.label.zh),
                format!("The register \"{}\" has no field `{property}`.", entity.label.en),
            )),
        }
    }
    titled(entity, change, &mut values);
    Ok(Planned {
        list: list.clone(),
        entity: entity.name.clone(),
        id,
        create: change.create,
        update: change.update,
        base: change.base_version,
        trunk: change.trunk_version,
        branch: change.branch_id.clone(),
        label: change.label.clone().filter(|label| !label.trim().is_empty()),
        values,
        area,
        path: change.path.clone(),
        asked,
    })
}

/// The label of a new entity is its title when no question fills that; of a changed one too where none can.
fn titled(entity: &Entity, change: &EntityChange, values: &mut Values) {
    let Some(field) = entity.field(&entity.title).filter(|field| field.kind.is_text()) else { return };
    let label = change.label.as_deref().map(str::trim).filter(|label| !label.is_empty());
    let asked = change.create || lists::is_reserved(&field.name);
    if let (true, Some(label)) = (asked && !values.contains_key(&field.name), label) {
        values.insert(field.name.clone(), Value::text(label));
    }
}

/// Path of the question behind each property, with the positions of the block's repeats.
fn asked(loaded: &LoadedForm, change: &EntityChange) -> BTreeMap<String, String> {
    let plain = without_positions(&change.path);
    let Some(decl) = loaded.model.entities.iter().find(|decl| decl.path == plain) else { return BTreeMap::new() };
    let holder = change.path.strip_suffix("/meta/entity").unwrap_or(&change.path);
    let place = |path: &str| match path.strip_prefix(&decl.holder) {
        Some(rest) => format!("{holder}{rest}"),
        None => path.to_owned(),
    };
    decl.saves.iter().map(|save| (save.property.clone(), place(&save.path))).collect()
}

fn without_positions(path: &str) -> String {
    let steps = path.split('/').map(|step| step.split_once('[').map_or(step, |(name, _)| name));
    steps.collect::<Vec<_>>().join("/")
}

/// Values that an earlier answer gave to the entities of `changes`, read from its XML with the same form.
pub(super) fn values_before(engine: &Engine, loaded: &LoadedForm, xml: &str) -> BTreeMap<(String, RecordId), Values> {
    let Ok(instance) = Instance::parse(xml.as_bytes()) else { return BTreeMap::new() };
    let read = examine(engine, loaded, &instance);
    read.changes.into_iter().map(|change| ((change.entity, change.id), change.values)).collect()
}
