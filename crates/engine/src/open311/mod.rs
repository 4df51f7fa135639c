//! Open311 GeoReport v2: grid events as civic applications see them. The classes of events are services, events are service
//! requests; what is private stays inside.
//!
//! | file | what for |
//! |---|---|
//! | `services` | classes as services, the flow's own fields as their attributes |
//! | `requests` | events as requests: filters, one request, a token |
//! | `report` | a report arrives, with a key |
//!
//! Without a configured key a client sees when, where (to about eleven metres), what class and how far; the words of whoever
//! reported are for clients with a key only, since people write names and numbers into them.

mod report;
mod requests;
mod services;

pub use report::{Report, report};
pub use requests::{Request, RequestQuery, request, requests, token};
pub use services::{Attribute, Definition, Service, definition, services};

use linli_domain::Area;
use linli_store::ReadTx;

use crate::{
    Engine, Problem, ProblemKind,
    collect::public::{Rate, count_call},
    config::ApiKey,
};

/// Posts of one key.
const POSTS: Rate = Rate { burst: 60.0, per_second: 1.0 };
/// What a wrong key costs the address it came from.
const GUESS: f64 = 10.0;
/// Least characters of a key: a shorter one in the configuration opens nothing.
const KEY: usize = 16;

/// Requests of an answer that cost as much as a call.
const REQUESTS_A_CALL: f64 = 100.0;

/// Counts a call against its address.
pub fn count(engine: &Engine) -> Result<(), Problem> {
    count_call(engine, 1.0)
}

/// Counts an answer of so many requests against its address.
fn count_requests(engine: &Engine, most: u32) -> Result<(), Problem> {
    count_call(engine, f64::from(most) / REQUESTS_A_CALL)
}

/// Refuses another jurisdiction than ours. None named is ours, as the specification has it for single ones.
pub fn refuse_foreign(engine: &Engine, jurisdiction: Option<&str>) -> Result<(), Problem> {
    match (jurisdiction.filter(|name| !name.is_empty()), &engine.config.open311.jurisdiction) {
        (Some(asked), Some(ours)) if !asked.eq_ignore_ascii_case(ours) => Err(Problem::new(
            ProblemKind::NotFound,
            "open311.jurisdiction",
            "jurisdiction_id 提供的辖区不存在。",
            "The jurisdiction_id provided was not found.",
        )),
        _ => Ok(()),
    }
}

/// The client behind a key; nobody without one. A wrong key is refused and makes guessing slow.
pub fn client<'e>(engine: &'e Engine, key: Option<&str>) -> Result<Option<&'e ApiKey>, Problem> {
    let Some(key) = key.filter(|key| !key.is_empty()) else { return Ok(None) };
    let same = |held: &&ApiKey| held.key.len() >= KEY && constant_time(held.key.as_bytes(), key.as_bytes());
    match engine.config.open311.keys.iter().find(same) {
        Some(held) => Ok(Some(held)),
        None => {
            count_call(engine, GUESS)?;
            Err(Problem::new(
                ProblemKind::Denied,
                "open311.api_key",
                "api_key 不存在或已停用。",
                "The api_key is missing or not valid.",
            ))
        }
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn constant_time(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// The area that reports belong to, unless an outline says more.
fn own_area(engine: &Engine, tx: &mut ReadTx<'_>) -> Result<Area, Problem> {
    let code = engine.config.open311.area.as_deref().unwrap_or_default();
    let area = if code.is_empty() { None } else { tx.area(code)? };
    area.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "open311.closed",
            "本系统没有开放 Open311 上报(linli.toml 的 [open311] area)。",
            "Open311 is not open here ([open311] area in linli.toml).",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_whole() {
        assert!(constant_time(b"abcdefgh", b"abcdefgh") && !constant_time(b"abcdefgh", b"abcdefgx"));
        assert!(!constant_time(b"abc", b"abcd"));
    }
}
