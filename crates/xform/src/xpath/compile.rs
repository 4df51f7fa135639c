//! [`Expr`] → [`Program`]: names become numbers, functions are looked up and their arguments counted.

use std::sync::Arc;

use super::ast::{Axis, BinaryOp, Expr, ExprKind, NodeTest, Step};
use super::error::XPathError;
use super::function::{Func, known_functions};
use super::parse::parse;
use super::pattern::Pattern;
use super::program::{Facts, Move, Names, Op, PathOp, PathRef, Predicate, Program, Start, StepOp, Test};
use crate::tree::local_part;

/// Reads and checks an expression.
///
/// # Errors
/// What [`parse`] refuses, unknown functions (with the nearest known name) and a wrong number of arguments.
pub fn compile(source: &str, names: &mut Names) -> Result<Program, XPathError> {
    let expr = parse(source)?;
    let mut compiler = Compiler { source, names, facts: Facts::default(), base: Some(PathRef::here()) };
    let op = compiler.op(&expr)?;
    Ok(Program { op, source: Arc::from(source), facts: compiler.facts })
}

impl PathRef {
    fn here() -> Self {
        Self { absolute: false, moves: Vec::new() }
    }
}

struct Compiler<'a> {
    source: &'a str,
    names: &'a mut Names,
    facts: Facts,
    /// What relative paths start from: the question, or inside a predicate the step before it; `None` inside another
    /// instance.
    base: Option<PathRef>,
}

type Compiled<T> = Result<T, XPathError>;

impl Compiler<'_> {
    fn op(&mut self, expr: &Expr) -> Compiled<Op> {
        Ok(match &expr.kind {
            ExprKind::Number(n) => Op::Number(*n),
            ExprKind::Literal(text) => Op::Text(Arc::from(text.as_str())),
            ExprKind::Or(list) => Op::Or(self.ops(list)?),
            ExprKind::And(list) => Op::And(self.ops(list)?),
            ExprKind::Binary(op, left, right) => Op::Binary(*op, Box::new(self.op(left)?), Box::new(self.op(right)?)),
            ExprKind::Negate(inner) => Op::Negate(Box::new(self.op(inner)?)),
            ExprKind::Union(left, right) => Op::Union(Box::new(self.op(left)?), Box::new(self.op(right)?)),
            ExprKind::Call(name, args) => self.call(expr, name, args)?,
            ExprKind::Path { absolute, steps } => {
                let base =
                    if *absolute { Some(PathRef { absolute: true, moves: Vec::new() }) } else { self.base.clone() };
                let steps = self.steps(steps, base)?;
                Op::Path(Box::new(PathOp { start: if *absolute { Start::Root } else { Start::Context }, steps }))
            }
            ExprKind::Filter { from, predicates, steps } => {
                let base = match &from.kind {
                    ExprKind::Call(name, args) if name == "current" && args.is_empty() => Some(PathRef::here()),
                    _ => None,
                };
                let start = self.op(from)?;
                let predicates = self.predicates(predicates, base.clone())?;
                let steps = self.steps(steps, base)?;
                Op::Path(Box::new(PathOp { start: Start::Filter(start, predicates), steps }))
            }
        })
    }

    fn ops(&mut self, list: &[Expr]) -> Compiled<Box<[Op]>> {
        list.iter().map(|part| self.op(part)).collect()
    }

    fn call(&mut self, expr: &Expr, name: &str, args: &[Expr]) -> Compiled<Op> {
        let Some((func, least, most)) = Func::find(name) else { return Err(self.unknown(expr, name)) };
        let paired = match func {
            Func::WeightedChecklist => args.len() % 2 == 0,
            Func::IndexedRepeat => args.len() % 2 == 1,
            _ => true,
        };
        if args.len() < least || args.len() > most || !paired {
            return Err(self.arguments(expr, name, args.len(), least, most));
        }
        self.facts.volatile |= func.is_volatile();
        if let (Func::Instance | Func::Pulldata, Some(ExprKind::Literal(id))) = (func, args.first().map(|a| &a.kind)) {
            let id: Arc<str> = Arc::from(id.as_str());
            if !self.facts.instances.contains(&id) {
                self.facts.instances.push(id);
            }
        }
        if let (Func::Regex, Some(ExprKind::Literal(pattern))) = (func, args.last().map(|arg| &arg.kind)) {
            return Ok(Op::Regex(Box::new(self.op(&args[0])?), Arc::new(Pattern::new(pattern))));
        }
        Ok(Op::Call(func, self.ops(args)?))
    }

    fn steps(&mut self, steps: &[Step], mut base: Option<PathRef>) -> Compiled<Box<[StepOp]>> {
        let mut out = Vec::with_capacity(steps.len());
        for step in steps {
            base = base.map(|base| follow(base, step));
            let test = match &step.test {
                NodeTest::Name(name) => Test::Name(self.names.0.intern(local_part(name))),
                NodeTest::Any | NodeTest::Prefix(_) => Test::Any,
                NodeTest::Node => Test::Node,
                NodeTest::Text => Test::Text,
                NodeTest::Comment | NodeTest::Instruction(_) => Test::Nothing,
            };
            let predicates = self.predicates(&step.predicates, base.clone())?;
            out.push(StepOp { axis: step.axis, test, predicates });
        }
        if let Some(path) = base.filter(|path| path.absolute || !path.moves.is_empty())
            && !self.facts.paths.contains(&path)
        {
            self.facts.paths.push(path);
        }
        Ok(out.into())
    }

    fn predicates(&mut self, list: &[Expr], base: Option<PathRef>) -> Compiled<Box<[Predicate]>> {
        let outer = std::mem::replace(&mut self.base, base);
        let out = list.iter().map(|predicate| self.predicate(predicate)).collect();
        self.base = outer;
        out
    }

    fn predicate(&mut self, expr: &Expr) -> Compiled<Predicate> {
        let op = self.op(expr)?;
        Ok(match op {
            Op::Number(n) => Predicate::Index(n),
            Op::Binary(BinaryOp::Equal, left, right) => {
                let (column, key) = match (column(&left), column(&right)) {
                    (Some(column), _) if is_free(&right) => (Some(column), &right),
                    (_, Some(column)) if is_free(&left) => (Some(column), &left),
                    _ => (None, &right),
                };
                match column {
                    Some(column) => Predicate::Equals {
                        column,
                        key: (**key).clone(),
                        general: Op::Binary(BinaryOp::Equal, left, right),
                    },
                    None => Predicate::General(Op::Binary(BinaryOp::Equal, left, right)),
                }
            }
            op => Predicate::General(op),
        })
    }

    fn unknown(&self, expr: &Expr, name: &str) -> XPathError {
        let nearest = known_functions().min_by_key(|known| distance(name, known)).filter(|k| distance(name, k) <= 2);
        let (zh, en) = match nearest {
            Some(known) => (
                format!("没有函数 {name}()，是否是 {known}()？"),
                format!("no function {name}(); did you mean {known}()?"),
            ),
            None => (format!("没有函数 {name}()"), format!("no function {name}()")),
        };
        XPathError::new("xpath.unknown_function", self.source, expr.span, zh, en)
    }

    fn arguments(&self, expr: &Expr, name: &str, found: usize, least: usize, most: usize) -> XPathError {
        let (zh, en) = if least == most {
            (format!("{least} 个参数"), format!("{least} arguments"))
        } else if most == usize::MAX {
            (format!("至少 {least} 个参数，并成对"), format!("at least {least} arguments, in pairs where they pair"))
        } else {
            (format!("{least} 至 {most} 个参数"), format!("{least} to {most} arguments"))
        };
        XPathError::new(
            "xpath.arguments",
            self.source,
            expr.span,
            format!("{name}() 需要{zh}，这里有 {found} 个"),
            format!("{name}() takes {en}, found {found}"),
        )
    }
}

