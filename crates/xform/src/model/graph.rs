//! What depends on what: relevance and calculations in an order that works, and the circles that have none.

use super::{Finding, Form, InstanceSource, NodeIx, NodeKind, Severity};
use crate::message::Message;
use crate::xpath::Program;

/// A thing to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Vertex {
    /// Of which node.
    pub node: NodeIx,
    /// What of it.
    pub facet: Facet,
}

/// What can be computed of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Whether it is asked.
    Relevance,
    /// Its value.
    Value,
}

fn number(node: NodeIx, facet: Facet) -> usize {
    node * 2 + usize::from(facet == Facet::Value)
}

fn vertex(number: usize) -> Vertex {
    Vertex { node: number / 2, facet: if number % 2 == 1 { Facet::Value } else { Facet::Relevance } }
}

impl Form {
    /// The nodes whose rules read `ix`, by their relevance, calculation, constraint, requirement or read-only rule.
    pub fn triggered_by(&self, ix: NodeIx) -> Vec<NodeIx> {
        let reads = |at: NodeIx, program: &Option<Program>| {
            program.as_ref().is_some_and(|program| self.targets(at, program).contains(&ix))
        };
        (0..self.nodes.len())
            .filter(|&at| {
                let bind = &self.nodes[at].bind;
                [&bind.relevant, &bind.calculate, &bind.constraint, &bind.required, &bind.readonly]
                    .into_iter()
                    .any(|program| reads(at, program))
            })
            .collect()
    }

    /// The nodes an expression of node `at` reads.
    fn targets(&self, at: NodeIx, program: &Program) -> Vec<NodeIx> {
        let mut out = Vec::new();
        for reference in program.paths() {
            let base = if reference.absolute { None } else { Some(at) };
            self.resolve(base, &reference.moves, &mut out);
        }
        out
    }

    fn find_child(&self, parent: Option<NodeIx>, name: &str, attribute: bool) -> Option<NodeIx> {
        let path = parent.map_or("", |at| &self.nodes[at].path);
        let path = if attribute { format!("{path}/@{name}") } else { format!("{path}/{name}") };
        self.by_path.get(&path).copied()
    }

