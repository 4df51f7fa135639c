//! Tags without a body, and the words that tags are made of.

use strsim::jaro_winkler;

use crate::{
    document::ChartKind,
    report::{
        lex::{Token, What},
        template::{Changed, ChartSpec, Operand, Part, Pick, Shows, TableSpec, Tag, Which},
    },
};

use super::{Fault, condition};

const KNOWN: [&str; 21] = [
    "figure",
    "trend",
    "lowest",
    "highest",
    "behind",
    "below",
    "above",
    "areas",
    "count",
    "param",
    "name",
    "place",
    "as_of",
    "against",
    "table",
    "chart",
    "changes",
    "definitions",
    "responses",
    "contents",
    "page",
];
const KINDS: [(&str, ChartKind); 4] =
    [("column", ChartKind::Column), ("bar", ChartKind::Bar), ("line", ChartKind::Line), ("ring", ChartKind::Ring)];
/// Most rows, areas or names that a tag may ask for.
const MOST: f64 = 200.0;

/// The words of a tag, taken from left to right; options may stand anywhere.
pub(super) struct Words<'a> {
    words: Vec<&'a Token>,
    at: (u32, u32),
    end: u32,
}

impl<'a> Words<'a> {
    pub(super) fn new(tokens: &'a [Token], at: (u32, u32)) -> Self {
        Self { words: tokens.iter().collect(), at, end: 0 }
    }

    fn place(&self) -> (u32, u32) {
        (self.at.0, self.at.1 + self.words.first().map_or(self.end, |token| token.column))
    }

    fn next(&mut self) -> Option<&'a What> {
        let first = (!self.words.is_empty()).then(|| self.words.remove(0))?;
        self.end = first.column + 1;
        Some(&first.what)
    }

    /// Takes the next word if it is exactly `what`.
    pub(super) fn take(&mut self, what: &What) -> bool {
        let found = self.words.first().is_some_and(|token| token.what == *what);
        if found {
            self.next();
        }
        found
    }

    /// Takes the next word if it is `word`.
    pub(super) fn skip(&mut self, word: &str) -> bool {
        self.take(&What::Word(word.to_owned()))
    }

    /// The next word, if it is a bare one.
    pub(super) fn word(&mut self) -> Option<String> {
        match self.words.first().map(|token| &token.what) {
            Some(What::Word(word)) => {
                self.next();
                Some(word.clone())
            }
            _ => None,
        }
    }

    /// The next word, if it is a number.
    pub(super) fn number(&mut self) -> Option<f64> {
        match self.words.first().map(|token| &token.what) {
            Some(What::Number(number)) => {
                self.next();
                Some(*number)
            }
            _ => None,
        }
    }

    fn quoted(&mut self) -> Option<String> {
        match self.words.first().map(|token| &token.what) {
            Some(What::Quoted(text)) => {
                self.next();
                Some(text.clone())
            }
            _ => None,
        }
    }

    /// The next word, which must be a name in quotes.
    pub(super) fn id(&mut self, faults: &mut Vec<Fault>) -> Option<String> {
        let id = self.quoted();
        if id.is_none() {
            self.fault(
                "report.figure",
                (
                    "这里要写加引号的指标名，如 \"party/coverage\"",
                    "an indicator in quotes is missing, such as \"party/coverage\"",
                ),
                faults,
            );
        }
        id
    }

    /// The option `key`, wherever it stands.
    pub(super) fn option(&mut self, key: &str) -> Option<String> {
        let at = self.words.iter().position(|token| matches!(&token.what, What::Option(name, _) if name == key))?;
        match &self.words.remove(at).what {
            What::Option(_, value) => Some(value.clone()),
            _ => None,
        }
    }

    fn limit(&mut self, faults: &mut Vec<Fault>) -> Option<usize> {
        let text = self.option("limit")?;
        let limit = text.parse().ok().filter(|n| (1..=200).contains(n));
        if limit.is_none() {
            self.fault(
                "report.number",
                ("`limit` 是 1 到 200 的整数", "`limit` is a whole number from 1 to 200"),
                faults,
            );
        }
        limit
    }

    /// A fault at the next word.
    pub(super) fn fault(&self, code: &'static str, (zh, en): (&str, &str), faults: &mut Vec<Fault>) {
        faults.push(Fault::error(code, self.place(), zh.to_owned(), en.to_owned()));
    }

    /// An unknown word, with the known one that looks most like it.
    pub(super) fn unknown(
        &self,
        code: &'static str,
        (zh, en): (&str, &str),
        found: &str,
        known: &[&str],
        faults: &mut Vec<Fault>,
    ) {
        let fault = Fault::error(code, self.at, format!("没有{zh} `{found}`"), format!("there is no {en} `{found}`"));
        let help = match closest(found, known.iter().copied()) {
            Some(close) => format!("`{close}`"),
            None => known.join(", "),
        };
        faults.push(fault.with(help.clone(), help));
    }

    /// Throws the rest away.
    pub(super) fn drain(&mut self) {
        self.words.clear();
    }

    /// Names what nobody took.
    pub(super) fn finish(&self, faults: &mut Vec<Fault>) {
        if let Some(token) = self.words.first() {
            let written = match &token.what {
                What::Word(word) | What::Quoted(word) => word.clone(),
                What::Number(number) => number.to_string(),
                What::Option(key, _) => format!("{key}="),
                What::Open => "(".to_owned(),
                What::Close => ")".to_owned(),
            };
            let message = (format!("多出来的 `{written}`"), format!("`{written}` is too much here"));
            faults.push(Fault::error("report.too_much", self.place(), message.0, message.1));
        }
    }
}

