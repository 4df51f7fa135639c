//! Marked text → blocks: Markdown's headings, paragraphs and bold words, and sentences that stay true when a figure is
//! missing.

use crate::{
    document::{Block, Heading, Run},
    lang::Lang,
};

/// Begins the mark of a piece; the piece's number and [`END`] follow.
const BEGIN: char = '\u{E000}';
/// Ends the mark of a piece.
const END: char = '\u{E001}';

/// What a tag became.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Words within a sentence. `says` is what a sentence about it alone says ("mean age", empty for plain words).
    Run { run: Run, says: String },
    /// A figure that is not known: its label, and why.
    Missing { label: String, reason: String },
    /// Nothing can be said here: the sentence is left out.
    Nothing,
    /// A block of its own.
    Block(Box<Block>),
}

impl Piece {
    /// Plain words.
    pub(super) fn words(text: impl Into<String>) -> Self {
        Self::Run { run: Run::text(text), says: String::new() }
    }
}

/// The mark of piece `index`.
pub(super) fn mark(index: usize) -> String {
    format!("{BEGIN}{index}{END}")
}

/// Words of a template without what would be taken for marks.
pub(super) fn unmarked(text: &str) -> String {
    text.chars().filter(|c| !matches!(*c, BEGIN | END)).collect()
}

enum Item<'a> {
    Words { text: String, strong: bool },
    Piece(&'a Piece),
}

/// Blocks of a marked text.
pub(super) fn blocks(text: &str, pieces: &[Piece], lang: Lang) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim).chain([""]) {
        let heading = line.starts_with('#');
        if (line.is_empty() || heading) && !lines.is_empty() {
            let joined = lines.join(lang.pick("", " "));
            paragraph(&items(&joined, pieces), lang, &mut blocks);
            lines.clear();
        }
        if heading {
            blocks.push(self::heading(line, pieces, lang, blocks.len()));
        } else if !line.is_empty() {
            lines.push(line);
        }
    }
    without_empty_headings(blocks)
}

/// The words of a marked text, for a footnote.
pub(super) fn plain(text: &str, pieces: &[Piece], lang: Lang) -> String {
    let joined: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let runs = sentences(items(&joined.join(lang.pick("", " ")), pieces), lang);
    runs.iter().map(Run::words).collect()
}

fn heading(line: &str, pieces: &[Piece], lang: Lang, order: usize) -> Block {
    let level = line.chars().take_while(|c| *c == '#').count();
    let words = line.trim_start_matches('#').trim();
    let (words, numbered) = words.strip_suffix("{-}").map_or((words, true), |words| (words.trim(), false));
    Block::Heading(Heading {
        level: u8::try_from(level.min(4)).unwrap_or(4),
        text: plain(words, pieces, lang),
        numbered,
        anchor: format!("h-{order}"),
    })
}

/// Splits into words and pieces. `**` begins and ends what stands out.
fn items<'a>(text: &str, pieces: &'a [Piece]) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    let (mut words, mut strong) = (String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            BEGIN => {
                flush(&mut words, strong, &mut items);
                let number: String = characters.by_ref().take_while(|c| *c != END).collect();
                items.extend(number.parse().ok().and_then(|index: usize| pieces.get(index)).map(Item::Piece));
            }
            '*' if characters.peek() == Some(&'*') => {
                characters.next();
                flush(&mut words, strong, &mut items);
                strong = !strong;
            }
            other => words.push(other),
        }
    }
    flush(&mut words, strong, &mut items);
    items
}

fn flush(words: &mut String, strong: bool, items: &mut Vec<Item<'_>>) {
    if !words.is_empty() {
        items.push(Item::Words { text: std::mem::take(words), strong });
    }
}

/// A paragraph, cut where blocks stand in it.
fn paragraph(items: &[Item<'_>], lang: Lang, blocks: &mut Vec<Block>) {
    let mut rest = items;
    while !rest.is_empty() {
        let end = rest.iter().position(|item| matches!(item, Item::Piece(Piece::Block(_)))).unwrap_or(rest.len());
        let (before, after) = rest.split_at(end);
        let words = before.iter().map(|item| match item {
            Item::Words { text, strong } => Item::Words { text: text.clone(), strong: *strong },
            Item::Piece(piece) => Item::Piece(piece),
        });
        let runs = sentences(words.collect(), lang);
        if runs.iter().any(|run| !run.words().trim().is_empty()) {
            blocks.push(Block::Paragraph { runs });
        }
        if let Some(Item::Piece(Piece::Block(block))) = after.first() {
            blocks.push((**block).clone());
        }
        rest = after.get(1..).unwrap_or_default();
    }
}

/// Runs of a paragraph, sentence by sentence.
fn sentences(items: Vec<Item<'_>>, lang: Lang) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut sentence: Vec<Item<'_>> = Vec::new();
    for item in items {
        let Item::Words { text, strong } = item else {
            sentence.push(item);
            continue;
        };
        let mut words = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            words.push(character);
            if ends_sentence(character, characters.peek().copied(), lang) {
                sentence.push(Item::Words { text: std::mem::take(&mut words), strong });
                finish(&mut sentence, lang, &mut runs);
            }
        }
        if !words.is_empty() {
            sentence.push(Item::Words { text: words, strong });
        }
    }
    finish(&mut sentence, lang, &mut runs);
    mend_end(&mut runs, lang);
    merged(runs)
}

