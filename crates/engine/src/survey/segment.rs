//! Chinese text → words, by jieba's method with the 105,000 commonest words of its dictionary (MIT licence).

use std::{
    io::{BufReader, Cursor},
    sync::OnceLock,
};

use flate2::read::GzDecoder;
use jieba_rs::Jieba;

/// `word frequency`, a line each.
const DICTIONARY: &[u8] = include_bytes!("../../data/words.txt.gz");

fn jieba() -> &'static Jieba {
    static READY: OnceLock<Jieba> = OnceLock::new();
    READY.get_or_init(|| {
        let mut lines = BufReader::new(GzDecoder::new(Cursor::new(DICTIONARY)));
        // Without its dictionary it still separates signs and Latin words; a test keeps the dictionary readable.
        Jieba::with_dict(&mut lines).unwrap_or_else(|_| Jieba::empty())
    })
}

/// The words of a text, in small letters.
pub(super) fn words(text: &str) -> Vec<String> {
    jieba()
        .cut(text, true)
        .into_iter()
        .map(|token| token.word.trim().to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_into_words() {
        let cut = words("小区停车位太少");
        assert!(cut.contains(&"小区".to_owned()) && cut.contains(&"停车位".to_owned()), "{cut:?}");
        let cut = words("希望加装电梯,方便老年人 OK");
        assert!(["加装", "电梯", "老年人", "ok"].iter().all(|word| cut.contains(&(*word).to_owned())), "{cut:?}");
        assert_eq!(words(""), [] as [String; 0]);
    }
}
