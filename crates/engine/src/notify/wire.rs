//! What receivers are sent: the JSON shapes of webhooks, WeCom and DingTalk group robots, and their signatures.
//!
//! A webhook carries `X-Linli-Timestamp` (seconds since 1970) and `X-Linli-Signature: sha256=` with the hexadecimal
//! HMAC-SHA256 of `timestamp.body` under the channel's secret; `X-Linli-Delivery` stays the same when a message is tried again.
//! A DingTalk robot's address gets `timestamp` (milliseconds) and `sign`, the HMAC-SHA256 of `timestamp\nsecret` in Base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use linli_domain::{Lang, RecordId, Timestamp};
use serde_json::{Value as Json, json};
use sha2::Sha256;

/// Most characters of a robot's message; both sorts refuse longer ones.
const ROBOT_CHARACTERS: usize = 600;

fn hmac(key: &str, text: &str) -> Vec<u8> {
    // Every length of key is accepted.
    Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map(|mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        })
        .unwrap_or_default()
}

/// Headers of a webhook: those that name the message, and with a secret those that prove where it comes from.
pub(super) fn webhook_headers(
    id: RecordId,
    event: &str,
    body: &str,
    secret: Option<&str>,
    now: Timestamp,
) -> Vec<(String, String)> {
    let mut headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("X-Linli-Delivery".to_owned(), id.to_string()),
        ("X-Linli-Event".to_owned(), event.to_owned()),
    ];
    if let Some(secret) = secret {
        let timestamp = (now.0 / 1_000_000).to_string();
        let signature = hex::encode(hmac(secret, &format!("{timestamp}.{body}")));
        headers.push(("X-Linli-Timestamp".to_owned(), timestamp));
        headers.push(("X-Linli-Signature".to_owned(), format!("sha256={signature}")));
    }
    headers
}

/// Body of a webhook.
pub(super) fn webhook(id: RecordId, message: &Json, link: &str) -> String {
    let mut body = json!({
        "id": id, "event": message["event"], "at": message["at"], "area": message["area"], "kind": message["kind"],
        "title": message["title"], "text": message["text"], "data": message["data"],
    });
    if !link.is_empty() {
        body["link"] = json!(link);
    }
    body.to_string()
}

/// Body for a group robot; WeCom and DingTalk read the same.
pub(super) fn robot(message: &Json, lang: Lang, link: &str) -> String {
    let content: String = plain(message, lang, link).chars().take(ROBOT_CHARACTERS).collect();
    json!({ "msgtype": "text", "text": { "content": content } }).to_string()
}

/// A message as text.
pub(super) fn plain(message: &Json, lang: Lang, link: &str) -> String {
    let said = |name: &str| message[name][lang.pick("zh", "en")].as_str().unwrap_or_default().to_owned();
    let area = message["area"]["name"].as_str().unwrap_or_default();
    let lines = [said("title"), said("text"), area.to_owned(), link.to_owned()];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The address of a DingTalk robot that asks for a signature.
pub(super) fn dingtalk_url(url: &str, secret: &str, now: Timestamp) -> String {
    let timestamp = now.0 / 1_000;
    let sign = STANDARD.encode(hmac(secret, &format!("{timestamp}\n{secret}")));
    let sign = sign.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}timestamp={timestamp}&sign={sign}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_123_456);

    #[test]
    fn a_webhook_is_signed_over_its_moment_and_body() {
        let id = RecordId(uuid::Uuid::from_u64_pair(1, 2));
        let headers = webhook_headers(id, "case.opened", "{}", Some("key"), NOW);
        let of = |name: &str| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        assert_eq!(of("X-Linli-Timestamp"), Some("1700000000"));
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac key
        let known = "sha256=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae";
        assert_eq!(of("X-Linli-Signature"), Some(known));
        assert!(webhook_headers(id, "e", "{}", None, NOW).iter().all(|(name, _)| name != "X-Linli-Signature"));
    }

    #[test]
    fn a_dingtalk_address_is_signed_as_its_maker_describes() {
        let url = dingtalk_url("https://oapi.dingtalk.com/robot/send?access_token=t", "SECabc", NOW);
        let sign = "IqXBU%2FaLfwMA3S%2FtDcfRmHx5vWHw9Y1aOgFLBr1Ti9w%3D";
        assert_eq!(
            url,
            format!("https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1700000000123&sign={sign}")
        );
    }

    #[test]
    fn a_robots_message_is_short_text_with_a_link() {
        let message = json!({
            "title": { "zh": "题", "en": "T" }, "text": { "zh": "文".repeat(900), "en": "" }, "area": { "name": "区" },
        });
        let body: Json = serde_json::from_str(&robot(&message, Lang::Zh, "https://x/y")).unwrap();
        assert_eq!(body["msgtype"], "text");
        assert_eq!(body["text"]["content"].as_str().unwrap().chars().count(), ROBOT_CHARACTERS);
        assert_eq!(plain(&message, Lang::En, "https://x/y"), "T\n区\nhttps://x/y");
    }
}
