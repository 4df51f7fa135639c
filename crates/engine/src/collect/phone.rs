//! Phones with ODK Collect: a token in their server's address answers for an account. Whoever cannot use tokens signs in
//! with Basic, or with Digest and a token as password.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use linli_domain::{Actor, RecordId, Subject, Timestamp, Verb};
use linli_store::{
    ReadTx, StoreError,
    tables::{PhoneToken, TokenKind},
};
use md5::{Digest as _, Md5};
use qrcode::{QrCode, render::svg};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;
use utoipa::ToSchema;

use super::form;
use crate::{Engine, Problem, ProblemKind, access, register::moment};

/// Seconds a token is believed without asking again.
const SECONDS: i64 = 10;
/// A token's use is noted at most so often.
const TOUCH_SECONDS: i64 = 300;
/// Most tokens of an account.
const TOKENS: usize = 50;
/// Seconds a Digest nonce is good for.
const NONCE_SECONDS: i64 = 300;
/// Realm of Basic and Digest.
pub const REALM: &str = "linli";

/// Whom a phone's token answers for.
#[derive(Debug, Clone, PartialEq)]
pub struct PhoneUser {
    /// Account, with its rights.
    pub actor: Actor,
    /// Form whose draft the token shows; `None` for a worker's phone.
    pub draft_of: Option<RecordId>,
}

/// Phones seen a moment ago.
#[derive(Default)]
pub struct PhoneCache {
    seen: Mutex<HashMap<String, (Timestamp, Arc<PhoneUser>)>>,
    nonce_key: OnceLock<[u8; 32]>,
}

impl PhoneCache {
    fn get(&self, key: &str, now: Timestamp) -> Option<Arc<PhoneUser>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, user) = seen.get(key)?;
        (now >= *at && now < at.plus_seconds(SECONDS)).then(|| user.clone())
    }

    fn put(&self, key: String, user: Arc<PhoneUser>, now: Timestamp) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= 20_000 {
            seen.clear();
        }
        seen.insert(key, (now, user));
    }

    fn forget_all(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A token in a list of one's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name its owner gave it.
    pub name: String,
    /// `worker` or `draft`.
    #[schema(value_type = String)]
    pub kind: TokenKind,
    /// When it was made.
    pub created: String,
    /// When it was last used.
    pub last_used: Option<String>,
    /// Address for the phone.
    pub url: String,
}

/// A token that was made, with what the phone scans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenOffer {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Address for the phone.
    pub url: String,
    /// QR code of the settings: a `data:image/svg+xml` address.
    pub qr_svg: String,
    /// The settings as the QR code holds them: Base64 of zlib of JSON.
    pub settings: String,
}

/// A token to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Name, so that it can be told from others.
    pub name: String,
    /// Form whose draft it is to show.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub form: Option<RecordId>,
}

/// Address of the OpenRosa server for a token; `base` is the address people type.
fn address(base: &str, token: &str) -> String {
    format!("{}/openrosa/{token}", base.trim_end_matches('/'))
}

/// One's own tokens, newest first.
pub async fn tokens(engine: &Engine, actor: &Actor, base: &str) -> Result<Vec<TokenView>, Problem> {
    let account = actor.account;
    let tokens = engine.store.read::<_, Problem>(move |tx| Ok(tx.phone_tokens(account)?)).await?;
    let view = |token: PhoneToken| TokenView {
        id: token.id,
        name: token.name,
        kind: token.kind,
        created: moment(token.created),
        last_used: token.last_used.map(moment),
        url: address(base, &token.token),
    };
    Ok(tokens.into_iter().map(view).collect())
}

