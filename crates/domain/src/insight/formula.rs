//! Arithmetic of indicators: `100 * (now_n / now_d - then_n / then_d)`.
//!
//! Names are measures, parameters, or other indicators written with their pack (`network/communities`, without spaces;
//! a quotient of two names is written with spaces). Numbers are double precision: figures are read by people, and every
//! operand is an exact count or sum. What is not known makes the whole unknown, and so does a division by zero.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::lang::Label;

/// Deepest nesting.
const DEPTH: usize = 32;
/// Longest text, in bytes.
const LENGTH: usize = 1000;

/// A formula whose text has been read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// A constant.
    Number(f64),
    /// A word to compare a choice with.
    Word(String),
    /// A measure, a parameter, or an indicator (with `/`).
    Name(String),
    /// `-a`
    Negate(Box<Formula>),
    /// `a + b` and the like.
    Binary(Op, Box<Formula>, Box<Formula>),
    /// `min(a, b, …)`, `max(a, b, …)`, `abs(a)`, `round(a)`.
    Call(Function, Vec<Formula>),
    /// `condition ? a : b`; a condition that is not known gives nothing.
    If(Box<Formula>, Box<Formula>, Box<Formula>),
}

/// Operations with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; by zero it is nothing.
    Divide,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// Functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// Without its sign.
    Abs,
    /// To a whole number, halves away from zero.
    Round,
}

/// What a name or a part is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A number.
    Number(f64),
    /// A word: the value of a choice.
    Word(String),
}

/// What cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaError {
    /// Byte offset in the text.
    pub at: usize,
    /// What is wrong.
    pub message: Label,
}

impl Formula {
    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        if text.len() > LENGTH {
            return Err(error(LENGTH, "公式太长", "the formula is too long"));
        }
        let mut reader = Reader { tokens: tokens(text)?, next: 0, end: text.len() };
        let formula = reader.ternary(0)?;
        match reader.tokens.get(reader.next) {
            None => Ok(formula),
            Some((at, _)) => {
                Err(error(*at, "这里应当结束或写运算符", "the formula should end here, or go on with an operator"))
            }
        }
    }

    /// Its names, each once.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![self];
        while let Some(part) = waiting.pop() {
            match part {
                Self::Name(name) => drop(found.insert(name.as_str())),
                Self::Number(_) | Self::Word(_) => {}
                Self::Negate(a) => waiting.push(a),
                Self::Binary(_, a, b) => waiting.extend([&**a, b]),
                Self::Call(_, parts) => waiting.extend(parts),
                Self::If(a, b, c) => waiting.extend([&**a, b, c]),
            }
        }
        found
    }

    /// Its value, when `known` says what every name it needs is worth. Never infinite, never NaN.
    pub fn value(&self, known: &dyn Fn(&str) -> Option<Term>) -> Option<f64> {
        match self.term(known)? {
            Term::Number(number) => number.is_finite().then_some(number),
            Term::Word(_) => None,
        }
    }

    fn term(&self, known: &dyn Fn(&str) -> Option<Term>) -> Option<Term> {
        Some(Term::Number(match self {
            Self::Number(number) => *number,
            Self::Word(word) => return Some(Term::Word(word.clone())),
            Self::Name(name) => return known(name),
            Self::Negate(inner) => -inner.value(known)?,
            Self::Binary(op, left, right) => return binary(*op, left.term(known)?, right.term(known)?),
            Self::Call(function, parts) => {
                let mut values = Vec::with_capacity(parts.len());
                for part in parts {
                    values.push(part.value(known)?);
                }
                match function {
                    Function::Min => values.into_iter().reduce(f64::min)?,
                    Function::Max => values.into_iter().reduce(f64::max)?,
                    Function::Abs => values.first()?.abs(),
                    Function::Round => values.first()?.round(),
                }
            }
            Self::If(condition, then, otherwise) => {
                let chosen = if condition.value(known)? == 0.0 { otherwise } else { then };
                return chosen.term(known);
            }
        }))
    }
}

