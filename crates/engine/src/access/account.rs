//! An account as administrators see it.

use linli_domain::{Actor, AreaPath, Label, Permit, RecordId, Subject, Verb, actor::Grant};
use linli_store::{ReadTx, tables::Account};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Engine, Problem, area::AreaRef, register::moment, views::Text};

/// An account with what it is granted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What is typed at sign-in.
    pub login: String,
    /// Name shown in histories.
    pub name: String,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Locked after failed sign-ins until this moment.
    pub locked_until: Option<String>,
    /// Whether two-step sign-in is on.
    pub totp: bool,
    /// Whether it is linked to the single sign-on.
    pub oidc: bool,
    /// What it is granted.
    pub grants: Vec<GrantView>,
    /// When it was made.
    pub created: String,
}

/// A role granted for an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GrantView {
    /// Namespaced role.
    pub role: String,
    /// Its label.
    #[schema(value_type = Text)]
    pub label: Label,
    /// Area.
    pub area: AreaRef,
}

/// A role to be granted for an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantInput {
    /// Namespaced role.
    pub role: String,
    /// Code of the area.
    pub area: String,
}

/// One account within the scope of whoever asks.
pub async fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<AccountView, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Accounts)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let (account, grants) = load(tx, &permit, id)?;
            view(&engine2, tx, account, &grants)
        })
        .await
}

/// The account and its grants, when one of them lies in the permit's scope.
pub(super) fn load(tx: &mut ReadTx<'_>, permit: &Permit, id: RecordId) -> Result<(Account, Vec<Grant>), Problem> {
    let account = tx.account(id)?.ok_or_else(Problem::no_account)?;
    let grants = tx.grants_of(id)?;
    let seen = account.id == permit.account()
        || grants.iter().any(|grant| permit.scope().covers(&grant.area))
        || *permit.scope() == linli_domain::Scope::Everywhere;
    if seen { Ok((account, grants)) } else { Err(Problem::no_account()) }
}

/// What administrators see of an account.
pub(super) fn view(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    account: Account,
    grants: &[Grant],
) -> Result<AccountView, Problem> {
    let now = engine.now();
    Ok(AccountView {
        id: account.id,
        login: account.login,
        name: account.name,
        disabled: account.disabled,
        locked_until: account.locked_until.filter(|until| *until > now).map(moment),
        totp: account.totp_secret.is_some_and(|secret| super::totp::is_on(&secret)),
        oidc: account.oidc_subject.is_some(),
        grants: grant_views(engine, tx, grants)?,
        created: moment(account.created),
    })
}

/// Grants with labels and names.
pub(super) fn grant_views(engine: &Engine, tx: &mut ReadTx<'_>, grants: &[Grant]) -> Result<Vec<GrantView>, Problem> {
    let catalogue = engine.catalogue();
    let mut views = Vec::with_capacity(grants.len());
    for grant in grants {
        let label = catalogue
            .roles
            .get(&grant.role)
            .map_or_else(|| Label::new(grant.role.clone(), grant.role.clone()), |role| role.label.clone());
        views.push(GrantView { role: grant.role.clone(), label, area: engine.area_ref(tx, &grant.area)? });
    }
    Ok(views)
}

/// Grants with the paths of their areas; refuses roles and areas that do not exist.
pub(super) fn read_grants(engine: &Engine, tx: &mut ReadTx<'_>, inputs: &[GrantInput]) -> Result<Vec<Grant>, Problem> {
    let catalogue = engine.catalogue();
    let mut grants: Vec<Grant> = Vec::with_capacity(inputs.len());
    for input in inputs {
        crate::role(&catalogue, &input.role)?;
        let area = tx.area(&input.area)?.ok_or_else(|| Problem::no_area(&input.area))?;
        let grant = Grant { role: input.role.clone(), area: area.path };
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    Ok(grants)
}

/// Where an account is at home: the highest area it is granted anything for.
pub(crate) fn home(grants: &[Grant]) -> Option<&AreaPath> {
    grants.iter().map(|grant| &grant.area).min_by_key(|path| (path.ancestry().len(), path.as_str()))
}
