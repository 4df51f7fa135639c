//! Sign-in of somebody whom the city's identity provider has identified. The protocol is the door's business
//! (`server`); here an identity becomes an account.

use serde_json::json;

use super::{Entry, session, sign_in};
use crate::{Engine, Problem, ProblemKind};

/// What the provider says, verified by the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcIdentity {
    /// Issuer.
    pub issuer: String,
    /// Subject: who, for the provider.
    pub subject: String,
    /// Value of the configured login claim.
    pub login: Option<String>,
}

impl OidcIdentity {
    /// How an account keeps it: subjects are unique for one issuer only.
    pub fn key(&self) -> String {
        format!("{} {}", self.issuer, self.subject)
    }
}

/// Begins a session for the account linked to the identity; an account that is not linked yet is found by the configured
/// claim and linked for good.
pub async fn enter(engine: &Engine, identity: OidcIdentity) -> Result<Entry, Problem> {
    let token = session::new_token(engine);
    let (engine2, token2) = (engine.clone(), token.clone());
    let (account, grants, hash) = engine
        .store
        .write::<_, Problem>(move |tx| {
            let key = identity.key();
            let linked = tx.account_by_oidc(&key)?;
            let newly = linked.is_none();
            let account = match (linked, &identity.login) {
                (Some(account), _) => Some(account),
                (None, Some(login)) => tx.account_by_login(login)?.filter(|account| account.oidc_subject.is_none()),
                (None, None) => None,
            };
            let mut account = account.ok_or_else(|| unknown(&identity))?;
            if account.disabled {
                return Err(sign_in::disabled());
            }
            account.oidc_subject = Some(key);
            tx.put_account(&account)?;
            let hash = session::begin(&engine2, tx, account.id, &token2)?.hash;
            let grants = tx.grants_of(account.id)?;
            let detail = json!({ "by": "oidc", "issuer": &identity.issuer, "linked": newly });
            tx.audit(engine2.audit_entry(
                &sign_in::as_actor(&account, &grants),
                "sign_in",
                "accounts",
                account.login.clone(),
                super::account::home(&grants).cloned(),
                detail,
            ))?;
            Ok((account, grants, hash))
        })
        .await?;
    Ok(Entry { token, who: session::signed_in(account, grants, hash) })
}

fn unknown(identity: &OidcIdentity) -> Problem {
    let who = identity.login.as_deref().unwrap_or(&identity.subject);
    Problem::new(
        ProblemKind::Denied,
        "auth.oidc_unknown",
        format!("统一认证身份“{who}”尚未对应本系统账号。请联系账号管理员开通。"),
        format!("The identity “{who}” has no account here yet. Ask an account administrator."),
    )
}
