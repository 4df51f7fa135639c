//! Tokens → [`Expr`]. Nesting and chains are bounded, so that a hostile expression cannot exhaust the stack.

use super::ast::{Axis, BinaryOp, Expr, ExprKind, NodeTest, Step};
use super::error::XPathError;
use super::number::parse_number;
use super::token::{Tok, Token, tokens};

/// Parentheses, arguments and predicates inside each other.
const NESTING: u32 = 128;
/// Depth of the whole expression, chains such as `1 + 1 + …` included.
const DEPTH: u16 = 400;
/// Bytes of an expression.
const LONGEST: usize = 256 << 10;

/// Reads an expression.
///
/// # Errors
/// The first thing that is wrong, with its column: characters, grammar, variables, nesting beyond the limits. Functions
/// are checked by [`super::compile()`].
pub fn parse(source: &str) -> Result<Expr, XPathError> {
    if source.len() > LONGEST {
        let (zh, en) = ("表达式过长", "the expression is too long");
        return Err(XPathError::new("xpath.too_long", source, (0, 0), zh, en));
    }
    let mut parser = Parser { source, tokens: tokens(source)?, at: 0, nesting: 0 };
    let expr = parser.binary(1)?;
    let token = parser.peek();
    if token.tok != Tok::End {
        return Err(parser.unexpected(token));
    }
    Ok(expr)
}

struct Parser<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    at: usize,
    nesting: u32,
}

type Parsed<T> = Result<T, XPathError>;