fn binary(op: Op, left: Term, right: Term) -> Option<Term> {
    let (left, right) = match (left, right) {
        (Term::Number(left), Term::Number(right)) => (left, right),
        (left, right) => {
            let same = left == right;
            return match op {
                Op::Equal => Some(Term::Number(f64::from(u8::from(same)))),
                Op::NotEqual => Some(Term::Number(f64::from(u8::from(!same)))),
                _ => None,
            };
        }
    };
    let truth = |holds: bool| f64::from(u8::from(holds));
    let value = match op {
        Op::Add => left + right,
        Op::Subtract => left - right,
        Op::Multiply => left * right,
        Op::Divide if right == 0.0 => return None,
        Op::Divide => left / right,
        Op::Equal => truth(left == right),
        Op::NotEqual => truth(left != right),
        Op::Less => truth(left < right),
        Op::AtMost => truth(left <= right),
        Op::Greater => truth(left > right),
        Op::AtLeast => truth(left >= right),
    };
    value.is_finite().then_some(Term::Number(value))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 16] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "?", ":", "%"];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FormulaError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if c.is_ascii_digit() {
            let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest[..length].parse().map_err(|_| error(at, "数字写法有误", "this is not a number"))?;
            found.push((at, Token::Number(number)));
            at += length;
        } else if c.is_ascii_alphabetic() || c == '_' {
            let length = name_length(rest);
            found.push((at, Token::Name(rest[..length].to_owned())));
            at += length;
        } else if c == '"' || c == '\'' {
            let inner = &rest[1..];
            let end = inner.find(c).ok_or_else(|| error(at, "引号没有配对", "the quote is not closed"))?;
            found.push((at, Token::Word(inner[..end].to_owned())));
            at += end + 2;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign) && **sign != "%") {
            found.push((at, Token::Sign(sign)));
            at += sign.len();
        } else {
            let message = (format!("公式中不能写“{c}”"), format!("\"{c}\" cannot stand in a formula"));
            return Err(error(at, message.0, message.1));
        }
    }
    Ok(found)
}

/// A name, with its pack when `/` and another letter follow at once.
fn name_length(text: &str) -> usize {
    let word = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let first = word(text);
    match text[first..].strip_prefix('/') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') => first + 1 + word(rest),
        _ => first,
    }
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
}

