//! Bringing numbers to one scale, so that all calculation is on whole numbers.

use super::{
    ast::{ArithmeticOp, Expr, Literal, Type},
    error::Problem,
};

/// Greatest scale of an intermediate result.
const MAX_SCALE: u8 = 9;
/// Least number of places a division with a decimal has.
const DIVISION_PLACES: u8 = 6;

/// An expression and its type; no type is the literal `null`.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub expr: Expr,
    pub ty: Option<Type>,
}

impl Part {
    pub fn new(expr: Expr, ty: Type) -> Self {
        Self { expr, ty: Some(ty) }
    }

    /// Digits behind the point, when it is a number.
    pub fn scale(&self) -> Option<u8> {
        match self.ty {
            Some(Type::Int) => Some(0),
            Some(Type::Decimal(scale)) => Some(scale),
            _ => None,
        }
    }
}

/// `1.50` → 15 units of scale 1: the shortest decimal that reads as the same double.
pub(super) fn decimal_literal(value: f64) -> Result<Part, Problem> {
    let text = value.to_string();
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = u8::try_from(digits).ok().filter(|scale| *scale <= MAX_SCALE);
    let units = text.replace('.', "").parse::<i64>().ok();
    match (scale, units) {
        (Some(scale), Some(units)) => Ok(Part::new(Expr::Literal(Literal::Int(units)), Type::Decimal(scale))),
        _ => Err(Problem::new(
            "expr.number",
            format!("小数最多 {MAX_SCALE} 位，且不能太大"),
            format!("a decimal has at most {MAX_SCALE} places and must not be too large"),
        )),
    }
}

/// The same number in units of `10^-to`; `to` is not less than its scale.
pub(super) fn rescale(part: Part, to: u8) -> Expr {
    let places = to.saturating_sub(part.scale().unwrap_or(to));
    match part.expr {
        expr if places == 0 => expr,
        Expr::Literal(Literal::Int(units)) => match units.checked_mul(10i64.saturating_pow(u32::from(places))) {
            Some(units) => Expr::Literal(Literal::Int(units)),
            None => Expr::Scale { value: Box::new(Expr::Literal(Literal::Int(units))), places },
        },
        expr => Expr::Scale { value: Box::new(expr), places },
    }
}

/// Both numbers in the finer of their scales.
pub(super) fn same_scale(left: Part, right: Part) -> (Expr, Expr, u8) {
    let scale = left.scale().unwrap_or(0).max(right.scale().unwrap_or(0));
    (rescale(left, scale), rescale(right, scale), scale)
}

/// A calculation with two numbers.
pub(super) fn arithmetic(op: ArithmeticOp, left: Part, right: Part) -> Result<Part, Problem> {
    let (a, b) = (left.scale().unwrap_or(0), right.scale().unwrap_or(0));
    let (left, right, scale) = match op {
        ArithmeticOp::Add | ArithmeticOp::Subtract => same_scale(left, right),
        ArithmeticOp::Multiply => (left.expr, right.expr, a + b),
        ArithmeticOp::Divide if a == 0 && b == 0 => (left.expr, right.expr, 0),
        ArithmeticOp::Divide => {
            let places = DIVISION_PLACES.max(a).max(b);
            (rescale(left, places + b), right.expr, places)
        }
    };
    if scale > MAX_SCALE {
        return Err(Problem::new(
            "expr.number",
            format!("结果会有 {scale} 位小数，最多 {MAX_SCALE} 位；请减少相乘的小数"),
            format!("the result would have {scale} places, at most {MAX_SCALE} are kept; multiply fewer decimals"),
        ));
    }
    let expr = Expr::Arithmetic { op, left: Box::new(left), right: Box::new(right) };
    Ok(Part::new(expr, if scale == 0 { Type::Int } else { Type::Decimal(scale) }))
}
