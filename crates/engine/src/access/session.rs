//! Sessions: a 256-bit token in a cookie, of which only the SHA-256 is kept. Idle for 12 hours or 7 days old, it ends.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use linli_domain::{Actor, Label, RecordId, Timestamp, Verb, actor};
use linli_store::{
    WriteTx,
    tables::{Account, Session},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{GrantView, PreferencesView, account, granting};
use crate::{Engine, Problem, area::AreaRef};

/// A session's use is noted at most so often.
const TOUCH_SECONDS: i64 = 300;

/// Setting that holds the demo's accounts.
const DEMO_SETTING: &str = "demo/accounts";

/// Whoever stands behind a request.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedIn {
    /// Who asks, with what rights.
    pub actor: Actor,
    /// What they type at sign-in.
    pub login: String,
    /// Preferences.
    pub preferences: PreferencesView,
    /// Whether two-step sign-in is on.
    pub totp: bool,
    /// SHA-256 of the session's token.
    pub token_hash: [u8; 32],
}

/// What the page knows about its session.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SessionView {
    /// Account.
    pub account: SessionAccount,
    /// Roles with their areas.
    pub roles: Vec<GrantView>,
    /// What may be done at all; where is decided by each call.
    pub permissions: Vec<PermissionView>,
    /// Roles one may give to others, namespaced.
    pub grantable_roles: Vec<String>,
    /// Highest area one is granted anything for.
    pub home_area: Option<AreaRef>,
    /// Preferences.
    pub preferences: PreferencesView,
    /// Whether this is the demo city.
    pub demo: bool,
    /// What lies under the event map; `null` where only the areas' own outlines are drawn.
    pub map: Option<MapView>,
}

/// Tiles under the event map.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MapView {
    /// Address of raster tiles with `{z}`, `{x}`, `{y}`.
    pub tiles: String,
    /// Who must be named on the map.
    pub attribution: String,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SessionAccount {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What is typed at sign-in.
    pub login: String,
    /// Name.
    pub name: String,
    /// Whether two-step sign-in is on.
    pub totp: bool,
}

/// Verbs allowed on a subject.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PermissionView {
    /// `people/resident`, `accounts`, `audit` …
    pub subject: String,
    /// `read`, `create` …
    #[schema(value_type = Vec<String>)]
    pub verbs: Vec<Verb>,
}

/// An account of the demo city, shown on its sign-in page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoAccount {
    /// What is typed at sign-in.
    pub login: String,
    /// Who that is.
    pub label: Label,
}

/// Token as the cookie carries it → its hash.
pub(super) fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Begins a session for `account` and answers with its token.
pub(super) fn begin(engine: &Engine, tx: &mut WriteTx<'_>, account: RecordId, token: &str) -> Result<Session, Problem> {
    let now = engine.now();
    let session = Session {
        hash: hash_of(token),
        account,
        created: now,
        last_seen: now,
        expires: expiry(engine, now, now),
        address: engine.address.as_deref().map(str::to_owned),
    };
    tx.put_session(&session)?;
    Ok(session)
}

/// A new token: 256 unguessable bits.
pub(super) fn new_token(engine: &Engine) -> String {
    URL_SAFE_NO_PAD.encode(engine.random_bytes::<32>())
}

fn expiry(engine: &Engine, created: Timestamp, now: Timestamp) -> Timestamp {
    let access = &engine.config.access;
    let idle = now.plus_seconds(i64::from(access.idle_hours) * 3_600);
    let absolute = created.plus_seconds(i64::from(access.absolute_days) * 86_400);
    idle.min(absolute)
}

/// Whom a token belongs to; `None` when the session does not exist, has ended, or its account is disabled.
pub async fn resume(engine: &Engine, token: &str) -> Result<Option<Arc<SignedIn>>, Problem> {
    if token.len() > 100 {
        return Ok(None);
    }
    let (hash, now) = (hash_of(token), engine.now());
    if let Some(who) = engine.sessions.get(&hash, now) {
        return Ok(Some(who));
    }
    let generation = engine.sessions.generation();
    let found = engine
        .store
        .read::<_, Problem>(move |tx| {
            let Some(session) = tx.session(&hash)? else { return Ok(None) };
            let Some(account) = tx.account(session.account)? else { return Ok(None) };
            if now >= session.expires || account.disabled {
                return Ok(None);
            }
            let grants = tx.grants_of(account.id)?;
            Ok(Some((session, signed_in(account, grants, hash))))
        })
        .await?;
    let Some((session, who)) = found else { return Ok(None) };
    if now >= session.last_seen.plus_seconds(TOUCH_SECONDS) {
        let expires = expiry(engine, session.created, now);
        engine.store.write::<_, Problem>(move |tx| Ok(tx.touch_session(&hash, now, expires)?)).await?;
    }
    let who = Arc::new(who);
    engine.sessions.put(who.clone(), now, generation);
    Ok(Some(who))
}

