//! XForms brought to one form, so that equal ones are equal texts.
//!
//! The order of attributes, of binds, of secondary instances and of the forms of one text does not matter, nor does white
//! space between elements.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Text(String),
    Element { tag: String, attributes: Vec<(String, String)>, children: Vec<Node> },
}

/// The canonical form, one node a line.
pub fn canonical(xml: &str) -> Result<String, String> {
    let mut root = parse(xml)?;
    settle(&mut root);
    let mut out = String::new();
    write(&root, 0, &mut out);
    Ok(out)
}

/// The first lines where two canonical forms differ.
pub fn difference(want: &str, got: &str) -> String {
    let (want, got): (Vec<&str>, Vec<&str>) = (want.lines().collect(), got.lines().collect());
    let at = want.iter().zip(&got).position(|(w, g)| w != g).unwrap_or(want.len().min(got.len()));
    let show = |lines: &[&str]| lines.iter().skip(at).take(2).copied().collect::<Vec<_>>().join("\n        ");
    format!("want {}\n    got  {}", show(&want), show(&got))
}

fn element(start: &BytesStart<'_>) -> Result<Node, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = quick_xml::escape::unescape(attribute.value.as_ref()).map_err(|e| e.to_string())?;
        attributes.push((attribute.key.into_inner().to_owned(), value.replace(['\n', '\t', '\r'], " ")));
    }
    attributes.sort();
    Ok(Node::Element { tag: start.name().into_inner().to_owned(), attributes, children: Vec::new() })
}

fn parse(xml: &str) -> Result<Node, String> {
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Node::Element { tag: String::new(), attributes: Vec::new(), children: Vec::new() }];
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(start) => open.push(element(&start)?),
            Event::Empty(start) => add(&mut open, element(&start)?),
            Event::End(_) => {
                let done = open.pop().ok_or("too many ends")?;
                add(&mut open, done);
            }
            Event::Text(text) => add_text(&mut open, &text),
            Event::GeneralRef(name) => {
                let entity = format!("&{};", &*name);
                add_text(&mut open, &quick_xml::escape::unescape(&entity).map_err(|e| e.to_string())?);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    open.pop().ok_or_else(|| "nothing there".to_owned())
}

fn add(open: &mut [Node], node: Node) {
    if let Some(Node::Element { children, .. }) = open.last_mut() {
        children.push(node);
    }
}

fn add_text(open: &mut [Node], text: &str) {
    let Some(Node::Element { children, .. }) = open.last_mut() else { return };
    match children.last_mut() {
        Some(Node::Text(last)) => last.push_str(text),
        _ => children.push(Node::Text(text.to_owned())),
    }
}

fn settle(node: &mut Node) {
    let Node::Element { tag, children, .. } = node else { return };
    if children.iter().any(|c| matches!(c, Node::Element { .. })) {
        children.retain(|c| !matches!(c, Node::Text(t) if t.trim().is_empty()));
    }
    children.iter_mut().for_each(settle);
    let free = |node: &Node| match node {
        Node::Element { tag: child, attributes, .. } => match (tag.as_str(), child.as_str()) {
            ("model", "bind") | ("text", "value") => true,
            ("model", "instance") => attributes.iter().any(|(name, _)| name == "id"),
            _ => false,
        },
        Node::Text(_) => false,
    };
    let (mut sorted, rest): (Vec<Node>, Vec<Node>) = std::mem::take(children).into_iter().partition(free);
    sorted.sort();
    *children = rest.into_iter().chain(sorted).collect();
}

fn write(node: &Node, depth: usize, out: &mut String) {
    let indent = " ".repeat(depth);
    match node {
        Node::Text(text) => out.push_str(&format!("{indent}{text:?}\n")),
        Node::Element { tag, attributes, children } => {
            out.push_str(&format!("{indent}<{tag}"));
            attributes.iter().for_each(|(name, value)| out.push_str(&format!(" {name}={value:?}")));
            out.push_str(">\n");
            children.iter().for_each(|child| write(child, depth + 1, out));
        }
    }
}

#[test]
fn what_does_not_matter_is_not_compared() {
    let a = canonical("<model><bind b='1' a='2'/><bind a='1'/>\n <x>t</x></model>").unwrap();
    let b = canonical("<model> <x>t</x><bind a=\"1\"/><bind a='2' b='1'></bind></model>").unwrap();
    assert_eq!(a, b);
    assert_ne!(a, canonical("<model><bind b='1' a='2'/><bind a='1'/><x>t </x></model>").unwrap());
}
