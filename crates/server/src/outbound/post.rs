//! Webhooks and group robots: `POST`, no redirects (they could lead inside), no proxy, little of the answer is read.

use std::net::IpAddr;

use linli_engine::{config::NotifyConfig, notify::Outcome};
use reqwest::{Client, Response, Url, redirect};

use super::addresses::{PRIVATE, Resolver, is_public};

/// Most bytes of an answer that are looked at.
const ANSWER_BYTES: usize = 16 * 1024;

/// Most characters of an answer that are kept with a failure.
const KEPT: usize = 200;

/// The client for all receivers.
pub(super) fn client(config: &NotifyConfig) -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .user_agent(concat!("Linli/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(std::sync::Arc::new(Resolver { allow_private: config.allow_private }))
        .pool_max_idle_per_host(0)
        .build()
}

/// Sends a body; the receiver must answer 2xx, a robot `"errcode": 0` as well.
pub(super) async fn send(
    client: &Client,
    config: &NotifyConfig,
    url: &str,
    headers: &[(String, String)],
    body: &str,
    robot: bool,
) -> Outcome {
    let url = match allowed(url, config.allow_private) {
        Ok(url) => url,
        Err(reason) => return Outcome::Refused(reason.to_owned()),
    };
    let mut request = client.post(url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) => return failed(&error),
    };
    let status = response.status();
    let answer = beginning(response).await;
    if !status.is_success() {
        return Outcome::Failed(format!("HTTP {}", status.as_u16()));
    }
    if robot {
        let said: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
        if said["errcode"] != 0 {
            return Outcome::Failed(answer.chars().filter(|letter| !letter.is_control()).take(KEPT).collect());
        }
    }
    Outcome::Sent
}

/// An address that may be spoken to. Names are looked at when they are resolved.
fn allowed(url: &str, allow_private: bool) -> Result<Url, &'static str> {
    let url: Url = url.parse().map_err(|_| "地址无法识别 / the address cannot be read")?;
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let literal: Option<IpAddr> = host.parse().ok();
    if literal.is_some_and(|address| !allow_private && !is_public(address)) {
        return Err(PRIVATE);
    }
    let inside = allow_private && (host == "localhost" || literal.is_some_and(|address| address.is_loopback()));
    match url.scheme() {
        "https" => Ok(url),
        "http" if inside => Ok(url),
        _ => Err("只发往 https 地址 / only https is spoken"),
    }
}

/// What went wrong, without the address: a robot's address is its key.
fn failed(error: &reqwest::Error) -> Outcome {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        if one.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::PermissionDenied) {
            return Outcome::Refused(PRIVATE.to_owned());
        }
        cause = one.source();
    }
    let sort = if error.is_timeout() {
        "超时 / timed out"
    } else if error.is_connect() {
        "无法连接 / cannot connect"
    } else {
        "传输中断 / broken off"
    };
    Outcome::Failed(sort.to_owned())
}

async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER_BYTES {
            bytes.truncate(ANSWER_BYTES);
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_https_is_spoken_to_unless_the_installation_says_otherwise() {
        for refused in [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "ftp://a/",
            "https://2130706433/",
            "https://0x7f.1/",
            "file:///etc/passwd",
            "http://localhost/",
            "nonsense",
        ] {
            assert!(allowed(refused, false).is_err(), "{refused}");
        }
        assert!(allowed("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", false).is_ok());
        assert!(allowed("http://127.0.0.1:8/x", true).is_ok() && allowed("https://10.0.0.1/", true).is_ok());
        assert!(allowed("http://10.0.0.1/", true).is_err(), "plain HTTP goes no further than this machine");
    }
}
