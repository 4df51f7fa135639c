//! What became of each call, and the rates that follow: AAPOR Standard Definitions, numbers drawn from a list of people.

/// What became of somebody on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// Interviewed to the end (I).
    Completed,
    /// Broke off, but answered enough to be counted (P).
    Partial,
    /// Did not want to (R).
    Refused,
    /// Nobody took the call: whether they are eligible is not known (UH).
    NoAnswer,
    /// The line was busy (UH).
    Busy,
    /// Reached, and asked to be called another time (O while it has not happened).
    CallBack,
    /// The number is nobody's or somebody else's: not eligible.
    WrongNumber,
    /// Not one of those the survey is about.
    Ineligible,
    /// Died.
    Deceased,
}

/// Every disposition with its code.
pub const ALL: [(Disposition, &str); 9] = [
    (Disposition::Completed, "completed"),
    (Disposition::Partial, "partial"),
    (Disposition::Refused, "refused"),
    (Disposition::NoAnswer, "no_answer"),
    (Disposition::Busy, "busy"),
    (Disposition::CallBack, "call_back"),
    (Disposition::WrongNumber, "wrong_number"),
    (Disposition::Ineligible, "ineligible"),
    (Disposition::Deceased, "deceased"),
];

impl Disposition {
    /// Code in the register's list.
    pub fn code(self) -> &'static str {
        ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, code)| code)
    }

    /// Reads [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        ALL.iter().find(|(_, known)| *known == code).map(|(one, _)| *one)
    }

    /// Whether nobody will call this number again.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::NoAnswer | Self::Busy | Self::CallBack)
    }

    /// Seconds after which a number may be tried again by itself; `None` for what is final or has a time of its own.
    pub fn retry_seconds(self) -> Option<i64> {
        match self {
            Self::Busy => Some(15 * 60),
            Self::NoAnswer => Some(4 * 3_600),
            _ => None,
        }
    }
}

/// Counts of a list by what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// I.
    pub interviews: u64,
    /// P.
    pub partial: u64,
    /// R.
    pub refusals: u64,
    /// O: reached, eligible, not interviewed.
    pub other: u64,
    /// UH: tried, nobody reached.
    pub unknown: u64,
    /// UH too: not tried yet.
    pub untried: u64,
    /// Not eligible: in no rate.
    pub ineligible: u64,
}

/// Rates; absent where there is nobody they could be of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rates {
    /// Response rate 1: I ÷ (I + P + R + NC + O + UH + UO). The lowest: whoever may be eligible counts.
    pub rr1: Option<f64>,
    /// Cooperation rate 1: I ÷ (I + P + R + O).
    pub coop1: Option<f64>,
    /// Contact rate 1: (I + P + R + O) ÷ (I + P + R + O + NC + UH + UO).
    pub con1: Option<f64>,
}

impl Outcomes {
    /// Takes somebody on the list; `None` who was not called yet.
    pub fn add(&mut self, disposition: Option<Disposition>, count: u64) {
        use Disposition as D;
        let place = match disposition {
            Some(D::Completed) => &mut self.interviews,
            Some(D::Partial) => &mut self.partial,
            Some(D::Refused) => &mut self.refusals,
            Some(D::CallBack) => &mut self.other,
            Some(D::NoAnswer | D::Busy) => &mut self.unknown,
            Some(D::WrongNumber | D::Ineligible | D::Deceased) => &mut self.ineligible,
            None => &mut self.untried,
        };
        *place += count;
    }

    /// The rates.
    pub fn rates(&self) -> Rates {
        let reached = self.interviews + self.partial + self.refusals + self.other;
        let all = reached + self.unknown + self.untried;
        let of = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        Rates { rr1: of(self.interviews, all), coop1: of(self.interviews, reached), con1: of(reached, all) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rates_are_those_of_the_standard() {
        let outcomes =
            Outcomes { interviews: 40, partial: 5, refusals: 20, other: 5, unknown: 20, untried: 10, ineligible: 50 };
        let rates = outcomes.rates();
        assert_eq!((rates.rr1, rates.coop1, rates.con1), (Some(0.4), Some(40.0 / 70.0), Some(0.7)));
    }

    #[test]
    fn of_nobody_there_is_no_rate() {
        let mut outcomes = Outcomes::default();
        assert_eq!(outcomes.rates(), Rates::default());
        outcomes.add(Some(Disposition::Deceased), 3);
        assert_eq!(outcomes.rates(), Rates::default(), "nobody was eligible");
        outcomes.add(None, 1);
        assert_eq!(outcomes.rates(), Rates { rr1: Some(0.0), coop1: None, con1: Some(0.0) });
    }

    #[test]
    fn each_code_is_read_back_and_what_is_final_is_not_tried_again() {
        for (disposition, code) in ALL {
            assert_eq!((disposition.code(), Disposition::from_code(code)), (code, Some(disposition)));
            assert!(!(disposition.is_final() && disposition.retry_seconds().is_some()));
        }
        assert_eq!(Disposition::from_code("sold"), None);
    }
}