fn ends_sentence(character: char, next: Option<char>, lang: Lang) -> bool {
    match lang {
        Lang::Zh => matches!(character, '。' | '；' | '！' | '？'),
        Lang::En => matches!(character, '.' | ';' | '!' | '?') && next.is_none_or(char::is_whitespace),
    }
}

/// Adds a sentence: as it stands when everything in it is known, else what can be said.
fn finish(sentence: &mut Vec<Item<'_>>, lang: Lang, runs: &mut Vec<Run>) {
    let sentence = std::mem::take(sentence);
    let missing = sentence.iter().any(|item| matches!(item, Item::Piece(Piece::Missing { .. })));
    let nothing = sentence.iter().any(|item| matches!(item, Item::Piece(Piece::Nothing)));
    if missing {
        said_instead(&sentence, lang, runs);
    } else if !nothing {
        runs.extend(sentence.into_iter().filter_map(|item| match item {
            Item::Words { text, strong: true } => Some(Run::Strong { text }),
            Item::Words { text, strong: false } => Some(Run::Text { text }),
            Item::Piece(Piece::Run { run, .. }) => Some(run.clone()),
            Item::Piece(_) => None,
        }));
    }
}

/// A sentence in which a figure is missing: each figure that is known with its name, each that is not with the reason.
fn said_instead(sentence: &[Item<'_>], lang: Lang, runs: &mut Vec<Run>) {
    let mut told: Vec<&str> = Vec::new();
    let mut first = true;
    for item in sentence {
        let (label, run) = match item {
            Item::Piece(Piece::Run { run, says }) if !says.is_empty() => (says.as_str(), Some(run)),
            Item::Piece(Piece::Missing { label, .. }) => (label.as_str(), None),
            _ => continue,
        };
        if told.contains(&label) {
            continue;
        }
        told.push(label);
        let comma = if std::mem::take(&mut first) { "" } else { lang.pick("，", ", ") };
        match (item, run) {
            (Item::Piece(Piece::Missing { reason, .. }), _) => {
                let reason = reason.trim_end_matches(['。', '.']);
                let text = match (lang, reason.is_empty()) {
                    (Lang::Zh, true) => format!("{comma}{label}暂无数据"),
                    (Lang::Zh, false) => format!("{comma}{label}暂无数据（{reason}）"),
                    (Lang::En, true) => format!("{comma}{label}: no data"),
                    (Lang::En, false) => format!("{comma}{label}: no data ({reason})"),
                };
                runs.push(Run::text(text));
            }
            (_, Some(run)) => {
                runs.push(Run::text(format!("{comma}{label}{}", lang.pick("为", ": "))));
                runs.push(run.clone());
            }
            _ => {}
        }
    }
    let end = match sentence.last() {
        Some(Item::Words { text, .. }) => text.chars().last(),
        _ => None,
    };
    let end = end.filter(|c| ends_sentence(*c, None, lang)).unwrap_or(if lang == Lang::Zh { '。' } else { '.' });
    runs.push(Run::text(end.to_string()));
}

/// A paragraph does not end in the middle because its last sentence was left out.
fn mend_end(runs: &mut [Run], lang: Lang) {
    if let Some(Run::Text { text } | Run::Strong { text }) = runs.last_mut() {
        let trimmed = text.trim_end().trim_end_matches(['；', '，', '、', ';', ',']);
        if trimmed.len() < text.trim_end().len() {
            *text = format!("{trimmed}{}", lang.pick("。", "."));
        }
    }
}

/// Neighbours of the same kind made one.
fn merged(runs: Vec<Run>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for run in runs {
        match (out.last_mut(), run) {
            (Some(Run::Text { text }), Run::Text { text: more }) => text.push_str(&more),
            (Some(Run::Strong { text }), Run::Strong { text: more }) => text.push_str(&more),
            (_, run) => out.push(run),
        }
    }
    out
}

/// Leaves out headings with nothing under them, so that the numbers close up.
fn without_empty_headings(blocks: Vec<Block>) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::new();
    // From the end: the level of the block that follows; 0 is the end, 9 is content.
    let mut next = 0;
    for block in blocks.into_iter().rev() {
        match &block {
            Block::Heading(heading) if next <= heading.level => {}
            Block::Heading(heading) => {
                next = heading.level;
                kept.push(block);
            }
            Block::PageBreak => kept.push(block),
            _ => {
                next = 9;
                kept.push(block);
            }
        }
    }
    kept.reverse();
    kept
}
