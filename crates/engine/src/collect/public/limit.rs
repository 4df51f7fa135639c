//! How often an address or a token may ask: token buckets in memory. A process forgets them when it ends; several
//! processes each keep their own.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use linli_domain::Timestamp;
use serde_json::json;

use crate::{Problem, ProblemKind};

/// Most buckets kept.
const MOST: usize = 100_000;

/// How much a bucket holds and how fast it fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    /// Calls at once.
    pub burst: f64,
    /// Calls a second afterwards.
    pub per_second: f64,
}

/// Buckets of addresses and tokens.
#[derive(Default)]
pub struct Limiter {
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
    rate: Rate,
}

impl Bucket {
    fn filled(self, now: Timestamp) -> f64 {
        let seconds = (now.0.saturating_sub(self.at.0)).max(0) as f64 / 1e6;
        (self.left + seconds * self.rate.per_second).min(self.rate.burst)
    }
}

impl Limiter {
    /// Takes `cost` calls out of the bucket `key`, or refuses and says when to come again.
    pub(crate) fn take(&self, key: &str, rate: Rate, cost: f64, now: Timestamp) -> Result<(), Problem> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(key) {
            // Those that are full again say nothing. Were all in use, it would be an attack: then all begin anew.
            buckets.retain(|_, bucket| bucket.filled(now) < bucket.rate.burst);
            if buckets.len() >= MOST {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { left: rate.burst, at: now, rate });
        let left = bucket.filled(now);
        (bucket.left, bucket.at) = (left, now);
        if left >= cost {
            bucket.left -= cost;
            return Ok(());
        }
        let seconds = ((cost - left) / rate.per_second).ceil().max(1.0) as i64;
        Err(Problem::new(
            ProblemKind::Locked,
            "link.too_often",
            format!("操作过于频繁,请 {seconds} 秒后再试。您填写的内容没有丢失。"),
            format!("Too many requests; try again in {seconds} seconds. What you wrote is not lost."),
        )
        .with("retry_after", json!(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3.0, per_second: 0.5 };

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limiter = Limiter::default();
        let at = |seconds: i64| Timestamp(0).plus_seconds(seconds);
        for _ in 0..3 {
            assert!(limiter.take("a", RATE, 1.0, at(0)).is_ok());
        }
        let refused = limiter.take("a", RATE, 1.0, at(0)).unwrap_err();
        assert_eq!((refused.kind, &refused.extra["retry_after"]), (ProblemKind::Locked, &json!(2)));
        assert!(limiter.take("b", RATE, 1.0, at(0)).is_ok(), "others are not concerned");
        assert!(limiter.take("a", RATE, 1.0, at(2)).is_ok());
        assert!(limiter.take("a", RATE, 1.0, at(2)).is_err());
        assert!(limiter.take("a", RATE, 3.0, at(1_000)).is_ok(), "never more than the burst");
        assert!(limiter.take("a", RATE, 1.0, at(1_000)).is_err());
    }

    #[test]
    fn ever_new_addresses_do_not_fill_the_memory() {
        let limiter = Limiter::default();
        for number in 0..MOST + 10 {
            assert!(limiter.take(&number.to_string(), RATE, 1.0, Timestamp(0)).is_ok());
        }
        assert!(limiter.buckets.lock().unwrap().len() <= MOST);
    }
}
