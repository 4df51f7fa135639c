//! Whose eyes a case is read with.

use std::collections::BTreeMap;

use linli_domain::{AreaPath, Permit, RecordId, Scope, Subject, Verb};

use crate::{
    StoreError,
    dialect::Val,
    sql::{Sql, filter::push_scope},
};

/// Who somebody is among the parties of cases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seek {
    /// Exactly this one: `a:{account}`, `u:{unit}`.
    Key(String),
    /// A role over an area and everything below it.
    Role(String, AreaPath),
    /// A role over everything below an area, not the area itself.
    Below(String, AreaPath),
}

impl Seek {
    /// How a party by role is kept, to be found by everybody whose role reaches its area.
    pub fn of_role(role: &str, area: &AreaPath) -> String {
        format!("r:{role}@{area}")
    }
}

/// Proof of what somebody may see: all cases of some flows within areas (by permits), what they opened, and what they are, or
/// were, a party of. Every read of cases takes one, and it is part of the SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseReader {
    account: RecordId,
    /// Of every flow.
    all: Option<Scope>,
    flows: BTreeMap<String, Scope>,
    seeks: Vec<Seek>,
}

impl CaseReader {
    /// Somebody with permits to read flows, who is these parties. Permits for anything else are refused.
    pub fn new(account: RecordId, permits: &[Permit], seeks: Vec<Seek>) -> Result<Self, StoreError> {
        let mut flows = BTreeMap::new();
        for permit in permits {
            let looks = matches!(permit.verb(), Verb::Read | Verb::Manage | Verb::Export);
            match permit.subject() {
                Subject::Flow(name) if looks && permit.account() == account => {
                    flows.insert(name.clone(), permit.scope().clone());
                }
                other => {
                    let (verb, name) = (permit.verb(), other.name());
                    return Err(StoreError::NotPermitted(format!("{verb:?} {name} where read of a flow is needed")));
                }
            }
        }
        // Most parts lie exactly where the role is held: those are found in order of their clocks, without sorting.
        let parts = |seek: Seek| match seek {
            Seek::Role(role, area) => vec![Seek::Key(Seek::of_role(&role, &area)), Seek::Below(role, area)],
            other => vec![other],
        };
        let seeks = seeks.into_iter().flat_map(parts).collect();
        Ok(Self { account, all: None, flows, seeks })
    }

    /// The program itself, or the operator at the command line: proven by a permit to manage the system everywhere.
    pub fn system(permit: &Permit) -> Result<Self, StoreError> {
        let everywhere = permit.subject() == &Subject::System && permit.scope() == &Scope::Everywhere;
        if !everywhere {
            return Err(StoreError::NotPermitted("the system everywhere is needed".into()));
        }
        Ok(Self { account: permit.account(), all: Some(Scope::Everywhere), flows: BTreeMap::new(), seeks: Vec::new() })
    }

    /// Whose.
    pub fn account(&self) -> RecordId {
        self.account
    }

    /// Whether all cases of some flow are seen, somewhere.
    pub fn has_flows(&self) -> bool {
        self.all.is_some() || !self.flows.is_empty()
    }

    /// Whether all cases of a flow are seen in an area.
    pub fn covers(&self, flow: &str, area: &AreaPath) -> bool {
        self.all.as_ref().or_else(|| self.flows.get(flow)).is_some_and(|scope| scope.covers(area))
    }

    /// The parties they are.
    pub fn seeks(&self) -> &[Seek] {
        &self.seeks
    }

    /// Appends the condition under which a case (alias `c`) is seen.
    pub(super) fn push_seen(&self, sql: &mut Sql) {
        if self.all == Some(Scope::Everywhere) {
            sql.push("1 = 1");
            return;
        }
        sql.push("(");
        self.push_in_scope(sql);
        sql.push(" OR ");
        self.push_own(sql);
        sql.push(")");
    }

    /// The part of it that permits give.
    pub(super) fn push_in_scope(&self, sql: &mut Sql) {
        if let Some(scope) = &self.all {
            push_scope(sql, "c.area", scope);
            return;
        }
        // Flows seen in the same areas share a condition.
        let mut by_scope: Vec<(&Scope, Vec<Val>)> = Vec::new();
        for (flow, scope) in &self.flows {
            match by_scope.iter_mut().find(|(known, _)| *known == scope) {
                Some((_, flows)) => flows.push(Val::text(flow)),
                None => by_scope.push((scope, vec![Val::text(flow)])),
            }
        }
        sql.push("(1 = 0");
        for (scope, flows) in by_scope {
            sql.push(" OR (c.flow IN (").bind_all(flows).push(") AND ");
            push_scope(sql, "c.area", scope);
            sql.push(")");
        }
        sql.push(")");
    }

    /// The part of it that is theirs: opened, or a party.
    pub(super) fn push_own(&self, sql: &mut Sql) {
        sql.push("(c.by_id = ").bind(Val::Id(self.account.0)).push(" OR ");
        self.push_party(sql, false);
        sql.push(")");
    }

    /// Whether they are a party of the case `c`; only of those whose turn it is, when `open`.
    pub(super) fn push_party(&self, sql: &mut Sql, open: bool) {
        if self.seeks.is_empty() {
            sql.push("1 = 0");
            return;
        }
        sql.push("EXISTS (SELECT 1 FROM linli_case_party p WHERE p.home = c.home AND p.case_id = c.id AND ");
        if open {
            sql.push("p.open = 1 AND ");
        }
        self.push_seeks(sql);
        sql.push(")");
    }

    /// Whether the party `p` is one of theirs.
    pub(super) fn push_seeks(&self, sql: &mut Sql) {
        sql.push("(");
        for (at, seek) in self.seeks.iter().enumerate() {
            sql.push(if at > 0 { " OR " } else { "" });
            push_seek(sql, seek);
        }
        sql.push(")");
    }
}

/// Whether the party `p` is `seek`.
pub(super) fn push_seek(sql: &mut Sql, seek: &Seek) {
    match seek {
        Seek::Key(key) => drop(sql.push("p.seek = ").bind(Val::text(key))),
        Seek::Role(role, area) => {
            // Paths at and below one are `path ≤ other < path + '0'`.
            push_between(sql, Seek::of_role(role, area), format!("{}0", Seek::of_role(role, area)));
        }
        Seek::Below(role, area) => {
            let (from, until) = area.below();
            push_between(sql, format!("r:{role}@{from}"), format!("r:{role}@{until}"));
        }
    }
}

fn push_between(sql: &mut Sql, from: String, until: String) {
    sql.push("(p.seek >= ").bind(Val::Text(from)).push(" AND p.seek < ").bind(Val::Text(until)).push(")");
}