impl Parser<'_> {
    fn peek(&self) -> Token {
        self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn accept(&mut self, tok: Tok) -> bool {
        let found = self.peek().tok == tok;
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, tok: Tok, written: &str) -> Parsed<Token> {
        let token = self.peek();
        if token.tok == tok {
            return Ok(self.next());
        }
        let found = token.text(self.source);
        Err(XPathError::new(
            "xpath.expected",
            self.source,
            token.span(),
            if found.is_empty() {
                format!("结尾缺少 {written}")
            } else {
                format!("“{found}”前缺少 {written}")
            },
            if found.is_empty() {
                format!("{written} is missing at the end")
            } else {
                format!("{written} is missing before \"{found}\"")
            },
        ))
    }

    fn unexpected(&self, token: Token) -> XPathError {
        let found = token.text(self.source);
        let (zh, en) = if token.tok == Tok::End {
            ("表达式没有写完".to_owned(), "the expression ends too early".to_owned())
        } else {
            (format!("这里不应出现“{found}”"), format!("\"{found}\" is not expected here"))
        };
        XPathError::new("xpath.syntax", self.source, token.span(), zh, en)
    }

    fn make(&self, kind: ExprKind, start: u32, below: u16) -> Parsed<Expr> {
        let end = self.tokens[self.at.saturating_sub(1).min(self.tokens.len() - 1)].end;
        if below >= DEPTH {
            return Err(self.too_deep((start, end)));
        }
        Ok(Expr { kind, span: (start, end), depth: below + 1 })
    }

    fn too_deep(&self, span: (u32, u32)) -> XPathError {
        let (zh, en) = ("表达式层级过深，请拆成几个计算字段", "nested too deeply; split it into calculations");
        XPathError::new("xpath.too_deep", self.source, span, zh, en)
    }

    fn enter(&mut self, token: Token) -> Parsed<()> {
        self.nesting += 1;
        if self.nesting > NESTING { Err(self.too_deep(token.span())) } else { Ok(()) }
    }

    /// Everything that binds at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.peek().start;
        let mut left = self.unary()?;
        loop {
            let tok = self.peek().tok;
            let binding = binding(tok);
            if binding == 0 || binding < least {
                return Ok(left);
            }
            self.at += 1;
            let right = self.binary(binding + 1)?;
            let below = left.depth.max(right.depth);
            left = match operator(tok) {
                Some(op) => self.make(ExprKind::Binary(op, Box::new(left), Box::new(right)), start, below)?,
                None => self.chain(tok, left, right, start)?,
            };
        }
    }

    /// `a or b or c` is one list, however long.
    fn chain(&mut self, tok: Tok, left: Expr, right: Expr, start: u32) -> Parsed<Expr> {
        let longer = (left.depth - 1).max(right.depth);
        let below = left.depth.max(right.depth);
        match (tok, left) {
            (Tok::Or, Expr { kind: ExprKind::Or(mut list), .. }) => {
                list.push(right);
                self.make(ExprKind::Or(list), start, longer)
            }
            (Tok::And, Expr { kind: ExprKind::And(mut list), .. }) => {
                list.push(right);
                self.make(ExprKind::And(list), start, longer)
            }
            (Tok::Or, left) => self.make(ExprKind::Or(vec![left, right]), start, below),
            (_, left) => self.make(ExprKind::And(vec![left, right]), start, below),
        }
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let token = self.peek();
        if !self.accept(Tok::Minus) {
            return self.union();
        }
        self.enter(token)?;
        let inner = self.unary()?;
        self.nesting -= 1;
        let below = inner.depth;
        self.make(ExprKind::Negate(Box::new(inner)), token.start, below)
    }

    fn union(&mut self) -> Parsed<Expr> {
        let start = self.peek().start;
        let mut left = self.path()?;
        while self.accept(Tok::Pipe) {
            let right = self.path()?;
            let below = left.depth.max(right.depth);
            left = self.make(ExprKind::Union(Box::new(left), Box::new(right)), start, below)?;
        }
        Ok(left)
    }

    fn path(&mut self) -> Parsed<Expr> {
        let token = self.peek();
        match token.tok {
            Tok::Number | Tok::Literal | Tok::Open | Tok::Function => self.filter(),
            Tok::Slash => {
                self.at += 1;
                let steps = if starts_step(self.peek().tok) { self.steps()? } else { Vec::new() };
                self.finish_path(true, steps, token.start)
            }
            Tok::SlashSlash => {
                self.at += 1;
                let mut steps = vec![any_below()];
                steps.extend(self.steps()?);
                self.finish_path(true, steps, token.start)
            }
            tok if starts_step(tok) => {
                let steps = self.steps()?;
                self.finish_path(false, steps, token.start)
            }
            _ => Err(self.unexpected(token)),
        }
    }

    fn finish_path(&mut self, absolute: bool, steps: Vec<Step>, start: u32) -> Parsed<Expr> {
        let below = deepest(steps.iter().flat_map(|step| &step.predicates));
        self.make(ExprKind::Path { absolute, steps }, start, below)
    }

    fn filter(&mut self) -> Parsed<Expr> {
        let start = self.peek().start;
        let from = self.primary()?;
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        if self.accept(Tok::Slash) {
            steps = self.steps()?;
        } else if self.accept(Tok::SlashSlash) {
            steps.push(any_below());
            steps.extend(self.steps()?);
        }
        if predicates.is_empty() && steps.is_empty() {
            return Ok(from);
        }
        let inside = deepest(predicates.iter().chain(steps.iter().flat_map(|step| &step.predicates)));
        let below = from.depth.max(inside);
        self.make(ExprKind::Filter { from: Box::new(from), predicates, steps }, start, below)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let token = self.next();
        let text = token.text(self.source);
        match token.tok {
            Tok::Number => self.make(ExprKind::Number(parse_number(text)), token.start, 0),
            Tok::Literal => self.make(ExprKind::Literal(text[1..text.len() - 1].to_owned()), token.start, 0),
            Tok::Open => {
                self.enter(token)?;
                let mut inner = self.binary(1)?;
                self.expect(Tok::Close, ")")?;
                self.nesting -= 1;
                inner.span = (token.start, self.tokens[self.at - 1].end);
                inner.depth += 1;
                Ok(inner)
            }
            _ => {
                let name = text.to_owned();
                self.enter(token)?;
                self.expect(Tok::Open, "(")?;
                let args = self.arguments()?;
                self.nesting -= 1;
                let below = deepest(args.iter());
                self.make(ExprKind::Call(name, args), token.start, below)
            }
        }
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut args = Vec::new();
        if self.accept(Tok::Close) {
            return Ok(args);
        }
        loop {
            args.push(self.binary(1)?);
            if !self.accept(Tok::Comma) {
                self.expect(Tok::Close, ")")?;
                return Ok(args);
            }
        }
    }

    fn steps(&mut self) -> Parsed<Vec<Step>> {
        let mut steps = vec![self.step()?];
        loop {
            if self.accept(Tok::SlashSlash) {
                steps.push(any_below());
            } else if !self.accept(Tok::Slash) {
                return Ok(steps);
            }
            steps.push(self.step()?);
        }
    }

    fn step(&mut self) -> Parsed<Step> {
        let token = self.next();
        let (axis, test) = match token.tok {
            // XPath 1.0 allows no predicate here; form engines do.
            Tok::Dot => (Axis::SelfAxis, NodeTest::Node),
            Tok::DotDot => (Axis::Parent, NodeTest::Node),
            Tok::At => {
                let test = self.next();
                (Axis::Attribute, self.test(test)?)
            }
            Tok::Axis => {
                let axis = self.axis(token)?;
                self.expect(Tok::ColonColon, "::")?;
                let test = self.next();
                (axis, self.test(test)?)
            }
            _ => (Axis::Child, self.test(token)?),
        };
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn axis(&self, token: Token) -> Parsed<Axis> {
        let name = token.text(self.source);
        Axis::ALL.iter().find(|(_, known)| *known == name).map(|(axis, _)| *axis).ok_or_else(|| {
            let (zh, en) = (format!("不支持的轴“{name}”"), format!("the axis \"{name}\" is not supported"));
            XPathError::new("xpath.axis", self.source, token.span(), zh, en)
        })
    }

    fn test(&mut self, token: Token) -> Parsed<NodeTest> {
        let text = token.text(self.source);
        Ok(match token.tok {
            Tok::Name => NodeTest::Name(text.to_owned()),
            Tok::Star => NodeTest::Any,
            Tok::PrefixStar => NodeTest::Prefix(text.trim_end_matches(":*").to_owned()),
            Tok::NodeType => {
                self.expect(Tok::Open, "(")?;
                let target = (text == "processing-instruction" && self.peek().tok == Tok::Literal).then(|| self.next());
                self.expect(Tok::Close, ")")?;
                match text {
                    "node" => NodeTest::Node,
                    "text" => NodeTest::Text,
                    "comment" => NodeTest::Comment,
                    _ => {
                        NodeTest::Instruction(target.map(|t| t.text(self.source).trim_matches(['"', '\'']).to_owned()))
                    }
                }
            }
            _ => return Err(self.unexpected(token)),
        })
    }

    fn predicates(&mut self) -> Parsed<Vec<Expr>> {
        let mut out = Vec::new();
        while self.peek().tok == Tok::OpenBracket {
            let token = self.next();
            self.enter(token)?;
            out.push(self.binary(1)?);
            self.expect(Tok::CloseBracket, "]")?;
            self.nesting -= 1;
        }
        Ok(out)
    }
}