/// The one of `known` that looks most like `found`, if one does.
pub(crate) fn closest<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let scored = known.into_iter().map(|name| (jaro_winkler(found, name), name)).filter(|(score, _)| *score > 0.8);
    scored.max_by(|(left, _), (right, _)| left.total_cmp(right)).map(|(_, name)| name)
}

/// One of the words `all`.
pub(super) fn named<T: Copy>(
    words: &mut Words<'_>,
    what: (&str, &str),
    all: &[(&str, T)],
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let word = words.word().unwrap_or_default();
    pick_named(words, what, &word, all, faults)
}

fn pick_named<T: Copy>(
    words: &Words<'_>,
    what: (&str, &str),
    word: &str,
    all: &[(&str, T)],
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let found = all.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    if found.is_none() {
        let known: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        words.unknown("report.unknown_word", what, word, &known, faults);
    }
    found
}

/// Reads the tag that begins with `first`.
pub(super) fn read(first: &str, words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<Tag> {
    if let Some((_, which)) = Which::ALL.iter().find(|(name, which)| *name == first && *which != Which::All) {
        let pick = pick_of(*which, words, faults)?;
        return Some(Tag::Names { pick, values: !words.skip("bare") });
    }
    Some(match first {
        "figure" => figure(words, faults)?,
        "trend" => Tag::Trend { id: words.id(faults)?, since: condition::since(words) },
        "count" => count(words, faults)?,
        "param" => Tag::Param(words.quoted().or_else(|| words.word()).unwrap_or_default()),
        "name" => Tag::Name,
        "place" => Tag::Place,
        "as_of" => Tag::AsOf,
        "against" => Tag::Against,
        "table" => Tag::Table(table(words, faults)?),
        "chart" => Tag::Chart(chart(words, faults)?),
        "changes" => Tag::Changes(named(words, ("变化", "change"), &Changed::ALL, faults)?),
        "definitions" => Tag::Definitions,
        "responses" => Tag::Responses(ids(words, faults)),
        "contents" => Tag::Contents,
        "page" => Tag::PageBreak,
        other => {
            words.unknown("report.unknown_tag", ("标签", "tag"), other, &KNOWN, faults);
            words.drain();
            return None;
        }
    })
}

fn figure(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<Tag> {
    let id = words.id(faults)?;
    let part = match words.option("of") {
        Some(of) => pick_named(words, ("部分", "part"), &of, &Part::ALL, faults)?,
        None => Part::Value,
    };
    Some(Tag::Figure { id, part, bare: words.skip("bare") })
}

fn count(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<Tag> {
    if words.skip("findings") {
        return Some(Tag::CountFindings);
    }
    if words.skip("changed") {
        return named(words, ("变化", "change"), &Changed::ALL, faults).map(Tag::CountChanged);
    }
    pick(words, faults).map(Tag::Count)
}

/// `lowest "x" 3`, `behind "x"`, `below "x" 10 limit=5`, `areas`.
pub(super) fn pick(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<Pick> {
    let which = named(words, ("选择方式", "choice of areas"), &Which::ALL, faults)?;
    pick_of(which, words, faults)
}

fn pick_of(which: Which, words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<Pick> {
    if which == Which::All {
        let limit = words.limit(faults);
        return Some(Pick { which, id: String::new(), than: Operand::Target, limit });
    }
    let id = words.id(faults)?;
    let limit = words.limit(faults);
    if matches!(which, Which::Lowest | Which::Highest) {
        let number = words.number().unwrap_or(3.0);
        if !(1.0..=MOST).contains(&number) || number.fract() != 0.0 {
            words.fault(
                "report.number",
                ("个数是 1 到 200 的整数", "how many is a whole number from 1 to 200"),
                faults,
            );
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 1 to 200")]
        return Some(Pick { which, id, than: Operand::Target, limit: Some(number as usize) });
    }
    let than = condition::operand(words, faults)?;
    Some(Pick { which, id, than, limit })
}

fn ids(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Vec<String> {
    let ids: Vec<String> = std::iter::from_fn(|| words.quoted()).collect();
    if ids.is_empty() {
        words.fault("report.figure", ("这里要写加引号的指标名", "an indicator in quotes is missing"), faults);
    }
    ids
}

fn caption(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> String {
    words.option("caption").unwrap_or_else(|| {
        words.fault(
            "report.caption",
            ("图表要有标题 `caption=\"…\"`", "a table or chart has a title, `caption=\"…\"`"),
            faults,
        );
        String::new()
    })
}

fn table(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<TableSpec> {
    let (caption, limit) = (caption(words, faults), words.limit(faults));
    let by_area = named(words, ("表的行", "kind of rows"), &[("areas", true), ("figures", false)], faults)?;
    Some(TableSpec { by_area, ids: ids(words, faults), caption, limit })
}

fn chart(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<ChartSpec> {
    let (caption, limit) = (caption(words, faults), words.limit(faults));
    let kind = match words.option("kind") {
        Some(kind) => Some(pick_named(words, ("图形", "kind of chart"), &kind, &KINDS, faults)?),
        None => None,
    };
    let shows = match words.word().as_deref() {
        Some("areas") => Shows::Areas,
        Some("figures") => Shows::Figures,
        Some("base") => Shows::Base,
        Some("spread") => match words.option("field") {
            Some(field) => Shows::Spread(field),
            None => {
                words.fault("report.field", ("分布图要写 `field=`", "a distribution needs `field=`"), faults);
                return None;
            }
        },
        Some("months") => Shows::Months(words.option("n").and_then(|n| n.parse().ok()).unwrap_or(12)),
        other => {
            let known = ["areas", "figures", "base", "spread", "months"];
            words.unknown(
                "report.unknown_word",
                ("图的内容", "content of a chart"),
                other.unwrap_or_default(),
                &known,
                faults,
            );
            words.drain();
            return None;
        }
    };
    Some(ChartSpec { shows, ids: ids(words, faults), kind, caption, limit })
}
