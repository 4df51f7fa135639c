//! Numbers that pass every check and can still be told from real ones.
//!
//! | what | convention of the demo |
//! |---|---|
//! | identity number | valid by GB 11643; its order code (digits 15–17) is 990 to 999. Offices gave these codes out from 001 upwards for one day and one county, and did not get there. |
//! | mobile | begins with `15400`: the block 154 was given to no operator |
//! | everything | records have the source `demo`, pages show the banner |

use std::collections::BTreeSet;

use jiff::civil::Date;
use linli_domain::check::{Sex, identity_checksum};

use super::dice::Dice;

/// Least order code of a synthetic identity number.
pub const SYNTHETIC_ORDER: u16 = 990;

/// Beginning of every synthetic mobile number.
pub const SYNTHETIC_MOBILE: &str = "15400";

/// Maker of numbers that never repeat.
#[derive(Debug, Default)]
pub struct Numbers {
    identities: BTreeSet<String>,
    phones: BTreeSet<String>,
}

impl Numbers {
    /// An unused identity number; `regions` are tried in order, then their neighbours, since a day and region has only
    /// five synthetic numbers for each sex.
    pub fn identity(&mut self, dice: &mut Dice, regions: &[&str], birth: Date, sex: Sex) -> String {
        let day = birth.strftime("%Y%m%d").to_string();
        let odd = u16::from(sex == Sex::Male);
        let start = dice.below(5);
        for region in regions.iter().chain(&FALLBACK_REGIONS) {
            for step in 0..5 {
                let order = SYNTHETIC_ORDER + u16::try_from((start + step) % 5).unwrap_or(0) * 2 + odd;
                let number = with_checksum(&format!("{region}{day}{order}"));
                if self.identities.insert(number.clone()) {
                    return number;
                }
            }
        }
        String::new()
    }

    /// An unused mobile number.
    pub fn mobile(&mut self, dice: &mut Dice) -> String {
        loop {
            let number = format!("{SYNTHETIC_MOBILE}{:06}", dice.below(1_000_000));
            if self.phones.insert(number.clone()) {
                return number;
            }
        }
    }
}

/// Counties tried when a day's synthetic numbers of the wanted ones are used up.
const FALLBACK_REGIONS: [&str; 9] =
    ["230103", "230102", "230104", "230110", "230108", "230109", "230111", "230112", "230113"];

/// The first 17 digits with their check character.
pub fn with_checksum(first_17: &str) -> String {
    let mut number = first_17.to_owned();
    number.extend(identity_checksum(first_17));
    number
}

/// Whether an identity number is one of the demo's.
pub fn is_synthetic_identity(number: &str) -> bool {
    number.get(14..16) == Some("99")
}

/// `number` with one digit of its day of birth or order code miscopied and the check character kept: no longer valid.
pub fn miscopied(dice: &mut Dice, number: &str) -> String {
    let mut bytes = number.as_bytes().to_vec();
    let at = 10 + dice.below(7);
    if let Some(byte) = bytes.get_mut(at) {
        *byte = b'0' + (*byte - b'0' + 1 + u8::try_from(dice.below(8)).unwrap_or(0)) % 10;
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use linli_domain::check::{PhoneKind, identity_number, phone};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_one_day_do_not_repeat_and_all_are_valid() {
        let (mut numbers, mut dice) = (Numbers::default(), Dice::new(3));
        let birth = jiff::civil::date(1960, 2, 29);
        let made: BTreeSet<String> =
            (0..40).map(|_| numbers.identity(&mut dice, &["230103"], birth, Sex::Female)).collect();
        assert_eq!(made.len(), 40);
        for number in made {
            let read = identity_number(&number).unwrap();
            assert_eq!((read.birth, read.sex, is_synthetic_identity(&number)), (birth, Sex::Female, true));
        }
    }

    #[test]
    fn phones_are_read_as_what_they_are() {
        let (mut numbers, mut dice) = (Numbers::default(), Dice::new(3));
        assert_eq!(phone(&numbers.mobile(&mut dice)).unwrap().kind, PhoneKind::Mobile);
    }

    proptest! {
        #[test]
        fn a_miscopied_number_is_never_valid(seed in 0_u64..1000) {
            let (mut numbers, mut dice) = (Numbers::default(), Dice::new(seed));
            let number = numbers.identity(&mut dice, &["230103"], jiff::civil::date(1970, 5, 5), Sex::Male);
            prop_assert!(identity_number(&miscopied(&mut dice, &number)).is_err());
        }
    }
}