fn follow(mut base: PathRef, step: &Step) -> PathRef {
    match (step.axis, &step.test) {
        (Axis::SelfAxis, _) => {}
        (Axis::Parent, _) => match base.moves.last() {
            Some(Move::Down(_) | Move::Attribute(_)) => {
                base.moves.pop();
            }
            _ => base.moves.push(Move::Up),
        },
        (Axis::Child, NodeTest::Name(name)) => base.moves.push(Move::Down(local_part(name).to_owned())),
        (Axis::Attribute, NodeTest::Name(name)) => base.moves.push(Move::Attribute(local_part(name).to_owned())),
        _ => base.moves.push(Move::Anything),
    }
    base
}

/// The name, for an expression that is one child step.
fn column(op: &Op) -> Option<u32> {
    let Op::Path(path) = op else { return None };
    match (&path.start, &*path.steps) {
        (Start::Context, [StepOp { axis: Axis::Child, test: Test::Name(name), predicates }])
            if predicates.is_empty() =>
        {
            Some(*name)
        }
        _ => None,
    }
}

/// Whether the value is the same for every node at hand: no relative path, no position.
fn is_free(op: &Op) -> bool {
    match op {
        Op::Number(_) | Op::Text(_) => true,
        Op::Or(list) | Op::And(list) => list.iter().all(is_free),
        Op::Binary(_, left, right) | Op::Union(left, right) => is_free(left) && is_free(right),
        Op::Negate(inner) | Op::Regex(inner, _) => is_free(inner),
        Op::Call(func, args) => {
            // A different uuid for each row is what was written, so it must be computed for each row.
            !func.reads_context(args.len()) && !matches!(func, Func::Random | Func::Uuid) && args.iter().all(is_free)
        }
        // Predicates further in have their own node at hand.
        Op::Path(path) => match &path.start {
            Start::Root => true,
            Start::Context => false,
            Start::Filter(from, _) => is_free(from),
        },
    }
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
