//! Functions that yield numbers.

use super::super::function::Func;
use super::super::number::round;
use super::super::value::Value;
use super::functions::nodes;
use super::{Eval, Evaluated, Here};

impl Eval<'_, '_> {
    /// The value, or `None` when `func` is not about numbers.
    pub(super) fn numbers(&self, func: Func, args: &[Value], here: Here) -> Evaluated<Option<Value>> {
        let arg = |at: usize| args.get(at).map_or(f64::NAN, |arg| self.to_number(arg));
        Ok(Some(Value::Number(match func {
            Func::Number if args.is_empty() => self.node_number(here.node),
            Func::Number => arg(0),
            // Blank rows of a repeat do not spoil the sum (JavaRosa; XPath 1.0 would give NaN).
            Func::Sum => nodes(&args[0])?.iter().map(|node| self.node_number(node)).filter(|n| !n.is_nan()).sum(),
            Func::Max => self.extreme(args, f64::max),
            Func::Min => self.extreme(args, f64::min),
            Func::Floor => arg(0).floor(),
            Func::Ceiling => arg(0).ceil(),
            Func::Round => round(arg(0), if args.len() > 1 { arg(1) } else { 0.0 }),
            Func::Int => arg(0).trunc(),
            Func::Random => self.session.outside.random(),
            Func::Pow => arg(0).powf(arg(1)),
            Func::Log => arg(0).ln(),
            Func::Log10 => arg(0).log10(),
            Func::Abs => arg(0).abs(),
            Func::Sin => arg(0).sin(),
            Func::Cos => arg(0).cos(),
            Func::Tan => arg(0).tan(),
            Func::Asin => arg(0).asin(),
            Func::Acos => arg(0).acos(),
            Func::Atan => arg(0).atan(),
            Func::Atan2 => arg(0).atan2(arg(1)),
            Func::Sqrt => arg(0).sqrt(),
            Func::Exp => arg(0).exp(),
            Func::Exp10 => 10f64.powf(arg(0)),
            Func::Pi => std::f64::consts::PI,
            _ => return Ok(None),
        })))
    }

    /// The largest or smallest of all arguments; what is no number is left out, nothing at all is NaN.
    fn extreme(&self, args: &[Value], pick: fn(f64, f64) -> f64) -> f64 {
        let numbers = self.flattened(args);
        numbers.iter().map(|value| self.to_number(value)).filter(|n| !n.is_nan()).reduce(pick).unwrap_or(f64::NAN)
    }
}