/// Makes a token for a phone of one's own, or for trying the draft of a form.
pub async fn create_token(engine: &Engine, actor: &Actor, base: &str, input: NewToken) -> Result<TokenOffer, Problem> {
    engine.permit(actor, Verb::Create, Subject::Responses)?;
    let name: String = input.name.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    if name.is_empty() {
        return Err(Problem::parameter("name", "请填写名称,例如“我的手机”。", "Give it a name, such as \"my phone\"."));
    }
    let forms = input.form.map(|_| engine.permit(actor, Verb::Read, Subject::Forms)).transpose()?;
    let token = PhoneToken {
        id: engine.ids.next(),
        token: URL_SAFE_NO_PAD.encode(engine.random_bytes::<32>()),
        account: actor.account,
        name,
        kind: if input.form.is_some() { TokenKind::Draft } else { TokenKind::Worker },
        form: input.form,
        created: engine.now(),
        last_used: None,
    };
    let (engine2, actor2, kept) = (engine.clone(), actor.clone(), token.clone());
    let title = engine
        .store
        .write(move |tx| {
            if tx.phone_tokens(kept.account)?.len() >= TOKENS {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    "token.too_many",
                    format!("手机令牌最多 {TOKENS} 个,请先删除不用的。"),
                    format!("At most {TOKENS} phones; delete those no longer used."),
                ));
            }
            let title = match (&forms, kept.form) {
                (Some(permit), Some(form)) => Some(form::form_of(tx, permit, form)?.title),
                _ => None,
            };
            tx.put_phone_token(&kept)?;
            let detail = json!({ "name": kept.name, "kind": kept.kind });
            let area = access::home_of(&actor2.grants).cloned();
            tx.audit(engine2.audit_entry(&actor2, "create", "tokens", kept.id.to_string(), area, detail))?;
            Ok(title)
        })
        .await?;
    let url = address(base, &token.token);
    let settings = settings(&url, title.as_deref().unwrap_or("邻里"), title.is_some())?;
    let code = QrCode::new(settings.as_bytes()).map_err(Problem::internal)?;
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    let qr_svg = format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawing));
    Ok(TokenOffer { id: token.id, url, qr_svg, settings })
}

/// Ends a token of one's own.
pub async fn drop_token(engine: &Engine, actor: &Actor, id: RecordId) -> Result<(), Problem> {
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write(move |tx| {
            if !tx.drop_phone_token(actor2.account, id)? {
                return Err(Problem::new(
                    ProblemKind::NotFound,
                    "token.not_found",
                    "没有这个手机令牌。",
                    "There is no such phone.",
                ));
            }
            let area = access::home_of(&actor2.grants).cloned();
            tx.audit(engine2.audit_entry(&actor2, "delete", "tokens", id.to_string(), area, json!({})))?;
            Ok(())
        })
        .await?;
    engine.phones.forget_all();
    Ok(())
}

/// Settings of ODK Collect, as its QR codes hold them.
fn settings(url: &str, name: &str, draft: bool) -> Result<String, Problem> {
    let mut general = json!({
        "protocol": "odk_default",
        "server_url": url,
        "form_update_mode": "match_exactly",
        "autosend": "wifi_and_cellular",
    });
    if !draft {
        general["periodic_form_updates_check"] = json!("every_fifteen_minutes");
    }
    let icon = if draft { "📝" } else { "邻" };
    let all = json!({ "general": general, "admin": {}, "project": { "name": name, "icon": icon, "color": "#1F6F5C" } });
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(all.to_string().as_bytes())?;
    Ok(STANDARD.encode(packed.finish()?))
}

/// Whom a token answers for; `None` when there is no such token, or its account is disabled.
pub async fn resume(engine: &Engine, token: &str) -> Result<Option<Arc<PhoneUser>>, Problem> {
    if token.len() > 100 {
        return Ok(None);
    }
    let now = engine.now();
    if let Some(user) = engine.phones.get(token, now) {
        return Ok(Some(user));
    }
    let asked = token.to_owned();
    let found = engine
        .store
        .read::<_, Problem>(move |tx| {
            let Some(token) = tx.phone_token(&asked)? else { return Ok(None) };
            Ok(actor_of(tx, token.account)?.map(|actor| (token, actor)))
        })
        .await?;
    let Some((kept, actor)) = found else { return Ok(None) };
    if kept.last_used.is_none_or(|last| now >= last.plus_seconds(TOUCH_SECONDS)) {
        engine.store.write::<_, Problem>(move |tx| Ok(tx.touch_phone_token(kept.id, now)?)).await?;
    }
    let user = Arc::new(PhoneUser { actor, draft_of: kept.form });
    engine.phones.put(token.to_owned(), user.clone(), now);
    Ok(Some(user))
}

fn actor_of(tx: &mut ReadTx<'_>, account: RecordId) -> Result<Option<Actor>, StoreError> {
    let Some(account) = tx.account(account)?.filter(|account| !account.disabled) else { return Ok(None) };
    let grants = tx.grants_of(account.id)?;
    Ok(Some(Actor { account: account.id, name: account.name, grants, operator: false }))
}

