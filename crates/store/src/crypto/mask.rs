//! How a sensitive value is shown to those who have not asked for it in clear.

use linli_domain::{
    FieldKind,
    check::{MaskKind, mask},
};

/// The mask of a value of a field.
pub(crate) fn masked(kind: &FieldKind, clear: &str) -> String {
    let kind = match kind {
        FieldKind::IdentityNumber | FieldKind::CreditCode => MaskKind::Identity,
        FieldKind::Phone => MaskKind::Phone,
        FieldKind::Address => MaskKind::Address,
        FieldKind::PersonName => return initial(clear),
        _ => MaskKind::Hidden,
    };
    mask(kind, clear)
}

/// `张三丰` → `张**`: a name that is sensitive shows its first character.
fn initial(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| std::iter::once(first).chain(letters.map(|_| '*')).collect()).unwrap_or_default()
}
