//! Conditions: `below "x" 80 and not (known "y" or against)`.

use crate::report::{
    lex::What,
    template::{Changed, Comparison, Condition, Movement, Operand, Since},
};

use super::{
    Fault,
    tag::{self, Words},
};

const KNOWN: [&str; 14] = [
    "known", "below", "above", "behind", "reached", "rose", "fell", "better", "worse", "some", "changed", "against",
    "found", "not",
];
/// Deepest nesting of parentheses and `not`.
const DEEPEST: u8 = 24;

/// Reads a condition to its end.
pub(super) fn read(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<Condition> {
    either(words, faults, 0)
}

fn either(words: &mut Words<'_>, faults: &mut Vec<Fault>, depth: u8) -> Option<Condition> {
    let mut left = both(words, faults, depth)?;
    while words.skip("or") {
        left = Condition::Or(Box::new(left), Box::new(both(words, faults, depth)?));
    }
    Some(left)
}

fn both(words: &mut Words<'_>, faults: &mut Vec<Fault>, depth: u8) -> Option<Condition> {
    let mut left = one(words, faults, depth)?;
    while words.skip("and") {
        left = Condition::And(Box::new(left), Box::new(one(words, faults, depth)?));
    }
    Some(left)
}

fn one(words: &mut Words<'_>, faults: &mut Vec<Fault>, depth: u8) -> Option<Condition> {
    if depth > DEEPEST {
        words.fault("report.too_deep", ("条件嵌套太深", "the condition is nested too deeply"), faults);
        return None;
    }
    if words.take(&What::Open) {
        let inner = either(words, faults, depth + 1)?;
        if !words.take(&What::Close) {
            words.fault("report.parenthesis", ("缺少右括号 `)`", "a `)` is missing"), faults);
        }
        return Some(inner);
    }
    let Some(word) = words.word() else {
        words.fault(
            "report.condition",
            ("这里要写条件，如 `below \"…\"`", "a condition is missing, such as `below \"…\"`"),
            faults,
        );
        return None;
    };
    Some(match word.as_str() {
        "not" => Condition::Not(Box::new(one(words, faults, depth + 1)?)),
        "against" => Condition::Against,
        "known" => Condition::Known(words.id(faults)?),
        "below" => compare(words, Comparison::Below, faults)?,
        "above" => compare(words, Comparison::Above, faults)?,
        "behind" => compare(words, Comparison::Behind, faults)?,
        "reached" => compare(words, Comparison::Reached, faults)?,
        "rose" => moved(words, Movement::Rose, faults)?,
        "fell" => moved(words, Movement::Fell, faults)?,
        "better" => moved(words, Movement::Better, faults)?,
        "worse" => moved(words, Movement::Worse, faults)?,
        "some" => Condition::Some(tag::pick(words, faults)?),
        "changed" => Condition::AnyChanged(tag::named(words, ("变化", "change"), &Changed::ALL, faults)?),
        "found" => {
            let name = words.word();
            if name.is_none() {
                words.fault("report.condition", ("要写发现的名字", "name the finding"), faults);
            }
            Condition::Finding(name?)
        }
        other => {
            words.unknown("report.unknown_condition", ("条件", "condition"), other, &KNOWN, faults);
            return None;
        }
    })
}

fn compare(words: &mut Words<'_>, how: Comparison, faults: &mut Vec<Fault>) -> Option<Condition> {
    let id = words.id(faults)?;
    let than = operand(words, faults)?;
    Some(Condition::Compare { id, how, than })
}

fn moved(words: &mut Words<'_>, how: Movement, faults: &mut Vec<Fault>) -> Option<Condition> {
    Some(Condition::Changed { id: words.id(faults)?, how, since: since(words) })
}

/// `since=against`, else since the indicator's base day.
pub(super) fn since(words: &mut Words<'_>) -> Since {
    match words.option("since").as_deref() {
        Some("against") => Since::Against,
        _ => Since::Base,
    }
}

/// A number, a threshold, another figure; the target when none is written.
pub(super) fn operand(words: &mut Words<'_>, faults: &mut Vec<Fault>) -> Option<Operand> {
    if let Some(number) = words.number() {
        return Some(Operand::Number(number));
    }
    if words.skip("threshold") {
        return words.id(faults).map(Operand::Threshold);
    }
    if words.skip("figure") {
        return words.id(faults).map(Operand::Figure);
    }
    Some(Operand::Target)
}
