//! Which container each declaration goes into.
//!
//! A declaration is as deep as the deepest repeat that something of it stands in, and there as deep as all its `save_to`
//! columns have in common. Each container holds one declaration; the next one moves up as far as its repeat.

use super::{Entities, Tie};
use crate::xlsform::element::{Id, Kind, ROOT, Tree};
use crate::xlsform::finding::Finding;

/// What a declaration asks for.
struct Request {
    declaration: usize,
    /// The survey or repeat it belongs to.
    scope: Vec<Id>,
    /// Where it would best stand.
    wanted: Vec<Id>,
    /// Containers of its `save_to` columns.
    lineages: Vec<Vec<Id>>,
}

/// The containers, in the order in which declarations got them.
pub(super) fn allocate(entities: &Entities, tree: &Tree) -> Result<Vec<(Vec<Id>, usize)>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut requests = Vec::new();
    for (declaration, ties) in &entities.ties {
        match request(entities, tree, *declaration, ties) {
            Ok(request) => requests.push(request),
            Err(finding) => findings.push(finding),
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    for declaration in 0..entities.declarations.len() {
        if !entities.ties.iter().any(|(d, _)| *d == declaration) {
            let root = vec![ROOT];
            requests.push(Request { declaration, scope: root.clone(), wanted: root, lineages: Vec::new() });
        }
    }
    if let [only] = requests.as_slice()
        && only.scope == [ROOT]
    {
        return Ok(vec![(vec![ROOT], only.declaration)]);
    }
    let mut scopes: Vec<&Vec<Id>> = Vec::new();
    for request in &requests {
        if !scopes.contains(&&request.scope) {
            scopes.push(&request.scope);
        }
    }
    let mut allocations: Vec<(Vec<Id>, usize)> = Vec::new();
    let mut reserved: Vec<(Vec<Id>, usize)> = Vec::new();
    for scope in scopes {
        let mut inside: Vec<&Request> = requests.iter().filter(|r| r.scope == *scope).collect();
        inside.sort_by_key(|r| entities.declarations[r.declaration].row);
        for request in inside {
            if let Some(conflict) = place(request, scope.len(), &mut allocations, &mut reserved) {
                findings.push(no_room(entities, tree, request, conflict));
            }
        }
    }
    if findings.is_empty() { Ok(allocations) } else { Err(findings) }
}

fn holder(places: &[(Vec<Id>, usize)], path: &[Id]) -> Option<usize> {
    places.iter().find(|(p, _)| p == path).map(|(_, d)| *d)
}

/// Places one declaration as deep as wanted, else further up. Returns the declaration that is in the way.
fn place(
    request: &Request,
    highest: usize,
    allocations: &mut Vec<(Vec<Id>, usize)>,
    reserved: &mut Vec<(Vec<Id>, usize)>,
) -> Option<usize> {
    let mut conflict = None;
    for depth in (highest..=request.wanted.len()).rev() {
        let path = &request.wanted[..depth];
        conflict = holder(allocations, path).or_else(|| holder(reserved, path));
        if conflict.is_none() {
            allocations.push((path.to_vec(), request.declaration));
            reserved.push((path.to_vec(), request.declaration));
            for lineage in &request.lineages {
                for len in (depth..=lineage.len()).rev() {
                    let path = &lineage[..len];
                    match reserved.iter_mut().find(|(p, _)| p == path) {
                        Some((_, holder)) => *holder = request.declaration,
                        None => reserved.push((path.to_vec(), request.declaration)),
                    }
                }
            }
            return None;
        }
        // A declaration with save_to columns cannot leave a container that another one holds.
        if let Some(other) = request.lineages.first().and_then(|l| holder(reserved, l)) {
            return Some(other);
        }
    }
    conflict
}

/// The part of a path down to its last repeat, or the survey.
fn scope_of<'a>(tree: &Tree, path: &'a [Id]) -> &'a [Id] {
    let last = path.iter().rposition(|id| matches!(tree[*id].kind, Kind::Repeat | Kind::Survey)).unwrap_or(0);
    &path[..=last]
}

fn repeats(tree: &Tree, path: &[Id]) -> usize {
    path.iter().filter(|id| tree[**id].kind == Kind::Repeat).count()
}

