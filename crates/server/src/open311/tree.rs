//! An answer as a tree, and its two forms.

use serde_json::{Map, Value as Json};

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`
    Json,
    /// `text/xml`
    Xml,
}

impl Format {
    /// The form that the end of a path asks for: `requests.json` is `requests` as JSON.
    pub fn split(path: &str) -> Option<(&str, Self)> {
        match path.rsplit_once('.')? {
            (name, "json") if !name.is_empty() => Some((name, Self::Json)),
            (name, "xml") if !name.is_empty() => Some((name, Self::Xml)),
            _ => None,
        }
    }

    /// Content type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Xml => "text/xml; charset=utf-8",
        }
    }
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Nothing known: `null`, or an empty element.
    Null,
    /// Text.
    Text(String),
    /// Number.
    Number(f64),
    /// Whole number.
    Int(i64),
    /// Yes or no.
    Flag(bool),
    /// Members in order.
    Map(Vec<(&'static str, Node)>),
    /// Items; in XML each is an element of this name.
    List(&'static str, Vec<Node>),
}

impl Node {
    /// Text, or nothing known.
    pub fn maybe(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.into()))
    }

    /// The whole answer; `root` is the name of the XML document's element.
    pub fn write(&self, root: &str, format: Format) -> String {
        match format {
            Format::Json => self.json().to_string(),
            Format::Xml => {
                let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
                self.xml(root, &mut out);
                out.push('\n');
                out
            }
        }
    }

    fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Text(text) => Json::String(text.clone()),
            Self::Number(number) => Json::from(*number),
            Self::Int(number) => Json::from(*number),
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Map(members) => {
                let pairs = members.iter().map(|(name, node)| ((*name).to_owned(), node.json()));
                Json::Object(pairs.collect::<Map<_, _>>())
            }
            Self::List(_, items) => items.iter().map(Self::json).collect(),
        }
    }

    fn xml(&self, name: &str, out: &mut String) {
        let text = match self {
            Self::Null => String::new(),
            Self::Text(text) => escaped(text),
            Self::Number(number) => number.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Map(members) => {
                let mut inner = String::new();
                members.iter().for_each(|(name, node)| node.xml(name, &mut inner));
                inner
            }
            Self::List(item, items) => {
                let mut inner = String::new();
                items.iter().for_each(|node| node.xml(item, &mut inner));
                inner
            }
        };
        if text.is_empty() {
            out.push_str(&format!("<{name}/>"));
        } else {
            out.push_str(&format!("<{name}>{text}</{name}>"));
        }
    }
}

/// Text for XML 1.0: marks escaped, characters that no XML document may hold left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services() -> Node {
        let one = Node::Map(vec![
            ("service_code", Node::Text("0109".into())),
            ("service_name", Node::Text("井盖 <缺损> & \"坏\"\u{1}".into())),
            ("metadata", Node::Flag(true)),
            ("keywords", Node::Null),
        ]);
        Node::List("service", vec![one])
    }

    #[test]
    fn one_tree_has_two_forms() {
        assert_eq!(
            services().write("services", Format::Xml),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<services><service><service_code>0109</service_code>\
             <service_name>井盖 &lt;缺损&gt; &amp; &quot;坏&quot;</service_name><metadata>true</metadata><keywords/>\
             </service></services>\n"
        );
        let json: Json = serde_json::from_str(&services().write("services", Format::Json)).unwrap();
        assert_eq!((&json[0]["metadata"], &json[0]["keywords"]), (&Json::Bool(true), &Json::Null));
    }

    #[test]
    fn the_end_of_a_path_is_the_form() {
        assert_eq!(Format::split("requests.json"), Some(("requests", Format::Json)));
        assert_eq!(Format::split("SJ-2026-000001.xml"), Some(("SJ-2026-000001", Format::Xml)));
        for path in ["requests", "requests.yaml", ".json", ""] {
            assert_eq!(Format::split(path), None, "{path}");
        }
    }
}
