//! One's own preferences: language, text size, theme.

use linli_domain::Lang;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::SignedIn;
use crate::{Engine, Problem};

/// Preferences of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PreferencesView {
    /// `zh-CN` or `en`.
    #[schema(value_type = String)]
    pub lang: Lang,
    /// Whether text is large.
    pub large_text: bool,
    /// `light`, `dark` or `auto`.
    pub theme: String,
}

impl Default for PreferencesView {
    fn default() -> Self {
        Self { lang: Lang::Zh, large_text: false, theme: "auto".into() }
    }
}

impl PreferencesView {
    /// Reads what an account keeps; anything unreadable is the default.
    pub fn of(prefs: &Json) -> Self {
        serde_json::from_value(prefs.clone()).unwrap_or_default()
    }
}

/// What to change; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PreferencesChange {
    /// `zh-CN` or `en`.
    #[schema(value_type = Option<String>)]
    pub lang: Option<Lang>,
    /// Whether text is large.
    pub large_text: Option<bool>,
    /// `light`, `dark` or `auto`.
    pub theme: Option<String>,
}

/// Changes one's own preferences.
pub async fn change(engine: &Engine, who: &SignedIn, change: PreferencesChange) -> Result<PreferencesView, Problem> {
    if change.theme.as_deref().is_some_and(|theme| !["light", "dark", "auto"].contains(&theme)) {
        return Err(Problem::parameter(
            "theme",
            "外观只能是 light、dark 或 auto。",
            "The theme is one of light, dark, auto.",
        ));
    }
    let id = who.actor.account;
    let view = engine
        .store
        .write(move |tx| {
            let mut account = tx.account(id)?.ok_or_else(Problem::no_account)?;
            let mut view = PreferencesView::of(&account.prefs);
            view.lang = change.lang.unwrap_or(view.lang);
            view.large_text = change.large_text.unwrap_or(view.large_text);
            view.theme = change.theme.clone().unwrap_or(view.theme);
            account.prefs = serde_json::to_value(&view).map_err(Problem::internal)?;
            tx.put_account(&account)?;
            Ok::<_, Problem>(view)
        })
        .await;
    engine.sessions.forget_account(id);
    view
}
