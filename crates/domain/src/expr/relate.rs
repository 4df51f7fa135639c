//! Comparing and looking up: `==`, `<`, `in`, and whether the codes written exist.

use cel::{IdedExpr, common::ast::Expr as Cel};

use super::{
    ast::{CompareOp, Expr, Literal, Type},
    error::{Problem, type_en, type_zh},
    numbers::{self, Part},
    translate::Translator,
};

impl Translator<'_> {
    pub(super) fn comparison(
        &mut self,
        id: u64,
        op: CompareOp,
        left: &IdedExpr,
        right: &IdedExpr,
        depth: usize,
    ) -> Option<Part> {
        let (a, b) = (self.part(left, depth + 1), self.part(right, depth + 1));
        let (a, b) = (a?, b?);
        self.known_code(right.id, &a, &b);
        self.known_code(left.id, &b, &a);
        let equality = matches!(op, CompareOp::Equal | CompareOp::NotEqual);
        let (left, right) = match (a.ty, b.ty) {
            (Some(_), None) | (None, Some(_)) if equality => {
                let known = if a.ty.is_some() { a.expr } else { b.expr };
                let is_null = Expr::IsNull(Box::new(known));
                let expr = if op == CompareOp::Equal { is_null } else { Expr::Not(Box::new(is_null)) };
                return Some(Part::new(expr, Type::Bool));
            }
            (Some(Type::Int | Type::Decimal(_)), Some(Type::Int | Type::Decimal(_))) => {
                let (left, right, _) = numbers::same_scale(a, b);
                (left, right)
            }
            (Some(Type::Text), Some(Type::Text))
            | (Some(Type::Date), Some(Type::Date))
            | (Some(Type::Timestamp), Some(Type::Timestamp)) => (a.expr, b.expr),
            (Some(Type::Text | Type::Code), Some(Type::Text | Type::Code))
            | (Some(Type::Bool), Some(Type::Bool))
            | (Some(Type::Ref), Some(Type::Ref))
                if equality =>
            {
                (a.expr, b.expr)
            }
            (left, right) => return self.fail(id, incomparable(left, right, equality)),
        };
        let expr = Expr::Compare { op, left: Box::new(left), right: Box::new(right) };
        Some(Part::new(expr, Type::Bool))
    }

    /// `x in […]` or `code in codes_field`.
    pub(super) fn membership(&mut self, id: u64, item: &IdedExpr, list: &IdedExpr, depth: usize) -> Option<Part> {
        let Cel::List(literals) = &list.expr else {
            let (code, codes) = (self.part(item, depth + 1), self.part(list, depth + 1));
            let (code, codes) = (code?, codes?);
            self.known_code(item.id, &codes, &code);
            return match (code.ty, codes.ty) {
                (Some(Type::Text | Type::Code), Some(Type::Codes)) => {
                    let expr = Expr::Holds { codes: Box::new(codes.expr), code: Box::new(code.expr) };
                    Some(Part::new(expr, Type::Bool))
                }
                (Some(Type::Text | Type::Code), other) => {
                    self.fail(list.id, Problem::wrong_type("in", "列表|a list", other))
                }
                (other, _) => self.fail(item.id, Problem::wrong_type("in", "代码或文字|a code or text", other)),
            };
        };
        let looked_for = self.part(item, depth + 1);
        let parts: Vec<Option<Part>> = literals.elements.iter().map(|node| self.part(node, depth + 1)).collect();
        let looked_for = looked_for?;
        if parts.is_empty() {
            let problem = Problem::new("expr.empty_list", "in 右边的列表是空的", "the list beside \"in\" is empty");
            return self.fail(id, problem);
        }
        let mut members = Vec::with_capacity(parts.len());
        for (node, part) in literals.elements.iter().zip(parts) {
            let part = part?;
            self.known_code(node.id, &looked_for, &part);
            members.push((node.id, part));
        }
        self.member_of(looked_for, members)
    }

    fn member_of(&mut self, looked_for: Part, members: Vec<(u64, Part)>) -> Option<Part> {
        let scale = members.iter().filter_map(|(_, part)| part.scale()).chain(looked_for.scale()).max().unwrap_or(0);
        let mut list = Vec::with_capacity(members.len());
        for (id, part) in members {
            let fits = match (looked_for.ty, part.ty) {
                (Some(Type::Text | Type::Code), other) => other == Some(Type::Text),
                (Some(Type::Int | Type::Decimal(_)), _) => part.scale().is_some(),
                (looked_for, other) => looked_for == Some(Type::Date) && other == looked_for,
            };
            let ty = part.ty;
            let expr = if part.scale().is_some() { numbers::rescale(part, scale) } else { part.expr };
            match expr {
                Expr::Literal(literal) if fits => list.push(literal),
                _ => {
                    return self
                        .fail(id, Problem::wrong_type("in", "与左边同类的常量|constants like its left side", ty));
                }
            }
        }
        let item = if looked_for.scale().is_some() { numbers::rescale(looked_for, scale) } else { looked_for.expr };
        Some(Part::new(Expr::In { item: Box::new(item), list }, Type::Bool))
    }

    /// A literal compared with a coded field must be a code of its list.
    fn known_code(&mut self, literal_id: u64, field: &Part, literal: &Part) {
        let (Expr::Field(name), Expr::Literal(Literal::Text(code))) = (&field.expr, &literal.expr) else { return };
        let Some(codes) = self.scope.get(name).and_then(|field| field.codes.as_ref()) else { return };
        if codes.contains(code) {
            return;
        }
        let some: Vec<&str> = codes.iter().map(String::as_str).take(12).collect();
        let some = some.join(" ");
        let problem = Problem::new(
            "expr.unknown_code",
            format!("{name} 的代码表中没有“{code}”，可用：{some}"),
            format!("the code list of {name} has no \"{code}\"; it has {some}"),
        );
        self.fail::<()>(literal_id, problem);
    }
}

fn incomparable(left: Option<Type>, right: Option<Type>, equality: bool) -> Problem {
    let (zh, en) = match (left, right) {
        (Some(Type::Date), Some(Type::Text)) | (Some(Type::Text), Some(Type::Date)) => {
            ("；日期请写作 date(\"2024-01-01\")", "; write a date as date(\"2024-01-01\")")
        }
        (Some(Type::Timestamp), Some(Type::Date)) | (Some(Type::Date), Some(Type::Timestamp)) => {
            ("；时刻请先用 date(…) 取日期", "; take the day of a moment with date(…)")
        }
        (Some(Type::Codes), _) | (_, Some(Type::Codes)) => ("；请写 \"代码\" in 字段", "; write \"code\" in field"),
        (Some(Type::Code), Some(Type::Code | Type::Text)) | (Some(Type::Text), Some(Type::Code)) if !equality => {
            ("；代码没有大小，请用 in […]", "; codes have no order, use in […]")
        }
        _ => ("", ""),
    };
    let name_zh = |ty: Option<Type>| ty.map_or("null", type_zh);
    let name_en = |ty: Option<Type>| ty.map_or("null", type_en);
    Problem::new(
        "expr.type",
        format!("{}与{}不能这样比较{zh}", name_zh(left), name_zh(right)),
        format!("{} and {} cannot be compared so{en}", name_en(left), name_en(right)),
    )
}
