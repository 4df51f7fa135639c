//! The shape of an expression, each part with its place.

/// An expression and where it stands in the text.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Bytes of the text it was read from.
    pub span: (u32, u32),
    pub(super) depth: u16,
}

/// Two expressions are equal when they mean the same, wherever they stand.
impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A number.
    Number(f64),
    /// A text in quotes.
    Literal(String),
    /// `a or b or c`
    Or(Vec<Expr>),
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a + b` and the like
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `-a`
    Negate(Box<Expr>),
    /// `a | b`
    Union(Box<Expr>, Box<Expr>),
    /// `name(a, b)`
    Call(String, Vec<Expr>),
    /// `/data/a` or `../a`
    Path {
        /// Begins with `/`.
        absolute: bool,
        /// The steps.
        steps: Vec<Step>,
    },
    /// `f(x)[1]/a`
    Filter {
        /// What the predicates and steps start from.
        from: Box<Expr>,
        /// Predicates on it.
        predicates: Vec<Expr>,
        /// Steps from there.
        steps: Vec<Step>,
    },
}

/// Operators with two sides, `and`, `or` and `|` aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `div`
    Div,
    /// `mod`
    Mod,
}

impl BinaryOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Div => "div",
            Self::Mod => "mod",
        }
    }

    /// How tightly it binds; `or` is 1 and `and` is 2.
    pub(super) fn binding(self) -> u8 {
        match self {
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual => 4,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Div | Self::Mod => 6,
        }
    }
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The direction.
    pub axis: Axis,
    /// Which nodes.
    pub test: NodeTest,
    /// Conditions.
    pub predicates: Vec<Expr>,
}

/// The directions of XPath 1.0 (without `namespace`, which forms cannot use).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// `child::`
    Child,
    /// `descendant::`
    Descendant,
    /// `descendant-or-self::`
    DescendantOrSelf,
    /// `parent::`
    Parent,
    /// `ancestor::`
    Ancestor,
    /// `ancestor-or-self::`
    AncestorOrSelf,
    /// `self::`
    SelfAxis,
    /// `following-sibling::`
    FollowingSibling,
    /// `preceding-sibling::`
    PrecedingSibling,
    /// `following::`
    Following,
    /// `preceding::`
    Preceding,
    /// `attribute::`
    Attribute,
}

impl Axis {
    pub(super) const ALL: [(Self, &'static str); 12] = [
        (Self::Child, "child"),
        (Self::Descendant, "descendant"),
        (Self::DescendantOrSelf, "descendant-or-self"),
        (Self::Parent, "parent"),
        (Self::Ancestor, "ancestor"),
        (Self::AncestorOrSelf, "ancestor-or-self"),
        (Self::SelfAxis, "self"),
        (Self::FollowingSibling, "following-sibling"),
        (Self::PrecedingSibling, "preceding-sibling"),
        (Self::Following, "following"),
        (Self::Preceding, "preceding"),
        (Self::Attribute, "attribute"),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(axis, _)| *axis == self).map_or("", |(_, name)| name)
    }
}

/// Which nodes of a direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeTest {
    /// By name, perhaps with a prefix.
    Name(String),
    /// `*`
    Any,
    /// `prefix:*`
    Prefix(String),
    /// `node()`
    Node,
    /// `text()`
    Text,
    /// `comment()`
    Comment,
    /// `processing-instruction('target')`
    Instruction(Option<String>),
}
