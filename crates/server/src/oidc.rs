//! The city's identity provider: OpenID Connect, authorization code with PKCE, state and nonce. What it says is verified
//! here; `engine::access` turns the identity into an account.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use linli_domain::Timestamp;
use linli_engine::{
    Engine, Problem, ProblemKind,
    access::OidcIdentity,
    config::{OidcConfig, ServerConfig},
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
    reqwest,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// Seconds a provider's description and keys are believed.
const METADATA_SECONDS: i64 = 600;

/// The configured provider.
pub struct Provider {
    config: OidcConfig,
    redirect: Option<String>,
    described: Mutex<Option<(Timestamp, Arc<CoreProviderMetadata>)>>,
}

/// What the browser keeps while it is at the provider (a cookie for ten minutes).
#[derive(Serialize, Deserialize)]
pub struct Journey {
    state: String,
    nonce: String,
    verifier: String,
}

impl Journey {
    /// As a cookie's value.
    pub fn pack(&self) -> Result<String, Problem> {
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).map_err(Problem::internal)?))
    }

    /// Reads [`Self::pack`].
    pub fn unpack(value: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
    }
}

impl Provider {
    /// A provider by configuration.
    pub fn new(config: OidcConfig, server: &ServerConfig) -> Self {
        let redirect =
            server.public_url.as_deref().map(|url| format!("{}/api/oidc/callback", url.trim_end_matches('/')));
        Self { config, redirect, described: Mutex::new(None) }
    }

    /// Where to send the browser, and what it keeps meanwhile.
    pub async fn begin(&self, engine: &Engine) -> Result<(String, Journey), Problem> {
        let metadata = self.metadata(engine).await?;
        let random = || URL_SAFE_NO_PAD.encode(engine.random_bytes::<32>());
        let journey = Journey { state: random(), nonce: random(), verifier: random() };
        let verifier = PkceCodeVerifier::new(journey.verifier.clone());
        let client = CoreClient::from_provider_metadata(
            CoreProviderMetadata::clone(&metadata),
            ClientId::new(self.config.client_id.clone()),
            self.secret(),
        )
        .set_redirect_uri(self.redirect()?);
        let (state, nonce) = (journey.state.clone(), journey.nonce.clone());
        let request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.config.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let (url, _, _) = request.url();
        Ok((url.to_string(), journey))
    }

    /// Who came back with `code`.
    pub async fn finish(
        &self,
        engine: &Engine,
        journey: Journey,
        state: &str,
        code: String,
    ) -> Result<OidcIdentity, Problem> {
        if journey.state.is_empty() || journey.state != state {
            return Err(refused("state"));
        }
        let metadata = self.metadata(engine).await?;
        let client = CoreClient::from_provider_metadata(
            CoreProviderMetadata::clone(&metadata),
            ClientId::new(self.config.client_id.clone()),
            self.secret(),
        )
        .set_redirect_uri(self.redirect()?);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| unreachable(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier))
            .request_async(&http()?)
            .await
            .map_err(refused)?;
        let token = answer.id_token().ok_or_else(|| refused("no id token"))?;
        let now = engine.now();
        let verifier = client.id_token_verifier().set_time_fn(move || at(now));
        let claims = token.claims(&verifier, &Nonce::new(journey.nonce)).map_err(refused)?;
        if let Some(expected) = claims.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(refused)?;
            let algorithm = token.signing_alg().map_err(refused)?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(refused)?;
            if actual != *expected {
                return Err(refused("access token hash"));
            }
        }
        Ok(OidcIdentity {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            login: self.config.login_claim.as_deref().and_then(|claim| claim_of(&token.to_string(), claim)),
        })
    }

    async fn metadata(&self, engine: &Engine) -> Result<Arc<CoreProviderMetadata>, Problem> {
        let mut described = self.described.lock().await;
        let now = engine.now();
        if let Some((at, metadata)) = described.as_ref().filter(|(at, _)| now < at.plus_seconds(METADATA_SECONDS)) {
            tracing::trace!(%at, "the provider's description is still fresh");
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|error| unreachable(&error))?;
        let metadata =
            CoreProviderMetadata::discover_async(issuer, &http()?).await.map_err(|error| unreachable(&error))?;
        let metadata = Arc::new(metadata);
        *described = Some((now, metadata.clone()));
        Ok(metadata)
    }

    fn secret(&self) -> Option<ClientSecret> {
        self.config.client_secret.clone().map(ClientSecret::new)
    }

    fn redirect(&self) -> Result<RedirectUrl, Problem> {
        let url = self.redirect.clone().ok_or_else(|| {
            Problem::new(
                ProblemKind::Internal,
                "oidc.no_public_url",
                "单点登录需要在 linli.toml 的 [server] 中设置 public_url。",
                "Single sign-on needs `public_url` under [server] in linli.toml.",
            )
        })?;
        RedirectUrl::new(url).map_err(Problem::internal)
    }
}

/// A client that follows no redirects (they could lead it inside) and does not wait forever.
fn http() -> Result<reqwest::Client, Problem> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(10))
        .build()
        .map_err(Problem::internal)
}

fn at(now: Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(now.0).unwrap_or_default()
}

/// A text claim of a token whose signature was verified.
fn claim_of(token: &str, claim: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    claims.get(claim)?.as_str().map(str::to_owned)
}

fn unreachable(error: &dyn std::error::Error) -> Problem {
    tracing::warn!(%error, "the identity provider does not answer properly");
    Problem::new(
        ProblemKind::Upstream,
        "oidc.unreachable",
        "统一身份认证平台暂时无法使用,请稍后再试,或用密码登录。",
        "The identity provider cannot be used at the moment. Try later, or sign in with a password.",
    )
}

fn refused(reason: impl std::fmt::Display) -> Problem {
    tracing::warn!(%reason, "a single sign-on was refused");
    Problem::new(
        ProblemKind::Unauthenticated,
        "oidc.refused",
        "单点登录没有通过校验,请重新登录。",
        "The single sign-on did not pass its checks. Please sign in again.",
    )
}
