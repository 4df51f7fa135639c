//! Functions that are about text. Characters are Unicode code points.

use super::super::function::Func;
use super::super::number::round;
use super::super::value::Value;
use super::{Eval, Here};

impl Eval<'_, '_> {
    pub(super) fn texts(&self, func: Func, args: &[Value], here: Here) -> Value {
        let arg = |at: usize| match args.get(at) {
            Some(value) => self.to_text(value),
            None => self.text_of(here.node),
        };
        match func {
            Func::Concat => Value::text(self.joined("", args)),
            Func::Join => Value::text(self.joined(&arg(0), &args[1..])),
            Func::StartsWith => Value::Bool(arg(0).starts_with(&*arg(1))),
            Func::EndsWith => Value::Bool(arg(0).ends_with(&*arg(1))),
            Func::Contains => Value::Bool(arg(0).contains(&*arg(1))),
            Func::SubstringBefore => Value::text(arg(0).split_once(&*arg(1)).map_or("", |(before, _)| before)),
            Func::SubstringAfter => Value::text(arg(0).split_once(&*arg(1)).map_or("", |(_, after)| after)),
            Func::Substr => Value::text(self.substr(args)),
            Func::Substring => Value::text(self.substring(args)),
            Func::StringLength => Value::Number(arg(0).chars().count() as f64),
            Func::NormalizeSpace => {
                let text = arg(0);
                let words: Vec<&str> = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect();
                Value::text(words.join(" "))
            }
            Func::Translate => Value::text(translate(&arg(0), &arg(1), &arg(2))),
            Func::LocalName | Func::Name | Func::NamespaceUri => self.named(func, args, here),
            _ => Value::text(arg(0)),
        }
    }

    fn named(&self, func: Func, args: &[Value], here: Here) -> Value {
        let node = match args.first() {
            Some(Value::Nodes(nodes)) => nodes.first(),
            Some(_) => None,
            None => Some(here.node),
        };
        let Some(node) = node else { return Value::text("") };
        let tree = self.tree(node.tree);
        match func {
            Func::LocalName => Value::text(tree.name(node.node)),
            Func::Name => Value::text(tree.raw_name(node.node)),
            _ => Value::text(tree.namespace(node.node)),
        }
    }

    fn joined(&self, separator: &str, args: &[Value]) -> String {
        let parts: Vec<String> = self.flattened(args).iter().filter_map(Value::plain_text).collect();
        parts.join(separator)
    }

    /// From a 0-based start to an end that is not included; negative counts from the end.
    fn substr(&self, args: &[Value]) -> String {
        let text: Vec<char> = self.to_text(&args[0]).chars().collect();
        let length = text.len() as f64;
        let place = |at: usize, missing: f64| {
            let n = args.get(at).map_or(missing, |arg| self.to_number(arg)).trunc();
            let n = if n.is_nan() { 0.0 } else { n };
            (if n < 0.0 { length + n } else { n }).clamp(0.0, length) as usize
        };
        let (start, end) = (place(1, 0.0), place(2, length));
        text.get(start..end).map(|part| part.iter().collect()).unwrap_or_default()
    }

    /// XPath 1.0 §4.2: 1-based, rounded, with a length.
    fn substring(&self, args: &[Value]) -> String {
        let start = round(self.to_number(&args[1]), 0.0);
        let end = args.get(2).map_or(f64::INFINITY, |length| start + round(self.to_number(length), 0.0));
        let text = self.to_text(&args[0]);
        let inside = |at: usize| (at + 1) as f64 >= start && ((at + 1) as f64) < end;
        text.chars().enumerate().filter(|(at, _)| inside(*at)).map(|(_, c)| c).collect()
    }
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    text.chars()
        .filter_map(|c| match from.iter().position(|f| *f == c) {
            None => Some(c),
            Some(at) => to.get(at).copied(),
        })
        .collect()
}
