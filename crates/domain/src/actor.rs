//! Who asks, and what they may do. A [`Permit`] can only be made by [`permit`], and every read and write of `store` takes
//! one: what was not permitted cannot be written down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    area::AreaPath,
    catalogue::Role,
    ids::RecordId,
    lang::{Label, Lang},
};

/// What one does to a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// See lists and records (sensitive fields masked).
    Read,
    /// Make new records.
    Create,
    /// Change records.
    Edit,
    /// End records (never delete).
    End,
    /// Merge two records that are one.
    Merge,
    /// See a sensitive field in clear, with a purpose.
    Reveal,
    /// Take lists out as files.
    Export,
    /// Bring ledgers in, and undo an import.
    Import,
    /// Administer a built-in subject (accounts, areas, packs…).
    Manage,
}

impl Verb {
    /// Label for denials and the accounts page.
    pub fn label(self) -> Label {
        let (zh, en) = match self {
            Self::Read => ("查看", "read"),
            Self::Create => ("新建", "create"),
            Self::Edit => ("修改", "edit"),
            Self::End => ("注销", "end"),
            Self::Merge => ("合并", "merge"),
            Self::Reveal => ("查看敏感信息", "reveal sensitive fields"),
            Self::Export => ("导出", "export"),
            Self::Import => ("导入", "import"),
            Self::Manage => ("管理", "manage"),
        };
        Label::new(zh, en)
    }
}

/// What something is done to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Records of a register, by namespaced name.
    Entity(String),
    /// Cases of a flow, by namespaced name: `Read` all within one's areas, `Create` opens, `Manage` supervises and reassigns.
    Flow(String),
    /// Accounts and their grants.
    Accounts,
    /// The area tree.
    Areas,
    /// The audit log.
    Audit,
    /// Forms: the studio, publishing, public links.
    Forms,
    /// Answers to forms, their review, conflicts and exports.
    Responses,
    /// Collection tasks: drafts, approval, assignments.
    Tasks,
    /// Notices: everybody's own, and (`manage`) the channels of an area and what leaves by them.
    Notices,
    /// Recurring duties: when they are, skips and swaps, where they are in force.
    Schedules,
    /// Indicators: figures of one's areas (their rows need the register's own `read`); `export` takes tables out.
    Insight,
    /// Packs and migrations.
    Packs,
    /// Backup, settings, health.
    System,
}

impl Subject {
    /// Every subject that is neither a register nor a flow.
    pub const BUILT_IN: [Self; 11] = [
        Self::Accounts,
        Self::Areas,
        Self::Audit,
        Self::Forms,
        Self::Responses,
        Self::Tasks,
        Self::Notices,
        Self::Schedules,
        Self::Insight,
        Self::Packs,
        Self::System,
    ];

    /// Name as roles write it.
    pub fn name(&self) -> &str {
        match self {
            Self::Entity(name) | Self::Flow(name) => name,
            Self::Accounts => "accounts",
            Self::Areas => "areas",
            Self::Audit => "audit",
            Self::Forms => "forms",
            Self::Responses => "responses",
            Self::Tasks => "tasks",
            Self::Notices => "notices",
            Self::Schedules => "schedules",
            Self::Insight => "insight",
            Self::Packs => "packs",
            Self::System => "system",
        }
    }
}

/// A role granted for an area and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Namespaced role.
    pub role: String,
    /// Area.
    pub area: AreaPath,
}

/// Whoever is asking: a signed-in account, or the program itself (demo, import from the command line).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account.
    pub account: RecordId,
    /// Name shown in histories and audit entries.
    pub name: String,
    /// What was granted.
    pub grants: Vec<Grant>,
    /// The operator at the machine's own command line: everything, everywhere. Never set for a request over HTTP.
    pub operator: bool,
}

/// The areas someone may touch: disjoint paths, each with everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// The whole tree (the operator at the command line).
    Everywhere,
    /// These areas.
    Areas(Vec<AreaPath>),
}

impl Scope {
    /// Smallest set of paths that covers all of `paths`.
    pub fn of(mut paths: Vec<AreaPath>) -> Self {
        paths.sort();
        let mut least: Vec<AreaPath> = Vec::new();
        for path in paths {
            if !least.iter().any(|kept| kept.covers(&path)) {
                least.push(path);
            }
        }
        Self::Areas(least)
    }

    /// Whether `path` is inside.
    pub fn covers(&self, path: &AreaPath) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Areas(areas) => areas.iter().any(|area| area.covers(path)),
        }
    }

    /// The part of this scope that lies within `area`.
    pub fn within(&self, area: &AreaPath) -> Self {
        match self {
            Self::Everywhere => Self::Areas(vec![area.clone()]),
            Self::Areas(areas) => {
                let part = areas.iter().filter_map(|held| {
                    if held.covers(area) { Some(area.clone()) } else { area.covers(held).then(|| held.clone()) }
                });
                Self::of(part.collect())
            }
        }
    }
}

/// Proof that `actor` may do `verb` to `subject` within `scope`. Its fields are private: only [`permit`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    account: RecordId,
    name: String,
    verb: Verb,
    subject: Subject,
    scope: Scope,
}

impl Permit {
    /// Who was permitted.
    pub fn account(&self) -> RecordId {
        self.account
    }

    /// Their name.
    pub fn actor_name(&self) -> &str {
        &self.name
    }

    /// What was permitted.
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// On what.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Where.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The same permit for a part of its scope. Never more.
    pub fn within(&self, area: &AreaPath) -> Self {
        Self { scope: self.scope.within(area), ..self.clone() }
    }
}

