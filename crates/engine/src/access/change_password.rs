//! One's own password.

use serde_json::json;

use super::{SignedIn, password};
use crate::{Engine, FieldProblem, Problem};
use linli_domain::Label;

/// Changes one's own password; all other sessions end.
pub async fn change_password(engine: &Engine, who: &SignedIn, current: String, new: String) -> Result<(), Problem> {
    password::check_rules(engine, "new", &new, &who.login)?;
    let id = who.actor.account;
    let held = engine.store.read::<_, Problem>(move |tx| tx.account(id)?.ok_or_else(Problem::no_account)).await?;
    if !password::verify(engine, current, Some(held.password_hash)).await? {
        let message = Label::new("当前密码不正确。", "The current password is wrong.");
        return Err(Problem::invalid("password.wrong", vec![FieldProblem::new("current", "wrong", message)]));
    }
    let hash = password::hash(engine, new).await?;
    let (engine2, actor, token_hash) = (engine.clone(), who.actor.clone(), who.token_hash);
    let done = engine
        .store
        .write(move |tx| {
            let mut account = tx.account(id)?.ok_or_else(Problem::no_account)?;
            account.password_hash.clone_from(&hash);
            tx.put_account(&account)?;
            tx.drop_sessions_of(id, Some(&token_hash))?;
            tx.audit(engine2.audit_entry(&actor, "change_password", "accounts", account.login, None, json!({})))?;
            Ok(())
        })
        .await;
    engine.sessions.forget_account(id);
    done
}
