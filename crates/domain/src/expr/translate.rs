//! From CEL's tree to ours: names resolved, types checked, numbers brought to one scale. All findings are reported,
//! not only the first.

use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr as Cel, LiteralValue, SelectExpr, SourceInfo, operators},
    parser::Parser,
};

use super::{
    ast::{ArithmeticOp, CompareOp, Expr, Literal, Type, TypedExpr},
    error::{ExprError, Problem, place, type_en, type_zh},
    numbers::{self, Part},
    scan,
    scope::Scope,
};

/// Reads and types an expression.
pub fn parse(source: &str, scope: &Scope) -> Result<TypedExpr, Vec<ExprError>> {
    let prepared = scan::prepare(source)?;
    let (tree, info) = Parser::new().parse_with_source_info(&prepared).map_err(|found| syntax_errors(&found.errors))?;
    let mut translator = Translator { source, info, scope, errors: Vec::new() };
    let part = translator.part(&tree, 0);
    let typed = part.and_then(|part| match part.ty {
        Some(ty) => Some((part.expr, ty)),
        None => translator.fail(tree.id, Problem::wrong_type("表达式|an expression", "一个值|a value", None)),
    });
    match typed {
        Some((expr, ty)) if translator.errors.is_empty() => Ok(TypedExpr { source: source.to_owned(), ty, expr }),
        _ => Err(translator.errors),
    }
}

/// Reads an expression whose answer is true or false: a filter, guard or check.
pub fn parse_filter(source: &str, scope: &Scope) -> Result<TypedExpr, Vec<ExprError>> {
    let typed = parse(source, scope)?;
    if typed.ty == Type::Bool {
        return Ok(typed);
    }
    let message = Problem::new(
        "expr.not_a_condition",
        format!("条件的结果应为真或假，这里得到{}", type_zh(typed.ty)),
        format!("a condition is true or false, this gives {}", type_en(typed.ty)),
    );
    Err(vec![ExprError { line: 1, column: 1, code: message.code, message: message.message }])
}

fn syntax_errors(errors: &[cel::ParseError]) -> Vec<ExprError> {
    let position = |number: isize| u32::try_from(number).unwrap_or(1).max(1);
    let mut found: Vec<ExprError> = errors
        .iter()
        .map(|error| {
            let text = error.msg.trim_start_matches("Syntax error: ");
            let unfinished = text.contains("'<EOF>'");
            let problem = if unfinished {
                Problem::new("expr.syntax", "表达式没有写完", "the expression is not finished")
            } else {
                Problem::new("expr.syntax", format!("这里读不懂：{text}"), format!("cannot be read: {text}"))
            };
            ExprError {
                line: position(error.pos.0),
                column: position(error.pos.1),
                code: problem.code,
                message: problem.message,
            }
        })
        .collect();
    // The parser's complaint about what it could not finish adds nothing to the reason beside it.
    if found.len() > 1 {
        found.retain(|error| !error.message.en.contains("Incomplete `"));
    }
    found
}

pub(super) struct Translator<'a> {
    source: &'a str,
    info: SourceInfo,
    pub scope: &'a Scope,
    errors: Vec<ExprError>,
}

