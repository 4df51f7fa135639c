//! Are these two descriptions the same person? Ledgers name people already known with a digit wrong, a homophone for a
//! character, an old address or no identity number at all; such pairs are found, scored and *offered*, never merged
//! silently.
//!
//! Three steps, all pure:
//! 1. [`blocking_keys`] — a few selective keys per person; only people who share a key are compared at all. The keys
//!    hold identity numbers and phones: **the caller hashes them with its keyed hash before storing or sending them.**
//! 2. [`compare`] — evidence for and against, field by field, in the manner of Fellegi and Sunter: each field adds the
//!    binary logarithm of how much likelier its agreement is for one person than for two.
//! 3. [`decide`] — [`Decision::Same`] only for an equal, valid identity number with a compatible name; everything else with
//!    even odds or better is [`Decision::Likely`] and a person decides.
//!
//! # Weights (bits; ± for and against)
//!
//! They are set by hand for one city's registers: a candidate found by a blocking key is the same person about once in
//! a thousand ([`weights::PRIOR`]). The table is [`weights`]; the reasons of a score repeat what was added.
//!
//! | field | agreement | bits |
//! |---|---|---|
//! | identity number | equal / equal but not valid / one digit wrong or two swapped, one side failing the check / two wrong | +20 / +10 / +10 / +3 |
//! | | both valid and unlike / both valid, two digits apart (twins) / unlike, one failing the check | −14 / −12 / −8 |
//! | name | equal / same sound / nearly the same sound / one a part of the other (three characters and more: +2) | +7 / +4.5 / +2 / +2 |
//! | | same given name, other surname / one character differs (siblings!) / unlike | −1 / −2 / −8 |
//! | birth date | equal / day and month swapped / one digit wrong / same day of another year / same year, 1 January | +10 / +6 / +5 / +4 / +3 |
//! | | unlike | −7 |
//! | sex | same / different | +1 / −4 |
//! | phone | one in common / none | +6 / −0.5 |
//! | household | same / different | +5 / −1 |
//!
//! A field that either side does not know adds nothing. With equal identity numbers, birth date and sex add nothing:
//! the number already contains them.

mod birth;
mod blocking;
mod identity;
mod names;
mod person;
mod score;
pub mod weights;

pub use blocking::blocking_keys;
pub use identity::IdentityAgreement;
pub use names::NameAgreement;
pub use person::PersonKey;
pub use score::{Decision, Reason, Score, compare, decide};

#[cfg(test)]
mod tests;
