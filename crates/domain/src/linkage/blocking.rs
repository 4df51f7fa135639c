//! Keys that bring together people who may be the same.

use super::person::PersonKey;

/// Phones beyond these are not worth keys.
const PHONES: usize = 3;

/// The keys of a person, without repeats. Two descriptions are worth comparing if they share one:
///
/// - the identity number as a whole, and four times with one of its segments left out (region, birth date, sequence,
///   check character), so that any wrong digit, and any two swapped within a segment, leave a key in common;
/// - the sound of the name with the birth date, with its day and month alone (a wrong year), with each phone, with the
///   household;
/// - the birth date with the household and with each phone (a name written otherwise).
///
/// They contain sensitive values: hash them with a secret key before they leave memory.
pub fn blocking_keys(person: &PersonKey) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(number) = person.identity.as_deref().filter(|number| number.len() == 18 && number.is_ascii()) {
        let (region, birth, sequence, check) = (&number[..6], &number[6..14], &number[14..17], &number[17..]);
        keys.push(format!("i:{number}"));
        keys.push(format!("i1:{birth}{sequence}{check}"));
        keys.push(format!("i2:{region}{sequence}{check}"));
        keys.push(format!("i3:{region}{birth}{check}"));
        keys.push(format!("i4:{region}{birth}{sequence}"));
    }
    let sound = person.pinyin.as_str();
    if !sound.is_empty() {
        if let Some(birth) = person.birth {
            keys.push(format!("nb:{sound}:{birth}"));
            keys.push(format!("nd:{sound}:{:02}{:02}", birth.month(), birth.day()));
        }
        keys.extend(person.phones.iter().take(PHONES).map(|phone| format!("np:{sound}:{phone}")));
        keys.extend(person.household.iter().map(|household| format!("nh:{sound}:{household}")));
    }
    if let Some(birth) = person.birth {
        keys.extend(person.household.iter().map(|household| format!("bh:{birth}:{household}")));
        keys.extend(person.phones.iter().take(PHONES).map(|phone| format!("bp:{birth}:{phone}")));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
