//! Functions and methods of the language.

use cel::{IdedExpr, common::ast::CallExpr};
use jiff::civil::Date;

use super::{
    ast::{Expr, Literal, TextTest, Type},
    error::Problem,
    numbers::Part,
    translate::Translator,
};

impl Translator<'_> {
    pub(super) fn function(&mut self, id: u64, call: &CallExpr, depth: usize) -> Option<Part> {
        let text_test = match call.func_name.as_str() {
            "startsWith" => Some(TextTest::StartsWith),
            "endsWith" => Some(TextTest::EndsWith),
            "contains" => Some(TextTest::Contains),
            _ => None,
        };
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            // `has` as the scan spells it.
            ("Has" | "has", None, [field]) => {
                let part = self.field(field)?;
                let is_null = Expr::IsNull(Box::new(part.expr));
                Some(Part::new(Expr::Not(Box::new(is_null)), Type::Bool))
            }
            // `years` is what indicators call it.
            ("age" | "years", None, [birth]) => {
                let birth = self.typed("age()", birth, Type::Date, depth)?;
                Some(Part::new(Expr::Age(Box::new(birth)), Type::Int))
            }
            // Only a word to read: days are whole numbers.
            ("days", None, [count]) => {
                let count = self.typed("days()", count, Type::Int, depth)?;
                Some(Part::new(count, Type::Int))
            }
            ("date", None, [of]) => self.date(of, depth),
            ("size", None, [of]) | ("size", Some(of), []) => self.size(of, depth),
            (_, Some(text), [part]) if text_test.is_some() => {
                let test = text_test?;
                let (text, part) = (self.text(text, depth), self.text(part, depth));
                let expr = Expr::Text { test, text: Box::new(text?), part: Box::new(part?) };
                Some(Part::new(expr, Type::Bool))
            }
            _ => self.fail(id, unknown(call)),
        }
    }

    fn typed(&mut self, what: &str, node: &IdedExpr, ty: Type, depth: usize) -> Option<Expr> {
        let part = self.part(node, depth + 1)?;
        if part.ty == Some(ty) {
            return Some(part.expr);
        }
        let expected = format!("{}|{}", super::error::type_zh(ty), super::error::type_en(ty));
        self.fail(node.id, Problem::wrong_type(what, &expected, part.ty))
    }

    fn text(&mut self, node: &IdedExpr, depth: usize) -> Option<Expr> {
        let part = self.part(node, depth + 1)?;
        match part.ty {
            Some(Type::Text | Type::Code) => Some(part.expr),
            other => self.fail(node.id, Problem::wrong_type("startsWith, endsWith, contains", "文字|a text", other)),
        }
    }

    /// A day from `"2024-01-01"`, or the day of a moment.
    fn date(&mut self, of: &IdedExpr, depth: usize) -> Option<Part> {
        let part = self.part(of, depth + 1)?;
        match (part.ty, part.expr) {
            (Some(Type::Timestamp), moment) => Some(Part::new(Expr::DateOf(Box::new(moment)), Type::Date)),
            (_, Expr::Literal(Literal::Text(text))) => match text.parse::<Date>() {
                Ok(date) if date.to_string() == text => Some(Part::new(Expr::Literal(Literal::Date(date)), Type::Date)),
                _ => self.fail(
                    of.id,
                    Problem::new(
                        "expr.bad_date",
                        format!("“{text}”不是一个存在的日期，请写作 \"2024-01-01\""),
                        format!("\"{text}\" is no day that exists; write \"2024-01-01\""),
                    ),
                ),
            },
            (ty, _) => {
                self.fail(of.id, Problem::wrong_type("date()", "\"2024-01-01\" 或时刻|\"2024-01-01\" or a moment", ty))
            }
        }
    }

    fn size(&mut self, of: &IdedExpr, depth: usize) -> Option<Part> {
        let part = self.part(of, depth + 1)?;
        match part.ty {
            Some(Type::Text | Type::Code) => Some(Part::new(Expr::Length(Box::new(part.expr)), Type::Int)),
            Some(Type::Codes) => Some(Part::new(Expr::Count(Box::new(part.expr)), Type::Int)),
            other => self.fail(of.id, Problem::wrong_type("size()", "文字或多个代码|a text or a list of codes", other)),
        }
    }
}

fn unknown(call: &CallExpr) -> Problem {
    let name = match call.func_name.as_str() {
        "Has" => "has",
        "_%_" => "%",
        "_[_]" => "[ ]",
        other => other,
    };
    let (zh, en) = match name {
        "matches" => (
            "；不支持正则，请用 startsWith、endsWith、contains",
            "; no regular expressions, use startsWith, endsWith or contains",
        ),
        "duration" => ("；天数请写 days(30)", "; write days(30)"),
        "timestamp" => ("；日期请写 date(\"2024-01-01\")", "; write date(\"2024-01-01\")"),
        _ => ("", ""),
    };
    let count = call.args.len();
    Problem::new(
        "expr.unknown_function",
        format!("没有带 {count} 个参数的 {name}{zh}；可用：has age date days size startsWith endsWith contains"),
        format!(
            "there is no {name} with {count} arguments{en}; there are has age date days size startsWith endsWith contains"
        ),
    )
}
