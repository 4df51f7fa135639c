//! Mail, by the mail server of the configuration.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::header::ContentType,
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use linli_domain::RecordId;
use linli_engine::{
    Engine,
    config::{SmtpConfig, SmtpTls},
    notify::Outcome,
};

/// Sends a message.
pub(super) async fn send(
    engine: &Engine,
    id: RecordId,
    to: &str,
    subject: &str,
    text: &str,
    most: Duration,
) -> Outcome {
    let Some(smtp) = &engine.config.notify.smtp else {
        return Outcome::Refused("没有配置邮件服务器 / no mail server is configured".into());
    };
    let message = match message(engine, smtp, id, to, subject, text) {
        Ok(message) => message,
        Err(error) => return Outcome::Refused(format!("邮件无法生成 / the mail cannot be made: {error}")),
    };
    let transport = match transport(smtp, engine.config.notify.allow_private, most) {
        Ok(transport) => transport,
        Err(outcome) => return outcome,
    };
    match transport.send(message).await {
        Ok(_) => Outcome::Sent,
        // 5xx: the server will never take it.
        Err(error) if error.is_permanent() => Outcome::Refused(said(&error)),
        Err(error) => Outcome::Failed(said(&error)),
    }
}

fn said(error: &lettre::transport::smtp::Error) -> String {
    let code = error.status().map(|code| format!("SMTP {code}"));
    code.unwrap_or_else(|| "邮件服务器无法连接 / the mail server cannot be reached".into())
}

fn message(
    engine: &Engine,
    smtp: &SmtpConfig,
    id: RecordId,
    to: &str,
    subject: &str,
    text: &str,
) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    let host = smtp.from.rsplit_once('@').map_or("linli", |(_, host)| host.trim_end_matches('>'));
    let now = u64::try_from(engine.now().0).unwrap_or_default();
    let message = Message::builder()
        .from(smtp.from.parse()?)
        .to(to.parse()?)
        .subject(subject)
        .date(UNIX_EPOCH + Duration::from_micros(now))
        // The same when it is tried again: mailboxes keep one of two.
        .message_id(Some(format!("<{id}@{host}>")))
        .header(ContentType::TEXT_PLAIN)
        .body(text.to_owned())?;
    Ok(message)
}

fn transport(
    smtp: &SmtpConfig,
    allow_private: bool,
    most: Duration,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, Outcome> {
    let parameters = || {
        TlsParameters::new(smtp.host.clone())
            .map_err(|error| Outcome::Refused(format!("TLS 无法使用 / no TLS: {error}")))
    };
    let (tls, port) = match smtp.tls {
        SmtpTls::Implicit => (Tls::Wrapper(parameters()?), 465),
        SmtpTls::Starttls => (Tls::Required(parameters()?), 587),
        SmtpTls::None if allow_private => (Tls::None, 25),
        SmtpTls::None => {
            return Err(Outcome::Refused(
                "不加密的邮件只在 notify.allow_private 时发送 / mail goes encrypted only".into(),
            ));
        }
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        .tls(tls)
        .port(smtp.port.unwrap_or(port))
        .timeout(Some(most));
    if let (Some(user), Some(password)) = (&smtp.user, &smtp.password) {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}
