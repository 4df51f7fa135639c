//! Sealing of sensitive values, keyed hashes to find them by, and masks to show them by.

mod keys;
pub(crate) mod mask;

use aes_gcm::{
    Aes256Gcm, AesGcm,
    aead::{Aead, Nonce, Payload, consts::U12},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sm3::Sm3;
use sm4::Sm4;

use crate::{CipherSuite, Keys, StoreError};

type Sm4Gcm = AesGcm<Sm4, U12>;

/// A keyed hash, ready to use.
#[derive(Clone)]
enum Keyed {
    Sha(Hmac<Sha256>),
    Sm3(Hmac<Sm3>),
}

impl Keyed {
    fn new(suite: CipherSuite, key: &[u8]) -> Result<Self, StoreError> {
        let wrong = |_| StoreError::WrongKeys;
        Ok(match suite {
            CipherSuite::AesSha => Self::Sha(Hmac::new_from_slice(key).map_err(wrong)?),
            CipherSuite::Sm4Sm3 => Self::Sm3(Hmac::new_from_slice(key).map_err(wrong)?),
        })
    }

    /// Hash of the parts, each preceded by its length, so that no two lists of parts look the same.
    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        fn feed<M: Mac>(mut mac: M, parts: &[&[u8]]) -> [u8; 32] {
            for part in parts {
                mac.update(&(part.len() as u64).to_be_bytes());
                mac.update(part);
            }
            let mut hash = [0; 32];
            hash.copy_from_slice(&mac.finalize().into_bytes());
            hash
        }
        match self {
            Self::Sha(mac) => feed(mac.clone(), parts),
            Self::Sm3(mac) => feed(mac.clone(), parts),
        }
    }
}

enum Sealer {
    Aes(Box<Aes256Gcm>),
    Sm4(Box<Sm4Gcm>),
}

/// The keys of an installation at work.
pub(crate) struct Crypto {
    sealer: Sealer,
    nonces: Keyed,
    lookup: Keyed,
    audit: Keyed,
}

impl Crypto {
    pub(crate) fn new(keys: &Keys) -> Result<Self, StoreError> {
        let suite = keys.cipher;
        let derived =
            |key: &[u8; 32], purpose: &str| Ok::<_, StoreError>(Keyed::new(suite, key)?.hash(&[purpose.as_bytes()]));
        let data = derived(&keys.data_key, "linli seal")?;
        let wrong = |_| StoreError::WrongKeys;
        let sealer = match suite {
            CipherSuite::AesSha => Sealer::Aes(Box::new(Aes256Gcm::new_from_slice(&data).map_err(wrong)?)),
            CipherSuite::Sm4Sm3 => Sealer::Sm4(Box::new(Sm4Gcm::new_from_slice(&data[..16]).map_err(wrong)?)),
        };
        Ok(Self {
            sealer,
            nonces: Keyed::new(suite, &derived(&keys.data_key, "linli nonce")?)?,
            lookup: Keyed::new(suite, &derived(&keys.hash_key, "linli lookup")?)?,
            audit: Keyed::new(suite, &derived(&keys.hash_key, "linli audit")?)?,
        })
    }

    /// Seals `clear` for one place (entity, field, record). Byte 0 names the cipher, 1–12 are the nonce.
    ///
    /// The nonce is a keyed hash of place and value: two values never share one, and none is left to chance.
    pub(crate) fn seal(&self, place: &[u8], clear: &str) -> Result<Vec<u8>, StoreError> {
        let hash = self.nonces.hash(&[place, clear.as_bytes()]);
        let payload = Payload { msg: clear.as_bytes(), aad: place };
        let (suite, sealed) = match &self.sealer {
            Sealer::Aes(cipher) => (1, cipher.encrypt(&nonce::<Aes256Gcm>(&hash[..12])?, payload)),
            Sealer::Sm4(cipher) => (2, cipher.encrypt(&nonce::<Sm4Gcm>(&hash[..12])?, payload)),
        };
        let sealed = sealed.map_err(|_| StoreError::WrongKeys)?;
        let mut bytes = Vec::with_capacity(13 + sealed.len());
        bytes.push(suite);
        bytes.extend_from_slice(&hash[..12]);
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    /// Opens what [`Self::seal`] made for the same place.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<String, StoreError> {
        let damaged = || StoreError::Corrupt("a sealed value".into());
        let (Some(suite), Some(hash), Some(body)) = (sealed.first(), sealed.get(1..13), sealed.get(13..)) else {
            return Err(damaged());
        };
        let payload = Payload { msg: body, aad: place };
        let clear = match (&self.sealer, suite) {
            (Sealer::Aes(cipher), 1) => cipher.decrypt(&nonce::<Aes256Gcm>(hash)?, payload),
            (Sealer::Sm4(cipher), 2) => cipher.decrypt(&nonce::<Sm4Gcm>(hash)?, payload),
            _ => return Err(StoreError::WrongKeys),
        };
        String::from_utf8(clear.map_err(|_| damaged())?).map_err(|_| damaged())
    }

    /// Hash a value of a kind is found by. Numbers are the same however they are written; of texts only the ends are
    /// trimmed: `1-101` and `11-01` are two.
    pub(crate) fn lookup(&self, kind: &str, clear: &str) -> Vec<u8> {
        let folded =
            if kind.ends_with("text") || kind == "person_name" { clear.trim().to_owned() } else { fold(clear) };
        self.lookup.hash(&[kind.as_bytes(), folded.as_bytes()])[..16].to_vec()
    }

    /// Link of the audit chain: hash of the one before and the entry.
    pub(crate) fn link(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.audit.hash(parts)
    }
}

fn nonce<C: aes_gcm::aead::AeadCore>(bytes: &[u8]) -> Result<Nonce<C>, StoreError> {
    Nonce::<C>::try_from(bytes).map_err(|_| StoreError::Corrupt("a nonce".into()))
}

/// What does not distinguish two values: full-width forms, spaces, hyphens, the case of letters.
fn fold(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(half).filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(cipher: CipherSuite) -> Keys {
        Keys { cipher, data_key: [7; 32], hash_key: [9; 32] }
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_own_place() {
        for cipher in [CipherSuite::AesSha, CipherSuite::Sm4Sm3] {
            let crypto = Crypto::new(&keys(cipher)).unwrap();
            let sealed = crypto.seal(b"a", "230102198001011234").unwrap();
            assert_eq!(crypto.open(b"a", &sealed).unwrap(), "230102198001011234");
            assert!(crypto.open(b"b", &sealed).is_err());
            assert!(!sealed.windows(6).any(|part| part == b"230102"));
        }
    }

    #[test]
    fn another_suite_cannot_open_it() {
        let aes = Crypto::new(&keys(CipherSuite::AesSha)).unwrap();
        let sm4 = Crypto::new(&keys(CipherSuite::Sm4Sm3)).unwrap();
        assert_eq!(sm4.open(b"a", &aes.seal(b"a", "x").unwrap()), Err(StoreError::WrongKeys));
    }

    #[test]
    fn lookups_do_not_see_width_case_or_spaces() {
        let crypto = Crypto::new(&keys(CipherSuite::AesSha)).unwrap();
        assert_eq!(crypto.lookup("id", "23010219800101123x"), crypto.lookup("id", " 2301021980010112３X"));
        assert_ne!(crypto.lookup("id", "1"), crypto.lookup("phone", "1"));
        assert_ne!(crypto.lookup("text", "1-101"), crypto.lookup("text", "11-01"));
    }
}
