//! How sensitive values are shown to those who have not asked for them in clear.

/// What kind of value is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MaskKind {
    /// Identity number, passport: first three and last two characters.
    ///
    /// Fewer than the common "first six, last four": the birth date and the community stand beside it on the same page,
    /// and would give most of the hidden digits away.
    Identity,
    /// Phone: `138****5678`, `0451-****5678`.
    Phone,
    /// Address: everything up to the road or estate stays, building, unit and door go.
    Address,
    /// Bank account: the last four digits.
    Account,
    /// Health notes and other free text: nothing is shown.
    Hidden,
    /// Names stay as they are.
    Name,
}

/// The text with its sensitive part replaced by `*`.
pub fn mask(kind: MaskKind, text: &str) -> String {
    match kind {
        MaskKind::Name => text.to_owned(),
        MaskKind::Identity => keep_ends(text, 3, 2),
        MaskKind::Phone => mask_phone(text),
        MaskKind::Account => keep_ends(text, 0, 4),
        MaskKind::Address => mask_address(text),
        MaskKind::Hidden if text.is_empty() => String::new(),
        MaskKind::Hidden => "****".to_owned(),
    }
}

/// Keeps both ends; a text too short to hide at least as much as it shows is hidden whole.
fn keep_ends(text: &str, head: usize, tail: usize) -> String {
    let length = text.chars().count();
    if length < 2 * (head + tail) {
        return "*".repeat(length);
    }
    text.chars().enumerate().map(|(at, c)| if at < head || at >= length - tail { c } else { '*' }).collect()
}

fn mask_phone(text: &str) -> String {
    if let Some((area, local)) = text.split_once('-').filter(|(area, _)| area.starts_with('0') && area.len() <= 4) {
        let subscriber = local.split('-').next().unwrap_or_default();
        return format!("{area}-{}{}", "*".repeat(4), last(subscriber, 4));
    }
    let length = text.chars().count();
    match length {
        0..=5 => "*".repeat(length),
        6..=8 => text.chars().enumerate().map(|(at, c)| if at + 4 >= length { c } else { '*' }).collect(),
        _ => {
            text.chars().enumerate().map(|(at, c)| if at < length - 8 || at + 4 >= length { c } else { '*' }).collect()
        }
    }
}

fn last(text: &str, count: usize) -> String {
    let length = text.chars().count();
    if length < 2 * count - 1 { String::new() } else { text.chars().skip(length - count).collect() }
}

fn mask_address(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // The first number in an address is the door, building or unit; without one the second half goes.
    let shown = text.chars().position(|c| c.is_numeric()).unwrap_or(text.chars().count() / 2);
    text.chars().take(shown).collect::<String>() + "****"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_shows_its_convention() {
        for (kind, text, shown) in [
            (MaskKind::Identity, "11010519491231002X", "110*************2X"),
            (MaskKind::Identity, "E1234", "*****"),
            (MaskKind::Phone, "13812345678", "138****5678"),
            (MaskKind::Phone, "0451-82345678", "0451-****5678"),
            (MaskKind::Phone, "12345", "*****"),
            (MaskKind::Account, "6222021234567890", "************7890"),
            (MaskKind::Address, "中山路12号3栋", "中山路****"),
            (MaskKind::Hidden, "糖尿病", "****"),
            (MaskKind::Name, "张三", "张三"),
            (MaskKind::Identity, "", ""),
        ] {
            assert_eq!(mask(kind, text), shown);
        }
    }

    proptest! {
        #[test]
        fn no_mask_panics_or_shows_all(text in "\\PC{6,30}") {
            for kind in [MaskKind::Identity, MaskKind::Phone, MaskKind::Account, MaskKind::Address, MaskKind::Hidden] {
                prop_assert!(mask(kind, &text).contains('*'));
            }
        }
    }
}
