//! Open answers: words and groups, with examples.

use linli_domain::{
    Actor, RecordId,
    survey::{
        Column,
        words::{clusters, keywords},
    },
};
use linli_workbook::ColumnKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answers::Kind,
    export::{Cell, Table},
    segment::words,
    select::{Ask, label, selected},
};
use crate::{Engine, Problem};

/// Words told.
const WORDS: usize = 60;
/// Groups told.
const GROUPS: usize = 20;
/// Examples of a group.
const EXAMPLES: usize = 3;
/// Letters of an example.
const LETTERS: usize = 200;
/// Answers looked at; of more, the newest.
const MOST: usize = 20_000;

/// What open answers say.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TextView {
    /// Question.
    pub name: String,
    /// Label.
    pub label: String,
    /// Answers that say something.
    pub n: u64,
    /// Of these, those looked at: the newest 20,000.
    pub looked_at: u64,
    /// Most telling words.
    pub keywords: Vec<KeywordView>,
    /// Answers that say much the same, the largest group first.
    pub clusters: Vec<ClusterView>,
    /// Answers in no group.
    pub alone: u64,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KeywordView {
    /// Word.
    pub word: String,
    /// Answers it is in.
    pub n: u64,
    /// How telling it is, over all answers (TF-IDF).
    pub weight: f64,
}

/// Answers that say much the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClusterView {
    /// Its most telling words.
    pub label: String,
    /// Answers.
    pub n: u64,
    /// The most typical ones; long numbers hidden.
    pub examples: Vec<String>,
}

/// The words and groups of an open question. Blocks the thread.
pub fn text(engine: &Engine, actor: &Actor, id: RecordId, ask: Ask, question: String) -> Result<TextView, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    let (name, label, n, texts) = engine.store.read_blocking::<_, Problem>(move |tx| {
        let selected = selected(&engine2, tx, &actor, id, &ask)?;
        let asked = selected.question(&question)?;
        let (Column::Text(texts), Kind::Text) = (&asked.column, asked.kind) else {
            return Err(Problem::parameter(
                "question",
                format!("“{question}”不是文字题。"),
                format!("`{question}` is not answered in words."),
            ));
        };
        let said = |row: &&u32| !texts[**row as usize].trim().is_empty();
        let n = selected.rows.iter().filter(said).count();
        let newest = selected.rows.iter().rev().filter(said).take(MOST);
        let found: Vec<Box<str>> = newest.map(|row| texts[*row as usize].clone()).collect();
        Ok((asked.question.name.clone(), label(asked, engine2.lang), n, found))
    })?;
    let cut: Vec<Vec<String>> = texts.iter().map(|text| words(text)).collect();
    let groups = clusters(&cut, GROUPS);
    let grouped: usize = groups.iter().map(|group| group.members.len()).sum();
    let example = |at: usize| hidden(&texts[at]).chars().take(LETTERS).collect::<String>();
    let view = |group: linli_domain::survey::words::Cluster| {
        let mut examples: Vec<String> = Vec::new();
        for at in &group.members {
            let text = example(*at);
            if examples.len() < EXAMPLES && !examples.contains(&text) {
                examples.push(text);
            }
        }
        let label = group.words.join(engine.lang.pick("、", ", "));
        ClusterView { label, n: group.members.len() as u64, examples }
    };
    Ok(TextView {
        name,
        label,
        n: n as u64,
        looked_at: texts.len() as u64,
        keywords: keywords(&cut, WORDS)
            .into_iter()
            .map(|one| KeywordView { word: one.word, n: one.n, weight: one.weight })
            .collect(),
        clusters: groups.into_iter().map(view).collect(),
        alone: (texts.len() - grouped) as u64,
    })
}

/// A text with numbers of seven digits and more hidden: people write phone and identity numbers anywhere.
pub(super) fn hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for sign in text.chars().chain(std::iter::once('\0')) {
        if sign.is_ascii_digit() {
            digits.push(sign);
            continue;
        }
        if digits.len() >= 7 {
            out.push_str(&"*".repeat(digits.len()));
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        if sign != '\0' {
            out.push(sign);
        }
    }
    out
}

impl TextView {
    /// The groups and words as a table.
    pub fn table(&self, engine: &Engine) -> Table {
        let lang = engine.lang;
        let mut table = Table::new(
            &self.label,
            &[
                (lang.pick("类别", "Sort"), ColumnKind::Text),
                (lang.pick("内容", "Words"), ColumnKind::Text),
                (lang.pick("份数", "Answers"), ColumnKind::Number),
                (lang.pick("示例", "Examples"), ColumnKind::Text),
            ],
        );
        for one in &self.clusters {
            table.push(vec![
                Cell::text(lang.pick("相近意见", "Group")),
                Cell::text(&one.label),
                Cell::number(one.n as f64),
                Cell::text(&one.examples.join("\n")),
            ]);
        }
        for one in &self.keywords {
            table.push(vec![
                Cell::text(lang.pick("关键词", "Word")),
                Cell::text(&one.word),
                Cell::number(one.n as f64),
            ]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_may_be_somebodys_are_hidden() {
        assert_eq!(hidden("请回电13812345678,3号楼"), "请回电***********,3号楼");
        assert_eq!(hidden("1234567"), "*******");
        assert_eq!(hidden("2026年"), "2026年");
    }
}
