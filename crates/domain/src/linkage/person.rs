//! What is compared.

use jiff::civil::Date;

use crate::check::{self, Sex};

/// A description of a person, normalised by [`crate::check`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonKey {
    /// Name, `·` between the parts of minority names.
    pub name: String,
    /// [`check::pinyin_full`] of the name.
    pub pinyin: String,
    /// Identity number of 18 characters, valid or not.
    pub identity: Option<String>,
    /// Birth date.
    pub birth: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Phone numbers.
    pub phones: Vec<String>,
    /// Whatever tells one household from another: its id, or its normalised address.
    pub household: Option<String>,
}

impl PersonKey {
    /// A person of whom only the name is known.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self { pinyin: check::pinyin_full(&name), name, ..Self::default() }
    }

    /// With an identity number. A valid one is brought to 18 characters and fills birth date and sex where they are not
    /// known; any other is kept as it is, since a wrong digit still tells much.
    pub fn with_identity(mut self, number: &str) -> Self {
        match check::identity_number(number) {
            Ok(read) => {
                self.birth = self.birth.or(Some(read.birth));
                self.sex = self.sex.or(Some(read.sex));
                self.identity = Some(read.number);
            }
            Err(_) => self.identity = Some(number.trim().to_ascii_uppercase()).filter(|text| !text.is_empty()),
        }
        self
    }

    /// With a birth date.
    pub fn with_birth(mut self, birth: Date) -> Self {
        self.birth = Some(birth);
        self
    }

    /// With a sex.
    pub fn with_sex(mut self, sex: Sex) -> Self {
        self.sex = Some(sex);
        self
    }

    /// With one more phone.
    pub fn with_phone(mut self, phone: impl Into<String>) -> Self {
        self.phones.push(phone.into());
        self
    }

    /// With a household.
    pub fn with_household(mut self, household: impl Into<String>) -> Self {
        self.household = Some(household.into());
        self
    }
}
