//! Reading dirty office text: each function takes what somebody typed, pasted or what Excel made of it, and returns a
//! typed value with notes, or a [`CheckError`] that says what is wrong and what to write instead.
//!
//! All functions are pure and total: no clock (the caller refuses births in the future with [`refuse_future`]), no
//! panics whatever the input. Messages never repeat a whole identity number or phone.
//!
//! | function | reads |
//! |---|---|
//! | [`identity_number`] | GB 11643 numbers of 18 or 15 digits; permits of residents from Hong Kong, Macao, Taiwan; foreigners' cards |
//! | [`passport`] | passports and travel permits, permissively |
//! | [`credit_code`] | GB 32100 unified social credit codes |
//! | [`phone`], [`phones`] | mobiles, landlines, service and foreign numbers; several in one cell |
//! | [`person_name`] | names with odd spaces, dots, brackets, rare characters |
//! | [`pinyin_full`], [`pinyin_initials`] | search keys, with surname readings |
//! | [`date`] | days, months and years in the ways offices write them, Excel serials |
//! | [`number`], [`integer`], [`decimal`], [`money`] | quantities with separators, units, 万 |
//! | [`yes_no`], [`choice`] | marks and code lists |
//! | [`text`], [`long_text`], [`is_blank`] | plain text |
//! | [`mask`] | how a sensitive value is shown |

mod choice;
mod clean;
mod credit;
mod date;
mod finding;
mod identity;
mod mask;
mod name;
mod number;
mod phone;
mod pinyin;

pub use choice::{Choice, ChoiceBy, ChoiceList, ChoiceOption, choice, yes_no};
pub use clean::{fold_width, is_blank, long_text, text};
pub use credit::{CreditCode, credit_code};
pub use date::{FlexDate, Precision, date, refuse_future};
pub use finding::{CheckError, Note};
pub use identity::{IdentityKind, IdentityNumber, Sex, identity_checksum, identity_number, passport};
pub use mask::{MaskKind, mask};
pub use name::{PersonName, person_name};
pub use number::{Number, decimal, integer, money, number};
pub use phone::{Phone, PhoneKind, phone, phones};
pub use pinyin::{pinyin_full, pinyin_initials, pinyin_syllables};
