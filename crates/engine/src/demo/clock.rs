//! A clock that the demo turns back, so that its records get the histories of an office that began in 2016.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::Date;
use linli_domain::{Clock, Timestamp};

/// A clock that stands until it is set.
#[derive(Debug)]
pub struct DemoClock(AtomicI64);

impl DemoClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Sets it to `hour` o'clock in China on `day`.
    pub fn set(&self, day: Date, hour: i64) {
        let midnight = Timestamp::end_of_china_day(day).0 + 1 - 86_400 * 1_000_000;
        self.0.store(midnight + hour * 3_600 * 1_000_000, Ordering::Relaxed);
    }

    /// Sets it to a moment.
    pub fn to(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::Relaxed);
    }
}

impl Clock for DemoClock {
    /// A microsecond later each time, so that versions of one record never begin at the same moment.
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_day_it_was_set_to() {
        let clock = DemoClock::new(Timestamp(0));
        let day = jiff::civil::date(2019, 5, 20);
        clock.set(day, 9);
        let (first, second) = (clock.now(), clock.now());
        assert_eq!((first.to_string().as_str(), first.china_date()), ("2019-05-20 09:00:00", day));
        assert!(second > first);
    }
}
