//! [`Expr`] → text that reads back as the same expression.

use std::fmt::{self, Display, Formatter};

use super::ast::{Axis, Expr, ExprKind, NodeTest, Step};
use super::number::format_number;

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number(n) => f.write_str(&format_number(*n)),
            ExprKind::Literal(text) if text.contains('\'') => write!(f, "\"{text}\""),
            ExprKind::Literal(text) => write!(f, "'{text}'"),
            ExprKind::Or(list) => chain(f, list, " or ", 1),
            ExprKind::And(list) => chain(f, list, " and ", 2),
            ExprKind::Binary(op, left, right) => {
                operand(f, left, op.binding())?;
                write!(f, " {} ", op.symbol())?;
                operand(f, right, op.binding() + 1)
            }
            ExprKind::Negate(inner) => {
                f.write_str("-")?;
                operand(f, inner, 7)
            }
            ExprKind::Union(left, right) => {
                operand(f, left, 8)?;
                f.write_str(" | ")?;
                operand(f, right, 9)
            }
            ExprKind::Call(name, args) => {
                write!(f, "{name}(")?;
                for (at, arg) in args.iter().enumerate() {
                    write!(f, "{}{arg}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str(")")
            }
            ExprKind::Path { absolute, steps } => {
                if *absolute {
                    f.write_str("/")?;
                }
                write_steps(f, steps)
            }
            ExprKind::Filter { from, predicates, steps } => {
                operand(f, from, 10)?;
                write_predicates(f, predicates)?;
                if !steps.is_empty() {
                    f.write_str("/")?;
                    write_steps(f, steps)?;
                }
                Ok(())
            }
        }
    }
}

fn binding(expr: &Expr) -> u8 {
    match &expr.kind {
        // Whatever follows a bare `/` would be read as its first step: `(/) * w`.
        ExprKind::Path { absolute: true, steps } if steps.is_empty() => 0,
        ExprKind::Or(_) => 1,
        ExprKind::And(_) => 2,
        ExprKind::Binary(op, ..) => op.binding(),
        ExprKind::Negate(_) => 7,
        ExprKind::Union(..) => 8,
        ExprKind::Path { .. } | ExprKind::Filter { .. } => 9,
        _ => 10,
    }
}

fn operand(f: &mut Formatter<'_>, expr: &Expr, least: u8) -> fmt::Result {
    if binding(expr) < least { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

fn chain(f: &mut Formatter<'_>, list: &[Expr], between: &str, binding: u8) -> fmt::Result {
    for (at, part) in list.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        operand(f, part, binding + 1)?;
    }
    Ok(())
}

fn write_steps(f: &mut Formatter<'_>, steps: &[Step]) -> fmt::Result {
    for (at, step) in steps.iter().enumerate() {
        if at > 0 {
            f.write_str("/")?;
        }
        match (step.axis, &step.test) {
            (Axis::SelfAxis, NodeTest::Node) => f.write_str(".")?,
            (Axis::Parent, NodeTest::Node) => f.write_str("..")?,
            (Axis::Child, test) => write!(f, "{test}")?,
            (Axis::Attribute, test) => write!(f, "@{test}")?,
            (axis, test) => write!(f, "{}::{test}", axis.name())?,
        }
        write_predicates(f, &step.predicates)?;
    }
    Ok(())
}

fn write_predicates(f: &mut Formatter<'_>, predicates: &[Expr]) -> fmt::Result {
    predicates.iter().try_for_each(|predicate| write!(f, "[{predicate}]"))
}

impl Display for NodeTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Any => f.write_str("*"),
            Self::Prefix(prefix) => write!(f, "{prefix}:*"),
            Self::Node => f.write_str("node()"),
            Self::Text => f.write_str("text()"),
            Self::Comment => f.write_str("comment()"),
            Self::Instruction(None) => f.write_str("processing-instruction()"),
            Self::Instruction(Some(target)) => write!(f, "processing-instruction('{target}')"),
        }
    }
}