impl Translator<'_> {
    /// Notes a finding at a node; always `None`, so that it can end a function.
    pub fn fail<T>(&mut self, id: u64, problem: Problem) -> Option<T> {
        let offset = self.info.offset_for(id).map_or(0, |(start, _)| usize::try_from(start).unwrap_or(0));
        let (line, column) = place(self.source, offset);
        self.errors.push(ExprError { line, column, code: problem.code, message: problem.message });
        None
    }

    /// The part, or the finding at that node.
    pub fn settle<T>(&mut self, id: u64, result: Result<T, Problem>) -> Option<T> {
        result.map_or_else(|problem| self.fail(id, problem), Some)
    }

    pub fn part(&mut self, node: &IdedExpr, depth: usize) -> Option<Part> {
        if depth > scan::max_depth() {
            return self.fail(node.id, scan::too_deep());
        }
        match &node.expr {
            Cel::Literal(literal) => {
                let read = constant(literal);
                self.settle(node.id, read)
            }
            Cel::Ident(name) if name == "today" => Some(Part::new(Expr::Today, Type::Date)),
            Cel::Ident(_) | Cel::Select(SelectExpr { test: false, .. }) => self.field(node),
            Cel::Call(call) => self.call(node.id, call, depth),
            Cel::List(_) => self.fail(
                node.id,
                Problem::new(
                    "expr.unsupported",
                    "列表只能写在 in 的右边",
                    "a list can only stand to the right of \"in\"",
                ),
            ),
            _ => self.fail(
                node.id,
                Problem::new(
                    "expr.unsupported",
                    "这里不支持 all、exists、map、filter、结构和映射",
                    "all, exists, map, filter, structs and maps are not supported here",
                ),
            ),
        }
    }

    pub fn field(&mut self, node: &IdedExpr) -> Option<Part> {
        let Some(name) = dotted(node) else {
            let problem = Problem::new("expr.unsupported", "这里只能写字段名", "only a field's name can stand here");
            return self.fail(node.id, problem);
        };
        if let Some(field) = self.scope.get(&name) {
            return Some(Part::new(Expr::Field(name), field.ty));
        }
        let hint = self.scope.nearest(&name).map(str::to_owned);
        let (zh, en) = hint
            .map_or_else(Default::default, |near| (format!("，是不是 {near}？"), format!("; did you mean {near}?")));
        let problem =
            Problem::new("expr.unknown_field", format!("没有字段 {name}{zh}"), format!("there is no field {name}{en}"));
        self.fail(node.id, problem)
    }

    fn call(&mut self, id: u64, call: &CallExpr, depth: usize) -> Option<Part> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [_, _]) => self.junction(id, call, depth),
            (operators::LOGICAL_NOT, [inner]) => {
                let inner = self.condition(inner, depth + 1)?;
                Some(Part::new(Expr::Not(Box::new(inner)), Type::Bool))
            }
            (operators::NEGATE, [inner]) => {
                let part = self.part(inner, depth + 1)?;
                match part.ty {
                    Some(ty @ (Type::Int | Type::Decimal(_))) => Some(Part::new(Expr::Negate(Box::new(part.expr)), ty)),
                    other => self.fail(id, Problem::wrong_type("-", "数字|a number", other)),
                }
            }
            (operators::CONDITIONAL, [condition, then, otherwise]) => {
                self.ternary(id, [condition, then, otherwise], depth)
            }
            (operators::IN, [item, list]) => self.membership(id, item, list, depth),
            (name, [left, right]) => {
                if let Some(op) = compare_op(name) {
                    return self.comparison(id, op, left, right, depth);
                }
                if let Some(op) = arithmetic_op(name) {
                    let (left, right) = (self.part(left, depth + 1), self.part(right, depth + 1));
                    let result = calculate(op, left?, right?);
                    return self.settle(id, result);
                }
                self.function(id, call, depth)
            }
            _ => self.function(id, call, depth),
        }
    }

    /// A part that must be true or false.
    fn condition(&mut self, node: &IdedExpr, depth: usize) -> Option<Expr> {
        let part = self.part(node, depth)?;
        match part.ty {
            Some(Type::Bool) => Some(part.expr),
            other => self.fail(node.id, Problem::wrong_type("条件|a condition", "真假值|a truth value", other)),
        }
    }

    /// `a && b && c` is one node with three parts, however the parser nests it.
    fn junction(&mut self, id: u64, call: &CallExpr, depth: usize) -> Option<Part> {
        let mut waiting: Vec<&IdedExpr> = call.args.iter().rev().collect();
        let mut parts = Vec::new();
        let mut complete = true;
        while let Some(node) = waiting.pop() {
            match &node.expr {
                Cel::Call(inner) if inner.func_name == call.func_name => waiting.extend(inner.args.iter().rev()),
                _ => match self.condition(node, depth + 1) {
                    Some(part) => parts.push(part),
                    None => complete = false,
                },
            }
        }
        if !complete || parts.len() < 2 {
            return if complete { self.fail(id, scan::too_deep()) } else { None };
        }
        let expr = if call.func_name == operators::LOGICAL_AND { Expr::All(parts) } else { Expr::Any(parts) };
        Some(Part::new(expr, Type::Bool))
    }

    fn ternary(&mut self, id: u64, [condition, then, otherwise]: [&IdedExpr; 3], depth: usize) -> Option<Part> {
        let condition = self.condition(condition, depth + 1);
        let (then, otherwise) = (self.part(then, depth + 1), self.part(otherwise, depth + 1));
        let (condition, then, otherwise) = (condition?, then?, otherwise?);
        let (then, otherwise, ty) = match (then.ty, otherwise.ty) {
            (Some(a), Some(b)) if a == b => (then.expr, otherwise.expr, a),
            (Some(ty), None) | (None, Some(ty)) => (then.expr, otherwise.expr, ty),
            (Some(Type::Text | Type::Code), Some(Type::Text | Type::Code)) => (then.expr, otherwise.expr, Type::Text),
            (Some(_), Some(_)) if then.scale().is_some() && otherwise.scale().is_some() => {
                let (then, otherwise, scale) = numbers::same_scale(then, otherwise);
                (then, otherwise, Type::Decimal(scale))
            }
            (Some(expected), other) => {
                let what = format!("{}|{}", type_zh(expected), type_en(expected));
                return self.fail(id, Problem::wrong_type("?:", &what, other));
            }
            (None, None) => return self.fail(id, Problem::wrong_type("?:", "一个值|a value", None)),
        };
        let expr = Expr::If { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) };
        Some(Part::new(expr, ty))
    }
}

