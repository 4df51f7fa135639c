//! The evidence each agreement is worth, in bits.

/// Odds that a candidate found by a blocking key is the same person, before any field is looked at.
pub const PRIOR: f64 = -10.0;
/// At least this probability is worth a person's decision.
pub const LIKELY: f64 = 0.5;

/// Equal identity numbers.
pub const IDENTITY_EXACT: f64 = 20.0;
/// Equal, but not valid as an identity number.
pub const IDENTITY_EXACT_UNCHECKED: f64 = 10.0;
/// One digit wrong, two neighbours swapped, or rounded by Excel; at least one side fails the check.
pub const IDENTITY_DAMAGED: f64 = 10.0;
/// Two digits wrong; at least one side fails the check.
pub const IDENTITY_TWO_WRONG: f64 = 3.0;
/// Unlike, but one side fails the check.
pub const IDENTITY_UNLIKE: f64 = -8.0;
/// Both valid and two digits apart: twins have such numbers, and no single slip leads from one to the other.
pub const IDENTITY_NEIGHBOURS: f64 = -12.0;
/// Both valid and unlike.
pub const IDENTITY_CONTRADICTS: f64 = -14.0;

/// Equal names of two characters.
pub const NAME_EXACT: f64 = 7.0;
/// Other characters, same sound: 张丽, 张莉.
pub const NAME_HOMOPHONE: f64 = 4.5;
/// Nearly the same sound: zh/z, n/l, ng/n, or one letter.
pub const NAME_SOUNDS_NEAR: f64 = 2.0;
/// One is a part of the other: 艾力, 买买提·艾力.
pub const NAME_PART: f64 = 2.0;
/// Added to an agreement of names of three characters and more, which repeat less.
pub const NAME_LONG: f64 = 2.0;
/// Same given name, other surname (children take the other parent's).
pub const NAME_OTHER_SURNAME: f64 = -1.0;
/// One character differs: brothers and sisters share the others.
pub const NAME_ONE_CHARACTER: f64 = -2.0;
/// Unlike.
pub const NAME_UNLIKE: f64 = -8.0;

/// Same day.
pub const BIRTH_EXACT: f64 = 10.0;
/// Day and month swapped.
pub const BIRTH_SWAPPED: f64 = 6.0;
/// One digit of yyyymmdd differs.
pub const BIRTH_ONE_DIGIT: f64 = 5.0;
/// Same day of another year.
pub const BIRTH_OTHER_YEAR: f64 = 4.0;
/// Same year, one side 1 January: somebody knew only the year.
pub const BIRTH_ONLY_YEAR: f64 = 3.0;
/// Unlike.
pub const BIRTH_UNLIKE: f64 = -7.0;

/// Same sex.
pub const SEX_SAME: f64 = 1.0;
/// Different sex.
pub const SEX_DIFFERENT: f64 = -4.0;
/// A phone in common; families share phones too.
pub const PHONE_SHARED: f64 = 6.0;
/// Both have phones, none in common.
pub const PHONE_NONE: f64 = -0.5;
/// Same household.
pub const HOUSEHOLD_SAME: f64 = 5.0;
/// Different households; people move.
pub const HOUSEHOLD_DIFFERENT: f64 = -1.0;
