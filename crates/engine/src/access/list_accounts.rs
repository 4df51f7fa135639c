//! Accounts within one's scope.

use linli_domain::{Actor, Subject, Verb};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountView, account};
use crate::{Engine, Problem};

/// Which accounts.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Code of an area: accounts with a grant in it or below.
    pub area: Option<String>,
    /// Part of the login or the name.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of accounts, by login.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AccountPage {
    /// Accounts.
    pub items: Vec<AccountView>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A page of the accounts with a grant in the scope of whoever asks.
pub async fn list(engine: &Engine, actor: &Actor, filter: AccountFilter) -> Result<AccountPage, Problem> {
    let mut permit = engine.permit(actor, Verb::Read, Subject::Accounts)?;
    let limit = filter.limit.clamp(1, 200) as usize;
    let wanted = filter.q.as_deref().map(str::trim).unwrap_or_default().to_lowercase();
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            if let Some(code) = &filter.area {
                let area = tx.area(code)?.ok_or_else(|| Problem::no_area(code))?;
                permit = permit.within(&area.path);
            }
            let mut after = filter.after.clone();
            let mut items = Vec::new();
            loop {
                let page = tx.list_accounts(&permit, after.as_deref(), 200)?;
                let last = page.len() < 200;
                for (held, grants) in page {
                    after = Some(held.login.clone());
                    let fits =
                        held.login.to_lowercase().contains(&wanted) || held.name.to_lowercase().contains(&wanted);
                    if !fits {
                        continue;
                    }
                    if items.len() == limit {
                        let next = items.last().map(|item: &AccountView| item.login.clone());
                        return Ok(AccountPage { items, next });
                    }
                    items.push(account::view(&engine2, tx, held, &grants)?);
                }
                if last {
                    return Ok(AccountPage { items, next: None });
                }
            }
        })
        .await
}