/// Whom a login and password answer for (HTTP Basic); the password may be a token of that account.
pub async fn basic(engine: &Engine, login: &str, password: &str) -> Result<Arc<PhoneUser>, Problem> {
    let now = engine.now();
    let key = hex::encode(Sha256::digest(format!("{login}\0{password}").as_bytes()));
    if let Some(user) = engine.phones.get(&key, now) {
        return Ok(user);
    }
    let asked = login.trim().to_owned();
    let token = resume(engine, password).await?;
    let owner = engine.store.read::<_, Problem>(move |tx| Ok(tx.account_by_login(&asked)?)).await?;
    let by_token = token.filter(|user| owner.as_ref().is_some_and(|owner| owner.id == user.actor.account));
    let user = match by_token {
        Some(user) => user,
        None => {
            let actor = access::verify_password(engine, login, password.to_owned()).await?;
            Arc::new(PhoneUser { actor, draft_of: None })
        }
    };
    engine.phones.put(key, user.clone(), now);
    Ok(user)
}

/// What a client sends with HTTP Digest (RFC 7616, MD5, `qop=auth`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DigestAnswer {
    /// Login.
    pub username: String,
    /// The nonce it was given.
    pub nonce: String,
    /// Address it asks for.
    pub uri: String,
    /// Count of its uses.
    pub nc: String,
    /// The client's own nonce.
    pub cnonce: String,
    /// `auth`.
    pub qop: String,
    /// The proof.
    pub response: String,
}

/// A nonce for HTTP Digest: a moment and a proof that we gave it.
pub fn nonce(engine: &Engine) -> String {
    let at = engine.now().0 / 1_000_000;
    format!("{at:x}-{}", nonce_proof(engine, at))
}

fn nonce_proof(engine: &Engine, at: i64) -> String {
    let key = engine.phones.nonce_key.get_or_init(|| engine.random_bytes::<32>());
    let mut hash = Sha256::new();
    hash.update(key);
    hash.update(at.to_be_bytes());
    hex::encode(&hash.finalize()[..16])
}

fn is_our_nonce(engine: &Engine, nonce: &str) -> bool {
    let Some((at, proof)) = nonce.split_once('-') else { return false };
    let Ok(at) = i64::from_str_radix(at, 16) else { return false };
    let age = engine.now().0 / 1_000_000 - at;
    (0..=NONCE_SECONDS).contains(&age) && nonce_proof(engine, at) == proof
}

/// Whom a Digest answer proves; the password is one of the account's tokens, since passwords themselves are only kept as
/// slow hashes. `None`: ask again with a new nonce.
pub async fn digest(engine: &Engine, method: &str, answer: &DigestAnswer) -> Result<Option<Arc<PhoneUser>>, Problem> {
    if !is_our_nonce(engine, &answer.nonce) || answer.qop != "auth" {
        return Ok(None);
    }
    let login = answer.username.trim().to_owned();
    let found = engine
        .store
        .read::<_, Problem>(move |tx| {
            let Some(account) = tx.account_by_login(&login)? else { return Ok(None) };
            let tokens = tx.phone_tokens(account.id)?;
            Ok(actor_of(tx, account.id)?.map(|actor| (actor, tokens)))
        })
        .await?;
    let Some((actor, tokens)) = found else { return Ok(None) };
    let fits = |token: &&PhoneToken| proof(method, answer, &token.token) == answer.response.to_ascii_lowercase();
    let Some(token) = tokens.iter().find(fits) else { return Ok(None) };
    Ok(Some(Arc::new(PhoneUser { actor, draft_of: token.form })))
}

fn proof(method: &str, answer: &DigestAnswer, password: &str) -> String {
    let hash = |text: String| hex::encode(Md5::digest(text.as_bytes()));
    let secret = hash(format!("{}:{REALM}:{password}", answer.username));
    let call = hash(format!("{method}:{}", answer.uri));
    hash(format!("{secret}:{}:{}:{}:{}:{call}", answer.nonce, answer.nc, answer.cnonce, answer.qop))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_qr_code_holds_what_collect_reads() {
        let packed = STANDARD.decode(settings("https://linli.example/openrosa/t", "邻里", false).unwrap()).unwrap();
        let mut text = String::new();
        flate2::read::ZlibDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["general"]["server_url"], "https://linli.example/openrosa/t");
        assert_eq!(json["general"]["form_update_mode"], "match_exactly");
        assert!(json["admin"].is_object() && json["project"]["name"] == "邻里");
    }
}