/// The deepest path of several, the first of equals; depth within the deepest repeat.
fn deeper<'a>(tree: &Tree, old: Option<&'a Tie>, new: &'a Tie) -> Option<&'a Tie> {
    let depth = |tie: &Tie| {
        let scope = scope_of(tree, &tie.path);
        (repeats(tree, scope), tie.path.len() - scope.len())
    };
    match old {
        Some(old) if depth(new) <= depth(old) => Some(old),
        _ => Some(new),
    }
}

fn request(entities: &Entities, tree: &Tree, declaration: usize, ties: &[Tie]) -> Result<Request, Finding> {
    let deepest = ties.iter().fold(None, |old, tie| deeper(tree, old, tie));
    let saved = ties.iter().filter(|t| t.property.is_some()).fold(None, |old, tie| deeper(tree, old, tie));
    let scope = ties.iter().fold(&[ROOT][..], |old, tie| {
        let scope = scope_of(tree, &tie.path);
        if repeats(tree, scope) > repeats(tree, old) { scope } else { old }
    });
    let mut lineages: Vec<Vec<Id>> = Vec::new();
    for tie in ties.iter().filter(|t| t.property.is_some()) {
        if !lineages.contains(&tie.path) {
            lineages.push(tie.path.clone());
        }
    }
    let mut wanted = saved.or(deepest).map_or_else(|| vec![ROOT], |t| t.path.clone());
    if let Some(first) = lineages.first() {
        let agree = |len: &usize| lineages.iter().all(|l| l.get(..*len) == first.get(..*len));
        let common = (0..=first.len()).rev().find(agree).unwrap_or(0);
        let least = scope_of(tree, &wanted);
        let common = &first[..common];
        let depth = |path: &[Id]| (repeats(tree, path), path.len() - scope_of(tree, path).len());
        wanted = if lineages.len() > 1 && depth(least) >= depth(common) { least.to_vec() } else { common.to_vec() };
    }
    for tie in ties {
        let own = scope_of(tree, &tie.path);
        let astray = tie.property.is_some() && scope_of(tree, &wanted) != own;
        if scope.get(..own.len()) != Some(own) || astray {
            return Err(conflict(entities, tree, declaration, tie, if astray { &wanted } else { scope }));
        }
    }
    Ok(Request { declaration, scope: scope.to_vec(), wanted, lineages })
}

/// `/survey/group/repeat`.
fn shown(tree: &Tree, path: &[Id]) -> String {
    path.iter().map(|id| if *id == ROOT { "/survey".to_owned() } else { format!("/{}", tree[*id].name) }).collect()
}

fn conflict(entities: &Entities, tree: &Tree, declaration: usize, tie: &Tie, other: &[Id]) -> Finding {
    let declaration = &entities.declarations[declaration];
    let (dataset, scope, other) = (&declaration.dataset, shown(tree, &tie.path), shown(tree, other));
    match &tie.property {
        Some(_) => Finding::error(
            "save-to-scope",
            "survey",
            format!("实体列表“{dataset}”在“{other}”中也有引用，与这里的 save_to（“{scope}”）不在同一循环组。请用 calculate 把值抄到同一处再保存。"),
            format!(
                "The entity list name '{dataset}' has a reference in container scope '{other}' which is not compatible with \
                 this 'save_to' reference in scope '{scope}'. Copy the value into one scope with a 'calculate' question."
            ),
        )
        .row(tie.row)
        .column("save_to"),
        None => Finding::error(
            "entity-reference-scope",
            "entities",
            format!("实体列表“{dataset}”在“{other}”中有引用，与所引用的题“{}”（“{scope}”）不在同一循环组。", tie.question),
            format!(
                "The entity list name '{dataset}' has a reference in container scope '{other}' which is not compatible with \
                 the variable reference to '{}' in scope '{scope}'. Copy the value into one scope with a 'calculate' question.",
                tie.question
            ),
        )
        .row(declaration.row)
        .column("list_name"),
    }
}

fn no_room(entities: &Entities, tree: &Tree, request: &Request, other: usize) -> Finding {
    let (scope, other) = (shown(tree, &request.scope), entities.declarations[other].row);
    Finding::error(
        "entity-no-container",
        "entities",
        format!("“{scope}”内没有可放这个实体的分组，已被第 {other} 行的实体占用。请把两个实体的题目放在不同的分组里。"),
        format!(
            "Each container (survey, group, repeat) may have only one entity declaration, but there are no valid containers \
             available in the scope '{scope}', which has been allocated to the entity on row '{other}'. Put the questions \
             of the two entities into different groups."
        ),
    )
    .row(entities.declarations[request.declaration].row)
    .column("list_name")
}