    fn resolve(&self, base: Option<NodeIx>, moves: &[crate::xpath::Move], out: &mut Vec<NodeIx>) {
        use crate::xpath::Move;
        let mut at = base;
        for step in moves {
            let next = match step {
                Move::Up => at.and_then(|at| self.nodes[at].parent),
                Move::Down(name) => self.find_child(at, name, false),
                Move::Attribute(name) => self.find_child(at, name, true),
                Move::Anything => {
                    let top = at.map_or("", |at| &self.nodes[at].path).to_owned();
                    let below = |path: &str| path.strip_prefix(&top).is_some_and(|rest| rest.starts_with('/'));
                    let leaves = self.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Value);
                    out.extend(leaves.filter(|(_, node)| below(&node.path)).map(|(ix, _)| ix));
                    return;
                }
            };
            match next {
                Some(next) => at = Some(next),
                None => return,
            }
        }
        out.extend(at);
    }

    pub(super) fn find_order(&mut self) {
        let edges = self.edges();
        let groups = components(&edges);
        for group in &groups {
            if group.len() > 1 || edges[group[0]].contains(&group[0]) {
                let finding = self.circle(group);
                self.findings.push(finding);
            }
        }
        self.order = groups.into_iter().flatten().map(vertex).collect();
    }

    /// For each vertex, what must be computed before it.
    fn edges(&self) -> Vec<Vec<usize>> {
        let mut edges: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len() * 2];
        for (ix, node) in self.nodes.iter().enumerate() {
            let reads = |program: &Program| -> Vec<usize> {
                let targets = self.targets(ix, program);
                let facet = |at: NodeIx| match self.nodes[at].kind {
                    NodeKind::Value | NodeKind::Attribute => Facet::Value,
                    NodeKind::Group | NodeKind::Repeat => Facet::Relevance,
                };
                targets.into_iter().map(|at| number(at, facet(at))).collect()
            };
            let relevance = number(ix, Facet::Relevance);
            edges[relevance].extend(node.parent.map(|parent| number(parent, Facet::Relevance)));
            edges[relevance].extend(node.bind.relevant.as_ref().map(reads).unwrap_or_default());
            let value = number(ix, Facet::Value);
            edges[value].push(relevance);
            edges[value].extend(node.bind.calculate.as_ref().map(reads).unwrap_or_default());
        }
        edges
    }

    fn circle(&self, group: &[usize]) -> Finding {
        let mut nodes: Vec<NodeIx> = group.iter().map(|&at| vertex(at).node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let parts: Vec<String> = nodes
            .iter()
            .map(|&at| {
                let bind = &self.nodes[at].bind;
                let rules = [("relevant", &bind.relevant), ("calculate", &bind.calculate)];
                let shown = rules.iter().filter_map(|(name, rule)| Some(format!("{name}: {}", rule.as_ref()?.source)));
                format!("{} ({})", self.nodes[at].name, shown.collect::<Vec<_>>().join("; "))
            })
            .collect();
        let list = parts.join(" → ");
        Finding {
            severity: Severity::Warning,
            code: "form.circle",
            message: Message::new(
                format!("这些问题互相依赖，成了循环：{list}"),
                format!("These questions depend on each other in a circle: {list}"),
            ),
            place: self.nodes[nodes[0]].path.clone(),
            column: None,
        }
    }

    /// Instances that expressions name must be declared.
    pub(super) fn check_references(&mut self) {
        let mut found = Vec::new();
        for node in &self.nodes {
            let bind = &node.bind;
            let mut programs: Vec<&Program> =
                [&bind.relevant, &bind.required, &bind.readonly, &bind.constraint, &bind.calculate]
                    .into_iter()
                    .flatten()
                    .collect();
            if let Some(super::Choices::Itemset(itemset)) = node.control.as_ref().map(|control| &control.choices) {
                programs.push(&itemset.rows);
            }
            for id in programs.iter().flat_map(|program| program.instances()) {
                let known = self.instances.iter().any(|one| *one.id == **id) || self.primary_id.as_deref() == Some(id);
                if !known {
                    found.push(Finding {
                        severity: Severity::Error,
                        code: "form.unknown_instance",
                        message: Message::new(
                            format!("表单没有数据表“{id}”"),
                            format!("the form has no instance \"{id}\""),
                        ),
                        place: node.path.clone(),
                        column: None,
                    });
                }
            }
        }
        for one in &self.instances {
            if let InstanceSource::Other(src) = &one.source {
                let message = Message::new(format!("不支持的数据来源 {src}"), format!("unsupported source {src}"));
                let (severity, code) = (Severity::Warning, "form.instance_source");
                found.push(Finding { severity, code, message, place: one.id.clone(), column: None });
            }
        }
        self.findings.append(&mut found);
    }
}

/// Strongly connected components, those that others need first (Tarjan 1972, without recursion).
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let (mut index, mut low) = (vec![UNSEEN; edges.len()], vec![0; edges.len()]);
    let (mut on_stack, mut stack, mut out) = (vec![false; edges.len()], Vec::new(), Vec::new());
    let mut count = 0;
    for start in 0..edges.len() {
        if index[start] != UNSEEN {
            continue;
        }
        let mut work = vec![(start, 0)];
        while let Some((at, next)) = work.pop() {
            if next == 0 {
                index[at] = count;
                low[at] = count;
                count += 1;
                stack.push(at);
                on_stack[at] = true;
            }
            if let Some(&to) = edges[at].get(next) {
                work.push((at, next + 1));
                if index[to] == UNSEEN {
                    work.push((to, 0));
                } else if on_stack[to] {
                    low[at] = low[at].min(index[to]);
                }
                continue;
            }
            if let Some(&(above, _)) = work.last() {
                low[above] = low[above].min(low[at]);
            }
            if low[at] == index[at] {
                let from = stack.iter().rposition(|&v| v == at).unwrap_or(0);
                let mut group = stack.split_off(from);
                group.iter().for_each(|&v| on_stack[v] = false);
                group.sort_unstable();
                out.push(group);
            }
        }
    }
    out
}
