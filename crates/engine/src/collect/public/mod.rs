//! Public questionnaires: links that people answer without an account. Whoever holds a token may see the form and answer
//! it, nothing else: no register is read or written, no answer is ever shown back.
//!
//! | file | what for |
//! |---|---|
//! | `link` | links of a form: make, list, change |
//! | `state` | whether a link takes answers, and what to say when not |
//! | `sheet` | printable pages of QR codes, lists of one-time links |
//! | `limit` | how often an address or a token may ask |
//! | `open` | a token → the questionnaire and its files |
//! | `draft` | save and continue |
//! | `submit` | an answer arrives |

mod draft;
mod limit;
mod link;
mod open;
mod sheet;
mod state;
mod submit;

pub use draft::{DraftInput, KEPT_SECONDS as DRAFT_SECONDS, SavedDraft, save};
pub use limit::Limiter;
pub(crate) use limit::Rate;
pub use link::{LinkChange, LinkView, NewLink, change, create, list};
pub(crate) use link::{address as link_address, drawing, keep as keep_link, tokens as link_tokens};
pub(crate) use open::count_call;
pub use open::{DraftView, PublicFile, PublicView, file, open};
pub use sheet::{LinkSheet, SheetFormat, begin as begin_sheet};
pub use state::LinkState;
pub(super) use state::{full, no_link, refuse_unless_open, used};
pub(super) use submit::reference;
pub use submit::{Thanks, admit, submit};

/// Name answers through public links are listed under.
const NAME: &str = "公开问卷";

/// Symbols of codes that people type: no I, L, O, U (Crockford's Base32).
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Five bits a symbol, in fours with `-` between.
pub(crate) fn code(bytes: &[u8], symbols: usize) -> String {
    let mut out = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    let mut bytes = bytes.iter();
    for at in 0..symbols {
        if bits < 5 {
            held = (held << 8) | u32::from(bytes.next().copied().unwrap_or_default());
            bits += 8;
        }
        bits -= 5;
        if at > 0 && at % 4 == 0 {
            out.push('-');
        }
        out.push(char::from(SYMBOLS[(held >> bits & 31) as usize]));
        held &= (1 << bits) - 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_five_bits_a_symbol() {
        assert_eq!(code(&[0xff; 5], 8), "ZZZZ-ZZZZ");
        assert_eq!(code(&[0, 0, 0, 0, 1], 8), "0000-0001");
        assert_ne!(code(&[1, 2, 3, 4, 5], 8), code(&[1, 2, 3, 4, 6], 8));
    }
}
