//! A small identity provider that signs real tokens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AccessToken, Audience, EmptyAdditionalClaims, EndUserUsername, IssuerUrl, JsonWebKeyId, Nonce, PrivateSigningKey,
    StandardClaims, SubjectIdentifier,
    core::{CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use serde_json::{Value as Json_, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

const KEY: &str = include_str!("../provider-test-key.pem");

/// Somebody who went through the provider's own sign-in and comes back with a code.
#[derive(Clone)]
pub struct Passed {
    pub nonce: String,
    pub challenge: String,
    pub subject: String,
    pub username: String,
    /// Seconds since 1970.
    pub now: i64,
    pub audience: String,
}

type Codes = Arc<Mutex<HashMap<String, Passed>>>;

/// The provider.
pub struct Provider {
    pub url: String,
    codes: Codes,
}

#[derive(Clone)]
struct Shared {
    url: String,
    codes: Codes,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let codes = Codes::default();
        let shared = Shared { url: url.clone(), codes: codes.clone() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, codes }
    }

    /// Gives out a code.
    pub fn pass(&self, code: &str, passed: Passed) {
        self.codes.lock().unwrap().insert(code.into(), passed);
    }
}

fn signing_key() -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(KEY, Some(JsonWebKeyId::new("k1".into()))).unwrap()
}

async fn describe(State(shared): State<Shared>) -> Json<Json_> {
    let url = shared.url;
    Json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn keys() -> Json<CoreJsonWebKeySet> {
    Json(CoreJsonWebKeySet::new(vec![signing_key().as_verification_key()]))
}

async fn token(
    State(shared): State<Shared>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Json_>, StatusCode> {
    let passed = form.get("code").and_then(|code| shared.codes.lock().unwrap().remove(code));
    let passed = passed.ok_or(StatusCode::BAD_REQUEST)?;
    let verifier = form.get("code_verifier").ok_or(StatusCode::BAD_REQUEST)?;
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) != passed.challenge {
        return Err(StatusCode::BAD_REQUEST);
    }
    let at = |seconds: i64| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
    let standard = StandardClaims::new(SubjectIdentifier::new(passed.subject))
        .set_preferred_username(Some(EndUserUsername::new(passed.username)));
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(shared.url).unwrap(),
        vec![Audience::new(passed.audience)],
        at(passed.now + 300),
        at(passed.now),
        standard,
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(passed.nonce)));
    let access = AccessToken::new("access".into());
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let token = CoreIdToken::new(claims, &signing_key(), algorithm, Some(&access), None).unwrap();
    Ok(Json(json!({ "access_token": "access", "token_type": "bearer", "id_token": token.to_string() })))
}
