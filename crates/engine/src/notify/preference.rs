//! What an account wishes of its notices: quiet hours of its own, and an address for mail.

use linli_domain::{Actor, Lang, RecordId, quiet::Quiet};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Engine, Problem, access::PreferencesView};

/// Wishes of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wishes {
    /// One's own quiet hours; the installation's when absent.
    pub quiet: Option<QuietHours>,
    /// Address that is told as well; nobody when absent.
    pub email: Option<String>,
    /// Language of mail.
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) lang: Lang,
}

/// Hours in which only urgent notices disturb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// `22:00`.
    pub from: String,
    /// `07:00`; the same as `from` for none.
    pub to: String,
}

impl Wishes {
    /// One's own quiet hours.
    pub(super) fn quiet(&self) -> Option<Quiet> {
        self.quiet.as_ref().and_then(|quiet| Quiet::new(&quiet.from, &quiet.to).ok())
    }
}

/// Wishes of an account, with the language it reads.
pub(super) fn of(tx: &mut ReadTx<'_>, account: RecordId) -> Result<Wishes, Problem> {
    let kept = tx.notice_preference(account)?;
    let mut wishes: Wishes =
        kept.map(serde_json::from_value).transpose().map_err(Problem::internal)?.unwrap_or_default();
    if let Some(account) = tx.account(account)? {
        wishes.lang = PreferencesView::of(&account.prefs).lang;
    }
    Ok(wishes)
}

/// One's own wishes.
pub async fn get(engine: &Engine, actor: &Actor) -> Result<Wishes, Problem> {
    let account = actor.account;
    engine.store.read(move |tx| of(tx, account)).await
}

/// Replaces one's own wishes.
pub async fn change(engine: &Engine, actor: &Actor, wishes: Wishes) -> Result<Wishes, Problem> {
    if let Some(quiet) = &wishes.quiet {
        Quiet::new(&quiet.from, &quiet.to).map_err(|wrong| Problem::parameter("quiet", wrong.zh, wrong.en))?;
    }
    if wishes.email.as_deref().is_some_and(|address| !is_address(address)) {
        return Err(no_address("email"));
    }
    let account = actor.account;
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let kept = serde_json::to_value(&wishes).map_err(Problem::internal)?;
            tx.put_notice_preference(account, &kept)?;
            of(tx, account)
        })
        .await
}

/// Whether a text can be an address at all; whether somebody reads there only mail itself can tell.
pub(super) fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()[],;:\\\"@".contains(&byte))
    };
    text.len() <= 254
        && text.split_once('@').is_some_and(|(name, host)| plain(name) && plain(host) && host.contains('.'))
}

pub(super) fn no_address(field: &str) -> Problem {
    Problem::parameter(field, "不是有效的电子邮箱地址。", "This is not an e-mail address.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_one_name_and_one_host_and_no_second_recipient() {
        assert!(is_address("grid.worker+1@example.gov.cn"));
        for wrong in ["", "a", "a@b", "a@@b.cn", "a b@c.cn", "a@b.cn,c@d.cn", "a@b.cn\r\nBcc: x@y.cn", "<a@b.cn>"] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
