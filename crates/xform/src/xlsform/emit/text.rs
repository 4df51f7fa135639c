//! Texts that people read, with references in them.

use super::Emitter;
use super::paths::Style;
use super::writer::Piece;
use crate::xlsform::element::Id;
use crate::xlsform::lex::{Kind, Token, tokens};
use crate::xlsform::refs;

impl Emitter<'_> {
    /// Splits a text at its references and its `instance(…)/…` expressions.
    pub(super) fn pieces(&self, text: &str, context: Option<Id>) -> Vec<Piece> {
        let mut pieces = Pieces::default();
        let mut from = 0;
        if text.contains("instance(") {
            for (start, end) in instance_expressions(text) {
                self.references(&text[from..start], context, &mut pieces);
                pieces.0.push(Piece::Output(self.xpath(&text[start..end], context, Style::default())));
                from = end;
            }
        }
        self.references(&text[from..], context, &mut pieces);
        pieces.0
    }

    fn references(&self, text: &str, context: Option<Id>, pieces: &mut Pieces) {
        let mut from = 0;
        if refs::may_have(text) {
            for reference in refs::all(text) {
                pieces.text(&text[from..reference.start]);
                pieces.0.push(Piece::Output(self.path_of(text, reference, context, Style::default())));
                from = reference.end;
            }
        }
        pieces.text(&text[from..]);
    }
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
    }
}

/// Where an `instance('x')/path[predicate]/path` begins and ends. White space ends it, except in a predicate.
fn instance_expressions(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut begun, mut last): (Option<usize>, Option<Token>) = (None, None);
    let (mut in_path, mut in_predicate) = (false, false);
    for token in tokens(text) {
        let Some(start) = begun else {
            if token.kind == Kind::Call && &text[token.start..token.end] == "instance(" {
                (begun, last) = (Some(token.start), Some(token));
            }
            continue;
        };
        let before = last.map_or(Kind::Other, |l| l.kind);
        let keep = match token.kind {
            Kind::Literal if before == Kind::Call && last.is_some_and(|l| &text[l.start..l.end] == "instance(") => true,
            Kind::Close if before == Kind::Literal => true,
            Kind::Slash if matches!(before, Kind::Close | Kind::PredicateEnd) => {
                in_path = true;
                true
            }
            Kind::Space if in_path => {
                in_path = false;
                false
            }
            Kind::PredicateStart if in_path => {
                (in_path, in_predicate) = (false, true);
                true
            }
            _ if in_path => true,
            Kind::PredicateEnd if in_predicate => {
                in_predicate = false;
                true
            }
            _ => in_predicate,
        };
        if keep {
            last = Some(token);
        } else {
            found.push((start, last.map_or(start, |l| l.end)));
            (begun, in_path) = (None, false);
        }
    }
    if let (Some(start), Some(last)) = (begun, last) {
        found.push((start, last.end));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::instance_expressions;

    #[test]
    fn an_instance_expression_ends_at_white_space_outside_predicates() {
        let text = "A instance('c')/root/item[name = ${q} and x = 1]/label B";
        let got: Vec<&str> = instance_expressions(text).into_iter().map(|(a, b)| &text[a..b]).collect();
        assert_eq!(got, ["instance('c')/root/item[name = ${q} and x = 1]/label"]);
        assert!(instance_expressions("no instance here").is_empty());
    }
}
