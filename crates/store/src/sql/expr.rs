//! Typed CEL expressions as SQL, with the meaning [`linli_domain::expr`] defines.
//!
//! A truth is a condition (`true`, `false`, unknown); a value is a number, text or id. Flags are kept as 0 and 1.

use jiff::civil::Date;
use linli_domain::expr::{ArithmeticOp, CompareOp, Expr, Literal, TextTest, Type, TypedExpr};

use super::Sql;
use crate::{
    StoreError,
    dialect::{Dialect, Val},
    schema::{EntityPlan, Storage},
};

/// Days an expression may add: anything beyond leaves the calendar.
const MOST_DAYS: i64 = 3_000_000;

/// Appends `typed` as a condition.
pub(crate) fn condition(sql: &mut Sql, plan: &EntityPlan, typed: &TypedExpr, today: Date) -> Result<(), StoreError> {
    if typed.ty != Type::Bool {
        return Err(StoreError::query(format!("`{}` is not a condition", typed.source)));
    }
    let text = Compiler { sql, plan, today }.truth(&typed.expr)?;
    sql.push(&text);
    Ok(())
}

/// The SQL of a number; its parameters are added to `sql`, so the text must stand behind what `sql` holds.
pub(crate) fn number(sql: &mut Sql, plan: &EntityPlan, typed: &TypedExpr, today: Date) -> Result<String, StoreError> {
    if !matches!(typed.ty, Type::Int | Type::Decimal(_)) {
        return Err(StoreError::query(format!("`{}` is not a number", typed.source)));
    }
    Compiler { sql, plan, today }.value(&typed.expr)
}

struct Compiler<'a> {
    sql: &'a mut Sql,
    plan: &'a EntityPlan,
    today: Date,
}

