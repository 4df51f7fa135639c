//! TLS to PostgreSQL: encrypted when asked, refused when the certificate is not what `sslmode` wants. Needs a server that
//! speaks TLS as `localhost`, with its authority's certificate in `LINLI_TEST_POSTGRES_CA` (scripts/with-postgres.sh).

use linli_store::{Database, Store, StoreConfig, StoreError};

use crate::support::{new_postgres, postgres_do, sqlite};

/// A new database's address with `host` and these words in its query, and its plain address.
fn address(host: &str, words: &str) -> Option<(String, String)> {
    let Some(authority) = std::env::var("LINLI_TEST_POSTGRES_CA").ok().filter(|file| !file.is_empty()) else {
        eprintln!("LINLI_TEST_POSTGRES_CA is not set: TLS was not tried");
        return None;
    };
    let url = new_postgres();
    let words = words.replace("AUTHORITY", &authority);
    let join = if url.contains('?') { '&' } else { '?' };
    Some((format!("{}{join}{words}", url.replace("127.0.0.1", host)), url))
}

fn open(url: &str) -> Result<Store, StoreError> {
    let config = sqlite().config.clone();
    Store::open(StoreConfig { database: Database::Postgres(url.to_owned()), readers: 1, writers: 1, ..config })
}

/// Fails unless every connection of the store is encrypted (asked of the server, over a connection of our own).
fn all_encrypted(plain: &str, wanted: bool) {
    let not = if wanted { "NOT" } else { "" };
    postgres_do(
        plain,
        &format!(
            "DO $$ BEGIN IF (SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
             WHERE datname = current_database() AND application_name = 'linli' AND {not} ssl) > 0 \
             OR (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'linli') = 0 \
             THEN RAISE EXCEPTION 'not as wanted'; END IF; END $$"
        ),
    );
}

#[test]
fn a_store_that_asks_for_tls_speaks_nothing_else() {
    for words in
        ["sslmode=require", "sslmode=verify-ca&sslrootcert=AUTHORITY", "sslmode=verify-full&sslrootcert=AUTHORITY"]
    {
        let Some((url, plain)) = address("localhost", words) else { return };
        let store = open(&url).unwrap_or_else(|error| panic!("{words}: {error}"));
        store.health().unwrap();
        all_encrypted(&plain, true);
    }
    let Some((url, plain)) = address("localhost", "sslmode=disable") else { return };
    let _store = open(&url).unwrap();
    all_encrypted(&plain, false);
}

#[test]
fn a_certificate_for_another_name_or_of_an_unknown_authority_is_refused() {
    let refused = |host: &str, words: &str| -> Option<String> {
        let (url, _) = address(host, words)?;
        match open(&url) {
            Err(StoreError::Unavailable(why)) => Some(why),
            Err(other) => panic!("{words}: {other}"),
            Ok(_) => panic!("{words} was accepted"),
        }
    };
    let Some(name) = refused("127.0.0.1", "sslmode=verify-full&sslrootcert=AUTHORITY") else { return };
    assert!(name.contains("certificate"), "{name}");
    let unknown = refused("localhost", "sslmode=verify-full").unwrap();
    assert!(unknown.contains("certificate"), "{unknown}");
    // The name is all that is wrong: verify-ca does not ask for it.
    let (url, _) = address("127.0.0.1", "sslmode=verify-ca&sslrootcert=AUTHORITY").unwrap();
    open(&url).unwrap().health().unwrap();
}
