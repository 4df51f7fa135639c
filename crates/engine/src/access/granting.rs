//! Nobody grants more than they hold, except what their role appoints: a district makes community accounts without holding
//! what community workers do. Nobody appoints themselves.

use linli_domain::{Actor, AreaPath, Catalogue, RecordId, Subject, Verb, actor, actor::Grant, catalogue::Role};
use serde_json::json;

use crate::{Problem, ProblemKind, role};

/// Every subject a role can name.
pub fn subjects(catalogue: &Catalogue) -> impl Iterator<Item = Subject> + '_ {
    let registers = catalogue.entities.keys().map(|name| Subject::Entity(name.clone()));
    let flows = catalogue.flows.keys().map(|name| Subject::Flow(name.clone()));
    registers.chain(flows).chain(Subject::BUILT_IN)
}

/// Refuses a grant to the account `to` that goes beyond what `actor` may give: its area must lie where the actor manages
/// accounts, and there all that the role allows must be allowed to the actor too, or one of the actor's roles appoints it.
pub fn check(actor: &Actor, catalogue: &Catalogue, to: RecordId, grant: &Grant) -> Result<(), Problem> {
    let manage = actor::permit(actor, &catalogue.roles, Verb::Manage, Subject::Accounts)?;
    if !manage.scope().covers(&grant.area) {
        return Err(Problem::outside_scope(grant.area.as_str()));
    }
    if actor.operator {
        return Ok(());
    }
    let role = role(catalogue, &grant.role)?;
    if to != actor.account && appoints(actor, catalogue, grant) {
        return Ok(());
    }
    match first_beyond(actor, catalogue, role, &grant.area) {
        None => Ok(()),
        Some((verb, subject)) => Err(beyond(role, verb, &subject)),
    }
}

/// Whether a role of `actor` over the grant's area names the granted role among those it appoints.
fn appoints(actor: &Actor, catalogue: &Catalogue, grant: &Grant) -> bool {
    let over = actor.grants.iter().filter(|held| held.area.covers(&grant.area));
    over.filter_map(|held| catalogue.roles.get(&held.role)).any(|role| role.appoints.contains(&grant.role))
}

/// Roles that `actor` may give to another account somewhere: those it appoints, and those that hold no more than it does in
/// an area of its own.
pub fn grantable(actor: &Actor, catalogue: &Catalogue) -> Vec<String> {
    let other = RecordId(uuid::Uuid::nil());
    let may = |role: &&String| {
        let grant = |area: &AreaPath| Grant { role: (*role).clone(), area: area.clone() };
        actor.grants.iter().any(|held| check(actor, catalogue, other, &grant(&held.area)).is_ok())
    };
    catalogue.roles.keys().filter(may).cloned().collect()
}

fn first_beyond(actor: &Actor, catalogue: &Catalogue, role: &Role, area: &AreaPath) -> Option<(Verb, Subject)> {
    for subject in subjects(catalogue) {
        for allow in role.allow.iter().filter(|allow| allow.on.matches(&subject)) {
            for verb in &allow.verbs {
                let held = actor::permit(actor, &catalogue.roles, *verb, subject.clone());
                if !held.is_ok_and(|permit| permit.scope().covers(area)) {
                    return Some((*verb, subject));
                }
            }
        }
    }
    None
}

fn beyond(role: &Role, verb: Verb, subject: &Subject) -> Problem {
    let label = verb.label();
    Problem::new(
        ProblemKind::Denied,
        "auth.beyond_own",
        format!(
            "不能授予角色“{}”:它包含您在该区域没有的权限(“{}”{})。请由拥有该权限的账号授予。",
            role.label.zh,
            label.zh,
            subject.name()
        ),
        format!(
            "You cannot grant the role “{}”: it holds a permission you do not have there ({} {}). Ask somebody who has it.",
            role.label.en,
            label.en,
            subject.name()
        ),
    )
    .with("missing", json!({ "verb": verb, "subject": subject.name(), "role": role.name }))
}
