//! What each function does; families with more to say have files of their own.

use super::super::error::EvalError;
use super::super::function::Func;
use super::super::geo;
use super::super::hash;
use super::super::program::Op;
use super::super::random::{seed_of, shuffled};
use super::super::value::{NodeRef, NodeSet, Value};
use super::{Eval, Evaluated, Here};
use crate::tree::DOCUMENT;

impl Eval<'_, '_> {
    pub(super) fn call(&self, func: Func, args: &[Op], here: Here) -> Evaluated<Value> {
        match func {
            Func::If => {
                let holds = self.to_bool(&self.op(&args[0], here)?);
                return self.op(&args[if holds { 1 } else { 2 }], here);
            }
            Func::Coalesce => return self.coalesce(args, here),
            Func::IndexedRepeat => return self.indexed_repeat(args, here),
            _ => {}
        }
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.op(arg, here)?);
        }
        self.logic(func, &values, here)
    }

    fn coalesce(&self, args: &[Op], here: Here) -> Evaluated<Value> {
        let mut last = Value::text("");
        for arg in args {
            last = self.op(arg, here)?;
            let empty = match &last {
                Value::Number(n) => n.is_nan(),
                value => self.to_text(value).is_empty(),
            };
            if !empty {
                break;
            }
        }
        Ok(last)
    }

    fn logic(&self, func: Func, args: &[Value], here: Here) -> Evaluated<Value> {
        Ok(match func {
            Func::True => Value::Bool(true),
            Func::False => Value::Bool(false),
            Func::Boolean => Value::Bool(self.to_bool(&args[0])),
            Func::Not => Value::Bool(!self.to_bool(&args[0])),
            Func::BooleanFromString => {
                let text = self.to_text(&args[0]);
                Value::Bool(text == "1" || text.eq_ignore_ascii_case("true"))
            }
            Func::Once => {
                let held = self.text_of(self.current);
                if held.is_empty() { args[0].clone() } else { Value::text(held) }
            }
            Func::Regex => {
                let pattern = self.session.pattern(&self.to_text(&args[1]));
                Value::Bool(pattern.matches(&self.to_text(&args[0]))?)
            }
            Func::Checklist => Value::Bool(self.checklist(args)),
            Func::WeightedChecklist => Value::Bool(self.weighted_checklist(args)?),
            Func::Last | Func::Position => self.position(func, args, here)?,
            Func::Selected => Value::Bool(self.selected(args)),
            Func::SelectedAt => {
                let at = self.to_number(&args[1]);
                let list = self.to_text(&args[0]);
                let found = if at >= 0.0 { list.split_whitespace().nth(at as usize) } else { None };
                Value::text(found.unwrap_or(""))
            }
            Func::CountSelected => Value::Number(self.to_text(&args[0]).split_whitespace().count() as f64),
            Func::Count => Value::Number(nodes(&args[0])?.len() as f64),
            Func::CountNonEmpty => {
                Value::Number(nodes(&args[0])?.iter().filter(|node| self.has_content(*node)).count() as f64)
            }
            Func::Instance => Value::Nodes(self.instance(&self.to_text(&args[0]))?),
            Func::Current => Value::Nodes(NodeSet::one(self.current)),
            Func::Randomize => self.randomize(args)?,
            Func::Pulldata => self.pulldata(args)?,
            Func::ChoiceName => self.choice_name(args)?,
            Func::Itext => {
                let id = self.to_text(&args[0]);
                Value::text(self.session.inside.itext(&id, self.language()).unwrap_or_default())
            }
            Func::Uuid => self.uuid(args),
            Func::Digest => {
                let encoding = args.get(2).map_or("base64".into(), |arg| self.to_text(arg));
                Value::text(hash::digest(&self.to_text(&args[0]), &self.to_text(&args[1]), &encoding)?)
            }
            Func::Base64Decode => Value::text(hash::base64_decode(&self.to_text(&args[0]))),
            Func::ExtractSigned => {
                return Err(EvalError::unsupported(
                    "extract-signed() 的签名无法在服务器上核对",
                    "the signature of extract-signed() cannot be checked on the server",
                ));
            }
            Func::Version => Value::text(self.session.inside.version()),
            Func::Property => Value::text(self.session.outside.property(&self.to_text(&args[0])).unwrap_or_default()),
            Func::Id => Value::Nodes(NodeSet::default()),
            Func::Lang => Value::Bool(false),
            Func::Area | Func::EnclosedArea | Func::Distance | Func::Geofence | Func::Intersects => {
                self.places(func, args)
            }
            Func::Today
            | Func::Now
            | Func::Date
            | Func::DateTime
            | Func::DecimalDateTime
            | Func::DecimalTime
            | Func::FormatDate
            | Func::FormatDateTime => self.dates(func, args)?,
            _ => match self.numbers(func, args, here)? {
                Some(value) => value,
                None => self.texts(func, args, here),
            },
        })
    }

    /// A factor counts when it is a number above zero, or is true.
    fn is_factor(&self, value: &Value) -> bool {
        match value {
            Value::Bool(b) => *b,
            value => {
                let n = self.to_number(value);
                if n.is_nan() { self.to_bool(value) } else { n > 0.0 }
            }
        }
    }

    fn checklist(&self, args: &[Value]) -> bool {
        let (least, most) = (self.to_number(&args[0]), self.to_number(&args[1]));
        let count = self.flattened(&args[2..]).iter().filter(|factor| self.is_factor(factor)).count() as f64;
        (least < 0.0 || count >= least) && (most < 0.0 || count <= most)
    }

    fn weighted_checklist(&self, args: &[Value]) -> Evaluated<bool> {
        let (least, most) = (self.to_number(&args[0]), self.to_number(&args[1]));
        let mut sum = 0.0;
        for pair in args[2..].chunks_exact(2) {
            let (factors, weights) = (self.flattened(&pair[..1]), self.flattened(&pair[1..]));
            if factors.len() != weights.len() {
                return Err(EvalError::wrong_type(
                    "weighted-checklist() 的两组节点数目不同",
                    "weighted-checklist(): nodesets of different length",
                ));
            }
            for (factor, weight) in factors.iter().zip(&weights) {
                if self.is_factor(factor) {
                    sum += self.to_number(weight);
                }
            }
        }
        Ok(sum >= least && sum <= most)
    }

    /// The arguments, with each node of a set as a text of its own.
    pub(super) fn flattened(&self, args: &[Value]) -> Vec<Value> {
        let mut out = Vec::with_capacity(args.len());
        for arg in args {
            match arg {
                Value::Nodes(nodes) => out.extend(nodes.iter().map(|node| Value::text(self.text_of(node)))),
                value => out.push(value.clone()),
            }
        }
        out
    }

    fn position(&self, func: Func, args: &[Value], here: Here) -> Evaluated<Value> {
        let nth = |node: NodeRef| f64::from(self.tree(node.tree).nth(node.node));
        Ok(Value::Number(match (func, args.first(), here.among) {
            (Func::Last, ..) => here.among.map_or(1, |(_, size)| size) as f64,
            (_, Some(arg), _) => nodes(arg)?.first().map_or(f64::NAN, nth),
            (_, None, Some((position, _))) => position as f64,
            (_, None, None) => nth(here.node),
        }))
    }

    fn selected(&self, args: &[Value]) -> bool {
        let (list, wanted) = (self.to_text(&args[0]), self.to_text(&args[1]));
        let wanted = wanted.trim();
        if wanted.is_empty() { list.trim().is_empty() } else { list.split_whitespace().any(|one| one == wanted) }
    }

    fn instance(&self, id: &str) -> Evaluated<NodeSet> {
        let tree = if self.session.inside.is_primary(id) { 0 } else { self.session.secondary(id)? };
        Ok(NodeSet::one(NodeRef { tree, node: DOCUMENT }))
    }

    fn randomize(&self, args: &[Value]) -> Evaluated<Value> {
        let all: Vec<NodeRef> = nodes(&args[0])?.iter().collect();
        let seed = match args.get(1) {
            Some(seed) => seed_of(self.to_number(seed), &self.to_text(seed)),
            None => (self.session.outside.random() * 2_147_483_647.0) as i64,
        };
        Ok(Value::Nodes(shuffled(&all, seed).into_iter().collect()))
    }

    /// `instance(id)/root/item[column = key]/wanted`
    fn pulldata(&self, args: &[Value]) -> Evaluated<Value> {
        let number = self.session.secondary(&self.to_text(&args[0]))?;
        let source = self.session.source(number);
        let tree = &source.tree;
        let (wanted, column) = (self.to_text(&args[1]), self.to_text(&args[2]));
        let key = self.to_text(&args[3]);
        if tree.is_empty() {
            return Ok(Value::text(""));
        }
        let rows = source.rows(tree.root(), tree.name_id("item"), tree.name_id(&column), &key);
        let cell = rows.first().and_then(|&row| tree.child(row, &wanted));
        Ok(Value::text(cell.map_or("".into(), |cell| tree.value(cell))))
    }

    fn choice_name(&self, args: &[Value]) -> Evaluated<Value> {
        let (value, path) = (self.to_text(&args[0]), self.to_text(&args[1]));
        let path = self.generic_path(path.trim());
        Ok(Value::text(self.session.inside.choice_label(self, &path, &value)?.unwrap_or_default()))
    }

    /// The path of a question written in a text, relative to the question at hand.
    fn generic_path(&self, path: &str) -> String {
        if path.starts_with('/') {
            return path.to_owned();
        }
        let own = self.live.tree.path(self.current.node);
        let mut names: Vec<&str> = own.split('/').skip(1).collect();
        for part in path.split('/') {
            match part {
                "." | "" | "current()" => {}
                ".." => {
                    names.pop();
                }
                name => names.push(name),
            }
        }
        format!("/{}", names.join("/"))
    }

    fn uuid(&self, args: &[Value]) -> Value {
        let Some(length) = args.first() else { return Value::text(self.session.outside.uuid()) };
        const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let length = self.to_number(length).clamp(0.0, 1000.0) as usize;
        let letter = |_| char::from(LETTERS[(self.session.outside.random() * 36.0) as usize % 36]);
        Value::text((0..length).map(letter).collect::<String>())
    }

    fn places(&self, func: Func, args: &[Value]) -> Value {
        let points = |args: &[Value]| -> Option<Vec<geo::Point>> {
            let texts: Vec<String> = self.flattened(args).iter().filter_map(Value::plain_text).collect();
            let parts = texts.iter().filter(|text| !text.trim().is_empty()).map(|text| geo::points(text));
            parts.collect::<Option<Vec<_>>>().map(|parts| parts.concat())
        };
        match func {
            Func::Distance => Value::Number(points(args).map_or(f64::NAN, |p| geo::distance(&p))),
            Func::Geofence => {
                let point = points(&args[..1]).and_then(|p| p.first().copied());
                let fence = points(&args[1..]).unwrap_or_default();
                Value::Bool(point.is_some_and(|point| geo::inside(point, &fence)))
            }
            Func::Intersects => Value::Bool(points(args).is_some_and(|p| geo::crosses_itself(&p))),
            _ => Value::Number(points(args).map_or(f64::NAN, |p| geo::area(&p))),
        }
    }
}

pub(super) fn nodes(value: &Value) -> Evaluated<&NodeSet> {
    match value {
        Value::Nodes(nodes) => Ok(nodes),
        _ => Err(EvalError::wrong_type("这里需要一组节点", "nodes are needed here")),
    }
}