fn deepest<'a>(parts: impl Iterator<Item = &'a Expr>) -> u16 {
    parts.map(|part| part.depth).max().unwrap_or(0)
}

fn any_below() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: NodeTest::Node, predicates: Vec::new() }
}

fn starts_step(tok: Tok) -> bool {
    matches!(
        tok,
        Tok::Name | Tok::Star | Tok::PrefixStar | Tok::NodeType | Tok::Axis | Tok::At | Tok::Dot | Tok::DotDot
    )
}

fn binding(tok: Tok) -> u8 {
    match tok {
        Tok::Or => 1,
        Tok::And => 2,
        tok => operator(tok).map_or(0, BinaryOp::binding),
    }
}

fn operator(tok: Tok) -> Option<BinaryOp> {
    Some(match tok {
        Tok::Equal => BinaryOp::Equal,
        Tok::NotEqual => BinaryOp::NotEqual,
        Tok::Less => BinaryOp::Less,
        Tok::LessEqual => BinaryOp::LessEqual,
        Tok::Greater => BinaryOp::Greater,
        Tok::GreaterEqual => BinaryOp::GreaterEqual,
        Tok::Plus => BinaryOp::Plus,
        Tok::Minus => BinaryOp::Minus,
        Tok::Times => BinaryOp::Times,
        Tok::Div => BinaryOp::Div,
        Tok::Mod => BinaryOp::Mod,
        _ => return None,
    })
}