impl Reader {
    fn place(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn take(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        match self.tokens.get(self.next) {
            Some((_, Token::Sign(sign))) if signs.contains(sign) => {
                self.next += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), FormulaError> {
        let at = self.place();
        match self.take(&[sign]) {
            Some(_) => Ok(()),
            None => Err(error(at, format!("这里缺少“{sign}”"), format!("\"{sign}\" is missing here"))),
        }
    }

    fn ternary(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        if depth > DEPTH {
            return Err(error(self.place(), "嵌套太深，请拆成几个指标", "nested too deep; split it into several"));
        }
        let condition = self.comparison(depth)?;
        if self.take(&["?"]).is_none() {
            return Ok(condition);
        }
        let then = self.ternary(depth + 1)?;
        self.expect(":")?;
        let otherwise = self.ternary(depth + 1)?;
        Ok(Formula::If(Box::new(condition), Box::new(then), Box::new(otherwise)))
    }

    fn comparison(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        let left = self.sum(depth)?;
        let Some(sign) = self.take(&["==", "!=", "<=", ">=", "<", ">"]) else { return Ok(left) };
        let op = match sign {
            "==" => Op::Equal,
            "!=" => Op::NotEqual,
            "<=" => Op::AtMost,
            ">=" => Op::AtLeast,
            "<" => Op::Less,
            _ => Op::Greater,
        };
        Ok(Formula::Binary(op, Box::new(left), Box::new(self.sum(depth)?)))
    }

    fn sum(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        let mut left = self.product(depth)?;
        while let Some(sign) = self.take(&["+", "-"]) {
            let op = if sign == "+" { Op::Add } else { Op::Subtract };
            left = Formula::Binary(op, Box::new(left), Box::new(self.product(depth)?));
        }
        Ok(left)
    }

    fn product(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        let mut left = self.one(depth)?;
        while let Some(sign) = self.take(&["*", "/"]) {
            let op = if sign == "*" { Op::Multiply } else { Op::Divide };
            left = Formula::Binary(op, Box::new(left), Box::new(self.one(depth)?));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Formula, FormulaError> {
        let at = self.place();
        let Some((_, token)) = self.tokens.get(self.next).cloned() else {
            return Err(error(at, "公式没有写完", "the formula is not finished"));
        };
        self.next += 1;
        match token {
            Token::Number(number) => Ok(Formula::Number(number)),
            Token::Word(word) => Ok(Formula::Word(word)),
            Token::Sign("-") if depth < DEPTH => Ok(Formula::Negate(Box::new(self.one(depth + 1)?))),
            Token::Sign("(") => {
                let inner = self.ternary(depth + 1)?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Name(name) => match self.take(&["("]) {
                Some(_) => self.call(at, &name, depth),
                None => Ok(Formula::Name(name)),
            },
            Token::Sign(sign) => Err(error(at, format!("这里不能写“{sign}”"), format!("\"{sign}\" cannot stand here"))),
        }
    }

    fn call(&mut self, at: usize, name: &str, depth: usize) -> Result<Formula, FormulaError> {
        let function = match name {
            "min" => Function::Min,
            "max" => Function::Max,
            "abs" => Function::Abs,
            "round" => Function::Round,
            _ => {
                let message = (
                    format!("没有函数 {name}；可用：min max abs round"),
                    format!("there is no function {name}; there are min max abs round"),
                );
                return Err(error(at, message.0, message.1));
            }
        };
        let mut parts = vec![self.ternary(depth + 1)?];
        while self.take(&[","]).is_some() {
            parts.push(self.ternary(depth + 1)?);
        }
        self.expect(")")?;
        if parts.len() > 1 && matches!(function, Function::Abs | Function::Round) {
            return Err(error(at, format!("{name} 只有一个参数"), format!("{name} takes one number")));
        }
        Ok(Formula::Call(function, parts))
    }
}

fn error(at: usize, zh: impl Into<String>, en: impl Into<String>) -> FormulaError {
    FormulaError { at, message: Label::new(zh, en) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, known: &[(&str, f64)]) -> Option<f64> {
        let known = |name: &str| known.iter().find(|(one, _)| *one == name).map(|(_, value)| Term::Number(*value));
        Formula::parse(text).unwrap().value(&known)
    }

    #[test]
    fn products_bind_before_sums_and_signs_before_products() {
        assert_eq!(value("2 + 3 * 4 - -1", &[]), Some(15.0));
        assert_eq!(value("(2 + 3) * 4 / 8 / 5", &[]), Some(0.5));
        assert_eq!(value("100 * (a / b - c / d)", &[("a", 3.0), ("b", 4.0), ("c", 1.0), ("d", 2.0)]), Some(25.0));
    }

    #[test]
    fn division_by_zero_and_unknown_names_give_no_value_at_all() {
        assert_eq!(value("a / b", &[("a", 3.0), ("b", 0.0)]), None);
        assert_eq!(value("1 + missing * 0", &[]), None);
        assert_eq!(value("x > 1 ? 5 : missing", &[("x", 2.0)]), Some(5.0));
    }

    #[test]
    fn an_indicator_is_a_name_with_its_pack_and_a_quotient_has_spaces() {
        let formula = Formula::parse("numerator / network/communities").unwrap();
        assert_eq!(formula.names().into_iter().collect::<Vec<_>>(), ["network/communities", "numerator"]);
    }

    #[test]
    fn a_choice_decides_which_denominator_is_taken() {
        let formula = Formula::parse("n / (of == \"held\" ? held : all)").unwrap();
        let with = |word: &str| {
            let known = |name: &str| match name {
                "of" => Some(Term::Word(word.to_owned())),
                "n" => Some(Term::Number(3.0)),
                "held" => Some(Term::Number(4.0)),
                _ => Some(Term::Number(12.0)),
            };
            formula.value(&known)
        };
        assert_eq!((with("held"), with("all")), (Some(0.75), Some(0.25)));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let at = |text: &str| Formula::parse(text).unwrap_err().at;
        assert_eq!(at("a + "), 4);
        assert_eq!(at("(a + b"), 6);
        assert_eq!(at("a % b"), 2);
        assert_eq!(at("a b"), 2);
        assert_eq!(at(&"(".repeat(50)), 33);
        assert!(Formula::parse("sqrt(a)").is_err() && Formula::parse("1.2.3").is_err());
    }
}
