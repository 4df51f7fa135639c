//! Two-step sign-in: six digits of RFC 6238, and no code counts twice.
//!
//! The account keeps `state:secret:step` (sealed by the store): state `on` or `pending`, the secret in base32, and the last
//! time step a code was used for.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use linli_domain::{Label, Timestamp};
use linli_store::tables::Account;
use qrcode::{QrCode, render::svg};
use serde::Serialize;
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};
use utoipa::ToSchema;

use super::{SignedIn, password};
use crate::{Engine, FieldProblem, Problem, ProblemKind};

/// Code of the problem "wrong code".
pub const WRONG: &str = "auth.totp_wrong";

/// A secret to be put into an authenticator.
#[derive(Clone, Serialize, ToSchema)]
pub struct TotpOffer {
    /// Base32 secret, to be typed.
    pub secret: String,
    /// `otpauth://` address, to be opened.
    pub otpauth: String,
    /// QR code, to be scanned: a `data:image/svg+xml` address.
    pub qr_svg: String,
}

struct Kept {
    on: bool,
    secret: String,
    last_step: u64,
}

impl Kept {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (state, secret, step) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { on: state == "on", secret: secret.to_owned(), last_step: step.parse().ok()? })
    }

    fn write(&self) -> String {
        format!("{}:{}:{}", if self.on { "on" } else { "pending" }, self.secret, self.last_step)
    }

    fn totp(&self) -> Result<Totp, Problem> {
        let secret = Secret::try_from_base32(&self.secret).map_err(Problem::internal)?;
        Builder::new().with_secret(secret).build().map_err(Problem::internal)
    }

    /// Uses a code up: its step must be later than the last one used.
    fn use_up(&mut self, code: &str, now: Timestamp) -> Result<(), Problem> {
        let seconds = u64::try_from(now.0 / 1_000_000).unwrap_or(0);
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        match self.totp()?.check(&code, seconds) {
            Some(step) if step > self.last_step => {
                self.last_step = step;
                Ok(())
            }
            _ => Err(wrong()),
        }
    }
}

/// Whether what an account keeps means that the second step is on.
pub fn is_on(kept: &str) -> bool {
    Kept::read(kept).is_some_and(|kept| kept.on)
}

/// The second step is missing.
pub fn required() -> Problem {
    Problem::new(
        ProblemKind::Unauthenticated,
        "auth.totp_required",
        "请输入身份验证器上的 6 位数字。",
        "Enter the six digits of your authenticator.",
    )
}

fn wrong() -> Problem {
    Problem::new(
        ProblemKind::Unauthenticated,
        WRONG,
        "验证码不正确、已过期或已使用过。请等下一个验证码。",
        "The code is wrong, has expired or was used already. Wait for the next one.",
    )
}

/// Uses up a code at sign-in when the account has the second step on; the caller keeps the account.
pub fn use_code(account: &mut Account, code: Option<&str>, now: Timestamp) -> Result<(), Problem> {
    let Some(mut kept) = account.totp_secret.as_deref().and_then(Kept::read).filter(|kept| kept.on) else {
        return Ok(());
    };
    kept.use_up(code.ok_or_else(required)?, now)?;
    account.totp_secret = Some(kept.write());
    Ok(())
}

/// Offers a new secret; it counts once [`confirm`]ed.
pub async fn start(engine: &Engine, who: &SignedIn) -> Result<TotpOffer, Problem> {
    let secret = Secret::from(engine.random_bytes::<20>().to_vec()).to_base32().to_string();
    let kept = Kept { on: false, secret: secret.clone(), last_step: 0 }.write();
    let id = who.actor.account;
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let mut account = tx.account(id)?.ok_or_else(Problem::no_account)?;
            if account.totp_secret.as_deref().is_some_and(is_on) {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    "totp.on",
                    "两步验证已开启。如需更换,请先关闭。",
                    "Two-step sign-in is on already. Turn it off first to replace it.",
                ));
            }
            account.totp_secret = Some(kept.clone());
            tx.put_account(&account)?;
            Ok(())
        })
        .await?;
    let label: String = who.login.chars().filter(char::is_ascii_alphanumeric).collect();
    let otpauth = format!("otpauth://totp/Linli:{label}?secret={secret}&issuer=Linli");
    let code = QrCode::new(otpauth.as_bytes()).map_err(Problem::internal)?;
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    let qr_svg = format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawing));
    Ok(TotpOffer { secret, otpauth, qr_svg })
}

/// Turns the second step on with a code of the offered secret.
pub async fn confirm(engine: &Engine, who: &SignedIn, code: String) -> Result<(), Problem> {
    let (engine2, who2) = (engine.clone(), who.clone());
    let done = engine
        .store
        .write::<_, Problem>(move |tx| {
            let mut account = tx.account(who2.actor.account)?.ok_or_else(Problem::no_account)?;
            let offered = account.totp_secret.as_deref().and_then(Kept::read).filter(|kept| !kept.on);
            let mut kept = offered.ok_or_else(not_offered)?;
            kept.use_up(&code, engine2.now()).map_err(|_| {
                let message = wrong().message;
                Problem::invalid("totp.wrong", vec![FieldProblem::new("code", "wrong", message)])
            })?;
            kept.on = true;
            account.totp_secret = Some(kept.write());
            tx.put_account(&account)?;
            let login = account.login;
            tx.audit(engine2.audit_entry(&who2.actor, "totp_on", "accounts", login, None, json!({})))?;
            Ok(())
        })
        .await;
    engine.sessions.forget_account(who.actor.account);
    done
}

/// Turns the second step off; asks for the password again.
pub async fn remove(engine: &Engine, who: &SignedIn, password: String) -> Result<(), Problem> {
    let id = who.actor.account;
    let held = engine.store.read::<_, Problem>(move |tx| tx.account(id)?.ok_or_else(Problem::no_account)).await?;
    if !password::verify(engine, password, Some(held.password_hash)).await? {
        let message = Label::new("密码不正确。", "The password is wrong.");
        return Err(Problem::invalid("password.wrong", vec![FieldProblem::new("password", "wrong", message)]));
    }
    let (engine2, who2) = (engine.clone(), who.clone());
    let done = engine
        .store
        .write::<_, Problem>(move |tx| {
            let mut account = tx.account(id)?.ok_or_else(Problem::no_account)?;
            account.totp_secret = None;
            tx.put_account(&account)?;
            let login = account.login;
            tx.audit(engine2.audit_entry(&who2.actor, "totp_off", "accounts", login, None, json!({})))?;
            Ok(())
        })
        .await;
    engine.sessions.forget_account(id);
    done
}

fn not_offered() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "totp.not_offered",
        "请先点击“开启两步验证”获取密钥。",
        "Ask for a secret first.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_once() {
        let secret = Secret::from(vec![7; 20]).to_base32().to_string();
        let mut kept = Kept { on: true, secret, last_step: 0 };
        let now = Timestamp(1_700_000_000_000_000);
        let code = kept.totp().unwrap().generate(1_700_000_000).to_string();
        assert!(kept.use_up(&code, now).is_ok());
        assert_eq!(kept.use_up(&code, now).unwrap_err().code, WRONG);
        let next = kept.totp().unwrap().generate(1_700_000_030).to_string();
        assert!(kept.use_up(&next, now.plus_seconds(30)).is_ok());
        assert_eq!(Kept::read(&kept.write()).unwrap().last_step, kept.last_step);
    }
}
