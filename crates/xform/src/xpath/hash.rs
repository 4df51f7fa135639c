//! `digest` and `base64-decode`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::error::EvalError;

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The digest of `text`, in Base64 unless hexadecimal is asked for.
pub(super) fn digest(text: &str, algorithm: &str, encoding: &str) -> Result<String, EvalError> {
    let bytes = text.as_bytes();
    let hash: Vec<u8> = match algorithm {
        "MD5" => Md5::digest(bytes).to_vec(),
        "SHA-1" => Sha1::digest(bytes).to_vec(),
        "SHA-256" => Sha256::digest(bytes).to_vec(),
        "SHA-384" => Sha384::digest(bytes).to_vec(),
        "SHA-512" => Sha512::digest(bytes).to_vec(),
        other => {
            return Err(EvalError::unsupported(
                format!("不支持的摘要算法 {other}"),
                format!("the digest algorithm {other} is not supported"),
            ));
        }
    };
    match encoding {
        "hex" => Ok(hex::encode(hash)),
        "base64" => Ok(STANDARD.encode(hash)),
        other => Err(EvalError::unsupported(
            format!("不支持的编码 {other}"),
            format!("the encoding {other} is not supported"),
        )),
    }
}

/// The text that Base64 holds; empty when it holds none.
pub(super) fn base64_decode(text: &str) -> String {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(packed).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
