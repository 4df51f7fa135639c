//! Makes an account.

use linli_domain::{Actor, Label, Subject, Verb};
use linli_store::{StoreError, tables::Account};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{AccountView, GrantInput, account, granting, password};
use crate::{Engine, FieldProblem, Idempotency, Problem};

/// An account to be made.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// What is typed at sign-in: 2–64 letters, digits or `._-@`.
    pub login: String,
    /// Name shown in histories.
    pub name: String,
    /// Password; absent when the account signs in through the single sign-on only.
    pub password: Option<String>,
    /// What it is granted: at least one.
    pub grants: Vec<GrantInput>,
    /// Subject at the single sign-on.
    #[serde(default)]
    pub oidc_subject: Option<String>,
}

/// Makes an account; its grants may not go beyond those of `actor`.
pub async fn create(
    engine: &Engine,
    actor: &Actor,
    input: NewAccount,
    once: Option<Idempotency>,
) -> Result<AccountView, Problem> {
    engine.permit(actor, Verb::Manage, Subject::Accounts)?;
    check(&input)?;
    let password_hash = match &input.password {
        Some(text) => {
            password::check_rules(engine, "password", text, &input.login)?;
            password::hash(engine, text.clone()).await?
        }
        None => String::new(),
    };
    let (engine2, actor2, id, now) = (engine.clone(), actor.clone(), engine.ids.next(), engine.now());
    engine
        .write_once(actor, once, move |tx| {
            let grants = account::read_grants(&engine2, tx, &input.grants)?;
            for grant in &grants {
                granting::check(&actor2, &engine2.catalogue(), id, grant)?;
            }
            let made = Account {
                id,
                login: input.login.trim().to_owned(),
                name: input.name.trim().to_owned(),
                password_hash: password_hash.clone(),
                totp_secret: None,
                locked_until: None,
                failures: 0,
                disabled: false,
                oidc_subject: input.oidc_subject.clone(),
                prefs: Json::Null,
                created: now,
            };
            put(tx, &made)?;
            tx.set_grants(id, &grants)?;
            let detail = json!({ "grants": &grants });
            let area = account::home(&grants).cloned();
            tx.audit(engine2.audit_entry(&actor2, "create", "accounts", made.login.clone(), area, detail))?;
            account::view(&engine2, tx, made, &grants)
        })
        .await
}

/// Keeps an account; a login or subject that is another's is told as such.
pub(super) fn put(tx: &mut linli_store::WriteTx<'_>, account: &Account) -> Result<(), Problem> {
    tx.put_account(account).map_err(|error| match error {
        StoreError::Exists(_) => {
            let message = Label::new(
                "这个账号名(或统一认证身份)已被使用,请换一个。",
                "This login (or single sign-on subject) is taken; choose another.",
            );
            let fields = vec![FieldProblem::new("login", "taken", message.clone())];
            Problem::new(crate::ProblemKind::Conflict, "account.taken", message.zh, message.en).with_fields(fields)
        }
        other => other.into(),
    })
}

fn check(input: &NewAccount) -> Result<(), Problem> {
    let mut fields = Vec::new();
    let login = input.login.trim();
    let fits = |c: char| c.is_alphanumeric() || "._-@".contains(c);
    if !(2..=64).contains(&login.chars().count()) || !login.chars().all(fits) {
        let message = Label::new(
            "账号名为 2–64 个字母、数字、汉字或 . _ - @。",
            "A login is 2–64 letters, digits or any of . _ - @.",
        );
        fields.push(FieldProblem::new("login", "format", message));
    }
    if !(1..=64).contains(&input.name.trim().chars().count()) {
        fields.push(FieldProblem::new(
            "name",
            "format",
            Label::new("姓名为 1–64 个字。", "A name has 1–64 characters."),
        ));
    }
    if input.grants.is_empty() {
        let message = Label::new(
            "请至少授予一个角色和区域,否则该账号什么也看不到。",
            "Grant at least one role for an area, or the account will see nothing.",
        );
        fields.push(FieldProblem::new("grants", "required", message));
    }
    if input.password.is_none() && input.oidc_subject.is_none() {
        fields.push(FieldProblem::new("password", "required", Label::new("请设置初始密码。", "Set a first password.")));
    }
    if fields.is_empty() { Ok(()) } else { Err(Problem::invalid("account.invalid", fields)) }
}
