//! Pinyin initials of place names. A place is not read as a surname, and a few places have readings of their own.

use linli_domain::check;

/// Characters whose reading in place names differs from their first one in the dictionary.
const PLACES: &[(&str, &str)] = &[("重庆", "cq"), ("厦门", "xm"), ("长", "c"), ("蚌埠", "bb"), ("大厦", "ds")];

/// First letters of a place's name: `长春市` → `ccs`.
pub(crate) fn initials(name: &str) -> String {
    let mut initials = String::with_capacity(name.len() / 3);
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        if let Some((place, letters)) = PLACES.iter().find(|(place, _)| rest.starts_with(place)) {
            initials.push_str(letters);
            rest = &rest[place.len()..];
        } else {
            // A character before it keeps the first one from being read as a surname.
            let read = check::pinyin_initials(&format!("一{c}"));
            initials.extend(read.chars().skip(1));
            rest = &rest[c.len_utf8()..];
        }
    }
    initials
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn places_are_not_surnames() {
        for (name, letters) in
            [("长春市", "ccs"), ("重庆市", "cqs"), ("哈尔滨市", "hebs"), ("单县", "dx"), ("101国道", "101gd")]
        {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
