//! `${name}` → XPath: absolute, or relative within a repeat.

use super::Emitter;
use crate::xlsform::element::{Id, Kind, ROOT};
use crate::xlsform::refs::{self, Reference};

/// How references are written where they stand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    /// Relative paths start at `current()`, because they stand in a predicate.
    pub(super) current: bool,
    /// Relative paths go up to the repeat's parent, so that a predicate can follow the repeat.
    pub(super) parent: bool,
}

/// The places of arguments of `indexed-repeat` that are node sets and keep absolute paths.
const NODESET_ARGUMENTS: [usize; 4] = [0, 1, 3, 5];

impl Emitter<'_> {
    /// Replaces all references of an expression.
    pub(super) fn xpath(&self, text: &str, context: Option<Id>, style: Style) -> String {
        if !refs::may_have(text) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len() + 32);
        let mut from = 0;
        for reference in refs::all(text) {
            out.push_str(&text[from..reference.start]);
            out.push_str(&self.path_of(text, reference, context, style));
            from = reference.end;
        }
        out.push_str(&text[from..]);
        out
    }

    /// The XPath of one reference within `text`, with a space on either side.
    pub(super) fn path_of(&self, text: &str, reference: Reference<'_>, context: Option<Id>, style: Style) -> String {
        let Some(target) = self.named(reference.name, context) else { return String::new() };
        if let Some(context) = context
            && !reference.last_saved
            && wants_relative(text, reference)
        {
            let current = style.current || in_predicate(text, reference);
            if let Some(path) = self.relative(context, target, current, style.parent) {
                return path;
            }
        }
        let saved = if reference.last_saved { "instance('__last-saved')" } else { "" };
        format!(" {saved}{} ", self.tree[target].path)
    }

    /// The relative path between two elements that share a repeat.
    fn relative(&self, source: Id, target: Id, current: bool, parent: bool) -> Option<String> {
        let shared = |kinds: &dyn Fn(Id) -> bool| self.common(source, target, kinds);
        let (repeat, steps_to_repeat) = shared(&|id| self.tree[id].kind == Kind::Repeat)?;
        let above = parent.then(|| self.above_repeat(source, target, repeat)).flatten();
        let (steps, path) = match above {
            Some(above) => (steps_to_repeat + 1, self.tree.path_below(target, above)),
            None => {
                let (ancestor, steps) = shared(&|id| self.is_container(id))?;
                (steps, self.tree.path_below(target, ancestor))
            }
        };
        let current = if current { "current()/" } else { "" };
        Some(format!(" {current}{}{path} ", vec![".."; steps].join("/")))
    }

    fn is_container(&self, id: Id) -> bool {
        let element = &self.tree[id];
        matches!(element.kind, Kind::Group | Kind::Repeat) && element.type_name != "loop"
    }

    /// The parent of the shared repeat, when a node set must start there: the target is directly in that repeat, and
    /// either the repeat is in no other or the source is in one further down.
    fn above_repeat(&self, source: Id, target: Id, repeat: Id) -> Option<Id> {
        let own = |id| self.tree.nearest(id, Kind::Repeat);
        let outermost = own(repeat).is_none();
        (own(target) == Some(repeat) && (outermost || own(source) != Some(repeat)))
            .then(|| self.tree[repeat].parent.unwrap_or(ROOT))
    }

    /// The lowest ancestor of both that is of a kind, with the steps from the source to it.
    fn common(&self, source: Id, target: Id, kind: &dyn Fn(Id) -> bool) -> Option<(Id, usize)> {
        self.tree.ancestors(source).find(|(a, _)| kind(*a) && self.tree.ancestors(target).any(|(b, _)| *a == b))
    }
}

/// Whether a reference is in a predicate of a secondary instance.
fn in_predicate(text: &str, reference: Reference<'_>) -> bool {
    if !text
        .split("instance(")
        .skip(1)
        .any(|after| after.chars().take_while(|c| *c != '\n').count() > 1 && !after.starts_with(')'))
    {
        return false;
    }
    let mut from = 0;
    while let Some(open) = text[from..].find('[').map(|at| from + at) {
        let Some(close) = text[open..].find(']').map(|at| open + at + 1) else { return false };
        if close == open + 2 {
            from = open + 1;
            continue;
        }
        if reference.start >= open && reference.end <= close {
            return true;
        }
        from = close;
    }
    false
}

/// Whether a reference may be relative: always, except as a node set in `indexed-repeat`.
fn wants_relative(text: &str, reference: Reference<'_>) -> bool {
    if !text.contains("indexed-repeat(") {
        return true;
    }
    let calls = indexed_repeats(text);
    let mut calls = calls.iter();
    while let Some((start, end)) = calls.next() {
        if reference.end > *end {
            // The reference compiler looks at every other call from here on.
            if calls.next().is_none() {
                return true;
            }
            continue;
        }
        if reference.end < *start || reference.start > *end {
            return true;
        }
        let arguments = &text[start + "indexed-repeat(".len()..end - 1];
        let name = format!("${{{}}}", reference.name);
        let place = arguments.split(',').enumerate().filter(|(_, a)| a.contains(&name)).last();
        return place.is_some_and(|(at, _)| !NODESET_ARGUMENTS.contains(&at));
    }
    false
}

/// Starts and ends of `indexed-repeat(…)` without parentheses inside.
fn indexed_repeats(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("indexed-repeat(").map(|at| from + at) {
        let open = start + "indexed-repeat(".len();
        match text[open..].find(')') {
            Some(len) if len > 0 => {
                from = open + len + 1;
                found.push((start, from));
            }
            _ => from = open,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference<'a>(text: &'a str, name: &str) -> Reference<'a> {
        refs::all(text).find(|r| r.name == name).unwrap()
    }

    #[test]
    fn a_predicate_of_an_instance_is_recognised() {
        let text = "instance('x')/root/item[a = ${b}]/c = ${d}";
        assert!(in_predicate(text, reference(text, "b")));
        assert!(!in_predicate(text, reference(text, "d")));
        let plain = "x[a = ${b}]";
        assert!(!in_predicate(plain, reference(plain, "b")));
    }

    #[test]
    fn node_sets_of_indexed_repeat_stay_absolute() {
        let text = "indexed-repeat(${a}, ${r}, ${i}) + ${z}";
        assert!(!wants_relative(text, reference(text, "a")));
        assert!(!wants_relative(text, reference(text, "r")));
        assert!(wants_relative(text, reference(text, "i")));
        assert!(wants_relative(text, reference(text, "z")));
    }
}