impl Compiler<'_> {
    fn truth(&mut self, expr: &Expr) -> Result<String, StoreError> {
        Ok(match expr {
            Expr::Literal(Literal::Bool(true)) => "(1 = 1)".into(),
            Expr::Literal(Literal::Bool(false)) => "(1 = 0)".into(),
            Expr::Not(inner) => format!("(NOT {})", self.truth(inner)?),
            Expr::All(parts) => self.joined(parts, " AND ")?,
            Expr::Any(parts) => self.joined(parts, " OR ")?,
            Expr::Compare { op, left, right } => {
                format!("({} {} {})", self.value(left)?, operator(*op), self.value(right)?)
            }
            Expr::IsNull(inner) => match self.sealed(inner) {
                Some(hash) => format!("({hash} IS NULL)"),
                None => format!("({} IS NULL)", self.value(inner)?),
            },
            Expr::In { item, list } => {
                let item = self.value(item)?;
                let list: Vec<String> = list.iter().map(|literal| self.literal(literal)).collect();
                format!("({item} IN ({}))", list.join(", "))
            }
            Expr::Holds { codes, code } => {
                let (codes, code) = (self.value(codes)?, self.value(code)?);
                format!("({})", self.sql.dialect.contains(&codes, &format!("('|' || {code} || '|')")))
            }
            Expr::Text { test, text, part } => {
                let (text, part) = (self.value(text)?, self.value(part)?);
                text_test(self.sql.dialect, *test, &text, &part)
            }
            Expr::If { condition, then, otherwise } => {
                let (condition, then, otherwise) = (self.truth(condition)?, self.truth(then)?, self.truth(otherwise)?);
                format!("(CASE WHEN {condition} THEN {then} ELSE {otherwise} END)")
            }
            Expr::Literal(Literal::Null) => "(1 = NULL)".into(),
            other => format!("({} <> 0)", self.value(other)?),
        })
    }

    fn joined(&mut self, parts: &[Expr], word: &str) -> Result<String, StoreError> {
        let parts: Vec<String> = parts.iter().map(|part| self.truth(part)).collect::<Result<_, _>>()?;
        Ok(format!("({})", parts.join(word)))
    }

    fn value(&mut self, expr: &Expr) -> Result<String, StoreError> {
        Ok(match expr {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Field(name) => self.field(name)?,
            Expr::Today => self.today(),
            Expr::Not(_)
            | Expr::All(_)
            | Expr::Any(_)
            | Expr::Compare { .. }
            | Expr::IsNull(_)
            | Expr::In { .. }
            | Expr::Holds { .. }
            | Expr::Text { .. } => {
                let truth = self.truth(expr)?;
                format!("(CASE WHEN {truth} THEN 1 WHEN NOT {truth} THEN 0 END)")
            }
            Expr::Arithmetic { .. } | Expr::Negate(_) | Expr::Scale { .. } => {
                let number = self.number(expr)?;
                self.sql.dialect.whole(&number)
            }
            Expr::Concat(left, right) => format!("({} || {})", self.value(left)?, self.value(right)?),
            Expr::AddDays { date, days } => {
                let (date, days) = (self.value(date)?, self.value(days)?);
                self.sql.dialect.add_days(&date, &days, MOST_DAYS)
            }
            Expr::DaysBetween { later, earlier } => {
                let (later, earlier) = (self.value(later)?, self.value(earlier)?);
                self.sql.dialect.days_between(&later, &earlier)
            }
            Expr::DateOf(moment) => {
                let moment = self.value(moment)?;
                // Microseconds of China's day, rounded down also before 1970.
                let shifted = format!("({moment} + 28800000000)");
                let day = "86400000000";
                let days = format!("(({shifted} - ((({shifted} % {day}) + {day}) % {day})) / {day})");
                self.sql.dialect.add_days("'1970-01-01'", &days, MOST_DAYS)
            }
            Expr::Age(birth) => {
                let (birth, today) = (self.value(birth)?, self.today());
                format!(
                    "(CAST(substr({today}, 1, 4) AS BIGINT) - CAST(substr({birth}, 1, 4) AS BIGINT) - \
                     CASE WHEN substr({today}, 6) < substr({birth}, 6) THEN 1 ELSE 0 END)"
                )
            }
            Expr::Length(text) => format!("CAST(length({}) AS BIGINT)", self.value(text)?),
            Expr::Count(codes) => {
                let codes = self.value(codes)?;
                format!("CAST(length({codes}) - length(replace({codes}, '|', '')) - 1 AS BIGINT)")
            }
            Expr::If { condition, then, otherwise } => {
                let (condition, then, otherwise) = (self.truth(condition)?, self.value(then)?, self.value(otherwise)?);
                format!("(CASE WHEN {condition} THEN {then} ELSE {otherwise} END)")
            }
        })
    }

    /// A calculation, wide enough not to fail inside; [`Dialect::whole`] narrows it.
    fn number(&mut self, expr: &Expr) -> Result<String, StoreError> {
        Ok(match expr {
            Expr::Arithmetic { op, left, right } => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                let step = match op {
                    ArithmeticOp::Add => format!("({left} + {right})"),
                    ArithmeticOp::Subtract => format!("({left} - {right})"),
                    ArithmeticOp::Multiply => format!("({left} * {right})"),
                    ArithmeticOp::Divide => self.sql.dialect.divide(&left, &right),
                };
                self.sql.dialect.checked(step)
            }
            Expr::Negate(inner) => {
                let number = self.number(inner)?;
                self.sql.dialect.checked(format!("(- {number})"))
            }
            Expr::Scale { value, places } => {
                let power = 10_i64.checked_pow(u32::from(*places)).unwrap_or(i64::MAX);
                let number = self.number(value)?;
                self.sql.dialect.checked(format!("({number} * {power})"))
            }
            other => {
                let value = self.value(other)?;
                self.sql.dialect.wide(&value)
            }
        })
    }

    fn literal(&mut self, literal: &Literal) -> String {
        match literal {
            Literal::Null => "NULL".into(),
            Literal::Bool(flag) => i64::from(*flag).to_string(),
            Literal::Int(number) => format!("CAST({} AS BIGINT)", self.sql.param(Val::Int(*number))),
            Literal::Text(text) => self.text(text.clone()),
            Literal::Date(day) => self.text(day.to_string()),
        }
    }

    fn today(&mut self) -> String {
        self.text(self.today.to_string())
    }

    fn text(&mut self, text: String) -> String {
        let param = self.sql.param(Val::Text(text));
        self.sql.dialect.text(&param)
    }

    fn field(&self, name: &str) -> Result<String, StoreError> {
        let plan = self.plan.field(name)?;
        plan.open_column().map(str::to_owned).ok_or_else(|| {
            StoreError::query(format!("`{name}` is sensitive: an expression can only ask whether it is known"))
        })
    }

    /// The hash column of a sealed field, which is empty exactly when the field is.
    fn sealed(&self, expr: &Expr) -> Option<String> {
        let Expr::Field(name) = expr else { return None };
        match &self.plan.field(name).ok()?.storage {
            Storage::Sealed { hash, .. } => Some(hash.clone()),
            _ => None,
        }
    }
}

fn operator(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "<>",
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
    }
}

fn text_test(dialect: Dialect, test: TextTest, text: &str, part: &str) -> String {
    match test {
        TextTest::StartsWith => {
            format!("(substr({text}, 1, CAST(length({part}) AS INTEGER)) = {part})")
        }
        TextTest::EndsWith => format!(
            "(length({text}) >= length({part}) AND substr({text}, CAST(length({text}) - length({part}) + 1 AS INTEGER)) = {part})"
        ),
        TextTest::Contains => format!("({})", dialect.contains(text, part)),
    }
}