/// Arithmetic on numbers, days and texts.
fn calculate(op: ArithmeticOp, left: Part, right: Part) -> Result<Part, Problem> {
    match (op, left.ty, right.ty) {
        (_, Some(Type::Int | Type::Decimal(_)), Some(Type::Int | Type::Decimal(_))) => {
            numbers::arithmetic(op, left, right)
        }
        (ArithmeticOp::Add, Some(Type::Text | Type::Code), Some(Type::Text | Type::Code)) => {
            Ok(Part::new(Expr::Concat(Box::new(left.expr), Box::new(right.expr)), Type::Text))
        }
        (ArithmeticOp::Add, Some(Type::Date), Some(Type::Int)) => Ok(later(left.expr, right.expr)),
        (ArithmeticOp::Add, Some(Type::Int), Some(Type::Date)) => Ok(later(right.expr, left.expr)),
        (ArithmeticOp::Subtract, Some(Type::Date), Some(Type::Int)) => {
            Ok(later(left.expr, Expr::Negate(Box::new(right.expr))))
        }
        (ArithmeticOp::Subtract, Some(Type::Date), Some(Type::Date)) => {
            let expr = Expr::DaysBetween { later: Box::new(left.expr), earlier: Box::new(right.expr) };
            Ok(Part::new(expr, Type::Int))
        }
        (_, Some(Type::Int | Type::Decimal(_)), other) | (_, other, _) => {
            Err(Problem::wrong_type("+ - * /", "数字，或日期与天数|numbers, or a date and days", other))
        }
    }
}

fn later(date: Expr, days: Expr) -> Part {
    Part::new(Expr::AddDays { date: Box::new(date), days: Box::new(days) }, Type::Date)
}

fn constant(literal: &LiteralValue) -> Result<Part, Problem> {
    let (value, ty) = match literal {
        LiteralValue::Boolean(flag) => (Literal::Bool(*flag.inner()), Type::Bool),
        LiteralValue::Int(number) => (Literal::Int(*number.inner()), Type::Int),
        LiteralValue::String(text) => (Literal::Text(text.inner().to_owned()), Type::Text),
        LiteralValue::Double(number) => return numbers::decimal_literal(*number.inner()),
        LiteralValue::Null => return Ok(Part { expr: Expr::Literal(Literal::Null), ty: None }),
        LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
            return Err(Problem::new(
                "expr.unsupported",
                "不支持无符号数（3u）和字节串（b\"…\"）",
                "unsigned numbers (3u) and bytes (b\"…\") are not supported",
            ));
        }
    };
    Ok(Part::new(Expr::Literal(value), ty))
}

/// `a.b.c` as one name.
fn dotted(node: &IdedExpr) -> Option<String> {
    let mut names = Vec::new();
    let mut node = node;
    loop {
        match &node.expr {
            Cel::Ident(name) => {
                names.push(name.trim_start_matches('.'));
                names.reverse();
                return Some(names.join("."));
            }
            Cel::Select(select) if !select.test => {
                names.push(select.field.as_str());
                node = &select.operand;
            }
            _ => return None,
        }
    }
}

fn compare_op(name: &str) -> Option<CompareOp> {
    Some(match name {
        operators::EQUALS => CompareOp::Equal,
        operators::NOT_EQUALS => CompareOp::NotEqual,
        operators::LESS => CompareOp::Less,
        operators::LESS_EQUALS => CompareOp::LessOrEqual,
        operators::GREATER => CompareOp::Greater,
        operators::GREATER_EQUALS => CompareOp::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic_op(name: &str) -> Option<ArithmeticOp> {
    Some(match name {
        operators::ADD => ArithmeticOp::Add,
        operators::SUBSTRACT => ArithmeticOp::Subtract,
        operators::MULTIPLY => ArithmeticOp::Multiply,
        operators::DIVIDE => ArithmeticOp::Divide,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