pub(super) fn signed_in(account: Account, grants: Vec<actor::Grant>, token_hash: [u8; 32]) -> SignedIn {
    SignedIn {
        totp: account.totp_secret.as_deref().is_some_and(super::totp::is_on),
        preferences: PreferencesView::of(&account.prefs),
        actor: Actor { account: account.id, name: account.name, grants, operator: false },
        login: account.login,
        token_hash,
    }
}

/// Whether a session still holds, without counting as its use: a page that only listens keeps nobody signed in.
pub async fn holds(engine: &Engine, who: &SignedIn) -> Result<bool, Problem> {
    let (hash, now) = (who.token_hash, engine.now());
    engine
        .store
        .read::<_, Problem>(move |tx| {
            let Some(session) = tx.session(&hash)? else { return Ok(false) };
            let account = tx.account(session.account)?;
            Ok(now < session.expires && account.is_some_and(|account| !account.disabled))
        })
        .await
}

/// Ends one's session.
pub async fn sign_out(engine: &Engine, who: &SignedIn) -> Result<(), Problem> {
    let (engine2, actor, login, hash) = (engine.clone(), who.actor.clone(), who.login.clone(), who.token_hash);
    let done = engine
        .store
        .write(move |tx| {
            tx.drop_session(&hash)?;
            tx.audit(engine2.audit_entry(&actor, "sign_out", "accounts", login.clone(), None, json!({})))?;
            Ok(())
        })
        .await;
    engine.sessions.forget(&who.token_hash);
    done
}

/// Ends all of one's sessions, this one too.
pub async fn sign_out_everywhere(engine: &Engine, who: &SignedIn) -> Result<(), Problem> {
    let (engine2, actor, login) = (engine.clone(), who.actor.clone(), who.login.clone());
    let done = engine
        .store
        .write(move |tx| {
            let ended = tx.drop_sessions_of(actor.account, None)?;
            let detail = json!({ "sessions": ended });
            tx.audit(engine2.audit_entry(&actor, "sign_out_everywhere", "accounts", login.clone(), None, detail))?;
            Ok(())
        })
        .await;
    engine.sessions.forget_account(who.actor.account);
    done
}

/// What the page knows about its session.
pub async fn view(engine: &Engine, who: &SignedIn) -> Result<SessionView, Problem> {
    let (engine2, who) = (engine.clone(), who.clone());
    engine
        .store
        .read(move |tx| {
            let grants = &who.actor.grants;
            let home_area = match account::home(grants) {
                Some(path) => Some(engine2.area_ref(tx, path)?),
                None => None,
            };
            Ok(SessionView {
                account: SessionAccount {
                    id: who.actor.account,
                    login: who.login.clone(),
                    name: who.actor.name.clone(),
                    totp: who.totp,
                },
                roles: account::grant_views(&engine2, tx, grants)?,
                permissions: permissions(&engine2, &who.actor),
                grantable_roles: granting::grantable(&who.actor, &engine2.catalogue()),
                home_area,
                preferences: who.preferences.clone(),
                demo: tx.setting(DEMO_SETTING)?.is_some(),
                map: map_of(&engine2),
            })
        })
        .await
}

fn map_of(engine: &Engine) -> Option<MapView> {
    let map = &engine.config.map;
    let tiles = map.tiles.as_ref()?.as_str().to_owned();
    Some(MapView { tiles, attribution: map.attribution.clone() })
}

fn permissions(engine: &Engine, actor: &Actor) -> Vec<PermissionView> {
    let catalogue = engine.catalogue();
    let verbs: BTreeMap<String, Vec<Verb>> = granting::subjects(&catalogue)
        .map(|subject| {
            let held = actor.grants.iter().filter_map(|grant| catalogue.roles.get(&grant.role));
            let mut verbs: Vec<Verb> = held
                .flat_map(|role| role.allow.iter().filter(|allow| allow.on.matches(&subject)))
                .flat_map(|allow| allow.verbs.iter().copied())
                .collect();
            verbs.sort();
            verbs.dedup();
            (subject.name().to_owned(), verbs)
        })
        .collect();
    let some = verbs.into_iter().filter(|(_, verbs)| !verbs.is_empty());
    some.map(|(subject, verbs)| PermissionView { subject, verbs }).collect()
}

/// The demo's accounts, when this is the demo city.
pub async fn demo_accounts(engine: &Engine) -> Result<Option<Vec<DemoAccount>>, Problem> {
    let kept = engine.store.read::<_, Problem>(|tx| Ok(tx.setting(DEMO_SETTING)?)).await?;
    kept.map(|json| serde_json::from_value(json).map_err(Problem::internal)).transpose()
}

/// Marks the installation as the demo city and announces its accounts. Blocks the thread.
pub fn set_demo_accounts(engine: &Engine, accounts: &[DemoAccount]) -> Result<(), Problem> {
    let json: Json = serde_json::to_value(accounts).map_err(Problem::internal)?;
    engine.store.write_blocking(move |tx| Ok(tx.put_setting(DEMO_SETTING, &json)?))
}