/// A denial that says what is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} may not {verb:?} {}", subject.name())]
pub struct Denied {
    /// Who was denied.
    pub name: String,
    /// What was asked.
    pub verb: Verb,
    /// On what.
    pub subject: Subject,
    /// Roles that would allow it (labels, for the message).
    pub roles_that_could: Vec<Label>,
}

impl Denied {
    /// What to tell the person: what is missing and who could grant it.
    pub fn message(&self, lang: Lang) -> String {
        let verb = self.verb.label();
        let roles: Vec<&str> = self.roles_that_could.iter().map(|label| label.text(lang)).collect();
        let (subject, verb, roles) = (self.subject.name(), verb.text(lang), roles.join(lang.pick("、", ", ")));
        match lang {
            Lang::Zh => format!("您没有“{verb}”{subject} 的权限。拥有此权限的角色:{roles}。请联系账号管理员授权。"),
            Lang::En => format!(
                "You have no permission to {verb} {subject}. Roles that have it: {roles}. Ask an account administrator."
            ),
        }
    }
}

/// Decides whether `actor` may do `verb` to `subject`, and where.
pub fn permit(actor: &Actor, roles: &BTreeMap<String, Role>, verb: Verb, subject: Subject) -> Result<Permit, Denied> {
    let Some(scope) = scope_of(actor, roles, verb, &subject) else {
        let could = roles.values().filter(|role| allows(role, verb, &subject));
        let roles_that_could = could.map(|role| role.label.clone()).collect();
        return Err(Denied { name: actor.name.clone(), verb, subject, roles_that_could });
    };
    Ok(Permit { account: actor.account, name: actor.name.clone(), verb, subject, scope })
}

/// [`permit`] where a refusal needs no words: it is asked about many subjects for every request.
pub fn permitted(actor: &Actor, roles: &BTreeMap<String, Role>, verb: Verb, subject: Subject) -> Option<Permit> {
    let scope = scope_of(actor, roles, verb, &subject)?;
    Some(Permit { account: actor.account, name: actor.name.clone(), verb, subject, scope })
}

fn allows(role: &Role, verb: Verb, subject: &Subject) -> bool {
    role.allow.iter().any(|allow| allow.verbs.contains(&verb) && allow.on.matches(subject))
}

fn scope_of(actor: &Actor, roles: &BTreeMap<String, Role>, verb: Verb, subject: &Subject) -> Option<Scope> {
    if actor.operator {
        return Some(Scope::Everywhere);
    }
    let held = |grant: &&Grant| roles.get(&grant.role).is_some_and(|role| allows(role, verb, subject));
    let paths: Vec<AreaPath> = actor.grants.iter().filter(held).map(|grant| grant.area.clone()).collect();
    (!paths.is_empty()).then(|| Scope::of(paths))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::{Allow, SubjectPattern};

    fn path(text: &str) -> AreaPath {
        text.parse().unwrap()
    }

    fn reader_of_people() -> BTreeMap<String, Role> {
        let allow = Allow { on: SubjectPattern("people/*".into()), verbs: vec![Verb::Read] };
        let role = Role {
            name: "network/reader".into(),
            label: Label::new("查看员", "Reader"),
            level: "community".into(),
            allow: vec![allow],
            appoints: Vec::new(),
        };
        BTreeMap::from([(role.name.clone(), role)])
    }

    fn actor(areas: &[&str]) -> Actor {
        let grant = |area: &&str| Grant { role: "network/reader".into(), area: path(area) };
        Actor {
            account: RecordId(uuid::Uuid::nil()),
            name: "测试".into(),
            grants: areas.iter().map(grant).collect(),
            operator: false,
        }
    }

    #[test]
    fn a_role_allows_its_verbs_on_its_subjects_only() {
        let roles = reader_of_people();
        let resident = Subject::Entity("people/resident".into());
        assert!(permit(&actor(&["23"]), &roles, Verb::Read, resident.clone()).is_ok());
        let denied = permit(&actor(&["23"]), &roles, Verb::Edit, resident).unwrap_err();
        assert!(denied.message(Lang::Zh).contains("修改"));
        let accounts = permit(&actor(&["23"]), &roles, Verb::Read, Subject::Accounts);
        assert!(accounts.is_err(), "an entity pattern never reaches a built-in subject");
    }

    #[test]
    fn a_permit_can_be_narrowed_but_not_widened() {
        let roles = reader_of_people();
        let subject = Subject::Entity("people/resident".into());
        let held = permit(&actor(&["23/01"]), &roles, Verb::Read, subject).unwrap();
        assert_eq!(held.within(&path("23/01/02")).scope(), &Scope::Areas(vec![path("23/01/02")]));
        assert_eq!(held.within(&path("23")).scope(), &Scope::Areas(vec![path("23/01")]));
        assert_eq!(held.within(&path("45")).scope(), &Scope::Areas(vec![]));
    }

    proptest! {
        #[test]
        fn a_scope_covers_what_its_parts_cover_and_nothing_else(
            parts in prop::collection::vec("[12](/[12]){0,3}", 0..5), probe in "[12](/[12]){0,5}"
        ) {
            let paths: Vec<AreaPath> = parts.iter().map(|part| path(part)).collect();
            let probe = path(&probe);
            let expected = paths.iter().any(|part| part.covers(&probe));
            prop_assert_eq!(Scope::of(paths).covers(&probe), expected);
        }
    }
}
