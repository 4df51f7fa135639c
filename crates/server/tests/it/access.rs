//! Sign-in, lock-out, sessions, two-step sign-in.

use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn a_session_says_who_where_and_what() {
    let world = World::start().await;
    let nobody = world.nobody();
    nobody.get("/api/session").refused(401, "auth.required").await;
    let community = world.signed_in("community").await;
    let session = community.get("/api/session").expect(200).await;
    assert_eq!(session["account"]["login"], "community");
    assert_eq!(session["roles"][0]["area"]["name"], "兆麟社区居委会");
    assert_eq!(session["home_area"]["kind"], "community");
    let people = session["permissions"].as_array().unwrap().iter().find(|one| one["subject"] == "people/resident");
    assert!(people.unwrap()["verbs"].as_array().unwrap().contains(&json!("reveal")));
    community.delete("/api/session").expect(204).await;
    community.get("/api/session").refused(401, "auth.required").await;
}

#[tokio::test]
async fn wrong_passwords_and_unknown_logins_are_told_alike_and_lock_alike() {
    let world = World::start().await;
    let somebody = world.nobody();
    for login in ["community", "does-not-exist"] {
        let wrong = || somebody.post("/api/session", json!({ "login": login, "password": "not this one" }));
        for _ in 0..5 {
            wrong().refused(401, "auth.wrong").await;
        }
        let locked = wrong().refused(429, "auth.locked").await;
        let seconds = locked["retry_after"].as_i64().unwrap();
        assert!((880..=901).contains(&seconds), "{seconds}");
    }
    let right = || somebody.post("/api/session", json!({ "login": "community", "password": PASSWORD }));
    right().refused(429, "auth.locked").await;
    world.clock.advance(15 * 60 + 1);
    right().expect(200).await;
}

#[tokio::test]
async fn an_administrator_unlocks() {
    let world = World::start().await;
    let somebody = world.nobody();
    for _ in 0..5 {
        let wrong = json!({ "login": "community", "password": "not this one" });
        somebody.post("/api/session", wrong).refused(401, "auth.wrong").await;
    }
    let street = world.signed_in("street").await;
    let found = street.get("/api/accounts?q=community").expect(200).await;
    assert!(found["items"][0]["locked_until"].is_string());
    let id = found["items"][0]["id"].as_str().unwrap();
    street.patch(&format!("/api/accounts/{id}"), json!({ "unlock": true })).expect(200).await;
    world.signed_in("community").await;
}

#[tokio::test]
async fn sessions_end_idle_and_in_any_case() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    for _ in 0..13 {
        world.clock.advance(11 * 3_600);
        community.get("/api/session").expect(200).await;
    }
    world.clock.advance(13 * 3_600);
    community.get("/api/session").refused(401, "auth.required").await;
    let again = world.signed_in("community").await;
    for _ in 0..16 {
        world.clock.advance(10 * 3_600);
        again.get("/api/session").expect(200).await;
    }
    world.clock.advance(10 * 3_600);
    again.get("/api/session").refused(401, "auth.required").await;
}

#[tokio::test]
async fn signing_out_everywhere_and_a_new_password_end_other_sessions() {
    let world = World::start().await;
    let (one, two) = (world.signed_in("community").await, world.signed_in("community").await);
    one.delete("/api/sessions").expect(204).await;
    two.get("/api/session").refused(401, "auth.required").await;
    let (one, two) = (world.signed_in("community").await, world.signed_in("community").await);
    one.post("/api/session/password", json!({ "current": "wrong", "new": "another long one" }))
        .refused(422, "password.wrong")
        .await;
    one.post("/api/session/password", json!({ "current": PASSWORD, "new": "short" }))
        .refused(422, "password.weak")
        .await;
    one.post("/api/session/password", json!({ "current": PASSWORD, "new": "another long one" })).expect(204).await;
    one.get("/api/session").expect(200).await;
    two.get("/api/session").refused(401, "auth.required").await;
}

#[tokio::test]
async fn the_second_step_asks_for_a_code_that_counts_once() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let offer = community.post("/api/session/totp", json!({})).expect(200).await;
    assert!(offer["qr_svg"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    let secret = Secret::try_from_base32(offer["secret"].as_str().unwrap()).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let code = || totp.generate(u64::try_from(world.engine.now().0 / 1_000_000).unwrap()).to_string();
    let confirm = |code: &str| community.post("/api/session/totp/confirm", json!({ "code": code }));
    confirm("000000").refused(422, "totp.wrong").await;
    confirm(&code()).expect(204).await;
    assert_eq!(community.get("/api/session").expect(200).await["account"]["totp"], true);

    let somebody = world.nobody();
    let enter = |code: Option<String>| {
        somebody.post("/api/session", json!({ "login": "community", "password": PASSWORD, "totp": code }))
    };
    enter(None).refused(401, "auth.totp_required").await;
    enter(Some(code())).refused(401, "auth.totp_wrong").await;
    world.clock.advance(30);
    enter(Some(code())).expect(200).await;
    enter(Some(code())).refused(401, "auth.totp_wrong").await;

    community.delete_with("/api/session/totp", json!({ "password": "wrong" })).refused(422, "password.wrong").await;
    community.delete_with("/api/session/totp", json!({ "password": PASSWORD })).expect(204).await;
    enter(None).expect(200).await;
}

#[tokio::test]
async fn preferences_are_kept() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let change = json!({ "lang": "en", "large_text": true, "theme": "dark" });
    community.patch("/api/session/preferences", change.clone()).expect(200).await;
    assert_eq!(community.get("/api/session").expect(200).await["preferences"], change);
    community.patch("/api/session/preferences", json!({ "theme": "pink" })).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn the_sign_in_page_learns_how_to_sign_in() {
    let world = World::start().await;
    let options = world.nobody().get("/api/sign-in-options").expect(200).await;
    assert_eq!(options, json!({ "password": true, "oidc": null, "demo_accounts": null }));
}
