//! What an evaluation stands on: the form, the world outside, and what is remembered between expressions.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::EvalError;
use super::eval::Eval;
use super::pattern::Pattern;
use super::program::Names;
use super::secondary::Secondary;
use super::time::Moment;
use crate::tree::{NameId, NodeId, Tree};

/// What lies outside the form: other instances, clock, zone, chance, the device's properties.
pub trait Outside {
    /// An external instance by its id, `__last-saved` included.
    fn instance(&self, _id: &str) -> Option<&Secondary> {
        None
    }
    /// The moment of the evaluation.
    fn now(&self) -> Moment;
    /// Minutes east of Greenwich; China by default.
    fn zone(&self) -> i64 {
        480
    }
    /// A number from 0 to 1, 1 excluded.
    fn random(&self) -> f64;
    /// A random UUID without prefix.
    fn uuid(&self) -> String;
    /// A property such as `deviceid`, `username` or `phonenumber`.
    fn property(&self, _name: &str) -> Option<String> {
        None
    }
    /// The language of labels, as the form names it.
    fn language(&self) -> Option<&str> {
        None
    }
}

/// What an expression may ask of its own form.
pub trait Inside {
    /// An instance written in the form.
    fn inline(&self, _id: &str) -> Option<&Secondary> {
        None
    }
    /// Whether `id` names the form's own instance.
    fn is_primary(&self, _id: &str) -> bool {
        false
    }
    /// A text of `<itext>` in a language.
    fn itext(&self, _id: &str, _language: Option<&str>) -> Option<String> {
        None
    }
    /// The form's version.
    fn version(&self) -> &str {
        ""
    }
    /// The label of a choice of the question at a path.
    ///
    /// # Errors
    /// When the question's list cannot be evaluated.
    fn choice_label(&self, _eval: &Eval<'_, '_>, _path: &str, _value: &str) -> Result<Option<String>, EvalError> {
        Ok(None)
    }
}

/// No form around the expression.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

impl Inside for Nowhere {}

/// An [`Outside`] made of plain values.
#[derive(Debug)]
pub struct World {
    /// Instances by id.
    pub instances: HashMap<String, Arc<Secondary>>,
    /// The moment.
    pub now: Moment,
    /// Minutes east of Greenwich.
    pub zone: i64,
    /// Properties.
    pub properties: BTreeMap<String, String>,
    /// The language of labels.
    pub language: Option<String>,
    state: AtomicU64,
}

impl World {
    /// A world at a moment, with a seed for all chance.
    pub fn new(now: Moment, seed: u64) -> Self {
        Self {
            instances: HashMap::new(),
            now,
            zone: 480,
            properties: BTreeMap::new(),
            language: None,
            state: AtomicU64::new(seed),
        }
    }

    /// SplitMix64.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Outside for World {
    fn instance(&self, id: &str) -> Option<&Secondary> {
        self.instances.get(id).map(|found| &**found)
    }
    fn now(&self) -> Moment {
        self.now
    }
    fn zone(&self) -> i64 {
        self.zone
    }
    fn random(&self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    fn uuid(&self) -> String {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        let bits = (bits & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
    fn property(&self, name: &str) -> Option<String> {
        self.properties.get(name).cloned()
    }
    fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }
}

/// The form's own instance during an evaluation, with what is relevant in it.
#[derive(Debug, Clone)]
pub struct Live {
    /// The instance.
    pub tree: Tree,
    /// By node; what is not relevant is blank to every expression.
    pub relevant: Vec<bool>,
    names: Vec<NameId>,
}

impl Live {
    /// An instance in which all is relevant.
    pub fn new(tree: Tree, names: &Names) -> Self {
        let relevant = vec![true; tree.len()];
        let names = mapped(names, &tree);
        Self { tree, relevant, names }
    }

    pub(super) fn name(&self, ix: u32) -> NameId {
        self.names.get(ix as usize).copied().unwrap_or(crate::tree::NONE)
    }
}

fn mapped(names: &Names, tree: &Tree) -> Vec<NameId> {
    names.0.iter().map(|name| tree.name_id(name)).collect()
}

struct Loaded<'a> {
    id: String,
    source: &'a Secondary,
    names: Rc<[NameId]>,
}

/// Steps that one evaluation of a whole submission may take; a large form takes a thousandth of it.
const FUEL: u64 = 50_000_000;

/// The children of one node by name.
pub(super) type Children = Rc<HashMap<NameId, Vec<NodeId>>>;

/// What expressions share while one instance is evaluated. Its structure must not change meanwhile; values may.
pub struct Session<'a> {
    pub(super) names: &'a Names,
    pub(super) inside: &'a dyn Inside,
    pub(super) outside: &'a dyn Outside,
    /// Steps left; at 0 every evaluation ends with `xpath.budget`.
    pub fuel: Cell<u64>,
    loaded: RefCell<Vec<Loaded<'a>>>,
    pub(super) wide: RefCell<HashMap<NodeId, Children>>,
    patterns: RefCell<HashMap<String, Rc<Pattern>>>,
}

impl<'a> Session<'a> {
    /// A session for expressions compiled with `names`.
    pub fn new(names: &'a Names, inside: &'a dyn Inside, outside: &'a dyn Outside) -> Self {
        Self {
            names,
            inside,
            outside,
            fuel: Cell::new(FUEL),
            loaded: RefCell::default(),
            wide: RefCell::default(),
            patterns: RefCell::default(),
        }
    }

    /// The number (from 1) of the instance with this id, loading it when first asked for.
    pub(super) fn secondary(&self, id: &str) -> Result<u32, EvalError> {
        let mut loaded = self.loaded.borrow_mut();
        if let Some(at) = loaded.iter().position(|one| one.id == id) {
            return Ok(at as u32 + 1);
        }
        let source = self
            .inside
            .inline(id)
            .or_else(|| self.outside.instance(id))
            .ok_or_else(|| EvalError::missing_instance(id))?;
        let names: Rc<[NameId]> = mapped(self.names, &source.tree).into();
        loaded.push(Loaded { id: id.to_owned(), source, names });
        Ok(loaded.len() as u32)
    }

    /// The instance with this number.
    pub(super) fn source(&self, number: u32) -> &'a Secondary {
        self.loaded.borrow()[number as usize - 1].source
    }

    /// The number that an expression's name has in that instance.
    pub(super) fn name_in(&self, number: u32, ix: u32) -> NameId {
        let loaded = self.loaded.borrow();
        loaded[number as usize - 1].names.get(ix as usize).copied().unwrap_or(crate::tree::NONE)
    }

    pub(super) fn pattern(&self, source: &str) -> Rc<Pattern> {
        let mut patterns = self.patterns.borrow_mut();
        if let Some(known) = patterns.get(source) {
            return Rc::clone(known);
        }
        if patterns.len() > 1000 {
            patterns.clear();
        }
        let made = Rc::new(Pattern::new(source));
        patterns.insert(source.to_owned(), Rc::clone(&made));
        made
    }

    /// The names of expressions.
    pub fn names(&self) -> &'a Names {
        self.names
    }

    /// The world outside.
    pub fn outside(&self) -> &'a dyn Outside {
        self.outside
    }
}
