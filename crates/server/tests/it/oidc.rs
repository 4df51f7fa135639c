//! Sign-in through an identity provider, with real signed tokens.

use std::collections::HashMap;

use linli_domain::Label;
use linli_engine::{
    Config,
    config::{OidcConfig, ServerConfig},
};
use tokio::net::TcpListener;

use crate::{
    provider::{Passed, Provider},
    world::{Person, World},
};

async fn city() -> (World, Provider) {
    let provider = Provider::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let oidc = OidcConfig {
        issuer: provider.url.clone(),
        client_id: "linli".into(),
        client_secret: Some("secret".into()),
        label: Label::new("市统一认证", "City ID"),
        login_claim: Some("preferred_username".into()),
        scopes: vec!["profile".into()],
    };
    let server = ServerConfig { public_url: Some(format!("http://{address}")), ..ServerConfig::default() };
    let config = Config { oidc: Some(oidc), server, ..Config::default() };
    (World::on(config, listener, address).await, provider)
}

/// Goes to the provider; answers with what the provider was asked.
async fn begin(person: &Person) -> HashMap<String, String> {
    let answer = person.get("/api/oidc/start").send().await;
    assert_eq!(answer.status(), 303);
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    let query = to.split_once('?').unwrap().1;
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

fn passed(world: &World, asked: &HashMap<String, String>, subject: &str, username: &str) -> Passed {
    Passed {
        nonce: asked["nonce"].clone(),
        challenge: asked["code_challenge"].clone(),
        subject: subject.into(),
        username: username.into(),
        now: world.engine.now().0 / 1_000_000,
        audience: "linli".into(),
    }
}

async fn back(person: &Person, code: &str, state: &str) -> String {
    let answer = person.get(&format!("/api/oidc/callback?code={code}&state={state}")).send().await;
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_account_is_linked_by_its_login_and_then_known_by_its_subject() {
    let (world, provider) = city().await;
    let options = world.nobody().get("/api/sign-in-options").expect(200).await;
    assert_eq!(options["oidc"]["label"], "市统一认证");
    let first = world.nobody();
    let asked = begin(&first).await;
    assert_eq!(asked["code_challenge_method"], "S256");
    provider.pass("c1", passed(&world, &asked, "sub-1", "community"));
    assert_eq!(back(&first, "c1", &asked["state"]).await, "/");
    assert_eq!(first.get("/api/session").expect(200).await["account"]["login"], "community");

    let second = world.nobody();
    let asked = begin(&second).await;
    provider.pass("c2", passed(&world, &asked, "sub-1", "renamed"));
    assert_eq!(back(&second, "c2", &asked["state"]).await, "/");
    assert_eq!(second.get("/api/session").expect(200).await["account"]["login"], "community");

    let other = world.nobody();
    let asked = begin(&other).await;
    provider.pass("c3", passed(&world, &asked, "sub-2", "community"));
    let told = back(&other, "c3", &asked["state"]).await;
    assert_eq!(told, "/sign-in?problem=auth.oidc_unknown", "a linked account is not taken over");
}

type Change = fn(&mut Passed);

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let (world, provider) = city().await;
    let refused = "/sign-in?problem=oidc.refused";
    let person = world.nobody();
    let asked = begin(&person).await;
    provider.pass("c1", passed(&world, &asked, "sub-1", "community"));
    assert_eq!(back(&person, "c1", "another-state").await, refused);
    assert_eq!(back(&world.nobody(), "c1", &asked["state"]).await, refused, "without the journey's cookie");

    let wrong: [(&str, Change); 4] = [
        ("nonce", |passed| passed.nonce = "other".into()),
        ("audience", |passed| passed.audience = "another client".into()),
        ("expired", |passed| passed.now -= 3_600),
        ("verifier", |passed| passed.challenge = "other".into()),
    ];
    for (what, change) in wrong {
        let person = world.nobody();
        let asked = begin(&person).await;
        let mut one = passed(&world, &asked, "sub-1", "community");
        change(&mut one);
        provider.pass(what, one);
        assert_eq!(back(&person, what, &asked["state"]).await, refused, "{what}");
        person.get("/api/session").refused(401, "auth.required").await;
    }
}

#[tokio::test]
async fn without_a_provider_there_is_nothing_to_start() {
    let world = World::start().await;
    world.nobody().get("/api/oidc/start").refused(404, "oidc.off").await;
}
