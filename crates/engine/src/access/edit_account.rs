//! Changes an account: name, grants, password, disabled, unlock.

use linli_domain::{Actor, Label, RecordId, Subject, Verb, actor::Grant};
use linli_store::{WriteTx, tables::Account};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{AccountView, GrantInput, account, create_account, granting, password};
use crate::{Engine, FieldProblem, Problem, ProblemKind};

/// What to change; what is absent stays.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AccountChange {
    /// New name.
    pub name: Option<String>,
    /// Whether it may not sign in.
    pub disabled: Option<bool>,
    /// All it is granted from now on.
    pub grants: Option<Vec<GrantInput>>,
    /// New password; ends its sessions.
    pub password: Option<String>,
    /// `true` lifts a lock after failed sign-ins.
    pub unlock: Option<bool>,
    /// `true` turns two-step sign-in off (a lost phone).
    pub reset_totp: Option<bool>,
    /// `true` ends all its sessions, wherever it is signed in.
    pub sign_out: Option<bool>,
}

/// Changes an account that holds no more than `actor` does.
pub async fn edit(engine: &Engine, actor: &Actor, id: RecordId, change: AccountChange) -> Result<AccountView, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Accounts)?;
    if change.disabled == Some(true) && id == actor.account {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "account.self",
            "不能停用自己的账号。",
            "You cannot disable your own account.",
        ));
    }
    let password_hash = match &change.password {
        Some(text) => {
            password::check_rules(engine, "password", text, "")?;
            Some(password::hash(engine, text.clone()).await?)
        }
        None => None,
    };
    let (engine2, actor) = (engine.clone(), actor.clone());
    let view = engine
        .store
        .write(move |tx| {
            let (mut held, grants) = account::load(tx, &permit, id)?;
            for grant in &grants {
                granting::check(&actor, &engine2.catalogue(), id, grant)?;
            }
            let grants = regrant(&engine2, tx, &actor, id, &change, grants)?;
            let told = apply(&mut held, &change, password_hash.as_deref())?;
            create_account::put(tx, &held)?;
            if change.password.is_some() || change.disabled == Some(true) || change.sign_out == Some(true) {
                tx.drop_sessions_of(id, None)?;
            }
            let detail = json!({ "changed": told, "grants": change.grants.as_ref().map(|_| &grants) });
            let area = account::home(&grants).cloned();
            tx.audit(engine2.audit_entry(&actor, "edit", "accounts", held.login.clone(), area, detail))?;
            account::view(&engine2, tx, held, &grants)
        })
        .await;
    engine.sessions.forget_account(id);
    view
}

fn regrant(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    id: RecordId,
    change: &AccountChange,
    held: Vec<Grant>,
) -> Result<Vec<Grant>, Problem> {
    let Some(inputs) = &change.grants else { return Ok(held) };
    let grants = account::read_grants(engine, tx, inputs)?;
    if grants.is_empty() {
        let message = Label::new(
            "请至少保留一个角色;如需停止使用,请停用账号。",
            "Keep at least one role, or disable the account.",
        );
        return Err(Problem::invalid("account.invalid", vec![FieldProblem::new("grants", "required", message)]));
    }
    for grant in &grants {
        granting::check(actor, &engine.catalogue(), id, grant)?;
    }
    tx.set_grants(id, &grants)?;
    Ok(grants)
}

fn apply(
    account: &mut Account,
    change: &AccountChange,
    password_hash: Option<&str>,
) -> Result<Vec<&'static str>, Problem> {
    let mut told = Vec::new();
    if let Some(name) = &change.name {
        let name = name.trim();
        if !(1..=64).contains(&name.chars().count()) {
            let message = Label::new("姓名为 1–64 个字。", "A name has 1–64 characters.");
            return Err(Problem::invalid("account.invalid", vec![FieldProblem::new("name", "format", message)]));
        }
        account.name = name.to_owned();
        told.push("name");
    }
    if let Some(disabled) = change.disabled {
        account.disabled = disabled;
        told.push(if disabled { "disabled" } else { "enabled" });
    }
    if let Some(hash) = password_hash {
        account.password_hash = hash.to_owned();
        told.push("password");
    }
    if change.unlock == Some(true) {
        (account.failures, account.locked_until) = (0, None);
        told.push("unlock");
    }
    if change.reset_totp == Some(true) {
        account.totp_secret = None;
        told.push("totp");
    }
    if change.sign_out == Some(true) {
        told.push("sign_out");
    }
    if account.prefs.is_null() {
        account.prefs = Json::Object(serde_json::Map::new());
    }
    Ok(told)
}
